package escape

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// A lowerer makes nodes of the source of one function and the literals in it, as
// cmd/compile/internal/noder does.
type lowerer struct {
	a     *analysis
	src   *source
	file  *ast.File
	sub   substitution // of an instance
	dict  types.Object // whose dictionary it has
	fn    *function
	vars  map[*types.Var]*variable
	loops []*rangeLoop // over functions, the innermost last
	depth int
}

// typ is the type of an expression, type parameters replaced.
func (l *lowerer) typ(e ast.Expr) types.Type { return l.sub.typ(l.raw(e)) }

// raw is the type of an expression as the source has it.
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

// use is a reference to a variable; literals between it and its function capture it.
func (l *lowerer) use(v *variable, pos token.Pos) *node {
	capture(l.fn, v)
	return &node{op: opLocal, pos: pos, typ: v.typ, v: v}
}

func capture(f *function, v *variable) {
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
		f.captures = append(f.captures, v)
	}
}

// posOf is where the compiler says that an expression is: at its operator, dot or
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

// dotOf is where the dot between x and what comes next is: go/ast does not keep it.
// After x there can be a blank or a comment only where gofmt has not been.
func dotOf(x ast.Expr, next token.Pos) token.Pos {
	if p, ok := x.(*ast.ParenExpr); ok {
		return p.Rparen + 1
	}
	return x.End()
}

// object is the variable, function or nil that an expression names.
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
		return &node{op: opDotType, pos: pos, typ: one(l.typ(x)), x: l.expr(x.X)}
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

// one is the first type of a tuple, as of a comma-ok form.
func one(t types.Type) types.Type {
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		return tuple.At(0).Type()
	}
	return t
}

// idealType gives a constant a type where the language leaves it untyped.
func (l *lowerer) idealType(tv types.TypeAndValue) types.Type {
	t := types.Unalias(l.sub.typ(tv.Type))
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		switch b.Kind() {
		case types.UntypedInt, types.UntypedFloat, types.UntypedRune:
			return types.Typ[types.Uint] // the count of a shift
		}
		return types.Default(b)
	}
	return t
}

func (a *analysis) qualified(obj types.Object) string {
	if obj.Pkg() == nil || obj.Pkg() == a.root.Types {
		return obj.Name()
	}
	return obj.Pkg().Name() + "." + obj.Name()
}

// funcRef is a reference to a declared function.
func (l *lowerer) funcRef(pos token.Pos, obj *types.Func, args []types.Type, t types.Type) *node {
	n := &node{op: opFunc, pos: pos, typ: t, sel: l.a.qualified(obj), fn: l.a.funcOf(obj, args)}
	if n.fn != nil && n.fn.generic {
		n.sel = n.fn.name
	}
	return n
}

// dot selects the i'th field.
func (l *lowerer) dot(pos token.Pos, x *node, i int) *node {
	n := &node{op: opDot, pos: pos, x: x}
	t := x.typ
	if p, ok := under(t).(*types.Pointer); ok {
		n.op, t = opDotPtr, p.Elem()
	}
	s, ok := under(t).(*types.Struct)
	if !ok || i >= s.NumFields() {
		l.a.fail("a selection of no field")
	}
	n.field = s.Field(i)
	n.sel, n.typ = n.field.Name(), n.field.Type()
	return n
}

func (l *lowerer) selector(e *ast.SelectorExpr) *node {
	sel := l.src.Info.Selections[e]
	if sel == nil {
		l.a.failAt(l.src, e, "the types.Info has no selection for %.40s", e.Sel.Name)
	}
	pos := posOf(e)
	switch sel.Kind() {
	case types.FieldVal:
		x := l.expr(e.X)
		for _, i := range sel.Index() {
			x = l.dot(pos, x, i)
		}
		return x
	case types.MethodVal:
		recv, raw := l.receiver(e, sel)
		m := sel.Obj().(*types.Func)
		n := &node{op: opMethValue, pos: pos, typ: l.typ(e), x: recv, sel: m.Name()}
		if isTypeParam(raw) {
			return l.curried(n)
		}
		if !isInterface(raw) {
			args := l.recvArgs(raw)
			n.fn = l.a.funcOf(m, args)
			for _, t := range args {
				if hasShape(t, 0) {
					return l.curried(n)
				}
			}
		}
		return n
	}
	return l.methodExpr(e, sel, pos)
}

