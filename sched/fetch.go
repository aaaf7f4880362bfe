package sched

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// fetch returns the next action of a goroutine without an env, which depends on loops
// alone.
func (s *Sim) fetch(gp *g) *Action {
	for {
		i := &s.code.ins[gp.pc]
		switch i.Verb {
		case program.Loop:
			gp.loops[gp.depth] = int32(i.N)
			gp.depth++
			gp.pc++
		case program.End:
			turns := &gp.loops[gp.depth-1]
			if *turns > 0 {
				*turns--
			}
			if *turns == 0 {
				gp.depth--
				gp.pc++
			} else {
				gp.pc = i.On
			}
		case vJump:
			gp.pc = i.On
		default:
			return i
		}
	}
}

// stopsHere stands for the next action where the goroutine is to stop before it.
var stopsHere = Action{Verb: vJump}

// fetchWith returns the action of a goroutine with an env: the one that it is in, or the
// next. It returns nil if the program has ended.
func (s *Sim) fetchWith(gp *g, e *env) *Action {
	if gp.flags&fetched != 0 {
		return e.act
	}
	if gp.flags&preempt != 0 && s.rules.asyncPreempt {
		return &stopsHere
	}
	if e.act = s.nextWith(gp, e); s.done {
		return nil
	}
	gp.flags |= fetched
	return e.act
}

func (s *Sim) nextWith(gp *g, e *env) *Action {
	if len(e.afters) > 0 {
		s.endAfters(e)
	}
	if gp.pc == s.code.outside {
		return s.ask(gp, e)
	}
	if a := e.act; a != nil && (a.dyn != nil || e.out.Err != nil) {
		if next := s.conclude(gp, a); next != nil || s.done {
			return next
		}
	}
	for range maxTurns {
		i := s.fetch(gp)
		e.after = gp.pc + 1
		if i.dyn == nil {
			return i
		}
		if a := s.resolve(gp, i); a != nil || s.done {
			return a
		}
	}
	e.after = gp.pc // loops of no turns in loops without an end: they take time at least
	return &s.code.ins[s.code.turns]
}

// maxTurns bounds the number of loop beginnings and function ends on the way to an
// action.
const maxTurns = 1 << 10

// conclude handles the outcome of an action for the program. It returns the next action
// if that is not the one at gp.pc.
func (s *Sim) conclude(gp *g, a *Action) *Action {
	e := s.envs[gp.slot]
	if e.out.Err != nil {
		e.panics = append(e.panics, panicking{crash: e.out.Err})
		return s.unwind(gp)
	}
	switch d := a.dyn; a.Verb {
	case program.Do:
		if !e.out.OK {
			gp.pc = d.jump
			return nil
		}
		return s.push(gp, frame{kind: inDo, base: e.base, ret: d.jump, once: a.On}, gp.pc)
	case vOnceReturn:
		f := s.pop(gp)
		gp.pc = f.ret
		if e.unwinds {
			e.unwinds = false
			return s.unwind(gp)
		}
	case program.Set, vCountAll, program.Call, program.Words, program.Recover,
		program.AtomicLoad, program.AtomicAdd, program.AtomicSwap, program.AtomicCompare:
	default:
		return s.results(gp, a.Verb, d.sets)
	}
	return nil
}

// results stores the results of an action in variables.
func (s *Sim) results(gp *g, v program.Verb, sets []*operand) *Action {
	o := &s.envs[gp.slot].out
	for i, to := range sets {
		n := o.Value
		switch {
		case v == program.Select && i == 0:
			n = int64(o.Case)
		case v == program.Select && i == 1:
		case (v == program.Recv || v == program.TryRecv) && i == 0:
		case v == program.TrySend, v == program.TryRecv && i == 2:
			n = truth(o.Ready)
		case i > 0 || v == program.TryLock || v == program.TryRLock || v == program.Stop || v == program.Reset:
			n = truth(o.OK)
		}
		if err := s.store(gp, to, n); err != nil {
			return s.panicOf(gp, err)
		}
	}
	return nil
}

