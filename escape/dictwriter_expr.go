package escape

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

func (w *dictWriter) typeOf(e ast.Expr) types.Type { return w.l.raw(e) }

func (w *dictWriter) exprs(list []ast.Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

func (w *dictWriter) expr(e ast.Expr) {
	w.l.enter(e)
	defer func() { w.l.depth-- }()
	e = ast.Unparen(e)
	if tv, ok := w.l.src.Info.Types[e]; ok && (tv.Value != nil || tv.IsNil() || tv.IsType()) {
		return
	}
	if obj, args := w.l.object(e); obj != nil {
		if len(args) > 0 {
			w.instance(obj, args)
		}
		return
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		w.compositeLit(e)
	case *ast.FuncLit:
		if sig, ok := w.typeOf(e).(*types.Signature); ok {
			w.body(sig, e.Body)
		}
	case *ast.SelectorExpr:
		w.selector(e)
	case *ast.IndexExpr:
		w.index(e)
	case *ast.SliceExpr:
		w.expr(e.X)
		for _, i := range []ast.Expr{e.Low, e.High, e.Max} {
			if i != nil {
				w.expr(i)
			}
		}
	case *ast.TypeAssertExpr:
		w.expr(e.X)
		if e.Type != nil {
			w.exprType(w.typeOf(e.X), e.Type)
		}
		w.rtype(w.typeOf(e.X))
	case *ast.StarExpr:
		w.expr(e.X)
	case *ast.UnaryExpr:
		w.expr(e.X)
	case *ast.BinaryExpr:
		var t types.Type
		if e.Op != token.SHL && e.Op != token.SHR {
			x, y := w.typeOf(e.X), w.typeOf(e.Y)
			if t = x; types.AssignableTo(x, y) {
				t = y
			}
		}
		w.convert(t, e.X, true)
		w.convert(t, e.Y, true)
	case *ast.CallExpr:
		w.call(e)
	}
}

func (w *dictWriter) index(e *ast.IndexExpr) {
	w.expr(e.X)
	t := w.typeOf(e.X)
	if m, ok := coretype.Of(t).(*types.Map); ok {
		w.convert(m.Key(), e.Index, true)
		w.rtype(t)
		return
	}
	w.expr(e.Index)
}

func (w *dictWriter) selector(e *ast.SelectorExpr) {
	sel := w.l.src.Info.Selections[e]
	if sel == nil {
		return
	}
	switch sel.Kind() {
	case types.FieldVal:
		w.expr(e.X)
	case types.MethodVal:
		w.expr(e.X)
		w.method(w.typeOf(e.X), sel)
	case types.MethodExpr:
		w.method(w.typeOf(e.X), sel)
	}
}

// method is a method that is selected from a value of type t.
func (w *dictWriter) method(t types.Type, sel *types.Selection) {
	path := sel.Index()
	for _, i := range path[:len(path)-1] {
		s, ok := under(deref(t)).(*types.Struct)
		if !ok || i >= s.NumFields() {
			return
		}
		t = s.Field(i).Type()
	}
	m, ok := sel.Obj().(*types.Func)
	if !ok {
		return
	}
	if recv := m.Signature().Recv().Type(); isPtrTo(t, recv) || isPtrTo(recv, t) {
		t = recv
	}
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		w.d.method(p.Index(), m.Name())
		return
	}
	if isInterface(t) {
		return
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		var args []types.Type
		for arg := range n.TypeArgs().Types() {
			args = append(args, arg)
		}
		if implicitParams(n.Obj()) {
			w.d.sub(n.Origin().Obj(), args)
		} else {
			w.instance(n.Origin().Obj(), args)
		}
	}
}

func (w *dictWriter) call(e *ast.CallExpr) {
	fun := ast.Unparen(e.Fun)
	tv := w.l.src.Info.Types[fun]
	if tv.IsType() {
		if len(e.Args) == 1 {
			w.convert(tv.Type, e.Args[0], false)
		}
		return
	}
	var rtype types.Type
	name, builtin := w.l.builtinName(fun)
	if builtin && len(e.Args) > 0 {
		t := w.typeOf(e.Args[0])
		if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
			t = tuple.At(0).Type()
		}
		switch name {
		case "make":
			w.rtype(t)
			w.exprs(e.Args[1:])
			if _, ok := coretype.Of(t).(*types.Slice); ok {
				t = elem(coretype.Of(t))
			}
			w.rtype(t)
			return
		case "new":
			if w.l.src.Info.Types[e.Args[0]].IsType() {
				w.rtype(t)
			} else {
				w.expr(e.Args[0])
			}
			return
		case "Sizeof", "Alignof", "Offsetof":
			return
		case "append", "Slice":
			rtype = elem(coretype.Of(w.typeOf(e)))
		case "copy":
			rtype = elem(coretype.Of(t))
		case "delete":
			rtype = t
		}
	}
	sig, ok := coretype.Of(tv.Type).(*types.Signature)
	if !ok {
		w.exprs(e.Args)
		return
	}
	if !builtin {
		w.expr(fun)
	}
	last := sig.Params().Len() - 1
	w.multi(func(i int) types.Type {
		switch {
		case sig.Variadic() && !e.Ellipsis.IsValid() && i >= last:
			return elem(sig.Params().At(last).Type())
		case i > last:
			return nil
		}
		return sig.Params().At(i).Type()
	}, e.Args)
	if rtype != nil {
		w.rtype(rtype)
	}
}

// multi is a list of values whose i'th becomes one of type dst(i).
func (w *dictWriter) multi(dst func(int) types.Type, list []ast.Expr) {
	if len(list) == 1 {
		if tuple, ok := w.typeOf(list[0]).(*types.Tuple); ok {
			w.expr(list[0])
			for i := range tuple.Len() {
				src := tuple.At(i).Type()
				if d := dst(i); d != nil && !types.Identical(src, d) {
					w.converts(src, d)
				}
			}
			return
		}
	}
	for i, e := range list {
		w.convert(dst(i), e, true)
	}
}

func (w *dictWriter) convert(dst types.Type, e ast.Expr, implicit bool) {
	src := w.typeOf(e)
	if implicit && (dst == nil || types.Identical(src, dst) || w.l.isNil(e)) {
		w.expr(e)
		return
	}
	w.converts(src, dst)
	w.expr(e)
}

func (w *dictWriter) compositeLit(e *ast.CompositeLit) {
	t := w.typeOf(e)
	if p, ok := coretype.Of(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	var key, el types.Type
	var fields *types.Struct
	switch u := coretype.Of(t).(type) {
	case *types.Map:
		w.rtype(t)
		key, el = u.Key(), u.Elem()
	case *types.Array, *types.Slice:
		el = elem(u)
	case *types.Struct:
		fields = u
	}
	for i, x := range e.Elts {
		kv, keyed := x.(*ast.KeyValueExpr)
		if keyed {
			x = kv.Value
		}
		dst := el
		switch {
		case fields != nil && keyed:
			if id, ok := kv.Key.(*ast.Ident); ok {
				if v, ok := w.l.src.Info.Uses[id].(*types.Var); ok {
					dst = v.Type()
				}
			}
		case fields != nil && i < fields.NumFields():
			dst = fields.Field(i).Type()
		case keyed:
			w.convert(key, kv.Key, true)
		}
		w.convert(dst, x, true)
	}
}
