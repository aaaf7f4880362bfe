package slicegrowlive

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/slicegrow"
)

// A function is a Go function that appends to a slice in a loop, where the compiler may
// find that the slice needs no heap.
type function struct {
	elem  string // type of the elements
	size  int64
	scan  bool
	count int64 // values in each append, 1 to 4
	// start is the initial value of the slice: "nil", "literal" with no or "one"
	// element, or "make" with a capacity of 2.
	start string
	look  bool // reads the capacity after each append
	leave string
	reset int64 // set to nil before this append; -1: never
}

// The use of the slice at the end: none, a return, or an assignment to a global
// variable. spread has no use, either, but adds values by append(s, t...).
var leaves = []string{"stay", "stay", "return", "return", "return", "global", "spread"}

func randomFunction(rng *rand.Rand) function {
	f := function{count: 1 + rng.Int64N(4), reset: -1}
	switch n := 1 + rng.Int64N(5); rng.IntN(5) {
	case 0:
		f.elem, f.size, f.scan = "*int", 8, true
	case 1:
		f.elem, f.size, f.scan = fmt.Sprintf("[%d]*int", n), 8*n, true
	case 2:
		f.elem, f.size = fmt.Sprintf("[%d]int16", n), 2*n
	default:
		n = 1 + rng.Int64N(36)
		f.elem, f.size = fmt.Sprintf("[%d]byte", n), n
	}
	f.leave = leaves[rng.IntN(len(leaves))]
	f.look = f.leave != "return" || rng.IntN(2) == 0
	f.start = []string{"nil", "nil", "literal", "one"}[rng.IntN(4)]
	if f.leave == "stay" && rng.IntN(5) == 0 {
		f.start = "make"
	}
	if f.leave != "global" && rng.IntN(4) == 0 {
		f.reset = 1 + rng.Int64N(6)
	}
	return f
}

const most = 24 // number of appends in a function

// source writes the function, which performs n appends. It records the capacities that
// it reads, and its caller records the one of the returned slice.
func (f function) source(name string) string {
	var b strings.Builder
	start := map[string]string{
		"nil": "var s []%s", "literal": "s := []%s{}", "one": "s := []%s{zero}", "make": "s := make([]%s, 0, 2)",
	}[f.start]
	result := ""
	if f.leave == "return" {
		result = "[]" + f.elem
	}
	fmt.Fprintf(&b, "//go:noinline\nfunc %s(n int) %s {\n\tvar zero %s\n\t"+start+"\n", name, result, f.elem, f.elem)
	if f.leave == "spread" {
		fmt.Fprintf(&b, "\tvar more [%d]%s\n", f.count, f.elem)
	}
	fmt.Fprintf(&b, "\tfor i := 0; i < n; i++ {\n")
	if f.reset >= 0 {
		fmt.Fprintf(&b, "\t\tif i == %d {\n\t\t\ts = nil\n\t\t}\n", f.reset)
	}
	if f.leave == "spread" {
		fmt.Fprintf(&b, "\t\ts = append(s, more[:]...)\n")
	} else {
		fmt.Fprintf(&b, "\t\ts = append(s%s)\n", strings.Repeat(", zero", int(f.count)))
	}
	if f.look {
		fmt.Fprintf(&b, "\t\tcaps = append(caps, cap(s))\n")
	}
	fmt.Fprintf(&b, "\t}\n\t_ = zero\n")
	switch f.leave {
	case "global":
		fmt.Fprintf(&b, "\tsink = s\n")
	case "return":
		fmt.Fprintf(&b, "\treturn s\n")
	}
	fmt.Fprintf(&b, "}\n\n")
	return b.String()
}

// call writes the statements that call the function and append its capacities to all.
func (f function) call(name string) string {
	if f.leave == "return" {
		return fmt.Sprintf("\tfor n := 0; n <= %d; n++ {\n\t\tcaps = append(caps, cap(%s(n)))\n\t}\n\tdone()\n", most, name)
	}
	return fmt.Sprintf("\t%s(%d)\n\tdone()\n", name, most)
}

