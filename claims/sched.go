package claims

import (
	"encoding/json"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"sync"

	programs "github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/gomaxprocs"
)

// goroutineChecks are the checks of rows about goroutines, threads and Ps that no program
// answers on both sides: those of package goroutines, and two that are about the model.
var goroutineChecks = merge(processChecks(map[string]func(rel string) (string, error){
	"2.0-1": func(rel string) (string, error) {
		var out []string
		for _, text := range schedTexts["2.0-1"] {
			p, err := playOn(sched.Config{Release: rel, Schedtick: 1}, text)
			if err != nil {
				return "", err
			}
			a, b := p.marks["before"].stats, p.marks["after"].stats
			if made := b.Created - a.Created; (b.Reused-a.Reused)*2 > made {
				out = append(out, "again")
			} else {
				out = append(out, "new")
			}
		}
		return strings.Join(out, " "), nil
	},
	"2.1-6": func(rel string) (string, error) {
		k, err := gomaxprocs.ForRelease(rel)
		return number(k.Set(1, 1100)), err
	},
	"2.2-4": func(string) (string, error) { return mostThreads() }, // the same in every release
	"18-1": onRow("18-1", func(p *play) string {
		return fmt.Sprint((p.marks["first"].stats.StackBytes - p.marks["before"].stats.StackBytes) / 200)
	}),
	"18-3": onRow("18-3", func(p *play) string {
		return fmt.Sprint((p.marks["second"].stats.StackBytes - p.marks["first"].stats.StackBytes) / 200)
	}),
	"18-4": onRow("18-4", func(p *play) string {
		n := 0
		for _, g := range p.marks["after"].state.Gs {
			if g.Status == "waiting" || g.Status == "runnable" {
				n++
			}
		}
		return number(n)
	}),
}), map[string]check{
	"6-9": {model: onRow("6-9", func(p *play) string {
		on := map[sched.M]bool{}
		var out []string
		for _, e := range p.order {
			on[e.M] = true
			out = append(out, e.What)
		}
		if len(on) != 1 {
			return fmt.Sprint(len(on), " threads")
		}
		return strings.Join(out, " ")
	})},
	"6-10": {
		model: onRow("6-10", func(p *play) string { return strings.Join(p.received, " ") }),
		live: func() (string, error) {
			next, stop := iter.Pull(func(yield func(int) bool) {
				for i := 10; i < 13 && yield(i); i++ {
				}
			})
			defer stop()
			var out []string
			for range 3 {
				v, _ := next()
				out = append(out, fmt.Sprint(v))
			}
			return strings.Join(out, " "), nil
		},
	},
})

// processChecks returns the checks of rows with the given models and a question of package
// goroutines.
func processChecks(models map[string]func(rel string) (string, error)) map[string]check {
	checks := map[string]check{}
	for id, model := range models {
		c := check{model: remembered(model), slow: id == "2.2-4"}
		if runtime.GOOS == "linux" {
			c.live = func() (string, error) { return apart(id) }
		}
		checks[id] = c
	}
	return checks
}

// schedTexts are the programs of rows that only the model plays. The last of a row's is
// the one to look at.
var schedTexts = map[string][]string{
	"2.0-1": {
		"main:\ngo w 1\nyield\nmark before\ngo w 100\nmark after\nw:\nrecv nil\n",
		"main:\ngo w\nyield\nmark before\nloop 100\ngo w\nyield\nend\nmark after\nw:\n",
	},
	"6-9":  {"main:\ngo other\nmark asks\nnetread 1ms\nmark gets\nother:\nmark other\n"},
	"6-10": {"chan c\nmain:\ngo generator\nloop 3\nrecv c\nend\ngenerator:\nsend c 10\nsend c 11\nsend c 12\n"},
	"18-1": {twoHundred},
	"18-3": {twoHundred},
	"18-4": {"chan c\nmain:\nmark before\ngo w 100\nyield\nmark after\nw:\nsend c 1\n"},
}

