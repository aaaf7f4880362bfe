package escapelive

import (
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/release"
)

// Values that must be on the heap are assigned to sink.
var sink any

// allocated has functions with their source, and the number of calls to be measured.
var allocated = []struct {
	src string
	run func()
}{
	{"func f() *int { x := 1; return &x }", func() { sink = returned() }},
	{"func f() int { x := 1; p := &x; return *p }", func() { _ = local() }},
	{"func f(n int) int { s := make([]int, n); return len(s) }", func() { _ = sized(3) }},
	{"func f() int { s := make([]int, 100); return len(s) }", func() { _ = constant() }},
	{"func f() int { s := make([]int, 1<<13+1); return len(s) }", func() { _ = large() }},
	{"func f() func() int { x := 1; return func() int { x++; return x } }", func() { _ = closure() }},
	{"func f() int { x := 1; g := func() int { x++; return x }; return g() }", func() { _ = closureLocal() }},
	{"func f() int { var a [128<<10 + 1]byte; g(&a); return int(a[1]) }\nfunc g(a *[128<<10 + 1]byte) { a[1] = 1 }", func() { _ = variable() }},
	{"func f() int { s := []*int{new(int), new(int)}; return *s[0] }", func() { _ = literal() }},
}

//go:noinline
func returned() *int { x := 1; return &x }

//go:noinline
func local() int { x := 1; p := &x; return *p }

//go:noinline
func sized(n int) int { s := make([]int, n); return len(s) }

//go:noinline
func constant() int { s := make([]int, 100); return len(s) }

//go:noinline
func large() int { s := make([]int, 1<<13+1); return len(s) }

//go:noinline
func closure() func() int { x := 1; return func() int { x++; return x } }

//go:noinline
func closureLocal() int { x := 1; g := func() int { x++; return x }; return g() }

//go:noinline
func variable() int { var a [128<<10 + 1]byte; touch(&a); return int(a[1]) }

//go:noinline
func touch(a *[128<<10 + 1]byte) { a[1] = 1 }

//go:noinline
func literal() int { s := []*int{new(int), new(int)}; return *s[0] }

// TestAllocs counts the allocations of small functions: as many as escape in the model.
// The size of sized fits the buffer on the stack since 1.25.
func TestAllocs(t *testing.T) {
	for _, a := range allocated {
		l := &Loader{}
		p, err := l.Source("p", map[string]string{"p.go": "package p\n" + a.src + "\n"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := escape.Analyze(*p, escape.Config{Release: release.Running})
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, d := range r.Diagnostics {
			if d.Verdict == escape.MovedToHeap || d.Verdict == escape.EscapesToHeap {
				want++
			}
		}
		if got := testing.AllocsPerRun(10, a.run); int(got) != want {
			t.Errorf("%s\nallocates %v times, the model says %d", a.src, got, want)
		}
	}
}
