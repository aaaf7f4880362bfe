// Package gotypes converts types of a type-checked program to those of package layout. It
// is a package of its own so that a program that only draws layouts does not link
// go/types.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once.
package gotypes

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"

	"github.com/orrery-go/orrery/internal/brief"
	"github.com/orrery-go/orrery/layout"
)

// From converts a type of a type-checked program. It returns an error if t is nil or
// invalid, or cannot be the type of a variable: a type parameter, a constraint, the type of
// an untyped constant; or if it reaches more than 65,536 types that are not predeclared, or
// instances with names of more than 1 MiB together.
func From(t types.Type) (layout.Type, error) {
	c := converter{done: make(map[types.Type]layout.Type)}
	out, err := c.convert(t)
	if err != nil {
		return nil, brief.Errorf("layout: %w", err)
	}
	return out, nil
}

// The bounds of one conversion: how many types it reaches, and so how deep it goes; and
// the text of the instances among them, which an invalid program may make ever longer.
const (
	maxTypes = 1 << 16
	maxNames = 1 << 20 // bytes
)

type converter struct {
	done    map[types.Type]layout.Type
	reached int
	names   int
}

var kinds = map[types.BasicKind]layout.Basic{
	types.Bool: layout.Bool,
	types.Int:  layout.Int, types.Int8: layout.Int8, types.Int16: layout.Int16, types.Int32: layout.Int32, types.Int64: layout.Int64,
	types.Uint: layout.Uint, types.Uint8: layout.Uint8, types.Uint16: layout.Uint16, types.Uint32: layout.Uint32, types.Uint64: layout.Uint64,
	types.Uintptr: layout.Uintptr,
	types.Float32: layout.Float32, types.Float64: layout.Float64, types.Complex64: layout.Complex64, types.Complex128: layout.Complex128,
	types.String: layout.String, types.UnsafePointer: layout.UnsafePointer,
}

func (c *converter) convert(t types.Type) (layout.Type, error) {
	if v := reflect.ValueOf(t); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, errors.New("nil types.Type")
	}
	t = types.Unalias(t)
	if b, ok := t.(*types.Basic); ok {
		if out, ok := kinds[b.Kind()]; ok {
			return out, nil
		}
		return nil, fmt.Errorf("%v is no type of a variable", t)
	}
	if out := c.done[t]; out != nil {
		return out, nil
	}
	if c.reached++; c.reached > maxTypes {
		return nil, fmt.Errorf("the type reaches more than %d types", maxTypes)
	}
	if n, ok := t.(*types.Named); ok {
		return c.named(n)
	}
	out, err := c.composite(t)
	if err == nil {
		c.done[t] = out
	}
	return out, err
}

func (c *converter) named(t *types.Named) (layout.Type, error) {
	obj := t.Obj()
	if obj.Pkg() == nil && obj.Name() == "error" {
		return layout.Error, nil
	}
	if t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0 {
		return nil, fmt.Errorf("%v is generic (want an instance)", t)
	}
	n := &layout.Named{Name: obj.Name(), Decl: t.Origin().Obj()}
	if obj.Pkg() != nil {
		n.Pkg = obj.Pkg().Path()
	}
	c.done[t] = n
	if t.TypeArgs().Len() > 0 {
		if c.names += len(types.TypeString(t, nil)); c.names > maxNames {
			return nil, fmt.Errorf("the names of the instances that the type reaches have more than %d bytes", maxNames)
		}
	}
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

func (c *converter) composite(t types.Type) (layout.Type, error) {
	switch t := t.(type) {
	case *types.Pointer:
		e, err := c.convert(t.Elem())
		return &layout.Pointer{Elem: e}, err
	case *types.Slice:
		e, err := c.convert(t.Elem())
		return &layout.Slice{Elem: e}, err
	case *types.Array:
		e, err := c.convert(t.Elem())
		return &layout.Array{Len: t.Len(), Elem: e}, err
	case *types.Chan:
		e, err := c.convert(t.Elem())
		return &layout.Chan{Dir: map[types.ChanDir]layout.Dir{types.SendOnly: layout.Send, types.RecvOnly: layout.Recv}[t.Dir()], Elem: e}, err
	case *types.Map:
		key, err := c.convert(t.Key())
		if err != nil {
			return nil, err
		}
		e, err := c.convert(t.Elem())
		return &layout.Map{Key: key, Elem: e}, err
	case *types.Signature:
		return c.function(t)
	case *types.Interface:
		return c.iface(t)
	case *types.Struct:
		out := &layout.Struct{}
		for i := range t.NumFields() {
			f := t.Field(i)
			ft, err := c.convert(f.Type())
			if err != nil {
				return nil, err
			}
			out.Fields = append(out.Fields, layout.Field{Name: f.Name(), Pkg: private(f), Type: ft, Tag: t.Tag(i), Embedded: f.Embedded()})
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v is no type of a variable", t)
}

// private returns the path of the package that an unexported name belongs to.
func private(o types.Object) string {
	if o.Exported() || o.Pkg() == nil {
		return ""
	}
	return o.Pkg().Path()
}

func (c *converter) iface(t *types.Interface) (layout.Type, error) {
	if !t.IsMethodSet() {
		return nil, fmt.Errorf("%v is a constraint and no type of a variable", t)
	}
	out := &layout.Interface{}
	for m := range t.Methods() {
		fn, err := c.function(m.Signature())
		if err != nil {
			return nil, err
		}
		out.Methods = append(out.Methods, layout.Method{Name: m.Name(), Pkg: private(m), Type: fn})
	}
	return out, nil
}

func (c *converter) function(t *types.Signature) (*layout.Func, error) {
	if t.TypeParams().Len() > 0 {
		return nil, fmt.Errorf("%v is generic", t)
	}
	out := &layout.Func{Variadic: t.Variadic()}
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
