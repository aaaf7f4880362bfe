package source

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"

	"github.com/orrery-go/orrery/iface"
)

// composite makes the value of a composite literal.
func (p *Program) composite(e *ast.CompositeLit, t types.Type) (operand, error) {
	if ptr, ok := t.Underlying().(*types.Pointer); ok { // &T is left out in a literal of *T
		v, err := p.composite(e, ptr.Elem())
		if err != nil {
			return operand{}, err
		}
		mt, err := p.typ(t)
		if err != nil {
			return operand{}, err
		}
		out, err := p.m.Zero(mt)
		if err != nil {
			return operand{}, err
		}
		kept, err := p.m.New(v.value.Type())
		if err != nil {
			return operand{}, err
		}
		return operand{value: out}, errors.Join(kept.Set(v.value), out.Point(kept))
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return p.structLiteral(e, t, u)
	case *types.Array:
		return p.elements(e, t, u.Elem(), int(u.Len()))
	case *types.Slice:
		return p.elements(e, t, u.Elem(), -1)
	case *types.Map:
		return p.mapLiteral(e, t, u)
	}
	return operand{}, fmt.Errorf("source: a literal of %s is not read", t)
}

// part evaluates a part of a literal and converts it. One that becomes an interface, or
// another type, is no constant to the compiler, unless it is nil
// (cmd/compile/internal/walk/order.go:expr1, complit.go:isStaticCompositeLiteral).
func (p *Program) part(e ast.Expr, t types.Type) (operand, error) {
	v, err := operand{}, error(nil)
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
		v, err = p.composite(lit, t)
	} else {
		v, err = p.eval(e)
	}
	if err != nil {
		return operand{}, err
	}
	isNil := v.isNil
	v, err = p.convert(v, t)
	v.literal = isNil || v.constant || v.literal
	return v, err
}

func (p *Program) structLiteral(e *ast.CompositeLit, t types.Type, u *types.Struct) (operand, error) {
	mt, err := p.typ(t)
	if err != nil {
		return operand{}, err
	}
	out, err := p.m.Zero(mt)
	if err != nil {
		return operand{}, err
	}
	literal := true
	for i, part := range e.Elts {
		i := i % max(1, u.NumFields())
		if kv, ok := part.(*ast.KeyValueExpr); ok {
			part = kv.Value
			for j := range u.NumFields() {
				if u.Field(j).Name() == kv.Key.(*ast.Ident).Name {
					i = j
				}
			}
		}
		f, heap := u.Field(i), p.heap
		v, err := p.part(part, f.Type())
		if err != nil {
			return operand{}, err
		}
		literal = literal && v.literal
		if f.Name() == "_" {
			// The compiler does not store it, nor box it (cmd/compile/internal/walk/complit.go:fixedlit).
			p.heap = heap
			continue
		}
		to, err := out.Field(f.Name())
		if err != nil {
			return operand{}, err
		}
		if err := to.Set(v.value); err != nil {
			return operand{}, err
		}
	}
	return operand{value: out, literal: literal}, nil
}

// elements makes an array of n elements, or a slice.
func (p *Program) elements(e *ast.CompositeLit, t, elem types.Type, n int) (operand, error) {
	type entry struct {
		at int
		e  ast.Expr
	}
	var list []entry
	at, most := 0, 0
	for _, part := range e.Elts {
		if kv, ok := part.(*ast.KeyValueExpr); ok {
			i, err := p.int(kv.Key)
			if err != nil {
				return operand{}, err
			}
			at, part = i, kv.Value
		}
		list = append(list, entry{at, part})
		at++
		most = max(most, at)
	}
	out, err := iface.Value{}, error(nil)
	if n < 0 {
		out, err = p.made(t, most)
	} else {
		mt, tErr := p.typ(t)
		if tErr != nil {
			return operand{}, tErr
		}
		out, err = p.m.Zero(mt)
	}
	if err != nil {
		return operand{}, err
	}
	literal := n >= 0
	for _, x := range list {
		v, err := p.part(x.e, elem)
		if err != nil {
			return operand{}, err
		}
		literal = literal && v.literal
		to, err := out.Index(x.at)
		if err != nil {
			return operand{}, err
		}
		if err := to.Set(v.value); err != nil {
			return operand{}, err
		}
	}
	return operand{value: out, literal: literal}, nil
}

