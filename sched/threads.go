package sched

// newM makes a thread (runtime/proc.go:mcommoninit), or reports nil: more than
// MaxThreads end the program. sysmon's is one of them.
func (s *Sim) newM() *m {
	if s.liveThreads+2 > s.maxThreads {
		s.end(ThreadExhaustion)
		return nil
	}
	s.liveThreads++
	mp := &m{id: int32(len(s.ms)), p: none, oldp: none, heapIndex: -1}
	s.ms = append(s.ms, mp)
	s.stats.Threads = max(s.stats.Threads, s.liveThreads+1)
	return mp
}

// mput and mget are runtime/proc.go's: the thread that became idle last is used first.
func (s *Sim) mput(m *m) {
	m.state = mIdle
	m.link, s.midle = s.midle, m
	s.nmidle++
	s.happens(MIdle, m, nil, 0, "")
	s.checkdead()
}

func (s *Sim) mget() *m {
	m := s.midle
	if m != nil {
		s.midle, m.link = m.link, nil
		s.nmidle--
	}
	return m
}

// stopm makes a thread without a P idle. It reports false: it has no next turn.
func (s *Sim) stopm(m *m) bool {
	s.mput(m)
	return false
}

// startm makes a thread run the P: an idle one, or else a new one
// (runtime/proc.go:startm).
func (s *Sim) startm(pp *p, spinning bool) {
	n := int64(0)
	if spinning {
		n = 1
	}
	m := s.mget()
	if m == nil {
		if m = s.newM(); m == nil {
			return
		}
		m.at = s.now + s.costs.Thread
		s.happens(NewM, m, nil, n, "")
	} else {
		m.at = s.now + s.costs.Wake
		s.happens(WokeM, m, nil, n, "")
	}
	m.state, m.spinning, m.nextp = mStarting, spinning, pp
	s.turn(m)
}

// started begins the turn of a thread that has been started, or woken.
func (s *Sim) started(m *m) bool {
	pp := m.nextp
	m.nextp = nil
	s.acquirep(m, pp)
	m.state = mSchedule
	if gp := m.lockedg; gp != nil {
		return s.execute(m, gp, false, FromLock)
	}
	return s.schedule(m)
}

// handoffp gives away the P of a thread that is in a system call or locked: to a
// thread that has a use for it, or to the idle ones (runtime/proc.go:handoffp).
func (s *Sim) handoffp(pp *p) {
	s.stats.Handoffs++
	s.event(Event{Kind: Handoff, M: none, P: P(pp.id)})
	switch {
	case !pp.local.Empty() || s.global.Len() > 0 || s.workerDue(pp):
		s.startm(pp, false)
	case s.nmspinning+s.npidle == 0 && !s.rules.oneQueue:
		s.nmspinning++
		s.needspin = false
		s.startm(pp, true)
	case s.gcwaiting:
		s.stopP(pp)
	case s.npidle == s.procs-1 && s.lastpoll != 0:
		s.startm(pp, false) // a thread has to poll the network
	default:
		s.pidleput(pp)
		if t, ok := s.firstOf(&pp.timers); ok {
			s.wakeNetPoller(t.When)
		}
	}
}

// wakep starts a thread that looks for work, if a P is idle and no other one
// looks (runtime/proc.go:wakep).
func (s *Sim) wakep() {
	if s.npidle == 0 {
		if s.nmspinning == 0 {
			s.needspin = true
		}
		return
	}
	if s.nmspinning != 0 {
		return
	}
	if pp := s.pidleget(); pp != nil {
		s.nmspinning++
		s.startm(pp, true)
	}
}

func (s *Sim) becomeSpinning(m *m) {
	m.spinning = true
	s.nmspinning++
	s.needspin = false
	if s.procs > 1 {
		s.happens(Spinning, m, nil, 0, "")
	}
}

// resetspinning is for a thread that has found work: another may look for more.
func (s *Sim) resetspinning(m *m) {
	m.spinning = false
	s.nmspinning--
	s.wakep()
}

// stoplockedm gives up the P of a thread whose locked goroutine cannot run, until
// it can (runtime/proc.go:stoplockedm).
func (s *Sim) stoplockedm(m *m) bool {
	m.state = mLocked
	s.nmidlelock++
	if m.p != none {
		s.handoffp(s.releasep(m))
	}
	s.checkdead()
	return false
}

// startlockedm hands this thread's P to the one that the goroutine is locked to
// (runtime/proc.go:startlockedm).
func (s *Sim) startlockedm(m *m, gp *g) bool {
	to := s.ms[gp.thread]
	s.nmidlelock--
	to.nextp = s.releasep(m)
	to.state, to.at = mStarting, s.now+s.costs.Wake
	s.happens(WokeM, to, gp, 0, "")
	s.turn(to)
	return s.stopm(m)
}

// mexit ends a thread whose goroutine has ended while it was locked to it
// (runtime/proc.go:mexit). The first thread, which cannot end before the process does,
// stays and does nothing.
func (s *Sim) mexit(m *m) bool {
	pp := s.releasep(m)
	if m.state = mDead; m.id == 0 {
		m.state = mWedged
		s.nmidle++ // it waits forever
	} else {
		s.liveThreads--
	}
	s.handoffp(pp)
	s.checkdead()
	return false
}

// checkdead ends the program if no thread can go on, and no time will make one
// (runtime/proc.go:checkdead).
func (s *Sim) checkdead() {
	if int32(s.liveThreads)-s.nmidle-s.nmidlelock > 0 || s.done {
		return
	}
	if _, ok := s.firstTimer(); ok {
		return
	}
	switch {
	case s.goexits && s.gs.live == 0 && s.rules.endsSilently:
		s.end(nil)
	case s.goexits && s.gs.live == 0:
		s.end(NoGoroutines)
	default:
		s.end(AllAsleep)
	}
}
