package claims

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/gclive"
)

var gcChecks = map[string]check{
	"1.0-2": {model: leftToCollector, live: func() (string, error) { return gclive.OnHeap(), nil }},
	"1.0-3": nodes("new 0; new 1; drop 0; collect", func(log []string) string {
		return fate("unreachable", log[0][0]) + "; " + fate("reachable and unused", log[0][1])
	}).slowly(),
	"1.1-1": {
		model: func(rel string) (string, error) {
			p, err := gclive.PredictPauses(rel)
			return inPause(p["heap"]), err
		},
		live: func() (string, error) { return inPause(markShare()), nil },
	},
	"1.1-2": nodes(chainOf(20)+"new 1; new 2; link 20 0 21; link 21 0 20; drop 1; drop 2; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:20], "1"), strings.Count(log[0][20:22], "1"))
	}).slowly(),
	"1.1-3": {model: orderOfCycle, live: func() (string, error) {
		switch {
		case markShare() > 0.5:
			return "stop mark start", nil
		case pauses() != 2:
			return fmt.Sprintf("%d pauses", pauses()), nil
		case sweptAtOnce():
			return "stop start mark stop sweep start", nil
		}
		return "stop start mark stop start sweep", nil
	}},
	"1.1-4": {
		model: func(rel string) (string, error) {
			order, err := orderOfCycle(rel)
			if strings.HasSuffix(order, "start sweep") {
				return "while the program runs", err
			}
			return "in the pause", err
		},
		live: func() (string, error) {
			if sweptAtOnce() {
				return "in the pause", nil
			}
			return "while the program runs", nil
		},
	},
	"1.1-5": {
		model: func(rel string) (string, error) {
			h, _, err := heapOf(rel, 0)
			for range 3 {
				if err == nil {
					err = h.GC()
				}
			}
			if err != nil {
				return "", err
			}
			return fmt.Sprint(h.Cycle().Cycle), nil
		},
		live: func() (string, error) { return fmt.Sprint(gclive.Cycles(3)), nil },
	},
	"1.2-1": {model: func(rel string) (string, error) {
		return stepping(rel, func(s gc.Snapshot) []gc.Colour { return colours(s, 0) })
	}},
	"1.2-2": nodes(chainOf(5)+"new 1; new 2; new 3; new 4; new 5; drop 1; drop 2; drop 3; drop 4; drop 5; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:5], "0"), strings.Count(log[0][5:10], "0"))
	}).slowly(),
	"1.2-3": {model: greyWithoutWhite},
	"1.2-4": {model: func(rel string) (string, error) {
		return stepping(rel, func(s gc.Snapshot) []gc.Colour { return colours(s, 3) })
	}},
	"1.2-5": {model: func(rel string) (string, error) {
		first := true
		return stepping(rel, func(s gc.Snapshot) []gc.Colour {
			if s.Stage != "mark" || !first {
				return nil
			}
			first = false
			return colours(s, 0)
		})
	}},
	// A global, a goroutine's stack, and an object with a finalizer each hold one.
	"1.2-6": nodes("new 0; new 1; hold 1; drop 1; new 2; new 3; link 2 0 3; finalize 2; drop 2; drop 3; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:2]+log[0][3:4], "1"))
	}).slowly(),
	"1.2-7": nodes(chainOf(100)+"collect; drop 0; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:100], "1"), strings.Count(log[1][:100], "1"))
	}).slowly(),
	"1.2-8": {
		model: func(rel string) (string, error) {
			order, err := orderOfCycle(rel)
			if strings.HasSuffix(order, "start sweep") {
				return "not all", err
			}
			return "all", err
		},
		live: func() (string, error) {
			if sweptAtOnce() {
				return "all", nil
			}
			return "not all", nil
		},
	},
	"1.2-9":  {model: func(string) (string, error) { return bothConditions() }},
	"1.2-10": {model: func(string) (string, error) { return breaks("insertion", gc.StrongInvariant) }},
	"1.2-11": {model: func(rel string) (string, error) { return shades(rel, gc.ShadeNew, holders) }},
	"1.2-12": {model: storesOf, live: compiledBarriers},
	"1.2-13": {model: newOnStack, live: func() (string, error) {
		if gclive.KeptOnStack() {
			return "no", nil
		}
		return "yes", nil
	}},
	"1.2-14": {model: func(string) (string, error) { return breaks("deletion", gc.WeakInvariant) }},
	"1.2-15": {model: func(rel string) (string, error) { return shades(rel, gc.ShadeOld, holders) }},
	"1.2-16": {slow: true, model: unlinked, live: func() (string, error) {
		old, _, later := outlived()
		return yes(old) + " " + yes(later), nil
	}},
	"1.3-1": {model: func(string) (string, error) { return rescans() }},
	"1.3-2": {model: func(rel string) (string, error) {
		a, err := gc.ForRelease(rel)
		if err != nil || a.Barrier == nil {
			return "nothing", err
		}
		switch a.Barrier.Shade(gc.Write{Holder: gc.Black, Old: gc.White, New: gc.White, Stack: gc.Black}) {
		case gc.ShadeNew:
			return "new", nil
		case gc.ShadeOld | gc.ShadeNew:
			return "old and new", nil
		}
		return "something else", nil
	}},
	"1.3-3": {model: func(string) (string, error) { return breaks("hybrid", gc.WeakInvariant) }},
	"1.3-4": {model: afterStackScan},
	"1.3-5": {slow: true, model: stackScans, live: func() (string, error) {
		if stackShare() < 0.1 {
			return "1", nil
		}
		return "2", nil
	}},
	"1.3-6": {
		model: func(rel string) (string, error) {
			h, _, err := heapOf(rel, 0)
			if err == nil {
				err = grown(h)
			}
			if err != nil {
				return "", err
			}
			return fmt.Sprint(len(h.Cycle().Pauses)), nil
		},
		live: func() (string, error) { return fmt.Sprint(pauses()), nil },
	},
	"1.3-7": {
		slow: true,
		model: func(rel string) (string, error) {
			a, err := gc.ForRelease(rel)
			return newAre(a.AllocateBlack), err
		},
		live: func() (string, error) {
			_, made, _ := outlived()
			return newAre(made), nil
		},
	},
	"1.3-8": {model: removed},
	"1.3-9": {model: func(rel string) (string, error) { return shades(rel, gc.ShadeNew, stacks) }},
	"13-1":  {model: processor(modelMarkCost), live: func() (string, error) { return ofProcessor(markCPU()), nil }},
	"13-2": {
		model: func(rel string) (string, error) {
			c, err := modelMarkCost(rel)
			return costly(c), err
		},
		live: func() (string, error) { return costly(markCPU()), nil },
	},
	"13-3": {model: turns, live: func() (string, error) { return gclive.Turns(100), nil }},
}

