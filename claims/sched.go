package claims

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	programs "github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// scheduling returns a check that a model answers, and the Go that runs the program, in
// processes of their own. Threads can be counted on Linux only.
func scheduling(id string, model func(rel string) (string, error)) check {
	c := check{model: model}
	if runtime.GOOS == "linux" {
		c.live = func() (string, error) { return onScheduler.ask(id) }
	}
	return c
}

// schedulers returns the checks of rows with the given models.
func schedulers(models map[string]func(rel string) (string, error), slow ...string) map[string]check {
	checks := map[string]check{}
	for id, model := range models {
		c := scheduling(id, remembered(model))
		c.slow = slices.Contains(slow, id)
		checks[id] = c
	}
	return checks
}

// A play is the result of a program in the model.
type play struct {
	sim   *sched.Sim
	order []sched.Event // the marks
	all   []sched.Event // events from which answers are derived
	marks map[string]moment
}

// A moment is the state at the first mark of a text.
type moment struct {
	state sched.Snapshot
	stats sched.Stats
}

// status counts the goroutines that have one of the statuses.
func (m moment) status(of ...string) (n int) {
	for _, g := range m.state.Gs {
		if slices.Contains(of, g.Status) {
			n++
		}
	}
	return n
}

// on returns the number of threads on which marks were made.
func (p *play) on() (n int) {
	seen := map[sched.M]bool{}
	for _, e := range p.order {
		seen[e.M] = true
	}
	return len(seen)
}

// playOn runs a program to its end, even if it ends with a deadlock, too many threads,
// or the time limit of the configuration.
func playOn(c sched.Config, text string) (*play, error) {
	prog, err := programs.Parse(text)
	if err != nil {
		return nil, err
	}
	p := &play{marks: map[string]moment{}}
	bounded := c.MaxTime > 0
	var marked []string
	c.MaxEvents = 1_000_000
	c.Trace = func(e sched.Event) {
		switch e.Kind {
		case sched.Marked:
			p.order = append(p.order, e)
			marked = append(marked, e.What)
			fallthrough
		case sched.Batch, sched.MIdle, sched.Retook:
			p.all = append(p.all, e)
		case sched.Did:
			if strings.HasPrefix(e.What, "recv") {
				p.all = append(p.all, e)
			}
		}
	}
	if p.sim, err = sched.New(c, *prog); err != nil {
		return nil, err
	}
	for more := true; more; {
		more, _ = p.sim.Step()
		for _, m := range marked {
			if _, ok := p.marks[m]; !ok {
				p.marks[m] = moment{p.sim.Snapshot(), p.sim.Stats()}
			}
		}
		marked = marked[:0]
	}
	var over *sched.BudgetError
	switch err := p.sim.Err(); {
	case err == nil, err == sched.AllAsleep, err == sched.ThreadExhaustion, bounded && errors.As(err, &over):
		return p, nil
	default:
		return nil, err
	}
}

// schedTexts are the programs of rows that only the model plays, or a program of its own
// does alike; on one P, unless schedProcs says otherwise. The last of a row's is the one
// to look at.
var schedTexts = map[string][]string{
	"2.0-1": {
		"main:\ngo w 1\nyield\nmark before\ngo w 100\nmark after\nw:\nrecv nil\n",
		"main:\ngo w\nyield\nmark before\nloop 100\ngo w\nyield\nend\nmark after\nw:\n",
	},
	"2.1-1": {crowdText(300)},
	"2.1-5": {"main:\nmark 1\nprocs 4\nmark 2\nprocs 2\nmark 3\n"},
	"2.1-8": {"main:\ngo w 200\nsleep 1s\nw:\nmark one\nloop 20\nyield\nend\n"},
	"2.3-1": {"main:\nmark there\n"},
	"6-6":   {"main:\ngo w 2\nsleep 1ms\nw:\nmark w\nloop 500\nyield\nend\nmark w\n"},
	"6-9":   {"main:\ngo other\nmark asks\nnetread 1ms\nmark gets\nother:\nmark other\n"},
	"6-10":  {"chan c\nmain:\ngo generator\nloop 3\nrecv c\nend\ngenerator:\nsend c 10\nsend c 11\nsend c 12\n"},
	"18-1":  {twoHundred},
	"18-3":  {twoHundred},
	"18-4":  {leaking},
}

var schedProcs = map[string]int{"2.3-1": 4}

// onRow is onP of the row's last program.
func onRow(id string, answer func(p *play) string) func(rel string) (string, error) {
	return func(rel string) (string, error) {
		texts := schedTexts[id]
		return onP(max(1, schedProcs[id]), texts[len(texts)-1], answer)(rel)
	}
}

// onP returns a model that runs a program on a number of Ps of a release, and answers
// from the result.
func onP(procs int, text string, answer func(p *play) string) func(rel string) (string, error) {
	return func(rel string) (string, error) {
		// After the first time slices, so that no turn of the global queue interferes.
		p, err := playOn(sched.Config{Release: rel, Procs: procs, Schedtick: 1, NoAsyncPreempt: true}, text)
		if err != nil {
			return "", err
		}
		return answer(p), nil
	}
}

// remembered caches the answer of a model by release.
func remembered(model func(rel string) (string, error)) func(rel string) (string, error) {
	type end struct {
		answer string
		err    error
	}
	var mu sync.Mutex
	ends := map[string]end{}
	return func(rel string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		e, ok := ends[rel]
		if !ok {
			e.answer, e.err = model(rel)
			ends[rel] = e
		}
		return e.answer, e.err
	}
}

// tens rounds a number of threads to tens, since a few belong to the runtime.
func tens(n int) int { return (n + 5) / 10 * 10 }

// words returns the marks, in order.
func words(p *play) []string {
	var out []string
	for _, e := range p.order {
		out = append(out, e.What)
	}
	return out
}

func number(n int) string { return fmt.Sprint(n) }
