package sched

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// NilParent is the panic of making a context without a parent.
var NilParent = crash.Panic("cannot create context from nil parent")

// The values of a context's Err.
const (
	notCanceled = iota
	canceled
	deadlineExceeded
)

// A cancelCtx is package context's cancelCtx, or its timerCtx.
type cancelCtx struct {
	done     chanq.Chan
	err      int64
	parent   int32   // from 1; 0 for the background
	children []int32 // not canceled yet
	deadline time.Duration
	timed    bool // it has a deadline, perhaps its parent's
	timer    timerID
	hasTimer bool
}

func noSuch(what string, n int32, most int) error {
	return fmt.Errorf("sched: %s %d out of range [1,%d]", what, n, most)
}

// contextOp performs an operation on a context: the one in a variable.
func (s *Sim) contextOp(m *m, gp *g, i *Action) bool {
	if i.On < 1 || int(i.On) > len(s.contextVars) {
		s.end(noSuch("context", i.On, len(s.contextVars)))
		return false
	}
	v := &s.contextVars[i.On-1]
	o := Outcome{}
	switch i.Verb {
	case program.WithCancel, program.WithTimeout:
		parent, crashed := s.parentOf(i)
		if crashed != nil {
			return s.panicked(m, gp, crashed)
		}
		id, err := s.newContext(m, gp, parent, i)
		if err != nil {
			s.end(err)
			return false
		}
		*v = id
		o.Value = int64(s.contexts[id-1].done)
	default:
		if *v == 0 {
			return s.panicked(m, gp, NilDereference)
		}
		if i.Verb == program.CtxErr {
			return s.gives(m, gp, Outcome{Value: s.contexts[*v-1].err})
		}
		s.did(m, gp, 0) // before the goroutines that it readies
		s.cancel(m, gp, *v, true, canceled)
		return s.next(m, gp)
	}
	s.did(m, gp, 0)
	s.finish(gp, o)
	m.at = s.now + s.costs.Op
	return true
}

// parentOf returns the parent of a new context: 0 for the background.
func (s *Sim) parentOf(i *Action) (int32, *crash.Error) {
	switch p := i.Parent; {
	case p == 0:
		return 0, nil
	case p < 0 || int(p) > len(s.contextVars) || s.contextVars[p-1] == 0:
		if s.rules.nilParent {
			return 0, NilParent
		}
		return 0, NilDereference
	default:
		return s.contextVars[p-1], nil
	}
}

// newContext is WithCancel or WithTimeout of package context.
func (s *Sim) newContext(m *m, gp *g, parent int32, i *Action) (int32, error) {
	done, err := s.chans.m.Make(chanq.Elem{}, 0)
	if err != nil {
		return 0, err
	}
	c := cancelCtx{done: done, parent: parent}
	timeout := i.Verb == program.WithTimeout
	if timeout {
		c.deadline, c.timed = s.now+max(time.Duration(i.N), 0), true
	}
	if parent > 0 && s.contexts[parent-1].timed && (!timeout || s.contexts[parent-1].deadline <= c.deadline) {
		timeout = false // the parent is canceled first
		c.deadline, c.timed = s.contexts[parent-1].deadline, true
	}
	s.contexts = append(s.contexts, c)
	id := int32(len(s.contexts))
	if parent > 0 { // context.propagateCancel
		if p := &s.contexts[parent-1]; p.err != notCanceled {
			s.cancel(m, gp, id, false, p.err)
		} else {
			p.children = append(p.children, id)
		}
	}
	switch {
	case !timeout || s.contexts[id-1].err != notCanceled:
	case i.N <= 0:
		s.cancel(m, gp, id, true, deadlineExceeded)
	default:
		t, err := s.makeTimer(&Action{Verb: vCancel, On: s.code.cancels, Args: []int64{int64(id)}})
		if err != nil {
			return 0, err
		}
		s.contexts[id-1].timer, s.contexts[id-1].hasTimer = t, true
		s.resetTimer(m, gp, t, time.Duration(i.N), 0)
	}
	return id, nil
}

// cancel closes a context's channel, and then those of its children, in the order of a
// map: a random one (context.cancelCtx.cancel).
func (s *Sim) cancel(m *m, gp *g, id int32, remove bool, why int64) {
	c := &s.contexts[id-1]
	if c.err != notCanceled {
		return
	}
	c.err = why
	g, err := s.chans.take(gp)
	if err == nil {
		_, err = s.chans.m.Close(g, c.done)
		s.chans.give(g)
	}
	if err != nil {
		s.end(err)
		return
	}
	s.readyAll(m, gp.id)
	children := c.children
	c.children = nil
	for n := len(children); n > 0 && !s.done; n-- {
		k := s.draw(n)
		child := children[k]
		children[k] = children[n-1]
		s.cancel(m, gp, child, false, why)
	}
	c = &s.contexts[id-1]
	if remove && c.parent > 0 {
		p := &s.contexts[c.parent-1]
		for k, child := range p.children {
			if child == id {
				p.children = append(p.children[:k], p.children[k+1:]...)
				break
			}
		}
	}
	if c.hasTimer {
		s.stopTimer(c.timer)
		c.hasTimer = false
	}
}

// chanOfContext returns the Done channel of the context in a variable.
func (s *Sim) chanOfContext(place int64) (chanq.Chan, *crash.Error) {
	if id := s.contextVars[place]; id != 0 {
		return s.contexts[id-1].done, nil
	}
	return chanq.Nil, NilDereference
}
