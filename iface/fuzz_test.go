package iface_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

// FuzzSource performs any statements: nothing panics, and the Runtime stays consistent.
func FuzzSource(f *testing.F) {
	for _, s := range []string{
		"type T struct{ n int }\nfunc (T) M() {}\nx := any(T{1})\nx == x\nx.(interface{ M() })",
		"s := []any{nil}\ns[0] = s\nreflect.DeepEqual(s, s)",
		"m := map[any]int{}\nm[1] = 2\nm[func() {}] = 1",
		"var e error\ne.Error()\nswitch e.(type) { case nil: }",
		"p := &struct{ a, b any }{1, `x`}\np.a = p\n*p == *p",
		"type L []L\nl := make(L, 1)\nl[0] = l\nany(l) == any(l)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		p, err := source.New(iface.Config{})
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text) {
			_, err := p.Do(strings.TrimSpace(line))
			var c *crash.Error
			if errors.As(err, &c) && c.Text == "" {
				t.Fatalf("%q crashes without a text", line)
			}
		}
		if err := p.Runtime().Check(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzEqual compares ==, and DeepEqual, of two structs with those of Go.
func FuzzEqual(f *testing.F) {
	f.Add(1, "a", 1.0, []byte("x"), 2, "a", 1.0, []byte("x"))
	f.Fuzz(func(t *testing.T, a int, b string, c float64, d []byte, a2 int, b2 string, c2 float64, d2 []byte) {
		d = slices.Clip(d) // the fuzzer takes it from an array of megabytes
		type S struct {
			A int
			B any
			C *float64
			D any
		}
		var x, y any = S{a, b, &c, d}, S{a2, b2, &c2, string(d2)}
		m, err := iface.New(iface.Config{Release: "running"})
		if err != nil {
			t.Fatal(err)
		}
		v, err := m.ValuesOf(x, y, []any{x, b}, []any{y, b2})
		if err != nil {
			t.Fatal(err)
		}
		if eq, err := m.Equal(v[0], v[1]); eq != (x == y) || err != nil {
			t.Fatalf("%v == %v: %v, %v", x, y, eq, err)
		}
		for i, pair := range [][2]any{{x, y}, {[]any{x, b}, []any{y, b2}}} {
			if eq, err := m.DeepEqual(v[2*i], v[2*i+1]); eq != reflect.DeepEqual(pair[0], pair[1]) || err != nil {
				t.Fatalf("%v and %v: %v, %v", pair[0], pair[1], eq, err)
			}
		}
	})
}
