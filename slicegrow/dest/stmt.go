package dest

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// stmts walks statements in the order of the text.
func (b *builder) stmts(f *function, list []ast.Stmt) {
	for _, s := range live(f.info, list) {
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
		if v, known := staticBool(f.info, s.Cond); !known || v {
			b.block(f, s.Body.List)
		}
		if v, known := staticBool(f.info, s.Cond); s.Else != nil && (!known || !v) {
			b.block(f, []ast.Stmt{s.Else})
		}
	case *ast.ForStmt:
		b.stmt(f, s.Init)
		if never(f.info, s) {
			return
		}
		f.depth++
		b.expr(f, b.nowhere(), s.Cond)
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
			h = hole{to: b.place(f, nil)}
		}
		b.later(f, s.Call, h)
	case *ast.LabeledStmt:
		if usesGoto(f) {
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
		if p.v != nil && b.sizes.HasPointers(p.v.Type()) {
			b.flow(b.toHeap(), p)
		}
	}
}

func usesGoto(f *function) (found bool) {
	inspectBody(f.info, f.body, func(n ast.Node) {
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
		p := b.place(f, v)
		if b.sizes.HasPointers(v.Type()) {
			hs = append(hs, b.assertTo(hole{to: p}, v.Type()))
		}
	}
	b.expr(f, b.tee(f, hs...), assert.X)
	for _, c := range s.Body.List {
		b.block(f, c.(*ast.CaseClause).Body)
	}
}

// assertTo is hole.dotType: a value that is neither an interface nor a pointer is pointed
// to by the interface.
func (b *builder) assertTo(h hole, t types.Type) hole {
	if !isInterface(t) && !b.direct(t) {
		return h.shift(1)
	}
	return h
}

func (b *builder) rangeStmt(f *function, s *ast.RangeStmt) {
	tmp := b.place(f, nil)
	b.expr(f, hole{to: tmp}, s.X)
	f.depth++
	var hs [2]hole
	for i, e := range []ast.Expr{s.Key, s.Value} {
		if e == nil {
			continue
		}
		if id, ok := e.(*ast.Ident); ok && s.Tok == token.DEFINE {
			if v, ok := f.info.Defs[id].(*types.Var); ok {
				b.place(f, v)
			}
		}
		hs[i] = b.addr(f, e)
		b.reassign(f, e)
	}
	switch t := coretype.Of(f.info.TypeOf(s.X)).(type) {
	case *types.Array:
		b.flow(hs[1], tmp)
	case *types.Signature:
		b.guessing("a range over a function makes a literal of its body")
		if b.leaks {
			b.flow(b.toHeap(), tmp)
		}
	default:
		_ = t
		if v := s.Value; v != nil && b.sizes.HasPointers(f.info.TypeOf(v)) {
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
				b.place(f, v)
			}
			lhs = append(lhs, id)
		}
		if len(spec.Values) > 0 {
			b.assignList(f, lhs, spec.Values, true)
		}
	}
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
