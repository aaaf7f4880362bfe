package layout

import (
	"errors"
	"fmt"
	"reflect"
)

// maxTypes bounds how many types one conversion reaches.
const maxTypes = 1 << 16

// FromReflect converts a type of the running program. It returns an
// error if the type is nil or reaches more than 65,536 types.
//
// reflect gives the type arguments of a generic type only as part of its name: such a
// Named has its arguments in its Name.
func FromReflect(t reflect.Type) (Type, error) {
	c := reflectConverter{done: make(map[reflect.Type]Type)}
	out, err := c.convert(t)
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	return out, nil
}

type reflectConverter struct{ done map[reflect.Type]Type }

var errorType = reflect.TypeFor[error]()

var reflectKinds = map[reflect.Kind]Basic{
	reflect.Bool: Bool,
	reflect.Int:  Int, reflect.Int8: Int8, reflect.Int16: Int16, reflect.Int32: Int32, reflect.Int64: Int64,
	reflect.Uint: Uint, reflect.Uint8: Uint8, reflect.Uint16: Uint16, reflect.Uint32: Uint32, reflect.Uint64: Uint64,
	reflect.Uintptr: Uintptr,
	reflect.Float32: Float32, reflect.Float64: Float64, reflect.Complex64: Complex64, reflect.Complex128: Complex128,
	reflect.String: String, reflect.UnsafePointer: UnsafePointer,
}

func (c *reflectConverter) convert(t reflect.Type) (Type, error) {
	if t == nil {
		return nil, errors.New("nil reflect.Type")
	}
	if t == errorType {
		return Error, nil
	}
	if out := c.done[t]; out != nil {
		return out, nil
	}
	if len(c.done) >= maxTypes {
		return nil, fmt.Errorf("%v reaches more than %d types", t, maxTypes)
	}
	basic, isBasic := reflectKinds[t.Kind()]
	if isBasic && (t.PkgPath() == "" || basic == UnsafePointer && t.PkgPath() == "unsafe") {
		return basic, nil
	}
	if t.Name() == "" {
		// An unnamed type can reach itself only through a named one, which is then in
		// done.
		out, err := c.composite(t)
		if err == nil {
			c.done[t] = out
		}
		return out, err
	}
	n := &Named{Pkg: t.PkgPath(), Name: t.Name(), Decl: t}
	c.done[t] = n
	if isBasic {
		n.Underlying = basic
		return n, nil
	}
	var err error
	n.Underlying, err = c.composite(t)
	return n, err
}

func (c *reflectConverter) composite(t reflect.Type) (Type, error) {
	elem := func() (Type, error) { return c.convert(t.Elem()) }
	switch t.Kind() {
	case reflect.Pointer:
		e, err := elem()
		return &Pointer{e}, err
	case reflect.Slice:
		e, err := elem()
		return &Slice{e}, err
	case reflect.Array:
		e, err := elem()
		return &Array{int64(t.Len()), e}, err
	case reflect.Chan:
		e, err := elem()
		return &Chan{map[reflect.ChanDir]Dir{reflect.SendDir: Send, reflect.RecvDir: Recv}[t.ChanDir()], e}, err
	case reflect.Map:
		key, err := c.convert(t.Key())
		if err != nil {
			return nil, err
		}
		e, err := elem()
		return &Map{key, e}, err
	case reflect.Func:
		return c.function(t)
	case reflect.Interface:
		out := &Interface{}
		for i := range t.NumMethod() {
			m := t.Method(i)
			fn, err := c.function(m.Type)
			if err != nil {
				return nil, err
			}
			out.Methods = append(out.Methods, Method{Name: m.Name, Pkg: m.PkgPath, Type: fn})
		}
		return out, nil
	case reflect.Struct:
		out := &Struct{}
		for i := range t.NumField() {
			f := t.Field(i)
			ft, err := c.convert(f.Type)
			if err != nil {
				return nil, err
			}
			out.Fields = append(out.Fields, Field{Name: f.Name, Pkg: f.PkgPath, Type: ft, Tag: string(f.Tag), Embedded: f.Anonymous})
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v is of an unknown kind", t)
}

func (c *reflectConverter) function(t reflect.Type) (*Func, error) {
	out := &Func{Variadic: t.IsVariadic()}
	for i := range t.NumIn() {
		p, err := c.convert(t.In(i))
		if err != nil {
			return nil, err
		}
		out.Params = append(out.Params, p)
	}
	for i := range t.NumOut() {
		p, err := c.convert(t.Out(i))
		if err != nil {
			return nil, err
		}
		out.Results = append(out.Results, p)
	}
	return out, nil
}
