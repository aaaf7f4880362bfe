package layout

import (
	"fmt"
	"strconv"
)

// A Type is a Go type: a [Basic], a [*Pointer], [*Array], [*Slice], [*Struct], [*Map],
// [*Chan], [*Func], [*Interface] or [*Named]. It is built by hand, by [Parse], by
// [FromReflect], or by package gotypes from the types of a type-checked program, and must
// not change while it is used.
//
// A type may refer to itself through a Named. A type that the compiler would refuse, such
// as a struct that holds itself, can be built; functions return an error for it.
type Type interface {
	// String returns the type in Go's syntax, with the last element of import paths
	// before names: atomic.Int64. Text beyond 64 KiB is left out.
	String() string
	MarshalText() ([]byte, error)
	write(w *writer, depth int)
}

// A Basic is one of the predeclared types, or unsafe.Pointer.
type Basic uint8

// The basic types. Byte and rune are other names of Uint8 and Int32.
const (
	Bool Basic = 1 + iota
	Int
	Int8
	Int16
	Int32
	Int64
	Uint
	Uint8
	Uint16
	Uint32
	Uint64
	Uintptr
	Float32
	Float64
	Complex64
	Complex128
	String
	UnsafePointer
	basics
)

var basicNames = [basics]string{
	Bool: "bool", Int: "int", Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64",
	Uint: "uint", Uint8: "uint8", Uint16: "uint16", Uint32: "uint32", Uint64: "uint64", Uintptr: "uintptr",
	Float32: "float32", Float64: "float64", Complex64: "complex64", Complex128: "complex128",
	String: "string", UnsafePointer: "unsafe.Pointer",
}

func (b Basic) valid() bool { return 0 < b && b < basics }

// A Pointer is *Elem.
type Pointer struct{ Elem Type }

// An Array is [Len]Elem.
type Array struct {
	Len  int64
	Elem Type
}

// A Slice is []Elem.
type Slice struct{ Elem Type }

// A Map is map[Key]Elem.
type Map struct{ Key, Elem Type }

// A Chan is a channel of Elem.
type Chan struct {
	Dir  Dir
	Elem Type
}

// A Dir says which way a channel goes. The zero Dir is both.
type Dir uint8

// The directions of a channel.
const (
	Both Dir = iota
	Send     // chan<-
	Recv     // <-chan
)

// A Struct is a struct type.
type Struct struct{ Fields []Field }

// A Field is a field of a [Struct].
type Field struct {
	Name     string
	Pkg      string // import path, which tells unexported names of different packages apart
	Type     Type
	Tag      string // without its quotes
	Embedded bool   // Name is then that of the type
}

// A Func is a function type. The last of a variadic function's Params is a
// [*Slice].
type Func struct {
	Params, Results []Type
	Variadic        bool
}

// An Interface is an interface type that is not a constraint: a set of methods, including
// those of embedded interfaces.
type Interface struct{ Methods []Method }

// A Method is a method of an [Interface].
type Method struct {
	Name string
	Pkg  string // import path, for unexported names
	Type *Func
}

// A Named is a declared type. Two of them are the same type if they are the same
// *Named, or have the same Decl and identical Args.
type Named struct {
	Pkg        string // import path
	Name       string
	Args       []Type // of an instance of a generic type
	Underlying Type

	// Decl is the declaration, a value that can be compared: a reflect.Type, a
	// *types.TypeName. nil is a declaration of its own.
	Decl any
}

// Error is the predeclared type error.
var Error = &Named{Name: "error", Underlying: &Interface{Methods: []Method{{Name: "Error", Type: &Func{Results: []Type{String}}}}}}

// under returns the underlying type: never a *Named. It is nil for an invalid type, and
// for names that form a circle.
func under(t Type) Type {
	for range 100 {
		switch n := t.(type) {
		case *Named:
			if n == nil {
				return nil
			}
			t = n.Underlying
		default:
			if absent(t) {
				return nil
			}
			return t
		}
	}
	return nil
}

