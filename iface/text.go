package iface

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/internal/brief"
)

// maxText bounds the text of a value, in bytes.
const maxText = 1 << 10

// String returns the value as Go's %#v would write it, names of fields left out, to some
// thousand bytes: main.T{1, "a"}, (*int)(0xc000100000), interface {}(nil).
func (v Value) String() string {
	if !v.Valid() {
		return "no value"
	}
	w := valueWriter{}
	w.value(v, 0)
	return w.String()
}

type valueWriter struct{ strings.Builder }

// list writes parts, until there is no more room.
func (w *valueWriter) list(n int, part func(i int)) {
	w.WriteString("{")
	for i := range n {
		if i > 0 {
			w.WriteString(", ")
		}
		if w.Len() > maxText {
			w.WriteString("...")
			break
		}
		part(i)
	}
	w.WriteString("}")
}

func (w *valueWriter) value(v Value, depth int) {
	t := v.t
	if depth > 20 || w.Len() > maxText {
		w.WriteString("...")
		return
	}
	if isNil, err := v.IsNil(); err == nil && isNil {
		w.WriteString(parens(t.name) + "(nil)")
		return
	}
	switch t.kind {
	case reflect.Array:
		w.WriteString(t.name)
		w.list(int(t.count), func(i int) { w.value(v.index(i), depth+1) })
	case reflect.Slice:
		w.WriteString(t.name)
		w.list(int(load(v.bytes(), word)), func(i int) { w.value(v.index(i), depth+1) })
	case reflect.Struct:
		w.WriteString(t.name)
		w.list(len(t.fields), func(i int) {
			f := t.fields[i]
			w.value(Value{f.typ, v.o, v.off + f.offset}, depth+1)
		})
	case reflect.Map:
		w.WriteString(t.name)
		entries := v.dict().list()
		w.list(len(entries), func(i int) {
			w.value(entries[i].key, depth+1)
			w.WriteString(": ")
			w.value(entries[i].elem, depth+1)
		})
	case reflect.Interface:
		w.value(v.held(), depth+1)
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan, reflect.Func:
		fmt.Fprintf(w, "%s(%#x)", parens(t.name), load(v.bytes(), 0))
	default:
		w.basic(v)
	}
}

// parens puts the name of a type in parentheses if a conversion needs them.
func parens(name string) string {
	if strings.HasPrefix(name, "*") || strings.HasPrefix(name, "chan") || strings.HasPrefix(name, "<-") || strings.HasPrefix(name, "func") {
		return "(" + name + ")"
	}
	return name
}

// basic writes a number, a string or a bool, with its type unless a constant would
// have it.
func (w *valueWriter) basic(v Value) {
	text, byDefault := "", ""
	switch k := v.t.kind; {
	case k == reflect.Bool:
		b, _ := v.Bool()
		text, byDefault = strconv.FormatBool(b), "bool"
	case k == reflect.String:
		s, _ := v.Text()
		text, byDefault = strconv.Quote(brief.Text(s, maxText)), "string"
	case k == reflect.Float32 || k == reflect.Float64:
		x, _ := v.Float()
		text, byDefault = strconv.FormatFloat(x, 'g', -1, int(8*v.t.size)), "float64"
		if !strings.ContainsAny(text, ".eNI") {
			text += ".0"
		}
	case k == reflect.Complex64 || k == reflect.Complex128:
		x, _ := v.Complex()
		text, byDefault = strconv.FormatComplex(x, 'g', -1, int(8*v.t.size)), "complex128"
	case reflect.Uint <= k && k <= reflect.Uintptr:
		text = strconv.FormatUint(v.uint(), 10)
	default:
		n, _ := v.Int()
		text, byDefault = strconv.FormatInt(n, 10), "int"
	}
	if v.t.name == byDefault {
		w.WriteString(text)
		return
	}
	w.WriteString(v.t.name + "(" + text + ")")
}
