package dest_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/slicegrow"
	"github.com/orrery-go/orrery/slicegrow/dest"
)

// TestUses analyzes one function for each use, in the releases that differ: the verdicts
// are those of the compilers, which the live twin runs.
func TestUses(t *testing.T) {
	const e, l, r, c = slicegrow.Escapes, slicegrow.Local, slicegrow.Returned, slicegrow.ReturnedCap
	for _, tt := range []struct {
		use  string
		want [4]slicegrow.Dest // 1.25.14, 1.26.8, 1.26.11, 1.27.4
	}{
		{"", [4]slicegrow.Dest{l, l, l, l}},
		{"_ = cap(s)", [4]slicegrow.Dest{l, l, l, l}},
		{"t := s; _ = t", [4]slicegrow.Dest{l, r, r, r}},
		{"t := s; _ = cap(s); _ = t", [4]slicegrow.Dest{l, c, c, c}},
		{"b.s = s", [4]slicegrow.Dest{l, r, r, r}},
		{"G = s", [4]slicegrow.Dest{e, r, r, r}},
		{"h.s = s", [4]slicegrow.Dest{e, r, r, r}},
		{"m[1] = s", [4]slicegrow.Dest{e, r, r, r}},
		{"for range s { }", [4]slicegrow.Dest{l, l, r, r}},
		{"for range s { }; G = s", [4]slicegrow.Dest{e, r, e, e}},
		{"copy(q, s); G = s", [4]slicegrow.Dest{e, e, e, e}},
		{"q = append(q, s...); G = s", [4]slicegrow.Dest{e, e, e, e}},
		{"_ = s[0:1:1]; G = s", [4]slicegrow.Dest{e, e, e, e}},
		{"s = s[:1]; G = s", [4]slicegrow.Dest{e, c, c, c}},
		{"if s == nil { }; G = s", [4]slicegrow.Dest{e, e, e, e}},
		{"read(s); G = s", [4]slicegrow.Dest{e, c, c, c}},
		{"write(s); G = s", [4]slicegrow.Dest{e, e, e, e}},
		{"write(s)", [4]slicegrow.Dest{l, l, l, l}},
		{"leak(s)", [4]slicegrow.Dest{e, e, e, e}},
		{"p := &s[0]; P = &p.n", [4]slicegrow.Dest{e, e, e, e}},
		{"P = &s[0].n; G = s", [4]slicegrow.Dest{e, r, e, e}},
		{"if G == nil { G = s } else { G = s }", [4]slicegrow.Dest{e, e, e, e}},
		{"defer read(s)", [4]slicegrow.Dest{l, r, r, r}},
		{"ps := &s; _ = ps", [4]slicegrow.Dest{e, e, e, e}},
		{"empty(s); G = s", [4]slicegrow.Dest{e, r, r, r}}, // inlined: nothing is assigned to what is not used
	} {
		file, info, err := load(`package p

type T struct { n int }
type H struct { s []T }
var G []T
var P *int
//go:noinline
func read(x []T) { println(len(x)) }
//go:noinline
func write(x []T) { x[0].n = 1 }
//go:noinline
func leak(x []T) { G = x }
func empty(x []T) {}
func f(n int, q []T, h *H, m map[int][]T) {
	var b H
	_ = b
	var s []T
	for i := 0; i < n; i++ {
		s = append(s, T{i})
	}
	` + strings.ReplaceAll(tt.use, "; ", "\n\t") + `
}
`)
		if err != nil {
			t.Fatalf("%s: %v", tt.use, err)
		}
		for i, release := range []string{"go1.25.14", "go1.26.8", "go1.26.11", "go1.27.4"} {
			appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: release, Body: bodies(file, info)})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range appends {
				if a.Var.Name() != "s" || a.Question.Verb != slicegrow.Values {
					continue
				}
				if a.Err != nil || a.Question.Dest != tt.want[i] || a.Question.Size != 8 || a.Question.Count != 1 || a.Reason == "" || a.Rule == "" {
					t.Errorf("%s, %q: %+v, want %s", release, tt.use, a, tt.want[i])
				}
			}
		}
	}
}

