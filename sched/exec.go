package sched

import (
	"errors"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// exec lets the thread's goroutine perform its next action, or stop if it was asked to.
func (s *Sim) exec(m *m) bool {
	gp := m.curg
	if gp.flags&working != 0 && gp.left == 0 {
		gp.flags &^= working
		s.did(m, gp, 0)
		s.finish(gp, Outcome{})
	}
	var i *Action
	if e := s.envOf(gp); e == nil {
		i = s.fetch(gp)
	} else if i = s.fetchWith(gp, e); i == nil {
		return false
	}
	if gp.flags&preempt != 0 && s.safePoint(i) {
		return s.gopreempt(m, gp)
	}
	switch i.Verb {
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
	case program.Send, program.Recv, program.Select, program.Close, program.TrySend, program.TryRecv:
		return s.chanOp(m, gp, i)
	case program.Acquire, program.Unlock, program.RLock, program.RUnlock, program.Add, program.Done, program.Wait, program.Signal, program.Broadcast,
		program.TryLock, program.TryRLock, program.Do:
		return s.lockOp(m, gp, i)
	case program.Sleep:
		return s.sleep(m, gp, time.Duration(i.N))
	case program.NetRead:
		return s.netRead(m, gp, time.Duration(i.N))
	case program.Syscall:
		return s.entersyscall(m, gp, time.Duration(i.N), s.rules.leavesP)
	case program.Block:
		return s.entersyscall(m, gp, time.Duration(i.N), true)
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
		return s.gomaxprocs(m, gp, int(min(max(i.N, 0), MaxProcs)))
	case program.Grow:
		return s.grow(m, gp, i.N)
	case program.Mark:
		s.happens(Marked, m, gp, 0, i.Text)
		return s.next(m, gp)
	case program.Len, program.Cap:
		return s.sizeOf(m, gp, i)
	case program.NumGoroutine:
		return s.gives(m, gp, Outcome{Value: s.numGoroutine()})
	case program.NewTimer, program.NewTicker, program.AfterFunc, program.Stop, program.Reset:
		return s.timerOp(m, gp, i)
	case program.WithCancel, program.WithTimeout, program.Cancel, program.CtxErr:
		return s.contextOp(m, gp, i)
	case vCancel:
		s.cancel(m, gp, i.On, true, deadlineExceeded)
		return s.next(m, gp)
	case program.GC:
		return s.collect(m, gp)
	case program.While:
		if i.Idle && i.N != 0 {
			return s.busyWait(m, gp)
		}
	case program.Panic:
		return s.panics(m, gp, i)
	case program.Exit, vGoexit:
		if gp.id == 1 {
			s.goexits = true
		}
		return s.goexit(m, gp)
	case vReturn, program.Return:
		if i.Inner {
			break
		}
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
		s.finish(gp, Outcome{})
		return s.park(m, gp, forcegcIdle, "waits for its next turn")
	}
	s.did(m, gp, i.said())
	return s.next(m, gp)
}

// said returns the number for the event of a step.
func (i *Action) said() int64 {
	if i.Verb >= program.Set || i.Verb == program.Loop {
		return i.N
	}
	return 0
}

// finish ends the goroutine's action.
func (s *Sim) finish(gp *g, o Outcome) {
	if e := s.envOf(gp); e != nil {
		gp.flags &^= fetched
		e.out, gp.pc = o, e.after
		return
	}
	gp.pc++
}

// next goes on to the next action.
func (s *Sim) next(m *m, gp *g) bool {
	s.finish(gp, Outcome{})
	m.at = s.now + s.costs.Op
	return true
}

// gives ends an action whose outcome is a number.
func (s *Sim) gives(m *m, gp *g, o Outcome) bool {
	s.did(m, gp, o.Value)
	s.finish(gp, o)
	m.at = s.now + s.costs.Op
	return true
}

// word returns the verb of the goroutine's action: as the program has it, if it does.
func (s *Sim) word(gp *g) string {
	a := s.action(gp)
	v := s.code.ops[gp.pc].Verb
	switch {
	case a.Ends: // a Do, by whatever its function has ended
		v = program.End
	case a.Verb == vForceGC:
		v = program.GC
	case v == 0: // a source's, or the runtime's own
		v = a.Verb
	}
	return v.String()
}

// busyWait is a turn of a loop that only waits for a variable. Nothing changes until the
// next turn of another thread, so it takes until then.
func (s *Sim) busyWait(m *m, gp *g) bool {
	s.happens(Did, m, gp, 1, "while")
	s.finish(gp, Outcome{})
	m.at = s.now + s.costs.Op
	if top := s.queue.first(); top != nil && top.at > m.at {
		m.at = top.at
		if op := s.costs.Op; op > 0 {
			m.at = s.now + (top.at-s.now+op-1)/op*op
		}
	}
	return true
}

// sizeOf returns len or cap of a channel.
func (s *Sim) sizeOf(m *m, gp *g, i *Action) bool {
	size := s.chans.m.Len
	if i.Verb == program.Cap {
		size = s.chans.m.Cap
	}
	n, err := size(chanq.Chan(i.On))
	if err != nil {
		s.end(err)
		return false
	}
	return s.gives(m, gp, Outcome{Value: n})
}

// compute begins a computation, or goes on with it.
func (s *Sim) compute(m *m, gp *g, i *Action) bool {
	if gp.flags&working == 0 {
		gp.flags |= working
		gp.left = time.Duration(i.N)
	}
	m.at = s.now + gp.left
	gp.left = 0
	return true
}

// create makes a goroutine that can run (runtime/proc.go:newproc): what the action
// starts. It returns nil if there are too many.
func (s *Sim) create(m *m, by G, i *Action) *g {
	pp := s.ps[m.p]
	child, reused := s.newG(pp, i.On)
	if child == nil {
		return nil
	}
	s.begins(child, i)
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
func (s *Sim) goStatement(m *m, gp *g, i *Action) bool {
	if i.N < 1 && gp.left == 0 {
		return s.next(m, gp)
	}
	if gp.left == 0 {
		gp.left = time.Duration(i.N)
	}
	if s.create(m, gp.id, i) == nil {
		return false
	}
	if gp.left--; gp.left == 0 {
		s.happens(Did, m, gp, 0, "go")
		s.finish(gp, Outcome{})
	}
	m.at = s.now + s.costs.Create
	return true
}

// ready makes a goroutine that waits runnable (runtime/proc.go:ready).
func (s *Sim) ready(m *m, gp *g, by G) {
	s.becomes(gp, gRunnable)
	gp.reason = noReason
	if s.trace != nil {
		s.readiedBy(gp, by)
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

// gosched is runtime/proc.go:goschedImpl for a goroutine that yields.
func (s *Sim) gosched(m *m, gp *g) bool {
	s.becomes(gp, gRunnable)
	s.happens(Yielded, m, gp, 0, "")
	s.dropg(m, gp)
	s.global.PushBack(gp.slot)
	s.wakep()
	return s.schedule(m)
}

// gopreempt is the same for a goroutine that was stopped. Since Go 1.26 it will be the
// first to go on if the world is being stopped (runtime/proc.go:goschedImpl).
func (s *Sim) gopreempt(m *m, gp *g) bool {
	gp.flags &^= preempt
	s.stats.Preemptions++
	s.becomes(gp, gRunnable)
	s.happens(Preempted, m, gp, 0, "")
	s.dropg(m, gp)
	if s.gcwaiting && s.rules.stoppedNext {
		s.runqput(s.ps[m.p], gp, true)
	} else {
		s.global.PushBack(gp.slot)
	}
	s.wakep()
	return s.schedule(m)
}

// goyield puts a goroutine that handed over a mutex after all others of this P
// (runtime/proc.go:goyield_m).
func (s *Sim) goyield(m *m, gp *g) bool {
	s.becomes(gp, gRunnable)
	s.happens(Yielded, m, gp, 1, "")
	s.dropg(m, gp)
	s.runqput(s.ps[m.p], gp, false)
	return s.schedule(m)
}

// begins gives a goroutine its arguments, or announces it to the source.
func (s *Sim) begins(gp *g, by *Action) {
	if s.source != nil && (by == nil || by.Verb != vCancel) {
		gp.pc = s.code.outside
		s.source.Begin(gp.id, by)
		return
	}
	if by != nil && len(by.Args) > 0 {
		copy(s.envs[gp.slot].locals, by.Args)
	}
}

// panics performs a panic: of the program's own, or the end of an unrecovered one.
func (s *Sim) panics(m *m, gp *g, i *Action) bool {
	err := i.Err
	if err == nil {
		err = crash.Panic(i.Text)
	}
	if !i.Unrecovered {
		return s.panicked(m, gp, err)
	}
	s.end(&Panic{gp.id, err})
	return false
}

// panicked handles an action that has panicked: the goroutine goes on at once with its
// deferred bodies.
func (s *Sim) panicked(m *m, gp *g, err error) bool {
	c, ok := errors.AsType[*crash.Error](err)
	if !ok {
		c = crash.Panic(err.Error())
	}
	s.happens(Panicked, m, gp, 0, c.Text)
	if s.envOf(gp) == nil { // so that nothing is deferred
		if i := s.unrecovered(c); i.Verb == program.Panic {
			return s.panics(m, gp, i)
		}
		s.goexits = s.goexits || gp.id == 1
		return s.goexit(m, gp)
	}
	s.finish(gp, Outcome{Err: c})
	return s.exec(m)
}

// safePoint reports whether a goroutine that was asked to stop does so before the
// instruction: anywhere since Go 1.14, where a signal stops it; before that only at a
// function call, which a tight loop does not have.
func (s *Sim) safePoint(i *Action) bool {
	return s.rules.asyncPreempt || s.rules.preempts && !i.tight()
}

// tight reports whether the action calls no function.
func (i *Action) tight() bool {
	switch i.Verb {
	case program.Spin, program.Set, program.If, program.While, program.Break, program.Continue, program.Len, program.Cap,
		program.AtomicLoad, program.AtomicStore, program.AtomicAdd, program.AtomicSwap, program.AtomicCompare:
		return true
	}
	return false
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
