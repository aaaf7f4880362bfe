package attack

import (
	"fmt"
	"reflect"
	"strings"
)

// describe returns the call as text, cut to a bounded length.
func describe(t *target, args []reflect.Value) string {
	var p printer
	p.WriteString(t.Name + "(")
	for i, v := range args {
		if i > 0 {
			p.WriteString(", ")
		}
		p.value(v, 0)
	}
	return p.String() + ")"
}

// A printer writes values of any size, cyclic ones too.
type printer struct{ strings.Builder }

func (p *printer) full() bool { return p.Len() > 1500 }

func (p *printer) value(v reflect.Value, depth int) {
	if p.full() || depth > 6 {
		p.WriteString("…")
		return
	}
	if !v.IsValid() {
		p.WriteString("nil")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		fmt.Fprint(p, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		fmt.Fprint(p, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		fmt.Fprintf(p, "%#x", v.Uint())
	case reflect.Float32, reflect.Float64:
		fmt.Fprint(p, v.Float())
	case reflect.String:
		fmt.Fprintf(p, "%.200q", v.String())
		if v.Len() > 200 {
			fmt.Fprintf(p, "…[%d bytes]", v.Len())
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			p.WriteString("nil")
			return
		}
		if v.Kind() == reflect.Pointer {
			p.WriteString("&")
		}
		p.value(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			p.WriteString("nil")
			return
		}
		fmt.Fprintf(p, "%d[", v.Len())
		for i := range v.Len() {
			if p.full() || i == 12 {
				p.WriteString("…")
				break
			}
			p.value(v.Index(i), depth+1)
			p.WriteString(" ")
		}
		p.WriteString("]")
	case reflect.Map:
		fmt.Fprintf(p, "map of %d", v.Len())
	case reflect.Struct:
		p.WriteString(v.Type().String() + "{")
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() && !p.full() {
				p.WriteString(v.Type().Field(i).Name + ":")
				p.value(f, depth+1)
				p.WriteString(" ")
			}
		}
		p.WriteString("}")
	default:
		if v.IsZero() {
			p.WriteString("nil ")
		}
		p.WriteString(v.Type().String())
	}
}
