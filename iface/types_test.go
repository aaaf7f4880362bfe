package iface_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/layout"
)

// TestLedTo checks that a Runtime with a type has the types that package reflect leads to
// from it, each once.
func TestLedTo(t *testing.T) {
	type named struct{ C chan []uint16 }
	for _, typ := range []reflect.Type{
		reflect.TypeFor[*int8](), reflect.TypeFor[[]int8](), reflect.TypeFor[chan int8](), reflect.TypeFor[<-chan *int8](), reflect.TypeFor[[3]int8](),
		reflect.TypeFor[map[int8]uint8](), reflect.TypeFor[map[int8]int8](), reflect.TypeFor[struct {
			A int8
			B chan uint8
		}](), reflect.TypeFor[chan chan map[int8][2]*uint8](), reflect.TypeFor[named](), reflect.TypeFor[*named](),
	} {
		seen := map[reflect.Type]bool{}
		var walk func(reflect.Type)
		walk = func(t reflect.Type) {
			if seen[t] {
				return
			}
			seen[t] = true
			switch t.Kind() {
			case reflect.Map:
				walk(t.Key())
				walk(t.Elem())
			case reflect.Pointer, reflect.Slice, reflect.Chan, reflect.Array:
				walk(t.Elem())
			case reflect.Struct:
				for i := range t.NumField() {
					walk(t.Field(i).Type)
				}
			}
		}
		walk(typ)
		m, err := iface.New(iface.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.RealType(typ); err != nil {
			t.Fatal(err)
		}
		if got := m.Snapshot().Types; got != len(seen) {
			t.Errorf("%v: %d types, want %d", typ, got, len(seen))
		}
	}
}

// TestRegularMemory checks that == is one comparison of bytes for the structs of which the
// compiler says so in their description (internal/abi/type.go:TFlagRegularMemory), and for
// no others.
func TestRegularMemory(t *testing.T) {
	const flags, regular = 20, 1 << 3 // where the flags are in an abi.Type, and the one that is asked for
	type pair struct {
		A int
		B int8
	}
	seen := map[bool]int{}
	for _, x := range []any{
		&struct{ A, B int }{}, &struct {
			A int
			B bool
		}{}, &struct {
			A bool
			B int
		}{}, &struct {
			A int32
			B uint32
		}{}, &struct{ A, _ int }{}, &struct {
			A [2]int8
			B int16
		}{}, &struct{ A float64 }{}, &struct{ A string }{}, &struct {
			A pair
			B int64
		}{}, &struct{ A, B *int }{}, &pair{}, &struct{ A [3]int8 }{}, &struct {
			A int64
			B [4]int16
		}{}, &struct{ A any }{},
	} {
		typ := reflect.TypeOf(x).Elem()
		header := (*[2]unsafe.Pointer)(unsafe.Pointer(&[]any{reflect.Zero(typ).Interface()}[0]))
		want := *(*byte)(unsafe.Add(header[0], flags))&regular != 0
		var got []string
		m, err := iface.New(iface.Config{Trace: func(e iface.Event) { got = append(got, e.String()) }})
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.ValueOf(x)
		if err != nil {
			t.Fatal(err)
		}
		v := mustElem(t, mustElem(t, p))
		got = nil
		if eq, err := m.Equal(v, v); !eq || err != nil {
			t.Errorf("%v: %v, %v", typ, eq, err)
		}
		if is := slices.Equal(got, []string{fmt.Sprintf("memory: %d bytes of %v: equal", typ.Size(), typ)}); is != want {
			t.Errorf("%v is compared so: %q; as memory: %v", typ, got, want)
		}
		seen[want]++
	}
	if seen[true] < 4 || seen[false] < 4 {
		t.Errorf("%d types are memory, %d are not", seen[true], seen[false])
	}
}

// TestDeepType checks that a type may be nested 2,000 levels deep, and no deeper.
func TestDeepType(t *testing.T) {
	for levels, ok := range map[int]bool{2000: true, 2001: false} {
		m, err := iface.New(iface.Config{})
		if err != nil {
			t.Fatal(err)
		}
		var typ layout.Type = layout.Int
		for range levels {
			typ = &layout.Slice{Elem: typ}
		}
		if _, err := m.TypeOf(typ); (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "2000 levels") {
			t.Errorf("%d levels: %v", levels, err)
		}
	}
}

// TestTags checks that the text of a struct type has the tags of its fields, as in package
// reflect.
func TestTags(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[struct {
			A int `json:"a"`
		}](), reflect.TypeFor[struct{ A int }](), reflect.TypeFor[struct {
			A int
			B []string "json:\"b\" xml:\"\\t\""
		}](),
	} {
		if got, err := m.RealType(typ); err != nil || got.String() != typ.String() {
			t.Errorf("%v, %v; want %v", got, err, typ)
		}
	}
}
