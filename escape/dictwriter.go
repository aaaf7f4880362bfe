package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// A dictWriter walks generic source as cmd/compile/internal/noder/writer.go does, for
// what comes into the dictionary, and in which order.
type dictWriter struct {
	l   *lowerer
	d   *dictionary
	sig *types.Signature // of the function or literal around
}

func (w *dictWriter) function(f *types.Func) {
	decl := w.l.src.decls[f]
	if decl == nil {
		return
	}
	w.body(f.Signature(), decl.Body)
}

func (w *dictWriter) body(sig *types.Signature, b *ast.BlockStmt) {
	old := w.sig
	w.sig = sig
	if r := sig.Recv(); r != nil {
		w.local(r.Type())
	}
	for v := range sig.Params().Variables() {
		w.local(v.Type())
	}
	for v := range sig.Results().Variables() {
		w.local(v.Type())
	}
	if b != nil {
		w.stmts(b.List)
	}
	w.sig = old
}

// local is a variable's type: the compiler may need to look at it at run time.
func (w *dictWriter) local(t types.Type) { w.info(t) }

// info is a type that is needed at run time; it reports whether it is in the dictionary.
func (w *dictWriter) info(t types.Type) bool {
	if t = withoutLocal(t); !derived(t) {
		return false
	}
	w.d.rtype(t)
	return true
}

// withoutLocal returns what an alias that a function declares stands for, and any other
// type as it is.
func withoutLocal(t types.Type) types.Type {
	for {
		a, ok := t.(*types.Alias)
		if !ok || a.Obj().Pkg() == nil || a.Obj().Parent() == a.Obj().Pkg().Scope() {
			return t
		}
		t = a.Rhs()
	}
}

func allWithoutLocal(list []types.Type) []types.Type {
	out := make([]types.Type, len(list))
	for i, t := range list {
		out[i] = withoutLocal(t)
	}
	return out
}

func (w *dictWriter) rtype(t types.Type) { w.info(types.Default(t)) }

// converts notes what a conversion needs.
func (w *dictWriter) converts(src, dst types.Type) {
	if src == nil || dst == nil {
		return
	}
	src, dst = withoutLocal(types.Default(src)), withoutLocal(types.Default(dst))
	a, b := w.info(src), w.info(dst)
	if a || b {
		w.d.itab(src, dst)
	}
}

// function instances.
func (w *dictWriter) instance(obj types.Object, args []types.Type) {
	args = allWithoutLocal(args)
	if w.l.anyDerived(args) {
		w.d.sub(obj, args)
	}
}

func (w *dictWriter) stmts(list []ast.Stmt) {
	last := -1
	for i, s := range list {
		if _, ok := s.(*ast.LabeledStmt); ok {
			last = i
		}
	}
	dead := false
	for i, s := range list {
		if dead && i > last {
			continue
		}
		w.stmt(s)
		dead = w.l.terminates(s)
	}
}

func (w *dictWriter) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.ASSIGN || s.Tok == token.DEFINE {
			w.assignStmt(s.Lhs, s.Rhs)
			return
		}
		w.expr(s.Lhs[0])
		var t types.Type
		if s.Tok != token.SHL_ASSIGN && s.Tok != token.SHR_ASSIGN {
			t = w.typeOf(s.Lhs[0])
		}
		w.convert(t, s.Rhs[0], true)
	case *ast.IncDecStmt:
		w.expr(s.X)
	case *ast.BlockStmt:
		w.stmts(s.List)
	case *ast.GoStmt:
		w.expr(s.Call)
	case *ast.DeferStmt:
		w.expr(s.Call)
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					var names []ast.Expr
					for _, id := range v.Names {
						names = append(names, id)
					}
					w.assignStmt(names, v.Values)
				}
			}
		}
	case *ast.ExprStmt:
		w.expr(s.X)
	case *ast.ForStmt:
		w.forStmt(s)
	case *ast.RangeStmt:
		w.rangeStmt(s)
	case *ast.IfStmt:
		cond, v := w.l.static(s.Cond)
		if s.Init != nil {
			w.stmt(s.Init)
		}
		w.expr(cond)
		if v >= 0 {
			w.stmts(s.Body.List)
		}
		if v <= 0 && s.Else != nil {
			w.stmt(s.Else)
		}
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.ReturnStmt:
		if w.sig != nil {
			w.multi(func(i int) types.Type { return w.sig.Results().At(i).Type() }, s.Results)
		}
	case *ast.SelectStmt:
		for _, c := range s.Body.List {
			if c, ok := c.(*ast.CommClause); ok {
				if c.Comm != nil {
					w.stmt(c.Comm)
				}
				w.stmts(c.Body)
			}
		}
	case *ast.SendStmt:
		w.expr(s.Chan)
		w.convert(elem(coretype.Of(w.typeOf(s.Chan))), s.Value, true)
	case *ast.SwitchStmt:
		w.switchStmt(s)
	case *ast.TypeSwitchStmt:
		w.typeSwitch(s)
	}
}

// assigns is the left side of an assignment.
func (w *dictWriter) assigns(list []ast.Expr) {
	for _, e := range list {
		e = ast.Unparen(e)
		if id, ok := e.(*ast.Ident); ok {
			if id.Name == "_" {
				continue
			}
			if v, ok := w.l.src.Info.Defs[id].(*types.Var); ok {
				w.local(v.Type())
				continue
			}
		}
		w.expr(e)
	}
}

func (w *dictWriter) assignStmt(lhs, rhs []ast.Expr) {
	w.assigns(lhs)
	w.multi(func(i int) types.Type {
		if i >= len(lhs) {
			return nil
		}
		return w.target(lhs[i])
	}, rhs)
}

