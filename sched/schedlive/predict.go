package schedlive

import (
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A Prediction is what a model says will become of a program.
type Prediction struct {
	Log   string
	Stuck bool // goroutines are left
	Ticks int  // that the P's schedtick advances by
	Stats sched.Stats

	Handed int // mutexes that were handed over, so that who did it yields
}

// Predict reports what becomes of the program in a model of the release with one
// P, whose schedtick is tick in the beginning. Where the model has a choice, which
// is the order in which a select polls its cases, it follows the real log: it
// polls the case first that the real one chose. If that one is not ready in the
// model, the logs differ.
func Predict(rel string, p *sched.Program, tick int, real string) (Prediction, error) {
	w := &follower{program: p, chose: map[sched.G][]int32{}}
	w.read(real)
	m, err := sched.New(sched.Config{
		Release: rel, Schedtick: uint32(tick) + phases, Trace: w.event, Choose: w.choose,
		Costs:     &sched.QuickCosts,
		MaxEvents: 10_000_000,
	}, *p)
	if err != nil {
		return Prediction{}, err
	}
	w.model = m
	err = m.Run()
	out := Prediction{Log: string(w.log), Stuck: err == sched.AllAsleep, Stats: m.Stats(), Handed: w.handed}
	out.Ticks = int(m.Snapshot().Ps[0].Schedtick) - tick - phases
	if err == sched.AllAsleep || err == sched.NoGoroutines {
		err = nil
	}
	return out, err
}

// A follower writes the model's log and makes its choices.
type follower struct {
	program *sched.Program
	model   *sched.Sim
	log     []byte
	chose   map[sched.G][]int32 // of each goroutine's selects, those that it has still to do
	ops     []program.Op
	left    int // draws of this select
	drawn   int
	want    int32
	handed  int
}

// read finds out what the selects of each goroutine chose in a real log.
func (w *follower) read(real string) {
	for _, f := range w.program.Funcs {
		w.ops = append(append(w.ops, f.Ops...), program.Op{})
	}
	for _, token := range strings.Fields(real) {
		left, result, ok := strings.Cut(token, ":")
		number, at, _ := strings.Cut(left, ".")
		g, err := strconv.Atoi(number)
		pc, err2 := strconv.Atoi(at)
		if !ok || err != nil || err2 != nil || pc < 0 || pc >= len(w.ops) || w.ops[pc].Verb != program.Select {
			continue
		}
		k, _, _ := strings.Cut(result, ",")
		n, _ := strconv.Atoi(k)
		w.chose[sched.G(g)] = append(w.chose[sched.G(g)], int32(n))
	}
}

// panicked finds a case that sends on a closed channel, as a select that panicked
// chose; -1 if there is none.
func (w *follower) panicked(op program.Op) int32 {
	closed := map[string]bool{}
	for i, c := range w.model.Snapshot().Chans.Chans {
		closed[w.program.Chans[i].Name] = c.Closed
	}
	for i, k := range op.Cases {
		if k.Send && closed[k.Chan] {
			return int32(i)
		}
	}
	return -1
}

// choose draws the poll order of a select so that the wanted case is first: each
// case in turn changes places with the one that is drawn (runtime/select.go:selectgo).
func (w *follower) choose(n int) int {
	g, pc := w.model.Acting(0)
	op := w.ops[pc]
	if w.left == 0 {
		w.left, w.drawn, w.want = polled(op)-1, 0, -1
		if list := w.chose[g]; len(list) > 0 {
			w.want = list[0]
		} else {
			w.want = w.panicked(op)
		}
	}
	w.left--
	w.drawn++
	if w.place(op) == n-1 {
		return 0
	}
	return n - 1
}

// place is which of the polled cases the wanted one is.
func (w *follower) place(op program.Op) int {
	n := 0
	for i, k := range op.Cases {
		if int32(i) == w.want {
			return n
		}
		if k.Chan != "" {
			n++
		}
	}
	return -1
}

// polled is how many cases have a channel.
func polled(op program.Op) (n int) {
	for _, k := range op.Cases {
		if k.Chan != "" {
			n++
		}
	}
	return n
}

// event writes what the child would.
func (w *follower) event(e sched.Event) {
	switch e.Kind {
	case sched.Exited, sched.Panicked, sched.Marked, sched.Did:
	case sched.Yielded:
		w.handed += int(e.N)
		return
	default:
		return
	}
	if e.G < 1 {
		return
	}
	if len(w.log) > 0 {
		w.log = append(w.log, ' ')
	}
	w.log = strconv.AppendInt(w.log, int64(e.G), 10)
	switch e.Kind {
	case sched.Exited:
		w.log = append(w.log, 'x')
		return
	case sched.Panicked:
		w.log = append(append(w.log, '!'), strings.ReplaceAll(e.What, " ", "_")...)
		return
	}
	w.log = strconv.AppendInt(append(w.log, '.'), int64(e.PC), 10)
	if e.Kind == sched.Did {
		w.result(e)
	}
}

// result writes what an operation on channels came to.
func (w *follower) result(e sched.Event) {
	op := w.ops[e.PC]
	receives := op.Verb == program.Recv
	if op.Verb == program.Select {
		if list := w.chose[e.G]; len(list) > 0 {
			w.chose[e.G] = list[1:]
		}
		receives = e.Case >= 0 && !op.Cases[e.Case].Send
	} else if !receives {
		return
	}
	w.log = strconv.AppendInt(append(w.log, ':'), int64(e.Case), 10)
	switch {
	case !receives:
	case strings.HasSuffix(e.What, ", closed"):
		w.log = append(w.log, ",z"...)
	default:
		w.log = strconv.AppendInt(append(w.log, ','), e.N, 10)
	}
}
