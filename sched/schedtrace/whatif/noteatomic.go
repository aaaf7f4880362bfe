package whatif

import (
	"strconv"
	"strings"
)

// A variable is one of sync/atomic with notes.
type variable struct {
	first int64 // its value before
	adds  int64 // what was added first, if goroutines begin with that direction; 0 if there are other operations
}

// An atomicOp is an operation on a variable.
type atomicOp struct {
	verb   string // add, load, ...
	x, y   int64
	result int64
}

// operands are the numbers in the notes of atomic operations; the last is the result.
var operands = map[string]int{"atomicload": 1, "atomicstore": 1, "atomicadd": 2, "atomicswap": 2, "atomiccas": 3}

// onAtomic is a note after an atomic operation. It reports whether that is one.
func (r *recorder) onAtomic(g *runner, verb, on, rest, at string) bool {
	numbers := make([]int64, 0, 3)
	for text := range strings.SplitSeq(rest, " ") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || len(numbers) == 3 {
			return false
		}
		numbers = append(numbers, n)
	}
	if len(numbers) != operands[verb] {
		return false
	}
	r.recorded.Atomics++
	id, ok := r.onVars[on]
	if !ok {
		id = int32(len(r.vars))
		r.onVars[on] = id
		r.vars = append(r.vars, &variable{})
	}
	a := atomicOp{verb: verb, x: numbers[0], result: numbers[len(numbers)-1]}
	if len(numbers) == 3 {
		a.y = numbers[1]
	}
	if g.varied == nil {
		g.varied = map[int32]bool{}
	}
	r.vars[id].learn(a, !ok, !g.varied[id])
	g.varied[id] = true
	if i := r.put(g, op{verb: atomic, on: id, n: int32(len(r.atomics)), like: r.like(-2-id, at)}); i >= 0 {
		r.atomics = append(r.atomics, a)
	}
	return true
}

// learn finds out the value before the first operation. Logs may come in another order
// than their operations, but not those of one goroutine: so the first operation is that of
// some goroutine. If these all count up, or all down, the value is known all the same.
func (v *variable) learn(a atomicOp, first, own bool) {
	old, known := a.result, true
	switch a.verb {
	case "atomicadd":
		old = a.result - a.x
	case "atomicstore":
		known = false
	case "atomiccas":
		old, known = a.x, a.result == 1
	}
	switch {
	case first && known:
		if v.first = old; a.verb == "atomicadd" {
			v.adds = a.x
		}
	case first:
	case v.adds == 0 || a.verb == "atomicload" || a.verb == "atomicadd" && !own:
	case a.verb != "atomicadd" || (a.x > 0) != (v.adds > 0):
		v.adds = 0
	case v.adds > 0:
		v.first = min(v.first, old)
	default:
		v.first = max(v.first, old)
	}
}

// does performs the operation on a value, and returns its result.
func (a *atomicOp) does(v *int64) int64 {
	old := *v
	switch a.verb {
	case "atomicstore":
		*v = a.x
	case "atomicadd":
		*v += a.x
		return *v
	case "atomicswap":
		*v = a.x
	case "atomiccas":
		if old != a.x {
			return 0
		}
		*v = a.y
		return 1
	}
	return old
}
