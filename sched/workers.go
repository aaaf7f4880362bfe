package sched

import (
	"fmt"
	"time"
)

// Workers describes goroutines of the runtime's own that run on each P: findRunnable
// looks for them before all others. A period of 0 leaves a worker out.
type Workers struct {
	GC          time.Duration `json:"gc"`          // how long a worker of the garbage collector runs
	GCPeriod    time.Duration `json:"gcPeriod"`    // how often it does
	Trace       time.Duration `json:"trace"`       // how long the reader of an execution trace runs, on any P
	TracePeriod time.Duration `json:"tracePeriod"` // how often it does
}

func (w *Workers) check() error {
	for _, k := range [][2]time.Duration{{w.GC, w.GCPeriod}, {w.Trace, w.TracePeriod}} {
		if k[0] < 0 || k[1] < 0 || k[0] > k[1] || k[1] > time.Hour {
			return fmt.Errorf("sched: a worker that runs for %v every %v: want 0 <= the first <= the second <= 1h", k[0], k[1])
		}
	}
	return nil
}

// A workerState says when a P's worker is due.
type workerState struct {
	gc   *g
	next time.Duration
}

// worker returns the worker that is due on the P, or nil.
func (s *Sim) worker(pp *p) *g {
	w := &s.workers
	if w.TracePeriod > 0 && s.now >= s.reader.next {
		if s.reader.gc == nil {
			s.reader.gc = s.newSystem(-2, s.code.reader)
		}
		if s.reader.gc.status == gWaiting {
			s.reader.next = s.now + w.TracePeriod
			s.becomes(s.reader.gc, gRunnable)
			return s.reader.gc
		}
	}
	if w.GCPeriod > 0 && s.now >= pp.worker.next {
		if pp.worker.gc == nil {
			pp.worker.gc = s.newSystem(-3-G(pp.id), s.code.worker)
		}
		if pp.worker.gc.status == gWaiting {
			pp.worker.next = s.now + w.GCPeriod
			s.becomes(pp.worker.gc, gRunnable)
			return pp.worker.gc
		}
	}
	return nil
}

// workerDue reports whether the P has a worker to run.
func (s *Sim) workerDue(pp *p) bool {
	w := &s.workers
	return w.TracePeriod > 0 && s.now >= s.reader.next && (s.reader.gc == nil || s.reader.gc.status == gWaiting) ||
		w.GCPeriod > 0 && s.now >= pp.worker.next && (pp.worker.gc == nil || pp.worker.gc.status == gWaiting)
}
