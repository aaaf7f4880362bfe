package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/orrery-go/orrery/internal/coretype"
)

// call lowers a call: of a function, a method, a type or a builtin.
func (l *lowerer) call(e *ast.CallExpr) *node {
	fun := ast.Unparen(e.Fun)
	tv := l.src.Info.Types[fun]
	if tv.IsType() {
		if len(e.Args) != 1 {
			l.a.failAt(l.src, e, "a conversion of %d values", len(e.Args))
		}
		return l.convert(tv.Type, e.Args[0], false)
	}
	if name, ok := l.builtinName(fun); ok {
		return l.builtin(e, name)
	}
	sig, ok := coretype.Of(l.raw(fun)).(*types.Signature)
	if !ok {
		l.a.failAt(l.src, e, "a call of no function")
	}
	n := &node{op: opCall, pos: e.Lparen, ddd: e.Ellipsis.IsValid()}
	l.callee(n, fun)
	l.nameCallee(n)
	args := l.multi(n.pos, l.paramType(sig, n.ddd), e.Args)
	if sig.Variadic() && !n.ddd {
		fixed := sig.Params().Len() - 1
		if len(args) < fixed {
			l.a.failAt(l.src, e, "too few arguments")
		}
		t := l.sub.typ(sig.Params().At(fixed).Type())
		last := &node{op: opNil, pos: n.pos, typ: t}
		if len(args) > fixed || !l.a.rules.noEmptyList {
			last = &node{op: opSliceLit, implicit: true, pos: n.pos, typ: t, list: append([]*node(nil), args[fixed:]...), length: int64(len(args) - fixed)}
		}
		args = append(args[:fixed:fixed], last)
		n.ddd = true
	}
	n.list = append(n.list, args...)
	results := l.sub.typ(sig.Results())
	n.typ = results
	if tuple, ok := results.(*types.Tuple); ok && tuple.Len() == 1 {
		n.typ = tuple.At(0).Type()
	}
	return n
}

// callee lowers what is called; the receiver of a method becomes the first argument.
func (l *lowerer) callee(n *node, fun ast.Expr) {
	e, ok := fun.(*ast.SelectorExpr)
	sel := l.src.Info.Selections[e]
	if !ok || sel == nil || sel.Kind() != types.MethodVal {
		obj, _ := l.object(fun)
		_, l.direct = obj.(*types.Func)
		n.x = l.expr(fun)
		if n.x.op == opFunc && n.x.fn != nil {
			if obj, args := l.object(fun); obj != nil {
				if n.sel = l.a.dictionary(obj, args); n.sel == "" {
					n.sel = l.subDictionary(obj, l.rawArgs(fun))
				}
			}
		}
		return
	}
	pos := posOf(e)
	m := sel.Obj().(*types.Func)
	recv, raw := l.receiver(e, sel)
	sig := l.sub.typ(m.Type())
	switch {
	case isTypeParam(raw):
		n.x = l.dictMethod(pos, raw, recv, m, sig)
		n.list = []*node{recv}
	case isInterface(raw):
		n.op = opCallInter
		n.x = &node{op: opDotInter, pos: pos, typ: sig, x: recv, sel: m.Name()}
		l.fn.calls = append(l.fn.calls, n)
	default:
		n.x = &node{op: opMethExpr, pos: pos, typ: sig, x: &node{op: opType, pos: pos, typ: recv.typ}, sel: m.Name(), fn: l.inst(m, l.recvArgs(raw))}
		n.list = []*node{recv}
		if named, ok := types.Unalias(deref(recv.typ)).(*types.Named); ok && n.x.fn != nil {
			if n.sel = l.a.dictionary(named.Obj(), l.recvArgs(raw)); n.sel == "" {
				n.sel = l.subDictionary(named.Origin().Obj(), typeArgs(raw))
			}
			if n.sel != "" {
				n.x.x.typ = l.a.shapes.receiver(recv.typ, named)
			}
		}
	}
}

// dictionary returns the text of the dictionary that a call passes to an instance, after
// the receiver: obj is the function or the method's type. It is "" if there is none, or
// if it is one in the caller's own dictionary.
func (a *analysis) dictionary(obj types.Object, args []types.Type) string {
	if len(args) == 0 {
		return ""
	}
	p := printer{a: a, link: true}
	p.str("&")
	if obj.Pkg() != nil && obj.Pkg() != a.root.Types {
		p.str(obj.Pkg().Name() + ".")
	}
	p.str(".dict." + obj.Name() + "[")
	for i, t := range args {
		if hasShape(t) {
			return ""
		}
		if i > 0 {
			p.str(",")
		}
		p.typ(t)
	}
	p.str("]")
	return p.String()
}