// Measurements are made once.
var (
	markShare   = sync.OnceValue(gclive.MarkShare)
	stackShare  = sync.OnceValue(gclive.StackShare)
	pauses      = sync.OnceValue(gclive.Pauses)
	sweptAtOnce = sync.OnceValue(gclive.SweptAtOnce)
	markCPU     = sync.OnceValue(func() float64 { return gclive.MarkCPU(1_000_000) })
	lasting     = sync.OnceValue(func() [3]bool {
		unlinked, made, later := gclive.Outlived()
		return [3]bool{unlinked, made, later}
	})
)

func outlived() (unlinked, made, later bool) { l := lasting(); return l[0], l[1], l[2] }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func fate(what string, alive byte) string {
	if alive == '1' {
		return what + ": kept"
	}
	return what + ": reclaimed"
}

func inPause(share float64) string {
	if share > 0.5 {
		return "in the pause"
	}
	return "while the program runs"
}

func newAre(black bool) string {
	if black {
		return "what is in the heap"
	}
	return "nothing"
}

// nodes returns a check whose answer is derived from the log of a program of package
// gclive.
func nodes(text string, answer func(log []string) string) check {
	p, err := parseNodes(text)
	return check{
		model: func(rel string) (string, error) {
			if err != nil {
				return "", err
			}
			log, err := gclive.Predict(rel, p)
			if err != nil {
				return "", err
			}
			return answer(log), nil
		},
		live: func() (string, error) {
			if err != nil {
				return "", err
			}
			log, err := onObjects(p)
			if err != nil {
				return "", err
			}
			return answer(log), nil
		},
	}
}

// parseNodes parses "new 0; link 0 0 1; collect".
func parseNodes(text string) (p gclive.Program, err error) {
	for part := range strings.SplitSeq(text, "; ") {
		op := gclive.Op{B: 0}
		var verb string
		n, err := fmt.Sscan(part, &verb, &op.A, &op.B, &op.C)
		if n == 0 {
			return nil, fmt.Errorf("claims: operation %q: %w", part, err)
		}
		op.Verb = gclive.Verb(verb)
		switch op.Verb {
		case gclive.Finalize:
			op.B = -1
		case gclive.Root:
		}
		p = append(p, op)
	}
	return p, nil
}

// chainOf returns the program that makes n nodes, each of which points to the next, with
// the first in root 0.
func chainOf(n int) string {
	text := "new 0; "
	for i := 1; i < n; i++ {
		text += fmt.Sprintf("new 1; link %d 0 %d; ", i-1, i)
	}
	return text + "drop 1; "
}

var (
	objectChild   = sync.OnceValues(func() (*gclive.Real, error) { return gclive.Start(context.Background()) })
	objectChildMu sync.Mutex
)

// onObjects runs the program on real objects until a run is undisturbed.
func onObjects(p gclive.Program) ([]string, error) {
	objectChildMu.Lock()
	defer objectChildMu.Unlock()
	real, err := objectChild()
	if err != nil {
		return nil, err
	}
	for range 100 {
		runs, err := real.Run([]gclive.Program{p})
		if err != nil {
			return nil, err
		}
		if !runs[0].Disturbed() {
			return runs[0].Log, nil
		}
	}
	return nil, fmt.Errorf("claims: %v was disturbed each time", p)
}
