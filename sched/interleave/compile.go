package interleave

import (
	"strconv"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// An op is an operation with its names looked up. They are counted through all
// functions, with one more at the end of each, as [program.Lines] counts them.
type op struct {
	program.Op
	f       int32    // the function that it is in
	on, of  *operand // objects
	n, x, y *operand
	args    []*operand
	sets    []*operand
	cases   []opCase
	said    []*operand
	words   []string
	target  int32 // the function of go, call and afterfunc
	end     int32 // of a body: the index of its end or else; of break and continue, that of the loop's end
	visible bool  // other goroutines can tell when it happens, or it can wait
}

type opCase struct {
	on, n *operand
	after bool
}

// An operand is a number, or the place of a variable or an object.
type operand struct {
	local  bool // a variable of the function
	named  bool // one of the program, or an object
	at     int32
	number int64
	index  *operand // of an array, if it is a variable
	count  int64
	kind   program.Type
}

func (m *Machine) operand(x *program.Index, f int, text string) *operand {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &operand{number: n}
	}
	if text == "" || text == "_" {
		return nil
	}
	r, err := x.Ref(f, text)
	if err != nil {
		panic("interleave: " + err.Error() + ", after Check") // Index has checked it
	}
	o := &operand{local: r.Local, named: !r.Local, at: int32(r.First), kind: r.Type}
	switch {
	case r.Count > 0 && r.Var == "":
		o.at += int32(r.Index)
	case r.Count > 0:
		o.index, o.count = m.operand(x, f, r.Var), int64(r.Count)
	}
	return o
}

// compile looks up the names of a program.
func (m *Machine) compile(x *program.Index) {
	start := int32(0)
	for _, f := range m.program.Funcs {
		m.starts = append(m.starts, start)
		start += int32(len(f.Ops)) + 1
	}
	for f, fn := range m.program.Funcs {
		var open []int32
		for _, o := range fn.Ops {
			pc := int32(len(m.ops))
			k := op{Op: o, f: int32(f)}
			m.look(x, f, &k)
			switch o.Verb {
			case program.Loop, program.While, program.If, program.Do, program.Defer:
				open = append(open, pc)
			case program.Else:
				m.ops[open[len(open)-1]].end = pc
				open[len(open)-1] = pc
			case program.End:
				m.ops[open[len(open)-1]].end = pc
				k.end = open[len(open)-1]
				open = open[:len(open)-1]
				k.visible = m.ops[k.end].Verb == program.Loop && m.ops[k.end].visible // it may set the turn
			case program.Break, program.Continue:
				for i := len(open) - 1; i >= 0; i-- {
					if v := m.ops[open[i]].Verb; v == program.Loop || v == program.While {
						k.end = open[i]
						break
					}
				}
			}
			m.ops = append(m.ops, k)
		}
		m.ops = append(m.ops, op{Op: program.Op{Verb: program.Return}, f: int32(f)})
	}
}

// look looks up the names in an operation, and whether other goroutines can see it.
func (m *Machine) look(x *program.Index, f int, k *op) {
	o := k.Op
	name := func(text string) *operand { return m.operand(x, f, text) }
	switch o.Verb {
	case program.Go, program.Call:
		k.target = int32(x.Funcs[o.On])
	case program.Mark, program.Panic:
		k.words, _ = program.Interpolate(o.On, nil)
		for i := 1; i < len(k.words); i += 2 {
			k.said = append(k.said, name(k.words[i]))
		}
	case program.Select:
		for _, c := range o.Cases {
			c2 := opCase{after: c.Chan == program.After && !c.Send, n: &operand{number: c.N}}
			if !c2.after {
				c2.on = name(c.Chan)
			}
			if c.Var != "" {
				c2.n = name(c.Var)
			}
			k.cases = append(k.cases, c2)
		}
	default:
		if o.On != program.After || o.Verb != program.Recv {
			k.on = name(o.On)
		}
	}
	switch o.Verb {
	case program.AfterFunc:
		k.target = int32(x.Funcs[o.Of])
	case program.WithCancel, program.WithTimeout:
		k.of = name(o.Of)
	}
	k.n = &operand{number: o.N}
	if o.Var != "" {
		k.n = name(o.Var)
	}
	k.x, k.y = name(string(o.X)), name(string(o.Y))
	for _, a := range o.Args {
		k.args = append(k.args, name(string(a)))
	}
	for _, s := range o.Set {
		k.sets = append(k.sets, name(s))
	}
	k.visible = sees(k)
}

