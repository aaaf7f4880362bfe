package iface

import (
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/layout"
)

// sameFunc reports whether two method types are one.
func (m *Runtime) sameFunc(a, b *layout.Func) bool { return a == b || layout.Identical(a, b) }

// absent says that a type has no method of a name.
const absent = "it is missing"

// missing names the first method of an interface that a type has not, and why: it is
// absent, or of another type. It is "" if the type has all.
func (m *Runtime) missing(t, inter *Type) (name, why string) {
	has := t.inter
	if t.kind != reflect.Interface {
		has = m.methodsOf(t)
	}
	j := 0
	for _, want := range inter.inter {
		for j < len(has) && compareMethods(has[j], want) < 0 {
			j++
		}
		switch {
		case j == len(has) || !has[j].same(want):
			return want.name, absent
		case !m.sameFunc(has[j].typ, want.typ):
			return want.name, "it has another type"
		}
	}
	return "", ""
}

// Implements reports whether a type has all methods of an interface type, and if not,
// why. It returns an error if inter is not an interface type, or one of the types is not
// the Runtime's.
func (m *Runtime) Implements(t, inter *Type) (layout.Verdict, error) {
	for _, x := range []*Type{t, inter} {
		if err := m.owns(x); err != nil {
			return layout.Verdict{}, err
		}
	}
	if inter.kind != reflect.Interface {
		return layout.Verdict{}, fmt.Errorf("iface: %.80s is no interface type", inter)
	}
	name, why := m.missing(t, inter)
	if name == "" {
		return layout.Verdict{OK: true, Reason: fmt.Sprintf("%.80s has all methods of %.80s", t, inter)}, nil
	}
	// A method of another type is there, whatever its receiver.
	if why == absent && t.kind != reflect.Interface && t.kind != reflect.Pointer {
		for _, f := range m.selectors(t, true) {
			if f.name == name {
				why = "it has a pointer receiver"
			}
		}
	}
	return layout.Verdict{Reason: fmt.Sprintf("%.80s does not implement %.80s: method %.40s: %s", t, inter, name, why)}, nil
}

// Identical reports whether two types are identical: the same type word, and so the same
// *Type. It returns an error if one of the types is not the Runtime's.
func (m *Runtime) Identical(x, y *Type) (bool, error) {
	for _, t := range []*Type{x, y} {
		if err := m.owns(t); err != nil {
			return false, err
		}
	}
	return x == y, nil
}

// Assignable reports whether a variable of type v can be assigned to one of type t,
// including methods, which package layout does not have. It returns an error if one of
// the types is not the Runtime's.
func (m *Runtime) Assignable(v, t *Type) (layout.Verdict, error) {
	for _, x := range []*Type{v, t} {
		if err := m.owns(x); err != nil {
			return layout.Verdict{}, err
		}
	}
	if t.kind == reflect.Interface && v != t {
		return m.Implements(v, t)
	}
	out, err := layout.Assignable(v.source, t.source)
	if err != nil {
		return layout.Verdict{}, fmt.Errorf("iface: %w", err)
	}
	return out, nil
}

// Comparable reports whether x == y compiles for variables of two types: one can be
// assigned to the other, and both can be compared. It returns an error if one of the
// types is not the Runtime's.
func (m *Runtime) Comparable(x, y *Type) (layout.Verdict, error) {
	a, err := m.Assignable(x, y)
	if err == nil && !a.OK {
		a, err = m.Assignable(y, x)
	}
	if err != nil || !a.OK {
		return a, err
	}
	for _, t := range []*Type{x, y} {
		c, err := layout.Comparable(t.source)
		if err != nil {
			return layout.Verdict{}, fmt.Errorf("iface: %w", err)
		}
		if !c.Comparable {
			return layout.Verdict{Reason: c.Path + ": " + c.Reason}, nil
		}
		if a.PanicPath == "" {
			a.PanicPath = c.PanicPath
		}
	}
	return a, nil
}
