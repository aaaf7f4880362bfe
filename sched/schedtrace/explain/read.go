package explain

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

type goroutine struct {
	id      trace.GoID
	index   int32
	name    string
	worker  bool // of the collector's
	label   bool // it ran with a worker's label, which is the P's: it may be another of the runtime's own
	reader  bool // of the trace
	reason  string
	coro    bool  // it waits to be switched to
	again   int32 // the thread on which it has just begun to wait
	ready   time.Duration
	wake    Wake
	by      trace.GoID
	readyP  int
	unclear bool // how it became runnable
	before  bool // it waited when the trace began: nobody knows why
}

func (e *Explainer) thread(m trace.ThreadID) int32 {
	if m == e.lastM && e.lastThread > 0 {
		return e.lastThread
	}
	i := e.ms[m]
	if i == 0 {
		i = int32(len(e.ms) + 1)
		e.ms[m] = i
	}
	e.lastM, e.lastThread = m, i
	return i
}

func (e *Explainer) goroutine(id trace.GoID) *goroutine {
	slot := &e.recent[uint64(id)%uint64(len(e.recent))]
	if *slot != nil && (*slot).id == id {
		return *slot
	}
	g := e.gs[id]
	if g == nil {
		g = e.made.next()
		*g = goroutine{id: id, index: int32(len(e.byIndex)), ready: -1, readyP: -1}
		e.byIndex = append(e.byIndex, g)
		e.gs[id] = g
	}
	*slot = g
	return g
}

func (e *Explainer) forget(g *goroutine) {
	delete(e.gs, g.id)
	e.byIndex[g.index] = nil
	e.recent[uint64(g.id)%uint64(len(e.recent))] = nil
	e.made.give(g)
}

func (e *Explainer) event(ev *trace.Event) {
	if !e.begun {
		e.begun, e.first = true, ev.Time()
	}
	at := time.Duration(ev.Time() - e.first)
	e.now = at
	e.counts.Events++
	switch ev.Kind() {
	case trace.EventMetric:
		if m := ev.Metric(); m.Name == "/sched/gomaxprocs:threads" && m.Value.Kind() == trace.ValueUint64 {
			e.setProcs(int(min(max(m.Value.Uint64(), 1), maxProcs)))
		}
		return
	case trace.EventRangeBegin, trace.EventRangeEnd, trace.EventRangeActive:
		if strings.HasPrefix(ev.Range().Name, "stop-the-world") {
			if ev.Kind() == trace.EventRangeEnd {
				e.stops = max(0, e.stops-1)
			} else {
				e.stops++
				if by := ev.Range().Scope; by.Kind == trace.ResourceGoroutine {
					e.stopper = by.Goroutine()
				}
				if e.replay != nil {
					e.replay.cert.stop(e.replay.now, e.replay.waiting)
				}
			}
		}
		return
	case trace.EventLabel:
		if p := ev.Proc(); ev.Label().Label == "GC (dedicated)" && p != trace.NoProc && e.replay != nil && int(p) < len(e.replay.ps) && (e.goroutine(ev.Goroutine()).worker || e.goroutine(ev.Goroutine()).label) {
			if e.replay.ps[p].drains == nil {
				e.replay.cert.draining++
			}
			e.replay.ps[p].drains = e.replay.newStamp(0)
			e.replay.ps[p].drains.closed = open
		}
		return
	case trace.EventSync:
		if e.syncs++; e.syncs > 1 && e.replay != nil {
			e.replay.complete = true
		}
		return
	case trace.EventStateTransition:
	default:
		return
	}
	if e.replay == nil {
		e.setProcs(1)
	}
	r := e.replay
	tr := ev.StateTransition()
	m := e.thread(ev.Thread())
	r.event(m)
	p := -1
	if id := ev.Proc(); id != trace.NoProc {
		p = int(id)
		if !e.grow(p) {
			return
		}
	}
	if tr.Resource.Kind == trace.ResourceProc {
		r.endInject(m)
		e.proc(ev, &tr, m)
		return
	}
	if tr.Resource.Kind != trace.ResourceGoroutine {
		return
	}
	from, to := tr.Goroutine()
	g := e.goroutine(tr.Resource.Goroutine())
	if from == to {
		return
	}
	if !(from == trace.GoWaiting && to == trace.GoRunnable) {
		r.endInject(m)
	}
	e.transition(ev, &tr, g, from, to, m, p, at)
	most := 1
	if len(r.states) > 1 {
		most = max(fewStates, min(maxStates, maxQueues/len(r.ps)))
		r.thin(most)
	}
	if r.over || len(r.states) > most {
		e.settle(0)
		r.giveUp()
		e.counts.Cut++
	}
	r.reclaim()
}

