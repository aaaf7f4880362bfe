package iface

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/layout"
)

// maxName bounds the text of a type, in bytes.
const maxName = 1 << 12

// A typeWriter writes types as the compiler does for the runtime, or, full, with
// import paths for the linker.
type typeWriter struct {
	strings.Builder
	full   bool
	fields bool // unexported fields have their package
	depth  int
}

// runtimeName returns what the runtime and reflect call a type.
func runtimeName(t layout.Type) string {
	w := typeWriter{}
	w.typ(t)
	return w.String()
}

// linkName tells types apart that have one name in different packages, and since Go
// 1.19 fields, too (cmd/compile/internal/types/fmt.go:LinkString).
func linkName(t layout.Type, fields bool) string {
	w := typeWriter{full: true, fields: fields}
	w.typ(t)
	return w.String()
}

func (w *typeWriter) typ(t layout.Type) {
	if w.depth++; w.depth > 100 || w.Len() > maxName {
		w.WriteString("...")
		w.depth--
		return
	}
	defer func() { w.depth-- }()
	switch t := t.(type) {
	case nil:
		w.WriteString("<nil>")
	case layout.Basic:
		w.WriteString(t.String())
	case *layout.Named:
		w.named(t)
	case *layout.Pointer:
		w.WriteString("*")
		w.typ(t.Elem)
	case *layout.Slice:
		w.WriteString("[]")
		w.typ(t.Elem)
	case *layout.Array:
		w.WriteString("[" + strconv.FormatInt(t.Len, 10) + "]")
		w.typ(t.Elem)
	case *layout.Map:
		w.WriteString("map[")
		w.typ(t.Key)
		w.WriteString("]")
		w.typ(t.Elem)
	case *layout.Chan:
		w.channel(t)
	case *layout.Func:
		w.WriteString("func")
		w.signature(t)
	case *layout.Struct:
		w.structure(t)
	case *layout.Interface:
		w.inter(t)
	}
}

func (w *typeWriter) named(t *layout.Named) {
	if real, ok := t.Decl.(reflect.Type); ok && real != nil && !w.full {
		w.WriteString(real.String())
		return
	}
	if t.Pkg != "" {
		pkg := t.Pkg
		if !w.full {
			pkg = pkg[strings.LastIndexByte(pkg, '/')+1:]
		}
		w.WriteString(pkg + ".")
	}
	w.WriteString(t.Name)
	for i, a := range t.Args {
		w.WriteString([]string{"[", ","}[min(i, 1)])
		w.typ(a)
	}
	if len(t.Args) > 0 {
		w.WriteString("]")
	}
}

func (w *typeWriter) channel(t *layout.Chan) {
	switch t.Dir {
	case layout.Send:
		w.WriteString("chan<- ")
	case layout.Recv:
		w.WriteString("<-chan ")
	default:
		w.WriteString("chan ")
		if e, ok := t.Elem.(*layout.Chan); ok && e != nil && e.Dir == layout.Recv {
			w.WriteString("(")
			defer w.WriteString(")")
		}
	}
	w.typ(t.Elem)
}

func (w *typeWriter) signature(t *layout.Func) {
	if t == nil {
		return
	}
	w.WriteString("(")
	for i, p := range t.Params {
		if i > 0 {
			w.WriteString(", ")
		}
		if s, ok := p.(*layout.Slice); ok && t.Variadic && i == len(t.Params)-1 {
			w.WriteString("...")
			p = s.Elem
		}
		w.typ(p)
	}
	w.WriteString(")")
	switch len(t.Results) {
	case 0:
		return
	case 1:
		w.WriteString(" ")
		w.typ(t.Results[0])
		return
	}
	for i, r := range t.Results {
		w.WriteString([]string{" (", ", "}[min(i, 1)])
		w.typ(r)
	}
	w.WriteString(")")
}

func (w *typeWriter) structure(t *layout.Struct) {
	w.WriteString("struct {")
	for i, f := range t.Fields {
		if i > 0 {
			w.WriteString(";")
		}
		w.WriteString(" ")
		if !f.Embedded {
			if w.fields && !exported(f.Name) && f.Pkg != "" {
				w.WriteString(f.Pkg + ".")
			}
			w.WriteString(f.Name + " ")
		}
		w.typ(f.Type)
		if f.Tag != "" {
			w.WriteString(" " + strconv.Quote(f.Tag))
		}
		if w.Len() > maxName {
			break
		}
	}
	if len(t.Fields) > 0 {
		w.WriteString(" ")
	}
	w.WriteString("}")
}

func (w *typeWriter) inter(t *layout.Interface) {
	methods, _ := interfaceMethods(t)
	w.WriteString("interface {")
	for i, m := range methods {
		if i > 0 {
			w.WriteString(";")
		}
		w.WriteString(" ")
		if !exported(m.name) && m.pkg != "" {
			pkg := m.pkg
			if !w.full {
				pkg = pkg[strings.LastIndexByte(pkg, '/')+1:]
			}
			w.WriteString(pkg + ".")
		}
		w.WriteString(m.name)
		w.signature(m.typ)
		if w.Len() > maxName {
			break
		}
	}
	if len(methods) > 0 {
		w.WriteString(" ")
	}
	w.WriteString("}")
}
