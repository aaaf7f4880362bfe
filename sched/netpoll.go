package sched

import (
	"slices"
	"time"

	"github.com/orrery-go/orrery/sched/timers"
)

// A netpoller holds the goroutines that wait for the network. A heap of times stands for
// the arrival of data.
type netpoller struct {
	inited  bool
	waiting timers.Heap
	list    []int32 // goroutines that a poll found, reused
}

// netRead reads data that arrive after d: the goroutine parks until a poll finds it.
func (s *Sim) netRead(m *m, gp *g, d time.Duration) bool {
	if d <= 0 || gp.flags&resuming != 0 {
		gp.flags &^= resuming
		s.happens(Did, m, gp, 0, "netread")
		return s.next(m, gp)
	}
	gp.flags |= resuming
	s.net.inited = true
	if when := s.now + d; s.net.waiting.Add(timers.Timer{When: when, ID: gp.slot}) && s.poller != nil && s.poller.at > when+s.costs.Wake {
		s.poller.at = when + s.costs.Wake // data wake the thread whatever it waits for
		s.turn(s.poller)
	}
	return s.park(m, gp, onNet, "IO wait")
}

// netpoll takes the goroutines whose data have arrived. The goroutine whose data came
// last is the first of the list (runtime/netpoll.go:netpollready).
func (s *Sim) netpoll() []int32 {
	s.net.list = s.net.list[:0]
	for {
		slot, ok := s.net.waiting.Pop(s.now)
		if !ok {
			slices.Reverse(s.net.list)
			return s.net.list
		}
		s.net.list = append(s.net.list, slot)
	}
}

// pollNow polls the network, unless a thread waits there; the first ready goroutine is to
// run.
func (s *Sim) pollNow(m *m) *g {
	if !s.net.inited || s.net.waiting.Len() == 0 || s.lastpoll == 0 {
		return nil
	}
	list := s.netpoll()
	if len(list) == 0 {
		return nil
	}
	s.inject(m, s.ps[m.p], list[1:])
	gp := s.gs.at(list[0])
	s.readied(m, gp)
	return gp
}

func (s *Sim) readied(m *m, gp *g) {
	s.becomes(gp, gRunnable)
	gp.reason = noReason
	s.happens(Readied, m, gp, 0, "")
}

// inject has a thread, or nil for sysmon, ready a list: as many as there are idle Ps
// through the global queue, so that those Ps run them, and the others on this P, if there
// is one. Up to Go 1.14 all go through the global queue (runtime/proc.go:injectglist).
func (s *Sim) inject(m *m, pp *p, list []int32) {
	if len(list) == 0 {
		return
	}
	for _, slot := range list {
		s.readied(m, s.gs.at(slot))
	}
	global := len(list)
	if pp != nil && s.rules.injectsLocal {
		global = min(global, int(s.npidle))
	}
	for _, slot := range list[:global] {
		s.global.PushBack(slot)
	}
	for range global {
		idle := s.pidlegetSpinning()
		if idle == nil {
			break
		}
		s.startm(idle, false)
	}
	if pp == nil || !s.rules.injectsLocal {
		return
	}
	for _, slot := range list[global:] {
		if s.rules.oneQueue || pp.local.Len() >= 256 && !s.rules.growingRing {
			s.global.PushBack(slot)
		} else {
			pp.local.Put(slot, &s.global)
		}
	}
	s.wakep()
}

// netpollBreak wakes the thread in netpoll.
func (s *Sim) netpollBreak() {
	if m := s.poller; m != nil {
		m.at = min(m.at, s.now+s.costs.Wake)
		s.turn(m)
	}
}

// polled resumes a thread that comes back from netpoll: because of data, of a timer, or
// because it was woken.
func (s *Sim) polled(m *m) bool {
	s.lastpoll, s.pollUntil, s.poller = max(s.now, 1), 0, nil
	list := s.netpoll()
	m.state = mSchedule
	pp := s.pidleget()
	if pp == nil {
		s.inject(m, nil, list)
		return s.stopm(m)
	}
	s.acquirep(m, pp)
	if len(list) > 0 {
		s.inject(m, pp, list[1:])
		gp := s.gs.at(list[0])
		s.readied(m, gp)
		return s.found(m, gp, false, FromNet)
	}
	if m.wasSpinning {
		s.becomeSpinning(m)
	}
	return s.schedule(m)
}
