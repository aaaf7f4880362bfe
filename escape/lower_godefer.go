package escape

import (
	"go/ast"
	"go/token"
	"go/types"
)

// goDefer lowers a go or defer statement: the call becomes one without arguments or
// results, of a literal made for it, and what it needs is computed before.
// cmd/compile/internal/typecheck/stmt.go:normalizeGoDeferCall.
func (l *lowerer) goDefer(op op, pos token.Pos, e *ast.CallExpr) *node {
	call := l.expr(e)
	n := &node{op: op, pos: pos}
	n.init, call.init = call.init, nil
	calls := l.fn.calls
	if len(calls) > 0 && calls[len(calls)-1] == call {
		call.goDefer = true
	}
	if call.op == opCall && len(call.list) == 0 {
		if t, ok := call.typ.(*types.Tuple); ok && t.Len() == 0 {
			n.x = call
			return n
		}
	}
	why := "go"
	if op == opDefer {
		why = "defer"
	}
	f := l.a.newLiteral(l.fn, pos, why, nil)
	f.outer, f.wrapper = l.fn, true
	var spills []**node
	var spill func(p **node)
	spill = func(p **node) {
		x := *p
		if x == nil {
			return
		}
		switch x.op {
		case opLit, opNil, opMethExpr, opFunc:
			return
		case opNew:
			if l.a.rules.goLiterals {
				return
			}
		case opConvNop:
			if isBasic(x.typ, types.Uintptr) && isBasic(x.x.typ, types.UnsafePointer) {
				spill(&x.x)
				return
			}
		case opArrayLit, opSliceLit, opStructLit:
			if x.op == opSliceLit && !l.a.rules.goSlices || x.op != opSliceLit && !l.a.rules.goLiterals {
				break
			}
			for i := range x.list {
				spill(&x.list[i])
			}
			return
		}
		spills = append(spills, p)
	}
	switch call.op {
	case opCallInter:
		spills = append(spills, &call.x.x)
		for i := range call.list {
			spill(&call.list[i])
		}
	case opCall:
		spill(&call.x)
		for i := range call.list {
			spill(&call.list[i])
		}
		if call.sel != "" {
			capture(f, l.temp(pos, types.Typ[types.Uintptr]), pos) // the dictionary
		}
	default:
		if call.op == opPanic || call.op == opClear || call.op == opCopy {
			spill(&call.x)
			spill(&call.y)
		}
		for i := range call.list {
			spill(&call.list[i])
		}
	}
	if len(spills) > 0 {
		set := &node{op: opAssign2, pos: pos}
		for _, p := range spills {
			x := *p
			at := pos
			if x.op != opLocal && x.op != opGlobal && x.op != opLit && x.op != opNil {
				at = x.pos
			}
			tmp := l.temp(at, x.typ)
			tmp.defn = set
			if p == &call.x {
				tmp.callee = true
			}
			n.init = append(n.init, &node{op: opDcl, pos: at, v: tmp})
			set.list = append(set.list, &node{op: opLocal, pos: at, typ: x.typ, v: tmp})
			set.list2 = append(set.list2, x)
			capture(f, tmp, at)
			*p = &node{op: opLocal, pos: at, typ: x.typ, v: tmp}
		}
		n.init = append(n.init, set)
	}
	f.body = []*node{call} // it is the literal's now
	n.x = &node{op: opCall, pos: call.pos, typ: types.NewTuple(), x: &node{op: opClosure, pos: pos, fn: f}}
	return n
}