// absent reports whether t is nil, or a nil pointer of one of the types.
func absent(t Type) bool {
	switch t := t.(type) {
	case nil:
		return true
	case *Struct:
		return t == nil
	case *Pointer:
		return t == nil
	case *Array:
		return t == nil
	case *Slice:
		return t == nil
	case *Map:
		return t == nil
	case *Chan:
		return t == nil
	case *Func:
		return t == nil
	case *Interface:
		return t == nil
	case *Named:
		return t == nil
	}
	return false
}

// A writer collects the text of a type. The text of a type that is used in
// several places doubles with every level, hence the limits.
type writer struct {
	text  []byte
	limit int
	full  bool
}

const (
	maxText  = 64 << 10
	maxDepth = 10_000 // levels of nesting, far beyond what go/parser reads
)

func (w *writer) str(s string) {
	if len(w.text)+len(s) > w.limit {
		if !w.full {
			w.text = append(w.text, "..."...)
		}
		w.full = true
	}
	if !w.full {
		w.text = append(w.text, s...)
	}
}

func (w *writer) typ(t Type, depth int) {
	switch {
	case absent(t):
		w.str("<nil>")
	case depth > maxDepth:
		w.full = true
	case !w.full:
		t.write(w, depth+1)
	}
}

func text(t Type) string {
	w := writer{limit: maxText}
	w.typ(t, 0)
	return string(w.text)
}

// short returns the text of a type for a message or a table.
func short(t Type) string {
	w := writer{limit: 200}
	w.typ(t, 0)
	return string(w.text)
}

func marshal(t Type) ([]byte, error) { return []byte(text(t)), nil }

func (b Basic) write(w *writer, _ int) {
	if b.valid() {
		w.str(basicNames[b])
		return
	}
	w.str("Basic(" + strconv.Itoa(int(b)) + ")")
}

func (t *Pointer) write(w *writer, d int) {
	w.str("*")
	w.typ(t.Elem, d)
}

func (t *Array) write(w *writer, d int) {
	w.str("[" + strconv.FormatInt(t.Len, 10) + "]")
	w.typ(t.Elem, d)
}

func (t *Slice) write(w *writer, d int) {
	w.str("[]")
	w.typ(t.Elem, d)
}

func (t *Map) write(w *writer, d int) {
	w.str("map[")
	w.typ(t.Key, d)
	w.str("]")
	w.typ(t.Elem, d)
}

func (t *Chan) write(w *writer, d int) {
	switch t.Dir {
	case Send:
		w.str("chan<- ")
	case Recv:
		w.str("<-chan ")
	default:
		w.str("chan ")
		if e, ok := t.Elem.(*Chan); ok && e != nil && e.Dir == Recv { // chan <-chan T would be read as chan<- chan T
			w.str("(")
			defer w.str(")")
		}
	}
	w.typ(t.Elem, d)
}

func (t *Struct) write(w *writer, d int) {
	w.str("struct{")
	for i, f := range t.Fields {
		if w.full {
			break
		}
		if i > 0 {
			w.str(";")
		}
		w.str(" ")
		if !f.Embedded {
			w.str(f.Name + " ")
		}
		w.typ(f.Type, d)
		if f.Tag != "" {
			w.str(" " + strconv.Quote(f.Tag))
		}
	}
	if len(t.Fields) > 0 {
		w.str(" ")
	}
	w.str("}")
}

func (t *Func) write(w *writer, d int) {
	w.str("func")
	t.signature(w, d)
}

func (t *Func) signature(w *writer, d int) {
	w.str("(")
	for i, p := range t.Params {
		if w.full {
			break
		}
		if i > 0 {
			w.str(", ")
		}
		if s, ok := p.(*Slice); ok && s != nil && t.Variadic && i == len(t.Params)-1 {
			w.str("...")
			p = s.Elem
		}
		w.typ(p, d)
	}
	w.str(")")
	if len(t.Results) == 1 {
		w.str(" ")
		w.typ(t.Results[0], d)
		return
	}
	for i, r := range t.Results {
		if w.full {
			return
		}
		w.str([]string{" (", ", "}[min(i, 1)])
		w.typ(r, d)
	}
	if len(t.Results) > 0 {
		w.str(")")
	}
}

