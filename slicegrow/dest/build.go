package dest

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A function is a declared function or a literal that the graph is made of.
type function struct {
	outer   *function
	info    *types.Info
	sig     *types.Signature
	body    *ast.BlockStmt
	results []*place
	defers  bool
	depth   int // current depth of loops in the walk
	lit     *ast.FuncLit
}

// A builder makes the graph of a function and of the functions that it calls.
type builder struct {
	*reader
	*graph
	vars    map[*types.Var]*place
	appends []*appending
	bodies  map[*types.Func]*function // of the functions in this graph
	lits    map[*ast.FuncLit]*literal
	defs    map[*types.Var]ast.Expr // of variables with one definition
	merged  map[*ast.FuncLit]bool   // called where they stand, and inlined there
	unsure  map[*types.Var]string   // captured by a literal that may be inlined
}

// An appending is an append and its array.
type appending struct {
	call  *ast.CallExpr
	in    *function
	place *place
	to    ast.Expr // target of a plain assignment; nil otherwise
}

type literal struct {
	fn   *function
	hole hole
	vars []*types.Var // captured, in order
}

func (b *builder) place(f *function, v *types.Var, persists bool) *place {
	p := &place{v: v, owner: f, depth: f.depth, persists: persists, leaks: noLeaks()}
	b.places = append(b.places, p)
	if v != nil {
		b.vars[v] = p
	}
	return p
}

func (b *builder) nowhere() hole { return hole{to: &b.blank} }
func (b *builder) toHeap() hole  { return hole{to: &b.heapPlace} }

// spill makes memory whose address flows into the hole.
func (b *builder) spill(f *function, h hole) hole {
	p := b.place(f, nil, false)
	b.flow(h.shift(-1), p)
	return hole{to: p}
}

// tee joins several holes into one.
func (b *builder) tee(f *function, hs ...hole) hole {
	var real []hole
	for _, h := range hs {
		if h.to != nil && h.to != &b.blank {
			real = append(real, h)
		}
	}
	if len(real) == 0 {
		return b.nowhere()
	}
	p := b.place(f, nil, false)
	for _, h := range real {
		b.flow(h, p)
	}
	return hole{to: p}
}

// declare makes the places of a function's parameters and results.
func (b *builder) declare(f *function) {
	f.depth = 1
	params := func(t *types.Tuple) {
		for v := range t.Variables() {
			b.place(f, v, true).param = true
		}
	}
	if f.sig.Recv() != nil {
		b.place(f, f.sig.Recv(), true).param = true
	}
	params(f.sig.Params())
	i := 0
	for v := range f.sig.Results().Variables() {
		p := b.place(f, v, true)
		p.result, p.index = true, i
		f.results = append(f.results, p)
		i++
	}
	inspectBody(f.body, func(n ast.Node) {
		if _, ok := n.(*ast.DeferStmt); ok {
			f.defers = true
		}
	})
}

// inspectBody visits a body without the literals in it.
func inspectBody(body *ast.BlockStmt, visit func(ast.Node)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			visit(n)
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}

// variable returns the place of a variable, nil for one of a package.
func (b *builder) variable(f *function, id *ast.Ident) *place {
	v, ok := f.info.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() {
		return nil
	}
	return b.vars[v]
}

// addr reports where an assignment to the expression goes: escape.addr.
func (b *builder) addr(f *function, e ast.Expr) hole {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if e.Name == "_" {
			return b.nowhere()
		}
		if p := b.variable(f, e); p != nil {
			return hole{to: p}
		}
	case *ast.SelectorExpr:
		if sel := f.info.Selections[e]; sel != nil {
			if !throughPointer(sel, f.info.TypeOf(e.X)) {
				return b.addr(f, e.X)
			}
			b.expr(f, hole{to: &b.mutator}, e.X)
		}
	case *ast.IndexExpr:
		b.expr(f, b.nowhere(), e.Index)
		switch t := f.info.TypeOf(e.X).Underlying().(type) {
		case *types.Array:
			return b.addr(f, e.X)
		case *types.Map:
			b.expr(f, b.nowhere(), e.X)
			b.expr(f, b.toHeap(), e.Index)
		default:
			_ = t
			b.expr(f, hole{to: &b.mutator}, e.X)
		}
	case *ast.StarExpr:
		b.expr(f, hole{to: &b.mutator}, e.X)
	}
	return b.toHeap()
}

