package layout

import (
	"errors"
	"fmt"
	"go/types"
)

// FromTypes converts a type of a type-checked program. A nil or invalid type, a
// type parameter, a constraint and the type of an untyped constant are errors.
func FromTypes(t types.Type) (Type, error) {
	c := typesConverter{done: make(map[types.Type]Type)}
	out, err := c.convert(t)
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	return out, nil
}

type typesConverter struct{ done map[types.Type]Type }

var typesKinds = map[types.BasicKind]Basic{
	types.Bool: Bool,
	types.Int:  Int, types.Int8: Int8, types.Int16: Int16, types.Int32: Int32, types.Int64: Int64,
	types.Uint: Uint, types.Uint8: Uint8, types.Uint16: Uint16, types.Uint32: Uint32, types.Uint64: Uint64,
	types.Uintptr: Uintptr,
	types.Float32: Float32, types.Float64: Float64, types.Complex64: Complex64, types.Complex128: Complex128,
	types.String: String, types.UnsafePointer: UnsafePointer,
}

func (c *typesConverter) convert(t types.Type) (Type, error) {
	if t == nil {
		return nil, errors.New("nil types.Type")
	}
	t = types.Unalias(t)
	if out := c.done[t]; out != nil {
		return out, nil
	}
	if len(c.done) >= maxTypes {
		return nil, fmt.Errorf("the type reaches more than %d types", maxTypes)
	}
	switch t := t.(type) {
	case *types.Basic:
		if b, ok := typesKinds[t.Kind()]; ok {
			return b, nil
		}
		return nil, fmt.Errorf("%v is no type of a variable", t)
	case *types.Named:
		return c.named(t)
	}
	out, err := c.composite(t)
	if err == nil {
		c.done[t] = out
	}
	return out, err
}

func (c *typesConverter) named(t *types.Named) (Type, error) {
	obj := t.Obj()
	if obj.Pkg() == nil && obj.Name() == "error" {
		return Error, nil
	}
	if t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0 {
		return nil, fmt.Errorf("%v is generic (want an instance)", t)
	}
	n := &Named{Name: obj.Name(), origin: t.Origin().Obj()}
	if obj.Pkg() != nil {
		n.Pkg = obj.Pkg().Path()
	}
	c.done[t] = n
	for a := range t.TypeArgs().Types() {
		arg, err := c.convert(a)
		if err != nil {
			return nil, err
		}
		n.Args = append(n.Args, arg)
	}
	var err error
	n.Underlying, err = c.convert(t.Underlying())
	return n, err
}

func (c *typesConverter) composite(t types.Type) (Type, error) {
	switch t := t.(type) {
	case *types.Pointer:
		e, err := c.convert(t.Elem())
		return &Pointer{e}, err
	case *types.Slice:
		e, err := c.convert(t.Elem())
		return &Slice{e}, err
	case *types.Array:
		e, err := c.convert(t.Elem())
		return &Array{t.Len(), e}, err
	case *types.Chan:
		e, err := c.convert(t.Elem())
		return &Chan{map[types.ChanDir]Dir{types.SendOnly: Send, types.RecvOnly: Recv}[t.Dir()], e}, err
	case *types.Map:
		key, err := c.convert(t.Key())
		if err != nil {
			return nil, err
		}
		e, err := c.convert(t.Elem())
		return &Map{key, e}, err
	case *types.Signature:
		return c.function(t)
	case *types.Interface:
		return c.iface(t)
	case *types.Struct:
		out := &Struct{}
		for i := range t.NumFields() {
			f := t.Field(i)
			ft, err := c.convert(f.Type())
			if err != nil {
				return nil, err
			}
			out.Fields = append(out.Fields, Field{Name: f.Name(), Pkg: private(f), Type: ft, Tag: t.Tag(i), Embedded: f.Embedded()})
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v is no type of a variable", t)
}

// private reports the path of the package that an unexported name belongs to.
func private(o types.Object) string {
	if o.Exported() || o.Pkg() == nil {
		return ""
	}
	return o.Pkg().Path()
}

func (c *typesConverter) iface(t *types.Interface) (Type, error) {
	if !t.IsMethodSet() {
		return nil, fmt.Errorf("%v is a constraint and no type of a variable", t)
	}
	out := &Interface{}
	for m := range t.Methods() {
		fn, err := c.function(m.Signature())
		if err != nil {
			return nil, err
		}
		out.Methods = append(out.Methods, Method{Name: m.Name(), Pkg: private(m), Type: fn})
	}
	return out, nil
}

func (c *typesConverter) function(t *types.Signature) (*Func, error) {
	if t.TypeParams().Len() > 0 {
		return nil, fmt.Errorf("%v is generic", t)
	}
	out := &Func{Variadic: t.Variadic()}
	for v := range t.Params().Variables() {
		p, err := c.convert(v.Type())
		if err != nil {
			return nil, err
		}
		out.Params = append(out.Params, p)
	}
	for v := range t.Results().Variables() {
		p, err := c.convert(v.Type())
		if err != nil {
			return nil, err
		}
		out.Results = append(out.Results, p)
	}
	return out, nil
}
