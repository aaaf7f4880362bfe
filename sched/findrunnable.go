package sched

import (
	"math"
	"time"

	"github.com/orrery-go/orrery/sched/runq"
)

// schedule is the loop of a thread's g0: it finds a goroutine that can run, and
// goes on with it (runtime/proc.go:schedule). Without one the thread has no next
// turn.
func (s *Sim) schedule(m *m) bool {
	if m.lockedg != nil {
		return s.stoplockedm(m)
	}
	m.state = mSchedule
	gp, inherit, from, active := s.findRunnable(m)
	if gp == nil {
		return active
	}
	return s.found(m, gp, inherit, from)
}

// found does the rest of schedule with the result of findRunnable.
func (s *Sim) found(m *m, gp *g, inherit bool, from From) bool {
	if m.spinning {
		s.resetspinning(m)
	}
	if from == FromWorker {
		s.wakep()
	}
	if gp.flags&locked != 0 {
		return s.startlockedm(m, gp)
	}
	return s.execute(m, gp, inherit, from)
}

// execute runs the goroutine: in a new time slice, or in that of the goroutine that
// readied it (runtime/proc.go:execute).
func (s *Sim) execute(m *m, gp *g, inherit bool, from From) bool {
	pp := s.ps[m.p]
	s.becomes(gp, gRunning)
	gp.flags &^= preempt
	gp.thread = m.id
	m.curg, m.state = gp, mRunning
	if !inherit || !s.rules.inherits {
		pp.schedtick++
	}
	pp.started++
	s.stats.Switches++
	m.at = s.now + s.costs.Switch
	s.seq++
	if s.trace != nil {
		s.emit(&Event{Kind: Started, From: from, G: gp.id, PC: gp.pc, M: M(m.id), P: P(m.p)})
	}
	return true
}

// findRunnable finds a goroutine to run. The order in which it looks is the
// runtime's (runtime/proc.go:findRunnable). If there is none, active says whether
// the thread goes on at m.at.
func (s *Sim) findRunnable(m *m) (gp *g, inherit bool, from From, active bool) {
	for {
		pp := s.ps[m.p]
		if s.gcwaiting {
			s.gcstopm(m)
			return nil, false, 0, false
		}
		if m.pollUntil = 0; pp.timers.Len() > 0 {
			m.pollUntil, _ = s.checkTimers(m, pp)
		}
		if s.workers != (Workers{}) {
			if gp := s.worker(pp); gp != nil {
				return gp, false, FromWorker, true
			}
		}
		if pp.schedtick%61 == 0 {
			if slot := s.global.Pop(); slot != 0 {
				return s.gs.at(slot), false, FromGlobal, true
			}
		}
		if slot, inherit := pp.local.Get(); slot != 0 {
			from := FromLocal
			if inherit {
				from = FromNext
			}
			return s.gs.at(slot), inherit, from, true
		}
		if gp := s.globalBatch(pp); gp != nil {
			return gp, false, FromBatch, true
		}
		if gp := s.pollNow(m); gp != nil {
			return gp, false, FromNet, true
		}
		if s.procs > 1 && !s.rules.oneQueue && (m.spinning || 2*s.nmspinning < s.procs-s.npidle) {
			if !m.spinning {
				s.becomeSpinning(m)
			}
			m.thief.begin()
			gp, inherit, what := s.stealWork(m)
			switch what {
			case stole:
				from := FromSteal
				if inherit {
					from = FromNext
				}
				return gp, inherit, from, true
			case backsOff:
				return nil, false, 0, true
			case newWork:
				continue
			}
		}
		return s.nothing(m)
	}
}

// goOnStealing resumes a thread that has waited before it steals a runnext.
func (s *Sim) goOnStealing(m *m) bool {
	m.state = mSchedule
	gp, inherit, what := s.stealWork(m)
	switch what {
	case stole:
		return s.found(m, gp, inherit, FromSteal)
	case backsOff:
		return true
	case newWork:
		return s.schedule(m)
	}
	gp, inherit, from, active := s.nothing(m)
	if gp == nil {
		return active
	}
	return s.found(m, gp, inherit, from)
}

