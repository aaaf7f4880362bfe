package escapelive

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/release"
)

// TestSecondLook compares programs that were written without looking at the model.
func TestSecondLook(t *testing.T) {
	// The compiler does not keep columns from 255 on. Columns of p are 10 more than the
	// number of blanks.
	var far strings.Builder
	far.WriteString("package far\n\nvar G any\n\n")
	for _, n := range []int{244, 245, 246, 300} {
		fmt.Fprintf(&far, "func%sf%d(p *int) { x := 1; G = &x }\n", strings.Repeat(" ", n), n)
	}
	far.WriteString("//line far.go:100\nfunc g(p *int) { x := 1; G = &x }\n//line far.go:200:7\nfunc h(p *int) { x := 1; G = &x }\n")
	far.WriteString("//line :300\nfunc i(p *int) { x := 1; G = &x }\n//line :400:9\nfunc j(p *int) { x := 1; G = &x }\n//line b.go:500\nfunc k(p *int) { x := 1; G = &x }\n/*line :600:2*/func l(p *int) { x := 1; G = &x }\n")
	for _, s := range []Source{
		{Name: "far", Text: far.String()},
		{Name: "local", Text: localSource},
		{Name: "dicts", Text: dictsSource},
	} {
		lines, err := Compile(t.Context(), release.Running, s.Name, s.Text)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) < 10 {
			t.Errorf("%s: only %d messages", s.Name, len(lines))
		}
		r := model(t, s, escape.Config{Release: release.Running, Explain: true})
		report(t, release.Running, s, lines, r)
		for _, d := range r.Diagnostics {
			l := Lines(&escape.Result{Diagnostics: []escape.Diagnostic{d}})[0]
			if d.String() != strings.Replace(l.String(), ":0: ", ": ", 1) {
				t.Errorf("%q is not the line %+v", d, d)
			}
		}
	}
}

// localSource declares types in functions, of the same name, and in generic ones.
const localSource = `package local

var G any

type P[A, B any] struct {
	a A
	b B
}

func g[T any](t T) {
	G = []P[T, int]{}
	G = []P[[]T, string]{}
	G = []P[P[T, int], map[string]T]{}
	type L struct {
		p *L
		t []T
	}
	type K map[string]L
	type I interface{ F(T) I }
	type E int
	G = []K{}
	G = []I{}
	G = []P[L, E]{}
	G = K{"a": L{}}
	G = P[E, T]{}
	f := func() {
		type R struct{ t T }
		G = R{t}
		G = make([]R, 3)
	}
	f()
}

func h[T any](t T) *T {
	type L struct {
		t T
		p *T
	}
	l := L{t, &t}
	m := map[string]*L{"a": &l}
	return m["a"].p
}

func calls() {
	type L struct{ p *int }
	g(1)
	g("a")
	g(L{})
	g([]L{})
	h(1)
	h("a")
	x := 3
	h(&x)
}

func id[T any](t []T) []T {
	r := make([]T, len(t))
	copy(r, t)
	return append(r, t...)
}

func int1() []any { type L struct{ v int }; return []any{id([]L{{}})[0]} }
func ptr1() []any { type L struct{ v *int }; x := 1; return []any{id([]L{{&x}})[0].v} }
func int2()       { type L int; x := 1; y := id([][]L{{L(x)}}); _ = y }
func ptr2()       { type _ int; type L *int; x := 1; y := id([][]L{{L(&x)}}); _ = y }
func box1()       { type L string; G = []P[L, []L]{}; func() { type L string; G = []P[L, L]{} }() }

var lit = func() any { type L int; return []P[[]L, int]{} }
`

// dictsSource calls instances in expressions that messages quote.
const dictsSource = `package dicts

var G any

type B[T any] struct{ x T }

func (b B[T]) Get() T      { return b.x }
func (b *B[T]) Put(x T) T  { b.x = x; return x }

type S struct{ a, b int }

type E struct{ *B[S] }

func v[T any](x T) T                { return x }
func w[T, U any](x T, y ...U) U     { return y[0] }
func constant[T any](x T) any       { return v(3) }

func f1(s string, b []byte) {
	G = v(1)
	G = v("a") + s + v(s)
	G = v(v(S{}))
	G = v[any](3)
	G = w(1, "a", "b")
	G = []byte(v(s))
	G = make([]int, v(3))
	G = string(v(b))
	G = append(v([]int{}), 1)
	G = -v(1)
	G = v(S{}).a
	G = *v(new(int))
	G = v([]int{1})[1:]
	G = constant("a")
}

func f2(b *B[string], e E) {
	G = B[int]{}.Get()
	G = b.Put("x") + "y"
	G = b.Get()
	G = e.Get()
	G = e.Put(S{})
	G = B[map[string]S]{}.Get()["a"]
	G = v(B[B[int]]{})
	G = B[*S]{}.Get().a
	G = (*B[int]).Put(&B[int]{}, 3)
	f := v[int]
	G = f(2)
	type L struct{ q int }
	G = v([]L{{}})
	G = v(struct{ a int }{1})
	G = v(map[string][]any{})["a"]
}
`