// curried is a method value that needs a dictionary: a literal made for it, which
// captures the receiver.
func (l *lowerer) curried(n *node) *node {
	f := l.a.newLiteral(l.fn, n.pos, "", n.typ)
	f.wrapper = true
	tmp := l.temp(n.pos, n.x.typ)
	capture(f, tmp)
	set := &node{op: opAssign, pos: n.pos, x: l.use(tmp, n.pos), y: n.x}
	tmp.defn = set
	call := &node{op: opCall, pos: n.pos, x: &node{op: opMethExpr, pos: n.pos, x: &node{op: opType, typ: n.x.typ}, sel: n.sel, fn: n.fn}}
	call.list = append(call.list, &node{op: opLocal, pos: n.pos, typ: tmp.typ, v: tmp})
	call.typ = types.NewTuple()
	f.body = []*node{call}
	return &node{op: opClosure, pos: n.pos, typ: n.typ, fn: f, init: []*node{{op: opDcl, pos: n.pos, v: tmp}, set}}
}

// methodExpr lowers T.M.
func (l *lowerer) methodExpr(e *ast.SelectorExpr, sel *types.Selection, pos token.Pos) *node {
	t := l.raw(e.X)
	m := sel.Obj().(*types.Func)
	n := &node{op: opMethExpr, def: true, pos: pos, typ: l.typ(e), x: &node{op: opType, pos: pos, typ: l.sub.typ(t)}, sel: m.Name()}
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if s, ok := under(deref(t)).(*types.Struct); ok {
			t = s.Field(i).Type()
		}
	}
	recv := m.Signature().Recv().Type()
	// A wrapper is called where the receiver is embedded or pointed to; what it
	// passes on, it passes on as it is.
	if !isTypeParam(t) && !isInterface(t) && len(sel.Index()) == 1 && !isPtrTo(t, recv) {
		n.fn = l.a.funcOf(m, l.recvArgs(t))
	}
	return n
}

// receiver lowers what a method is selected from, and what the source leaves out
// between it and the receiver. It reports the receiver's type before type parameters
// are replaced, too.
func (l *lowerer) receiver(e *ast.SelectorExpr, sel *types.Selection) (*node, types.Type) {
	x := l.expr(e.X)
	raw := l.raw(e.X)
	pos := posOf(e)
	index := sel.Index()
	for _, i := range index[:len(index)-1] {
		s, ok := under(deref(raw)).(*types.Struct)
		if !ok || i >= s.NumFields() {
			l.a.failAt(l.src, e, "a selection of no method")
		}
		raw = s.Field(i).Type()
		x = l.dot(pos, x, i)
	}
	recv := sel.Obj().(*types.Func).Signature().Recv().Type()
	switch {
	case isPtrTo(raw, recv):
		x = &node{op: opDeref, implicit: true, pos: pos, typ: l.sub.typ(recv), x: x}
		raw = recv
	case isPtrTo(recv, raw):
		x = l.addr(pos, x)
		x.implicit = true
		raw = recv
	}
	return x, raw
}

// recvArgs are the type arguments of a receiver.
func (l *lowerer) recvArgs(t types.Type) []types.Type {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok {
		return nil
	}
	var args []types.Type
	for t := range n.TypeArgs().Types() {
		args = append(args, l.sub.typ(t))
	}
	return args
}

// addr takes an address.
func (l *lowerer) addr(pos token.Pos, x *node) *node {
	n := &node{op: opAddr, pos: pos, typ: types.NewPointer(x.typ), x: x}
	switch x.op {
	case opArrayLit, opSliceLit, opStructLit, opMapLit:
		n.op = opPtrLit
	default:
		if o := outerValue(x); o.op == opLocal {
			o.v.addrTaken = true
		}
	}
	return n
}

func (l *lowerer) index(e *ast.IndexExpr) *node {
	x := l.expr(e.X)
	pos := posOf(e)
	if core := coreOf(l.raw(e.X)); core != nil {
		if m, ok := core.(*types.Map); ok {
			return &node{op: opIndexMap, pos: pos, typ: one(l.typ(e)), x: x, y: l.convert(m.Key(), e.Index, true)}
		}
	}
	if isMap(x.typ) {
		return &node{op: opIndexMap, pos: pos, typ: one(l.typ(e)), x: x, y: l.expr(e.Index)}
	}
	return &node{op: opIndex, pos: pos, typ: l.typ(e), x: l.star(x), y: l.expr(e.Index)}
}