const twoHundred = "main:\nmark before\ngo w 200\nmark first\nloop 100\nyield\nend\ngo w 200\nmark second\nw:\n"

// A play is the result of a program in the model.
type play struct {
	sim      *sched.Sim
	order    []sched.Event // the marks
	received []string      // by main
	marks    map[string]moment
}

// A moment is the state at the first mark of a text.
type moment struct {
	state sched.Snapshot
	stats sched.Stats
}

// playOn runs a program to its end, even if it ends with a deadlock or too many threads.
func playOn(c sched.Config, text string) (*play, error) {
	prog, err := programs.Parse(text)
	if err != nil {
		return nil, err
	}
	p := &play{marks: map[string]moment{}}
	var marked []string
	c.MaxEvents = 1_000_000
	c.Trace = func(e sched.Event) {
		switch {
		case e.Kind == sched.Marked:
			p.order = append(p.order, e)
			marked = append(marked, e.What)
		case e.Kind == sched.Did && e.G == 1 && strings.HasPrefix(e.What, "recv"):
			p.received = append(p.received, fmt.Sprint(e.N))
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
	switch err := p.sim.Err(); err {
	case nil, sched.AllAsleep, sched.ThreadExhaustion:
		return p, nil
	default:
		return nil, err
	}
}

// onRow returns a model that runs the row's last program on one P of a release, and
// answers from the result.
func onRow(id string, answer func(p *play) string) func(rel string) (string, error) {
	return func(rel string) (string, error) {
		texts := schedTexts[id]
		// After the first time slices, so that no turn of the global queue interferes.
		p, err := playOn(sched.Config{Release: rel, Schedtick: 1}, texts[len(texts)-1])
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

// mostThreads runs more goroutines locked to threads than the default limit of threads.
var mostThreads = sync.OnceValues(func() (string, error) {
	p, err := playOn(sched.Config{}, "main:\ngo w 10010\nsleep 10s\nw:\nlockthread\nrecv nil\n")
	if err != nil || p.sim.Err() == nil {
		return "no limit", err
	}
	return number(p.sim.Stats().Threads), nil
})

// otherModels are the models of rows whose program package sched does not answer: one that
// knows the machine's CPUs, and the names in a dump.
var otherModels = map[string]func(rel string) (string, error){
	"2.0-6": ofP,
	"2.0-7": func(rel string) (string, error) {
		k, err := gomaxprocs.ForRelease(rel)
		if err != nil {
			return "", err
		}
		const cpus = 8
		n, err := k.Start(gomaxprocs.Host{CPUs: cpus})
		if n == cpus {
			return "the CPUs", err
		}
		return number(n), err
	},
}

// ofP lists the fields that the model's P has in common with the P that the runtime
// prints.
func ofP(rel string) (string, error) {
	k, err := sched.ForRelease(rel)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(sched.PState{})
	if err != nil {
		return "", err
	}
	var has map[string]any
	if err := json.Unmarshal(text, &has); err != nil {
		return "", err
	}
	var out []string
	for _, name := range [][2]string{{"m", "m"}, {"runq", "runqsize"}, {"gFree", "gfreecnt"}, {"timers", "timerslen"}} {
		if _, ok := has[name[0]]; ok && (name[0] != "timers" || k.Timers == "a heap for each P") {
			out = append(out, name[1])
		}
	}
	return strings.Join(out, " "), nil
}

// tens rounds a number of threads to tens, since a few belong to the runtime.
func tens(n int) int { return (n + 5) / 10 * 10 }

func number(n int) string { return fmt.Sprint(n) }

// between counts the occurrences of one word between those of another.
func between(words []string, of, counted string) []int {
	out := []int{0}
	for _, w := range words {
		switch w {
		case of:
			out = append(out, 0)
		case counted:
			out[len(out)-1]++
		}
	}
	return out
}
