package sched

import "time"

// sleep is time.Sleep: a timer of this P, and the goroutine parks.
func (s *Sim) sleep(m *m, gp *g, d time.Duration) bool {
	if d <= 0 || gp.flags&resuming != 0 {
		gp.flags &^= resuming
		s.happens(Did, m, gp, 0, "sleep")
		return s.next(m, gp)
	}
	gp.flags |= resuming
	pp := s.ps[m.p]
	s.net.inited = true
	if when := s.now + d; pp.timers.Add(when, gp.slot) {
		s.wakeNetPoller(when)
	}
	return s.park(m, gp, onSleep, "sleep")
}

// runTimers runs what is due: the P's timers, and up to Go 1.13 all, since there is
// one heap and any thread may run the goroutine that empties it.
func (s *Sim) runTimers(m *m, pp *p) {
	if s.rules.perPTimers {
		s.checkTimers(m, pp)
		return
	}
	for _, other := range s.ps {
		s.checkTimers(m, other)
	}
}

// checkTimers readies those whose timers on the P are due, on the thread's own P
// (runtime/time.go:check). It reports whether there were any.
func (s *Sim) checkTimers(m *m, pp *p) (ran bool) {
	for {
		slot, ok := pp.timers.Pop(s.now)
		if !ok {
			return ran
		}
		ran = true
		s.ready(m, s.gs.at(slot), 0)
	}
}

// wakeNetPoller sees to it that a thread notices the timer: the one in netpoll, or
// else one that is woken (runtime/proc.go:wakeNetPoller).
func (s *Sim) wakeNetPoller(when time.Duration) {
	if s.lastpoll != 0 {
		s.wakep()
	} else if s.pollUntil == 0 || s.pollUntil > when {
		s.netpollBreak()
	}
}