// resolve looks up the operands of an action, or performs it if it is about variables and
// bodies alone. It returns nil if the next action is the one at gp.pc.
func (s *Sim) resolve(gp *g, i *Action) *Action {
	e, d := s.envs[gp.slot], i.dyn
	switch i.Verb {
	case vReturn, vLeave:
		return s.leave(gp)
	case vCancel:
		e.action = Action{Verb: vCancel, On: int32(e.locals[0])}
		return &e.action
	case vCount, vAgain:
		return s.countTurn(gp, i)
	case vCountAll:
		return s.countAll(gp, i)
	case program.Exit:
		e.panics = append(e.panics, panicking{goexit: true})
		return s.unwind(gp)
	case program.Break, program.Continue:
		if e.after = d.jump; d.unnest {
			gp.depth--
		}
		return i
	case program.Defer:
		e.defers = append(e.defers, gp.pc+1)
		e.after = d.jump
		return i
	case program.Call:
		return s.call(gp, i)
	}
	e.action = *i
	a := &e.action
	var err *crash.Error
	switch i.Verb {
	case program.Set, program.If, program.While:
		if a.N, err = s.expression(gp, d); err == nil && i.Verb == program.Set {
			err = s.store(gp, d.sets[0], a.N)
		} else if a.N == 0 {
			e.after = d.jump
		}
	case program.Return:
		if d.n != nil {
			a.N, err = s.value(gp, d.n)
		}
		e.frames[len(e.frames)-1].result = a.N
		e.after = s.code.leave
	case program.Recover:
		a.N = s.recovers(gp)
		err = s.setFirst(gp, d, a.N)
	case program.Words:
		err = s.words(gp, a)
	case program.AtomicLoad, program.AtomicStore, program.AtomicAdd, program.AtomicSwap, program.AtomicCompare:
		err = s.atomic(gp, a)
	default:
		err = s.operands(gp, a)
	}
	if err != nil {
		return s.panicOf(gp, err)
	}
	return a
}

// setFirst stores the first result, if a variable takes it.
func (s *Sim) setFirst(gp *g, d *dynamic, v int64) *crash.Error {
	if len(d.sets) == 0 {
		return nil
	}
	return s.store(gp, d.sets[0], v)
}

// expression is X Operator Y.
func (s *Sim) expression(gp *g, d *dynamic) (int64, *crash.Error) {
	x, err := s.value(gp, d.x)
	if err != nil || d.y == nil {
		return x, err
	}
	y, err := s.value(gp, d.y)
	if err != nil {
		return 0, err
	}
	return operate(x, d.operator, y)
}

// operands looks up the object and operands of an action.
func (s *Sim) operands(gp *g, a *Action) *crash.Error {
	d := a.dyn
	if d.on != nil {
		at, err := s.place(gp, d.on)
		if err != nil {
			return err
		}
		if a.On = int32(at) + 1; receives(a.Verb) {
			c, err := s.channel(gp, d.on)
			if err != nil {
				return err
			}
			a.On = int32(c)
		}
	}
	if d.of != nil {
		at, err := s.place(gp, d.of)
		if err != nil {
			return err
		}
		a.Parent = int32(at) + 1
	}
	if d.n != nil {
		n, err := s.value(gp, d.n)
		if err != nil {
			return err
		}
		a.N = number(a.Verb, a.N, n)
	}
	e := s.envs[gp.slot]
	e.args = e.args[:0]
	for _, o := range d.args {
		v, err := s.value(gp, o)
		if err != nil {
			return err
		}
		e.args = append(e.args, v)
	}
	a.Args = e.args
	if d.after {
		c, err := s.after(gp, time.Duration(a.N))
		if err != nil {
			s.end(err)
		}
		a.On = int32(c)
		return nil
	}
	if len(d.cases) > 0 {
		return s.resolveCases(gp, a)
	}
	if len(d.said) > 0 && (s.trace != nil || a.Verb == program.Panic) {
		return s.say(gp, a)
	}
	return nil
}

// receives reports whether the verb is about the channel that an object has.
func receives(v program.Verb) bool {
	return v == program.Recv || v == program.TryRecv || v == program.Len || v == program.Cap
}

// number returns the number of an action with a variable: the variable's value, or the
// duration times that value.
func number(v program.Verb, n, value int64) int64 {
	switch v {
	case program.Work, program.Spin, program.Sleep, program.Syscall, program.Block, program.NetRead, program.Recv,
		program.NewTimer, program.NewTicker, program.AfterFunc, program.Reset, program.WithTimeout:
		return min(n*value, int64(program.MaxDuration))
	}
	return value
}

func (s *Sim) resolveCases(gp *g, a *Action) *crash.Error {
	e := s.envs[gp.slot]
	e.cases = append(e.cases[:0], a.Cases...)
	for j, k := range a.dyn.cases {
		v := e.cases[j].Value
		var err *crash.Error
		if k.n != nil {
			if v, err = s.value(gp, k.n); err != nil {
				return err
			}
			e.cases[j].Value = v
		}
		switch {
		case k.after:
			if k.n != nil {
				k.d = number(program.Sleep, k.d, v)
			}
			c, err := s.after(gp, time.Duration(k.d))
			if err != nil {
				s.end(err)
				return nil
			}
			e.cases[j].Chan, e.cases[j].Value = c, 0
		case k.on != nil:
			if e.cases[j].Chan, err = s.channel(gp, k.on); err != nil {
				return err
			}
		}
	}
	a.Cases = e.cases
	return nil
}

