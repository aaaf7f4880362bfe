package sched

import (
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
)

// An interpreter performs what the operations of a compiled program do with variables,
// bodies, calls and panics, and looks up the operands of the others. It is all that
// stands between a program and its actions: a [Sim] has one for its own program, and so
// has each source that [Compile] makes.
type interpreter struct {
	code  code
	rules rules
	envs  []*env // by slot; empty if the program has neither variables nor bodies
	calls int    // of all goroutines, without their functions
	slots int    // variables of all calls
	host  host
	halt  error // with which the program has to end
}

// A host knows the objects to which a program refers: a [Sim].
type host interface {
	after(d time.Duration) (chanq.Chan, error)
	chanOfTimer(place int64) (chanq.Chan, *crash.Error)
	chanOfContext(place int64) (chanq.Chan, *crash.Error)
	look(l locks.ID) (locks.ObjectState, error)
	traces() bool // the texts of marks are wanted
}

func (s *Sim) look(l locks.ID) (locks.ObjectState, error) { return s.locks.m.Look(l) }

func (s *Sim) traces() bool { return s.trace != nil }

// stopsHere stands for the next action where the goroutine is to stop before it.
var stopsHere = Action{Verb: vJump}

// fetchWith returns the action of a goroutine with an env: the one that it is in, or the
// next, of the program or of the Source. It returns nil if the program has ended.
func (s *Sim) fetchWith(gp *g, e *env) *Action {
	if gp.flags&fetched != 0 {
		return e.act
	}
	if gp.flags&preempt != 0 && s.rules.asyncPreempt {
		return &stopsHere
	}
	if len(e.afters) > 0 {
		s.endAfters(e)
	}
	s.asked = gp
	if gp.pc == s.code.outside {
		e.act = s.ask(gp, e)
	} else if e.act = s.nextAction(gp, e); s.halt != nil {
		s.end(s.halt)
	}
	s.asked = nil
	if s.done {
		return nil
	}
	gp.flags |= fetched
	return e.act
}
