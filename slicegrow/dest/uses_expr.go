package dest

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// The uses of slice variables in expressions.

// expr counts the uses in an expression.
func (c *counter) expr(e ast.Expr) {
	if isConstant(c.f.info, e) {
		return // unsafe.Sizeof(s) does not use s
	}
	switch e := e.(type) {
	case nil:
	case *ast.ParenExpr:
		c.expr(e.X)
	case *ast.Ident:
		if i := c.tracking(e); i != nil {
			c.use(i, e, "")
		}
	case *ast.FuncLit:
		c.literal(e)
	case *ast.IndexExpr:
		if i := c.tracking(e.X); i != nil {
			i.ok++
		}
		c.expr(e.X)
		c.expr(e.Index)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			c.address(e.X)
		}
		c.expr(e.X)
	case *ast.CallExpr:
		c.call(e)
	case *ast.SelectorExpr:
		c.expr(e.X)
	case *ast.StarExpr:
		c.expr(e.X)
	case *ast.BinaryExpr:
		c.expr(e.X)
		c.expr(e.Y)
	case *ast.SliceExpr:
		for _, x := range []ast.Expr{e.X, e.Low, e.High, e.Max} {
			c.expr(x)
		}
	case *ast.TypeAssertExpr:
		c.expr(e.X)
	case *ast.KeyValueExpr:
		c.expr(e.Key)
		c.expr(e.Value)
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				if _, isStruct := coretype.Of(c.f.info.TypeOf(e)).(*types.Struct); isStruct {
					c.expr(kv.Value)
					continue
				}
			}
			c.expr(elt)
		}
	}
}

// address is &x: one inside the array shares it.
func (c *counter) address(x ast.Expr) {
	fixed := c.rel.AtLeast("go1.27.2") || c.rel.AtLeast("go1.26.9") && c.rel.Minor() == 26
	for {
		switch y := ast.Unparen(x).(type) {
		case *ast.IndexExpr:
			if _, array := coretype.Of(c.f.info.TypeOf(y.X)).(*types.Array); array && fixed {
				x = y.X
				continue
			}
			if i := c.tracking(y.X); i != nil {
				c.drop(i, y.Pos(), "&%s is an address inside its array", text(y))
			}
		case *ast.SelectorExpr:
			if sel := c.f.info.Selections[y]; fixed && sel != nil && !throughPointer(sel, c.f.info.TypeOf(y.X)) {
				x = y.X
				continue
			}
		}
		return
	}
}

// literal counts what a function literal captures, once each.
func (c *counter) literal(e *ast.FuncLit) {
	l := c.b.lits[e]
	if l == nil {
		return
	}
	for _, v := range l.vars {
		if i := c.vars[v]; i != nil && !i.dropped {
			c.use(i, e, "a function literal captures it")
		}
	}
}

func (c *counter) call(e *ast.CallExpr) {
	tv := c.f.info.Types[e.Fun]
	switch {
	case c.mergedCall(e):
		return
	case tv.IsType():
	case tv.IsBuiltin():
		if len(e.Args) == 1 && (c.isBuiltin(e, "len") || c.isBuiltin(e, "cap")) {
			if i := c.tracking(e.Args[0]); i != nil {
				i.ok++
				i.capUsed = i.capUsed || c.isBuiltin(e, "cap")
			}
		}
	default:
		c.arguments(e)
		c.expr(e.Fun)
	}
	for _, a := range e.Args {
		c.expr(a)
	}
}

// mergedCall counts the uses in the body of an inlined literal.
func (c *counter) mergedCall(e *ast.CallExpr) bool {
	lit, ok := ast.Unparen(e.Fun).(*ast.FuncLit)
	if !ok || !c.b.merged[lit] {
		return false
	}
	c.stmts(lit.Body.List)
	return true
}

// arguments counts the slices among the arguments of a call.
func (c *counter) arguments(e *ast.CallExpr) {
	k := c.b.callee(c.f, e)
	if l := c.b.lits[k.lit]; k.lit != nil {
		// It is not inlined, or the answer is unsure.
		for n, a := range e.Args {
			i, v := c.tracking(a), (*types.Var)(nil)
			if l != nil {
				v = paramOf(l.fn.sig, n)
			}
			if i != nil && v != nil && c.identical(v.Type(), a) && !c.b.leaksOf(v).any() {
				i.ok++
				i.capUsed = true
			}
		}
		return
	}
	if k.fn == nil || k.iface && !k.local {
		return
	}
	sig := k.fn.Signature() // not that of an instance: what depends on a type parameter is converted
	if !k.method && sig.Recv() != nil {
		sig = coretype.Of(c.f.info.TypeOf(e.Fun)).(*types.Signature) // of a method expression
	}
	inlined := false
	judge := func(a ast.Expr, n int, t types.Type) {
		i := c.tracking(a)
		if i == nil || !c.identical(t, a) {
			return
		}
		if inlined = c.inlined(k.fn); inlined {
			if v := paramOf(c.sigOf(k.fn), n); v != nil && c.unused(k.fn, v) {
				i.ok++ // nothing is assigned to it
				return
			}
			i.ok++
			c.transitionAt(i, e, "the call of "+k.fn.Name()+", whose body is put here")
			return
		}
		s := c.summary(k.fn)
		switch {
		case c.b.bodies[k.fn] != nil:
			c.guessing("%s calls itself", k.fn.FullName())
			if !c.leaks && !c.mutates {
				i.ok++
				i.capUsed = true
			}
		case s == nil && !c.leaks && !c.mutates, s != nil && n < len(s.params) && !s.params[n].any():
			i.ok++
			i.capUsed = true
		}
	}
	n := 0
	if k.method {
		if sel := c.f.info.Selections[k.recv]; sel != nil && len(sel.Index()) == 1 {
			judge(k.recv.X, 0, k.fn.Signature().Recv().Type())
		}
		n = 1
	}
	for i, a := range e.Args {
		if i >= sig.Params().Len() {
			break // in the slice of a variadic parameter; none is of that slice's type itself
		}
		judge(a, n+i, sig.Params().At(i).Type())
	}
}

// unused reports whether a function's body has no use of a parameter. Where it is inlined,
// cmd/compile/internal/deadlocals removes the assignment to the parameter.
func (c *counter) unused(fn *types.Func, v *types.Var) bool {
	if v.Name() == "" || v.Name() == "_" {
		return true
	}
	decl, info := c.Body(fn.Origin())
	if decl == nil {
		return false
	}
	found := false
	inspect(info, decl.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && info.Uses[id] == v
		return !found
	})
	return !found
}
