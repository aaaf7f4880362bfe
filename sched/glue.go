package sched

import (
	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// chanGlue lends goroutines a number in the model of channels for as long as they are in
// an operation there, so that one number serves all goroutines that never wait.
type chanGlue struct {
	m    *chanq.Chans
	gs   []int32 // by number, the slot of the goroutine that has it
	free []chanq.G
}

func (c *chanGlue) take(gp *g) (chanq.G, error) {
	if n := len(c.free); n > 0 {
		id := c.free[n-1]
		c.free = c.free[:n-1]
		c.gs[id] = gp.slot
		return id, nil
	}
	id, err := c.m.Go()
	if err != nil {
		return 0, err
	}
	for len(c.gs) <= int(id) {
		c.gs = append(c.gs, 0)
	}
	c.gs[id] = gp.slot
	return id, nil
}

func (c *chanGlue) give(id chanq.G) { c.free = append(c.free, id) }

// chanOp performs an operation on channels, or the rest of one.
func (s *Sim) chanOp(m *m, gp *g, i *Action) bool {
	c := &s.chans
	id := chanq.G(gp.waiter)
	var o chanq.Outcome
	var err error
	resumes := gp.flags&resuming != 0
	if resumes {
		gp.flags &^= resuming
		if s.knowsTimers() {
			s.eachTimer(i, s.waitedForTimer)
		}
		o, err = c.m.Resume(id)
	} else {
		if s.knowsTimers() {
			s.eachTimer(i, func(c chanq.Chan) { s.lookAtTimer(m, c, gp.id) })
		}
		if id, err = c.take(gp); err != nil {
			s.end(err)
			return false
		}
		switch i.Verb {
		case program.Send:
			o, err = c.m.Send(id, chanq.Chan(i.On), i.N)
		case program.Recv:
			o, err = c.m.Recv(id, chanq.Chan(i.On))
		case program.TrySend:
			o, err = c.m.TrySend(id, chanq.Chan(i.On), i.N)
		case program.TryRecv:
			o, err = c.m.TryRecv(id, chanq.Chan(i.On))
		case program.Close:
			o, err = c.m.Close(id, chanq.Chan(i.On))
		default:
			o, err = c.m.Select(id, i.Cases, i.Default)
		}
	}
	if o.What != chanq.Parked && err == nil { // the cause, before its effects
		if s.trace != nil {
			s.didOnChan(m, gp, i, o, resumes)
		} else {
			s.seq++
		}
	}
	s.readyAll(m, gp.id)
	switch o.What {
	case chanq.Parked:
		gp.waiter = int32(id)
		gp.flags |= resuming
		if s.knowsTimers() {
			s.eachTimer(i, func(c chanq.Chan) { s.waitForTimer(m, gp, c) })
		}
		why, text := onChan, ""
		if i.Verb == program.Select {
			why = onSelect
		}
		if s.trace != nil {
			text = c.m.Reason(id)
		}
		return s.park(m, gp, why, text)
	case chanq.Panicked:
		c.give(id)
		return s.panicked(m, gp, err)
	}
	c.give(id)
	if err != nil {
		s.end(err)
		return false
	}
	s.finish(gp, Outcome{Value: o.Value, Case: o.Case, OK: o.OK, Ready: o.What != chanq.NotReady})
	m.at = s.now + s.costs.Op
	return true
}

// knowsTimers reports whether there are channels that the runtime knows to belong to
// timers, since Go 1.23.
func (s *Sim) knowsTimers() bool { return len(s.timerOf) > 0 && s.rules.syncTimers }

// eachTimer calls f with each channel from which the instruction receives, as it may be
// that of a timer.
func (s *Sim) eachTimer(i *Action, f func(chanq.Chan)) {
	switch i.Verb {
	case program.Recv, program.TryRecv:
		f(chanq.Chan(i.On))
	case program.Select:
		for _, k := range i.Cases {
			if !k.Send {
				f(k.Chan)
			}
		}
	}
}

// readyAll readies the goroutines that the last operation on a channel has woken.
func (s *Sim) readyAll(m *m, by G) {
	for _, r := range s.chans.m.Ready() {
		s.ready(m, s.gs.at(s.chans.gs[r]), by)
	}
}

// readiedBy records which goroutine has readied gp, for the event of its operation.
func (s *Sim) readiedBy(gp *g, by G) {
	for int(gp.slot) >= len(s.wakers) {
		s.wakers = append(s.wakers, 0)
	}
	s.wakers[gp.slot] = by
}

func (s *Sim) waker(gp *g) G {
	if int(gp.slot) < len(s.wakers) {
		return s.wakers[gp.slot]
	}
	return 0
}

//go:noinline
func (s *Sim) didOnChan(m *m, gp *g, i *Action, o chanq.Outcome, resumes bool) {
	e := Event{Kind: Did, G: gp.id, PC: gp.pc, Case: o.Case, N: o.Value, What: i.Verb.String()}
	e.M, e.P = m.on()
	if i.Verb != program.Select {
		e.On = s.objectOf(gp, -1)
	} else if o.Case >= 0 {
		e.On = s.objectOf(gp, o.Case)
	}
	if resumes {
		e.With = s.waker(gp)
	} else if ready := s.chans.m.Ready(); len(ready) == 1 {
		e.With = s.gs.at(s.chans.gs[ready[0]]).id
	}
	receives := i.Verb == program.Recv || i.Verb == program.TryRecv || i.Verb == program.Select && o.Case >= 0 && !i.Cases[o.Case].Send
	switch {
	case o.What == chanq.NotReady && i.Verb != program.Select:
		e.What += ", not ready"
	case receives && !o.OK:
		e.What += ", closed"
	}
	s.seq++
	s.emit(&e)
}

// lockGlue does the same for the model of locks. There the number of a lock's owner may
// belong to another goroutine by now.
type lockGlue struct {
	m        *locks.Locks
	gs       []int32 // by number, the slot of the goroutine that has it
	free     []locks.G
	counters []counter
	holders  []G        // by lock, the goroutine that locked it last
	ls       []locks.ID // by Cond, the mutex that is its L; 0 of other locks
}

type counter struct {
	id locks.ID
	n  int64
}

func (l *lockGlue) take(gp *g) (locks.G, error) {
	if n := len(l.free); n > 0 {
		id := l.free[n-1]
		l.free = l.free[:n-1]
		l.gs[id] = gp.slot
		return id, nil
	}
	id, err := l.m.Go()
	if err == nil {
		l.gs = append(l.gs, gp.slot)
	}
	return id, err
}

// lockOp performs an operation on a lock, or the rest of one.
func (s *Sim) lockOp(m *m, gp *g, i *Action) bool {
	l := &s.locks
	if d := s.now - l.m.Now(); d > 0 {
		if err := l.m.Advance(d); err != nil {
			s.end(err)
			return false
		}
	}
	resumes := gp.flags&resuming != 0
	id, on := locks.G(gp.waiter), locks.ID(i.On)
	var o locks.Outcome
	var err error
	if !resumes {
		if id, err = l.take(gp); err != nil {
			s.end(err)
			return false
		}
	}
	switch {
	case resumes:
		gp.flags &^= resuming
		o, err = l.m.Resume(id)
	case i.Verb == program.Acquire:
		o, err = l.m.Lock(id, on)
	case i.Verb == program.Unlock:
		o, err = l.m.Unlock(id, on)
	case i.Verb == program.RLock:
		o, err = l.m.RLock(id, on)
	case i.Verb == program.RUnlock:
		o, err = l.m.RUnlock(id, on)
	case i.Verb == program.Add:
		o, err = l.m.Add(id, on, i.N)
	case i.Verb == program.Wait:
		o, err = l.m.Wait(id, on)
	case i.Verb == program.Signal:
		o, err = l.m.Signal(id, on)
	case i.Verb == program.Broadcast:
		o, err = l.m.Broadcast(id, on)
	case i.Verb == program.TryLock:
		o, err = l.m.TryLock(id, on)
	case i.Verb == program.TryRLock:
		o, err = l.m.TryRLock(id, on)
	case i.Verb == program.Done:
		o, err = l.m.Add(id, on, -1)
	case i.Ends:
		o, err = l.m.OnceReturn(id, on, i.N == 1)
	default:
		o, err = l.m.OnceDo(id, on)
	}
	if o.What != locks.Parked && o.What != locks.Yielded && err == nil { // the cause, before its effects
		if s.trace != nil {
			s.didOnLock(m, gp, o, resumes)
		} else {
			s.seq++
		}
	}
	for _, r := range l.m.Ready() {
		s.ready(m, s.gs.at(l.gs[r]), gp.id)
	}
	switch o.What {
	case locks.Parked:
		gp.flags |= resuming
		gp.waiter = int32(id)
		text := ""
		if s.trace != nil {
			text = l.m.Reason(id)
		}
		return s.park(m, gp, onLock, text)
	case locks.Yielded:
		if ready := l.m.Ready(); s.trace != nil && len(ready) == 1 { // for the event when it goes on
			s.readiedBy(gp, s.gs.at(l.gs[ready[0]]).id)
		}
		gp.flags |= resuming
		gp.waiter = int32(id)
		return s.goyield(m, gp)
	}
	l.free = append(l.free, id)
	if o.What == locks.Panicked {
		return s.panicked(m, gp, err)
	}
	if err != nil {
		s.end(err)
		return false
	}
	l.holds(gp, i.Verb, on, o.OK)
	s.finish(gp, Outcome{OK: o.OK})
	m.at = s.now + s.costs.Op
	return true
}

//go:noinline
func (s *Sim) didOnLock(m *m, gp *g, o locks.Outcome, resumes bool) {
	e := Event{Kind: Did, G: gp.id, PC: gp.pc, On: s.objectOf(gp, -1), What: s.word(gp)}
	e.M, e.P = m.on()
	if o.OK {
		e.N = 1
	}
	if resumes {
		e.With = s.waker(gp)
	} else if ready := s.locks.m.Ready(); len(ready) == 1 {
		e.With = s.gs.at(s.locks.gs[ready[0]]).id
	}
	s.seq++
	s.emit(&e)
}
