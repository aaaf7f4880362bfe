package escape

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A lowerer makes nodes of the source of one function and the literals in it, as
// cmd/compile/internal/noder does.
type lowerer struct {
	a     *analysis
	src   *source
	file  *ast.File
	sub   *substitution // of an instance
	dict  types.Object  // whose dictionary it has
	fn    *function
	vars  map[*types.Var]*variable
	loops []*rangeLoop // over functions, the innermost last
	depth int

	direct bool // the function that comes next is called
}

// typ returns the type of an expression, type parameters replaced.
func (l *lowerer) typ(e ast.Expr) types.Type { return l.sub.typ(l.raw(e)) }

// raw returns the type of an expression as the source has it.
func (l *lowerer) raw(e ast.Expr) types.Type {
	t := l.src.Info.TypeOf(e)
	if t == nil {
		l.a.failAt(l.src, e, "the types.Info has no type for an expression")
	}
	return t
}

func (l *lowerer) enter(n ast.Node) {
	l.depth++
	if l.depth > maxDepth {
		l.a.failAt(l.src, n, "nested more than %d deep", maxDepth)
	}
}

// signature declares the parameters and results.
func (l *lowerer) signature(sig *types.Signature) {
	f := l.fn
	declare := func(v *types.Var, c class, prefix string, i int) *variable {
		n := &variable{name: v.Name(), pos: v.Pos(), typ: l.sub.typ(v.Type()), raw: v.Type(), class: c, fn: f}
		if n.name == "" || n.name == "_" {
			n.name = fmt.Sprintf("%s%d", prefix, i)
		}
		l.vars[v] = n
		f.locals = append(f.locals, n)
		return n
	}
	i := 0
	if r := sig.Recv(); r != nil {
		f.params = append(f.params, declare(r, classParam, "~p", i))
		i++
	}
	if f.generic && !f.literal {
		// The dictionary, which no message tells about.
		d := &variable{name: ".dict", pos: f.pos, typ: types.NewPointer(types.NewArray(types.Typ[types.Uintptr], 1)), class: classParam, fn: f}
		f.dict = d
		f.locals = append(f.locals, d)
	}
	for v := range sig.Params().Variables() {
		f.params = append(f.params, declare(v, classParam, "~p", i))
		i++
	}
	i = 0
	for v := range sig.Results().Variables() {
		f.results = append(f.results, declare(v, classResult, "~r", i))
		i++
	}
	for i, p := range f.params {
		t := p.typ
		if sig.Variadic() && i == len(f.params)-1 {
			if e := elem(t); isBasic(e, types.Uintptr) {
				t = e
			}
		}
		f.uintptrs = append(f.uintptrs, isBasic(t, types.Uintptr))
	}
}

// local declares a variable of the current function.
func (l *lowerer) local(v *types.Var, pos token.Pos) *variable {
	n := &variable{name: v.Name(), pos: pos, typ: l.sub.typ(v.Type()), fn: l.fn}
	l.vars[v] = n
	l.fn.locals = append(l.fn.locals, n)
	return n
}

// temp declares a variable that the source does not have.
func (l *lowerer) temp(pos token.Pos, t types.Type) *variable {
	return newTemp(l.fn, pos, t)
}

func newTemp(f *function, pos token.Pos, t types.Type) *variable {
	n := &variable{name: fmt.Sprintf(".autotmp_%d", len(f.locals)), pos: pos, typ: t, fn: f}
	f.locals = append(f.locals, n)
	return n
}

// use returns a reference to a variable; literals between it and its function capture it.
func (l *lowerer) use(v *variable, pos token.Pos) *node {
	capture(l.fn, v, pos)
	return &node{op: opLocal, pos: pos, typ: v.typ, v: v}
}

func capture(f *function, v *variable, pos token.Pos) {
	for ; f != nil && f != v.fn; f = f.outer {
		found := false
		for _, c := range f.captures {
			if c == v {
				found = true
				break
			}
		}
		if found {
			return
		}
		f.captures, f.capturedAt = append(f.captures, v), append(f.capturedAt, pos)
	}
}

