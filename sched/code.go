package sched

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// Actions that a program cannot contain.
const (
	vReturn    program.Verb = 200 + iota // the end of a goroutine's function
	vJump                                // jump over a loop with an empty body, or an else
	vForceGC                             // the action of the runtime's forcegc goroutine
	vIdle                                // a goroutine of the runtime waits for its next turn
	vCount                               // a loop with a turn variable, or with a variable number of turns
	vCountAll                            // such a loop with an empty body
	vAgain                               // the end of such a loop
	vLeave                               // the end of a function or a body
	vGoexit                              // runtime.Goexit, after all deferred functions
	vOutside                             // an action that a Source gives
	vCancel                              // the action of the timer of a context: On is the context
	vTimerproc                           // the action of a timerproc goroutine
)

// A code is a program with its names looked up: an action for each operation, and
// one after each function.
type code struct {
	ins       []Action
	ops       []program.Op // of the actions; empty for actions that a program cannot contain
	starts    []int32      // of the functions
	names     []string     // of the functions
	sizes     []int32      // of the functions: variables
	vars      []int64      // of the program
	recover   bool
	idle      int32 // the action of a waiting goroutine of the runtime
	force     int32
	worker    int32
	reader    int32
	timerproc int32
	leave     int32
	returns   int32 // the end of a goroutine
	cancels   int32 // the action of the goroutine of a context's timer
	turns     int32 // a step of loops with empty bodies
	outside   int32 // the action of the goroutines of a Source
}

// A dynamic holds the operands of an action that are looked up when it is performed.
type dynamic struct {
	on       *operand // the object; its value is its place, from 0
	of       *operand // the other object
	after    bool     // it receives from time.After
	n        *operand // the number, or the factor of the duration
	x, y     *operand
	operator string
	sets     []*operand
	args     []*operand
	cases    []dynamicCase
	text     []string   // constant parts of the text; odd places are empty
	said     []*operand // operands for the odd places
	fn       int32      // the function
	jump     int32      // where to go on if a condition is false, or the Once is done
	begin    int32      // of a loop, or a While with nothing in it
	turn     int64      // the variable that holds the turn; the one after it holds the number of turns
	unnest   bool       // a loop is left
}

type dynamicCase struct {
	on, n *operand
	after bool
	d     int64 // of after
}

// compile makes the objects of a program, and its code.
func (s *Sim) compile(p *Program, in *interpreter) error {
	x, err := p.Index()
	if err != nil {
		return err
	}
	if need, verb := p.Since(); verb != 0 && !s.release.AtLeast(need) {
		return fmt.Errorf("sched: %v needs %s, and the release is %v", verb, need, s.release)
	}
	if err := s.declare(p); err != nil {
		return err
	}
	in.compile(p, x)
	in.code.system(s.workers)
	return nil
}

func (in *interpreter) compile(p *Program, x *program.Index) {
	c := &compiler{code: &in.code, x: x}
	c.recover = p.Recover
	for _, v := range p.Vars {
		for range max(v.Count, 1) {
			c.vars = append(c.vars, v.N)
		}
	}
	start := int32(0)
	for i, f := range p.Funcs {
		c.starts, c.names = append(c.starts, start), append(c.names, f.Name)
		c.sizes = append(c.sizes, int32(len(x.Locals[i])))
		start += int32(len(f.Ops)) + 1
	}
	const more = 24 // actions of the runtime's own goroutines, and some
	c.ins, c.ops = slices.Grow(c.ins, int(start)+more), slices.Grow(c.ops, int(start)+more)
	for i, f := range p.Funcs {
		c.f = i
		first := len(c.ins)
		for _, op := range f.Ops {
			c.ins, c.ops = append(c.ins, c.action(op)), append(c.ops, op)
		}
		c.link(first)
		c.add(Action{Verb: vReturn})
	}
	needsEnv := in.envs != nil || len(p.Timers)+len(p.Contexts) > 0
	for i := range c.ins {
		needsEnv = needsEnv || c.ins[i].dyn != nil
	}
	if needsEnv {
		in.envs = make([]*env, 1)
		for i := range c.ins {
			if v := c.ins[i].Verb; v == vReturn || v == program.Exit {
				c.ins[i].dyn = &dynamic{}
			}
		}
	}
	c.starts = append(c.starts, int32(len(c.ins)))
}