// throughPointer reports whether a selection follows a pointer, possibly that of an
// embedded field.
func throughPointer(sel *types.Selection, x types.Type) bool {
	t := x
	for i, idx := range sel.Index() {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			return true || p == nil
		}
		if sel.Kind() != types.FieldVal && i == len(sel.Index())-1 {
			break
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || idx >= st.NumFields() {
			return false
		}
		t = st.Field(idx).Type()
	}
	return false
}

// derefsOf reports how many pointers a selection of a field follows.
func derefsOf(sel *types.Selection, x types.Type) int {
	n, t := 0, x
	for _, idx := range sel.Index() {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			n++
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || idx >= st.NumFields() {
			break
		}
		t = st.Field(idx).Type()
	}
	return n
}

// stmts walks statements in the order of the text.
func (b *builder) stmts(f *function, list []ast.Stmt) {
	for _, s := range list {
		b.stmt(f, s)
	}
}

func (b *builder) block(f *function, list []ast.Stmt) {
	depth := f.depth
	b.stmts(f, list)
	f.depth = depth
}

func (b *builder) stmt(f *function, s ast.Stmt) {
	switch s := s.(type) {
	case nil, *ast.EmptyStmt, *ast.IncDecStmt:
		if s, ok := s.(*ast.IncDecStmt); ok {
			b.expr(f, b.nowhere(), s.X)
			b.reassign(f, s.X)
		}
	case *ast.BlockStmt:
		b.block(f, s.List)
	case *ast.ExprStmt:
		b.expr(f, b.nowhere(), s.X)
	case *ast.AssignStmt:
		b.assign(f, s)
	case *ast.DeclStmt:
		b.decl(f, s)
	case *ast.IfStmt:
		b.stmt(f, s.Init)
		b.expr(f, b.nowhere(), s.Cond)
		if v, known := constant(f.info, s.Cond); !known || v {
			b.block(f, s.Body.List)
		}
		if v, known := constant(f.info, s.Cond); s.Else != nil && (!known || !v) {
			b.block(f, []ast.Stmt{s.Else})
		}
	case *ast.ForStmt:
		b.stmt(f, s.Init)
		f.depth++
		if s.Cond != nil {
			b.expr(f, b.nowhere(), s.Cond)
		}
		b.block(f, s.Body.List)
		b.stmt(f, s.Post) // after the body, as the code is; the flow is the same
		f.depth--
	case *ast.RangeStmt:
		b.rangeStmt(f, s)
	case *ast.SwitchStmt:
		b.stmt(f, s.Init)
		if s.Tag != nil {
			b.expr(f, b.nowhere(), s.Tag)
		}
		b.cases(f, s.Body)
	case *ast.TypeSwitchStmt:
		b.typeSwitch(f, s)
	case *ast.SelectStmt:
		b.cases(f, s.Body)
	case *ast.SendStmt:
		b.expr(f, b.nowhere(), s.Chan)
		b.expr(f, b.toHeap(), s.Value)
	case *ast.ReturnStmt:
		b.returnStmt(f, s)
	case *ast.GoStmt:
		b.later(f, s.Call, b.toHeap())
	case *ast.DeferStmt:
		h := b.toHeap()
		if f.depth == 1 { // it lasts until the function ends
			h = hole{to: b.place(f, nil, true)}
		}
		b.later(f, s.Call, h)
	case *ast.LabeledStmt:
		if usesGoto(f.body) {
			b.guessing("a goto may make a loop of it")
			b.leaksByGuess(f)
		}
		b.stmt(f, s.Stmt)
	}
}

// leaksByGuess makes all slice variables leak if the guess says so.
func (b *builder) leaksByGuess(f *function) {
	if !b.leaks {
		return
	}
	for _, p := range b.places {
		if p.v != nil && hasPointers(p.v.Type()) {
			b.flow(b.toHeap(), p)
		}
	}
}

func usesGoto(body *ast.BlockStmt) (found bool) {
	inspectBody(body, func(n ast.Node) {
		s, ok := n.(*ast.BranchStmt)
		found = found || ok && s.Tok == token.GOTO
	})
	return found
}

func (b *builder) cases(f *function, body *ast.BlockStmt) {
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			for _, e := range c.List {
				b.expr(f, b.nowhere(), e)
			}
			b.block(f, c.Body)
		case *ast.CommClause:
			b.stmt(f, c.Comm)
			b.block(f, c.Body)
		}
	}
}

