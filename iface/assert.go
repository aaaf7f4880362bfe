package iface

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/layout"
)

// The panics of assertions and calls.
var (
	AssertFailed   = crash.Panic("interface conversion")
	NilDereference = crash.Panic("runtime error: invalid memory address or nil pointer dereference")
	NilReceiver    = crash.Panic("value method called using nil pointer")
)

// An Assertion is a place in a program that asserts x.(T): since Go 1.22 it has a cache
// of its own, if T is an interface with methods. Get one from [Runtime.Assertion].
type Assertion struct {
	m     *Runtime
	from  *Type
	to    *Type
	cache siteCache
}

// Assertion makes a place that asserts that a value of an interface type is of another
// type. It returns an error if that does not compile: from is not an interface type, or
// to lacks its methods.
func (m *Runtime) Assertion(from, to *Type) (*Assertion, error) {
	for _, t := range []*Type{from, to} {
		if err := m.owns(t); err != nil {
			return nil, err
		}
	}
	if from.kind != reflect.Interface {
		return nil, fmt.Errorf("iface: %.80s is no interface type: it has no dynamic type", from)
	}
	if to.kind != reflect.Interface {
		if name, why := m.missing(to, from); name != "" {
			return nil, fmt.Errorf("iface: impossible assertion: %.80s does not implement %.80s: method %.40s: %s", to, from, name, why)
		}
	}
	return &Assertion{m: m, from: from, to: to}, nil
}

// enter begins an operation on a value at a place.
func (m *Runtime) enterSite(from *Type, v Value) error {
	if m == nil {
		return errors.New("iface: the place is of no Runtime: use Assertion or Switch")
	}
	if err := m.enter(); err != nil {
		return err
	}
	err := m.has(v)
	if err == nil && v.t != from {
		err = fmt.Errorf("iface: a %.80s where a %.80s is expected", v.t, from)
	}
	if err != nil {
		m.leave()
	}
	return err
}

// Do is v, ok := x.(T). For a nil interface ok is false. If ok is false, v is the zero
// value. It returns an error if x is not of the place's type.
func (a *Assertion) Do(x Value) (v Value, ok bool, err error) {
	v, why, err := a.do(x, true)
	return v, why == "", err
}

// Must is v := x.(T): it returns [AssertFailed], the panic, where Do returns false.
func (a *Assertion) Must(x Value) (Value, error) {
	v, why, err := a.do(x, false)
	if err == nil && why != "" {
		return Value{}, AssertFailed.In(why)
	}
	return v, err
}

// do asserts. why is the text of the panic if the assertion fails.
func (a *Assertion) do(x Value, canFail bool) (v Value, why string, err error) {
	if err := a.m.enterSite(a.from, x); err != nil {
		return Value{}, "", err
	}
	defer a.m.leave()
	m := a.m
	d := m.dynamicType(x.t, x.bytes())
	if a.to.kind != reflect.Interface {
		ok := d == a.to
		if m.trace != nil {
			m.event(Event{Kind: CaseTried, Type: m.dynamicName(x.t, x.bytes()), Other: a.to.name, OK: ok})
		}
		if !ok {
			return a.fails(d, "", canFail)
		}
		return x.held().copy(), "", nil
	}
	out := Value{a.to, &object{data: append([]byte{}, x.bytes()...), place: Nowhere}, 0}
	if a.to.empty() || d == nil {
		if m.trace != nil {
			m.event(Event{Kind: CaseTried, Type: m.dynamicName(x.t, x.bytes()), Other: a.to.name, OK: d != nil})
		}
		if d == nil {
			return a.fails(nil, "", canFail)
		}
		store(out.o.data, 0, d.addr)
		return out, "", nil
	}
	tab, err := a.itab(d, canFail)
	switch {
	case err != nil:
		return Value{}, "", err
	case tab.misses != "":
		return a.fails(d, tab.misses, canFail)
	}
	store(out.o.data, 0, tab.addr)
	return out, "", nil
}

// itab finds the itab of a dynamic type, by the cache of the place or the table.
func (a *Assertion) itab(d *Type, canFail bool) (*itab, error) {
	m := a.m
	if !m.rules.siteCaches {
		return m.itabOf(a.to, d)
	}
	if e, hit := a.cache.find(d); m.cacheEvent(d, hit) {
		return e.tab, nil
	}
	tab, err := m.itabOf(a.to, d)
	if err != nil || tab.misses != "" && !canFail {
		return tab, err // the panic comes before the cache
	}
	return tab, a.cache.update(m, cached{typ: d, tab: tab})
}

// fails is the end of an assertion that fails: the zero value, and the text of the
// panic (runtime/error.go:TypeAssertionError).
func (a *Assertion) fails(d *Type, missing string, canFail bool) (Value, string, error) {
	text := a.m.assertionText(a.from, d, a.to, missing)
	if !canFail {
		a.m.panics("assert-text", a.to.name, text)
	}
	return Value{a.to, &object{data: make([]byte, a.to.size), place: Nowhere}, 0}, text, nil
}

func (m *Runtime) assertionText(from, d, to *Type, missing string) string {
	const begin = "interface conversion: "
	if missing != "" {
		return begin + d.name + " is not " + to.name + ": missing method " + missing
	}
	inter := "interface"
	concrete := to.kind != reflect.Interface
	switch {
	case concrete && (m.rules.namesInter || m.rules.namesPointer && to.isPointer()), concrete && d != nil && !from.empty():
		inter = from.name
	}
	if d == nil {
		return begin + inter + " is nil, not " + to.name
	}
	text := begin + inter + " is " + d.name + ", not " + to.name
	if d.name == to.name && m.rules.namesScopes {
		if m.pkgPath(d) != m.pkgPath(to) {
			return text + " (types from different packages)"
		}
		return text + " (types from different scopes)"
	}
	return text
}

// pkgPath returns what the runtime takes for a type's package: that of a name, of what a
// pointer with methods points to, and of the unexported names of a type that has neither
// (runtime/type.go:pkgpath).
func (m *Runtime) pkgPath(t *Type) string {
	switch u := t.source.(type) {
	case *layout.Named:
		return u.Pkg
	case *layout.Pointer:
		if n, ok := u.Elem.(*layout.Named); ok && len(m.methodsOf(t)) > 0 {
			return n.Pkg
		}
	case *layout.Struct:
		if len(m.methodsOf(t)) > 0 {
			return ""
		}
		for _, f := range u.Fields {
			if !exported(f.Name) {
				return f.Pkg
			}
		}
	case *layout.Interface:
		for _, f := range t.inter {
			if !exported(f.name) {
				return f.pkg
			}
		}
	}
	return ""
}

// isPointer reports whether the compiler of Go 1.5 to 1.7 asserts to the type itself,
// without the runtime (go1.7.6 cmd/compile/internal/gc/ssa.go:dottype).
func (t *Type) isPointer() bool {
	switch t.kind {
	case reflect.Pointer, reflect.Chan, reflect.Map, reflect.Func, reflect.UnsafePointer:
		return true
	}
	return false
}

// Cache returns the cache of the place: the types in its entries, "" for a free entry.
// There is none before Go 1.22.
func (a *Assertion) Cache() []string { return a.cache.names() }

// Assert is v := x.(T) at a place of its own, which the program reaches for the first
// time. Errors are those of Runtime.Assertion and Assertion.Must.
func (m *Runtime) Assert(x Value, to *Type) (Value, error) {
	if err := m.has(x); err != nil {
		return Value{}, err
	}
	a, err := m.Assertion(x.t, to)
	if err != nil {
		return Value{}, err
	}
	return a.Must(x)
}
