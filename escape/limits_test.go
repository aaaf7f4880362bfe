package escape_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
)

// TestWideText: what is written of a type ends, though it has each of 30 types twice.
func TestWideText(t *testing.T) {
	var b strings.Builder
	b.WriteString("package p\nvar G any\ntype t0 = struct{ n int }\n")
	for i := range 30 {
		fmt.Fprintf(&b, "type t%d = struct{ a, b *t%d }\n", i+1, i)
	}
	b.WriteString("func f() { G = make([]t30, 1) }\n")
	got := texts(t, check(t, "x.go", b.String()), escape.Config{Explain: true})
	if len(got) != 2 {
		t.Errorf("%.300q", got)
	}
	for _, s := range got {
		if len(s) < escape.MaxText || len(s) > 2*escape.MaxText {
			t.Errorf("a text of %d bytes", len(s))
		}
	}
}

// TestDeepText: of a type or an expression 2,000 levels are written, however deep it is, and
// one after another however many there are.
func TestDeepText(t *testing.T) {
	for _, n := range []int{1990, 2100, 3000} {
		p := check(t, "x.go", "package p\nvar G any\nfunc f(n int) { G = make("+strings.Repeat("[]", n)+"int, n) }\n")
		r, err := escape.Analyze(p, escape.Config{})
		if err != nil || len(r.Diagnostics) != 2 {
			t.Fatal(r, err)
		}
		if got := strings.Count(r.Diagnostics[0].Text, "[]"); got != min(n, 2000) {
			t.Errorf("of %d levels %d are written", n, got)
		}
	}
	many := strings.Repeat("[]int, ", 1100)
	p := check(t, "x.go", "package p\nvar G any\nfunc f(n int) { G = make([]func("+many+"[]int), n) }\n")
	r, err := escape.Analyze(p, escape.Config{})
	if err != nil || len(r.Diagnostics) != 2 {
		t.Fatal(r, err)
	}
	if want := "make([]func(" + many + "[]int), n) escapes to heap"; r.Diagnostics[0].Text != want {
		t.Errorf("%q, want %q", r.Diagnostics[0].Text, want)
	}
}

// TestForeignInfo: the selections and types of other expressions give an error where the
// source cannot have them.
func TestForeignInfo(t *testing.T) {
	const src = "package p\ntype A struct{ a int }\ntype B struct{ x, y int; A }\nfunc (A) m() {}\nfunc f(a A, b B) {\n\t_ = a.a\n\t_ = b.y\n\tb.m()\n\t_ = b.m\n}\nfunc seq(func() bool) {}\nfunc seq2(x, y func() bool) {}\nfunc g() { for range seq {} }\n"
	for _, tt := range []struct {
		what string
		harm func(i *types.Info, one, two, method *ast.SelectorExpr, in *ast.Ident, seq2 types.Object)
		want string
	}{
		{"nothing", func(*types.Info, *ast.SelectorExpr, *ast.SelectorExpr, *ast.SelectorExpr, *ast.Ident, types.Object) {}, ""},
		{"a selection of the second field", func(i *types.Info, one, two, _ *ast.SelectorExpr, _ *ast.Ident, _ types.Object) {
			i.Selections[one] = i.Selections[two]
		}, "a selection of no field"},
		{"a selection of a method of the third", func(i *types.Info, one, _, method *ast.SelectorExpr, _ *ast.Ident, _ types.Object) {
			i.Selections[one] = i.Selections[method]
		}, "a selection of no field"},
		{"a loop over a function of two", func(i *types.Info, _, _, _ *ast.SelectorExpr, in *ast.Ident, seq2 types.Object) {
			tv := i.Types[in]
			tv.Type = seq2.Type()
			i.Types[in], i.Uses[in] = tv, seq2
		}, "a loop over no iterator"},
	} {
		p := check(t, "x.go", src)
		var one, two, method *ast.SelectorExpr
		var in *ast.Ident
		for e, s := range p.Info.Selections {
			switch {
			case s.Kind() == types.MethodVal:
				method = e
			case s.Obj().Name() == "a":
				one = e
			default:
				two = e
			}
		}
		for id, obj := range p.Info.Uses {
			if obj.Name() == "seq" {
				in = id
			}
		}
		tt.harm(p.Info, one, two, method, in, p.Types.Scope().Lookup("seq2"))
		_, err := escape.Analyze(p, escape.Config{})
		if (err != nil) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.what, err, tt.want)
		}
	}
}

