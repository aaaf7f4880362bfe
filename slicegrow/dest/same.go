package dest

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// This file compares expressions as the compiler does, which has conversions and the names of
// embedded fields where the source may leave them out.

// sameSafe is cmd/compile/internal/ir/expr.go:SameSafeExpr: the two are the same
// and have no side effects.
func sameSafe(info *types.Info, x, y ast.Expr) bool {
	x, y = withoutNops(info, x), withoutNops(info, y)
	if isConstant(info, x) || isConstant(info, y) {
		return isConstant(info, x) && isConstant(info, y) && types.Identical(info.TypeOf(x), info.TypeOf(y)) &&
			constant.Compare(info.Types[x].Value, token.EQL, info.Types[y].Value)
	}
	switch x := x.(type) {
	case *ast.Ident:
		y, ok := y.(*ast.Ident)
		return ok && info.ObjectOf(x) != nil && info.ObjectOf(x) == info.ObjectOf(y)
	case *ast.SelectorExpr:
		y, ok := y.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		if info.Selections[x] == nil || info.Selections[y] == nil {
			return info.ObjectOf(x.Sel) == info.ObjectOf(y.Sel) // of a package
		}
		return samePath(info, x, y, 0)
	case *ast.StarExpr:
		y, ok := y.(*ast.StarExpr)
		return ok && sameSafe(info, x.X, y.X)
	case *ast.UnaryExpr:
		y, ok := y.(*ast.UnaryExpr)
		return ok && x.Op == y.Op && x.Op != token.ARROW && x.Op != token.AND && sameSafe(info, x.X, y.X)
	case *ast.BinaryExpr:
		y, ok := y.(*ast.BinaryExpr)
		return ok && x.Op == y.Op && arithmetic(info, x) && sameSafe(info, x.X, y.X) && sameSafe(info, x.Y, y.Y)
	case *ast.IndexExpr:
		y, ok := y.(*ast.IndexExpr)
		return ok && sameSafe(info, x.X, y.X) && sameSafe(info, x.Index, y.Index)
	case *ast.CallExpr: // a conversion between numbers
		y, ok := y.(*ast.CallExpr)
		return ok && ofNumbers(info, x) && ofNumbers(info, y) && types.Identical(info.TypeOf(x), info.TypeOf(y)) && sameSafe(info, x.Args[0], y.Args[0])
	}
	return false
}

// samePath reports whether two selections are of the same fields, except the last n of each,
// of the same expression.
func samePath(info *types.Info, x, y ast.Expr, n int) bool {
	baseX, pathX := path(info, x)
	baseY, pathY := path(info, y)
	if len(pathX) != len(pathY) {
		return false
	}
	for i := range len(pathX) - n {
		if pathX[i] != pathY[i] {
			return false
		}
	}
	return sameSafe(info, baseX, baseY)
}

// path returns the fields that selections select, those that are embedded included, and of
// which expression.
func path(info *types.Info, e ast.Expr) (base ast.Expr, fields []*types.Var) {
	for {
		x, ok := withoutNops(info, e).(*ast.SelectorExpr)
		if !ok {
			return e, fields
		}
		sel := info.Selections[x]
		if sel == nil || sel.Kind() != types.FieldVal {
			return e, fields
		}
		var own []*types.Var
		t := info.TypeOf(x.X)
		for _, i := range sel.Index() {
			if p, ok := coretype.Of(t).(*types.Pointer); ok {
				t = p.Elem()
			}
			s, ok := coretype.Of(t).(*types.Struct)
			if !ok {
				break
			}
			own = append(own, s.Field(i))
			t = s.Field(i).Type()
		}
		e, fields = x.X, append(own, fields...)
	}
}

// withoutNops takes away parentheses, and conversions that leave the value's memory as it is
// (OCONVNOP).
func withoutNops(info *types.Info, e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		x, ok := e.(*ast.CallExpr)
		if !ok || isConstant(info, e) || !info.Types[x.Fun].IsType() || len(x.Args) != 1 || !isNop(info.TypeOf(x.Args[0]), info.TypeOf(x)) {
			return e
		}
		e = x.Args[0]
	}
}

// isNop reports whether a conversion leaves a value's memory as it is:
// cmd/compile/internal/typecheck/subr.go:Convertop.
func isNop(from, to types.Type) bool {
	f, t := coretype.Of(from), coretype.Of(to)
	if f == nil || t == nil {
		return false
	}
	p, isPtr := f.(*types.Pointer)
	q, toPtr := t.(*types.Pointer)
	switch {
	case types.IdenticalIgnoreTags(f, t):
		return true
	case isPtr && toPtr:
		return types.IdenticalIgnoreTags(coretype.Of(p.Elem()), coretype.Of(q.Elem()))
	}
	return isUnsafe(f) && (toPtr || isBasic(t, types.Uintptr)) || isUnsafe(t) && (isPtr || isBasic(f, types.Uintptr))
}

