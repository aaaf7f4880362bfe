package escape_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/escape"
)

// TestInvariants checks what holds for every analysis, on the corpus with its functions
// in any order, for any release.
func TestInvariants(t *testing.T) {
	p := corpusFile(t, "base")
	releases := []string{"go1.14", "go1.16", "go1.17", "go1.21", "go1.22", "go1.24", "go1.25", "go1.26", "go1.27"}
	want := map[string][]string{}
	for _, rel := range releases {
		want[rel] = texts(t, p, escape.Config{Release: rel})
	}
	rapid.Check(t, func(t *rapid.T) {
		rel := rapid.SampledFrom(releases).Draw(t, "release")
		seed := rapid.Uint64().Draw(t, "seed")
		q := p
		f := *p.Files[0]
		f.Decls = slices.Clone(f.Decls)
		imports := 1
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(f.Decls)-imports, func(i, j int) {
			f.Decls[i+imports], f.Decls[j+imports] = f.Decls[j+imports], f.Decls[i+imports]
		})
		q.Files = []*ast.File{&f}
		// Directives are comments, which are found by position: keep those in place.
		if slices.ContainsFunc(f.Comments, func(g *ast.CommentGroup) bool { return strings.Contains(g.List[0].Text, "//go:") }) {
			slices.SortStableFunc(f.Decls, func(a, b ast.Decl) int { return int(a.Pos() - b.Pos()) })
			n := len(f.Decls)
			k := rapid.IntRange(0, n-1).Draw(t, "keep")
			f.Decls = f.Decls[:max(k, 1)]
		}
		events := 0
		c := escape.Config{Release: rel, Explain: seed%2 == 0, Graph: seed%3 == 0, Trace: func(e escape.Event) {
			events++
			if e.Seq != uint64(events) || e.Rule == "" || e.Kind == "" {
				t.Fatalf("event %d is %+v", events, e)
			}
		}}
		r, err := escape.Analyze(q, c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := escape.Analyze(q, escape.Config{Release: rel, Explain: c.Explain, Graph: c.Graph})
		if err != nil || !reflect.DeepEqual(r, again) {
			t.Fatal("a second analysis differs")
		}
		// The rest of the package is analyzed as before, except for functions whose
		// callees are gone.
		for _, d := range r.Diagnostics {
			switch {
			case d.Line <= 0 || d.Column <= 0 || d.File == "" || d.Text == "" || d.Function == "":
				t.Fatalf("incomplete: %+v", d)
			case c.Explain && (d.Verdict == escape.MovedToHeap || d.Verdict == escape.EscapesToHeap) && d.Heap == "" && len(d.Why) == 0:
				t.Fatalf("%v: no way to the heap", d)
			case !c.Explain && len(d.Why) > 0:
				t.Fatalf("%v: a way that was not asked for", d)
			case d.Words() == "":
				t.Fatalf("%v: no words", d)
			}
		}
		if c.Graph {
			checkGraphs(t, r)
		}
		if len(q.Files[0].Decls) == len(p.Files[0].Decls) && len(r.Diagnostics) != len(want[rel]) {
			t.Fatalf("%d messages, want %d", len(r.Diagnostics), len(want[rel]))
		}
	})
}

// checkGraphs: edges are between nodes of their graph, and a node that escapes has an
// edge or a reason.
func checkGraphs(t *rapid.T, r *escape.Result) {
	if len(r.Graphs) == 0 {
		t.Fatal("no graphs")
	}
	for _, g := range r.Graphs {
		ids := map[int]bool{}
		for _, n := range g.Nodes {
			if ids[n.ID] || n.Name == "" {
				t.Fatalf("node %+v", n)
			}
			ids[n.ID] = true
		}
		for _, e := range g.Edges {
			if !ids[e.From] || !ids[e.To] || e.Derefs < -1 {
				t.Fatalf("edge %+v of %v", e, g.Functions)
			}
		}
	}
}