// bodies returns the functions of a file.
func bodies(file *ast.File, info *types.Info) func(*types.Func) (*ast.FuncDecl, *types.Info) {
	of := map[types.Object]*ast.FuncDecl{}
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			of[info.Defs[d.Name]] = d
		}
	}
	return func(fn *types.Func) (*ast.FuncDecl, *types.Info) { return of[fn], info }
}

func decl(file *ast.File, name string) *ast.FuncDecl {
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Name.Name == name {
			return d
		}
	}
	return nil
}

// TestUnknown analyzes functions whose verdict depends on missing information, and
// others for which it does not; more information settles the former.
func TestUnknown(t *testing.T) {
	src := func(use string) string {
		return `package p

import "sort"

var G []int
var _ = sort.Ints

func middling(x []int) int { n := 0; for _, v := range x { if v > 3 { n += v } else if v > 1 { n-- } }; return n }

func again(x []int) int { if len(x) > 0 { return again(x[1:]) }; return 0 }

func g[T any](x []T) int { return len(x) }

func seq(yield func(int) bool) {}

type I interface{ m([]int) }
type v struct{}

func (v) m(x []int) { G = append(G, x...) }

var h I = v{}

func f(n int) []int {
	var s []int
	for i := range n {
		s = append(s, i)
	}
	` + use + `
	return s
}
`
	}
	for use, known := range map[string]bool{
		"sort.Ints(s)":                                 false,
		"sort.Ints(s[:1])":                             true, // s[:1] cannot be inspected: it escapes in any case
		"middling(s)":                                  false,
		"middling(nil)":                                true,
		"func() { s[0] = 1 }()":                        true,
		"func() { recover(); s[0] = 1 }()":             true, // it is not inlined
		"f := func() int { return len(s) }; f()":       false,
		"for range func(func(int) bool) {} { s[0]++ }": true,
		"for range seq { s[0]++ }":                     true, // it has only an element of s
		"again(s)":                                     false,
		"g(s)":                                         true, // it has a dictionary: it escapes
		"l: for range n { if n > 9 { goto l } }":       true, // the appends are before the label
		"var x I = v{}; x.m(s)":                        false,
		"h.m(s)":                                       true, // a method of a parameter: it escapes

		"for range func(yield func(int) bool) { yield(len(s)) } { }; return nil": false,
	} {
		file, info, err := load(src(use))
		if err != nil {
			t.Fatalf("%s: %v", use, err)
		}
		fn := decl(file, "f")
		appends, err := dest.Read(fn, info, dest.Config{Release: "go1.26.8", Body: bodies(file, info)})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range appends {
			if (a.Err == nil) != known || a.Err != nil && !errors.Is(a.Err, dest.ErrUnknown) {
				t.Errorf("%s: %s, %v", use, a.Reason, a.Err)
			}
		}
		appends, err = dest.Read(fn, info, dest.Config{
			Release: "go1.26.8", Body: bodies(file, info), Inlined: func(*types.Func) (bool, bool) { return false, true },
		})
		if err != nil || use == "middling(s)" && (appends[0].Err != nil || appends[0].Question.Dest != slicegrow.ReturnedCap) {
			t.Errorf("%s, without inlining: %+v, %v", use, appends, err)
		}
	}
}

// TestAlone analyzes functions without any other's body: that of the function itself is at
// hand, and no other.
func TestAlone(t *testing.T) {
	for use, known := range map[string]bool{"g(s, n)": false, "f(nil, n)": true, "g(nil, n)": true} {
		file, info, err := load("package p\n\nfunc g(x []int, n int) { }\n\nfunc f(x []int, n int) []int {\n\tdefer g(nil, n)\n\tvar s []int\n\tfor range n {\n\t\ts = append(s, 1)\n\t}\n\t" + use + "\n\treturn s\n}\n")
		if err != nil {
			t.Fatal(err)
		}
		appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: "go1.26.8"})
		if err != nil || len(appends) != 1 || (appends[0].Err == nil) != known {
			t.Errorf("%s: %+v, %v", use, appends, err)
		}
	}
}

