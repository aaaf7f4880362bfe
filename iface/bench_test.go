package iface_test

import (
	"reflect"
	"testing"

	"github.com/orrery-go/orrery/iface"
)

type quad struct {
	a int32
	b string
	c any
	d float64
}

// The compared pairs are equal, so that they are compared to the end.
var pairs = []struct {
	name string
	x, y any
}{
	{"int", 1000, 1000},
	{"string", "some words of text", string([]byte("some words of text"))},
	{"pointer", &sink, &sink},
	{"struct", quad{1, "b", 2.5, 3}, quad{1, string([]byte("b")), 2.5, 3}},
	{"array", [512]int{1}, [512]int{1}},
	{"differ", 1000, "x"},
}

var sink bool

// BenchmarkEqual compares two interfaces in the model, and for real.
func BenchmarkEqual(b *testing.B) {
	for _, p := range pairs {
		m, err := iface.New(iface.Config{})
		if err != nil {
			b.Fatal(err)
		}
		v, err := m.ValuesOf(p.x, p.y)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(p.name+"/model", func(b *testing.B) {
			for b.Loop() {
				sink, _ = m.Equal(v[0], v[1])
			}
		})
		b.Run(p.name+"/real", func(b *testing.B) {
			for b.Loop() {
				sink = p.x == p.y
			}
		})
	}
}

// BenchmarkDeepEqual compares a list of ten nodes with its copy.
func BenchmarkDeepEqual(b *testing.B) {
	type node struct {
		next *node
		v    []any
	}
	list := func() (n *node) {
		for i := range 10 {
			n = &node{n, []any{i, "x"}}
		}
		return n
	}
	x, y := list(), list()
	m, err := iface.New(iface.Config{})
	if err != nil {
		b.Fatal(err)
	}
	v, err := m.ValuesOf(x, y)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("model", func(b *testing.B) {
		for b.Loop() {
			sink, _ = m.DeepEqual(v[0], v[1])
		}
	})
	b.Run("real", func(b *testing.B) {
		for b.Loop() {
			sink = reflect.DeepEqual(x, y)
		}
	})
}
