package iface

import (
	"fmt"
	"reflect"
	"strings"
)

// Call returns the function that a call of a method of an interface reaches: the word of
// the itab at the method's place. It returns the panic [NilDereference] for a nil
// interface, and [NilReceiver] if a method with a value receiver is called and the
// interface holds a nil pointer; a method with a pointer receiver is called all the same.
// It returns another error if v is not an interface, or has no such method.
func (m *Runtime) Call(v Value, name string) (fun string, err error) {
	if err := m.enter(); err != nil {
		return "", err
	}
	defer m.leave()
	if err := m.has(v); err != nil {
		return "", err
	}
	if v.t.kind != reflect.Interface {
		return "", v.not("an interface")
	}
	for i, f := range v.t.inter {
		if f.name != name {
			continue
		}
		tab := m.itabAt(load(v.bytes(), 0))
		if tab == nil {
			m.panics("call", v.t.name, NilDereference.Text)
			return "", NilDereference
		}
		fun := tab.funs[i]
		if m.trace != nil {
			m.event(Event{Kind: Called, Type: tab.typ.name, Method: fun, OK: true})
		}
		if tab.derefs[i] && load(v.bytes(), word) == 0 {
			base := tab.typ.elem.name
			text := fmt.Sprintf("value method %s.%s called using nil *%s pointer", base, name, base[strings.LastIndexByte(base, '.')+1:])
			m.panics("call-nil", tab.typ.name, text)
			return fun, NilReceiver.In(text)
		}
		return fun, nil
	}
	return "", fmt.Errorf("iface: %.80s has no method %.40q", v.t, name)
}