// globalBatch takes the P's share of the global queue: the first is to run, the
// others go to the P's ring.
func (s *Sim) globalBatch(pp *p) *g {
	n := s.global.Len()
	if n == 0 {
		return nil
	}
	if s.rules.oneQueue {
		return s.gs.at(s.global.Pop())
	}
	n = runq.Batch(n, int(s.procs), !s.rules.growingRing)
	gp := s.gs.at(s.global.Pop())
	for range n - 1 {
		pp.local.Put(s.global.Pop(), &s.global)
	}
	s.event(Event{Kind: Batch, M: none, P: P(pp.id), N: int64(n)})
	return gp
}

// nothing is the end of findRunnable when nothing was found: the thread gives its P up,
// looks once more if it was the one to look for work, and then waits for the network and
// for timers if no other does, or stops.
func (s *Sim) nothing(m *m) (gp *g, inherit bool, from From, active bool) {
	pp := s.ps[m.p]
	if s.gcwaiting {
		s.gcstopm(m)
		return nil, false, 0, false
	}
	if gp := s.globalBatch(pp); gp != nil {
		return gp, false, FromBatch, true
	}
	if !m.spinning && s.needspin && s.procs > 1 {
		s.becomeSpinning(m)
		m.at = s.now + max(s.costs.Switch, 1)
		return nil, false, 0, true
	}
	s.releasep(m)
	s.pidleput(pp)
	m.wasSpinning = m.spinning
	if m.spinning {
		m.spinning = false
		s.nmspinning--
		for _, other := range s.ps[:s.procs] {
			if other.status == pIdle || other.local.Empty() {
				continue
			}
			if pp := s.pidlegetSpinning(); pp != nil {
				s.acquirep(m, pp)
				s.becomeSpinning(m)
				m.at = s.now + max(s.costs.Switch, 1) // it cannot find the same at the same time forever
				return nil, false, 0, true
			}
			break
		}
		if s.rules.looksAgain { // runtime/proc.go:checkTimersNoP
			if when, ok := s.firstTimer(); ok && (m.pollUntil == 0 || when < m.pollUntil) {
				m.pollUntil = when
			}
		}
	}
	return nil, false, 0, s.pollOrStop(m)
}

// pollOrStop lets a thread without a P wait in netpoll, or stops it. It knows only the
// timers that it saw when it looked for work.
func (s *Sim) pollOrStop(m *m) bool {
	until := m.pollUntil
	if s.net.inited && (s.net.waiting.Len() > 0 || until != 0) && s.lastpoll != 0 {
		s.lastpoll, s.poller, s.pollUntil = 0, m, until
		m.state, m.at = mPolling, math.MaxInt64
		if until != 0 {
			m.at = s.epollWakes(until)
		}
		if t, ok := s.net.waiting.First(); ok {
			m.at = min(m.at, max(t.When, s.now)+s.costs.Wake)
		}
		s.happens(Polls, m, nil, 0, "")
		return true
	}
	if until != 0 && s.net.inited && s.lastpoll == 0 && (s.pollUntil == 0 || s.pollUntil > until) {
		s.netpollBreak()
	}
	return s.stopm(m)
}

// epollWakes returns when a thread that waits in netpoll for a timer comes back. epoll
// waits for whole milliseconds, rounded down, but at least for one
// (runtime/netpoll_epoll.go:netpoll).
func (s *Sim) epollWakes(until time.Duration) time.Duration {
	switch d := until - s.now; {
	case d <= 0:
		return s.now + max(s.costs.Syscall, 1)
	case d < time.Millisecond:
		return s.now + time.Millisecond + s.costs.Late
	default:
		return s.now + d.Truncate(time.Millisecond) + s.costs.Late
	}
}

// firstTimer returns the earliest timer of all Ps (runtime/time.go:timeSleepUntil).
func (s *Sim) firstTimer() (when time.Duration, ok bool) {
	for _, pp := range s.ps {
		if t, has := s.firstOf(&pp.timers); has && (!ok || t.When < when) {
			when, ok = t.When, true
		}
	}
	return when, ok
}