// TestDeep analyzes a chain of functions each of which calls the next one twice.
func TestDeep(t *testing.T) {
	src := "package p\n\nfunc f() {\n\tvar s []int\n\ts = append(s, 1)\n\tg0(s)\n}\n\nfunc g60(x []int) {}\n"
	for i := range 60 {
		src += fmt.Sprintf("func g%d(x []int) { defer g%[2]d(x); g%[2]d(x) }\n", i, i+1)
	}
	file, info, err := load(src)
	if err != nil {
		t.Fatal(err)
	}
	appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: "go1.26.8", Body: bodies(file, info)})
	if err != nil || len(appends) != 1 || appends[0].Question.Dest != slicegrow.Local {
		t.Errorf("%+v, %v", appends, err)
	}
}

// TestNested analyzes appends of elements, and captures of variables, that are nested as deep
// as go/parser goes: each type is looked at once.
func TestNested(t *testing.T) {
	nested := func(field string, n int, core string) string {
		return strings.Repeat("struct{ "+field, n) + core + strings.Repeat(" }", n)
	}
	for elem, rule := range map[string]string{
		nested("a ", 50, "int"): "dest-local", nested("a ", 900, "int"): "dest-local", strings.Repeat("[1]", 900) + "int": "dest-local",
		nested("b byte; a ", 3, "byte"): "dest-local", nested("b byte; a ", 900, "byte"): "dest-size",
		nested("a [2]", 60, "int"): "dest-size", nested("a [1<<9]", 60, "byte"): "dest-size", // more bytes than there are
		nested("a ", 60, "P"): "dest-unknown", nested("a [1]", 400, "P"): "dest-unknown", nested("a ", 60, "[]P"): "dest-local",
	} {
		file, info, err := load("package p\n\nfunc f[P any]() {\n\tvar x " + elem + "\n\tvar v struct{ s []int; t []" + elem + " }\n\tfor range 10 {\n\t\tv.s = append(v.s, 1)\n\t\tvar s []" + elem + "\n\t\ts = append(s, *new(" + elem + "))\n\t}\n\tgo func() { _ = x }()\n}\n")
		if err != nil {
			t.Fatal(err)
		}
		for _, release := range []string{"go1.25.14", "go1.26.8", ""} {
			appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: release})
			if err != nil || len(appends) != 2 || appends[1].Rule != rule || appends[0].Rule != "dest-memory" {
				t.Errorf("%s, %.30s: %.1000v, %v, want %s", release, elem, appends, err, rule)
			}
		}
	}
}