// TestWordsOfWays: how the steps of a way read, and which are left out.
func TestWordsOfWays(t *testing.T) {
	step := func(from, to string, derefs int, why ...string) escape.Flow {
		f := escape.Flow{From: from, To: to, Derefs: derefs}
		for _, w := range why {
			f.Notes = append(f.Notes, escape.Note{Why: w})
		}
		return f
	}
	var long []escape.Flow
	for i := range 12 {
		long = append(long, step(fmt.Sprint("v", i), fmt.Sprint("v", i+1), i%3-1))
	}
	const eight = "x leaks: its address flows to v1, then what v1 holds flows to v2, then what v2 points to flows to v3, then the address of v3 flows to v4, then what v4 holds flows to v5, then what v5 points to flows to v6, then the address of v6 flows to v7, then what v7 holds flows to v8, then "
	for _, tt := range []struct {
		v    escape.Verdict
		why  []escape.Flow
		heap string
		want string
	}{
		{escape.MovedToHeap, nil, "", "x escapes"},
		{escape.MovedToHeap, nil, "too large for stack", "x escapes: it is too large for stack"},
		{escape.LeakingParam, nil, "", "x leaks"},
		{escape.DoesNotEscape, nil, "", "x stays: nothing that outlives it has its address"},
		{escape.ZeroCopy, nil, "", "text"},
		{escape.EscapesToHeap, []escape.Flow{step("x", "{heap}", -1)}, "", "x escapes: its address flows to the heap"},
		{escape.EscapesToHeap, []escape.Flow{step("x", "y", -1, "a", "b")}, "", "x escapes: its address flows to y (b), which outlives it"},
		{escape.EscapesToHeap, []escape.Flow{step("x", "~r1", -1)}, "", "x escapes: its address flows to the result ~r1"},
		{escape.EscapesToHeap, []escape.Flow{step("x", "#rv1", -1)}, "", "x escapes: its address flows to the result #rv1"},
		{escape.LeakingParam, []escape.Flow{step("x", "y", 0)}, "", "x leaks: what it holds flows to y"},
		{escape.LeakingContent, []escape.Flow{step("x", "{temp}", 1), step("{temp}", "{storage for ... argument}", 0, "c"), step("{storage for ... argument}", "{storage for new(T)}", 0)}, "",
			"x leaks: what it points to flows to a temporary, then what a temporary holds flows to the slice of arguments (c), then what the slice of arguments holds flows to new(T)"},
		{escape.LeakingParam, long, "", eight + "and so on, then at last what v11 points to to v12"},
		{escape.LeakingParam, long[:10], "", eight + "what v8 points to flows to v9, then the address of v9 flows to v10"},
		{escape.LeakingParam, long[:11], "", eight + "and so on, then at last what v10 holds to v11"},
	} {
		d := escape.Diagnostic{Verdict: tt.v, Text: "text", Name: "x", Why: tt.why, Heap: tt.heap}
		if got := d.Words(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if got := (escape.Diagnostic{Verdict: escape.EscapesToHeap, Text: "new(T)"}).Words(); got != "new(T) escapes" {
		t.Error(got)
	}
}

// TestNumbers: the functions and steps of a package are counted, literals included.
func TestNumbers(t *testing.T) {
	p := check(t, "x.go", "package p\nvar G any\nvar _ = func() {}\nfunc f() { func() { func() {}() }(); go G.(func(int))(1) }\n")
	seen := map[escape.Kind]int{}
	r, err := escape.Analyze(p, escape.Config{Explain: true, Graph: true, Trace: func(e escape.Event) { seen[e.Kind]++ }})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range r.Graphs {
		names = append(names, g.Functions...)
	}
	slices.Sort(names)
	if r.Functions != 5 || !slices.Equal(names, []string{"f", "f.func1", "f.func1.1", "f.gowrap1", "glob..func1", "init"}) {
		t.Errorf("%d functions, %q", r.Functions, names)
	}
}

// TestStaticAddresses: init takes the address of a part of what a function returns; that of
// a variable's part at a known place is in the binary.
func TestStaticAddresses(t *testing.T) {
	const text = "package p\n\nvar i = 1\nvar g struct{ a struct{ b [3]int } }\nfunc h(*int) []int { return nil }\nvar p = "
	for value, want := range map[string]int{"&g": 0, "&g.a.b": 0, "&g.a.b[1]": 0, "&g.a.b[i]": 0, "&h(new(int))[0]": 1} {
		r, err := escape.Analyze(check(t, "x.go", text+value+"\n"), escape.Config{})
		if err != nil {
			t.Fatal(err)
		}
		said := 0
		for _, d := range r.Diagnostics {
			if d.Function == "init" {
				said++
			}
		}
		if said != want {
			t.Errorf("%s: of init %d diagnostics, want %d", value, said, want)
		}
	}
}

// TestLoopsOfInitialisers: the version of an initialiser's file says whether loops in it share
// their variables.
func TestLoopsOfInitialisers(t *testing.T) {
	const text = "var %s = func() int {\n\tvar p *int\n\tfor i := 0; i < 3; i++ {\n\t\tif p == nil {\n\t\t\tp = &i\n\t\t}\n\t}\n\treturn *p\n}\n"
	fset := token.NewFileSet()
	var files []*ast.File
	for i, v := range []string{"go1.21", "go1.22", "go1.21", "go1.22"} {
		f, err := parser.ParseFile(fset, fmt.Sprintf("f%d.go", i), fmt.Sprintf("//go:build "+v+"\n\npackage p\n"+text, fmt.Sprint("f", i)), parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := escape.NewInfo()
	pkg, err := (&types.Config{GoVersion: "go1.22", Sizes: types.SizesFor("gc", "amd64")}).Check("p", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	got := texts(t, escape.Package{Fset: fset, Files: files, Types: pkg, Info: info}, escape.Config{})
	if len(got) != 2 || !strings.HasPrefix(got[0], "f1.go:6:6: moved to heap: i") || !strings.HasPrefix(got[1], "f3.go:6:6: moved to heap: i") {
		t.Errorf("%q", got)
	}
}

// TestGraphOfIterators: what loops over functions share is declared where the outermost of
// them is; the function of a body has one result, that the loop goes on
// (cmd/compile/internal/rangefunc/rewrite.go:bodyFunc).
func TestGraphOfIterators(t *testing.T) {
	p := check(t, "x.go", "package p\nfunc f(it func(func() bool)) {\n\tfor {\n\t\tfor range it {\n\t\t\tfor range it {\n\t\t\t\tdefer f(nil)\n\t\t\t\treturn\n\t\t\t}\n\t\t}\n\t}\n}\n")
	r, err := escape.Analyze(p, escape.Config{Graph: true})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, g := range r.Graphs {
		for _, n := range g.Nodes {
			if strings.HasPrefix(n.Name, "#") {
				got[n.Function+" "+n.Name] = n.LoopDepth
				if want := map[bool]int{true: 1}[n.Name == "#r"]; n.Result != want {
					t.Errorf("%s of %s is result %d, want %d", n.Name, n.Function, n.Result, want)
				}
			}
		}
	}
	want := map[string]int{"f #state1": 2, "f #yield2": 2, "f #next": 2, "f #defers": 2, "f-range1 #state2": 1, "f-range1 #yield1": 1, "f-range1 #r": 1, "f-range1-range1 #r": 1}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestGraphOfLabels: a break or continue to a label inside of the body of a loop over a
// function needs nothing of the rewrite, one to a label around it does
// (cmd/compile/internal/rangefunc/rewrite.go:editBranch).
func TestGraphOfLabels(t *testing.T) {
	for body, want := range map[string]bool{
		"L: for { break L }; f(nil)":                            false,
		"L: for { for { continue L } }":                         false,
		"for { break }":                                         false,
		"for { break O }":                                       true,
		"for { continue O }":                                    true,
		"L: for { if it == nil { break O }; break L }":          true,
		"L: switch { case it == nil: break L; default: f(it) }": false,
	} {
		p := check(t, "x.go", "package p\nfunc f(it func(func() bool)) {\nO:\n\tfor {\n\t\tfor range it { "+body+" }\n\tbreak O\n\t}\n}\n")
		r, err := escape.Analyze(p, escape.Config{Graph: true})
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, g := range r.Graphs {
			got = got || slices.ContainsFunc(g.Nodes, func(n escape.Node) bool { return n.Name == "#next" })
		}
		if got != want {
			t.Errorf("%s: #next is there: %v, want %v", body, got, want)
		}
	}
}

// TestDeepTypes: a struct of 98 or 900 levels takes no longer than others, and a method of what is
// 1,000 levels deep in the type of a variable is compiled, as the compiler does.
func TestDeepTypes(t *testing.T) {
	for _, n := range []int{98, 900} {
		p := check(t, "x.go", "package p\nvar G any\nfunc f() { var x "+strings.Repeat("struct{ f ", n)+"int"+strings.Repeat(" }", n)+"; G = x }\n")
		if got := texts(t, p, escape.Config{}); len(got) != 1 || !strings.Contains(got[0], "x escapes to heap") {
			t.Errorf("%d levels: %q", n, got)
		}
	}
	for _, n := range []int{100, 101, 1000} {
		p := check(t, "x.go", "package p\nvar V "+strings.Repeat("[]", n)+"S[int]\nvar G *int\ntype S[P any] struct{ p P }\nfunc (s S[P]) M() { x := 1; G = &x }\n")
		if got := texts(t, p, escape.Config{}); len(got) != 1 || !strings.Contains(got[0], "moved to heap: x") {
			t.Errorf("%d levels: %q", n, got)
		}
	}
}

// TestEndlessTypes: a type that has ever larger instances of itself, which the type checker
// reports, is followed for 2,000 levels.
func TestEndlessTypes(t *testing.T) {
	const text = "package p\ntype T[P any] struct{ next *T[[]P] }\nvar V T[int]\nvar G *int\nfunc f() { x := 1; G = &x }\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := escape.NewInfo()
	conf := types.Config{Sizes: types.SizesFor("gc", "amd64"), Error: func(error) {}}
	pkg, err := conf.Check("p", fset, []*ast.File{f}, info)
	if err == nil {
		t.Fatal("the type checker reports nothing")
	}
	got := texts(t, escape.Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info}, escape.Config{})
	if len(got) != 1 || !strings.Contains(got[0], "moved to heap: x") {
		t.Errorf("%q", got)
	}
}