// posOf reports where the compiler says that an expression is: at its operator, dot or
// bracket.
func posOf(e ast.Expr) token.Pos {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return dotOf(e.X, e.Sel.Pos())
	case *ast.TypeAssertExpr:
		return dotOf(e.X, e.Lparen)
	case *ast.CallExpr:
		return e.Lparen
	case *ast.IndexExpr:
		return e.Lbrack
	case *ast.IndexListExpr:
		return e.Lbrack
	case *ast.SliceExpr:
		return e.Lbrack
	case *ast.CompositeLit:
		return e.Lbrace
	case *ast.BinaryExpr:
		return e.OpPos
	case *ast.KeyValueExpr:
		return e.Colon
	}
	return e.Pos()
}

// dotOf reports where the dot between x and what comes next is: go/ast does not keep it.
// After x there can be a blank or a comment only where gofmt has not been.
func dotOf(x ast.Expr, next token.Pos) token.Pos {
	if p, ok := x.(*ast.ParenExpr); ok {
		return p.Rparen + 1
	}
	return x.End()
}

// object returns the variable, function or nil that an expression names.
func (l *lowerer) object(e ast.Expr) (types.Object, []types.Type) {
	switch x := e.(type) {
	case *ast.IndexExpr:
		if obj, args := l.object(ast.Unparen(x.X)); len(args) > 0 {
			return obj, args
		}
		return nil, nil
	case *ast.IndexListExpr:
		return l.object(ast.Unparen(x.X))
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			if _, ok := l.src.Info.Uses[id].(*types.PkgName); ok {
				return l.object(x.Sel)
			}
		}
	case *ast.Ident:
		var args []types.Type
		if inst, ok := l.src.Info.Instances[x]; ok {
			for t := range inst.TypeArgs.Types() {
				args = append(args, l.sub.typ(t))
			}
		}
		if obj := l.src.Info.Uses[x]; obj != nil {
			return obj, args
		}
		return l.src.Info.Defs[x], args
	}
	return nil, nil
}

// expr lowers an expression.
func (l *lowerer) expr(e ast.Expr) *node {
	l.enter(e)
	defer func() { l.depth-- }()
	e = ast.Unparen(e)
	pos := posOf(e)
	if tv, ok := l.src.Info.Types[e]; ok {
		switch {
		case tv.Value != nil:
			return &node{op: opLit, pos: pos, typ: l.idealType(tv), val: tv.Value}
		case tv.IsNil():
			return &node{op: opNil, pos: pos, typ: types.Typ[types.UntypedNil]}
		case tv.IsType():
			return &node{op: opType, pos: pos, typ: l.sub.typ(tv.Type)}
		}
	}
	if obj, args := l.object(e); obj != nil {
		switch obj := obj.(type) {
		case *types.Func:
			return l.funcRef(pos, obj, args, l.typ(e))
		case *types.Var:
			if v := l.vars[obj]; v != nil {
				return l.use(v, pos)
			}
			if obj.Parent() == nil || obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope() {
				l.a.failAt(l.src, e, "the variable %.40s is not declared", obj.Name())
			}
			return &node{op: opGlobal, pos: pos, typ: obj.Type(), sel: l.a.qualified(obj)}
		case *types.Nil:
			return &node{op: opNil, pos: pos, typ: types.Typ[types.UntypedNil]}
		}
		l.a.failAt(l.src, e, "%.40s is no value", obj.Name())
	}
	switch x := e.(type) {
	case *ast.CompositeLit:
		return l.compLit(x)
	case *ast.FuncLit:
		return l.funcLit(x)
	case *ast.SelectorExpr:
		return l.selector(x)
	case *ast.IndexExpr:
		return l.index(x)
	case *ast.SliceExpr:
		return l.slice(x)
	case *ast.TypeAssertExpr:
		return &node{op: opDotType, pos: pos, typ: one(l.typ(x)), x: l.expr(x.X), implicit: l.dynamic(one(l.raw(x)), l.raw(x.X))}
	case *ast.StarExpr:
		return &node{op: opDeref, pos: pos, typ: l.typ(x), x: l.expr(x.X)}
	case *ast.UnaryExpr:
		return l.unary(x)
	case *ast.BinaryExpr:
		return l.binary(x)
	case *ast.CallExpr:
		return l.call(x)
	}
	l.a.failAt(l.src, e, "unexpected expression %T", e)
	return nil
}

