package claims

import (
	"fmt"
	"slices"
	"time"

	"github.com/orrery-go/orrery/sched"
)

var queueChecks = schedulers(map[string]func(rel string) (string, error){
	"2.1-1": func(rel string) (string, error) {
		m, err := crowd(rel, 300)
		if err != nil || len(m.state.Global) == 0 {
			return "none", err
		}
		return "some", nil
	},
	"2.1-2": func(rel string) (string, error) {
		n, _, err := overflow(rel)
		if err != nil || n == 0 {
			return "more", err
		}
		return number(n - 1), nil
	},
	"2.1-4": func(rel string) (string, error) {
		_, m, err := overflow(rel)
		return number(len(m.state.Global)), err
	},
	"2.1-8": onRow("2.1-8", func(p *play) string {
		all := 0
		for _, e := range p.all {
			switch e.Kind {
			case sched.Marked:
				all++
			case sched.Batch:
				if all == 200 {
					return fmt.Sprint(e.N)
				}
			}
		}
		return "no batch"
	}),
	"2.1-9": func(rel string) (string, error) {
		s, err := stealing(rel, 102)
		if err != nil {
			return "", err
		}
		a, b := len(s.Ps[0].Queue), len(s.Ps[1].Queue)
		return fmt.Sprint(min(a, b), max(a, b)), nil
	},
	"3-2": func(rel string) (string, error) {
		n, m, err := overflow(rel)
		newest := sched.G(n + 1)
		switch {
		case err != nil || n == 0:
			return "none", err
		case slices.Contains(m.state.Global, newest):
			return fmt.Sprint(len(m.state.Global)-1, " and the new one"), nil
		}
		return fmt.Sprint(len(m.state.Global), " others"), nil
	},
	"3-4": func(rel string) (string, error) {
		before, err := crowd(rel, 300)
		if err != nil {
			return "", err
		}
		s, err := stealing(rel, 300)
		if err != nil {
			return "", err
		}
		n, untouched := len(s.Global), len(before.state.Ps[0].Queue)
		if n < len(before.state.Global) && (len(s.Ps[0].Queue) == untouched || len(s.Ps[1].Queue) == untouched) {
			return "the global queue", nil
		}
		return "the other P", nil
	},
}, "2.1-2", "2.1-8")

func crowdText(n int) string { return fmt.Sprintf("main:\ngo w %d\nmark there\nw:\n", n) }

// crowd starts n goroutines on one P before any of them runs.
func crowd(rel string, n int) (moment, error) {
	p, err := playOn(sched.Config{Release: rel, Schedtick: 1}, crowdText(n))
	if err != nil {
		return moment{}, err
	}
	return p.marks["there"], nil
}

// overflow starts one goroutine after the other until the first ones go to the global
// queue, and returns their number.
func overflow(rel string) (n int, m moment, err error) {
	for n := 256; n <= 258; n++ {
		if m, err = crowd(rel, n); err != nil || len(m.state.Global) > 0 {
			return n, m, err
		}
	}
	return 0, m, err
}

// stealing returns the state of the queues after one P has run a single goroutine, which
// ends once another P has started n goroutines that never end: the first P has then stolen
// some of them.
func stealing(rel string, n int) (sched.Snapshot, error) {
	text := fmt.Sprintf("chan c\nmain:\ngo first\nrecv c\ngo w %d\nspin 1h\nfirst:\nsend c\nspin 5ms\nw:\nspin 1h\n", n)
	p, err := playOn(sched.Config{Release: rel, Procs: 2, Schedtick: 1, NoAsyncPreempt: true, MaxTime: 100 * time.Millisecond}, text)
	if err != nil {
		return sched.Snapshot{}, err
	}
	return p.sim.Snapshot(), nil
}

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
