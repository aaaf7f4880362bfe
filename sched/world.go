package sched

import (
	"slices"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched/runq"
)

// gomaxprocs is runtime.GOMAXPROCS(n): it stops the world to change the number of
// Ps.
func (s *Sim) gomaxprocs(m *m, gp *g, to int) bool {
	if s.gcwaiting { // another goroutine stops the world: this one has to stop like all others
		m.at = s.now + s.costs.Op
		return s.gopreempt(m, gp)
	}
	n := int32(s.numbers.Set(int(s.procs), to))
	if n == s.procs {
		s.happens(Did, m, gp, 0, "procs")
		s.finish(gp, Outcome{Value: int64(s.procs)})
		m.at = s.now + s.costs.Op
		return true
	}
	return s.stopTheWorld(m, gp, n)
}

// collect is runtime.GC: it stops the world to begin, yields, stops it again when all is
// marked, and yields while it sweeps (runtime/mgc.go:GC). The time of marking, and the
// goroutines that mark, are left out.
func (s *Sim) collect(m *m, gp *g) bool {
	switch {
	case s.gcwaiting:
		m.at = s.now + s.costs.Op
		return s.gopreempt(m, gp)
	case gp.left == 4:
		gp.left = 0
		s.forced = s.now
		s.happens(Did, m, gp, 0, "gc")
		return s.next(m, gp)
	}
	if gp.left++; gp.left%2 == 0 {
		return s.gosched(m, gp)
	}
	return s.stopTheWorld(m, gp, s.procs)
}

// stopTheWorld stops all Ps, whose number is n afterwards
// (runtime/proc.go:stopTheWorldWithSema).
func (s *Sim) stopTheWorld(m *m, gp *g, n int32) bool {
	s.newProcs = n
	s.gcwaiting, s.stopper, s.stopwait = true, m, s.procs
	s.happens(Stopped, m, gp, 0, "")
	own := s.ps[m.p]
	for _, pp := range s.ps[:s.procs] {
		if pp != own {
			s.preemptone(pp)
		}
	}
	s.pBecomes(own, pGCStop)
	s.stopwait--
	for _, pp := range s.ps[:s.procs] {
		if pp != own && pp.m != nil && inSyscall(pp) {
			s.takeP(pp)
			s.pBecomes(pp, pGCStop)
			s.stopwait--
		}
	}
	for pp := s.pidleget(); pp != nil; pp = s.pidleget() {
		s.pBecomes(pp, pGCStop)
		s.stopwait--
	}
	m.state = mStopping
	m.at = s.now + s.costs.Op
	return s.stopwait == 0
}

// stopP stops a P without a thread, for the goroutine that stops the world.
func (s *Sim) stopP(pp *p) {
	s.pBecomes(pp, pGCStop)
	if s.stopwait--; s.stopwait == 0 {
		s.stopper.at = s.now + s.costs.Wake
		s.turn(s.stopper)
	}
}

// gcstopm stops a thread while the world is stopped (runtime/proc.go:gcstopm).
func (s *Sim) gcstopm(m *m) {
	if m.spinning {
		m.spinning = false
		s.nmspinning--
	}
	s.stopP(s.releasep(m))
	s.stopm(m)
}

// worldStopped changes the number of Ps and lets the world go on
// (runtime/proc.go:procresize, runtime/proc.go:startTheWorldWithSema).
func (s *Sim) worldStopped(m *m) bool {
	gp, old, n := m.curg, s.procs, s.newProcs
	own := s.ps[m.p]
	if s.net.inited {
		s.inject(m, own, s.netpoll())
	}
	for id := old; id < n; id++ {
		s.addP(id)
	}
	s.setProcs(n)
	if s.rules.spreads {
		s.spread(old)
	}
	if own.id >= n || s.rules.spreads {
		own.m, m.p = nil, none
		s.acquirep(m, s.ps[0])
		own = s.ps[0]
	} else {
		s.pBecomes(own, pRunning)
	}
	for _, pp := range s.ps[n:max(old, n)] {
		s.destroy(pp, own)
	}
	s.gcwaiting, s.stopper = false, nil
	m.state = mRunning
	s.happens(Resumed, m, gp, int64(n), "")
	s.restart(own)
	s.wakep()
	if s.action(gp).Verb == program.GC {
		m.at = s.now + s.costs.Op
		return true
	}
	s.happens(Did, m, gp, 0, "procs")
	s.finish(gp, Outcome{Value: int64(old)})
	m.at = s.now + s.costs.Op
	return true
}

// setProcs sets how many Ps are in use.
func (s *Sim) setProcs(n int32) {
	s.procs = n
	s.steal.reset(int(n))
}

// restart starts the Ps: those with work get a thread, and the others are idle.
func (s *Sim) restart(own *p) {
	var runnable, idle []*p
	for id := s.procs - 1; id >= 0; id-- {
		switch pp := s.ps[id]; {
		case pp == own:
		case pp.local.Empty():
			idle = append(idle, pp)
		default:
			s.pBecomes(pp, pIdle)
			runnable = append(runnable, pp)
		}
	}
	s.allIdle(idle)
	for i := len(runnable) - 1; i >= 0; i-- {
		s.startm(runnable[i], false)
	}
}

// allIdle makes Ps idle, given from the last to the first. Up to Go 1.25 the first is
// then used first; later procresize collects them in a list of its own before, so that
// it is the last.
func (s *Sim) allIdle(ps []*p) {
	if s.rules.lastIdle {
		slices.Reverse(ps)
	}
	for _, pp := range ps {
		s.pidleput(pp)
	}
}

// spread is procresize up to Go 1.4: it takes the goroutines of all queues, and gives
// them to the Ps in turn, from the second on, since the first has one that runs
// (go1.4.3 runtime/proc.c:procresize).
func (s *Sim) spread(old int32) {
	if s.rules.growingRing { // one P after the other
		for _, pp := range s.ps[:old] {
			for slot, _ := pp.local.Get(); slot != 0; slot, _ = pp.local.Get() {
				s.global.PushBack(slot)
			}
		}
	} else { // the last of each P, until none is left
		for left := true; left; {
			left = false
			for _, pp := range s.ps[:old] {
				if slot := pp.local.Last(); slot != 0 {
					s.global.PushFront(slot)
					left = true
				}
			}
		}
	}
	for i := int32(1); s.global.Len() > 0 && (s.rules.growingRing || i < s.procs*runq.Len/2); i++ {
		s.ps[i%s.procs].local.Put(s.global.Pop(), &s.global)
	}
}

// destroy takes a P out of use: its goroutines go to the head of the global queue, and
// its timers to another P (runtime/proc.go:destroy).
func (s *Sim) destroy(pp, to *p) {
	for slot := pp.local.Last(); slot != 0; slot = pp.local.Last() {
		s.global.PushFront(slot)
	}
	if slot := pp.local.TakeNext(); slot != 0 {
		s.global.PushFront(slot)
	}
	s.moveTimers(pp, to)
	for slot := pp.free.pop(); slot != 0; slot = pp.free.pop() {
		s.free.stack.push(slot)
	}
	pp.local = runq.NewLocal(s.rules.growingRing)
	s.pBecomes(pp, pDead)
}
