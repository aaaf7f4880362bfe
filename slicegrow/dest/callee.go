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
	case *ast.Ident:
		switch obj := f.info.Uses[x].(type) {
		case *types.Func:
			return callee{fn: obj}
		case *types.Var:
			if b.defs[obj] == nil || b.vars[obj] == nil || b.assigned(f, obj) {
				return callee{}
			}
			def := b.defs[obj]
			switch x := def.(type) { // an instance of a generic function
			case *ast.IndexExpr:
				def = ast.Unparen(x.X)
			case *ast.IndexListExpr:
				def = ast.Unparen(x.X)
			}
			switch def := def.(type) {
			case *ast.FuncLit:
				return callee{lit: def, place: b.lits[def]}
			case *ast.Ident:
				if fn, ok := f.info.Uses[def].(*types.Func); ok {
					return callee{fn: fn}
				}
			}
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

// assigned reports whether a variable is assigned to after its definition.
func (b *builder) assigned(f *function, v *types.Var) (found bool) {
	for f.outer != nil {
		f = f.outer
	}
	ast.Inspect(f.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if id, ok := ast.Unparen(l).(*ast.Ident); ok && f.info.Uses[id] == v {
					found = true
				}
			}
		case *ast.UnaryExpr:
			if id, ok := ast.Unparen(n.X).(*ast.Ident); ok && n.Op == token.AND && f.info.Uses[id] == v {
				found = true
			}
		}
		return !found
	})
	return found
}