func (p *Program) mapLiteral(e *ast.CompositeLit, t types.Type, u *types.Map) (operand, error) {
	out, err := p.made(t, 0)
	if err != nil {
		return operand{}, err
	}
	for _, part := range e.Elts {
		kv, ok := part.(*ast.KeyValueExpr)
		if !ok {
			return operand{}, errors.New("source: an entry of a map has a key")
		}
		k, err := p.part(kv.Key, u.Key())
		if err != nil {
			return operand{}, err
		}
		v, err := p.part(kv.Value, u.Elem())
		if err != nil {
			return operand{}, err
		}
		if err := out.SetIndex(k.value, v.value); err != nil {
			return operand{}, err
		}
	}
	return operand{value: out}, nil
}

// call evaluates a conversion, a call of a known function, or of an interface's method.
func (p *Program) call(e *ast.CallExpr, tv types.TypeAndValue) (operand, error) {
	if f := p.info.Types[e.Fun]; f.IsType() {
		v, err := p.eval(e.Args[0])
		if err != nil {
			return operand{}, err
		}
		v, err = p.convert(v, f.Type)
		// Also if the type stays: to the compiler it is a conversion.
		v.literal, v.converted = false, v.literal || v.converted
		return v, err
	}
	switch f := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		return p.builtin(f.Name, e, tv)
	case *ast.SelectorExpr:
		if s := p.info.Selections[f]; s != nil {
			return p.method(f, s)
		}
		if _, ok := p.info.Uses[f.Sel].(*types.Func); ok {
			return p.library(p.info.Uses[f.Sel].Pkg().Path()+"."+f.Sel.Name, e)
		}
	}
	return operand{}, fmt.Errorf("source: a call of %.80s is not read", types.ExprString(e.Fun))
}

func (p *Program) method(f *ast.SelectorExpr, s *types.Selection) (operand, error) {
	if s.Kind() != types.MethodVal || !types.IsInterface(s.Recv()) {
		return operand{}, errors.New("source: methods are called through an interface")
	}
	x, err := p.eval(f.X)
	if err != nil {
		return operand{}, err
	}
	fun, err := p.m.Call(x.value, f.Sel.Name)
	return operand{text: fun}, err
}

func (p *Program) builtin(name string, e *ast.CallExpr, tv types.TypeAndValue) (operand, error) {
	switch name {
	case "new":
		mt, err := p.typ(tv.Type)
		if err != nil {
			return operand{}, err
		}
		elem, err := p.typ(tv.Type.Underlying().(*types.Pointer).Elem())
		if err != nil {
			return operand{}, err
		}
		v, err := p.m.New(elem)
		if err != nil {
			return operand{}, err
		}
		out, err := p.m.Zero(mt)
		if err != nil {
			return operand{}, err
		}
		return operand{value: out}, out.Point(v)
	case "make":
		n := 0
		if len(e.Args) > 1 {
			i, err := p.int(e.Args[1])
			if err != nil {
				return operand{}, err
			}
			n = i
		}
		v, err := p.made(tv.Type, n)
		return operand{value: v}, err
	case "len":
		v, err := p.eval(e.Args[0])
		if err != nil {
			return operand{}, err
		}
		n, err := v.value.Len()
		if err != nil {
			return operand{}, err
		}
		out, err := p.constant(constant.MakeInt64(int64(n)), types.Typ[types.Int])
		out.constant = false // what is one was known before
		return out, err
	}
	return operand{}, fmt.Errorf("source: a call of %.40s is not read", name)
}

// library calls a function of the prelude.
func (p *Program) library(name string, e *ast.CallExpr) (operand, error) {
	var args []operand
	for _, a := range e.Args {
		v, err := p.eval(a)
		if err != nil {
			return operand{}, err
		}
		args = append(args, v)
	}
	switch name {
	case "reflect.DeepEqual":
		for i := range args {
			v, err := p.convert(args[i], types.Universe.Lookup("any").Type())
			if err != nil {
				return operand{}, err
			}
			args[i] = v
		}
		eq, err := p.m.DeepEqual(args[0].value, args[1].value)
		if err != nil {
			return operand{}, err
		}
		return p.bool(eq)
	case "math.NaN":
		return p.float(math.NaN())
	case "math.Inf":
		sign, err := args[0].value.Int()
		if err != nil {
			return operand{}, err
		}
		return p.float(math.Inf(int(sign)))
	case "math.Copysign":
		x, err := args[0].value.Float()
		if err != nil {
			return operand{}, err
		}
		sign, err := args[1].value.Float()
		if err != nil {
			return operand{}, err
		}
		return p.float(math.Copysign(x, sign))
	case "errors.New":
		return p.newError(args[0])
	}
	return operand{}, fmt.Errorf("source: %.40s is not read", name)
}

