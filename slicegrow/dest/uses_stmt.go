package dest

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// The uses of slice variables in statements.

func (c *counter) stmts(list []ast.Stmt) {
	for _, s := range live(c.f.info, list) {
		c.stmt(s)
	}
}

func (c *counter) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		c.stmts(s.List)
	case *ast.ExprStmt:
		c.expr(s.X)
	case *ast.IncDecStmt:
		c.expr(s.X)
	case *ast.SendStmt:
		c.expr(s.Chan)
		c.expr(s.Value)
	case *ast.LabeledStmt:
		c.stmt(s.Stmt)
	case *ast.DeclStmt:
		c.decl(s)
	case *ast.AssignStmt:
		c.assignStmt(s)
	case *ast.ReturnStmt:
		for k, e := range s.Results {
			if i := c.tracking(e); i != nil && (k >= c.f.sig.Results().Len() || c.identical(c.f.sig.Results().At(k).Type(), e)) {
				i.ok++
				c.transitionAt(i, s, "the return")
			}
			c.expr(e)
		}
		if len(s.Results) == 0 {
			for _, i := range c.named {
				c.transitionAt(i, s, "the return")
			}
		}
	case *ast.IfStmt:
		c.stmt(s.Init)
		c.expr(s.Cond)
		if v, known := staticBool(c.f.info, s.Cond); !known || v {
			c.stmts(s.Body.List)
		}
		if v, known := staticBool(c.f.info, s.Cond); s.Else != nil && (!known || !v) {
			c.stmt(s.Else)
		}
	case *ast.ForStmt:
		c.stmt(s.Init)
		if never(c.f.info, s) {
			return
		}
		c.depth++
		c.expr(s.Cond)
		c.stmt(s.Post)
		c.stmts(s.Body.List)
		c.depth--
	case *ast.RangeStmt:
		c.rangeStmt(s)
	case *ast.SwitchStmt:
		c.stmt(s.Init)
		c.expr(s.Tag)
		c.clauses(s.Body)
	case *ast.TypeSwitchStmt:
		c.stmt(s.Init)
		if a, ok := s.Assign.(*ast.AssignStmt); ok {
			c.expr(a.Rhs[0])
		} else {
			c.stmt(s.Assign)
		}
		c.clauses(s.Body)
	case *ast.SelectStmt:
		c.clauses(s.Body)
	case *ast.GoStmt:
		c.wrapped(s.Call, s)
	case *ast.DeferStmt:
		c.wrapped(s.Call, s)
	}
}

func (c *counter) clauses(body *ast.BlockStmt) {
	for _, cl := range body.List {
		switch cl := cl.(type) {
		case *ast.CaseClause:
			for _, e := range cl.List {
				c.expr(e)
			}
			c.stmts(cl.Body)
		case *ast.CommClause:
			c.stmt(cl.Comm)
			c.stmts(cl.Body)
		}
	}
}

// wrapped is the call of a go or defer statement: its operands are assigned to
// variables that a literal around the call captures
// (cmd/compile/internal/typecheck/stmt.go:normalizeGoDeferCall).
func (c *counter) wrapped(e *ast.CallExpr, at ast.Stmt) {
	sig, _ := c.f.info.TypeOf(e.Fun).(*types.Signature)
	var operand func(ast.Expr, types.Type)
	operand = func(x ast.Expr, t types.Type) {
		// The wrapper makes a composite, so the variables are those of its elements.
		if lit, ok := ast.Unparen(x).(*ast.CompositeLit); ok && (t == nil || c.identical(t, x)) && c.elements(lit, operand) {
			return
		}
		if i := c.tracking(x); i != nil && (t == nil || c.identical(t, x)) {
			i.ok++
			c.transitionAt(i, at, "a go or defer statement")
		}
		c.expr(x)
	}
	fun := ast.Unparen(e.Fun)
	if sel, ok := fun.(*ast.SelectorExpr); ok && c.f.info.Selections[sel] != nil {
		k := c.b.callee(c.f, e)
		var t types.Type
		if k.fn != nil && k.fn.Signature().Recv() != nil {
			t = k.fn.Signature().Recv().Type()
		}
		operand(sel.X, t)
	} else {
		c.expr(fun)
	}
	for k, a := range e.Args {
		var t types.Type
		switch {
		case sig == nil || c.f.info.Types[e.Fun].IsBuiltin():
		case sig.Variadic() && k >= sig.Params().Len()-1 && !e.Ellipsis.IsValid():
			t = sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice).Elem()
		case k < sig.Params().Len():
			t = sig.Params().At(k).Type()
		}
		operand(a, t)
	}
}

