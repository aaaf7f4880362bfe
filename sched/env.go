package sched

import (
	"fmt"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
)

// Limits of calls.
const (
	maxDepth  = 1 << 19 // depth of a goroutine's calls: more are a stack overflow
	maxFrames = 1 << 20 // of all goroutines
	maxSlots  = 1 << 24 // variables of all calls
)

// An env is the state of a goroutine in a program with variables: its calls, the
// innermost last, and their deferred bodies.
type env struct {
	locals  []int64
	base    int32 // of the innermost call's
	frames  []frame
	defers  []int32     // where the deferred bodies begin
	panics  []panicking // the newest last
	unwinds bool        // a Once's function has ended by a panic or an exit

	act    *Action // the action that it is in, or was in last
	after  int32   // where the goroutine goes on when its action is done
	out    Outcome // of the last action
	action Action  // with its operands, when those had to be looked up
	cases  []chanq.Case
	args   []int64
	afters []timerID // of the action
}

type frameKind uint8

const (
	inGoroutine frameKind = iota // the function of a go statement
	inCall
	inDo       // the body of Do
	inDeferred // that of Defer
)

// A frame is a function that has begun.
type frame struct {
	kind   frameKind
	depth  uint8 // of the caller's loops
	loops  [3]int32
	ret    int32    // where the caller goes on
	base   int32    // of its variables; bodies have those of the function around them
	defers int32    // how many there were
	by     int32    // of a deferred body, which panic runs it, from 1; 0 if its function has returned
	once   int32    // of Do
	result int64    // of Return
	set    *operand // the variable that gets it
}

// A panicking is a panic that is under way, or a Goexit.
type panicking struct {
	crash     *crash.Error
	goexit    bool
	recovered bool
	aborted   bool // a deferred body that it ran has panicked in turn
}

// newEnv gives a new goroutine its env, if the program needs it.
func (in *interpreter) newEnv(gp *g) {
	if in.envs == nil {
		return
	}
	for int(gp.slot) >= len(in.envs) {
		in.envs = append(in.envs, nil)
	}
	e := in.envs[gp.slot]
	if e == nil {
		e = new(env)
		in.envs[gp.slot] = e
	}
	in.calls -= max(len(e.frames)-1, 0)
	in.slots -= len(e.locals)
	e.act, e.out = nil, Outcome{}
	e.locals, e.base, e.defers, e.panics, e.unwinds = e.locals[:0], 0, e.defers[:0], e.panics[:0], false
	e.frames = append(e.frames[:0], frame{})
	switch {
	case gp.pc == in.code.cancels:
		in.reserve(e, 1)
	case len(in.code.names) > 0:
		in.reserve(e, in.code.sizes[in.code.function(gp.pc)])
	}
}

// envOf returns the goroutine's env; nil if it has none, like the runtime's own
// goroutines.
func (s *Sim) envOf(gp *g) *env {
	if int(gp.slot) >= len(s.envs) {
		return nil
	}
	return s.envs[gp.slot]
}

// action returns the action that the goroutine is in.
func (s *Sim) action(gp *g) *Action {
	if e := s.envOf(gp); e != nil {
		return e.act
	}
	return &s.code.ins[gp.pc]
}

// function returns the function that begins at pc.
func (c *code) function(pc int32) int {
	low, high := 0, len(c.names)
	for low+1 < high {
		if mid := (low + high) / 2; c.starts[mid] <= pc {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// reserve makes room for n variables that are 0.
func (in *interpreter) reserve(e *env, n int32) {
	for range n {
		e.locals = append(e.locals, 0)
	}
	in.slots += int(n)
}

// push begins a function or body for the goroutine, which goes on at pc.
func (in *interpreter) push(gp *g, f frame, pc int32) *Action {
	e := in.envs[gp.slot]
	switch {
	case len(e.frames) >= maxDepth:
		in.halt = StackOverflow
		return nil
	case in.calls >= maxFrames, in.slots > maxSlots:
		in.halt = fmt.Errorf("sched: %d calls at a time, with %d variables, are the most there can be", maxFrames, maxSlots)
		return nil
	}
	f.depth, f.loops, f.defers = gp.depth, gp.loops, int32(len(e.defers))
	e.frames = append(e.frames, f)
	in.calls++
	e.base, gp.depth, gp.pc = f.base, 0, pc
	return nil
}

// pop ends the innermost function or body.
func (in *interpreter) pop(gp *g) frame {
	e := in.envs[gp.slot]
	n := len(e.frames) - 1
	f := e.frames[n]
	e.frames = e.frames[:n]
	in.calls--
	if f.kind == inCall {
		in.slots -= len(e.locals) - int(f.base)
		e.locals = e.locals[:f.base]
	}
	gp.depth, gp.loops = f.depth, f.loops
	e.base = e.frames[n-1].base
	return f
}