// system adds the actions of the runtime's own goroutines.
func (c *code) system(w Workers) {
	c.force = c.add(Action{Verb: vForceGC})
	c.idle = c.add(Action{Verb: vIdle})
	c.add(Action{Verb: vJump, On: c.force})
	c.worker = c.add(Action{Verb: program.Work, N: int64(w.GC)})
	c.add(Action{Verb: vIdle})
	c.add(Action{Verb: vJump, On: c.worker})
	c.reader = c.add(Action{Verb: program.Work, N: int64(w.Trace)})
	c.add(Action{Verb: vIdle})
	c.add(Action{Verb: vJump, On: c.reader})
	c.timerproc = c.add(Action{Verb: vTimerproc})
	c.leave = c.add(Action{Verb: vLeave, dyn: &dynamic{}})
	c.returns = c.add(Action{Verb: vReturn})
	c.cancels = c.add(Action{Verb: vCancel, dyn: &dynamic{}})
	c.add(Action{Verb: vReturn, dyn: &dynamic{}})
	c.turns = c.add(Action{Verb: program.Loop})
	c.outside = c.add(Action{Verb: vOutside})
}

func (c *code) add(i Action) (pc int32) {
	c.ins, c.ops = append(c.ins, i), append(c.ops, program.Op{})
	return int32(len(c.ins) - 1)
}

// declare makes the objects of a program. Channels and locks have the numbers of
// their places, from 1.
func (s *Sim) declare(p *Program) error {
	for _, c := range p.Chans {
		for range max(c.Count, 1) {
			if _, err := s.chans.m.Make(chanq.Elem{Size: 8}, c.Cap); err != nil {
				return err
			}
		}
	}
	for _, t := range p.Timers {
		for range max(t.Count, 1) {
			s.timerVars = append(s.timerVars, timerVar{ticker: t.Ticker})
		}
	}
	for _, c := range p.Contexts {
		for range max(c.Count, 1) {
			s.contextVars = append(s.contextVars, 0)
		}
	}
	return s.locks.make(p)
}

// A compiler compiles function f.
type compiler struct {
	panics map[string]*crash.Error // the values of panics, by their texts
	*code
	x *program.Index
	f int
}

func (c *compiler) operand(v string) *operand { return operandOf(c.x, c.f, v) }

// action compiles an operation, except for the targets of bodies.
func (c *compiler) action(op program.Op) Action {
	i := Action{Verb: op.Verb, N: op.N, Default: op.Default}
	d := dynamic{operator: op.Operator}
	used := false
	c.object(&i, &d, op)
	for _, name := range op.Set {
		d.sets = append(d.sets, c.operand(name))
	}
	for _, a := range op.Args {
		d.args = append(d.args, c.operand(string(a)))
	}
	if op.Var != "" {
		d.n = c.operand(op.Var)
	}
	if op.X != "" {
		d.x = c.operand(string(op.X))
	}
	if op.Y != "" {
		d.y = c.operand(string(op.Y))
	}
	if op.On == program.After && op.Verb == program.Recv {
		d.after, used = true, true
		i.N = int64(op.D)
	}
	if op.Of != "" && op.Verb != program.AfterFunc {
		d.of, used = c.operand(op.Of), true
	}
	if receives(op.Verb) && d.on != nil && d.on.has != program.ChanType {
		used = true
	}
	switch op.Verb {
	case program.Go:
		if d.fn = int32(c.x.Funcs[op.On]); d.n == nil {
			i.N = max(op.N, 1)
		}
		i.On = c.starts[d.fn]
	case program.Call:
		d.fn, used = int32(c.x.Funcs[op.On]), true
	case program.AfterFunc:
		d.fn, used = int32(c.x.Funcs[op.Of]), true
		i.N = int64(op.D)
	case program.Work, program.Spin, program.Sleep, program.Syscall, program.Block, program.NetRead,
		program.NewTimer, program.NewTicker, program.Reset, program.WithTimeout:
		i.N = int64(op.D)
	case program.Mark, program.Panic:
		i.Text = op.On
		if op.Verb == program.Panic {
			i.Err = c.panicOf(op.On)
		}
		c.words(&d, op.On)
	case program.Select:
		used = c.cases(&i, &d, op)
	case program.Set, program.If, program.While, program.Break, program.Continue, program.Return, program.Defer, program.Recover, program.Do, program.Words,
		program.AtomicLoad, program.AtomicStore, program.AtomicAdd, program.AtomicSwap, program.AtomicCompare:
		used = true
	}
	if used || !d.on.static() || d.n != nil || len(d.sets)+len(d.args)+len(d.said) > 0 {
		kept := d // of a few actions
		i.dyn = &kept
	}
	return i
}

