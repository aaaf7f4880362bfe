//lint:file-ignore U1000 fields are there to be compared, or to be where the runtime has them

package ifacelive_test

import (
	"fmt"
	htmltemplate "html/template"
	"reflect"
	"runtime"
	"strings"
	"testing"
	texttemplate "text/template"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/iface"
)

// realWords returns the words of an interface{}.
func realWords(x *any) [2]uintptr { return *(*[2]uintptr)(unsafe.Pointer(x)) }

// An itab has the layout of the runtime's itab (internal/abi/iface.go:ITab).
type itab struct {
	inter, typ unsafe.Pointer
	hash       uint32
	fun        [8]uintptr
}

var keep []any

// hide keeps the compiler from knowing a value.
//
//go:noinline
func hide[T any](x T) T { return x }

// TestWords converts values that the compiler does not know, and compares which have the
// same type word and which the same data word: values of size 0, small numbers, zeros.
func TestWords(t *testing.T) {
	n, s, none := hide(3), hide("x"), hide([]int(nil))
	var e struct{}
	var z [0]int
	zero, big := hide(int64(0)), hide(int64(1<<40))
	f32, f64 := hide(float32(0)), hide(0.0)
	i8, u8, b := hide(int8(3)), hide(uint8(3)), hide(false)
	i16 := hide(int16(0))
	one := hide(struct{ a int64 }{3})
	two := hide(struct{ a, b int64 }{})
	empty := hide("")
	sole := hide(struct{ s string }{})
	in := hide(Int(3))
	alone := hide(struct{ b byte }{})
	keep = append(keep, n, s, none, e, z, zero, big, f32, f64, i8, u8, b, i16, one, two, empty, sole, in, &n, &n, alone, keep, &e, &z)
	keep = append(keep, n, s, none, e, zero, big, two, empty, Int(n), u8)
	m := running(t)
	list, err := m.ValuesOf(keep...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range keep {
		for j := range i {
			a, b := realWords(&keep[i]), realWords(&keep[j])
			x, err := list[i].Words()
			if err != nil {
				t.Fatal(err)
			}
			y, err := list[j].Words()
			if err != nil {
				t.Fatal(err)
			}
			if (a[0] == b[0]) != (x.Tab == y.Tab) {
				t.Errorf("%T and %T: type words %#x %#x, model %#x %#x", keep[i], keep[j], a[0], b[0], x.Tab, y.Tab)
			}
			if (a[1] == b[1]) != (x.Data == y.Data) {
				t.Errorf("%T %v and %T %v: data words %#x %#x, model %#x %#x", keep[i], keep[i], keep[j], keep[j], a[1], b[1], x.Data, y.Data)
			}
		}
	}
	keep = nil
}

// realFuns returns the functions of the itab of an interface value with n methods.
func realFuns(p unsafe.Pointer, n int) (out []string) {
	tab := *(**itab)(p)
	for i := range n {
		out = append(out, strings.ReplaceAll(runtime.FuncForPC(tab.fun[i]).Name(), "github.com/orrery-go/orrery/iface/", ""))
		out[i] = strings.TrimPrefix(out[i], "go:") // for a type without a name
	}
	return out
}

// converted converts each value that has the methods of interface type I to it.
func converted[I any](t *testing.T, m *iface.Runtime, values []any) (n int) {
	typ := reflect.TypeFor[I]()
	inter, err := m.RealType(typ)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range values {
		real, ok := x.(I)
		v, err := m.ValueOf(x)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Assertion(v.Type(), inter)
		if err != nil {
			t.Fatal(err)
		}
		got, modelOK, err := a.Do(v)
		if err != nil || modelOK != ok {
			t.Fatalf("%T.(%v): %v, model %v, %v", x, typ, ok, modelOK, err)
		}
		if !ok {
			continue
		}
		n++
		if diff := cmp.Diff(got.Methods(), realFuns(unsafe.Pointer(&real), typ.NumMethod())); diff != "" {
			t.Errorf("%T for %v (-model +real):\n%s", x, typ, diff)
		}
		w, err := got.Words()
		if err != nil {
			t.Fatal(err)
		}
		held, err := v.Words()
		if err != nil {
			t.Fatal(err)
		}
		if real := *(*[2]uintptr)(unsafe.Pointer(&real)); real[1] != realWords(&x)[1] || w.Data != held.Data {
			t.Errorf("%T.(%v) has another data word", x, typ)
		}
	}
	return n
}

// TestItabs reads the words of real interfaces, and the functions in real itabs.
func TestItabs(t *testing.T) {
	m := running(t)
	values := []any{Int(1), Str("x"), Ints{}, Pair{}, &Node{}, Node{}, Fn(nil), Float(1), Empty{}, &Empty{}, Outer{Node: &Node{}}, &Outer{Node: &Node{}},
		OuterP{&Recv{}}, &OuterP{&Recv{}}, Recv{}, &Recv{}, Both{}, &Both{}, 1, "x", nil, (*Recv)(nil), new(Int), struct{ *Recv }{}, &struct{ Recv }{}}
	n := converted[Stringer](t, m, values) + converted[Lener](t, m, values) + converted[LenPut](t, m, values) + converted[Caller](t, m, values) +
		converted[error](t, m, values) + converted[Never](t, m, values) + converted[interface {
		Len() int
		String() string
	}](t, m, values)
	if n < 20 {
		t.Errorf("only %d itabs", n)
	}
	var x, y Stringer = Int(1), Int(2)
	if *(*uintptr)(unsafe.Pointer(&x)) != *(*uintptr)(unsafe.Pointer(&y)) {
		t.Error("two itabs of one interface and type")
	}
	t.Logf("%d itabs", n)
}

// TestBlank compares structs that differ only in blank fields and padding, which no
// program can name.
func TestBlank(t *testing.T) {
	type padded struct {
		a int8
		b int32
	}
	var x, y Blank
	var p, q padded
	(*[2]int32)(unsafe.Pointer(&x))[1] = 1
	(*[8]byte)(unsafe.Pointer(&p))[2] = 1
	for _, pair := range [][2]any{{x, y}, {p, q}, {[1]Blank{x}, [1]Blank{y}}} {
		m := running(t)
		v, err := m.ValuesOf(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		eq, err := m.Equal(v[0], v[1])
		if eq != (pair[0] == pair[1]) || err != nil {
			t.Errorf("%v == %v: %v, model %v, %v", pair[0], pair[1], pair[0] == pair[1], eq, err)
		}
	}
}

func scoped() any {
	type X int
	return X(1)
}

// TestNames asserts values to other types of the same name.
func TestNames(t *testing.T) {
	type X int
	for _, c := range []struct {
		x  any
		to target
	}{
		{scoped(), to[X]()}, {X(1), to[X]()}, {htmltemplate.Template{}, to[texttemplate.Template]()}, {&htmltemplate.Template{}, to[*texttemplate.Template]()},
		{[]htmltemplate.FuncMap{}, to[[]texttemplate.FuncMap]()}, {struct{ A X }{}, to[struct{ A Int }]()},
	} {
		m := running(t)
		v, err := m.ValueOf(c.x)
		if err != nil {
			t.Fatal(err)
		}
		mt, err := m.RealType(c.to.typ)
		if err != nil {
			t.Fatal(err)
		}
		real, model := c.to.real(c.x), "ok"
		if _, err := m.Assert(v, mt); err != nil {
			model = err.Error()
		}
		if real != model {
			t.Errorf("%T.(%v):\nreal  %s\nmodel %s", c.x, c.to.typ, real, model)
		}
	}
}

// asserted performs the real assertion x.(T).
func asserted[T any](x any) string {
	got := ""
	func() {
		defer func() {
			if r := recover(); r != nil {
				got = fmt.Sprint(r)
			}
		}()
		v := x.(T)
		_ = v
		got = "ok"
	}()
	if _, ok := x.(T); ok != (got == "ok") {
		return "x.(T) and v, ok differ"
	}
	return got
}

// A target is a type that values are asserted to.
type target struct {
	typ  reflect.Type
	real func(x any) string
}

func to[T any]() target { return target{reflect.TypeFor[T](), asserted[T]} }

var targets = []target{
	to[int](), to[string](), to[bool](), to[Int](), to[Str](), to[Ints](), to[Dict](), to[Fn](), to[Pair](), to[Node](), to[*Node](), to[Empty](), to[Recv](), to[*Recv](),
	to[[]any](), to[map[int]any](), to[chan<- int](), to[func()](), to[*int](), to[struct{}](), to[any](), to[Any](), to[error](), to[Stringer](), to[Lener](), to[LenPut](), to[Caller](), to[Never](),
	to[interface{ String() int }](), to[interface {
		Error() string
		Len() int
	}](),
}

// TestAssertions asserts random values to types, for real and in the model, and compares
// the texts of the panics.
func TestAssertions(t *testing.T) {
	oks, fails := 0, 0
	var m *iface.Runtime
	for i := range 4_000 {
		if i%50 == 0 {
			m = running(t)
		}
		g := newGenerator(uint64(3_000_000 + i))
		typ := g.typ(1)
		if i%2 == 0 {
			typ = targets[g.IntN(len(targets))].typ
		}
		x := g.value(typ, 2).Interface()
		v, err := m.ValueOf(x)
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			to := targets[g.IntN(len(targets))]
			if g.IntN(3) == 0 {
				for _, same := range targets {
					if same.typ == typ {
						to = same
					}
				}
			}
			mt, err := m.RealType(to.typ)
			if err != nil {
				t.Fatal(err)
			}
			real, model := to.real(x), "ok"
			if _, err := m.Assert(v, mt); err != nil {
				model = err.Error()
			}
			if real != model {
				t.Fatalf("%T.(%v):\nreal  %s\nmodel %s", x, to.typ, real, model)
			}
			if real == "ok" {
				oks++
			} else {
				fails++
			}
		}
	}
	if oks < 1000 || fails < 1000 {
		t.Errorf("%d assertions hold, %d fail", oks, fails)
	}
	t.Logf("%d assertions hold, %d fail, 0 mismatches", oks, fails)
}
