package iface

import (
	"reflect"

	"github.com/orrery-go/orrery/layout"
)

// reflectMethods returns the exported methods of a declared type of the running program:
// reflect does not tell of others. Promoted ones are among them, which changes
// nothing: they hide what they were promoted from.
func reflectMethods(t reflect.Type) (out []Method) {
	if t.Kind() == reflect.Interface {
		return nil
	}
	p := reflect.PointerTo(t)
	for i := range p.NumMethod() {
		f := p.Method(i)
		typ, err := layout.FromReflect(f.Type)
		if err != nil {
			continue
		}
		fn := *typ.(*layout.Func)
		fn.Params = fn.Params[1:]
		_, ofValue := t.MethodByName(f.Name)
		out = append(out, Method{Name: f.Name, Type: &fn, Pointer: !ofValue})
	}
	return out
}