// say returns a text with the values of variables in it.
func (s *Sim) say(gp *g, a *Action) *crash.Error {
	var b strings.Builder
	for j, part := range a.dyn.text {
		if j%2 == 0 {
			b.WriteString(part)
			continue
		}
		v, err := s.value(gp, a.dyn.said[j/2])
		if err != nil {
			return err
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	if a.Text = b.String(); a.Verb == program.Panic {
		a.Err = crash.Panic(a.Text)
	}
	return nil
}

// countTurn begins a loop with a turn variable, or goes on with it.
func (s *Sim) countTurn(gp *g, i *Action) *Action {
	e, d := s.envs[gp.slot], i.dyn
	at := int64(e.base) + d.turn
	if i.Verb == vAgain {
		e.locals[at]++
	} else {
		total := i.N
		if d.n != nil {
			var err *crash.Error
			if total, err = s.value(gp, d.n); err != nil {
				return s.panicOf(gp, err)
			}
			total = max(total, 0)
		}
		e.locals[at], e.locals[at+1] = 0, total
	}
	turn, total := e.locals[at], e.locals[at+1]
	if total >= 0 && (turn >= total || turn < 0) {
		gp.pc = d.jump
		return nil
	}
	gp.pc = d.begin
	if err := s.setFirst(gp, d, turn); err != nil {
		return s.panicOf(gp, err)
	}
	return nil
}

// countAll performs a loop with a turn variable and an empty body: only the last turn can
// be seen.
func (s *Sim) countAll(gp *g, i *Action) *Action {
	e, d := s.envs[gp.slot], i.dyn
	e.after = d.jump
	total := i.N
	if d.n != nil {
		var err *crash.Error
		if total, err = s.value(gp, d.n); err != nil {
			return s.panicOf(gp, err)
		}
	}
	if total > 0 {
		if err := s.setFirst(gp, d, total-1); err != nil {
			return s.panicOf(gp, err)
		}
	}
	return i
}

// call begins a function.
func (s *Sim) call(gp *g, i *Action) *Action {
	e, d := s.envs[gp.slot], i.dyn
	base := int32(len(e.locals))
	for _, o := range d.args { // with the caller's variables
		v, err := s.value(gp, o)
		if err != nil {
			e.locals = e.locals[:base]
			return s.panicOf(gp, err)
		}
		e.locals = append(e.locals, v)
	}
	s.slots += len(d.args)
	s.reserve(e, s.code.sizes[d.fn]-int32(len(d.args)))
	f := frame{kind: inCall, base: base, ret: gp.pc + 1}
	if len(d.sets) > 0 {
		f.set = d.sets[0]
	}
	pc := gp.pc
	s.push(gp, f, pc)
	e.after = s.code.starts[d.fn]
	return i
}

// words returns a lock's words in memory.
func (s *Sim) words(gp *g, a *Action) *crash.Error {
	if err := s.operands(gp, a); err != nil {
		return err
	}
	k, err := s.locks.m.Look(locks.ID(a.On))
	if err != nil {
		s.end(err)
		return nil
	}
	list := []int64{int64(k.State), int64(k.Value)}
	if k.Type == locks.RWMutex {
		list = append(list, int64(k.WriterSem), int64(k.ReaderSem), int64(k.ReaderCount), int64(k.ReaderWait))
	}
	a.N = list[0]
	for j, o := range a.dyn.sets {
		v := int64(0)
		if j < len(list) {
			v = list[j]
		}
		if err := s.store(gp, o, v); err != nil {
			return err
		}
	}
	return nil
}

// atomic performs an operation of package sync/atomic.
func (s *Sim) atomic(gp *g, a *Action) *crash.Error {
	if err := s.operands(gp, a); err != nil {
		return err
	}
	v := &s.code.vars[a.On-1]
	old := *v
	out := old
	switch a.Verb {
	case program.AtomicStore:
		*v = a.N
	case program.AtomicAdd:
		*v += a.N
		out = *v
	case program.AtomicSwap:
		*v = a.N
	case program.AtomicCompare:
		if out = truth(old == a.Args[0]); out == 1 {
			*v = a.Args[1]
		}
	}
	a.N = out
	return s.setFirst(gp, a.dyn, out)
}

// ask asks a Source for the next action.
func (s *Sim) ask(gp *g, e *env) *Action {
	a := s.source.Next(gp.id, e.out)
	e.after = gp.pc
	switch {
	case a == nil:
		return &s.code.ins[s.code.returns]
	case a.Verb < program.Go || a.Verb > program.AtomicCompare:
		s.end(fmt.Errorf("sched: verb %d out of range [%d,%d]", a.Verb, program.Go, program.AtomicCompare))
	}
	return a
}
