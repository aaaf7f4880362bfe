package sched

import (
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/sched/timers"
)

// An action is the action of a timer when it is due.
type action uint8

const (
	sendTime  action = iota // send on a channel if there is room, as that of time.NewTimer
	startFunc               // start a goroutine, as that of time.AfterFunc
)

// A timer is the runtime's of that name (runtime/time.go:timer), except for those of
// sleeping goroutines, which the heaps hold by the goroutine's slot. Its place in a heap
// is not known: the heap holds the number seq with it, and an entry with another number
// is stale.
type timer struct {
	when    time.Duration
	period  time.Duration // 0 for once
	start   *Action       // of startFunc
	chn     chanq.Chan    // of sendTime
	heap    int32         // the heap that holds it, or held it last
	seq     int32
	blocked int32 // goroutines that wait for the channel, since Go 1.23
	act     action
	active  bool // it will be due
	heaped  bool // a heap holds it
	orphan  bool // of time.After, and nothing refers to it any more
}

// A timerHeap holds timers: of a P since Go 1.14, of a timerproc before. gone is the
// number of its timers that are no longer active (runtime/time.go:timers).
type timerHeap struct {
	timers.Heap
	gone int
}

// A timerID is the index of a timer in Sim.timers. A heap holds it as a negative number,
// since the slots of goroutines are positive.
type timerID int32

// sleep is time.Sleep: a timer readies the goroutine, which parks.
func (s *Sim) sleep(m *m, gp *g, d time.Duration) bool {
	if d <= 0 || gp.flags&resuming != 0 {
		gp.flags &^= resuming
		s.happens(Did, m, gp, 0, "sleep")
		return s.next(m, gp)
	}
	gp.flags |= resuming
	s.schedTimer(m, gp, s.heapOf(m), timers.Timer{When: s.now + d, ID: gp.slot})
	return s.park(m, gp, onSleep, "sleep")
}

// newTimer makes a timer that is not active.
func (s *Sim) newTimer(t timer) timerID {
	t.heap, t.active, t.heaped = none, false, false
	s.timers = append(s.timers, t)
	id := timerID(len(s.timers) - 1)
	if t.act == sendTime {
		if s.timerOf == nil {
			s.timerOf = map[chanq.Chan]timerID{}
		}
		s.timerOf[t.chn] = id
	}
	return id
}

// resetTimer sets a timer to be due in d, and from then on every period if that is not 0,
// and reports whether it was active (runtime/time.go:modify). Since Go 1.23 a time that
// was sent and not received is removed.
func (s *Sim) resetTimer(m *m, gp *g, id timerID, d, period time.Duration) (was bool) {
	was = s.stopTimer(id)
	t := &s.timers[id]
	t.when, t.period, t.active = s.now+max(d, 0), period, true
	if s.rules.syncTimers && t.act == sendTime && t.blocked == 0 {
		return was // no goroutine waits for the channel, so no heap has to hold it
	}
	s.addTimer(m, gp, id)
	return was
}

// addTimer puts a timer into a heap: that of this P, or the heap where it was, while that
// P exists (runtime/time.go:maybeAdd).
func (s *Sim) addTimer(m *m, gp *g, id timerID) {
	t := &s.timers[id]
	h := s.heapOf(m)
	if s.rules.perPTimers && t.heaped && t.heap >= 0 && t.heap < s.procs {
		h = t.heap
	}
	t.heap, t.heaped = h, true
	s.schedTimer(m, gp, h, timers.Timer{When: t.when, ID: -int32(id) - 1, Seq: t.seq})
}

// stopTimer stops a timer and reports whether it was active, or since Go 1.23 had sent a
// time that was not received (runtime/time.go:stop).
func (s *Sim) stopTimer(id timerID) (was bool) {
	t := &s.timers[id]
	was = t.active
	if t.heaped && t.active {
		t.seq++
		h := s.heap(t.heap)
		h.gone++
		if 4*h.gone > h.Len() {
			h.Keep(s.stands)
			h.gone = 0
		}
	}
	t.active = false
	if s.rules.syncTimers && t.act == sendTime {
		drained, _ := s.chans.m.Drain(t.chn)
		was = was || drained
	}
	return was
}

// stands reports whether an entry of a heap is still to be due.
func (s *Sim) stands(t timers.Timer) bool {
	return t.ID > 0 || s.timers[-t.ID-1].seq == t.Seq
}

// heapOf returns the number of the heap to which a thread adds its timers: its P's, or in
// Go 1.10 to 1.13 one of 64 (runtime/time.go:assignBucket), or the only one.
func (s *Sim) heapOf(m *m) int32 { return m.p % s.rules.timerHeaps }

func (s *Sim) heap(n int32) *timerHeap {
	if s.rules.perPTimers {
		return &s.ps[n].timers
	}
	return &s.procTimers[n].timerHeap
}

