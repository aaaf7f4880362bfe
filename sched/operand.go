package sched

import (
	"fmt"
	"strconv"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// The panics of the language itself.
var (
	IndexOutOfRange = crash.Panic("runtime error: index out of range")
	DivideByZero    = crash.Panic("runtime error: integer divide by zero")
	NilDereference  = crash.Panic("runtime error: invalid memory address or nil pointer dereference")
)

// An operand is a number, or the place of one.
type operand struct {
	kind  operandKind
	n     int64    // the number, or its place
	count int64    // of an array; 0 if it is none
	index *operand // of an array
	has   program.Type
}

type operandKind uint8

const (
	constant operandKind = iota
	local                // a variable of the function
	shared               // a variable of the program, or an object
	nowhere              // for results that no variable takes
)

// place returns the place of the operand, for a goroutine.
func (in *interpreter) place(gp *g, o *operand) (int64, *crash.Error) {
	if o.count == 0 {
		return o.n, nil
	}
	i, err := in.value(gp, o.index)
	if err != nil {
		return 0, err
	}
	if i < 0 || i >= o.count {
		if !in.rules.indexTexts {
			return 0, IndexOutOfRange
		}
		if i < 0 {
			return 0, IndexOutOfRange.Textf("runtime error: index out of range [%d]", i)
		}
		return 0, IndexOutOfRange.Textf("runtime error: index out of range [%d] with length %d", i, o.count)
	}
	return o.n + i, nil
}

func (in *interpreter) value(gp *g, o *operand) (int64, *crash.Error) {
	switch o.kind {
	case constant:
		return o.n, nil
	case local:
		e := in.envs[gp.slot]
		return e.locals[int64(e.base)+o.n], nil
	}
	at, err := in.place(gp, o)
	if err != nil {
		return 0, err
	}
	return in.code.vars[at], nil
}

func (in *interpreter) store(gp *g, o *operand, v int64) *crash.Error {
	switch o.kind {
	case local:
		e := in.envs[gp.slot]
		e.locals[int64(e.base)+o.n] = v
	case shared:
		at, err := in.place(gp, o)
		if err != nil {
			return err
		}
		in.code.vars[at] = v
	}
	return nil
}

// operandOf looks a value up in function f.
func operandOf(x *program.Index, f int, v string) *operand {
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return &operand{n: n}
	}
	if v == "_" {
		return &operand{kind: nowhere}
	}
	r, err := x.Ref(f, v)
	if err != nil {
		panic(fmt.Sprintf("sched: %v, after Check", err)) // Index has checked it
	}
	o := &operand{kind: shared, n: int64(r.First), count: int64(r.Count), has: r.Type}
	switch {
	case r.Local:
		o.kind = local
	case r.Count > 0 && r.Var == "":
		o.n, o.count = o.n+int64(r.Index), 0
	case r.Count > 0:
		o.index = operandOf(x, f, r.Var)
	}
	return o
}

// channel returns the number of the channel that the object is, or has.
func (in *interpreter) channel(gp *g, o *operand) (chanq.Chan, *crash.Error) {
	at, err := in.place(gp, o)
	if err != nil {
		return chanq.Nil, err
	}
	switch o.has {
	case program.TimerType, program.TickerType:
		return in.host.chanOfTimer(at)
	case program.ContextType:
		return in.host.chanOfContext(at)
	}
	return chanq.Chan(at + 1), nil
}

// static reports whether the operand needs no goroutine to be found.
func (o *operand) static() bool { return o == nil || o.kind == shared && o.count == 0 }

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// operate returns x operator y.
func operate(x int64, operator string, y int64) (int64, *crash.Error) {
	if v, ok := program.Operate(x, operator, y); ok {
		return v, nil
	}
	return 0, DivideByZero
}