func isUnsafe(t types.Type) bool { return isBasic(t, types.UnsafePointer) }

func isBasic(t types.Type, k types.BasicKind) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == k
}

// ofNumbers reports whether a call is a conversion of a number to a number (OCONV).
func ofNumbers(info *types.Info, e *ast.CallExpr) bool {
	return info.Types[e.Fun].IsType() && len(e.Args) == 1 && isNumber(info.TypeOf(e.Args[0])) && isNumber(info.TypeOf(e))
}

func isNumber(t types.Type) bool {
	b, ok := coretype.Of(t).(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// arithmetic reports whether an expression is a number that is made of two others.
func arithmetic(info *types.Info, e *ast.BinaryExpr) bool {
	return e.Op >= token.ADD && e.Op <= token.AND_NOT && isNumber(info.TypeOf(e))
}

// quiet reports whether an expression only reads: it is not what mayAffectMemory of
// cmd/compile/internal/escape/utils.go is true for.
func quiet(info *types.Info, e ast.Expr) bool {
	e = ast.Unparen(e)
	if isConstant(info, e) {
		return true
	}
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.BinaryExpr:
		return arithmetic(info, e) && quiet(info, e.X) && quiet(info, e.Y)
	case *ast.IndexExpr:
		_, isMap := coretype.Of(info.TypeOf(e.X)).(*types.Map)
		return !isMap && quiet(info, e.X) && quiet(info, e.Index)
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && e.Op != token.AND && quiet(info, e.X)
	case *ast.SelectorExpr:
		return info.Selections[e] == nil || info.Selections[e].Kind() == types.FieldVal && quiet(info, e.X)
	case *ast.StarExpr:
		return quiet(info, e.X)
	case *ast.CallExpr:
		if len(e.Args) != 1 {
			return false
		}
		name, _ := ast.Unparen(e.Fun).(*ast.Ident)
		switch tv := info.Types[e.Fun]; {
		case tv.IsBuiltin():
			return name != nil && (name.Name == "len" || name.Name == "cap") && quiet(info, e.Args[0])
		case tv.IsType():
			return (ofNumbers(info, e) || isNop(info.TypeOf(e.Args[0]), tv.Type)) && quiet(info, e.Args[0])
		}
	}
	return false
}

// steady reports whether the compiler leaves the left side of an assignment as it is, and
// computes no part of it before: cmd/compile/internal/walk/walk.go:safeExpr.
func steady(info *types.Info, e ast.Expr) bool {
	e = ast.Unparen(e)
	if isConstant(info, e) {
		return true
	}
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return info.Selections[e] == nil || steady(info, e.X)
	case *ast.StarExpr:
		return steady(info, e.X)
	case *ast.IndexExpr:
		return steady(info, e.X) && steady(info, e.Index)
	}
	return false
}

// selfAssign is escape.isSelfAssign: the object is assigned a part of itself.
func selfAssign(info *types.Info, dst, src ast.Expr) bool {
	dst, src = ast.Unparen(dst), ast.Unparen(src)
	if to, from := info.TypeOf(dst), info.TypeOf(src); to == nil || from == nil || !types.Identical(to, from) {
		return false // there is a conversion
	}
	if s, ok := src.(*ast.SliceExpr); ok { // p.buf = p.buf[n:m]
		_, array := coretype.Of(info.TypeOf(s.X)).(*types.Array)
		to, from := pointed(info, dst), pointed(info, s.X)
		return !array && to != nil && to == from
	}
	switch d := dst.(type) {
	case *ast.SelectorExpr:
		s, ok := src.(*ast.SelectorExpr)
		return ok && info.Selections[d] != nil && info.Selections[s] != nil && samePath(info, d, s, 1)
	case *ast.IndexExpr:
		s, ok := src.(*ast.IndexExpr)
		if !ok || !sameSafe(info, d.X, s.X) {
			return false
		}
		_, isMap := coretype.Of(info.TypeOf(d.X)).(*types.Map)
		return !isMap && quiet(info, d.Index) && quiet(info, s.Index)
	}
	return false
}

// pointed returns the variable p of *p and of p.f, where p is a pointer and f no field of an
// embedded one; nil for all else.
func pointed(info *types.Info, e ast.Expr) types.Object {
	var x ast.Expr
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		x = e.X
	case *ast.SelectorExpr:
		if sel := info.Selections[e]; sel == nil || len(sel.Index()) != 1 {
			return nil
		}
		if _, ok := coretype.Of(info.TypeOf(e.X)).(*types.Pointer); !ok {
			return nil
		}
		x = e.X
	}
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		return info.ObjectOf(id)
	}
	return nil
}