// object looks up the object of the operation.
func (c *compiler) object(i *Action, d *dynamic, op program.Op) {
	switch op.Verb {
	case program.Go, program.Call, program.Mark, program.Panic, program.Select:
		return
	}
	if op.On == "" || op.On == program.After && op.Verb == program.Recv {
		return
	}
	d.on = c.operand(op.On)
	i.On = int32(d.on.n) + 1
}

func (c *compiler) cases(i *Action, d *dynamic, op program.Op) (used bool) {
	for _, k := range op.Cases {
		var dk dynamicCase
		ck := chanq.Case{Send: k.Send, Value: k.N}
		switch {
		case k.Chan == program.After && !k.Send:
			dk.after, dk.d, used = true, int64(k.D), true
			ck.Chan = chanq.Chan(1) // any that is not nil
		case k.Chan != "":
			dk.on = c.operand(k.Chan)
			ck.Chan = chanq.Chan(dk.on.n + 1)
		}
		if k.Var != "" {
			dk.n = c.operand(k.Var)
		}
		used = used || dk.n != nil || !dk.on.static() || dk.on != nil && dk.on.has != program.ChanType
		d.cases, i.Cases = append(d.cases, dk), append(i.Cases, ck)
	}
	return used
}

// words finds the variables in a text.
func (c *compiler) words(d *dynamic, text string) {
	parts, _ := program.Interpolate(text, nil)
	for i, part := range parts {
		if i%2 == 1 {
			d.said = append(d.said, c.operand(part))
		}
	}
	d.text = parts
}

// A block is a body that has begun, for link.
type block struct {
	pc   int
	els  int  // where its else is, or 0
	idle bool // it has no operation so far that takes time
}

// link sets the jumps of the bodies of a function. A loop with an empty body takes no
// time, unless it has no end, as for {}.
func (c *compiler) link(first int) {
	var open []block
	var leaves []int // Break and Continue whose targets are not known yet
	for pc := first; pc < len(c.ins); pc++ {
		i := &c.ins[pc]
		switch {
		case i.Verb == program.Else:
			b := &open[len(open)-1]
			b.els = pc
			*i = Action{Verb: vJump}
		case i.Verb == program.Break, i.Verb == program.Continue:
			leaves = append(leaves, pc)
		case i.Verb == program.End:
			n := len(open) - 1
			b := open[n]
			open = open[:n]
			leaves = c.leaves(leaves, b.pc, pc)
			c.end(b, pc)
			if n > 0 && !(b.idle && c.ins[b.pc].Verb == vJump) {
				open[n-1].idle = false
			}
			continue
		}
		if c.ops[pc].Verb.Opens() {
			if c.ops[pc].Verb == program.Loop && c.ops[pc].N == 0 && c.ops[pc].Var == "" {
				i.N = -1
			}
			open = append(open, block{pc: pc, idle: true})
		} else if len(open) > 0 {
			open[len(open)-1].idle = false
		}
	}
}

// leaves sets the targets of Break and Continue in the loop from begin to end.
func (c *compiler) leaves(list []int, begin, end int) (rest []int) {
	v := c.ops[begin].Verb
	for _, pc := range list {
		switch {
		case pc < begin, v != program.Loop && v != program.While:
			rest = append(rest, pc)
		case c.ops[pc].Verb == program.Break:
			c.ins[pc].dyn.jump, c.ins[pc].dyn.unnest = int32(end+1), v == program.Loop && c.ins[begin].dyn == nil
		default:
			c.ins[pc].dyn.jump = int32(end)
		}
	}
	return rest
}

// end links a body with its End at pc.
func (c *compiler) end(b block, pc int) {
	begin, end := &c.ins[b.pc], &c.ins[pc]
	next := int32(pc + 1)
	switch c.ops[b.pc].Verb {
	case program.If:
		begin.dyn.jump = next
		if b.els > 0 {
			begin.dyn.jump, c.ins[b.els].On = int32(b.els+1), next
		}
		*end = Action{Verb: vJump, On: next}
	case program.While:
		begin.dyn.jump, begin.dyn.begin = next, -1
		if b.idle {
			begin.dyn.begin = int32(b.pc)
		}
		*end = Action{Verb: vJump, On: int32(b.pc)}
	case program.Do, program.Defer:
		begin.dyn.jump = next
		*end = Action{Verb: vLeave, dyn: &dynamic{}}
	case program.Loop:
		c.loop(b, pc)
	}
}