// elements visits the elements of an array, a slice or a struct; it reports whether the
// composite is one of these.
func (c *counter) elements(lit *ast.CompositeLit, visit func(ast.Expr, types.Type)) bool {
	t := coretype.Of(c.f.info.TypeOf(lit))
	for i, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
			if s, ok := t.(*types.Struct); ok {
				for i = 0; s.Field(i) != c.f.info.Uses[kv.Key.(*ast.Ident)]; i++ {
				}
			}
		}
		switch t := t.(type) {
		case *types.Array:
			visit(e, t.Elem())
		case *types.Slice:
			visit(e, t.Elem())
		case *types.Struct:
			visit(e, t.Field(i).Type())
		default:
			return false
		}
	}
	return true
}

// use counts a use, which is not understood unless the caller adds to ok.
func (c *counter) use(i *sliceVar, at ast.Node, bad string) {
	i.all++
	if bad != "" && i.bad == "" {
		i.bad, i.badAt = bad, at.Pos()
	}
}

func (c *counter) decl(s *ast.DeclStmt) {
	g, ok := s.Decl.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return
	}
	for _, spec := range g.Specs {
		spec := spec.(*ast.ValueSpec)
		var lhs []ast.Expr
		for _, id := range spec.Names {
			lhs = append(lhs, id)
		}
		for k, id := range spec.Names {
			if i := c.tracking(id); i != nil {
				i.declDepth = c.depth
				i.all++ // the assignment
			}
			switch {
			case len(spec.Values) == len(spec.Names):
				if c.removed(id, spec.Values[k], someNamed(lhs)) {
					continue
				}
				c.expr(spec.Values[k])
				c.assign(id, spec.Values[k], s)
			case len(spec.Values) == 0:
				c.assign(id, nil, s)
			}
		}
		if len(spec.Values) != len(spec.Names) {
			for _, e := range spec.Values {
				c.expr(e)
			}
		}
	}
}

func (c *counter) assignStmt(s *ast.AssignStmt) {
	pairs := len(s.Lhs) == len(s.Rhs) && (s.Tok == token.ASSIGN || s.Tok == token.DEFINE)
	for _, l := range s.Lhs {
		if id, ok := l.(*ast.Ident); ok && s.Tok == token.DEFINE && c.f.info.Defs[id] != nil {
			if i := c.tracking(id); i != nil {
				i.declDepth = c.depth
			}
		}
	}
	for k, l := range s.Lhs {
		if pairs {
			if c.removed(l, s.Rhs[k], someNamed(s.Lhs)) {
				continue
			}
			c.assign(l, s.Rhs[k], s)
		}
		c.expr(l)
		if pairs {
			c.expr(s.Rhs[k])
		}
	}
	if !pairs {
		for _, e := range s.Rhs {
			c.expr(e)
		}
	}
}

// removed reports whether the assignment is gone before its uses are counted.
func (c *counter) removed(l, r ast.Expr, blanksToo bool) bool {
	id, ok := ast.Unparen(l).(*ast.Ident)
	if !ok || !noEffects(c.f.info, l, r) {
		return false
	}
	if id.Name == "_" {
		return blanksToo
	}
	v, _ := c.f.info.ObjectOf(id).(*types.Var)
	return c.dead[v]
}

func (c *counter) rangeStmt(s *ast.RangeStmt) {
	if i := c.tracking(s.X); i != nil {
		i.ok++
		if c.rel.AtLeast("go1.26.9") {
			c.transitionAt(i, s, "the range over it, which keeps a copy")
		}
	}
	c.depth++
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if e != nil {
			if id, ok := e.(*ast.Ident); ok && s.Tok == token.DEFINE && c.f.info.Defs[id] != nil {
				continue // declared by the clause: assigned from a value that is not one of the variables
			}
			c.expr(e)
		}
	}
	c.expr(s.X)
	c.stmts(s.Body.List)
	c.depth--
	if s.Tok == token.DEFINE {
		for _, e := range []ast.Expr{s.Key, s.Value} {
			if e == nil {
				continue
			}
			if i := c.tracking(e); i != nil {
				i.declDepth = c.depth
				c.use(i, e, "a range assigns to it")
			}
		}
	}
}
