package iface

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/layout"
)

// Bounds of a Runtime.
const (
	maxTypes  = 1 << 14 // types
	maxObject = 1 << 20 // bytes of an object
	maxMemory = 1 << 26 // bytes of all of them
	maxDepth  = 2_000   // levels of nesting of a type's parts
)

// word is the size of a pointer: a Runtime is that of amd64.
const word = 8

// A Type is a type as the runtime has it (abi.Type): wherever it is written, there is
// only one, whose address is the type word of the interfaces that hold it. Get one from
// [Runtime.TypeOf].
type Type struct {
	m      *Runtime
	addr   uint64
	source layout.Type
	name   string
	kind   reflect.Kind
	size   int64
	align  int64
	ptrs   int64 // pointer bytes
	hash   uint32

	elem, key *Type
	count     int64 // of an array
	fields    []field

	eq     eqRule
	direct bool // a value is the data word itself

	inter  []method // of an interface, in order
	table  []method // of any other type, in order
	tabled bool     // whether table is filled in
}

// A field is one of a struct.
type field struct {
	name, pkg string
	typ       *Type
	offset    int64
	embedded  bool
}

// Layout returns the type as package layout has it.
func (t *Type) Layout() layout.Type { return t.source }

// Kind returns the kind of package reflect: reflect.Struct.
func (t *Type) Kind() reflect.Kind { return t.kind }

// String returns the type as the runtime writes it: "main.T", "interface {}".
func (t *Type) String() string { return t.name }

// Word returns the type word of an empty interface that holds a value of the type: the
// address of its description.
func (t *Type) Word() uint64 { return t.addr }

// Hash returns the hash that the compiler makes of the type's text, and that type
// switches and the itab table use.
func (t *Type) Hash() uint32 { return t.hash }

// Direct reports whether an interface holds a value of the type in the data word
// itself, without a box.
func (t *Type) Direct() bool { return t.direct }

// Comparable reports whether == accepts values of the type. It may still panic, at an
// interface inside.
func (t *Type) Comparable() bool { return t.eq != eqNone }

// empty reports whether t is an interface type without methods.
func (t *Type) empty() bool { return t.kind == reflect.Interface && len(t.inter) == 0 }

var errUseNew = errors.New("iface: the Runtime is empty: use New")

// owns says what is wrong with a type that a caller gave, or nil.
func (m *Runtime) owns(t *Type) error {
	switch {
	case m.memory == nil:
		return errUseNew
	case t == nil:
		return errors.New("iface: nil *Type")
	case t.m != m:
		return errors.New("iface: the Type is of another Runtime, or of none: use TypeOf")
	}
	return nil
}

// TypeOf returns the Runtime's type for a type of package layout: the same for types that
// are identical by the rules of the language. It returns an error if t, or a type that it
// leads to, is invalid, larger than 1 MiB or nested more than 2,000 levels deep, or if
// there would be more than 16,384 types.
func (m *Runtime) TypeOf(t layout.Type) (*Type, error) {
	if m.memory == nil {
		return nil, errUseNew
	}
	c := typeChecker{m: m, seen: map[layout.Type]bool{}}
	if err := c.check(t, 0); err != nil {
		return nil, fmt.Errorf("iface: %w", err)
	}
	out := m.intern(t)
	for len(m.unfinished) > 0 {
		next := m.unfinished[0]
		m.unfinished = m.unfinished[1:]
		m.finish(next)
	}
	return out, nil
}

// intern finds a type that was checked, or adds it. What it points to waits in
// m.unfinished, since a type may lead back to itself.
func (m *Runtime) intern(t layout.Type) *Type {
	named, _ := t.(*layout.Named)
	if known := m.byNamed[named]; known != nil && named != nil {
		return known
	}
	text := t.String()
	for _, known := range m.byText[text] {
		if layout.Identical(known.source, t) {
			if named != nil {
				m.byNamed[named] = known
			}
			return known
		}
	}
	x, err := m.layout.Extent(t)
	if err != nil {
		panic("iface: a type that was checked: " + err.Error())
	}
	out := &Type{m: m, addr: typeBase + typeStep*uint64(len(m.types)), source: t, size: x.Size, align: x.Align, ptrs: x.PtrBytes}
	m.types = append(m.types, out)
	m.byText[text] = append(m.byText[text], out)
	if named != nil {
		m.byNamed[named] = out
	}
	m.describe(out)
	return out
}

