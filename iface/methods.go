package iface

import (
	"errors"
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/layout"
)

// A Method is a method that [Runtime.Declare] gives to a type.
type Method struct {
	Name    string
	Pkg     string // import path, for unexported names
	Type    *layout.Func
	Pointer bool // its receiver is a pointer to the type
}

// maxMethods bounds the methods of a type.
const maxMethods = 1 << 12

// A method is one of a table.
type method struct {
	name, pkg string
	typ       *layout.Func
	text      string // the function that is called: "main.(*T).String"
	deref     bool   // a wrapper that is called with a pointer and copies what is there
}

func exported(name string) bool { return token.IsExported(name) }

// compareMethods orders tables as the compiler does: exported names first, then by
// name, then by package (cmd/compile/internal/types/sym.go:Less).
func compareMethods(a, b method) int {
	ea, eb := exported(a.name), exported(b.name)
	switch {
	case ea != eb && ea:
		return -1
	case ea != eb:
		return 1
	case a.name != b.name:
		return strings.Compare(a.name, b.name)
	case !ea:
		return strings.Compare(a.pkg, b.pkg)
	}
	return 0
}

// same reports whether two methods have one name.
func (a method) same(b method) bool {
	return a.name == b.name && (exported(a.name) || a.pkg == b.pkg)
}

// interfaceMethods returns those of an interface type, in order.
func interfaceMethods(t *layout.Interface) ([]method, error) {
	if len(t.Methods) > maxMethods {
		return nil, fmt.Errorf("an interface of %d methods: at most %d are allowed", len(t.Methods), maxMethods)
	}
	var out []method
	for _, m := range t.Methods {
		if m.Type == nil || m.Name == "" || m.Name == "_" {
			return nil, fmt.Errorf("method %.40q has no name or no type", m.Name)
		}
		out = append(out, method{name: m.Name, pkg: m.Pkg, typ: m.Type})
	}
	slices.SortStableFunc(out, compareMethods)
	for i := 1; i < len(out); i++ {
		if out[i].same(out[i-1]) {
			return nil, fmt.Errorf("method %.40q is there twice", out[i].name)
		}
	}
	return out, nil
}

// Declare gives methods to a declared type that has not been used with [Runtime.TypeOf]
// before. It returns an error if it was, if the type has methods already, is an interface
// or a pointer, or if a method lacks a name or a type or is declared twice.
func (m *Runtime) Declare(t *layout.Named, methods ...Method) error {
	switch {
	case m.memory == nil:
		return errUseNew
	case t == nil:
		return errors.New("iface: nil *layout.Named")
	case m.byNamed[t] != nil || m.declared[declKey(t)] != nil:
		return fmt.Errorf("iface: %.80s has been used: declare its methods first", t)
	case len(methods) > maxMethods || len(m.declared) >= maxTypes:
		return fmt.Errorf("iface: %d methods of %.80s: at most %d are allowed", len(methods), t, maxMethods)
	}
	switch under(t).(type) {
	case nil, *layout.Interface, *layout.Pointer:
		return fmt.Errorf("iface: %.80s is an interface, a pointer or not a type: it has no methods of its own", t)
	}
	c := typeChecker{m: m, seen: map[layout.Type]bool{}}
	for i, f := range methods {
		if f.Type == nil || f.Name == "" || f.Name == "_" {
			return fmt.Errorf("iface: method %.40q has no name or no type", f.Name)
		}
		for _, g := range methods[:i] {
			if f.Name == g.Name && (exported(f.Name) || f.Pkg == g.Pkg) {
				return fmt.Errorf("iface: method %.40q is there twice", f.Name)
			}
		}
		if err := c.function(f.Type, 0); err != nil {
			return fmt.Errorf("iface: method %.40q: %w", f.Name, err)
		}
	}
	m.declared[declKey(t)] = append([]Method{}, methods...)
	return nil
}

// declKey returns what tells a declaration.
func declKey(t *layout.Named) any {
	if t.Decl != nil && reflect.ValueOf(t.Decl).Comparable() {
		return t.Decl
	}
	return t
}