func (b *builder) typeSwitch(f *function, s *ast.TypeSwitchStmt) {
	b.stmt(f, s.Init)
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = a.X
	case *ast.AssignStmt:
		x = a.Rhs[0]
	}
	assert, ok := ast.Unparen(x).(*ast.TypeAssertExpr)
	if !ok {
		return
	}
	var hs []hole
	for _, c := range s.Body.List {
		v, ok := f.info.Implicits[c].(*types.Var)
		if !ok {
			continue
		}
		p := b.place(f, v, true)
		if hasPointers(v.Type()) {
			hs = append(hs, assertTo(hole{to: p}, v.Type()))
		}
	}
	b.expr(f, b.tee(f, hs...), assert.X)
	for _, c := range s.Body.List {
		b.block(f, c.(*ast.CaseClause).Body)
	}
}

// assertTo is hole.dotType: a value that is neither an interface nor a pointer is pointed
// to by the interface.
func assertTo(h hole, t types.Type) hole {
	if !types.IsInterface(t) && !direct(t) {
		return h.shift(1)
	}
	return h
}

// direct reports whether an interface holds the value itself: IsDirectIface.
func direct(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Pointer, *types.Chan, *types.Map, *types.Signature:
		return true
	case *types.Basic:
		return t.Kind() == types.UnsafePointer
	case *types.Array:
		return t.Len() == 1 && direct(t.Elem())
	case *types.Struct:
		return t.NumFields() == 1 && direct(t.Field(0).Type())
	}
	return false
}

func (b *builder) rangeStmt(f *function, s *ast.RangeStmt) {
	tmp := b.place(f, nil, true)
	b.expr(f, hole{to: tmp}, s.X)
	f.depth++
	var hs [2]hole
	for i, e := range []ast.Expr{s.Key, s.Value} {
		hs[i] = b.nowhere()
		if e == nil {
			continue
		}
		if id, ok := e.(*ast.Ident); ok && s.Tok == token.DEFINE {
			if v, ok := f.info.Defs[id].(*types.Var); ok {
				b.place(f, v, true)
			}
		}
		hs[i] = b.addr(f, e)
		b.reassign(f, e)
	}
	switch t := f.info.TypeOf(s.X).Underlying().(type) {
	case *types.Array:
		b.flow(hs[1], tmp)
	case *types.Signature:
		b.guessing("a range over a function makes a literal of its body")
		if b.leaks {
			b.flow(b.toHeap(), tmp)
		}
	default:
		_ = t
		if v := s.Value; v != nil && hasPointers(f.info.TypeOf(v)) {
			b.flow(hs[1].shift(1), tmp)
		}
	}
	b.block(f, s.Body.List)
	f.depth--
}

func (b *builder) decl(f *function, s *ast.DeclStmt) {
	g, ok := s.Decl.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return
	}
	for _, spec := range g.Specs {
		spec := spec.(*ast.ValueSpec)
		var lhs []ast.Expr
		for _, id := range spec.Names {
			if v, ok := f.info.Defs[id].(*types.Var); ok && id.Name != "_" {
				b.place(f, v, true)
			}
			lhs = append(lhs, id)
		}
		if len(spec.Values) > 0 {
			b.assignList(f, lhs, spec.Values, true)
		}
	}
}

func (b *builder) assign(f *function, s *ast.AssignStmt) {
	define := s.Tok == token.DEFINE
	switch {
	case define:
		for _, e := range s.Lhs {
			if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
				if v, ok := f.info.Defs[id].(*types.Var); ok {
					b.place(f, v, true)
				}
			}
		}
	case s.Tok != token.ASSIGN: // s += x
		b.expr(f, b.nowhere(), s.Rhs[0])
		b.addr(f, s.Lhs[0])
		b.reassign(f, s.Lhs[0])
		return
	}
	b.assignList(f, s.Lhs, s.Rhs, define)
}

// assignList flows the right sides to the left ones.
func (b *builder) assignList(f *function, lhs, rhs []ast.Expr, define bool) {
	var hs []hole
	for _, e := range lhs {
		hs = append(hs, b.addr(f, e))
	}
	if len(rhs) == 1 && len(lhs) > 1 {
		b.multi(f, hs, rhs[0])
	} else {
		for i, e := range rhs {
			h := hs[i]
			if selfAssign(f.info, lhs[i], e) {
				h = b.nowhere()
			}
			n := len(b.appends)
			b.exprTo(f, h, e, f.info.TypeOf(lhs[i]))
			if c, ok := ast.Unparen(e).(*ast.CallExpr); ok {
				for _, a := range b.appends[n:] {
					if a.call == c {
						a.to = lhs[i]
					}
				}
			}
		}
	}
	for _, e := range lhs {
		if id, ok := e.(*ast.Ident); ok && define && f.info.Defs[id] != nil {
			continue
		}
		b.reassign(f, e)
	}
}