// predict returns the capacities that the function and its caller record, by the model.
func (f function) predict(t *testing.T, r *slicegrow.Rules, optimized bool) (caps []int64) {
	if f.leave != "return" {
		caps, _ = f.run(t, r, most, optimized)
		return caps
	}
	for n := int64(0); n <= most; n++ {
		inner, after := f.run(t, r, n, optimized)
		caps = append(append(caps, inner...), after)
	}
	return caps
}

// run performs n appends in the model.
func (f function) run(t *testing.T, r *slicegrow.Rules, n int64, optimized bool) (inner []int64, after int64) {
	a := slicegrow.Append{Count: f.count, Size: f.size, Pointers: f.scan}
	switch f.leave {
	case "stay":
		a.Dest = slicegrow.Local
	case "spread":
		a.Dest, a.Verb = slicegrow.Local, slicegrow.Spread
	case "return":
		a.Dest = slicegrow.Returned
		if f.look || f.start != "nil" { // the capacity of a literal is known
			a.Dest = slicegrow.ReturnedCap
		}
	}
	if !optimized {
		a.Dest = slicegrow.Escapes
	}
	onStack := false
	switch f.start {
	case "one":
		a.Len, a.Cap = 1, 1
		onStack = true
	case "literal":
		onStack = true
	case "make":
		a.Cap = 2
	}
	for i := range n {
		if i == f.reset {
			a.Len, a.Cap, onStack = 0, 0, false
		}
		g, err := r.Grow(a)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		if g.Ptr != slicegrow.Same {
			onStack = g.Ptr == slicegrow.Stack
		}
		a.Len, a.Cap, a.Buffered = g.Len, g.Cap, a.Buffered || g.Ptr == slicegrow.Stack
		if f.look {
			inner = append(inner, g.Cap)
		}
	}
	after = a.Cap
	if move := a; onStack {
		move.Count = 0
		if g, err := r.Move(move); err == nil {
			after = g.Cap
		}
	}
	return inner, after
}

// program writes a main package with the functions, which prints their capacities.
func program(fs []function) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\t\"encoding/json\"\n\t\"os\"\n)\n\n")
	b.WriteString("var sink interface{}\n\nvar caps []int\n\nvar all [][]int\n\n")
	b.WriteString("func done() {\n\tall = append(all, append([]int(nil), caps...))\n\tcaps = caps[:0]\n}\n\n")
	for i, f := range fs {
		b.WriteString(f.source(fmt.Sprint("f", i)))
	}
	b.WriteString("func main() {\n")
	for i, f := range fs {
		b.WriteString(f.call(fmt.Sprint("f", i)))
	}
	b.WriteString("\tjson.NewEncoder(os.Stdout).Encode(all)\n}\n")
	return b.String()
}

// TestStack compares the buffers on the stack with random programs that the running Go
// compiles, with and without optimization, and with any requested release.
func TestStack(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	fs := make([]function, 300)
	for i := range fs {
		fs[i] = randomFunction(rng)
	}
	t.Run("running", func(t *testing.T) { testStack(t, release.Running, fs, true) })
	t.Run("running, -N", func(t *testing.T) { testStack(t, release.Running, fs[:50], false) })
	for _, rel := range toolchain.Requested() {
		t.Run(rel, func(t *testing.T) { testStack(t, rel, fs, true) })
	}
}

func testStack(t *testing.T, rel string, fs []function, optimized bool) {
	if word == 4 {
		t.Skip("the go command of this machine builds for 8-byte words")
	}
	p := toolchain.Probe{Name: "stack", Source: program(fs)}
	if !optimized {
		p.Flags = []string{"-gcflags=-N"}
	}
	live, err := toolchain.Run[[][]int64](t.Context(), rel, p)
	if err != nil {
		t.Fatal(err)
	}
	if len(live) != len(fs) {
		t.Fatalf("%d functions answered, of %d", len(live), len(fs))
	}
	r, err := slicegrow.ForRelease(rel)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for i, f := range fs {
		model := f.predict(t, r, optimized)
		if diff := cmp.Diff(model, live[i]); diff != "" {
			t.Fatalf("(-model +live):\n%s\n%s", diff, f.source("f"))
		}
		checked += len(model)
	}
	t.Logf("%d capacities of %d functions, 0 mismatches", checked, len(fs))
}
