package explain

import (
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

func (e *Explainer) madeReady(g *goroutine, w Wake, ev *trace.Event, p int, at time.Duration) {
	e.replay.wake = w
	g.ready, g.wake, g.readyP, g.by, g.unclear = at, w, p, 0, g.before
	if by := ev.Goroutine(); by != trace.NoGoroutine {
		g.by = by
	}
}

// unblock: what made a waiting goroutine runnable follows from why it waited, and from
// what ran on the thread.
func (e *Explainer) unblock(ev *trace.Event, g *goroutine, m int32, p int, at time.Duration) {
	r := e.replay
	running := ev.Goroutine() != trace.NoGoroutine
	r.scheduler = !running
	defer func() { r.scheduler = false }()
	if g.coro && running {
		e.madeReady(g, ByCoswitch, ev, p, at)
		r.ready(g.index, m, p, fromSwitch, 0, toHand)
		return
	}
	system := false
	switch g.reason {
	case "system goroutine wait", "GC background sweeper wait", "wait until GC ends", "GC weak to strong wait", "GC mark assist wait for work":
		system = true
	}
	if g.label && !g.worker && g.before {
		system = true
	}
	if strings.HasPrefix(g.name, "runtime.") && g.name != "runtime.main" && (g.before || g.reason == "sleep") {
		system = true
	}
	switch {
	case (g.worker || g.reader) && !running && p >= 0:
		e.madeReady(g, ByRuntime, ev, p, at)
		if g.again == m && r.threads[m].last == g.index {
			r.ready(g.index, m, p, fromSystem, 1, toHand, toGoOn)
		} else {
			r.ready(g.index, m, p, fromSystem, 1, toHand)
		}
	case g.before && !system && running:
		e.madeReady(g, Woken, ev, p, at)
		r.ready(g.index, m, p, fromUnknown, 0, toNext, injecting)
	case g.before && !system && p >= 0:
		e.madeReady(g, ByTimer, ev, p, at)
		r.ready(g.index, m, p, fromSystem, 2, toNext, injecting, toHand)
	case g.reason == "network" && running:
		e.madeReady(g, Woken, ev, p, at)
		r.ready(g.index, m, p, fromUnknown, 0, toNext, injecting)
	case g.reason == "network":
		e.madeReady(g, ByNetwork, ev, p, at)
		if p < 0 {
			r.ready(g.index, m, p, fromUnknown, 0, toGlobal)
		} else {
			slice := 1
			if g.again == m && r.threads[m].last == g.index {
				slice = 2 // or it need not wait after all, and goes on
			}
			r.ready(g.index, m, p, fromNetwork, slice, toNext, injecting, toHand)
		}
	case p < 0:
		e.madeReady(g, ByRuntime, ev, p, at)
		r.ready(g.index, m, p, fromUnknown, 0, toGlobal)
	case system && running:
		e.madeReady(g, Woken, ev, p, at)
		r.ready(g.index, m, p, fromUnknown, 0, toNext, toTail, injecting)
	case system && g.again == m && r.threads[m].last == g.index:
		e.madeReady(g, ByRuntime, ev, p, at)
		r.ready(g.index, m, p, fromSystem, 1, toNext, injecting, toHand, toGoOn)
	case system:
		e.madeReady(g, ByRuntime, ev, p, at)
		r.ready(g.index, m, p, fromSystem, 1, toNext, injecting, toHand)
	case running:
		e.madeReady(g, Woken, ev, p, at)
		r.ready(g.index, m, p, fromUnknown, 0, toNext)
	case g.again == m && r.threads[m].last == g.index:
		e.madeReady(g, ByTimer, ev, p, at)
		r.ready(g.index, m, p, fromAgain, 0, toNext, toHand)
	default:
		e.madeReady(g, ByTimer, ev, p, at)
		r.ready(g.index, m, p, fromUnknown, 0, toNext)
	}
}

func (e *Explainer) yield(ev *trace.Event, tr *trace.StateTransition, g *goroutine, m int32, p int, at time.Duration) {
	r := e.replay
	if p < 0 {
		return
	}
	w := Preempted
	ways := []way{toGlobal}
	if tr.Reason == "preempted" {
		for f := range tr.Stack.Frames() {
			if f.Func == "runtime.goyield" {
				ways = []way{toTail}
				break
			}
		}
		if e.stops > 0 && ways[0] == toGlobal {
			ways = append(ways, toNext)
		}
	} else {
		w = Yielded
		if e.stops > 0 && g.id == e.stopper {
			// GOMAXPROCS takes its P away, and gives it another.
			e.madeReady(g, w, ev, p, at)
			r.stopped(p)
			r.ready(g.index, m, p, fromAgain, 0, toGlobal, toHand)
			return
		}
	}
	e.madeReady(g, w, ev, p, at)
	r.stopped(p)
	r.ready(g.index, m, p, fromUnknown, 0, ways...)
}
