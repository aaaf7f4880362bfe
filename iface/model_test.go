package iface_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// aProgram makes a program of a release with some types.
func aProgram(t rapid.TB, c iface.Config, declarations ...string) *source.Program {
	t.Helper()
	p, err := source.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range declarations {
		if _, err := p.Do(d); err != nil {
			t.Fatalf("%s: %v", d, err)
		}
	}
	return p
}

// manyTypes declares n types, every second with a method, and as many interfaces.
func manyTypes(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("type T%d struct{ n [%d]int }", i, i))
		if i%2 == 0 {
			out = append(out, fmt.Sprintf("func (T%d) M%d() {}", i, i%7))
		}
		out = append(out, fmt.Sprintf("type I%d interface{ M%d(); String() string }", i, i), fmt.Sprintf("type J%d interface{ M%d() }", i, i%7))
	}
	return out
}

// TestTable makes itabs until the table grows, and checks all its rules after each; no
// answer depends on the content of the table and the caches.
func TestTable(t *testing.T) {
	for _, rel := range []string{"go1.9", "go1.21", "go1.27"} {
		var grown []int64
		p := aProgram(t, iface.Config{Release: rel, Trace: func(e iface.Event) {
			if e.Kind == iface.TableGrown {
				grown = append(grown, e.Bytes)
			}
		}}, manyTypes(30)...)
		var values []iface.Value
		for i := range 30 {
			name := fmt.Sprintf("v%d", i)
			if _, err := p.Do(fmt.Sprintf("%s := any(T%d{})", name, i)); err != nil {
				t.Fatal(err)
			}
			v, err := p.Var(name)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, v)
		}
		for j := range 30 {
			for _, name := range []string{"I", "J"} {
				to, err := p.Type(fmt.Sprintf("%s%d", name, j))
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range values {
					a, err := p.Runtime().Assertion(v.Type(), to)
					if err != nil {
						t.Fatal(err)
					}
					for range 2 {
						_, ok, err := a.Do(v)
						if want := name == "J" && i%2 == 0 && i%7 == j%7; err != nil || ok != want {
							t.Fatalf("%s: T%d.(%s%d): %v, %v", rel, i, name, j, ok, err)
						}
					}
				}
			}
			if err := p.Runtime().Check(); err != nil {
				t.Fatal(err)
			}
		}
		s := p.Runtime().Snapshot()
		if len(s.Itabs) != 1800 || rel != "go1.9" && s.Table != 4096 || rel == "go1.9" && s.Table != 1009 {
			t.Errorf("%s: %d itabs in a table of %d", rel, len(s.Itabs), s.Table)
		}
		if want := map[bool][]int64{false: {1024, 2048, 4096}}[rel == "go1.9"]; !slices.Equal(grown, want) {
			t.Errorf("%s: the table has grown to %v", rel, grown)
		}
	}
}

// TestRelations checks the properties of == and DeepEqual: both are symmetric, and equal
// interfaces are also deeply equal, unless a pointer leads to a NaN in an old release;
// and that tracing changes no answer.
func TestRelations(t *testing.T) {
	atoms := []string{"nil", "1", "int8(1)", "1.5", "math.NaN()", "`a`", "``", "T{}", "T{1, 2}", "&T{}", "[]int(nil)", "[]int{}", "[]int{1}", "[2]any{1, `a`}", "[2]any{[]int{}, 1}",
		"map[string]any{}", "map[float64]int{math.NaN(): 1}", "func() {}", "struct{}{}", "(*T)(nil)", "F(nil)", "[1]F{}", "p", "q", "s", "r"}
	rapid.Check(t, func(t *rapid.T) {
		rel := rapid.SampledFrom(release.Known()).Draw(t, "release")
		n := 0
		traced := rapid.Bool().Draw(t, "traced")
		c := iface.Config{Release: rel}
		if traced {
			c.Trace = func(e iface.Event) {
				if n++; e.Seq != uint64(n) || e.Rule == "" || e.String() == "" {
					t.Fatalf("event %d is %+v", n, e)
				}
			}
		}
		p := aProgram(t, c, "type T struct { a, b any }", "type F func()")
		for _, s := range []string{"p := new(float64)", "*p = math.NaN()", "q := &T{}", "q.a = q", "s := []any{1, nil}", "s[1] = q", "r := []any{1, q}"} {
			if _, err := p.Do(s); err != nil {
				t.Fatal(err)
			}
		}
		x, y := rapid.SampledFrom(atoms).Draw(t, "x"), rapid.SampledFrom(atoms).Draw(t, "y")
		ask := func(form, a, b string) string {
			out, err := p.Do(fmt.Sprintf(form, a, b))
			var crashed *crash.Error
			if errors.As(err, &crashed) {
				return crashed.Text
			}
			if err != nil {
				t.Fatalf(form+": %v", a, b, err)
			}
			return out.Text
		}
		equal, deep := ask("any(%s) == any(%s)", x, y), ask("reflect.DeepEqual(%s, %s)", x, y)
		if other := ask("any(%s) == any(%s)", y, x); other != equal {
			t.Fatalf("%s == %s: %s, the other way %s", x, y, equal, other)
		}
		if other := ask("reflect.DeepEqual(%s, %s)", y, x); other != deep {
			t.Fatalf("DeepEqual(%s, %s): %s, the other way %s", x, y, deep, other)
		}
		if equal == "true" && deep != "true" && x != "p" {
			t.Fatalf("%s: %s and %s are equal, and not deeply", rel, x, y)
		}
		if err := p.Runtime().Check(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRefused checks what a Runtime refuses.
func TestRefused(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	one, err := m.ValueOf(1)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.ValueOf(1)
	if err != nil {
		t.Fatal(err)
	}
	of := func(_ any, err error) error { return err }
	for what, err := range map[string]error{
		"a value of another Runtime": of(m.Equal(one, foreign)),
		"no value":                   of(m.DeepEqual(one, iface.Value{})),
		"an empty Runtime":           of(new(iface.Runtime).ValueOf(1)),
		"a type of another Runtime":  of(m.New(foreign.Type())),
		"an unknown release":         of(iface.New(iface.Config{Release: "go0"})),
		"no type":                    of(m.TypeOf(nil)),
		"a type that is too large":   of(m.TypeOf(&layout.Array{Len: 1 << 21, Elem: layout.Uint8})),
		"an assertion of an int":     of(m.Assertion(mustElem(t, one).Type(), one.Type())),
		"methods of an interface":    m.Declare(&layout.Named{Name: "I", Underlying: &layout.Interface{}}),
		"a deep tree":                of(m.ValueOf(deep(20_000))),
	} {
		if err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	var again *iface.Runtime
	again, err = iface.New(iface.Config{Trace: func(iface.Event) {
		if _, err := again.Equal(one, one); err == nil || !strings.Contains(err.Error(), "Trace") {
			t.Errorf("from Trace: %v", err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := again.ValuesOf(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if eq, err := again.Equal(v[0], v[1]); !eq || err != nil {
		t.Error(eq, err)
	}
}

func mustElem(t *testing.T, v iface.Value) iface.Value {
	t.Helper()
	e, err := v.Elem()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// deep nests slices.
func deep(n int) (out any) {
	for range n {
		out = []any{out}
	}
	return out
}