// sees reports whether other goroutines can tell when an operation happens, because they
// share the object or variable.
func sees(k *op) bool {
	switch k.Verb {
	case program.Work, program.Spin, program.Yield, program.Sleep, program.Syscall, program.Block, program.NetRead,
		program.LockOSThread, program.UnlockOSThread, program.Procs, program.Grow, program.GC, program.Mark,
		program.End, program.Else, program.Break, program.Continue, program.Recover, program.Exit, program.Defer:
		return false
	case program.Go, program.Call, program.Return, program.Loop, program.Set, program.If, program.While, program.Panic:
	default:
		return true
	}
	operands := append([]*operand{k.n, k.x, k.y}, k.args...)
	operands = append(append(operands, k.sets...), k.said...)
	for ; len(operands) > 0; operands = operands[1:] {
		if o := operands[0]; o != nil {
			if o.named {
				return true
			}
			operands = append(operands, o.index)
		}
	}
	return false
}

// place returns the place of an operand, for the innermost function of a goroutine.
func (s *state) place(g *goroutine, o *operand) (int32, *crash.Error) {
	if o.index == nil {
		return o.at, nil
	}
	i, err := s.value(g, o.index)
	if err != nil {
		return 0, err
	}
	if i < 0 || i >= o.count {
		if i < 0 {
			return 0, sched.IndexOutOfRange.Textf("runtime error: index out of range [%d]", i)
		}
		return 0, sched.IndexOutOfRange.Textf("runtime error: index out of range [%d] with length %d", i, o.count)
	}
	return o.at + int32(i), nil
}

func (s *state) value(g *goroutine, o *operand) (int64, *crash.Error) {
	switch {
	case o == nil:
		return 0, nil
	case o.local:
		return g.locals()[o.at], nil
	case !o.named:
		return o.number, nil
	}
	at, err := s.place(g, o)
	if err != nil {
		return 0, err
	}
	return s.vars[at], nil
}

// store stores a value in a variable; nothing if the operand is nil.
func (s *state) store(g *goroutine, o *operand, v int64) *crash.Error {
	switch {
	case o == nil:
	case o.local:
		g.locals()[o.at] = v
	default:
		at, err := s.place(g, o)
		if err != nil {
			return err
		}
		s.vars[at] = v
	}
	return nil
}

// set stores the results of an operation in its variables.
func (s *state) set(g *goroutine, k *op, values ...int64) *crash.Error {
	for i, o := range k.sets {
		if i < len(values) {
			if err := s.store(g, o, values[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// values returns the values of operands.
func (s *state) values(g *goroutine, list []*operand) ([]int64, *crash.Error) {
	out := make([]int64, len(list))
	for i, o := range list {
		v, err := s.value(g, o)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// locals returns the variables of the function around the innermost body.
func (g *goroutine) locals() []int64 {
	for i := len(g.frames) - 1; i >= 0; i-- {
		if k := g.frames[i].kind; k == inGoroutine || k == inCall {
			return g.frames[i].locals
		}
	}
	return nil
}

func (s *state) expression(g *goroutine, k *op) (int64, *crash.Error) {
	x, err := s.value(g, k.x)
	if err != nil || k.y == nil {
		return x, err
	}
	y, err := s.value(g, k.y)
	if err != nil {
		return 0, err
	}
	v, ok := program.Operate(x, k.Operator, y)
	if !ok {
		return 0, sched.DivideByZero
	}
	return v, nil
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
