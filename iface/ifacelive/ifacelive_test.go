package ifacelive_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/ifacelive"
)

// running makes a Runtime of the Go at hand.
func running(t *testing.T) *iface.Runtime {
	t.Helper()
	m, err := iface.New(iface.Config{Release: "running"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPairs compares random pairs of values of random types, by == and DeepEqual.
func TestPairs(t *testing.T) {
	n := 20_000
	if os.Getenv("ORRERY_FULL") != "" {
		n = 120_000
	}
	seen := map[string]int{}
	var m *iface.Runtime
	for i := range n {
		if i%20 == 0 {
			m = running(t)
		}
		g := newGenerator(uint64(i))
		typ := g.typ(3)
		x := g.value(typ, 4)
		y := g.copyOf(x, 5)
		switch g.IntN(8) {
		case 0:
			y = g.value(g.typ(2), 3)
		case 1:
			y = x
		case 2:
			y = g.value(typ, 4)
		}
		a, b := x.Interface(), y.Interface()
		values, err := m.ValuesOf(a, b)
		if err != nil {
			t.Fatal(err)
		}
		real := ifacelive.Real(a, b)
		model, err := ifacelive.Model(m, values[0], values[1])
		if err != nil {
			t.Fatalf("seed %d: %v of %v: %v", i, typ, values, err)
		}
		if model != real {
			t.Fatalf("seed %d: %v: %v and %v:\nmodel %+v\nreal  %+v", i, typ, values[0], values[1], model, real)
		}
		if strings.HasPrefix(real.Equal, "runtime error") {
			real.Equal = "panic"
		}
		seen[real.Equal+" "+real.Deep]++
	}
	for _, want := range []string{"true true", "false false", "false true", "panic true", "panic false"} {
		if seen[want] < n/2000 {
			t.Errorf("too few pairs are %s: %v", want, seen)
		}
	}
	t.Logf("%d pairs, 0 mismatches: %v", n, seen)
}

// TestTypes compares the properties of types in the runtime: names, sizes, and which are
// direct.
func TestTypes(t *testing.T) {
	m := running(t)
	for i := range 1_500 {
		g := newGenerator(uint64(1_000_000 + i))
		if i%100 == 0 {
			m = running(t)
		}
		typ := g.typ(4)
		mt, err := m.RealType(typ)
		if err != nil {
			t.Fatal(err)
		}
		if mt.String() != typ.String() || mt.Kind() != typ.Kind() || mt.Comparable() != typ.Comparable() {
			t.Fatalf("%v %v %v: model %v %v %v", typ, typ.Kind(), typ.Comparable(), mt, mt.Kind(), mt.Comparable())
		}
	}
}

// TestIdentity compares pairs of types: whether they are identical, whether one is
// assignable to the other, and whether one has the other's methods.
func TestIdentity(t *testing.T) {
	n, same, assign, implement := 0, 0, 0, 0
	for round := range 60 {
		g := newGenerator(uint64(2_000_000 + round))
		m := running(t)
		list := append([]reflect.Type{}, declared...)
		for range 25 {
			typ := g.typ(2)
			list = append(list, typ, typ, reflect.PointerTo(typ))
		}
		for range 400 {
			a, b := list[g.IntN(len(list))], list[g.IntN(len(list))]
			x, err := m.RealType(a)
			if err != nil {
				t.Fatal(err)
			}
			y, err := m.RealType(b)
			if err != nil {
				t.Fatal(err)
			}
			n++
			if got, err := m.Identical(x, y); err != nil || got != (a == b) {
				t.Fatalf("%v and %v: identical %v, %v", a, b, got, err)
			}
			v, err := m.Assignable(x, y)
			if err != nil || v.OK != a.AssignableTo(b) {
				t.Fatalf("%v to %v: assignable %+v, %v", a, b, v, err)
			}
			if a == b {
				same++
			}
			if v.OK {
				assign++
			}
			if b.Kind() == reflect.Interface {
				w, err := m.Implements(x, y)
				if err != nil || w.OK != a.Implements(b) {
					t.Fatalf("%v implements %v: %+v, %v", a, b, w, err)
				}
				implement++
			}
		}
	}
	t.Logf("%d pairs of types, 0 mismatches: %d identical, %d assignable, %d asked for methods", n, same, assign, implement)
}