// TestVarying analyzes generic functions: what hangs on the size of a type parameter cannot
// be told, as the compilers decide it for each instance; what does not is as they have it.
func TestVarying(t *testing.T) {
	const l = "var l []int; for range 10 { l = append(l, 1) }; "
	for text, rule := range map[string]string{
		"f[P any](x P) { " + l + "go func() { _ = x }() }":                "dest-local",
		"f[P any](x P) { " + l + "f := func() { _ = x; _ = l }; go f() }": "dest-unknown",

		"f[P any]() { var v struct { s []int; x P }; for range 10 { v.s = append(v.s, 1) } }":     "dest-unknown", // in registers if x is small
		"f[P any]() { var v struct { s []int; x [0]*P }; for range 10 { v.s = append(v.s, 1) } }": "dest-local",
		"f[P any]() { var v struct { s []int; x []P }; for range 10 { v.s = append(v.s, 1) } }":   "dest-memory",

		"f[P ~[]int](s P) { for range 10 { s = append(s, 1) } }":                                    "dest-local",
		"f[P ~[]int](s P) P { for range 10 { s = append(s, 1) }; return s }":                        "dest-moved",
		"f[P ~[]int](s P) { for range 10 { s = append(s, s...) } }":                                 "dest-spread",
		"f[E any, P ~[]E](s P) { for range 10 { s = append(s, *new(E)) } }":                         "dest-unknown",
		"f[P []*int](s P) { " + l + "s = append(s, &l[0]) }":                                        "dest-escapes",
		"f[P []*int](s P) { " + l + "copy(s, P{&l[0]}) }":                                           "dest-escapes",
		"f[P []*int](s P) { " + l + "s = append(s, P{&l[0]}...) }":                                  "dest-escapes",
		"f[P []*int](s P) { " + l + "t := append(P{&l[0]}, nil); _ = t }":                           "dest-escapes",
		"f[P []*int](s P) { " + l + "t := P{&l[0]}; _ = t[0] }":                                     "dest-local",
		"f[P []*int](s P) { " + l + "t := P{&l[0]}; sink = t[0] }":                                  "dest-escapes",
		"f[P string](s P) { var l []byte; for range 10 { l = append(l, 1) }; l = append(l, s...) }": "dest-local",

		"f[P any](x P) { " + l + "sink = struct { s []int; p P }{l, x} }":                                                        "dest-escapes",
		"f[P any](x P) { " + l + "var y any = struct { s []int; p P }{l, x}; _ = y }":                                            "dest-local",
		"f[P []int](x P) { " + l + "x = l; var y any = x; sink = y }":                                                            "dest-escapes",
		"f[P [][]int](x P) { " + l + "x[0] = l }":                                                                                "dest-moved",
		"f[P []*int](x P) { var l []*int; for range 10 { l = append(l, nil) }; var p P = l; sink2 = p[0] }":                      "dest-local",
		"f[P []*int](x P) { var l []*int; for range 10 { l = append(l, nil) }; sink = P(l) }":                                    "dest-escapes",
		"f[P [1][]*int]() { var l []*int; for range 10 { l = append(l, nil) }; var p = P{l}; q := any(p).(P); sink2 = q[0][0] }": "dest-local",
	} {
		file, info, err := load("package p\n\nvar sink any\nvar sink2 *int\n\nfunc " + text + "\n")
		if err != nil {
			t.Fatal(text, err)
		}
		for _, release := range []string{"go1.26.8", "go1.27.4"} {
			appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: release})
			if err != nil || len(appends) == 0 || appends[0].Rule != rule || errors.Is(appends[0].Err, dest.ErrUnknown) != (rule == "dest-unknown") {
				t.Errorf("%s: %s: %+v, %v, want %s", text, release, appends, err, rule)
			} else if err := appends[0].Err; err != nil && !strings.Contains(text, "go f()") && !strings.Contains(err.Error(), "a type parameter") {
				t.Errorf("%s: %s: %v", text, release, err)
			}
			for _, a := range appends {
				if q := a.Question; q.Verb == slicegrow.Spread && q.Count != 0 {
					t.Errorf("%s: %s: %+v", text, release, q)
				}
			}
		}
	}
}

// TestCallTwice analyzes a chain of functions each of which calls the next one twice: what one
// does is remembered.
func TestCallTwice(t *testing.T) {
	const depth = 150
	src := "package p\n\nfunc f() {\n\tvar s []int\n\tfor i := range 9 {\n\t\ts = append(s, i)\n\t}\n\tg0(s)\n}\n"
	for i := range depth {
		src += fmt.Sprintf("func g%d(x []int) { defer g%d(x); g%d(x) }\n", i, i+1, i+1)
	}
	src += fmt.Sprintf("func g%d(x []int) {}\n", depth)
	file, info, err := load(src)
	if err != nil {
		t.Fatal(err)
	}
	appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: "go1.26.8", Body: bodies(file, info)})
	if err != nil || len(appends) != 1 || appends[0].Err != nil || appends[0].Question.Dest != slicegrow.Local {
		t.Errorf("%+v, %v", appends, err)
	}
}

