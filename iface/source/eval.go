package source

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"reflect"

	"github.com/orrery-go/orrery/iface"
)

// An operand is the value of an expression.
type operand struct {
	value     iface.Value
	constant  bool   // of a basic type
	literal   bool   // a composite literal of constants
	converted bool   // such a literal, converted to another type or to its own
	isNil     bool   // untyped
	text      string // the text in place of a value
}

// bool makes a value that was computed. It is no constant: those are known before.
func (p *Program) bool(b bool) (operand, error) {
	out, err := p.constant(constant.MakeBool(b), types.Typ[types.Bool])
	out.constant = false
	return out, err
}

// constant makes a value of a constant.
func (p *Program) constant(c constant.Value, t types.Type) (operand, error) {
	t = types.Default(t)
	if types.IsInterface(t) {
		t = types.Default(types.Typ[map[constant.Kind]types.BasicKind{
			constant.Bool: types.UntypedBool, constant.String: types.UntypedString, constant.Int: types.UntypedInt,
			constant.Float: types.UntypedFloat, constant.Complex: types.UntypedComplex,
		}[c.Kind()]])
	}
	mt, err := p.typ(t)
	if err != nil {
		return operand{}, err
	}
	v, err := p.m.Zero(mt)
	if err != nil {
		return operand{}, err
	}
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return operand{}, fmt.Errorf("source: a constant of type %s", t)
	}
	switch info := basic.Info(); {
	case info&types.IsBoolean != 0:
		err = v.SetBool(constant.BoolVal(c))
	case info&types.IsString != 0:
		err = v.SetText(constant.StringVal(c))
	case info&types.IsInteger != 0:
		err = v.SetInt(integer(constant.ToInt(c)))
	case info&types.IsFloat != 0:
		x, _ := constant.Float64Val(constant.ToFloat(c))
		err = v.SetFloat(x)
	case info&types.IsComplex != 0:
		c = constant.ToComplex(c)
		re, _ := constant.Float64Val(constant.Real(c))
		im, _ := constant.Float64Val(constant.Imag(c))
		err = v.SetComplex(complex(re, im))
	}
	return operand{value: v, constant: true}, err
}

func integer(c constant.Value) int64 {
	if n, ok := constant.Int64Val(c); ok {
		return n
	}
	n, _ := constant.Uint64Val(c)
	return int64(n)
}

// eval evaluates an expression that was checked.
func (p *Program) eval(e ast.Expr) (operand, error) {
	if p.steps++; p.steps > 8*maxSteps {
		return operand{}, errors.New("source: too many steps in one statement")
	}
	tv := p.info.Types[e]
	switch {
	case tv.Value != nil:
		return p.constant(tv.Value, tv.Type)
	case tv.IsNil():
		return operand{isNil: true}, nil
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return p.eval(e.X)
	case *ast.Ident:
		v, err := p.Var(e.Name)
		return operand{value: v}, err
	case *ast.UnaryExpr:
		return p.unary(e, tv)
	case *ast.StarExpr:
		v, err := p.pointee(e.X)
		return operand{value: v}, err
	case *ast.SelectorExpr:
		return p.selector(e)
	case *ast.IndexExpr:
		return p.index(e)
	case *ast.SliceExpr:
		return p.slice(e, tv)
	case *ast.CompositeLit:
		return p.composite(e, tv.Type)
	case *ast.FuncLit:
		v, err := p.made(tv.Type, 0)
		return operand{value: v}, err
	case *ast.CallExpr:
		return p.call(e, tv)
	case *ast.TypeAssertExpr:
		a, x, err := p.assertion(e)
		if err != nil {
			return operand{}, err
		}
		v, err := a.Must(x)
		return operand{value: v}, err
	case *ast.BinaryExpr:
		return p.binary(e)
	}
	return operand{}, fmt.Errorf("source: %.80s is not read", types.ExprString(e))
}

