package escape

import (
	"go/ast"
	"go/token"
	"go/types"
)

// ofInstance reports whether methods of a receiver's type need a dictionary that only
// the caller's own has.
func (l *lowerer) ofInstance(raw types.Type) bool {
	for _, t := range l.recvArgs(raw) {
		if hasShape(t) {
			return true
		}
	}
	return false
}

// methodExpr lowers T.M. Where M is of an embedded type, or of what T points to, a
// wrapper is called; but its tags are those of M, to which the arguments go as they are.
func (l *lowerer) methodExpr(e *ast.SelectorExpr, sel *types.Selection, pos token.Pos) *node {
	t := l.raw(e.X)
	m := sel.Obj().(*types.Func)
	n := &node{op: opMethExpr, def: true, pos: pos, typ: l.typ(e), x: &node{op: opType, pos: pos, typ: l.sub.typ(t)}, sel: m.Name()}
	if isTypeParam(t) {
		return l.dictMethod(pos, t, n.x, m, l.sub.typ(m.Type()))
	}
	implicit := sel.Index()[:len(sel.Index())-1]
	for _, i := range implicit {
		t = l.field(t, i).Type()
	}
	if !isInterface(t) {
		n.fn = l.inst(m, l.recvArgs(t))
	}
	recv := m.Signature().Recv().Type()
	deref, addr := isPtrTo(t, recv), isPtrTo(recv, t)
	switch {
	case isInterface(t) && len(implicit) > 0 && hasShape(n.x.typ):
	case !isInterface(t) && l.ofInstance(t):
	default:
		return n
	}
	// A literal passes its parameters on, with the dictionary.
	f, in := l.wrapper(pos, m, n.x.typ)
	out := &node{op: opClosure, pos: pos, typ: n.typ, fn: f}
	passed := "" // the dictionary
	if root := l.instance(); root.dict != nil && !isInterface(t) {
		dict := l.temp(pos, root.dict.typ)
		set := &node{op: opAssign, pos: pos, x: l.use(dict, pos), y: l.use(root.dict, pos)}
		dict.defn = set
		passed = dict.name
		capture(f, dict, dict.pos)
		out.init = []*node{{op: opDcl, pos: pos, v: dict}, set}
	}
	x := in.use(f.params[0], pos)
	for _, i := range implicit {
		x = in.dot(pos, x, i)
	}
	if deref {
		x = &node{op: opDeref, implicit: true, pos: pos, typ: l.sub.typ(recv), x: x}
	} else if addr {
		x = in.addr(pos, x)
		x.implicit = true
	}
	callee := &node{op: opMethExpr, pos: pos, typ: n.typ, x: &node{op: opType, pos: pos, typ: x.typ}, sel: n.sel, fn: n.fn}
	in.passOn(pos, callee, passed, x, f.params[1:], m.Signature().Variadic())
	return out
}

// curried returns a method value that needs a dictionary: a literal made for it, which
// captures the receiver.
func (l *lowerer) curried(n *node, m *types.Func) *node {
	f, in := l.wrapper(n.pos, m, nil)
	var word *variable // the method of a type parameter, or a dictionary
	if n.fn == nil {
		word = l.temp(n.pos, types.Typ[types.Uintptr])
	}
	tmp := l.temp(n.pos, n.x.typ)
	capture(f, tmp, tmp.pos)
	callee, passed := &node{op: opMethExpr, pos: n.pos, typ: n.typ, x: &node{op: opType, typ: n.x.typ}, sel: n.sel, fn: n.fn}, ""
	if word == nil {
		word = l.temp(n.pos, types.Typ[types.Uintptr])
		passed = word.name
	} else {
		callee = &node{op: opLocal, pos: n.pos, typ: word.typ, v: word}
	}
	capture(f, word, n.pos)
	set := &node{op: opAssign, pos: n.pos, x: l.use(tmp, n.pos), y: n.x}
	tmp.defn = set
	recv := &node{op: opLocal, pos: n.pos, typ: tmp.typ, v: tmp}
	in.passOn(n.pos, callee, passed, recv, f.params, m.Signature().Variadic())
	return &node{op: opClosure, pos: n.pos, typ: n.typ, fn: f, init: []*node{{op: opDcl, pos: n.pos, v: tmp}, set}}
}

// instance returns the function around all literals: it has the dictionary.
func (l *lowerer) instance() *function {
	f := l.fn
	for f.outer != nil {
		f = f.outer
	}
	return f
}

// wrapper makes a literal with the parameters and results of a method, after one of type
// recv, if that is not nil. They have no names, as in cmd/compile/internal/noder/
// reader.go:syntheticSig.
func (l *lowerer) wrapper(pos token.Pos, m *types.Func, recv types.Type) (*function, *lowerer) {
	f := l.a.newLiteral(l.fn, pos, "", nil)
	f.wrapper = true
	in := &lowerer{a: l.a, src: l.src, file: l.file, fn: f, vars: map[*types.Var]*variable{}, depth: l.depth}
	var params, results []*types.Var
	unnamed := func(t types.Type) *types.Var { return types.NewParam(token.NoPos, nil, "", t) }
	if recv != nil {
		params = append(params, unnamed(recv))
	}
	sig := l.sub.typ(m.Type()).(*types.Signature) // a signature stays one
	for v := range sig.Params().Variables() {
		params = append(params, unnamed(v.Type()))
	}
	for v := range sig.Results().Variables() {
		results = append(results, unnamed(v.Type()))
	}
	in.signature(types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), sig.Variadic()))
	return f, in
}

// passOn is the body of a wrapper: it returns what the method returns, to which it passes
// a dictionary as well.
func (l *lowerer) passOn(pos token.Pos, callee *node, dict string, recv *node, params []*variable, variadic bool) {
	f := l.fn
	call := &node{op: opCall, pos: pos, x: callee, sel: dict, list: []*node{recv}, ddd: variadic}
	for _, p := range params {
		call.list = append(call.list, l.use(p, pos))
	}
	var vars []*types.Var
	for _, r := range f.results {
		vars = append(vars, types.NewParam(token.NoPos, nil, "", r.typ))
	}
	call.typ = types.NewTuple(vars...)
	switch len(f.results) {
	case 0:
		f.body = []*node{call}
		return
	case 1:
		call.typ = f.results[0].typ
		f.body = []*node{{op: opReturn, pos: pos, list: []*node{call}}}
		return
	}
	set := &node{op: opAssignOf, pos: pos, def: true, x: call}
	ret := &node{op: opReturn, pos: pos}
	for _, r := range f.results {
		tmp := l.temp(pos, r.typ)
		set.init = append(set.init, &node{op: opDcl, pos: pos, v: tmp})
		set.list = append(set.list, l.use(tmp, pos))
		ret.list = append(ret.list, l.use(tmp, pos))
	}
	f.body = []*node{set, ret}
}