// TestReceiver analyzes methods whose receiver is the slice: it is a variable like any other.
// The answers are those by which the capacities of go1.26.8 and go1.27.4 come about.
func TestReceiver(t *testing.T) {
	for use, want := range map[string]slicegrow.Dest{"": slicegrow.Returned, "println(cap(l))": slicegrow.ReturnedCap, "H = l": slicegrow.Escapes} {
		file, info, err := load("package p\n\ntype L []int\n\nvar G, H L\n\nfunc (l L) f(n int) {\n\tfor i := range n {\n\t\tl = append(l, i)\n\t}\n\t" + use + "\n\tG = l\n}\n")
		if err != nil {
			t.Fatal(err)
		}
		for _, release := range []string{"go1.26.8", "go1.27.4"} {
			appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: release})
			if err != nil || len(appends) != 1 || appends[0].Question.Dest != want {
				t.Errorf("%s, %q: %+v, %v, want %s", release, use, appends, err, want)
			}
		}
	}
}

// TestMany analyzes calls of many functions, one by another and side by side.
func TestMany(t *testing.T) {
	for n, known := range map[int]bool{1: true, 150: true, 200: true, 201: false} {
		src := "package p\n\nfunc f() {\n\tvar s []int\n\ts = append(s, 1)\n\tg0(s)\n\th0(s)\n\th249(s)\n}\n"
		for i := range n {
			src += fmt.Sprintf("func g%d(x []int) { defer g%d(x) }\n", i, i+1)
		}
		src += fmt.Sprintf("func g%d(x []int) {}\n", n)
		for i := range 250 {
			src += fmt.Sprintf("func h%d(x []int) { defer h250(x); h%d(x) }\n", i, max(i, 249)+1)
		}
		src += "func h250(x []int) {}\n"
		for i := range 250 {
			src = strings.Replace(src, "\th0(s)\n", fmt.Sprintf("\th%d(s)\n\th0(s)\n", i), 1)
		}
		file, info, err := load(src)
		if err != nil {
			t.Fatal(err)
		}
		appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: "go1.26.8", Body: bodies(file, info)})
		if err != nil || len(appends) != 1 || (appends[0].Err == nil) != known {
			t.Errorf("%d: %+v, %v", n, appends, err)
		}
	}
}