// convert makes a value of a type that it can be assigned, or converted, to.
func (p *Program) convert(v operand, t types.Type) (operand, error) {
	mt, err := p.typ(t)
	if err != nil {
		return operand{}, err
	}
	if v.isNil {
		out, err := p.m.Zero(mt)
		return operand{value: out}, err
	}
	if !v.value.Valid() {
		return operand{}, errors.New("source: there is no value")
	}
	if v.value.Type() == mt {
		return v, nil
	}
	if types.IsInterface(t) {
		out, box, err := p.m.Convert(v.value, mt, iface.Use{Escapes: true, Constant: v.constant, Literal: v.literal, Converted: v.converted})
		p.heap += box.Heap
		return operand{value: out}, err
	}
	out, err := p.m.Retype(v.value, mt)
	if err == nil {
		return operand{value: out, constant: v.constant, converted: v.literal || v.converted}, nil
	}
	return p.convertNumber(v, mt, t)
}

// convertNumber converts between numbers.
func (p *Program) convertNumber(v operand, mt *iface.Type, t types.Type) (operand, error) {
	out, err := p.m.Zero(mt)
	if err != nil {
		return operand{}, err
	}
	basic, ok := t.Underlying().(*types.Basic)
	no := fmt.Errorf("source: a conversion of %.80s to %.80s is not read", v.value.Type(), mt)
	if !ok {
		return operand{}, no
	}
	from := v.value.Type().Kind()
	n, nErr := v.value.Int()
	x, xErr := v.value.Float()
	switch {
	case basic.Info()&types.IsInteger != 0 && nErr == nil:
		err = out.SetInt(n)
	case basic.Info()&types.IsUnsigned != 0 && xErr == nil && x >= 1<<63:
		err = out.SetInt(int64(uint64(x)))
	case basic.Info()&types.IsInteger != 0 && xErr == nil:
		err = out.SetInt(int64(x))
	case basic.Info()&types.IsFloat != 0 && nErr == nil:
		err = out.SetFloat(float(n, from, basic))
	case basic.Info()&types.IsFloat != 0 && xErr == nil:
		err = out.SetFloat(x)
	default:
		return operand{}, no
	}
	return operand{value: out, constant: v.constant}, err
}

// float rounds an integer of a kind once, to the float type that it becomes.
func float(n int64, from reflect.Kind, to *types.Basic) float64 {
	unsigned := reflect.Uint <= from && from <= reflect.Uintptr
	switch single := to.Kind() == types.Float32; {
	case unsigned && single:
		return float64(float32(uint64(n)))
	case unsigned:
		return float64(uint64(n))
	case single:
		return float64(float32(n))
	}
	return float64(n)
}

// pointee returns the variable that a pointer points to.
func (p *Program) pointee(e ast.Expr) (iface.Value, error) {
	v, err := p.eval(e)
	if err != nil {
		return iface.Value{}, err
	}
	if isNil, err := v.value.IsNil(); err == nil && isNil {
		return iface.Value{}, iface.NilDereference
	}
	return v.value.Elem()
}

func (p *Program) unary(e *ast.UnaryExpr, tv types.TypeAndValue) (operand, error) {
	if e.Op == token.NOT {
		v, err := p.eval(e.X)
		if err != nil {
			return operand{}, err
		}
		b, err := v.value.Bool()
		if err != nil {
			return operand{}, err
		}
		return p.bool(!b)
	}
	if e.Op == token.SUB { // of a variable: constants are known
		v, err := p.eval(e.X)
		if err != nil {
			return operand{}, err
		}
		x, err := v.value.Float()
		if err != nil {
			return operand{}, fmt.Errorf("source: arithmetic is of constants, and -x of floats")
		}
		out, err := p.m.Zero(v.value.Type())
		if err != nil {
			return operand{}, err
		}
		return operand{value: out}, out.SetFloat(math.Copysign(x, -1*math.Copysign(1, x)))
	}
	if e.Op != token.AND {
		return operand{}, fmt.Errorf("source: %s is not read", e.Op)
	}
	x, err := p.eval(e.X)
	if err != nil {
		return operand{}, err
	}
	if _, isLit := ast.Unparen(e.X).(*ast.CompositeLit); isLit {
		kept, err := p.m.New(x.value.Type())
		if err != nil {
			return operand{}, err
		}
		if err := kept.Set(x.value); err != nil {
			return operand{}, err
		}
		x.value = kept
	}
	t, err := p.typ(tv.Type)
	if err != nil {
		return operand{}, err
	}
	out, err := p.m.Zero(t)
	if err != nil {
		return operand{}, err
	}
	return operand{value: out}, out.Point(x.value)
}

