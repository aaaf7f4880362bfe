package escape

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// field returns the i'th field of a struct, or of one that t points to.
func (l *lowerer) field(t types.Type, i int) *types.Var {
	s, ok := under(deref(t)).(*types.Struct)
	if !ok || i >= s.NumFields() {
		l.a.fail("a selection of no field")
	}
	return s.Field(i)
}

// dot selects the i'th field.
func (l *lowerer) dot(pos token.Pos, x *node, i int) *node {
	n := &node{op: opDot, pos: pos, x: x}
	t := x.typ
	if p, ok := under(t).(*types.Pointer); ok {
		n.op, t = opDotPtr, p.Elem()
	}
	n.field = l.field(t, i)
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
		// A field whose type is a shape is of the type that the source gives it.
		x.typ = l.typ(e)
		return x
	case types.MethodVal:
		recv, raw := l.receiver(e, sel)
		m := sel.Obj().(*types.Func)
		if isInterface(raw) && !isTypeParam(raw) && hasShape(recv.typ) {
			recv = &node{op: opConvNop, pos: recv.pos, typ: recv.typ, x: recv}
		}
		n := &node{op: opMethValue, pos: pos, typ: l.typ(e), x: recv, sel: m.Name()}
		if isTypeParam(raw) {
			return l.curried(n, m)
		}
		if !isInterface(raw) {
			n.fn = l.inst(m, l.recvArgs(raw))
			if l.ofInstance(raw) {
				return l.curried(n, m)
			}
		}
		return n
	}
	return l.methodExpr(e, sel, pos)
}

// receiver lowers what a method is selected from, and what the source leaves out
// between it and the receiver. It reports the receiver's type before type parameters
// are replaced, too, or one that points to it or is pointed to by it.
func (l *lowerer) receiver(e *ast.SelectorExpr, sel *types.Selection) (*node, types.Type) {
	x := l.expr(e.X)
	raw := l.raw(e.X)
	pos := posOf(e)
	index := sel.Index()
	for _, i := range index[:len(index)-1] {
		raw = l.field(raw, i).Type()
		x = l.dot(pos, x, i)
	}
	recv := sel.Obj().(*types.Func).Signature().Recv().Type()
	switch {
	case isPtrTo(raw, recv):
		x = &node{op: opDeref, implicit: true, pos: pos, typ: l.sub.typ(recv), x: x}
	case isPtrTo(recv, raw):
		x = l.addr(pos, x)
		x.implicit = true
	}
	return x, raw
}

// recvArgs returns the type arguments of a receiver.
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
	if core := coretype.Of(l.raw(e.X)); core != nil {
		if m, ok := core.(*types.Map); ok {
			return &node{op: opIndexMap, pos: pos, typ: one(l.typ(e)), x: x, y: l.convert(m.Key(), e.Index, true)}
		}
	}
	if isMap(x.typ) {
		return &node{op: opIndexMap, pos: pos, typ: one(l.typ(e)), x: x, y: l.expr(e.Index)}
	}
	return &node{op: opIndex, pos: pos, typ: l.typ(e), x: l.star(pos, x), y: l.expr(e.Index)}
}

// star dereferences a pointer to an array, which the source may leave out.
func (l *lowerer) star(pos token.Pos, x *node) *node {
	if p, ok := under(x.typ).(*types.Pointer); ok && isArray(p.Elem()) {
		return &node{op: opDeref, implicit: true, pos: pos, typ: p.Elem(), x: x}
	}
	return x
}

func (l *lowerer) slice(e *ast.SliceExpr) *node {
	x := l.expr(e.X)
	if isArray(x.typ) {
		x = l.addr(posOf(e), x)
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