func (c *compiler) loop(b block, pc int) {
	begin, end := &c.ins[b.pc], &c.ins[pc]
	next := int32(pc + 1)
	switch {
	case b.idle && begin.N < 0:
		*begin = Action{Verb: program.Spin, N: math.MaxInt64 / 2}
	case begin.dyn != nil:
		d := begin.dyn
		d.turn = int64(c.sizes[c.f])
		c.sizes[c.f] += 2
		d.begin, d.jump = int32(b.pc+1), next
		if begin.Verb = vCount; b.idle {
			begin.Verb = vCountAll
		}
		*end = Action{Verb: vAgain, dyn: d}
		return
	case b.idle:
		begin.Verb, begin.On = vJump, next
	}
	end.On, end.N = int32(b.pc+1), 0
	if begin.Verb == program.Loop {
		begin.On = next
	}
}

// where returns the function and operation at pc: "worker: send c 7".
func (c *code) where(pc int32) string {
	f := sort.Search(len(c.starts), func(i int) bool { return c.starts[i] > pc }) - 1
	if f < 0 || f >= len(c.names) {
		return "the runtime"
	}
	if c.ops[pc].Verb == 0 {
		return c.names[f] + ": return"
	}
	return fmt.Sprintf("%s: %v", c.names[f], c.ops[pc])
}

func (s *Sim) where(gp *g) string { return s.Where(gp.id, gp.pc) }

// Where returns the function and the operation at the PC of an event, for people:
// "worker: send c 7". For an action that is not in the program it is "the runtime".
func (s *Sim) Where(g G, pc int32) string {
	if pc < 0 || int(pc) >= len(s.code.ins) {
		return "the runtime"
	}
	if pc == s.code.outside && s.source != nil {
		return s.source.Where(g)
	}
	return s.code.where(pc)
}

// make makes the locks of a program. Their numbers are their places, from 1.
func (l *lockGlue) make(p *Program) error {
	l.gs = []int32{0}
	first := map[string]locks.ID{}
	count := map[string]int64{}
	next := locks.ID(1)
	for _, k := range p.Locks {
		first[k.Name], count[k.Name] = next, k.Count
		for j := range max(k.Count, 1) {
			of := first[k.L]
			if count[k.L] > 0 {
				of += locks.ID(j)
			}
			id, err := l.one(k, of)
			if err == nil && k.Counter > 0 {
				l.counters = append(l.counters, counter{id, k.Counter})
			}
			if err != nil {
				return err
			}
			next++
		}
	}
	if len(l.counters) == 0 {
		return nil
	}
	g, err := l.take(new(g))
	if err != nil {
		return err
	}
	for _, c := range l.counters {
		if _, err := l.m.Add(g, c.id, c.n); err != nil {
			return err
		}
	}
	l.free = append(l.free, g)
	return nil
}

// one makes a lock. The L of a Cond is the lock of.
func (l *lockGlue) one(k program.Lock, of locks.ID) (locks.ID, error) {
	id, err := l.new(k, of)
	if err != nil {
		return 0, err
	}
	for len(l.holders) <= int(id) {
		l.holders, l.ls = append(l.holders, 0), append(l.ls, 0)
	}
	if k.Type == program.Cond && !k.RLocker {
		l.ls[id] = of
	}
	return id, nil
}

func (l *lockGlue) new(k program.Lock, of locks.ID) (locks.ID, error) {
	switch k.Type {
	case program.Mutex:
		return l.m.NewMutex()
	case program.RWMutex:
		return l.m.NewRWMutex()
	case program.WaitGroup:
		return l.m.NewWaitGroup()
	case program.Once:
		return l.m.NewOnce()
	}
	if k.RLocker {
		return l.m.NewRCond(of)
	}
	return l.m.NewCond(of)
}

// panicOf returns the panic with that text. Each place that panics with the same constant
// has the same value, as in a Go program, whose linker keeps equal constants once.
func (c *compiler) panicOf(text string) *crash.Error {
	if c.panics[text] == nil {
		if c.panics == nil {
			c.panics = map[string]*crash.Error{}
		}
		c.panics[text] = crash.Panic(text)
	}
	return c.panics[text]
}