// TestErrors: the error of a wrong argument says what is wrong.
func TestErrors(t *testing.T) {
	good := check(t, "x.go", "package p\nfunc f() {}\n")
	for _, tt := range []struct {
		p    escape.Package
		c    escape.Config
		want string
	}{
		{escape.Package{}, escape.Config{}, "without a FileSet"},
		{escape.Package{Fset: good.Fset}, escape.Config{}, "without Types"},
		{escape.Package{Fset: good.Fset, Types: good.Types}, escape.Config{}, "use NewInfo"},
		{good, escape.Config{Release: "go2"}, "release"},
		{good, escape.Config{Arch: "pdp11"}, "unknown architecture"},
		{escape.Package{Fset: good.Fset, Types: good.Types, Info: good.Info, Files: []*ast.File{nil}}, escape.Config{}, "nil"},
		{escape.Package{Fset: good.Fset, Types: good.Types, Info: escape.NewInfo(), Files: good.Files}, escape.Config{}, "does not know the function f"},
	} {
		if _, err := escape.Analyze(tt.p, tt.c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}

// TestLarge: time and memory grow linearly with the source, and deep nesting ends.
func TestLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString("package p\nvar sink *int\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "func f%d(p *int) *int { x := 1; q := &x; if *p > 0 { q = p }; return f%d(q) }\n", i, max(i-1, 0))
	}
	r, err := escape.Analyze(check(t, "x.go", b.String()), escape.Config{})
	if err != nil || len(r.Diagnostics) < 2000 {
		t.Errorf("%d messages, %v", len(r.Diagnostics), err)
	}
	for _, n := range []int{1000, 9000, 20000} {
		src := "package p\nfunc f(x int) int { return " + strings.Repeat("-(", n/2) + "x" + strings.Repeat(")", n/2) + " }\n"
		p, err := checkErr("x.go", src)
		if err != nil {
			continue // the parser has a limit of its own
		}
		if _, err := escape.Analyze(p, escape.Config{}); err != nil && !strings.Contains(err.Error(), "deep") {
			t.Errorf("%d deep: %v", n, err)
		}
	}
	// A chain through one variable: quadratic in the worst case, but small here.
	b.Reset()
	b.WriteString("package p\nfunc f(p0 *int) *int {\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "p%d := p%d\n", i+1, i)
	}
	b.WriteString("return p3000 }\n")
	if r, err = escape.Analyze(check(t, "x.go", b.String()), escape.Config{}); err != nil || len(r.Diagnostics) != 1 {
		t.Errorf("%v, %v", r, err)
	}
}

// TestManyStatements: statements one after the other, however many, are not deep.
func TestManyStatements(t *testing.T) {
	src := "package p\nfunc f(p *int) {\n" + strings.Repeat("p = nil\n", 15_000) + "}\n"
	if r, err := escape.Analyze(check(t, "x.go", src), escape.Config{}); err != nil || len(r.Diagnostics) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestGraphOfNumbers: the result of a function that calls itself flows to the memory that an
// interface points to only if it has pointers.
func TestGraphOfNumbers(t *testing.T) {
	for result, want := range map[string]int{"int": 0, "[2]*int": 1} {
		p := check(t, "x.go", "package p\nvar g any\nfunc f() (r "+result+") { g = f(); return }\n")
		r, err := escape.Analyze(p, escape.Config{Graph: true})
		if err != nil || len(r.Graphs) == 0 || len(r.Graphs[0].Edges) != want {
			t.Errorf("%s: %+v, %v, want %d edges", result, r.Graphs, err, want)
		}
	}
}

// TestGraphOfItself: a variable that is assigned itself, or what it points to, has no edge
// for that: cmd/compile/internal/escape/graph.go:flow.
func TestGraphOfItself(t *testing.T) {
	p := check(t, "x.go", "package p\ntype T *T\nfunc f(p *int, q T) (*int, T) { p = p; q = *q; return p, q }\n")
	r, err := escape.Analyze(p, escape.Config{Graph: true})
	if err != nil || len(r.Graphs) == 0 || len(r.Graphs[0].Edges) != 2 {
		t.Errorf("%+v, %v, want 2 edges, to the results", r.Graphs, err)
	}
}

// TestGraphNodes: a node is on the line of its variable or expression: the temporary for an
// argument of a go statement on that of the argument. A go statement of a call without
// arguments needs no function of its own.
func TestGraphNodes(t *testing.T) {
	p := check(t, "x.go", `package p

func f(p, q *int) {}
func none()       {}

func g(q *int) *int {
	x := 1
	go f(
		&x,
		q,
	)
	go none()
	return new(int)
}
`)
	r, err := escape.Analyze(p, escape.Config{Graph: true})
	if err != nil {
		t.Fatal(err)
	}
	g := r.Graphs[2]
	var got []string
	for _, n := range g.Nodes {
		if n.Function != "" {
			got = append(got, fmt.Sprint(n.Line, " ", n.Name))
		}
	}
	want := []string{"6 q", "6 ~r0", "7 x", "9 .autotmp_3", "8 .autotmp_4", "8 {storage for func literal}", "13 {storage for new(int)}"}
	if !slices.Equal(got, want) || !slices.Equal(g.Functions, []string{"g", "g.gowrap1"}) {
		t.Errorf("%q: %q, want %q", g.Functions, got, want)
	}
	if r.Functions != 4 || r.Locations != 9 {
		t.Errorf("%d functions and %d locations", r.Functions, r.Locations)
	}
}

// TestWords: a step for one reason, and one for several.
func TestWords(t *testing.T) {
	p := check(t, "x.go", "package p\nfunc f() *int { x := 1; p := &x; return p }\n")
	r, err := escape.Analyze(p, escape.Config{Explain: true})
	if err != nil || len(r.Diagnostics) != 1 {
		t.Fatal(r, err)
	}
	const want = "x escapes: its address flows to p (assign), then what p holds flows to the result ~r0 (return)"
	if got := r.Diagnostics[0].Words(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWordsOfMemory: memory is named by what makes it.
func TestWordsOfMemory(t *testing.T) {
	p := check(t, "x.go", "package p\nfunc f() []*int { return []*int{new(int)} }\nfunc g(p *int) { h(p) }\nfunc h(p ...*int) {}\n")
	r, err := escape.Analyze(p, escape.Config{Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range r.Diagnostics {
		got = append(got, d.Words())
	}
	want := []string{
		"[]*int{...} escapes: its address flows to the result ~r0 (return)",
		"new(int) escapes: its address flows to []*int{...} (slice-literal-element), which outlives it",
		"p stays: nothing that outlives it has its address",
		"... argument stays: nothing that outlives it has its address",
		"p stays: nothing that outlives it has its address",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNotAtHand: the calls of an imported package leak, and the result says so, if it cannot
// be read, does not have what an analysis needs, or is another package of that path.
func TestNotAtHand(t *testing.T) {
	other := types.NewPackage("q", "q")
	q := types.NewFunc(0, other, "F", types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(0, other, "p", types.NewPointer(types.Typ[types.Int]))), nil, false))
	other.Scope().Insert(q)
	other.MarkComplete()
	p := importing(t, other, "package p\nimport \"q\"\nfunc f() { x := 1; q.F(&x) }\n")
	whole := check(t, "q.go", "package q\nfunc F(p *int) {}\n")
	for _, tt := range []struct {
		by   func(string) (*escape.Package, error)
		want string
	}{
		{nil, "no importer"},
		{func(string) (*escape.Package, error) { return nil, errors.New("a fault") }, "a fault"},
		{func(string) (*escape.Package, error) { return nil, errors.New(strings.Repeat("x", 201)) }, ": " + strings.Repeat("x", 200) + "..."},
		{func(string) (*escape.Package, error) { return nil, nil }, "does not have it"},
		{func(string) (*escape.Package, error) { return &escape.Package{}, nil }, "without a FileSet"},
		{func(string) (*escape.Package, error) { return &whole, nil }, "not the one that was imported"},
	} {
		r, err := escape.Analyze(p, escape.Config{Import: tt.by})
		if err != nil || len(r.Diagnostics) != 1 || r.Diagnostics[0].Verdict != escape.MovedToHeap || len(r.Omitted) != 1 || !strings.Contains(fmt.Sprint(r.Omitted), tt.want) {
			t.Errorf("%+v, %v, want %q", r, err, tt.want)
		}
	}
}

// TestNest: statements may be nested 10,000 deep.
func TestNest(t *testing.T) {
	for _, n := range []int{9000, 11000} {
		p := check(t, "x.go", "package p\nfunc f() { "+strings.Repeat("{", n)+strings.Repeat("}", n)+" }\n")
		if _, err := escape.Analyze(p, escape.Config{}); (err == nil) != (n < 10000) || err != nil && !strings.Contains(err.Error(), "nested more than 10000 deep") {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// TestVariableLimit: to Go 1.23 a variable of 10 MiB was on the stack.
func TestVariableLimit(t *testing.T) {
	p := check(t, "x.go", "package p\nfunc f() byte { var x [10<<20]byte; p := &x; return p[1] }\nfunc g() byte { var y [10<<20 + 1]byte; p := &y; return p[1] }\n")
	for rel, want := range map[string][]string{
		"go1.14": {"moved to heap: y"},
		"go1.23": {"moved to heap: y"},
		"go1.24": {"moved to heap: x", "moved to heap: y"},
	} {
		r, err := escape.Analyze(p, escape.Config{Release: rel})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range r.Diagnostics {
			got = append(got, d.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", rel, got, want)
		}
	}
}

// TestLongText: a name in a step has at most 1 KiB, and the text of a message a type with
// 1999 others in it.
func TestLongText(t *testing.T) {
	deep := strings.Repeat("[]", 1999) + "int"
	p := check(t, "x.go", "package p\nvar G any\nfunc f(n int) { G = make("+deep+", n) }\n")
	r, err := escape.Analyze(p, escape.Config{Explain: true})
	if err != nil || len(r.Diagnostics) == 0 {
		t.Fatal(r, err)
	}
	for _, d := range r.Diagnostics {
		if d.Text != "make("+deep+", n) escapes to heap" {
			t.Error(d.Text)
		}
		for _, f := range d.Why {
			if len(f.From) > 1100 || len(f.To) > 1100 || strings.HasPrefix(f.From, "{storage") && len(f.From) < 1024 {
				t.Errorf("names of %d and %d bytes", len(f.From), len(f.To))
			}
			for _, n := range f.Notes {
				if len(n.Text) != 1024 {
					t.Errorf("a text of %d bytes", len(n.Text))
				}
			}
		}
	}
}

// TestSize: what make allocates is as large as its capacity.
func TestSize(t *testing.T) {
	p := check(t, "x.go", "package p\nvar G any\nfunc f(n int) {\n\tG = make([]int32, 3)\n\tG = make([]int32, 3, 10)\n\tG = make([]int32, n, 10)\n\tG = make([]int32, n)\n\tG = []int32{1, 2}\n\tG = new([5]int16)\n\tG = f\n\tG = []int32{5: 1, 2}\n\tG = []rune(\"abc\")\n\tmany(1, 2, 3)\n}\nfunc many(x ...int64) {}\n")
	r, err := escape.Analyze(p, escape.Config{})
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[int][]int64{}
	for _, d := range r.Diagnostics {
		sizes[d.Line] = append(sizes[d.Line], d.Size)
	}
	want := map[int][]int64{4: {24, 12}, 5: {24, 40}, 6: {24, 40}, 7: {24, -1}, 8: {24, 8}, 9: {10}, 11: {24, 28}, 12: {24, 12}, 13: {24}, 15: {24}}
	if fmt.Sprint(sizes) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", sizes, want)
	}
}