// methodsOf fills in and returns the method table of a type that is no interface: its
// own methods and those of embedded fields, in order
// (cmd/compile/internal/typecheck/subr.go:CalcMethods).
func (m *Runtime) methodsOf(t *Type) []method {
	if t.tabled || t.kind == reflect.Interface {
		return t.table
	}
	t.tabled = true
	base, pointer := t, false
	if _, named := t.source.(*layout.Named); !named && t.kind == reflect.Pointer {
		base, pointer = t.elem, true
		if base.kind == reflect.Pointer || base.kind == reflect.Interface {
			return nil
		}
	}
	t.table = m.selectors(base, pointer)
	slices.SortFunc(t.table, compareMethods)
	return t.table
}

// A place is a struct, or another type, whose methods and fields are looked at.
type place struct {
	typ     *Type
	pointer bool // what has it can give a pointer to it
	many    bool // it is there more than once at this depth
}

// selectors finds the methods that a value of a type, or a pointer to one, has: level
// by level of embedded fields, where a name hides the same name deeper down, and two
// on one level hide each other (go/types/lookup.go:lookupFieldOrMethod).
func (m *Runtime) selectors(base *Type, pointer bool) (out []method) {
	type found struct {
		method
		usable bool // a method, once, that may be called
	}
	hidden := map[string]bool{}
	seen := map[*Type]bool{}
	level := []place{{base, pointer, false}}
	for depth := 0; len(level) > 0 && depth < 64; depth++ {
		names := map[string]found{}
		var order []string
		note := func(key string, f found, many bool) {
			if _, twice := names[key]; twice || many {
				f.usable = false
			} else {
				order = append(order, key)
			}
			names[key] = f
		}
		var next []place
		for _, p := range level {
			if seen[p.typ] {
				continue
			}
			seen[p.typ] = true
			for _, f := range m.ownMethods(p.typ) {
				usable := !f.Pointer || p.pointer
				text, deref := methodText(base, pointer, p.typ, f, depth)
				note(selector(f.Name, f.Pkg), found{method{f.Name, f.Pkg, f.Type, text, deref}, usable}, p.many)
			}
			if p.typ.kind == reflect.Interface {
				for _, f := range p.typ.inter {
					f.text = receiver(base, pointer || !base.direct) + f.name
					note(selector(f.name, f.pkg), found{f, true}, p.many)
				}
			}
			for _, f := range p.typ.fields {
				note(selector(f.name, f.pkg), found{}, p.many)
				if !f.embedded {
					continue
				}
				q := place{f.typ, p.pointer, p.many}
				if _, named := f.typ.source.(*layout.Named); !named && f.typ.kind == reflect.Pointer {
					q = place{f.typ.elem, true, p.many}
				}
				next = join(next, q)
			}
		}
		for _, key := range order {
			if f := names[key]; f.usable && !hidden[key] {
				out = append(out, f.method)
			}
		}
		for key := range names {
			hidden[key] = true
		}
		level = next
	}
	return out
}

// join adds a place to a level; a second one of a type makes its names ambiguous.
func join(level []place, q place) []place {
	for i := range level {
		if level[i].typ == q.typ {
			level[i].many = true
			level[i].pointer = level[i].pointer || q.pointer
			return level
		}
	}
	return append(level, q)
}

func selector(name, pkg string) string {
	if exported(name) {
		return name
	}
	return pkg + "." + name
}

// ownMethods returns the methods declared for a type.
func (m *Runtime) ownMethods(t *Type) []Method {
	n, ok := t.source.(*layout.Named)
	if !ok || t.kind == reflect.Interface {
		return nil
	}
	if list := m.declared[declKey(n)]; list != nil {
		return list
	}
	if real, ok := n.Decl.(reflect.Type); ok && real != nil {
		return reflectMethods(real)
	}
	return nil
}

// receiver returns what stands before the name of a method: "main.T.", "main.(*T).".
func receiver(t *Type, pointer bool) string {
	name := t.name
	if !pointer {
		return name + "."
	}
	i := 0
	if _, named := t.source.(*layout.Named); named {
		i = strings.LastIndexByte(name, '.') + 1
	}
	return name[:i] + "(*" + name[i:] + ")."
}

// methodText names the function in an itab, and says whether it is a wrapper that is
// called with a pointer for a method of the value. The receiver of what an itab calls is
// the data word: a pointer also for the methods of a type that is not one
// (cmd/compile/internal/reflectdata/reflect.go:methodWrapper).
func methodText(base *Type, pointer bool, of *Type, f Method, depth int) (string, bool) {
	return receiver(base, pointer || !base.direct) + f.Name, pointer && depth == 0 && !f.Pointer && of == base
}