// grow makes room for a P. It returns false, and the reading ends, if there are too many.
func (e *Explainer) grow(p int) bool {
	if p < 0 || p >= maxProcs {
		e.err = fmt.Errorf("explain: offset %d or before: P %d is out of range [0,%d)", e.in.n, p, maxProcs)
		return false
	}
	if p < len(e.replay.ps) {
		return true
	}
	for len(e.replay.ps) <= p {
		e.replay.ps = append(e.replay.ps, proc{})
	}
	for _, s := range e.replay.states {
		if s.global() <= p {
			g := s.queues[s.global()]
			s.queues = s.queues[:s.global()]
			for len(s.queues) <= p {
				s.queues = append(s.queues, e.replay.newQueue())
			}
			s.queues = append(s.queues, g)
		}
	}
	return true
}

func (e *Explainer) setProcs(n int) {
	if e.replay == nil {
		e.replay = newReplay(n, e.rules)
		e.replay.complete = e.whole
		for _, id := range e.early {
			g := e.goroutine(id)
			e.replay.bag[g.index] = true
			e.replay.setRunnable(g.index, true)
		}
		e.replay.cert.clean = e.whole && len(e.early) == 0
		for _, id := range e.workers {
			e.goroutine(id).label = true
		}
		return
	}
	if n == e.replay.procs {
		return
	}
	e.replay.resize(n)
	if n > 0 {
		e.grow(n - 1)
	}
}

func (e *Explainer) proc(ev *trace.Event, tr *trace.StateTransition, m int32) {
	p := int(tr.Resource.Proc())
	if !e.grow(p) {
		return
	}
	switch _, to := tr.Proc(); to {
	case trace.ProcRunning:
		e.replay.acquired(p, m, ev.Goroutine() == trace.NoGoroutine)
	case trace.ProcIdle:
		e.replay.released(p)
	}
}

func (e *Explainer) transition(ev *trace.Event, tr *trace.StateTransition, g *goroutine, from, to trace.GoState, m int32, p int, at time.Duration) {
	r := e.replay
	switch {
	case from == trace.GoUndetermined:
		e.name(g, tr)
		switch to {
		case trace.GoRunnable:
			if r.warm && !r.bag[g.index] {
				e.settle(0)
				r.lost()
			}
			r.setRunnable(g.index, true)
			if r.warm {
				r.bag[g.index] = true
			}
		case trace.GoRunning:
			if p >= 0 {
				r.ps[p].g, r.ps[p].m, r.ps[p].looking = g.index, m, false
				r.cert.runs(g.index, m, p, r.now)
			}
		}
		g.before = to == trace.GoWaiting
	case from == trace.GoNotExist:
		// A label alone does not make a mark worker: it is the P's, which may run another
		// goroutine in place of the worker that it was given.
		g.worker, g.label = false, false
		e.name(g, tr)
		if to == trace.GoRunnable {
			e.madeReady(g, Created, ev, p, at)
			r.ready(g.index, m, p, fromUnknown, 0, toNext)
		} else if to == trace.GoWaiting {
			g.coro = true
		}
	case to == trace.GoRunnable && from == trace.GoWaiting:
		e.unblock(ev, g, m, p, at)
	case to == trace.GoRunnable && from == trace.GoSyscall:
		e.madeReady(g, CameBack, ev, p, at)
		if p >= 0 {
			r.ready(g.index, m, p, fromSyscall, 0, toHand)
		} else {
			r.ready(g.index, m, p, fromSyscall, 1, toGlobal, toHand)
		}
	case to == trace.GoRunnable && from == trace.GoRunning:
		e.yield(ev, tr, g, m, p, at)
	case to == trace.GoRunning && from == trace.GoRunnable:
		e.start(ev, g, m, p, at)
	case from == trace.GoRunning && (to == trace.GoWaiting || to == trace.GoNotExist):
		if p >= 0 {
			r.stopped(p)
		}
		g.reason, g.before = tr.Reason, false
		if g.name == "" {
			e.name(g, tr)
		}
		g.coro = tr.Reason == ""
		g.again = m
		if to == trace.GoNotExist {
			e.forget(g)
		}
	case to == trace.GoNotExist:
		e.forget(g)
	}
}

// A named stack is one that has been looked at: mostly many goroutines begin alike.
type named struct {
	stack          trace.Stack
	name           string // "" if it is empty
	worker, reader bool
}

func (e *Explainer) name(g *goroutine, tr *trace.StateTransition) {
	n := &e.named
	if tr.Stack == trace.NoStack {
		return
	}
	if n.stack != tr.Stack {
		*n = named{stack: tr.Stack}
		for f := range tr.Stack.Frames() {
			n.name = f.Func // the outermost is last
			switch f.Func {
			case "runtime.gcBgMarkWorker":
				n.worker = true
			case "runtime/trace.Start.func1", "runtime/trace.(*traceMultiplexer).startLocked.func1":
				n.reader = true
			}
		}
	}
	if n.name != "" {
		g.name = n.name
	}
	g.worker, g.reader = g.worker || n.worker, g.reader || n.reader
}