// dictMethod returns a method of a type parameter: the instance's dictionary has the
// function, which nobody knows before the program runs.
func (l *lowerer) dictMethod(pos token.Pos, raw types.Type, recv *node, m *types.Func, sig types.Type) *node {
	if s, ok := sig.(*types.Signature); ok {
		params := []*types.Var{types.NewParam(token.NoPos, nil, "", recv.typ)}
		for v := range s.Params().Variables() {
			params = append(params, v)
		}
		sig = types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), s.Results(), s.Variadic())
	}
	root := l.instance()
	if root.dict == nil {
		return &node{op: opNil, pos: pos, typ: sig}
	}
	d := l.use(root.dict, pos)
	word := &node{op: opIndex, pos: pos, typ: types.Typ[types.Uintptr], x: l.star(pos, d), y: intLit(pos, int64(l.a.dictIndex(l.dict, raw, m)))}
	return &node{op: opConvNop, pos: pos, typ: sig, x: &node{op: opAddr, pos: pos, typ: types.NewPointer(word.typ), x: word}}
}

// dictIndex is the place of a method in a dictionary.
func (a *analysis) dictIndex(owner types.Object, t types.Type, m *types.Func) int {
	p, ok := types.Unalias(t).(*types.TypeParam)
	if d := a.dictionaryOf(owner); d != nil && ok {
		return d.method(p.Index(), m.Name())
	}
	return 0
}

// typeArgs are the type arguments of a type, or of what it points to, as the source has
// them.
func typeArgs(t types.Type) []types.Type {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok {
		return nil
	}
	var args []types.Type
	for arg := range n.TypeArgs().Types() {
		args = append(args, arg)
	}
	return args
}

// rawArgs are the type arguments of a function's instance, as the source has them.
func (l *lowerer) rawArgs(fun ast.Expr) []types.Type {
	plain := lowerer{a: l.a, src: l.src}
	_, args := plain.object(fun)
	return args
}

// nameCallee computes what is called before the call, if that takes a call itself:
// f()() is tmp := f(); tmp(). typecheck/typecheck.go:RewriteNonNameCall.
func (l *lowerer) nameCallee(n *node) {
	p := &n.x
	if n.x.op == opDotInter {
		p = &n.x.x
	}
	found := false
	visit(*p, func(c *node) {
		switch c.op {
		case opAppend, opCall, opCallInter, opBuiltin, opCopy, opMinMax, opPanic, opClear, opUnsafe, opUnsafeData, opMakeSlice, opMakeMap, opMakeChan, opRecv:
			found = true
		}
	})
	if !found {
		return
	}
	tmp := l.temp(n.pos, (*p).typ)
	set := &node{op: opAssign, pos: n.pos, x: l.use(tmp, n.pos), y: *p, init: []*node{{op: opDcl, pos: n.pos, v: tmp}}}
	*p = l.use(tmp, n.pos)
	n.init = append(n.init, set)
}

// paramType returns the type of the i'th argument's parameter.
func (l *lowerer) paramType(sig *types.Signature, ddd bool) func(int) types.Type {
	return func(i int) types.Type {
		last := sig.Params().Len() - 1
		switch {
		case sig.Variadic() && !ddd && i >= last:
			return elem(sig.Params().At(last).Type())
		case i > last:
			l.a.fail("more arguments than parameters")
		}
		return sig.Params().At(i).Type()
	}
}

// multi lowers a list of values whose i'th becomes one of type dst(i). A call or a
// comma-ok form that gives several goes through variables made for them.
func (l *lowerer) multi(pos token.Pos, dst func(int) types.Type, exprs []ast.Expr) []*node {
	if len(exprs) == 1 {
		if tuple, ok := l.raw(exprs[0]).(*types.Tuple); ok {
			return l.unpack(pos, dst, exprs[0], tuple)
		}
	}
	out := make([]*node, len(exprs))
	for i, e := range exprs {
		out[i] = l.convert(dst(i), e, true)
	}
	return out
}

func (l *lowerer) unpack(pos token.Pos, dst func(int) types.Type, e ast.Expr, tuple *types.Tuple) []*node {
	set := &node{op: opAssignOf, pos: pos, def: true, x: l.expr(e)}
	out := make([]*node, tuple.Len())
	for i := range out {
		src := tuple.At(i).Type()
		t := l.sub.typ(src)
		if isUntyped(t) {
			t = types.Default(t)
		}
		tmp := l.temp(pos, t)
		tmp.defn = set
		set.init = append(set.init, &node{op: opDcl, pos: pos, v: tmp})
		set.list = append(set.list, l.use(tmp, pos))
		out[i] = l.use(tmp, pos)
		if d := dst(i); d != nil && !types.Identical(src, d) {
			out[i] = conversion(pos, l.sub.typ(d), out[i], true)
		}
	}
	if out[0].op == opLocal {
		// A variable has no room for the statement (ir/node.go:InitExpr).
		out[0] = &node{op: opConvNop, pos: pos, typ: out[0].typ, x: out[0]}
	}
	out[0].init = []*node{set}
	return out
}

// builtinName returns the builtin that an expression names.
func (l *lowerer) builtinName(fun ast.Expr) (string, bool) {
	var id *ast.Ident
	switch f := fun.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return "", false
	}
	b, ok := l.src.Info.Uses[id].(*types.Builtin)
	if !ok {
		return "", false
	}
	return b.Name(), true
}

