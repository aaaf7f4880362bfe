package iface_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/layout"
)

// TestNestedText checks that a value is written down to the twentieth level.
func TestNestedText(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	typ := reflect.TypeFor[int]()
	x := reflect.ValueOf(42)
	for range 15 {
		typ = reflect.SliceOf(typ)
		s := reflect.MakeSlice(typ, 1, 1)
		s.Index(0).Set(x)
		x = s
	}
	v, err := m.ValueOf(x.Interface())
	if err != nil {
		t.Fatal(err)
	}
	if text := v.String(); strings.Contains(text, "...") || !strings.Contains(text, "{42}") {
		t.Errorf("%s", text)
	}
}

// TestRoundText checks that a value that contains itself, through a slice or a map, is
// copied as it is, and that its text ends at the twentieth level.
func TestRoundText(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	list, dict := []any{nil}, map[string]any{}
	list[0], dict["self"] = list, dict
	for name, x := range map[string]any{"[]interface {}{": list, "map[string]interface {}{": dict} {
		v, err := m.ValueOf(x)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text := v.String(); !strings.Contains(text, "...") || strings.Count(text, name) < 5 || strings.Count(text, name) > 20 {
			t.Errorf("%.200s", text)
		}
	}
}

// TestInstanceName checks the name of an instance of a generic type: it has the
// package's last element, and all arguments in brackets.
func TestInstanceName(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]layout.Type{"p.T[int]": {layout.Int}, "p.T[int,string]": {layout.Int, layout.String}, "p.T": nil} {
		typ, err := m.TypeOf(&layout.Named{Pkg: "example.com/p", Name: "T", Args: args, Underlying: layout.Int})
		if err != nil || typ.String() != want {
			t.Errorf("%v, %v; want %s", typ, err, want)
		}
	}
}

// TestDeepValueText: a text goes 20 levels into a value, and ends after some 1,024 bytes.
func TestDeepValueText(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	text := func(x any) string {
		t.Helper()
		v, err := m.ValueOf(x)
		if err != nil {
			t.Fatal(err)
		}
		return v.String()
	}
	slice := func(of reflect.Type, x reflect.Value) reflect.Value {
		out := reflect.MakeSlice(reflect.SliceOf(of), 1, 1)
		out.Index(0).Set(x)
		return out
	}
	for kind, around := range map[string]func(reflect.Value) reflect.Value{
		"array": func(x reflect.Value) reflect.Value {
			out := reflect.New(reflect.ArrayOf(1, x.Type())).Elem()
			out.Index(0).Set(x)
			return out
		},
		"slice":     func(x reflect.Value) reflect.Value { return slice(x.Type(), x) },
		"interface": func(x reflect.Value) reflect.Value { return slice(reflect.TypeFor[any](), x) },
	} {
		x, levels := reflect.ValueOf(12345), 19 // and the interface around all
		if kind == "interface" {
			levels = 9 // each a slice, too
		}
		for range levels {
			x = around(x)
		}
		for _, whole := range []bool{true, false} {
			got := text(x.Interface())
			if strings.Contains(got, "12345") != whole || strings.Contains(got, "...") == whole {
				t.Errorf("%d levels of %s: %s", levels, kind, got)
			}
			x, levels = around(x), levels+1
		}
	}
	if got := text(make([]int, 1000)); !strings.HasSuffix(got, ", 0, ...}") || len(got) > 1040 {
		t.Errorf("1,000 numbers: %d bytes, ...%s", len(got), got[len(got)-20:])
	}
}