// target is the type of what is assigned to, nil for the blank identifier.
func (w *dictWriter) target(e ast.Expr) types.Type {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		if id.Name == "_" {
			return nil
		}
		if v, ok := w.l.src.Info.ObjectOf(id).(*types.Var); ok {
			return v.Type()
		}
	}
	return w.typeOf(e)
}

func (w *dictWriter) forStmt(s *ast.ForStmt) {
	cond, v := s.Cond, 0
	if cond != nil {
		cond, v = w.l.static(cond)
	}
	if s.Init != nil {
		w.stmt(s.Init)
	}
	if cond != nil {
		w.expr(cond)
	}
	if v < 0 {
		return
	}
	if s.Post != nil {
		w.stmt(s.Post)
	}
	w.stmts(s.Body.List)
}

func (w *dictWriter) rangeStmt(s *ast.RangeStmt) {
	var lhs []ast.Expr
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if e != nil {
			lhs = append(lhs, e)
		}
	}
	t := w.typeOf(s.X)
	if sig, ok := coretype.Of(t).(*types.Signature); ok {
		w.rangeFunc(s, lhs, sig)
		return
	}
	w.assigns(lhs)
	w.expr(s.X)
	key, value := rangeTypes(t)
	if _, ok := coretype.Of(t).(*types.Map); ok {
		w.rtype(t)
	}
	for i, from := range []types.Type{key, value} {
		if i < len(lhs) {
			if to := w.target(lhs[i]); to != nil {
				w.converts(from, to)
			}
		}
	}
	w.stmts(s.Body.List)
}

// rangeFunc: the body is a literal by then, with the loop's variables as its parameters,
// in a variable #yield1, whose type is its own. It comes before the function that is
// called with it (rangefunc/rewrite.go:endLoop).
func (w *dictWriter) rangeFunc(s *ast.RangeStmt, lhs []ast.Expr, sig *types.Signature) {
	var yield *types.Signature
	if sig.Params().Len() == 1 {
		yield, _ = coretype.Of(sig.Params().At(0).Type()).(*types.Signature)
	}
	if yield != nil {
		var params []*types.Var
		for i := range yield.Params().Len() {
			t := yield.Params().At(i).Type()
			if i < len(lhs) && s.Tok == token.DEFINE {
				if to := w.target(lhs[i]); to != nil {
					t = to
				}
			}
			params = append(params, types.NewParam(token.NoPos, nil, "", t))
		}
		body := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), yield.Results(), false)
		if !w.l.a.off("yield-type") {
			w.local(body)
		}
		for v := range body.Params().Variables() {
			w.local(v.Type())
		}
		if s.Tok == token.ASSIGN {
			w.assigns(lhs)
			for i, e := range lhs {
				if to := w.target(e); to != nil && i < yield.Params().Len() {
					if from := yield.Params().At(i).Type(); !types.Identical(from, to) {
						w.converts(from, to)
					}
				}
			}
		}
	}
	w.stmts(s.Body.List)
	w.expr(s.X)
}

// rangeTypes are the types of what a loop over a value of type t has.
func rangeTypes(t types.Type) (key, value types.Type) {
	switch u := coretype.Of(t).(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return types.Typ[types.Int], types.Universe.Lookup("rune").Type()
		}
		return t, nil
	case *types.Pointer:
		return types.Typ[types.Int], elem(u.Elem())
	case *types.Array, *types.Slice:
		return types.Typ[types.Int], elem(u)
	case *types.Map:
		return u.Key(), u.Elem()
	case *types.Chan:
		return u.Elem(), nil
	}
	return nil, nil
}

func (w *dictWriter) switchStmt(s *ast.SwitchStmt) {
	if s.Init != nil {
		w.stmt(s.Init)
	}
	clauses := caseClauses(s.Body)
	tag := s.Tag
	var tagType types.Type = types.Typ[types.Bool]
	value := constant.MakeBool(true)
	if tag != nil {
		tagType, value = w.typeOf(tag), w.l.src.Info.Types[tag].Value
	}
	if value != nil {
		if target, ok := w.l.constantSwitch(value, clauses); ok {
			clauses, tag, tagType = nil, nil, types.Typ[types.Bool]
			if target != nil {
				c := *target
				c.List = nil
				clauses = []*ast.CaseClause{&c}
			}
		}
	}
	_, isChan := under(tagType).(*types.Chan)
	if !isChan {
		tagType = w.l.commonTag(tagType, clauses)
	}
	if tag != nil {
		w.convert(tagType, tag, true)
	}
	for _, c := range clauses {
		for _, e := range c.List {
			t := tagType
			if isChan {
				t = nil
			}
			w.convert(t, e, true)
		}
		w.stmts(c.Body)
	}
}

func (w *dictWriter) typeSwitch(s *ast.TypeSwitchStmt) {
	if s.Init != nil {
		w.stmt(s.Init)
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		x = a.Rhs[0]
	case *ast.ExprStmt:
		x = a.X
	}
	ta, ok := ast.Unparen(x).(*ast.TypeAssertExpr)
	if !ok {
		return
	}
	w.expr(ta.X)
	iface := w.typeOf(ta.X)
	for _, c := range caseClauses(s.Body) {
		for _, e := range c.List {
			if !w.l.isNil(e) {
				w.exprType(iface, e)
			}
		}
		if v, ok := w.l.src.Info.Implicits[c].(*types.Var); ok {
			w.local(v.Type())
		}
		w.stmts(c.Body)
	}
}

// exprType is a type that is an operand.
func (w *dictWriter) exprType(iface types.Type, e ast.Expr) {
	t := w.typeOf(e)
	if i, ok := under(iface).(*types.Interface); iface != nil && ok && !i.Empty() {
		w.converts(t, iface)
		return
	}
	w.rtype(t)
}