func (p *Program) float(x float64) (operand, error) {
	mt, err := p.typ(types.Typ[types.Float64])
	if err != nil {
		return operand{}, err
	}
	v, err := p.m.Zero(mt)
	if err != nil {
		return operand{}, err
	}
	return operand{value: v}, v.SetFloat(x)
}

// newError is errors.New: a pointer to a new errorString.
func (p *Program) newError(text operand) (operand, error) {
	for _, im := range p.pkg.Scope().Names() {
		pkg, ok := p.pkg.Scope().Lookup(im).(*types.PkgName)
		if !ok || pkg.Imported().Path() != "errors" {
			continue
		}
		ptr, err := p.typ(types.NewPointer(pkg.Imported().Scope().Lookup("errorString").Type()))
		if err != nil {
			return operand{}, err
		}
		base, err := p.typ(pkg.Imported().Scope().Lookup("errorString").Type())
		if err != nil {
			return operand{}, err
		}
		s, err := p.m.New(base)
		if err != nil {
			return operand{}, err
		}
		f, err := s.Field("s")
		if err != nil {
			return operand{}, err
		}
		out, err := p.m.Zero(ptr)
		if err != nil {
			return operand{}, err
		}
		if err := errors.Join(f.Set(text.value), out.Point(s)); err != nil {
			return operand{}, err
		}
		return p.convert(operand{value: out}, types.Universe.Lookup("error").Type())
	}
	return operand{}, errors.New("source: no package errors")
}

// assertion returns the place of an assertion, and the value that is asserted.
func (p *Program) assertion(e *ast.TypeAssertExpr) (*iface.Assertion, iface.Value, error) {
	x, err := p.eval(e.X)
	if err != nil {
		return nil, iface.Value{}, err
	}
	to, err := p.typ(p.info.Types[e.Type].Type)
	if err != nil {
		return nil, iface.Value{}, err
	}
	site, err := p.site(func() (any, error) { return p.m.Assertion(x.value.Type(), to) })
	if err != nil {
		return nil, iface.Value{}, err
	}
	return site.(*iface.Assertion), x.value, nil
}

// binary is ==, !=, && and ||.
func (p *Program) binary(e *ast.BinaryExpr) (operand, error) {
	switch e.Op {
	case token.EQL, token.NEQ:
		eq, err := p.equal(e.X, e.Y)
		if err != nil {
			return operand{}, err
		}
		return p.bool(eq == (e.Op == token.EQL))
	case token.LAND, token.LOR:
		x, err := p.eval(e.X)
		if err != nil {
			return operand{}, err
		}
		b, err := x.value.Bool()
		if err != nil || b == (e.Op == token.LOR) {
			return x, err
		}
		return p.eval(e.Y)
	}
	return operand{}, fmt.Errorf("source: %s is not read: arithmetic is of constants", e.Op)
}

// equal compares two operands, of which one is converted to the other's type.
func (p *Program) equal(l, r ast.Expr) (bool, error) {
	x, err := p.eval(l)
	if err != nil {
		return false, err
	}
	y, err := p.eval(r)
	if err != nil {
		return false, err
	}
	lt, rt := p.info.Types[l].Type, p.info.Types[r].Type
	switch {
	case x.isNil:
		return y.value.IsNil()
	case y.isNil:
		return x.value.IsNil()
	case types.IsInterface(lt) != types.IsInterface(rt):
		// Without a box.
	case types.AssignableTo(rt, lt):
		y, err = p.convert(y, lt)
	default:
		x, err = p.convert(x, rt)
	}
	if err != nil {
		return false, err
	}
	return p.m.Equal(x.value, y.value)
}
