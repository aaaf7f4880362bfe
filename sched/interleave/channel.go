package interleave

import (
	"slices"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A source is a channel, timer or context that an operation sends to or receives from.
type source struct {
	kind program.Type // of a channel, timer or context; "" for nil, which never is ready
	at   int32
	now  bool // time.After: whenever it likes
}

// source returns the source of an operation. A nil timer or context has no channel: using
// it panics.
func (s *state) source(g *goroutine, o *operand, after bool) (source, *crash.Error) {
	switch {
	case after:
		return source{now: true}, nil
	case o == nil:
		return source{}, nil
	}
	at, err := s.place(g, o)
	if err != nil {
		return source{}, err
	}
	switch o.kind {
	case program.TimerType, program.TickerType:
		if !s.timers[at].set {
			return source{}, sched.NilDereference
		}
		if s.timers[at].fn > 0 {
			return source{}, nil // AfterFunc has no channel
		}
		return source{kind: program.TimerType, at: at}, nil
	case program.ContextType:
		if s.contexts[at] == 0 {
			return source{}, sched.NilDereference
		}
		return source{kind: program.ContextType, at: s.contexts[at] - 1}, nil
	}
	return source{kind: program.ChanType, at: at}, nil
}

// receives reports whether a receive can end at once, with a value or because the channel
// is closed.
func (s *state) receives(from source) bool {
	switch from.kind {
	case program.ChanType:
		c := &s.chans[from.at]
		return len(c.buf) > 0 || len(c.sendq) > 0 || c.closed
	case program.TimerType:
		return s.timers[from.at].full
	case program.ContextType:
		return s.made[from.at].err != 0
	}
	return from.now
}

// sends reports whether a send can end at once, possibly in a panic.
func (m *Machine) sends(s *state, to source) bool {
	if to.kind != program.ChanType {
		return false
	}
	c := &s.chans[to.at]
	return c.closed || len(c.recvq) > 0 || int64(len(c.buf)) < m.caps[to.at]
}

// wait puts a goroutine into a queue.
func (s *state) wait(in source, send bool, w waiter) {
	if in.kind != program.ChanType {
		return
	}
	c := &s.chans[in.at]
	if send {
		c.sendq = append(c.sendq, w)
	} else {
		c.recvq = append(c.recvq, w)
	}
}

// dequeue takes a goroutine out of all queues.
func (s *state) dequeue(slot int) {
	mine := func(w waiter) bool { return int(w.g) == slot }
	for i := range s.chans {
		c := &s.chans[i]
		c.recvq, c.sendq = slices.DeleteFunc(c.recvq, mine), slices.DeleteFunc(c.sendq, mine)
	}
}

// completes ends the operation of a goroutine that waits in a queue.
func (m *Machine) completes(s *state, w waiter, value, ok int64) {
	slot := int(w.g)
	s.dequeue(slot)
	m.done(s, slot, w.at, value, ok)
}

// done stores the results of an operation on a channel, or of a case of a select.
func (m *Machine) done(s *state, slot int, at int32, value, ok int64) {
	g := &s.gs[slot]
	k := &m.ops[g.pc]
	g.status, g.awaits = ready, nil
	var err *crash.Error
	switch k.Verb {
	case program.Select:
		err = s.gives(g, k, int64(at), value, ok)
	case program.TryRecv:
		err = s.gives(g, k, value, ok, 1)
	case program.TrySend:
		err = s.gives(g, k, 1)
	default:
		err = s.gives(g, k, value, ok)
	}
	if err != nil {
		m.raise(s, slot, err)
	}
}

// send sends a value that [Machine.sends] has found to be possible.
// (`runtime/chan.go:chansend`)
func (m *Machine) send(s *state, slot int, to source, at int32, value int64) {
	c := &s.chans[to.at]
	switch {
	case c.closed:
		m.raise(s, slot, chanq.SendOnClosed)
		return
	case len(c.recvq) > 0:
		m.completes(s, c.recvq[0], value, 1)
	default:
		c.buf = append(c.buf, value)
	}
	m.done(s, slot, at, 0, 0)
}

// recv receives a value that [Machine.receives] has found to be there.
// (`runtime/chan.go:chanrecv`)
func (m *Machine) recv(s *state, slot int, from source, at int32) {
	value, ok := int64(0), int64(0)
	switch from.kind {
	case program.ChanType:
		c := &s.chans[from.at]
		var w waiter
		waits := len(c.sendq) > 0
		if waits {
			w = c.sendq[0]
		}
		switch {
		case len(c.buf) > 0:
			value, ok = c.buf[0], 1
			if c.buf = c.buf[1:]; waits {
				c.buf = append(c.buf, w.value)
			}
		case waits:
			value, ok = w.value, 1
		}
		if waits {
			m.completes(s, w, 0, 0)
		}
	case program.TimerType:
		s.timers[from.at].full, ok = false, 1
	case program.ContextType:
	default:
		ok = 1
	}
	m.done(s, slot, at, value, ok)
}

// closes closes a channel. (`runtime/chan.go:closechan`)
func (m *Machine) closes(s *state, slot int, in source) {
	if in.kind == "" {
		m.raise(s, slot, chanq.CloseOfNil)
		return
	}
	c := &s.chans[in.at]
	if c.closed {
		m.raise(s, slot, chanq.CloseOfClosed)
		return
	}
	c.closed = true
	s.gs[slot].pc++
	for len(c.recvq) > 0 {
		m.completes(s, c.recvq[0], 0, 0)
	}
	for len(c.sendq) > 0 {
		w := c.sendq[0]
		s.dequeue(int(w.g))
		m.raise(s, int(w.g), chanq.SendOnClosed)
	}
}