// selector returns a field, also of an embedded one.
func (p *Program) selector(e *ast.SelectorExpr) (operand, error) {
	s := p.info.Selections[e]
	if s == nil || s.Kind() != types.FieldVal {
		return operand{}, fmt.Errorf("source: %.80s is not read", types.ExprString(e))
	}
	x, err := p.eval(e.X)
	if err != nil {
		return operand{}, err
	}
	v, t := x.value, s.Recv()
	for _, i := range s.Index() {
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			if isNil, _ := v.IsNil(); isNil {
				return operand{}, iface.NilDereference
			}
			if v, err = v.Elem(); err != nil {
				return operand{}, err
			}
			t = ptr.Elem()
		}
		f := t.Underlying().(*types.Struct).Field(i)
		if v, err = v.Field(f.Name()); err != nil {
			return operand{}, err
		}
		t = f.Type()
	}
	return operand{value: v}, nil
}

func (p *Program) index(e *ast.IndexExpr) (operand, error) {
	x, err := p.eval(e.X)
	if err != nil {
		return operand{}, err
	}
	switch t := p.info.Types[e.X].Type.Underlying().(type) {
	case *types.Map:
		return operand{}, errors.New("source: reading a map is not read: compare it by reflect.DeepEqual")
	case *types.Pointer:
		if x.value, err = p.pointee(e.X); err != nil {
			return operand{}, err
		}
	case *types.Slice, *types.Array:
	default:
		return operand{}, fmt.Errorf("source: an index of %s is not read", t)
	}
	i, err := p.int(e.Index)
	if err != nil {
		return operand{}, err
	}
	v, err := x.value.Index(i)
	return operand{value: v}, err
}

// int evaluates an index.
func (p *Program) int(e ast.Expr) (int, error) {
	v, err := p.eval(e)
	if err != nil {
		return 0, err
	}
	n, err := v.value.Int()
	return int(n), err
}

func (p *Program) slice(e *ast.SliceExpr, tv types.TypeAndValue) (operand, error) {
	x, err := p.eval(e.X)
	if err != nil {
		return operand{}, err
	}
	if _, ok := p.info.Types[e.X].Type.Underlying().(*types.Pointer); ok {
		if x.value, err = p.pointee(e.X); err != nil {
			return operand{}, err
		}
	}
	i, j := 0, 0
	if e.Low != nil {
		if i, err = p.int(e.Low); err != nil {
			return operand{}, err
		}
	}
	if e.High != nil {
		j, err = p.int(e.High)
	} else {
		j, err = x.value.Len()
	}
	if err != nil || e.Max != nil {
		return operand{}, errors.Join(err, map[bool]error{true: errors.New("source: x[i:j:k] is not read")}[e.Max != nil])
	}
	t, err := p.typ(tv.Type)
	if err != nil {
		return operand{}, err
	}
	out, err := p.m.Zero(t)
	if err != nil {
		return operand{}, err
	}
	return operand{value: out}, out.Slice(x.value, i, j)
}

// made makes a slice, map, channel or function that is not nil.
func (p *Program) made(t types.Type, n int) (iface.Value, error) {
	mt, err := p.typ(t)
	if err != nil {
		return iface.Value{}, err
	}
	v, err := p.m.Zero(mt)
	if err != nil {
		return iface.Value{}, err
	}
	return v, v.Make(n)
}