// schedTimer adds a timer to a heap, and makes sure that a thread notices it in time.
func (s *Sim) schedTimer(m *m, gp *g, heap int32, t timers.Timer) {
	if s.rules.perPTimers {
		s.net.inited = true
		s.firstOf(&s.ps[heap].timers)
		if s.ps[heap].timers.Add(t) {
			s.wakeNetPoller(t.When)
		}
		return
	}
	s.addToProc(m, gp, heap, t)
}

// firstOf returns the first of a heap's timers that is still to be due
// (runtime/time.go:cleanHead).
func (s *Sim) firstOf(h *timerHeap) (t timers.Timer, ok bool) {
	for {
		if t, ok = h.First(); !ok || h.gone == 0 || s.stands(t) {
			return t, ok
		}
		h.Drop()
		h.gone--
	}
}

// checkTimers runs the timers of a P that are due, on the thread's own P
// (runtime/time.go:check). It reports when the next is due, 0 for none, and whether
// there were any.
func (s *Sim) checkTimers(m *m, pp *p) (next time.Duration, ran bool) {
	for {
		t, ok := s.firstOf(&pp.timers)
		switch {
		case !ok:
			return 0, ran
		case t.When > s.now:
			return t.When, ran
		}
		ran = true
		s.runTimer(m, &pp.timers, t, 0)
	}
}

// runTimer runs a heap's first timer, which is due (runtime/time.go:unlockAndRun).
func (s *Sim) runTimer(m *m, h *timerHeap, first timers.Timer, by G) {
	if first.ID > 0 {
		h.Drop()
		s.ready(m, s.gs.at(first.ID), by)
		return
	}
	id := timerID(-first.ID - 1)
	t := &s.timers[id]
	if t.period > 0 {
		t.when += t.period * (1 + (s.now-t.when)/t.period)
		h.Delay(t.when)
	} else {
		t.active, t.heaped = false, false
		h.Drop()
	}
	s.fire(m, t, by)
}

// fire performs the action of a timer.
func (s *Sim) fire(m *m, t *timer, by G) {
	switch t.act {
	case startFunc: // time.goFunc
		s.create(m, by, t.start)
	case sendTime: // time.sendTime
		if err := s.chans.m.Fire(t.chn, 0); err != nil {
			s.end(err)
			return
		}
		s.readyAll(m, by)
		if t.orphan {
			s.reuse(s.timerOf[t.chn])
		}
	}
}

// The functions below are for operations that receive from a channel: since Go 1.23 the
// runtime knows which channels belong to timers, and a heap holds such a timer only while
// a goroutine waits.

// lookAtTimer lets a timer that is in no heap send its time if it is due
// (runtime/time.go:maybeRunChan).
func (s *Sim) lookAtTimer(m *m, c chanq.Chan, by G) {
	id, ok := s.timerOf[c]
	if !ok || !s.rules.syncTimers {
		return
	}
	t := &s.timers[id]
	if !t.active || t.heaped || t.when > s.now {
		return
	}
	if t.period > 0 {
		t.when += t.period * (1 + (s.now-t.when)/t.period)
	} else {
		t.active = false
	}
	s.fire(m, t, by)
}

// waitForTimer is for a goroutine that is about to wait for a channel
// (runtime/time.go:blockTimerChan).
func (s *Sim) waitForTimer(m *m, gp *g, c chanq.Chan) {
	id, ok := s.timerOf[c]
	if !ok || !s.rules.syncTimers {
		return
	}
	t := &s.timers[id]
	if t.blocked++; t.active && !t.heaped {
		s.addTimer(m, gp, id)
	}
}

// waitedForTimer is for a goroutine that has waited (runtime/time.go:unblockTimerChan).
func (s *Sim) waitedForTimer(c chanq.Chan) {
	id, ok := s.timerOf[c]
	if !ok || !s.rules.syncTimers {
		return
	}
	t := &s.timers[id]
	if t.blocked--; t.blocked > 0 || !t.heaped {
		return
	}
	t.heaped = false
	if t.active {
		t.seq++
		h := s.heap(t.heap)
		h.gone++
		if 4*h.gone > h.Len() {
			h.Keep(s.stands)
			h.gone = 0
		}
	}
}

// moveTimers gives the timers of a P that is not used any more to another one
// (runtime/time.go:take).
func (s *Sim) moveTimers(from, to *p) {
	from.timers.Keep(s.stands)
	from.timers.Each(func(t timers.Timer) {
		if t.ID < 0 {
			s.timers[-t.ID-1].heap = to.id
		}
	})
	to.timers.Move(&from.timers.Heap)
	from.timers.gone = 0
}

// wakeNetPoller makes sure that a thread notices the timer: the one in netpoll, or else
// one that it wakes (runtime/proc.go:wakeNetPoller).
func (s *Sim) wakeNetPoller(when time.Duration) {
	if s.lastpoll != 0 {
		s.wakep()
	} else if s.pollUntil == 0 || s.pollUntil > when {
		s.netpollBreak()
	}
}
