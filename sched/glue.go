package sched

import (
	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// chanGlue lends goroutines a number in the model of channels: for as long as
// they are in an operation there, so that one number does for all who never wait.
type chanGlue struct {
	m    *chanq.Chans
	gs   []int32 // by number, the slot of who has it
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

// chanOp does an operation on channels, or the rest of one.
func (s *Sim) chanOp(m *m, gp *g, i *instr) bool {
	c := &s.chans
	id := chanq.G(gp.waiter)
	var o chanq.Outcome
	var err error
	if gp.flags&resuming != 0 {
		gp.flags &^= resuming
		s.eachTimer(i, s.waitedForTimer)
		o, err = c.m.Resume(id)
	} else {
		s.eachTimer(i, func(c chanq.Chan) { s.lookAtTimer(m, c, gp.id) })
		if id, err = c.take(gp); err != nil {
			s.end(err)
			return false
		}
		switch i.verb {
		case program.Send:
			o, err = c.m.Send(id, chanq.Chan(i.a), i.n)
		case program.Recv:
			o, err = c.m.Recv(id, chanq.Chan(i.a))
		case program.Close:
			o, err = c.m.Close(id, chanq.Chan(i.a))
		default:
			o, err = c.m.Select(id, i.cases, i.a == 1)
		}
	}
	s.readyAll(m, gp.id)
	switch o.What {
	case chanq.Parked:
		gp.waiter = int32(id)
		gp.flags |= resuming
		s.eachTimer(i, func(c chanq.Chan) { s.waitForTimer(m, gp, c) })
		why, text := onChan, chanReasons[min(i.verb, program.Select)-program.Send]
		if i.verb == program.Select {
			why = onSelect
		}
		return s.park(m, gp, why, text)
	case chanq.Panicked:
		c.give(id)
		return s.panics(m, gp, err)
	}
	c.give(id)
	if err != nil {
		s.end(err)
		return false
	}
	if s.trace != nil {
		s.didOnChan(m, gp, i, o)
	} else {
		s.seq++
	}
	return s.next(m, gp)
}

// eachTimer calls f with each channel of a timer from which the instruction receives,
// since Go 1.23, when such a channel is known as one.
func (s *Sim) eachTimer(i *instr, f func(chanq.Chan)) {
	if len(s.timerOf) == 0 || !s.rules.syncTimers {
		return
	}
	switch i.verb {
	case program.Recv:
		f(chanq.Chan(i.a))
	case program.Select:
		for _, k := range i.cases {
			if !k.Send {
				f(k.Chan)
			}
		}
	}
}

// readyAll readies those that the last operation on a channel has woken.
func (s *Sim) readyAll(m *m, by G) {
	for _, r := range s.chans.m.Ready() {
		s.ready(m, s.gs.at(s.chans.gs[r]), by)
	}
}

var chanReasons = [...]string{"chan send", "chan receive", "select"}

//go:noinline
func (s *Sim) didOnChan(m *m, gp *g, i *instr, o chanq.Outcome) {
	e := Event{Kind: Did, G: gp.id, PC: gp.pc, Case: o.Case, N: o.Value, What: i.verb.String()}
	e.M, e.P = m.on()
	receives := i.verb == program.Recv || i.verb == program.Select && o.Case >= 0 && !i.cases[o.Case].Send
	if receives && !o.OK {
		e.What += ", closed"
	}
	s.seq++
	s.emit(&e)
}

// lockGlue does the same with the model of locks. There a lock's owner is only who
// had the number last.
type lockGlue struct {
	m        *locks.Locks
	gs       []int32 // by number, the slot of who has it
	free     []locks.G
	counters []counter
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

// lockOp does an operation on a lock, or the rest of one.
func (s *Sim) lockOp(m *m, gp *g, i *instr) bool {
	l := &s.locks
	if d := s.now - l.m.Now(); d > 0 {
		if err := l.m.Advance(d); err != nil {
			s.end(err)
			return false
		}
	}
	resumes := gp.flags&resuming != 0
	id, on := locks.G(gp.waiter), locks.ID(i.a)
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
	case i.verb == program.Acquire:
		o, err = l.m.Lock(id, on)
	case i.verb == program.Unlock:
		o, err = l.m.Unlock(id, on)
	case i.verb == program.RLock:
		o, err = l.m.RLock(id, on)
	case i.verb == program.RUnlock:
		o, err = l.m.RUnlock(id, on)
	case i.verb == program.Add:
		o, err = l.m.Add(id, on, i.n)
	case i.verb == program.Wait:
		o, err = l.m.Wait(id, on)
	case i.verb == program.Signal:
		o, err = l.m.Signal(id, on)
	default:
		o, err = l.m.Broadcast(id, on)
	}
	for _, r := range l.m.Ready() {
		s.ready(m, s.gs.at(l.gs[r]), gp.id)
	}
	switch o.What {
	case locks.Parked:
		gp.flags |= resuming
		gp.waiter = int32(id)
		return s.park(m, gp, onLock, lockReasons[i.verb-program.Acquire])
	case locks.Yielded:
		gp.flags |= resuming
		gp.waiter = int32(id)
		return s.goyield(m, gp)
	}
	l.free = append(l.free, id)
	if o.What == locks.Panicked {
		return s.panics(m, gp, err)
	}
	if err != nil {
		s.end(err)
		return false
	}
	s.happens(Did, m, gp, 0, s.word(gp))
	return s.next(m, gp)
}

// lockReasons are why who waits in an operation does so, as a traceback says it.
var lockReasons = [...]string{"sync.Mutex.Lock", "sync.Mutex.Unlock", "sync.RWMutex.RLock", "", "", "", "sync wait", "", ""}
