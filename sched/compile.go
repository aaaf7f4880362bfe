package sched

import (
	"fmt"

	"github.com/orrery-go/orrery/program"
)

// Compile returns a function for [NewFrom] that makes a program's objects and its
// [Source]: the simulation is that of [New], event by event, but that the events' PC and On
// are those of any source. A caller can put a source of its own around it, to change what
// some goroutines do.
//
// New does not ask a Source: with the position of each goroutine in the goroutine itself an
// event takes a quarter to two thirds of the time (BenchmarkSource).
func Compile(p Program) func(*Objects) (Source, error) {
	return func(o *Objects) (Source, error) {
		if o == nil || o.s == nil {
			return nil, errObjects
		}
		c := &compiled{s: o.s, gs: map[G]*runner{}}
		c.in.rules, c.in.host = o.s.rules, o.s
		c.in.envs = make([]*env, 1)
		if err := o.s.compile(&p, &c.in); err != nil {
			return nil, err
		}
		return c, nil
	}
}

// A compiled is a program as a Source.
type compiled struct {
	s    *Sim
	in   interpreter
	gs   map[G]*runner // that have not ended
	free []*runner
	n    int32 // slots of the interpreter in use
}

// A runner is a goroutine of the program.
type runner struct {
	g
	says Action // its action, without what only the interpreter knows
}

// Begin is [Source.Begin].
func (c *compiled) Begin(id G, by *Action) {
	pc := int32(0)
	if by != nil {
		if by.Start < 0 || int(by.Start) >= len(c.in.code.names) {
			c.s.end(fmt.Errorf("sched: function %d out of range [0,%d)", by.Start, len(c.in.code.names)))
			return
		}
		pc = c.in.code.starts[by.Start]
	}
	var r *runner
	if n := len(c.free); n > 0 {
		r, c.free = c.free[n-1], c.free[:n-1]
	} else {
		c.n++
		r = &runner{g: g{slot: c.n}}
	}
	r.g = g{id: id, slot: r.slot, pc: pc}
	c.gs[id] = r
	c.in.newEnv(&r.g)
	if by != nil {
		copy(c.in.envs[r.slot].locals, by.Args)
	}
}

// Next is [Source.Next].
func (c *compiled) Next(id G, last Outcome) *Action {
	r := c.gs[id]
	if r == nil {
		c.s.end(fmt.Errorf("sched: goroutine %d of another program", id))
		return nil
	}
	e := c.in.envs[r.slot]
	if e.act != nil {
		r.pc = e.after
	}
	e.out = last
	e.act = c.in.nextAction(&r.g, e)
	if c.in.halt != nil {
		c.s.end(c.in.halt)
		return nil
	}
	a := &r.says
	*a = *e.act
	a.dyn = nil
	switch a.Verb {
	case program.Go, program.AfterFunc:
		if a.Verb == program.Go {
			a.Start, a.On = int32(c.in.code.function(a.On)), 0
		} else {
			a.Start = e.act.dyn.fn
		}
	case vCountAll:
		a.Verb = program.Loop
	case vReturn, vGoexit:
		a.Verb = program.Exit
		if e.act.Verb == vReturn {
			a = nil
		}
		delete(c.gs, id)
		c.free = append(c.free, r)
	}
	return a
}

// Where is [Source.Where].
func (c *compiled) Where(id G) string {
	if r := c.gs[id]; r != nil {
		return c.in.code.where(r.pc)
	}
	return "the runtime"
}
