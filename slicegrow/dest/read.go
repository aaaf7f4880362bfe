package dest

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/orrery-go/orrery/slicegrow"
)

// read returns the appends of a function under one guess.
func (r *reader) read(obj *types.Func, fn *ast.FuncDecl, info *types.Info) ([]Append, error) {
	b := r.build(obj, fn, info)
	vars := map[*types.Var]*sliceVar{}
	moves := map[*ast.CallExpr]*sliceVar{}
	if r.rel.AtLeast("go1.26") && !r.NoOptimize {
		fs := []*function{b.bodies[obj]}
		for _, l := range b.lits {
			fs = append(fs, l.fn)
		}
		for _, f := range fs {
			for v, i := range b.count(f) {
				vars[v] = i
				for _, a := range i.appends {
					if i.qualifies {
						moves[a] = i
					}
				}
			}
		}
	}
	var out []Append
	first := map[*types.Var]bool{}
	for _, a := range b.appends {
		q, v := b.question(a)
		d := Append{Call: a.call, Var: v, Question: q}
		b.decide(&d, a, vars[v], moves[a.call], first)
		out = append(out, d)
	}
	return out, nil
}

// question returns the question without the Dest.
func (b *builder) question(a *appending) (slicegrow.Append, *types.Var) {
	q := slicegrow.Append{Count: int64(len(a.call.Args) - 1)}
	if a.call.Ellipsis.IsValid() {
		q.Verb, q.Count = slicegrow.Spread, 0
	}
	q.Size, q.Pointers, _ = b.elem(a.in.info.TypeOf(a.call))
	var v *types.Var
	if id, ok := ast.Unparen(a.call.Args[0]).(*ast.Ident); ok {
		v, _ = a.in.info.ObjectOf(id).(*types.Var)
	}
	return q, v
}

// decide is cmd/compile/internal/ssagen/ssa.go:append, up to where it makes code.
func (b *builder) decide(d *Append, a *appending, i, moved *sliceVar, first map[*types.Var]bool) {
	say := func(dest slicegrow.Dest, rule, reason string) {
		d.Question.Dest, d.Rule, d.Reason = dest, rule, reason
	}
	_, _, known := b.elem(a.in.info.TypeOf(a.call))
	size := d.Question.Size
	unsure := ""
	if p := b.rootOf(a.in, a.call.Args[0]); p != nil {
		unsure = b.unsure[p.v]
	}
	switch {
	case !known:
		say(slicegrow.Escapes, "dest-unknown", "the size of its elements hangs on a type parameter")
		b.guessing("the size of the elements hangs on a type parameter")
		d.Err = b.unknown()
	case unsure != "" && b.rel.AtLeast("go1.25") && !b.NoOptimize:
		say(slicegrow.Escapes, "dest-unknown", "it cannot be told: "+unsure)
		d.Err = fmt.Errorf("%w: %s", ErrUnknown, unsure)
	case b.NoOptimize:
		say(slicegrow.Escapes, "stack-off", "without optimization and in instrumented code there are no buffers")
	case !b.rel.AtLeast("go1.25"):
		say(slicegrow.Escapes, "dest-release", "buffers on the stack came with Go 1.25")
	case d.Question.Verb == slicegrow.Spread:
		say(slicegrow.Escapes, "dest-spread", "append(s, t...) has no buffer")
	case size == 0 || size > bufferSize:
		say(slicegrow.Escapes, "dest-size", "elements of 0 or more than 32 bytes have no buffer")
	case b.inPlace(a):
		say(slicegrow.Escapes, "dest-memory", "what is assigned to is in memory: its address is taken, a literal that assigns to it captures it, or it is a result of a function with a defer, or too large for registers")
	case moved == nil && a.place.heap:
		reason := "its array may outlive the function"
		switch {
		case i == nil || !b.rel.AtLeast("go1.26"):
		case i.dropped:
			reason += ", and " + i.droppedWhy
		case i.ok != i.all && i.bad != "":
			reason += ", and " + i.bad
		case i.ok != i.all:
			reason += ", and there are uses of it that the compiler does not look into"
		case i.transition != nil && i.weight < 2:
			reason += ", and it is appended to once only"
		}
		say(slicegrow.Escapes, "dest-escapes", reason)
	case moved != nil && moved.capUsed:
		say(slicegrow.ReturnedCap, "dest-moved-cap", "it stays until "+moved.why+" moves it, and its capacity is looked at")
	case d.Var != nil && b.vars[d.Var] != nil && first[d.Var]:
		say(slicegrow.Escapes, "dest-first", "an append that comes before it has the variable's buffer")
	case moved != nil:
		say(slicegrow.Returned, "dest-moved", "it stays until "+moved.why+" moves it")
	default:
		say(slicegrow.Local, "dest-local", "its array does not leave the function")
	}
	if d.Var != nil && (d.Rule == "dest-local" || d.Rule == "dest-moved") {
		first[d.Var] = true
	}
}

// inPlace reports whether the append is one that the compiler does in memory:
// x = append(x, ...) for an x that cannot be in registers.
func (b *builder) inPlace(a *appending) bool {
	if a.to == nil || !sameSafe(a.in.info, a.to, a.call.Args[0]) || !steady(a.in.info, a.to) {
		return false
	}
	p := b.rootOf(a.in, a.to)
	switch {
	case p == nil, p.owner != a.in, p.addrTaken, p.heap, b.byReference(p), p.result && a.in.defers:
		return true
	}
	return !b.inRegisters(p.v.Type())
}
