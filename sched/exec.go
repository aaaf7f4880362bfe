package sched

import (
	"errors"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// exec lets the thread's goroutine do its next operation, or stop where it was
// asked to.
func (s *Sim) exec(m *m) bool {
	gp := m.curg
	i := s.fetch(gp)
	if gp.flags&working != 0 && gp.left == 0 {
		gp.flags &^= working
		s.happens(Did, m, gp, 0, s.word(gp))
		gp.pc++
		i = s.fetch(gp)
	}
	if gp.flags&preempt != 0 && s.safePoint(i) {
		return s.gopreempt(m, gp)
	}
	switch i.verb {
	case program.Work, program.Spin:
		return s.compute(m, gp, i)
	case program.Go:
		return s.goStatement(m, gp, i)
	case program.Yield:
		if gp.flags&resuming == 0 {
			gp.flags |= resuming
			return s.gosched(m, gp)
		}
		gp.flags &^= resuming
	case program.Send, program.Recv, program.Select, program.Close:
		return s.chanOp(m, gp, i)
	case program.Acquire, program.Unlock, program.RLock, program.RUnlock, program.Add, program.Wait, program.Signal, program.Broadcast:
		return s.lockOp(m, gp, i)
	case program.Sleep:
		return s.sleep(m, gp, time.Duration(i.n))
	case program.NetRead:
		return s.netRead(m, gp, time.Duration(i.n))
	case program.Syscall:
		return s.entersyscall(m, gp, time.Duration(i.n), s.rules.leavesP)
	case program.Block:
		return s.entersyscall(m, gp, time.Duration(i.n), true)
	case program.LockOSThread:
		m.lockedExt++
		gp.flags |= locked
		m.lockedg = gp
	case program.UnlockOSThread:
		if m.lockedExt > 1 && s.rules.nestsLocks {
			m.lockedExt--
			break
		}
		m.lockedExt = 0
		gp.flags &^= locked
		m.lockedg = nil
	case program.Procs:
		return s.gomaxprocs(m, gp, int32(i.n))
	case program.Grow:
		return s.grow(m, gp, i.n)
	case program.Mark:
		s.happens(Marked, m, gp, 0, s.code.ops[gp.pc].On)
		gp.pc++
		m.at = s.now + s.costs.Op
		return true
	case program.Exit:
		if gp.id == 1 {
			s.goexits = true
		}
		return s.goexit(m, gp)
	case vReturn:
		if gp.id == 1 {
			s.end(nil)
			return false
		}
		return s.goexit(m, gp)
	case vForceGC:
		s.forced = s.now
	case vTimerproc:
		return s.timerproc(m, gp)
	case vIdle:
		gp.pc++
		return s.park(m, gp, forcegcIdle, "waits for its next turn")
	}
	s.happens(Did, m, gp, 0, s.word(gp))
	return s.next(m, gp)
}

// next goes on to the next operation.
func (s *Sim) next(m *m, gp *g) bool {
	gp.pc++
	m.at = s.now + s.costs.Op
	return true
}

// word is the verb that the goroutine is at.
func (s *Sim) word(gp *g) string { return s.code.ops[gp.pc].Verb.String() }

// fetch finds the next instruction that does something: loops only say which.
func (s *Sim) fetch(gp *g) *instr {
	for {
		i := &s.code.ins[gp.pc]
		switch i.verb {
		case program.Loop:
			gp.loops[gp.depth] = int32(i.n)
			gp.depth++
			gp.pc++
		case program.End:
			turns := &gp.loops[gp.depth-1]
			if *turns > 0 {
				*turns--
			}
			if *turns == 0 {
				gp.depth--
				gp.pc++
			} else {
				gp.pc = i.a
			}
		case vJump:
			gp.pc = i.a
		default:
			return i
		}
	}
}

// compute begins what takes time, or goes on with it.
func (s *Sim) compute(m *m, gp *g, i *instr) bool {
	if gp.flags&working == 0 {
		gp.flags |= working
		gp.left = time.Duration(i.n)
	}
	m.at = s.now + gp.left
	gp.left = 0
	return true
}

// create makes a goroutine that can run (runtime/proc.go:newproc). It reports nil if
// there are too many.
func (s *Sim) create(m *m, by G, pc int32) *g {
	pp := s.ps[m.p]
	child, reused := s.newG(pp, pc)
	if child == nil {
		return nil
	}
	if s.trace != nil {
		e := Event{Kind: Created, G: child.id, By: by, PC: child.pc}
		e.M, e.P = m.on()
		if reused {
			e.N = 1
		}
		s.event(e)
	} else {
		s.seq++
	}
	s.runqput(pp, child, true)
	s.wakep()
	return child
}

// goStatement starts one of the goroutines of a go statement
// (runtime/proc.go:newproc).
func (s *Sim) goStatement(m *m, gp *g, i *instr) bool {
	if gp.left == 0 {
		gp.left = time.Duration(i.n)
	}
	if s.create(m, gp.id, i.a) == nil {
		return false
	}
	if gp.left--; gp.left == 0 {
		s.happens(Did, m, gp, 0, "go")
		gp.pc++
	}
	m.at = s.now + s.costs.Create
	return true
}

// ready makes a goroutine that waits runnable (runtime/proc.go:ready).
func (s *Sim) ready(m *m, gp *g, by G) {
	s.becomes(gp, gRunnable)
	gp.reason = noReason
	if s.trace != nil {
		e := Event{Kind: Readied, G: gp.id, By: by}
		e.M, e.P = m.on()
		s.event(e)
	} else {
		s.seq++
	}
	s.runqput(s.ps[m.p], gp, true)
	s.wakep()
}

// park is runtime/proc.go:park_m: the goroutine's registers are saved, and the
// thread goes on as g0, to find another.
func (s *Sim) park(m *m, gp *g, why reason, text string) bool {
	s.becomes(gp, gWaiting)
	gp.reason = why
	s.happens(Parked, m, gp, 0, text)
	s.dropg(m, gp)
	return s.schedule(m)
}

func (s *Sim) dropg(m *m, gp *g) {
	m.curg = nil
	if gp.flags&locked == 0 {
		gp.thread = none
	}
	m.state = mSchedule
}

// gosched is runtime/proc.go:goschedImpl for who yields.
func (s *Sim) gosched(m *m, gp *g) bool {
	s.becomes(gp, gRunnable)
	s.happens(Yielded, m, gp, 0, "")
	s.dropg(m, gp)
	s.global.PushBack(gp.slot)
	s.wakep()
	return s.schedule(m)
}

// gopreempt is the same for who was stopped. When the world is being stopped it
// will be the first to go on.
func (s *Sim) gopreempt(m *m, gp *g) bool {
	gp.flags &^= preempt
	s.stats.Preemptions++
	s.becomes(gp, gRunnable)
	s.happens(Preempted, m, gp, 0, "")
	s.dropg(m, gp)
	if s.gcwaiting {
		s.runqput(s.ps[m.p], gp, true)
	} else {
		s.global.PushBack(gp.slot)
	}
	s.wakep()
	return s.schedule(m)
}

// goyield puts who handed a mutex over behind all others of this P
// (runtime/proc.go:goyield_m).
func (s *Sim) goyield(m *m, gp *g) bool {
	s.becomes(gp, gRunnable)
	s.happens(Yielded, m, gp, 1, "")
	s.dropg(m, gp)
	s.runqput(s.ps[m.p], gp, false)
	return s.schedule(m)
}

// panics is a panic of a goroutine.
func (s *Sim) panics(m *m, gp *g, err error) bool {
	s.happens(Panicked, m, gp, 0, err.Error())
	if !s.code.recover {
		crashed, ok := errors.AsType[*crash.Error](err)
		if !ok {
			crashed = crash.Panic(err.Error())
		}
		s.end(&Panic{gp.id, crashed})
		return false
	}
	s.goexits = s.goexits || gp.id == 1
	return s.goexit(m, gp)
}

// safePoint reports whether a goroutine that was asked to stop does so before the
// instruction: anywhere since Go 1.14, since a signal stops it; before only where
// it calls a function, which is not in a tight loop.
func (s *Sim) safePoint(i *instr) bool {
	return s.rules.asyncPreempt || s.rules.preempts && i.verb != program.Spin
}

// runqput puts a goroutine into the P's queue (runtime/proc.go:runqput).
func (s *Sim) runqput(pp *p, gp *g, next bool) {
	overflow := 0
	switch {
	case s.rules.oneQueue:
		s.global.PushBack(gp.slot)
	case next && s.rules.runnext:
		overflow = pp.local.PutNext(gp.slot, &s.global)
	default:
		overflow = pp.local.Put(gp.slot, &s.global)
	}
	if overflow > 0 {
		s.stats.Overflows++
		s.event(Event{Kind: Overflow, M: none, P: P(pp.id), N: int64(overflow)})
	}
}
