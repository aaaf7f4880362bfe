package dest

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// This file is cmd/compile/internal/slice/slice.go:analyze: it counts the uses of the
// slice variables of one function. A slice whose uses are all understood, with one
// statement after which others may hold it, can be on the stack until then.

// A sliceVar describes a slice variable.
type sliceVar struct {
	v          *types.Var
	ok, all    int // number of understood uses, and of all
	transition ast.Node
	why        string // the transition in words
	bad        string // the first use that is not understood
	badAt      token.Pos
	appends    []*ast.CallExpr
	weight     int // an append counts 1, and 1 more for each loop around it
	declDepth  int
	capUsed    bool
	dropped    bool // the variable need not be examined further
	droppedWhy string
	qualifies  bool
}

// A counter counts the uses in one function.
type counter struct {
	*reader
	b     *builder
	f     *function
	vars  map[*types.Var]*sliceVar
	named []*sliceVar // results
	depth int
	dead  map[*types.Var]bool // variables whose plain assignments are removed
}

// count returns the slice variables of a function, without those of literals.
func (b *builder) count(f *function) map[*types.Var]*sliceVar {
	c := &counter{reader: b.reader, b: b, f: f, vars: map[*types.Var]*sliceVar{}}
	add := func(v *types.Var) {
		if v == nil || v.Name() == "" || v.Name() == "_" {
			return
		}
		if size, _, ok := c.elem(v.Type()); ok && size <= bufferSize {
			c.vars[v] = &sliceVar{v: v}
		}
	}
	if f.lit == nil && f.sig.Recv() != nil {
		add(f.sig.Recv())
	}
	for v := range f.sig.Params().Variables() {
		add(v)
	}
	for v := range f.sig.Results().Variables() {
		add(v)
		if i := c.vars[v]; i != nil {
			c.named = append(c.named, i)
		}
	}
	inspectBody(f.body, func(n ast.Node) {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := f.info.Defs[id].(*types.Var); ok {
				add(v)
			}
		}
		if cl, ok := n.(*ast.CaseClause); ok {
			if v, ok := f.info.Implicits[cl].(*types.Var); ok {
				add(v)
			}
		}
	})
	c.dead = c.deadLocals()
	c.stmts(f.body.List)
	for _, i := range c.vars {
		i.qualifies = !i.dropped && i.ok == i.all && i.transition != nil && i.weight >= 2
	}
	return c.vars
}

// deadLocals returns the variables that are never read, whose assignments
// cmd/compile/internal/deadlocals removes.
func (c *counter) deadLocals() map[*types.Var]bool {
	written := map[*ast.Ident]bool{}
	dead := map[*types.Var]bool{}
	ast.Inspect(c.f.body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN && len(a.Lhs) == len(a.Rhs) {
			for i, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && noEffects(a.Rhs[i]) {
					written[id] = true
					if v, ok := c.f.info.Uses[id].(*types.Var); ok && c.b.vars[v] != nil && !c.b.vars[v].result {
						dead[v] = true
					}
				}
			}
		}
		return true
	})
	ast.Inspect(c.f.body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !written[id] {
			if v, ok := c.f.info.Uses[id].(*types.Var); ok {
				delete(dead, v)
			}
		}
		return true
	})
	return dead
}

func noEffects(e ast.Expr) bool {
	switch ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit, *ast.FuncLit:
		return true
	}
	return false
}

func (c *counter) tracking(e ast.Expr) *sliceVar {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := c.f.info.ObjectOf(id).(*types.Var)
	if i := c.vars[v]; i != nil && !i.dropped {
		return i
	}
	return nil
}

func (c *counter) drop(i *sliceVar, at token.Pos, format string, args ...any) {
	if !i.dropped {
		i.dropped, i.badAt = true, at
		i.droppedWhy = fmt.Sprintf(format, args...)
	}
}

// transitionAt records that others may hold the slice after the statement.
func (c *counter) transitionAt(i *sliceVar, at ast.Node, what string) {
	switch {
	case i.dropped:
	case i.transition != nil:
		c.drop(i, at.Pos(), "it is shared more than once: by %s and by %s", i.why, what)
	case c.depth > i.declDepth:
		c.drop(i, at.Pos(), "it is shared in a loop, by %s", what)
	default:
		i.transition, i.why = at, what
	}
}

// assign is x = y in a statement.
func (c *counter) assign(x, y ast.Expr, at ast.Node) {
	if i := c.tracking(x); i != nil {
		switch y := unparen(y).(type) {
		case nil:
			i.ok++
		case *ast.Ident:
			if c.f.info.Types[y].IsNil() {
				i.ok++
			}
		case *ast.CompositeLit:
			i.ok++
			i.capUsed = true
		case *ast.SliceExpr:
			if !y.Slice3 && c.tracking(y.X) == i {
				i.ok += 2
				i.capUsed = true
			}
		case *ast.CallExpr:
			if c.isBuiltin(y, "append") && len(y.Args) > 0 && c.tracking(y.Args[0]) == i {
				i.ok += 2
				i.appends = append(i.appends, y)
				i.weight += 1 + c.depth - i.declDepth
			}
		}
	}
	if y == nil {
		return
	}
	if i := c.tracking(y); i != nil && c.same(x, y) {
		i.ok++
		c.transitionAt(i, at, "the assignment to "+text(x))
	}
}

