package sched

import (
	"time"

	"github.com/orrery-go/orrery/sched/timers"
)

// A timerProc is a goroutine of the runtime's own that runs timers, up to Go 1.13:
// there is one, and since Go 1.10 one for each of 64 heaps (runtime/time.go:timerproc
// of these releases). It is made when the heap gets its first timer, and waits in a
// system call for the first that is due.
type timerProc struct {
	timerHeap
	gp           *g
	m            *m            // the thread that it waits on
	until        time.Duration // when it will be woken
	sleeping     bool
	rescheduling bool // there is no timer, and it is parked
}

// firstTimerProc is the number of the first timerproc; the others have lower numbers.
const firstTimerProc = -2000

// addToProc is runtime/time.go:addtimerLocked of these releases. If the timer is the
// first to be due, timerproc has to be woken.
func (s *Sim) addToProc(m *m, gp *g, n int32, t timers.Timer) {
	b := &s.procTimers[n]
	s.firstOf(&b.timerHeap)
	if !b.Add(t) {
		return
	}
	if b.sleeping && (b.until > t.When || !s.rules.timerBuckets) {
		b.sleeping = false
		if b.m.state == mSyscall { // runtime/lock_futex.go:notewakeup
			b.m.at = min(b.m.at, s.now+s.costs.Wake)
			s.turn(b.m)
		}
	}
	by := G(0)
	if gp != nil {
		by = gp.id
	}
	if b.rescheduling {
		b.rescheduling = false
		s.ready(m, b.gp, by)
	}
	if b.gp == nil {
		b.gp = s.newSystem(firstTimerProc-G(n), s.code.timerproc)
		s.becomes(b.gp, gRunnable)
		b.gp.reason = noReason
		if s.trace != nil {
			e := Event{Kind: Created, G: b.gp.id, By: by, PC: b.gp.pc}
			e.M, e.P = m.on()
			s.event(e)
		} else {
			s.seq++
		}
		s.runqput(s.ps[m.p], b.gp, true)
		s.wakep()
	}
}

// timerproc runs the timers that are due, and then waits for the next.
func (s *Sim) timerproc(m *m, gp *g) bool {
	b := &s.procTimers[firstTimerProc-gp.id]
	gp.flags &^= resuming
	b.sleeping = false
	for !s.done {
		t, ok := s.firstOf(&b.timerHeap)
		if !ok {
			b.rescheduling = true
			return s.park(m, gp, timerIdle, "timer goroutine (idle)")
		}
		if d := t.When - s.now; d > 0 {
			b.sleeping, b.until, b.m = true, t.When, m
			return s.entersyscall(m, gp, d+s.costs.Late, true)
		}
		s.runTimer(m, &b.timerHeap, t, gp.id)
	}
	return false
}
