package whatif

import (
	"errors"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A replayed is a condition in a replay. Those that wait for a Signal and those that wait
// for a Broadcast do so apart: a Signal must not be spent on one that it does not help.
type replayed struct {
	signals, broadcasts int32 // the conditions
	tokens              int   // what was signalled and no wait has used
	was                 []told
}

// A told is a Broadcast.
type told struct {
	done  bool
	came  int32 // how many have waited for it
	wants int32 // how many must come; 0 if it is not known yet
}

func (s *source) makeConds(o *sched.Objects) error {
	var errs []error
	for _, c := range s.w.conds {
		a, err := o.Lock(program.Cond, s.locks[c.l], c.readers)
		b, err2 := o.Lock(program.Cond, s.locks[c.l], c.readers)
		errs = append(errs, err, err2)
		s.conds = append(s.conds, replayed{a, b, 0, make([]told, c.broadcasts)})
	}
	return errors.Join(errs...)
}

// awaits makes the action of a wait for a condition. A trace does not show what the
// condition is. In the recording the wait was ended by a Signal: so it takes any Signal that
// ended a wait in the recording, one each; or by a Broadcast: then it is that one. It reports
// whether there is something to wait for.
func (s *source) awaits(c *cursor, o *op, a *sched.Action) bool {
	k, of := &s.conds[o.on], s.w.conds[o.on]
	switch {
	case o.n < 0: // to the end of the recording
		a.Verb, a.On = program.Unlock, s.locks[of.l]
		if of.readers {
			a.Verb = program.RUnlock
		}
		c.lost = true
		return true
	case verb(o.like) == signal && k.tokens > 0:
		k.tokens--
		return false
	case verb(o.like) == broadcast && k.was[o.n].done:
		return false
	}
	c.at.op-- // it looks again
	if verb(o.like) == broadcast {
		was := &k.was[o.n]
		if came := &s.done[s.base[c.at.script]+int(c.at.op)]; !*came {
			*came = true
			if was.came++; was.came == was.wants { // the last to come tells the others
				was.done = true
				a.Verb, a.On = program.Broadcast, k.broadcasts
				return true
			}
		}
	}
	a.Verb, a.On = program.Wait, k.signals
	if verb(o.like) == broadcast {
		a.On = k.broadcasts
	}
	return true
}

// tells makes the action of a Signal or a Broadcast. It reports whether there is one:
// another goroutine may have come last, in its place.
func (s *source) tells(c *cursor, o *op, a *sched.Action) bool {
	k := &s.conds[o.on]
	a.Verb, a.On = program.Signal, k.signals
	if o.verb == broadcast {
		switch was := &k.was[o.n]; {
		case was.done && o.like > 0:
			return false
		case was.came < o.like:
			was.wants = o.like
			c.at.op--
			a.Verb, a.On = program.Wait, k.broadcasts
			return true
		}
		a.Verb, a.On = program.Broadcast, k.broadcasts
	}
	s.announce(place{c.at.script, c.at.op - 1})
	return true
}

// announces says that conditions are true, of which a goroutine tells others after this
// unlocking: it has changed them before.
func (s *source) announces(p place) {
	for _, signal := range s.w.early[p] {
		s.announce(signal)
	}
}

// announce says that a condition is true.
func (s *source) announce(p place) {
	done := &s.done[s.base[p.script]+int(p.op)]
	if *done {
		return
	}
	*done = true
	if o := s.w.at(p); o.verb == broadcast {
		s.conds[o.on].was[o.n].done = true
	} else {
		s.conds[o.on].tokens += int(o.n)
	}
}