func (l *lowerer) builtin(e *ast.CallExpr, name string) *node {
	n := &node{op: opBuiltin, pos: e.Lparen, typ: l.raw(e), sel: name, ddd: e.Ellipsis.IsValid()}
	if t := l.src.Info.TypeOf(e); t != nil {
		n.typ = l.sub.typ(t)
	}
	if len(e.Args) == 0 && name != "recover" && name != "print" && name != "println" {
		l.a.failAt(l.src, e, "%s without arguments", name)
	}
	switch name {
	case "make":
		return l.makeCall(n, e)
	case "new":
		return l.newCall(n, e)
	case "Sizeof", "Alignof", "Offsetof":
		// Not constant in the source, of a type parameter's type: it is in the
		// instance, and the argument is never looked at.
		return &node{op: opLit, pos: n.pos, typ: n.typ, val: constant.MakeInt64(l.measure(name, e.Args[0]))}
	}
	sig, _ := coretype.Of(l.raw(ast.Unparen(e.Fun))).(*types.Signature)
	var args []*node
	if sig != nil && len(e.Args) > 0 {
		args = l.multi(n.pos, l.paramType(sig, n.ddd), e.Args)
	} else {
		args = l.multi(n.pos, func(int) types.Type { return nil }, e.Args)
	}
	n.list = args
	switch name {
	case "append":
		n.op = opAppend
		if c := args[len(args)-1]; n.ddd && c.implicit && c.op == opConvNop {
			args[len(args)-1] = c.x
		}
	case "copy":
		n.op = opCopy
	case "panic":
		n.op = opPanic
	case "clear":
		n.op = opClear
	case "min", "max":
		n.op = opMinMax
	case "Add", "Slice", "String":
		n.op = opUnsafe
		n.sel = "unsafe." + name
	case "StringData", "SliceData":
		n.op = opUnsafeData
		n.sel = "unsafe." + name
	default:
		return n
	}
	if n.op != opAppend && n.op != opMinMax {
		n.list = nil
		n.x = args[0]
		n.x.panics = n.op == opPanic
		if len(args) > 1 {
			n.y = args[1]
		}
	}
	return n
}

func (l *lowerer) makeCall(n *node, e *ast.CallExpr) *node {
	switch coretype.Of(l.raw(e.Args[0])).(type) {
	case *types.Slice:
		n.op = opMakeSlice
	case *types.Map:
		n.op = opMakeMap
	case *types.Chan:
		n.op = opMakeChan
	default:
		l.a.failAt(l.src, e, "make of no slice, map or channel")
	}
	if len(e.Args) > 1 {
		n.x = l.expr(e.Args[1])
	}
	if len(e.Args) > 2 {
		n.y = l.expr(e.Args[2])
	}
	if n.op == opMakeSlice && n.x == nil {
		l.a.failAt(l.src, e, "make of a slice without a length")
	}
	if n.x != nil && n.op == opMakeSlice && n.x.op == opLit && isUntyped(n.x.typ) {
		n.x.typ = types.Typ[types.Int]
	}
	return n
}

// newCall lowers new(T), and new(x), which is &tmp after tmp := x.
func (l *lowerer) newCall(n *node, e *ast.CallExpr) *node {
	arg := ast.Unparen(e.Args[0])
	if l.src.Info.Types[arg].IsType() {
		n.op = opNew
		n.x = &node{op: opType, pos: posOf(arg), typ: l.typ(arg), implicit: l.derived(l.raw(arg))}
		return n
	}
	x := l.expr(arg)
	if isUntyped(x.typ) {
		x.typ = types.Default(x.typ)
	}
	tmp := l.temp(n.pos, x.typ)
	set := &node{op: opAssign, pos: n.pos, x: l.use(tmp, n.pos), y: x}
	tmp.defn = nil // the assignment is not the one that the compiler notes
	a := l.addr(n.pos, l.use(tmp, n.pos))
	a.init = []*node{{op: opDcl, pos: n.pos, v: tmp}, set}
	return a
}

// measure returns what unsafe.Sizeof, Alignof or Offsetof is in an instance.
func (l *lowerer) measure(name string, arg ast.Expr) int64 {
	arg = ast.Unparen(arg)
	switch name {
	case "Sizeof":
		return l.a.arch.Sizeof(l.typ(arg))
	case "Alignof":
		return l.a.arch.Alignof(l.typ(arg))
	}
	e, ok := arg.(*ast.SelectorExpr)
	if !ok {
		return 0
	}
	var offset int64
	if sel := l.src.Info.Selections[e]; sel != nil {
		t := l.typ(e.X)
		for _, i := range sel.Index() {
			s, ok := under(deref(t)).(*types.Struct)
			if !ok || i >= s.NumFields() {
				break
			}
			offset += l.a.arch.Offsetsof(slices.Collect(s.Fields()))[i]
			t = s.Field(i).Type()
		}
	}
	return offset
}
