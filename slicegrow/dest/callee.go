package dest

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A callee is the called function, as far as the compiler knows it.
type callee struct {
	fn     *types.Func
	lit    *ast.FuncLit
	direct bool     // the literal stands in the call
	place  *literal // of a literal that has been walked
	recv   *ast.SelectorExpr
	method bool // parameter 0 is the receiver
	iface  bool // a method of an interface
	local  bool // of one that is a variable of the function, whose type may be known

	v        *types.Var // a variable with another value than that of its definition
	returned bool       // what a call returns that may be inlined: guessed
}

func (b *builder) callee(f *function, e *ast.CallExpr) callee {
	fun := ast.Unparen(e.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = ast.Unparen(x.X)
	case *ast.IndexListExpr:
		fun = ast.Unparen(x.X)
	}
	switch x := fun.(type) {
	case *ast.FuncLit:
		return callee{lit: x, direct: true}
	case *ast.CallExpr:
		return b.returned(f, x)
	case *ast.Ident:
		switch obj := f.info.Uses[x].(type) {
		case *types.Func:
			return callee{fn: obj}
		case *types.Var:
			return b.value(f, obj)
		}
	case *ast.SelectorExpr:
		sel := f.info.Selections[x]
		if sel == nil {
			if fn, ok := f.info.Uses[x.Sel].(*types.Func); ok {
				return callee{fn: fn}
			}
			return callee{}
		}
		fn, ok := sel.Obj().(*types.Func)
		switch {
		case !ok:
			return callee{}
		case sel.Kind() == types.MethodExpr:
			if types.IsInterface(fn.Signature().Recv().Type()) {
				return callee{}
			}
			return callee{fn: fn}
		case types.IsInterface(fn.Signature().Recv().Type()):
			local := false
			switch x := ast.Unparen(x.X).(type) {
			case *ast.Ident:
				p := b.variable(f, x)
				local = p != nil && !p.param
			case *ast.CallExpr: // a conversion
				local = f.info.Types[x.Fun].IsType()
			}
			return callee{fn: fn, recv: x, method: true, iface: true, local: local}
		}
		return callee{fn: fn, recv: x, method: true}
	}
	return callee{}
}

// value returns the function that is a variable's value if nothing but its definition
// assigns to it: ir.StaticValue. Else the callee has the variable.
func (b *builder) value(f *function, v *types.Var) callee {
	for {
		if b.defs[v] == nil || b.vars[v] == nil || b.assigned(f, v) {
			return callee{v: v}
		}
		def := b.defs[v]
		for {
			call, ok := def.(*ast.CallExpr)
			if !ok || !f.info.Types[call.Fun].IsType() || len(call.Args) != 1 {
				break
			}
			def = ast.Unparen(call.Args[0]) // a conversion
		}
		switch def := def.(type) {
		case *ast.Ident:
			if next, ok := f.info.Uses[def].(*types.Var); ok {
				v = next
				continue
			}
		case *ast.CallExpr:
			return b.returned(f, def)
		}
		return b.static(f, def)
	}
}

// returned is the function that a call returns: if that is inlined, the compiler may know it.
func (b *builder) returned(f *function, call *ast.CallExpr) callee {
	k := b.callee(f, call)
	switch {
	case k.lit != nil:
		if yes, known := inlinableBody(f.info, k.lit.Body); known && !yes {
			return callee{}
		}
	case k.fn == nil, k.iface, !b.inlined(k.fn):
		return callee{}
	}
	b.guessing("the compiler may know the function that %s returns", text(call.Fun))
	return callee{returned: true}
}

// static returns the function that an expression names, or that is a literal:
// ir.StaticCalleeName.
func (b *builder) static(f *function, e ast.Expr) callee {
	switch x := e.(type) { // an instance of a generic function
	case *ast.IndexExpr:
		e = ast.Unparen(x.X)
	case *ast.IndexListExpr:
		e = ast.Unparen(x.X)
	}
	switch e := e.(type) {
	case *ast.FuncLit:
		return callee{lit: e, place: b.lits[e]}
	case *ast.Ident:
		if fn, ok := f.info.Uses[e].(*types.Func); ok {
			return callee{fn: fn}
		}
	case *ast.SelectorExpr:
		if fn, ok := f.info.Uses[e.Sel].(*types.Func); ok {
			switch sel := f.info.Selections[e]; {
			case sel == nil, sel.Kind() == types.MethodExpr && !types.IsInterface(fn.Signature().Recv().Type()):
				return callee{fn: fn}
			}
		}
	}
	return callee{}
}

// assignedCallees returns the functions that a variable of the function may have, nil if
// they are not known. Since Go 1.27 escape analysis knows those of one to which nothing is
// assigned but, one at a time, named functions, literals and nil, wherever that is
// (cmd/compile/internal/ir/reassignment.go:FuncAssignments, escape/call.go:resolveAssignedCallees).
func (b *builder) assignedCallees(f *function, v *types.Var) (all []callee) {
	if p := b.vars[v]; !b.rel.AtLeast("go1.27") || p == nil || p.param || p.result {
		return nil
	}
	known, declared := true, false
	take := func(e ast.Expr) {
		e = ast.Unparen(e)
		for x := e; ; {
			if f.info.Types[x].IsNil() {
				return
			}
			call, ok := x.(*ast.CallExpr)
			if !ok || !f.info.Types[call.Fun].IsType() || len(call.Args) != 1 {
				break
			}
			x = ast.Unparen(call.Args[0])
		}
		c := b.static(f, e)
		known = known && (c.fn != nil || c.lit != nil) && types.Identical(v.Type(), f.info.TypeOf(e))
		all = append(all, c)
	}
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && f.info.ObjectOf(id) == v
	}
	inspect(f.info, outermost(f).body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				switch {
				case !is(l):
				case len(n.Lhs) == 1:
					declared = declared || n.Tok == token.DEFINE
					take(n.Rhs[0])
				default:
					known = false
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				if is(id) {
					declared = true
					known = known && (len(n.Names) == 1 || len(n.Values) == 0)
					if len(n.Values) == 1 {
						take(n.Values[0])
					}
				}
			}
		case *ast.RangeStmt:
			known = known && !is(n.Key) && !is(n.Value)
		case *ast.UnaryExpr:
			known = known && !(n.Op == token.AND && is(n.X))
		}
		return true
	})
	if !known || !declared {
		return nil
	}
	return all
}

func outermost(f *function) *function {
	for f.outer != nil {
		f = f.outer
	}
	return f
}

// assigned reports whether a variable is assigned to after its definition.
func (b *builder) assigned(f *function, v *types.Var) (found bool) {
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && f.info.Uses[id] == v
	}
	inspect(f.info, outermost(f).body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				found = found || is(l)
			}
		case *ast.RangeStmt:
			found = found || is(n.Key) || is(n.Value)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		}
		return !found
	})
	return found
}