// multi is v, ok = x for the forms that have two results, and calls.
func (b *builder) multi(f *function, hs []hole, e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		b.call(f, hs, e)
	default:
		b.expr(f, hs[0], e)
	}
}

// reassign records that a variable gets another value than that of its definition.
func (b *builder) reassign(f *function, e ast.Expr) {
	h := b.rootOf(f, e)
	if h != nil {
		h.reassigned = true
	}
}

// rootOf returns the variable of the function that an assignment changes, or nil.
func (b *builder) rootOf(f *function, e ast.Expr) *place {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return b.variable(f, x)
		case *ast.SelectorExpr:
			sel := f.info.Selections[x]
			if sel == nil || throughPointer(sel, f.info.TypeOf(x.X)) {
				return nil
			}
			e = x.X
		case *ast.IndexExpr:
			if _, ok := f.info.TypeOf(x.X).Underlying().(*types.Array); !ok {
				return nil
			}
			e = x.X
		default:
			return nil
		}
	}
}

// selfAssign is escape.isSelfAssign: the object is assigned a part of itself.
func selfAssign(info *types.Info, dst, src ast.Expr) bool {
	dst, src = ast.Unparen(dst), ast.Unparen(src)
	if s, ok := src.(*ast.SliceExpr); ok { // p.buf = p.buf[n:m]
		d, isSel := dst.(*ast.SelectorExpr)
		x, okX := ast.Unparen(s.X).(*ast.SelectorExpr)
		if !isSel || !okX || info.Selections[d] == nil || info.Selections[x] == nil {
			return false
		}
		if _, array := info.TypeOf(x).Underlying().(*types.Array); array {
			return false
		}
		base, isName := ast.Unparen(d.X).(*ast.Ident)
		baseX, isNameX := ast.Unparen(x.X).(*ast.Ident)
		_, ptr := info.TypeOf(d.X).Underlying().(*types.Pointer)
		return isName && isNameX && ptr && info.ObjectOf(base) == info.ObjectOf(baseX)
	}
	switch d := dst.(type) {
	case *ast.SelectorExpr:
		s, ok := src.(*ast.SelectorExpr)
		return ok && info.Selections[d] != nil && info.Selections[s] != nil && sameSafe(info, d.X, s.X)
	case *ast.IndexExpr:
		s, ok := src.(*ast.IndexExpr)
		if !ok || !sameSafe(info, d.X, s.X) {
			return false
		}
		_, isMap := info.TypeOf(d.X).Underlying().(*types.Map)
		return !isMap && sameSafe(info, d.Index, d.Index) && sameSafe(info, s.Index, s.Index)
	}
	return false
}

func (b *builder) returnStmt(f *function, s *ast.ReturnStmt) {
	var hs []hole
	for _, p := range f.results {
		hs = append(hs, hole{to: p})
	}
	if len(s.Results) == 1 && len(hs) > 1 {
		b.multi(f, hs, s.Results[0])
		return
	}
	for i, e := range s.Results {
		if i < len(hs) {
			b.exprTo(f, hs[i], e, f.results[i].v.Type())
		}
	}
}

// later is a go or defer statement: the call is wrapped in a literal that captures its
// operands.
func (b *builder) later(f *function, call *ast.CallExpr, h hole) {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok && len(call.Args) == 0 && lit.Type.Results == nil {
		b.expr(f, h, lit)
		return
	}
	closure := b.spill(f, h)
	for _, a := range call.Args {
		b.expr(f, closure, a)
	}
	if tv := f.info.Types[call.Fun]; !tv.IsBuiltin() && !tv.IsType() {
		b.expr(f, closure, call.Fun)
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			b.expr(f, closure, sel.X)
		}
	}
	b.call(f, nil, call) // in the wrapper, with the same arguments
}

func constant(info *types.Info, e ast.Expr) (v, known bool) {
	tv, ok := info.Types[e]
	if !ok || tv.Value == nil {
		return false, false
	}
	return tv.Value.ExactString() == "true", true
}
