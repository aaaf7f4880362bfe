package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// idealType returns a constant a type where the language leaves it untyped.
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

func (l *lowerer) isNil(e ast.Expr) bool {
	tv, ok := l.src.Info.Types[ast.Unparen(e)]
	return ok && tv.IsNil()
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
				el := types.Type(types.Universe.Lookup("byte").Type())
				if b, ok := under(s.Elem()).(*types.Basic); ok && b.Kind() == types.Int32 {
					n.op = opRunesToStr
					el = types.Universe.Lookup("rune").Type()
				}
				if _, ok := types.Unalias(s.Elem()).(*types.Basic); !ok {
					n.x = &node{op: opConvNop, pos: x.pos, typ: types.NewSlice(el), x: x}
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
			lit.length++
			lit.list = append(lit.list, &node{op: opLit, pos: n.pos, typ: elem(n.typ), val: constant.MakeInt64(int64(r))})
		}
	}
	return lit
}