// star dereferences a pointer to an array, which the source may leave out.
func (l *lowerer) star(x *node) *node {
	if p, ok := under(x.typ).(*types.Pointer); ok && isArray(p.Elem()) {
		return &node{op: opDeref, implicit: true, pos: x.pos, typ: p.Elem(), x: x}
	}
	return x
}

func (l *lowerer) slice(e *ast.SliceExpr) *node {
	x := l.expr(e.X)
	if isArray(x.typ) {
		x = l.addr(x.pos, x)
		x.implicit = true
	}
	n := &node{op: opSlice, pos: posOf(e), typ: l.typ(e), x: x}
	for i, dst := range []**node{&n.y, &n.z, &n.w} {
		if part := []ast.Expr{e.Low, e.High, e.Max}[i]; part != nil {
			*dst = l.expr(part)
		}
	}
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

func (l *lowerer) isNil(e ast.Expr) bool {
	tv, ok := l.src.Info.Types[ast.Unparen(e)]
	return ok && tv.IsNil()
}

// coreOf is the core type of a type or type parameter, nil if it has none.
func coreOf(t types.Type) types.Type {
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return under(t)
	}
	i, ok := under(tp.Constraint()).(*types.Interface)
	if !ok {
		return nil
	}
	return coreOfInterface(i, 0)
}

func coreOfInterface(i *types.Interface, depth int) types.Type {
	if depth > 20 {
		return nil
	}
	var core types.Type
	for e := range i.EmbeddedTypes() {
		var c types.Type
		switch u := types.Unalias(e).(type) {
		case *types.Union:
			for t := range u.Terms() {
				tu := under(t.Type())
				if c != nil && !types.Identical(c, tu) {
					return nil
				}
				c = tu
			}
		default:
			c = under(e)
			if n, ok := c.(*types.Interface); ok {
				c = coreOfInterface(n, depth+1)
			}
		}
		if c != nil {
			core = c
		}
	}
	return core
}

// convert lowers an expression whose value becomes one of type dst (nil: of its
// own); implicitly, or by a conversion in the source.
func (l *lowerer) convert(dst types.Type, e ast.Expr, implicit bool) *node {
	if dst != nil && l.isNil(e) && implicit {
		return &node{op: opNil, pos: posOf(ast.Unparen(e)), typ: l.sub.typ(dst)}
	}
	if implicit && (dst == nil || types.Identical(l.raw(e), dst)) {
		return l.expr(e)
	}
	x := l.expr(e)
	if x.op == opNil {
		x.typ = l.sub.typ(dst)
	}
	return conversion(posOf(e), l.sub.typ(dst), x, implicit)
}

// conversion makes the node for a conversion: cmd/compile/internal/typecheck/
// subr.go:convertOp.
func conversion(pos token.Pos, dst types.Type, x *node, implicit bool) *node {
	n := &node{op: opConv, implicit: implicit, pos: pos, typ: dst, x: x}
	src := x.typ
	switch d := under(dst).(type) {
	case *types.Interface:
		n.op = opConvIface
		if s, ok := under(src).(*types.Interface); x.op == opNil || ok && (types.Identical(src, dst) || s.Empty() && d.Empty() || types.Identical(s, d) && (isShape(src) || isShape(dst))) {
			n.op = opConvNop
		}
		return n
	case *types.Basic:
		if d.Info()&types.IsString != 0 {
			switch s := under(src).(type) {
			case *types.Slice:
				n.op = opBytesToStr
				if b, ok := under(s.Elem()).(*types.Basic); ok && b.Kind() == types.Int32 {
					n.op = opRunesToStr
				}
				return n
			case *types.Basic:
				if s.Info()&types.IsInteger != 0 {
					n.op = opRuneToStr
					return n
				}
			}
		}
	case *types.Slice:
		if isString(src) {
			n.op = opStrToBytes
			if b, ok := under(d.Elem()).(*types.Basic); ok && b.Kind() == types.Int32 {
				n.op = opStrToRunes
				if x.op == opLit {
					return runes(n)
				}
			}
			return n
		}
	case *types.Array:
		if isSlice(src) {
			n.op = opSliceToArr
			return n
		}
	case *types.Pointer:
		if isSlice(src) {
			n.op = opSliceToArrPtr
			return n
		}
	}
	n.op = opConvNop
	if s, ok := under(src).(*types.Basic); ok {
		if d, ok := under(dst).(*types.Basic); ok && (s.Kind() != d.Kind() || s.Info()&(types.IsFloat|types.IsComplex) != 0) {
			if s.Kind() != types.UnsafePointer && d.Kind() != types.UnsafePointer && s.Info()&types.IsUntyped == 0 {
				n.op = opConv
			}
		}
	}
	return n
}