func (t *Interface) write(w *writer, d int) {
	if len(t.Methods) == 0 {
		w.str("any")
		return
	}
	w.str("interface{")
	for i, m := range t.Methods {
		if w.full {
			break
		}
		if i > 0 {
			w.str(";")
		}
		w.str(" " + m.Name)
		if m.Type == nil {
			w.str("<nil>")
			continue
		}
		m.Type.signature(w, d)
	}
	w.str(" }")
}

func (t *Named) write(w *writer, d int) {
	if base := pathBase(t.Pkg); base != "" {
		w.str(base + ".")
	}
	w.str(t.Name)
	for i, a := range t.Args {
		w.str([]string{"[", ", "}[min(i, 1)])
		w.typ(a, d)
	}
	if len(t.Args) > 0 {
		w.str("]")
	}
}

func pathBase(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

func (b Basic) String() string      { return text(b) }
func (t *Pointer) String() string   { return text(t) }
func (t *Array) String() string     { return text(t) }
func (t *Slice) String() string     { return text(t) }
func (t *Map) String() string       { return text(t) }
func (t *Chan) String() string      { return text(t) }
func (t *Struct) String() string    { return text(t) }
func (t *Func) String() string      { return text(t) }
func (t *Interface) String() string { return text(t) }
func (t *Named) String() string     { return text(t) }

// MarshalText returns the text of String. All types have it, so that JSON shows a type in
// Go's syntax.
func (b Basic) MarshalText() ([]byte, error)      { return marshal(b) }
func (t *Pointer) MarshalText() ([]byte, error)   { return marshal(t) }
func (t *Array) MarshalText() ([]byte, error)     { return marshal(t) }
func (t *Slice) MarshalText() ([]byte, error)     { return marshal(t) }
func (t *Map) MarshalText() ([]byte, error)       { return marshal(t) }
func (t *Chan) MarshalText() ([]byte, error)      { return marshal(t) }
func (t *Struct) MarshalText() ([]byte, error)    { return marshal(t) }
func (t *Func) MarshalText() ([]byte, error)      { return marshal(t) }
func (t *Interface) MarshalText() ([]byte, error) { return marshal(t) }
func (t *Named) MarshalText() ([]byte, error)     { return marshal(t) }

// UnmarshalText reads the text of a type as [Parse] does. All types have it. A Named is
// read with its declaration: "type T struct { n int }".
func (b *Basic) UnmarshalText(text []byte) error {
	t, err := Parse(string(text))
	if err != nil {
		return err
	}
	v, ok := t.(Basic)
	if !ok {
		return fmt.Errorf("layout: %s is no basic type", short(t))
	}
	*b = v
	return nil
}
func (t *Pointer) UnmarshalText(text []byte) error   { return unmarshal(t, text) }
func (t *Array) UnmarshalText(text []byte) error     { return unmarshal(t, text) }
func (t *Slice) UnmarshalText(text []byte) error     { return unmarshal(t, text) }
func (t *Map) UnmarshalText(text []byte) error       { return unmarshal(t, text) }
func (t *Chan) UnmarshalText(text []byte) error      { return unmarshal(t, text) }
func (t *Struct) UnmarshalText(text []byte) error    { return unmarshal(t, text) }
func (t *Func) UnmarshalText(text []byte) error      { return unmarshal(t, text) }
func (t *Interface) UnmarshalText(text []byte) error { return unmarshal(t, text) }
func (t *Named) UnmarshalText(text []byte) error     { return unmarshal(t, text) }

// unmarshal reads a type of one kind.
func unmarshal[T any](into *T, text []byte) error {
	t, err := Parse(string(text))
	if err != nil {
		return err
	}
	v, ok := t.(any).(*T)
	if !ok {
		return fmt.Errorf("layout: %s is a %T, not a %T", short(t), t, into)
	}
	*into = *v
	return nil
}
