package sched

import "time"

func costOf(stack int32) time.Duration { return time.Duration(stack / 1024) }

// entersyscall begins a system call. The thread keeps its P until sysmon takes it; a call
// that is known to block gives it up at once (runtime/proc.go:reentersyscall,
// runtime/proc.go:entersyscallblock).
func (s *Sim) entersyscall(m *m, gp *g, d time.Duration, blocks bool) bool {
	if gp.flags&resuming != 0 { // it has ended, and had to wait for a P
		gp.flags &^= resuming
		return s.afterSyscall(m, gp)
	}
	pp := s.ps[m.p]
	s.becomes(gp, gSyscall)
	if gp.flags&system == 0 {
		s.stats.Syscalls++
	}
	m.syscalltick, m.oldp = pp.syscalltick, pp.id
	n := int64(0)
	if blocks {
		n = 1
	}
	s.happens(Entered, m, gp, n, "")
	m.state, m.at = mSyscall, s.now+s.costs.Syscall+d
	switch {
	case blocks:
		pp.syscalltick++
		s.handoffp(s.releasep(m))
	case s.gcwaiting:
		pp.syscalltick++
		s.releasep(m)
		s.stopP(pp)
	case s.rules.syscallP:
		s.pBecomes(pp, pSyscall)
	}
	s.wakeSysmon()
	return true
}

// exitsyscall ends a system call. If the P is still there the goroutine goes on; else
// with the P of before, if that is idle or in another system call, or with any that is
// idle; else it joins the global queue and the thread stops
// (runtime/proc.go:exitsyscall).
func (s *Sim) exitsyscall(m *m) bool {
	gp := m.curg
	if m.p != none {
		pp := s.ps[m.p]
		pp.syscalltick++
		s.pBecomes(pp, pRunning)
		s.becomes(gp, gRunning)
		s.happens(Left, m, gp, 0, "with its own P")
		return s.afterSyscall(m, gp)
	}
	how := "with the P of before"
	pp := s.takeBack(m.oldp)
	if pp == nil {
		pp, how = s.pidleget(), "with an idle P"
		if pp != nil {
			s.wakeSysmon()
		}
	}
	if pp != nil {
		s.acquirep(m, pp)
		pp.syscalltick++
		s.becomes(gp, gRunning)
		s.happens(Left, m, gp, 0, how)
		return s.afterSyscall(m, gp)
	}
	s.becomes(gp, gRunnable)
	s.happens(Left, m, gp, 0, "without a P")
	m.curg = nil
	gp.flags |= resuming
	s.global.PushBack(gp.slot)
	if gp.flags&locked != 0 {
		m.state = mLocked
		s.nmidlelock++
		return false
	}
	gp.thread = none
	return s.stopm(m)
}

func (s *Sim) afterSyscall(m *m, gp *g) bool {
	m.state = mRunning
	if gp.flags&system != 0 { // timerproc
		m.at = s.now + s.costs.Op
		return true
	}
	s.did(m, gp, 0)
	return s.next(m, gp)
}

// takeBack takes the P from another thread that is in a system call with it, or
// the P if it is the next idle one.
func (s *Sim) takeBack(id int32) *p {
	if id < 0 || id >= s.procs || s.gcwaiting {
		return nil
	}
	pp := s.ps[id]
	if pp.m == nil || !inSyscall(pp) {
		return nil
	}
	return s.takeP(pp)
}

// takeP takes the P of a thread in a system call.
func (s *Sim) takeP(pp *p) *p {
	pp.m.p = none
	pp.m = nil
	pp.syscalltick++
	s.pBecomes(pp, pIdle)
	return pp
}