func unparen(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	return ast.Unparen(e)
}

// same reports whether an assignment of y to x needs no conversion.
func (c *counter) same(x, y ast.Expr) bool {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok && id.Name == "_" {
		return true
	}
	return c.identical(c.f.info.TypeOf(x), y)
}

func (c *counter) identical(t types.Type, y ast.Expr) bool {
	from := c.f.info.TypeOf(y)
	return t != nil && from != nil && types.Identical(t, from)
}

func (c *counter) isBuiltin(e *ast.CallExpr, name string) bool {
	id, ok := ast.Unparen(e.Fun).(*ast.Ident)
	return ok && id.Name == name && c.f.info.Types[e.Fun].IsBuiltin()
}

func (c *counter) stmts(list []ast.Stmt) {
	for _, s := range list {
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
		if v, known := constant(c.f.info, s.Cond); !known || v {
			c.stmts(s.Body.List)
		}
		if v, known := constant(c.f.info, s.Cond); s.Else != nil && (!known || !v) {
			c.stmt(s.Else)
		}
	case *ast.ForStmt:
		if s.Init != nil {
			c.stmt(s.Init)
		}
		c.depth++
		c.expr(s.Cond)
		if s.Post != nil {
			c.stmt(s.Post)
		}
		c.stmts(s.Body.List)
		c.depth--
	case *ast.RangeStmt:
		c.rangeStmt(s)
	case *ast.SwitchStmt:
		if s.Init != nil {
			c.stmt(s.Init)
		}
		c.expr(s.Tag)
		c.clauses(s.Body)
	case *ast.TypeSwitchStmt:
		if s.Init != nil {
			c.stmt(s.Init)
		}
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
			if cl.Comm != nil {
				c.stmt(cl.Comm)
			}
			c.stmts(cl.Body)
		}
	}
}

// wrapped is the call of a go or defer statement: its operands are assigned to
// variables that a literal around the call captures
// (cmd/compile/internal/typecheck/stmt.go:normalizeGoDeferCall).
func (c *counter) wrapped(e *ast.CallExpr, at ast.Stmt) {
	sig, _ := c.f.info.TypeOf(e.Fun).(*types.Signature)
	operand := func(x ast.Expr, t types.Type) {
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
		for k, id := range spec.Names {
			if i := c.tracking(id); i != nil {
				i.declDepth = c.depth
				i.all++ // the assignment
			}
			switch {
			case len(spec.Values) == len(spec.Names):
				c.assign(id, spec.Values[k], s)
			case len(spec.Values) == 0:
				c.assign(id, nil, s)
			}
		}
		for _, e := range spec.Values {
			c.expr(e)
		}
	}
}

func (c *counter) assignStmt(s *ast.AssignStmt) {
	pairs := len(s.Lhs) == len(s.Rhs) && (s.Tok == token.ASSIGN || s.Tok == token.DEFINE)
	nonBlank := false
	for _, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		nonBlank = nonBlank || !ok || id.Name != "_"
		if ok && s.Tok == token.DEFINE && c.f.info.Defs[id] != nil {
			if i := c.tracking(id); i != nil {
				i.declDepth = c.depth
			}
		}
	}
	for k, l := range s.Lhs {
		if pairs {
			if c.removed(l, s.Rhs[k], nonBlank && len(s.Lhs) > 1) {
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
	id, ok := l.(*ast.Ident)
	if !ok || !noEffects(r) {
		return false
	}
	if id.Name == "_" {
		return blanksToo
	}
	v, _ := c.f.info.Uses[id].(*types.Var)
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

// expr counts the uses in an expression.
func (c *counter) expr(e ast.Expr) {
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
				if _, isStruct := c.f.info.TypeOf(e).Underlying().(*types.Struct); isStruct {
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
			if _, array := c.f.info.TypeOf(y.X).Underlying().(*types.Array); array && fixed {
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
		if id, ok := ast.Unparen(e.Args[0]).(*ast.Ident); ok && c.tracking(id) != nil && c.identical(tv.Type, id) {
			c.expr(id) // no conversion at all
			return
		}
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
	if k.lit != nil {
		return // merged, or its captures are unsure
	}
	if k.fn == nil || k.iface && !k.local {
		return
	}
	sig := k.fn.Signature()
	inlined := false
	judge := func(a ast.Expr, n int, t types.Type) {
		i := c.tracking(a)
		if i == nil || !c.identical(t, a) {
			return
		}
		if inlined = c.inlined(k.fn); inlined {
			if v := paramOf(c.sigOf(k.fn), n); v != nil && (v.Name() == "" || v.Name() == "_") {
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
			judge(k.recv.X, 0, sig.Recv().Type())
		}
		n = 1
	}
	for i, a := range e.Args {
		if sig.Variadic() && i >= sig.Params().Len()-1 && !e.Ellipsis.IsValid() || i >= sig.Params().Len() {
			break
		}
		judge(a, n+i, sig.Params().At(i).Type())
	}
}

func (c *counter) sigOf(fn *types.Func) *types.Signature { return fn.Origin().Signature() }

func text(e ast.Expr) string {
	s := types.ExprString(e)
	if len(s) > 60 {
		s = s[:60] + "..."
	}
	return s
}