// describe fills in what does not lead elsewhere.
func (m *Runtime) describe(t *Type) {
	switch u := under(t.source).(type) {
	case layout.Basic:
		t.kind = basicKinds[u]
	case *layout.Array:
		t.kind, t.elem, t.count = reflect.Array, m.intern(u.Elem), u.Len
	case *layout.Struct:
		t.kind = reflect.Struct
		l, err := m.layout.Of(u)
		if err != nil {
			panic("iface: a struct that was checked: " + err.Error())
		}
		for i, f := range u.Fields {
			t.fields = append(t.fields, field{f.Name, f.Pkg, m.intern(f.Type), l.Fields[i].Offset, f.Embedded})
		}
	case *layout.Pointer:
		t.kind = reflect.Pointer
	case *layout.Slice:
		t.kind = reflect.Slice
	case *layout.Map:
		t.kind = reflect.Map
	case *layout.Chan:
		t.kind = reflect.Chan
	case *layout.Func:
		t.kind = reflect.Func
	case *layout.Interface:
		t.kind = reflect.Interface
		t.inter, _ = interfaceMethods(u)
	}
	t.name = runtimeName(t.source)
	t.eq = m.eqRuleOf(t)
	t.direct = m.isDirect(t)
	t.hash = m.rules.hash(linkName(t.source, m.rules.hashFields))
	m.unfinished = append(m.unfinished, t)
}

// finish fills in what the type leads to.
func (m *Runtime) finish(t *Type) {
	switch u := under(t.source).(type) {
	case *layout.Pointer:
		t.elem = m.intern(u.Elem)
	case *layout.Slice:
		t.elem = m.intern(u.Elem)
	case *layout.Chan:
		t.elem = m.intern(u.Elem)
	case *layout.Map:
		t.key, t.elem = m.intern(u.Key), m.intern(u.Elem)
	}
}

// isDirect reports whether a value is the data word itself
// (cmd/compile/internal/types/type.go:IsDirectIface).
func (m *Runtime) isDirect(t *Type) bool {
	switch {
	case m.rules.wordInside:
		return t.size <= word
	case m.rules.ptrBytes:
		return t.size == word && t.ptrs == word
	}
	switch t.kind {
	case reflect.Pointer, reflect.Chan, reflect.Map, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return t.count == 1 && t.elem.direct
	case reflect.Struct:
		return len(t.fields) == 1 && t.fields[0].typ.direct
	}
	return false
}

// under takes the names off a type: nil if nothing is left.
func under(t layout.Type) layout.Type {
	for range 100 {
		n, ok := t.(*layout.Named)
		if !ok {
			return t
		}
		if n == nil {
			return nil
		}
		t = n.Underlying
	}
	return nil
}

var basicKinds = map[layout.Basic]reflect.Kind{
	layout.Bool: reflect.Bool,
	layout.Int:  reflect.Int, layout.Int8: reflect.Int8, layout.Int16: reflect.Int16, layout.Int32: reflect.Int32, layout.Int64: reflect.Int64,
	layout.Uint: reflect.Uint, layout.Uint8: reflect.Uint8, layout.Uint16: reflect.Uint16, layout.Uint32: reflect.Uint32, layout.Uint64: reflect.Uint64,
	layout.Uintptr: reflect.Uintptr,
	layout.Float32: reflect.Float32, layout.Float64: reflect.Float64, layout.Complex64: reflect.Complex64, layout.Complex128: reflect.Complex128,
	layout.String: reflect.String, layout.UnsafePointer: reflect.UnsafePointer,
}
