package escapelive

import (
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
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

// TestClosures: a literal that escapes has the size of the struct that the compiler makes
// for it.
func TestClosures(t *testing.T) {
	compared := 0
	made := regexp.MustCompile(`(?m)\.go:(\d+)\)\tLEAQ\ttype:noalg\.(struct \{ F uintptr; .* \})\(SB\)`)
	for _, s := range []Source{{Name: "leave", Text: leaveSource}, {Name: "notes", Text: notesSource}} {
		out, err := compile(t.Context(), release.Running, s.Name, s.Text, "-S")
		if err != nil {
			t.Fatal(err)
		}
		want := map[int][]int64{}
		for _, m := range made.FindAllStringSubmatch(out, -1) {
			tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, m[2])
			if err != nil {
				t.Fatal(err)
			}
			line, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			want[line] = append(want[line], types.SizesFor("gc", "amd64").Sizeof(tv.Type))
		}
		got := map[int][]int64{}
		for _, d := range model(t, s, escape.Config{Release: release.Running}).Diagnostics {
			if d.Text == "func literal escapes to heap" && len(want[d.Line]) > 0 {
				got[d.Line] = append(got[d.Line], d.Size)
			}
		}
		for line, sizes := range want {
			if len(got[line]) == 0 {
				continue // made for a go or defer statement
			}
			compared++
			slices.Sort(sizes)
			slices.Sort(got[line])
			if !slices.Equal(got[line], sizes) {
				t.Errorf("%s:%d: closures of %d bytes, the compiler's have %d", s.Name, line, got[line], sizes)
			}
		}
	}
	if compared < 6 {
		t.Errorf("only %d lines with closures", compared)
	}
}
