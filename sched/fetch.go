package sched

import (
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// fetch returns the next action of a goroutine without an env, which depends on loops
// alone.
func (in *interpreter) fetch(gp *g) *Action {
	for {
		i := &in.code.ins[gp.pc]
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

// nextAction returns the next action of a goroutine with an env. It returns nil if the
// program has to end.
func (in *interpreter) nextAction(gp *g, e *env) *Action {
	if a := e.act; a != nil && (a.dyn != nil || e.out.Err != nil) {
		if next := in.conclude(gp, a); next != nil || in.halt != nil {
			return next
		}
	}
	for range maxTurns {
		i := in.fetch(gp)
		e.after = gp.pc + 1
		if i.dyn == nil {
			return i
		}
		if a := in.resolve(gp, i); a != nil || in.halt != nil {
			return a
		}
	}
	e.after = gp.pc // loops of no turns in loops without an end: they take time at least
	return &in.code.ins[in.code.turns]
}

// maxTurns bounds the number of loop beginnings and function ends on the way to an
// action.
const maxTurns = 1 << 10

// conclude handles the outcome of an action for the program. It returns the next action
// if that is not the one at gp.pc.
func (in *interpreter) conclude(gp *g, a *Action) *Action {
	e := in.envs[gp.slot]
	if e.out.Err != nil {
		e.panics = append(e.panics, panicking{crash: e.out.Err})
		return in.unwind(gp)
	}
	switch d := a.dyn; a.Verb {
	case program.Do:
		if a.Ends {
			f := in.pop(gp)
			gp.pc = f.ret
			if e.unwinds {
				e.unwinds = false
				return in.unwind(gp)
			}
			return nil
		}
		if !e.out.OK {
			gp.pc = d.jump
			return nil
		}
		return in.push(gp, frame{kind: inDo, base: e.base, ret: d.jump, once: a.On}, gp.pc)
	case program.Set, vCountAll, program.Call, program.Words, program.Recover,
		program.AtomicLoad, program.AtomicAdd, program.AtomicSwap, program.AtomicCompare:
	default:
		return in.results(gp, a.Verb, d.sets)
	}
	return nil
}

// results stores the results of an action in variables.
func (in *interpreter) results(gp *g, v program.Verb, sets []*operand) *Action {
	o := &in.envs[gp.slot].out
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
		if err := in.store(gp, to, n); err != nil {
			return in.panicOf(gp, err)
		}
	}
	return nil
}

// resolve looks up the operands of an action, or performs it if it is about variables and
// bodies alone. It returns nil if the next action is the one at gp.pc.
func (in *interpreter) resolve(gp *g, i *Action) *Action {
	e, d := in.envs[gp.slot], i.dyn
	switch i.Verb {
	case vReturn, vLeave:
		return in.leave(gp)
	case vCancel:
		e.action = Action{Verb: vCancel, On: int32(e.locals[0])}
		return &e.action
	case vCount, vAgain:
		return in.countTurn(gp, i)
	case vCountAll:
		return in.countAll(gp, i)
	case program.Exit:
		e.panics = append(e.panics, panicking{goexit: true})
		return in.unwind(gp)
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
		return in.call(gp, i)
	}
	e.action = *i
	a := &e.action
	var err *crash.Error
	switch i.Verb {
	case program.Set, program.If, program.While:
		if a.N, err = in.expression(gp, d); err == nil && i.Verb == program.Set {
			err = in.store(gp, d.sets[0], a.N)
		} else if a.N == 0 {
			e.after = d.jump
		}
		a.Idle = i.Verb == program.While && d.begin >= 0
	case program.Return:
		if d.n != nil {
			a.N, err = in.value(gp, d.n)
		}
		e.frames[len(e.frames)-1].result, a.Inner = a.N, true
		e.after = in.code.leave
	case program.Recover:
		a.N = in.recovers(gp)
		err = in.setFirst(gp, d, a.N)
	case program.Words:
		err = in.words(gp, a)
	case program.AtomicLoad, program.AtomicStore, program.AtomicAdd, program.AtomicSwap, program.AtomicCompare:
		err = in.atomic(gp, a)
	default:
		err = in.operands(gp, a)
	}
	if err != nil {
		return in.panicOf(gp, err)
	}
	return a
}

// setFirst stores the first result, if a variable takes it.
func (in *interpreter) setFirst(gp *g, d *dynamic, v int64) *crash.Error {
	if len(d.sets) == 0 {
		return nil
	}
	return in.store(gp, d.sets[0], v)
}

// expression is X Operator Y.
func (in *interpreter) expression(gp *g, d *dynamic) (int64, *crash.Error) {
	x, err := in.value(gp, d.x)
	if err != nil || d.y == nil {
		return x, err
	}
	y, err := in.value(gp, d.y)
	if err != nil {
		return 0, err
	}
	return operate(x, d.operator, y)
}

// operands looks up the object and operands of an action.
func (in *interpreter) operands(gp *g, a *Action) *crash.Error {
	d := a.dyn
	if d.on != nil {
		at, err := in.place(gp, d.on)
		if err != nil {
			return err
		}
		if a.On = int32(at) + 1; receives(a.Verb) {
			c, err := in.channel(gp, d.on)
			if err != nil {
				return err
			}
			a.On = int32(c)
		}
	}
	if d.of != nil {
		at, err := in.place(gp, d.of)
		if err != nil {
			return err
		}
		a.Parent = int32(at) + 1
	}
	if d.n != nil {
		n, err := in.value(gp, d.n)
		if err != nil {
			return err
		}
		a.N = number(a.Verb, a.N, n)
	}
	e := in.envs[gp.slot]
	e.args = e.args[:0]
	for _, o := range d.args {
		v, err := in.value(gp, o)
		if err != nil {
			return err
		}
		e.args = append(e.args, v)
	}
	a.Args = e.args
	if d.after {
		c, err := in.host.after(time.Duration(a.N))
		if err != nil {
			in.halt = err
		}
		a.On = int32(c)
		return nil
	}
	if len(d.cases) > 0 {
		return in.resolveCases(gp, a)
	}
	if len(d.said) > 0 && (in.host.traces() || a.Verb == program.Panic) {
		return in.say(gp, a)
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

func (in *interpreter) resolveCases(gp *g, a *Action) *crash.Error {
	e := in.envs[gp.slot]
	e.cases = append(e.cases[:0], a.Cases...)
	for j, k := range a.dyn.cases {
		v := e.cases[j].Value
		var err *crash.Error
		if k.n != nil {
			if v, err = in.value(gp, k.n); err != nil {
				return err
			}
			e.cases[j].Value = v
		}
		switch {
		case k.after:
			if k.n != nil {
				k.d = number(program.Sleep, k.d, v)
			}
			c, err := in.host.after(time.Duration(k.d))
			if err != nil {
				in.halt = err
				return nil
			}
			e.cases[j].Chan, e.cases[j].Value = c, 0
		case k.on != nil:
			if e.cases[j].Chan, err = in.channel(gp, k.on); err != nil {
				return err
			}
		}
	}
	a.Cases = e.cases
	return nil
}

// say returns a text with the values of variables in it.
func (in *interpreter) say(gp *g, a *Action) *crash.Error {
	var b strings.Builder
	for j, part := range a.dyn.text {
		if j%2 == 0 {
			b.WriteString(part)
			continue
		}
		v, err := in.value(gp, a.dyn.said[j/2])
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
func (in *interpreter) countTurn(gp *g, i *Action) *Action {
	e, d := in.envs[gp.slot], i.dyn
	at := int64(e.base) + d.turn
	if i.Verb == vAgain {
		e.locals[at]++
	} else {
		total := i.N
		if d.n != nil {
			var err *crash.Error
			if total, err = in.value(gp, d.n); err != nil {
				return in.panicOf(gp, err)
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
	if err := in.setFirst(gp, d, turn); err != nil {
		return in.panicOf(gp, err)
	}
	return nil
}

// countAll performs a loop with a turn variable and an empty body: only the last turn can
// be seen.
func (in *interpreter) countAll(gp *g, i *Action) *Action {
	e, d := in.envs[gp.slot], i.dyn
	e.after = d.jump
	total := i.N
	if d.n != nil {
		var err *crash.Error
		if total, err = in.value(gp, d.n); err != nil {
			return in.panicOf(gp, err)
		}
	}
	if total > 0 {
		if err := in.setFirst(gp, d, total-1); err != nil {
			return in.panicOf(gp, err)
		}
	}
	return i
}

// call begins a function.
func (in *interpreter) call(gp *g, i *Action) *Action {
	e, d := in.envs[gp.slot], i.dyn
	base := int32(len(e.locals))
	for _, o := range d.args { // with the caller's variables
		v, err := in.value(gp, o)
		if err != nil {
			e.locals = e.locals[:base]
			return in.panicOf(gp, err)
		}
		e.locals = append(e.locals, v)
	}
	in.slots += len(d.args)
	in.reserve(e, in.code.sizes[d.fn]-int32(len(d.args)))
	f := frame{kind: inCall, base: base, ret: gp.pc + 1}
	if len(d.sets) > 0 {
		f.set = d.sets[0]
	}
	pc := gp.pc
	in.push(gp, f, pc)
	e.after = in.code.starts[d.fn]
	return i
}

// words returns a lock's words in memory.
func (in *interpreter) words(gp *g, a *Action) *crash.Error {
	if err := in.operands(gp, a); err != nil {
		return err
	}
	k, err := in.host.look(locks.ID(a.On))
	if err != nil {
		in.halt = err
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
		if err := in.store(gp, o, v); err != nil {
			return err
		}
	}
	return nil
}

// atomic performs an operation of package sync/atomic.
func (in *interpreter) atomic(gp *g, a *Action) *crash.Error {
	if err := in.operands(gp, a); err != nil {
		return err
	}
	v := &in.code.vars[a.On-1]
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
	return in.setFirst(gp, a.dyn, out)
}