// runes is []rune("constant"): the compiler makes a slice literal of it.
func runes(n *node) *node {
	lit := &node{op: opSliceLit, pos: n.pos, typ: n.typ}
	if n.x.val.Kind() == constant.String {
		for _, r := range constant.StringVal(n.x.val) {
			lit.list = append(lit.list, &node{op: opLit, pos: n.pos, typ: elem(n.typ), val: constant.MakeInt64(int64(r))})
		}
	}
	return lit
}

func (l *lowerer) compLit(e *ast.CompositeLit) *node {
	raw := l.raw(e)
	pos := e.Lbrace
	ptr := false
	if p, ok := coreOf(raw).(*types.Pointer); ok {
		ptr, raw = true, p.Elem()
	}
	n := &node{pos: pos, typ: l.sub.typ(raw)}
	var key, el types.Type
	var fields *types.Struct
	switch t := coreOf(raw).(type) {
	case *types.Array:
		n.op, el = opArrayLit, t.Elem()
	case *types.Slice:
		n.op, el = opSliceLit, t.Elem()
	case *types.Map:
		n.op, key, el = opMapLit, t.Key(), t.Elem()
	case *types.Struct:
		n.op, fields = opStructLit, t
	default:
		l.a.failAt(l.src, e, "a composite literal of no composite type")
	}
	for i, x := range e.Elts {
		kv, keyed := x.(*ast.KeyValueExpr)
		el := el
		if fields != nil {
			if keyed {
				x = kv.Value
				name, ok := kv.Key.(*ast.Ident)
				if !ok {
					l.a.failAt(l.src, kv.Key, "a key that is no field")
				}
				i = fieldIndex(fields, l.src.Info.Uses[name], name.Name)
			}
			if i < 0 || i >= fields.NumFields() {
				l.a.failAt(l.src, e, "more values than fields")
			}
			el = fields.Field(i).Type()
		} else if keyed {
			x = kv.Value
		}
		value := l.convert(el, x, true)
		switch {
		case n.op == opMapLit && keyed:
			n.list = append(n.list, &node{op: opKey, pos: posOf(kv.Key), x: l.convert(key, kv.Key, true), y: value})
		default:
			n.list = append(n.list, value)
		}
	}
	if ptr {
		p := l.addr(pos, n)
		p.typ = l.typ(e)
		return p
	}
	return n
}

func fieldIndex(s *types.Struct, obj types.Object, name string) int {
	for i := range s.NumFields() {
		if s.Field(i) == obj {
			return i
		}
	}
	for i := range s.NumFields() {
		if s.Field(i).Name() == name {
			return i
		}
	}
	return -1
}

// newLiteral makes the function of a literal; why says for what, as its name tells.
func (a *analysis) newLiteral(outer *function, pos token.Pos, why string, t types.Type) *function {
	if outer.rangeFn {
		for outer.rangeFn {
			outer = outer.outer
		}
	}
	name := outer.name
	var n *int
	switch why {
	case "range":
		n, name = &outer.rangeLits, name+"-range"
	case "go":
		n, name = &outer.wrappers, name+".gowrap"
	case "defer":
		n, name = &outer.wrappers, name+".deferwrap"
	default:
		n = &outer.funcLits
		switch {
		case outer.pkgInit:
			name = "glob..func"
		case outer.literal:
			name += "."
		default:
			name += ".func"
		}
	}
	*n++
	a.functions++
	return &function{name: fmt.Sprintf("%s%d", name, *n), pos: pos, pkg: outer.pkg, literal: true, outer: outer, generic: outer.generic}
}

func (l *lowerer) funcLit(e *ast.FuncLit) *node {
	sig, ok := l.raw(e).(*types.Signature)
	if !ok {
		l.a.failAt(l.src, e, "a function literal of no function type")
	}
	f := l.a.newLiteral(l.fn, e.Pos(), "", nil)
	f.outer = l.fn
	inner := &lowerer{a: l.a, src: l.src, file: l.file, sub: l.sub, dict: l.dict, fn: f, vars: l.vars, depth: l.depth}
	inner.signature(sig)
	if e.Body != nil {
		f.body = inner.block(e.Body)
	}
	return &node{op: opClosure, pos: e.Pos(), typ: l.typ(e), fn: f}
}
