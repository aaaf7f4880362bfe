package sched

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/sched/timers"
)

var (
	errZero = errors.New("sched: a Sim that is not from New: use New")
	errBusy = errors.New("sched: a Sim does not step from its own Trace")
)

// Check returns an error if an invariant is broken: every goroutine is in one place,
// every P runs one goroutine on one thread, none is lost, and no goroutine can run
// without a thread that will find it. It examines the whole state, so it is slow.
func (s *Sim) Check() error {
	if s.chans.m == nil {
		return errZero
	}
	if err := s.checkThreads(); err != nil {
		return fmt.Errorf("sched: %w", err)
	}
	if err := s.checkGoroutines(); err != nil {
		return fmt.Errorf("sched: %w", err)
	}
	if err := s.chans.m.Check(); err != nil {
		return err
	}
	return s.locks.m.Check()
}

func (s *Sim) checkThreads() error {
	spinning, idle, idleM, lockedM := int32(0), int32(0), int32(0), int32(0)
	for _, m := range s.ms {
		if m.spinning {
			spinning++
		}
		switch m.state {
		case mIdle:
			idleM++
		case mLocked:
			lockedM++
		case mRunning:
			if m.p == none || m.curg == nil || m.curg.status != gRunning {
				return fmt.Errorf("thread %d runs without a P or a goroutine that runs", m.id)
			}
		}
		if m.p != none && s.ps[m.p].m != m {
			return fmt.Errorf("thread %d has P %d, which has another", m.id, m.p)
		}
		waits := m.state == mIdle || m.state == mLocked || m.state == mDead || m.state == mWedged || m.state == mStopping && s.stopwait > 0
		if queued := m.heapIndex >= 0 || m == s.cur; queued == waits && !s.done {
			return fmt.Errorf("thread %d, %s, has a turn: %v", m.id, mStates[m.state], queued)
		}
	}
	if spinning != s.nmspinning {
		return fmt.Errorf("%d threads spin, %d are counted", spinning, s.nmspinning)
	}
	if idleM > s.nmidle || idleM < s.nmidle-1 || lockedM != s.nmidlelock {
		return fmt.Errorf("%d threads are idle and %d locked, %d and %d are counted", idleM, lockedM, s.nmidle, s.nmidlelock)
	}
	for pp := s.pidle; pp != nil; pp = pp.link {
		if idle++; idle > int32(len(s.ps)) {
			return fmt.Errorf("the list of idle Ps is a ring")
		}
		if pp.status != pIdle || pp.m != nil || !pp.local.Empty() {
			return fmt.Errorf("P %d is in the idle list, is %s, and has work: %v", pp.id, pStatuses[pp.status], !pp.local.Empty())
		}
	}
	if idle != s.npidle {
		return fmt.Errorf("%d Ps are idle, %d are counted", idle, s.npidle)
	}
	for _, pp := range s.ps {
		if pp.m != nil && pp.m.p != pp.id {
			return fmt.Errorf("P %d has thread %d, which has another", pp.id, pp.m.id)
		}
		if !pp.timers.Ordered() {
			return fmt.Errorf("the timers of P %d are not a heap", pp.id)
		}
		if n := pp.local.Len(); !s.rules.growingRing && n > 256 {
			return fmt.Errorf("the ring of P %d has %d", pp.id, n)
		}
	}
	return nil
}

// checkTimerHeap counts the goroutines that the timers of a heap will ready.
func (s *Sim) checkTimerHeap(h *timerHeap, places []uint8) (err error) {
	if !h.Ordered() {
		err = fmt.Errorf("the timers of a heap are in disorder")
	}
	gone := 0
	h.Each(func(t timers.Timer) {
		switch {
		case t.ID < 0 && s.stands(t):
			if k := &s.timers[-t.ID-1]; !k.active || !k.heaped || k.when != t.When {
				err = fmt.Errorf("a heap holds timer %d for %v, which is to be due at %v: %v, %v", -t.ID-1, t.When, k.when, k.active, k.heaped)
			}
		case t.ID < 0:
			gone++
		default:
			if gp := s.gs.at(t.ID); gp.status != gWaiting || gp.reason != onSleep {
				err = fmt.Errorf("goroutine %d has a timer, and is %s", gp.id, gStatuses[gp.status])
			}
			places[t.ID]++
		}
	})
	if gone != h.gone && err == nil {
		err = fmt.Errorf("%d timers of a heap are gone, %d are counted", gone, h.gone)
	}
	return err
}

// checkGoroutines checks that each goroutine is in one place.
func (s *Sim) checkGoroutines() error {
	places := make([]uint8, s.gs.n+1)
	var buf []int32
	queues := s.global.Append(nil)
	for _, pp := range s.ps {
		queues = pp.local.Append(queues)
		if n := pp.local.Next(); n != 0 {
			queues = append(queues, n)
		}
		buf = append(buf, pp.free.slots...)
		if err := s.checkTimerHeap(&pp.timers, places); err != nil {
			return err
		}
	}
	for i := range s.procTimers {
		if err := s.checkTimerHeap(&s.procTimers[i].timerHeap, places); err != nil {
			return err
		}
	}
	s.net.waiting.Each(func(t timers.Timer) { places[t.ID]++ })
	for _, slot := range queues {
		if gp := s.gs.at(slot); gp.status != gRunnable {
			return fmt.Errorf("goroutine %d is in a queue, and is %s", gp.id, gStatuses[gp.status])
		}
		places[slot]++
	}
	for _, m := range s.ms {
		if m.curg != nil {
			places[m.curg.slot]++
		}
		if m.state == mStarting && m.lockedg != nil {
			places[m.lockedg.slot]++ // the thread was woken to run it
		}
	}
	for id, slot := range s.chans.gs {
		if slot == 0 {
			continue
		}
		if gp := s.gs.at(slot); gp.status == gWaiting && (gp.reason == onChan || gp.reason == onSelect) && int(gp.waiter) == id {
			places[slot]++
		}
	}
	for id, slot := range s.locks.gs {
		if slot == 0 {
			continue
		}
		if gp := s.gs.at(slot); gp.status == gWaiting && gp.reason == onLock && int(gp.waiter) == id {
			places[slot]++
		}
	}
	for _, slot := range append(append(buf, s.free.stack.slots...), s.free.noStack.slots...) {
		if gp := s.gs.at(slot); gp.status != gDead {
			return fmt.Errorf("goroutine %d is free, and %s", gp.id, gStatuses[gp.status])
		}
		places[slot]++
	}
	live := int32(0)
	for slot := int32(1); slot <= s.gs.n; slot++ {
		gp := s.gs.at(slot)
		if gp.status != gDead && gp.flags&system == 0 {
			live++
		}
		want := uint8(1)
		if gp.flags&system != 0 && gp.status == gWaiting {
			want = 0
		}
		if places[slot] != want && !s.done {
			return fmt.Errorf("goroutine %d, %s %s, is in %d places, not in %d", gp.id, gStatuses[gp.status], reasons[gp.reason], places[slot], want)
		}
	}
	if live != s.gs.live || uint64(live) != s.stats.Created-s.stats.Exited {
		return fmt.Errorf("%d goroutines live, %d are counted, %d of %d have ended", live, s.gs.live, s.stats.Exited, s.stats.Created)
	}
	if len(queues) > 0 && s.npidle == s.procs && !s.done && !s.gcwaiting {
		return fmt.Errorf("%d goroutines can run, and all Ps are idle", len(queues))
	}
	return nil
}