// TestOnce analyzes appends that are arguments: there is one answer for each.
func TestOnce(t *testing.T) {
	file, info, err := load("package p\n\nfunc rest(n int, x ...[]int) {}\n\nfunc f(s []int) {\n\trest(1, append(s, 1), append(s, 2))\n\trest(2, append(s, 3))\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	appends, err := dest.Read(decl(file, "f"), info, dest.Config{Body: bodies(file, info)})
	if err != nil || len(appends) != 3 {
		t.Errorf("%+v, %v", appends, err)
	}
}

func TestErrors(t *testing.T) {
	file, info, err := load("package p\n\nfunc g(int)\n\nfunc f(s []int) []int { return append(s, 1) }\n")
	if err != nil {
		t.Fatal(err)
	}
	f := decl(file, "f")
	for name, read := range map[string]func() ([]dest.Append, error){
		"release": func() ([]dest.Append, error) { return dest.Read(f, info, dest.Config{Release: "go1.9.8"}) },
		"arch":    func() ([]dest.Append, error) { return dest.Read(f, info, dest.Config{Arch: "z80"}) },
		"nil":     func() ([]dest.Append, error) { return dest.Read(nil, info, dest.Config{}) },
		"no body": func() ([]dest.Append, error) { return dest.Read(decl(file, "g"), info, dest.Config{}) },
		"no info": func() ([]dest.Append, error) { return dest.Read(f, nil, dest.Config{}) },
		"empty":   func() ([]dest.Append, error) { return dest.Read(f, &types.Info{}, dest.Config{}) },
		"other": func() ([]dest.Append, error) {
			_, other, err := load("package q")
			if err != nil {
				t.Fatal(err)
			}
			return dest.Read(f, other, dest.Config{})
		},
	} {
		if got, err := read(); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for rule, c := range map[string]dest.Config{"stack-off": {NoOptimize: true}, "dest-release": {Release: "go1.24"}, "dest-escapes": {Arch: "386"}} {
		if got, err := dest.Read(f, info, c); err != nil || len(got) != 1 || got[0].Question.Dest != slicegrow.Escapes || got[0].Err != nil || got[0].Rule != rule {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
}

// TestAssembly analyzes calls of functions without a body: what they are given leaks,
// unless //go:noescape says that it does not; but even then they may write to it, or call
// it.
func TestAssembly(t *testing.T) {
	for use, want := range map[string]slicegrow.Dest{
		"keepf(func() []int { return s })": slicegrow.Escapes, "keepf(func() []int { return nil }); println(len(s))": slicegrow.Local,
		"leak(s)": slicegrow.Escapes, "keep(s)": slicegrow.Local, "leak(s); G = s": slicegrow.Escapes, "keep(s); G = s": slicegrow.Escapes,
	} {
		file, info, err := load(`package p

var G []int

func leak(x []int)

//go:noescape
func keep(x []int)

//go:noescape
func keepf(f func() []int)

func f() {
	var s []int
	for i := range 10 {
		s = append(s, i)
	}
	` + use + `
}
`)
		if err != nil {
			t.Fatal(err)
		}
		for _, release := range []string{"go1.26.8", "go1.27.4"} {
			appends, err := dest.Read(decl(file, "f"), info, dest.Config{
				Release: release, Body: bodies(file, info), Inlined: func(*types.Func) (bool, bool) { return false, true },
			})
			if err != nil || len(appends) != 1 || appends[0].Err != nil || appends[0].Question.Dest != want {
				t.Errorf("%s, %s: %+v, %v, want %s", release, use, appends, err, want)
			}
		}
	}
}

// TestNodes analyzes a function of the largest number of nodes, and of one more.
func TestNodes(t *testing.T) {
	const most = 100_000
	// A statement i++ has two nodes, an empty block one.
	read := func(n int, more string) error {
		file, info, err := load("package p\n\nfunc f() {\n\tvar i int\n" + more + strings.Repeat("i++\n", n) + "}\n")
		if err != nil {
			t.Fatal(err)
		}
		_, err = dest.Read(decl(file, "f"), info, dest.Config{})
		return err
	}
	nodes := 0
	file, _, err := load("package p\n\nfunc f() {\n\tvar i int\n}\n")
	if file == nil {
		t.Fatal(err)
	}
	ast.Inspect(decl(file, "f"), func(n ast.Node) bool {
		if n != nil {
			nodes++
		}
		return true
	})
	more := ""
	if nodes%2 != 0 {
		more = "{}\n"
		nodes++
	}
	if err := read((most-nodes)/2, more); err != nil {
		t.Error(err)
	}
	if err := read((most-nodes)/2, more+"{}\n"); err == nil {
		t.Error("a function with one node too many is read")
	}
}

// TestReasons compares the sentences that say why a slice is not moved.
func TestReasons(t *testing.T) {
	for use, want := range map[string]string{
		"f := func() int { return len(s) }; _ = f; return s":                                                    "its array may outlive the function, and a function literal captures it",
		"copy(s, s); return s":                                                                                  "its array may outlive the function, and there are uses of it that the compiler does not look into",
		"for range 2 { var s []int; s = append(s, 1); G = s }; return nil":                                      "its array may outlive the function, and it is appended to once only",
		"for range 2 { OfMoreThanSixtyLettersSoThatTheTextOfItIsCutWhereItIsQuotedAsItStands = s }; return nil": "its array may outlive the function, and it is shared in a loop, by the assignment to OfMoreThanSixtyLettersSoThatTheTextOfItIsCutWhereItIsQuotedA...",
		"for range 2 { G = s }; return nil":                                                                     "its array may outlive the function, and it is shared in a loop, by the assignment to G",
		"return s":                                                                                              "its array may outlive the function, and it is appended to once only",
	} {
		file, info, err := load("package p\n\nvar G, OfMoreThanSixtyLettersSoThatTheTextOfItIsCutWhereItIsQuotedAsItStands []int\n\nfunc f() []int {\n\tvar s []int\n\ts = append(s, 1)\n\t" + use + "\n}\n")
		if err != nil {
			t.Fatal(err)
		}
		appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: "go1.26.8"})
		if err != nil || len(appends) == 0 || appends[len(appends)-1].Reason != want {
			t.Errorf("%s: %+v, %v, want %q", use, appends, err, want)
		}
	}
}

// FuzzRead analyzes functions of any kind that type-check.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"func f() { var s []int; s = append(s, 1); go func() { s = nil }() }", "func f[T any](s []T) []T { return append(s, *new(T)) }",
		"type L []L; func (l L) m() L { l = append(l, l); return l.m() }", "func f() (s []int) { defer func() { s = append(s, 1) }(); return }",
		"type S struct { S2; p *S }; type S2 struct { b []byte }; func f(s *S) { s.p.b = append(s.p.b, 1, 2) }",
		"func f(x any) { switch x := x.(type) { case []int: x = append(x, 1) } }", "func f() { L: for { var s []int; s = append(s, 1); goto L } }",
		"func g(a, b []int) ([]int, []int) { return b, a }; func f(s []int) { s, _ = g(g(s, append(s, 1))) }",
		"func f(m map[string][]int) { for k, v := range m { m[k] = append(v, len(v)) } }", "func f() { x := [2][]int{}; x[1] = append(x[1], 1); y := x[:]; _ = y }",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 3000 || strings.Contains(src, "import") {
			return
		}
		file, info, err := load("package p;" + src)
		if err != nil {
			return
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			for _, release := range []string{"go1.25", "go1.26.8", ""} {
				appends, err := dest.Read(fn, info, dest.Config{Release: release, Body: bodies(file, info)})
				if err != nil && !strings.Contains(err.Error(), "does not know the function") {
					t.Fatal(err)
				}
				for _, a := range appends {
					if a.Reason == "" || a.Rule == "" || a.Call == nil {
						t.Fatalf("%+v", a)
					}
				}
			}
		}
	})
}

