package schedlive

import (
	"fmt"
	"strings"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// held holds the model of a release against its answers, and reports the first
// difference.
func held(rel string, a Answers) error {
	crowds, logs, err := Recorded()
	if err != nil {
		return err
	}
	if len(a.Orders) != len(crowds) || len(a.Logs) != len(logs) {
		return fmt.Errorf("%d orders and %d logs of %d and %d programs", len(a.Orders), len(a.Logs), len(crowds), len(logs))
	}
	for i, p := range crowds {
		if err := oneOf(rel, p, a.Orders[i], Order); err != nil {
			return fmt.Errorf("%s: %w", Crowds[i].Name, err)
		}
	}
	for i, p := range logs {
		if err := oneOf(rel, p, a.Logs[i], func(log string) string { return log }); err != nil {
			return err
		}
	}
	if ends, err := LoopEnds(rel, false); err != nil || ends != a.Ends {
		return fmt.Errorf("a tight loop lets others run: model %v, %v; real %v", ends, err, a.Ends)
	}
	m, err := CountThreads(rel, 50, 1000)
	if err != nil {
		return err
	}
	// How many threads the runtime has for itself is not the scheduler's doing.
	if got, want := a.Threads.Blocked, m.Blocked; got < want-2 || got > want+4 || a.Threads.Waiting > 1 || m.Waiting != 0 {
		return fmt.Errorf("threads: model %+v, real %+v", m, a.Threads)
	}
	return nil
}

// oneOf looks for the phase in which the model says the same.
func oneOf(rel string, p *sched.Program, real string, of func(log string) string) error {
	said := ""
	for tick := range phases {
		m, err := Predict(rel, p, tick, "")
		if err != nil {
			return err
		}
		if said = of(m.Log); said == real {
			return nil
		}
	}
	return fmt.Errorf("%v\nin no phase does the model say\n%s\nbut for one\n%s", p, real, said)
}

// Order tells in which order the goroutines of a log ended, with those that follow
// each other as one: "1 258 2-129 131".
func Order(log string) string {
	var out []string
	first, last := 0, -1
	flush := func() {
		if last == first {
			out = append(out, fmt.Sprint(first))
		} else if last > first {
			out = append(out, fmt.Sprintf("%d-%d", first, last))
		}
	}
	for w := range strings.FieldsSeq(log) {
		var g int
		if n, err := fmt.Sscanf(w, "%dx", &g); n != 1 || err != nil || !strings.HasSuffix(w, "x") {
			continue
		}
		if g != last+1 || last < 0 {
			flush()
			first = g
		}
		last = g
	}
	flush()
	return strings.Join(out, " ")
}

// LoopEnds reports whether, in a model of the release with one P, another
// goroutine runs while main is in a tight loop. off is GODEBUG=asyncpreemptoff=1.
func LoopEnds(rel string, off bool) (bool, error) {
	p, err := program.Parse("main:\ngo other\nloop\nend\nother:\nmark runs\n")
	if err != nil {
		return false, err
	}
	ran := false
	m, err := sched.New(sched.Config{
		Release: rel, NoAsyncPreempt: off, MaxTime: 2 * time.Second,
		Trace: func(e sched.Event) { ran = ran || e.Kind == sched.Marked },
	}, *p)
	if err != nil {
		return false, err
	}
	for !ran {
		if more, _ := m.Step(); !more {
			break
		}
	}
	return ran, nil
}

// CountThreads reports the threads of a model with one P, as the child counts
// them.
func CountThreads(rel string, blocked, waiting int) (Threads, error) {
	var t Threads
	for _, k := range []struct {
		text string
		to   *int
	}{
		{"main:\nsleep 1ms\n", &t.Before},
		{fmt.Sprintf("main:\ngo w %d\nsleep 200ms\nw:\nsyscall 400ms\n", blocked), &t.Blocked},
		{fmt.Sprintf("chan c\nmain:\ngo w %d\nsleep 1ms\nw:\nrecv c\n", waiting), &t.Waiting},
	} {
		p, err := program.Parse(k.text)
		if err != nil {
			return t, err
		}
		m, err := sched.New(sched.Config{Release: rel}, *p)
		if err != nil {
			return t, err
		}
		if err := m.Run(); err != nil {
			return t, err
		}
		*k.to = m.Stats().Threads
	}
	t.Waiting -= t.Before
	return t, nil
}