// one returns the first type of a tuple, as of a comma-ok form.
func one(t types.Type) types.Type {
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		return tuple.At(0).Type()
	}
	return t
}

func (a *analysis) qualified(obj types.Object) string {
	if obj.Pkg() == nil || obj.Pkg() == a.root.Types {
		return obj.Name()
	}
	return obj.Pkg().Name() + "." + obj.Name()
}

// funcRef returns a reference to a declared function.
func (l *lowerer) funcRef(pos token.Pos, obj *types.Func, args []types.Type, t types.Type) *node {
	n := &node{op: opFunc, pos: pos, typ: t, sel: l.a.qualified(obj), fn: l.inst(obj, args)}
	if n.fn != nil && n.fn.generic {
		n.sel = n.fn.name
	}
	if !l.direct && slices.ContainsFunc(args, func(t types.Type) bool { return hasShape(t) }) {
		l.temp(pos, types.Typ[types.Uintptr]) // a literal is made, which holds the dictionary
	}
	l.direct = false
	return n
}

func (l *lowerer) unary(e *ast.UnaryExpr) *node {
	switch e.Op {
	case token.AND:
		return l.addr(e.OpPos, l.expr(e.X))
	case token.ARROW:
		return &node{op: opRecv, pos: e.OpPos, typ: one(l.typ(e)), x: l.expr(e.X)}
	}
	return &node{op: opUnary, tok: e.Op, pos: e.OpPos, typ: l.typ(e), x: l.expr(e.X)}
}

func (l *lowerer) binary(e *ast.BinaryExpr) *node {
	var common types.Type
	if e.Op != token.SHL && e.Op != token.SHR {
		x, y := l.raw(e.X), l.raw(e.Y)
		switch {
		case l.isNil(e.X):
			common = y
		case l.isNil(e.Y), types.AssignableTo(y, x) && !types.AssignableTo(x, y):
			common = x
		default:
			common = y
		}
	}
	n := &node{op: opBinary, tok: e.Op, pos: e.OpPos, typ: l.typ(e)}
	n.x = l.convert(common, e.X, true)
	n.y = l.convert(common, e.Y, true)
	switch {
	case e.Op == token.LAND || e.Op == token.LOR:
		n.op = opLogic
	case e.Op == token.ADD && isString(n.typ):
		return concat(n)
	}
	return n
}

// concat joins s + t to what s and t join already.
func concat(n *node) *node {
	out := &node{op: opAddStr, pos: n.pos, typ: n.typ}
	for _, x := range []*node{n.x, n.y} {
		if x.op == opAddStr {
			out.list = append(out.list, x.list...)
		} else {
			out.list = append(out.list, x)
		}
	}
	return out
}

// derived reports whether a type depends on the type parameters of the function, by
// itself or because the function declares it.
func (l *lowerer) derived(t types.Type) bool {
	return l.sub != nil && (hasTypeParam(t) || l.sub.typ(t) != t)
}

// needsTable reports whether an assertion asks for a table of methods: to Go 1.23 one to an
// interface did, too.
func (l *lowerer) needsTable(t types.Type) bool {
	switch {
	case l.a.rules.staticInterfaces:
		return !isInterface(t)
	}
	return true
}

// dynamic reports whether the type of an assertion, or what an interface of the type from
// needs to know of it, is looked up in the dictionary:
// cmd/compile/internal/noder/reader.go:exprType.
func (l *lowerer) dynamic(t, from types.Type) bool {
	if l.derived(t) {
		return true
	}
	i, ok := under(from).(*types.Interface)
	return ok && !i.Empty() && l.needsTable(t) && l.derived(from)
}