// TestWhere analyzes slices that are no plain variables: an element of a struct that is, or is
// not, in registers, a variable of a range, and one whose elements have no known size. The
// first four are what the compilers do, in these releases.
func TestWhere(t *testing.T) {
	for _, tt := range []struct {
		body string
		rule string // of the first append
	}{
		{"var v struct { s []int; x [1]byte }\nfor i := range 10 { v.s = append(v.s, i) }", "dest-local"},
		{"var v struct { s []int; x [2]byte }\nfor i := range 10 { v.s = append(v.s, i) }", "dest-memory"},
		{"var v struct { s []int; x, y byte }\nfor i := range 10 { v.s = append(v.s, i) }", "dest-local"},
		{"for _, s := range [][]int{nil, q} {\nfor i := range 10 { s = append(s, i) }\nG = s }", "dest-escapes"},
		{"var s []T\nfor range 10 { s = append(s, *new(T)) }", "dest-unknown"},
	} {
		file, info, err := load("package p\n\nvar G []int\n\nfunc f[T any](q []int) {\n" + tt.body + "\n}\n")
		if err != nil {
			t.Fatal(err)
		}
		for _, release := range []string{"go1.26.8", "go1.27.4"} {
			appends, err := dest.Read(decl(file, "f"), info, dest.Config{Release: release, Body: bodies(file, info)})
			if err != nil || len(appends) == 0 || appends[0].Rule != tt.rule || errors.Is(appends[0].Err, dest.ErrUnknown) != (tt.rule == "dest-unknown") {
				t.Errorf("%s, %s: %+v, %v, want %s", release, tt.body, appends, err, tt.rule)
			}
		}
	}
}
