package slicegrowlive

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/slicegrow"
	"github.com/orrery-go/orrery/slicegrow/dest"
)

// destUses are uses of a slice s of T other than appending to it. q is another slice, n
// the number of appends.
var destUses = []string{
	"t := s; _ = t", "cur = s; _ = cur", "cur := s; _ = len(cur)", "b.s = s; _ = b", "pb.s = s", "G = s", "h.s = s", "m[n] = s", "*ps = s",
	"for range s { }", "for _, v := range s { one(v) }", "for i := range s { count(i) }", "for i, v := range s { count(i); _ = v }",
	"_ = s", "_, q = s, q", "_ = len(s)", "s = s[:len(s)]", "s = s[0:]", "s = s[:len(s):cap(s)]", "u := s[:]; _ = u", "count(len(s[0:]))", "_ = s[0:len(s):cap(s)]",
	"copy(q, s)", "copy(s, q)", "q = append(q, s...)", "s = append(s, q...)", "use(s)", "write(s)", "leak(s)", "s2 := same(s); _ = s2", "rest(1, s...)",
	"ch <- s; <-ch", "if s == nil { count(1) }", "if s != nil && n < 0 { G = s }", "var x any = s; _ = x", "sink = s", "fmt.Sprint(len(s))", "fmt.Sprint(s)",
	"ps := &s; _ = ps", "if len(s) > 0 { p := &s[0]; _ = p }", "if len(s) > 0 { P = &s[0] }", "clear(s)", "if len(s) > 0 { s[0] = zero }", "if len(s) > 0 { one(s[0]) }",
	"switch { case len(s) > 3: count(3) }", "x := [2][]T{s}; _ = x", "arr[0] = s", "two = T2{s, q}; _ = two", "defer use(s)", "defer count(len(s))",
	"f := func() int { return len(s) }; count(f())", "func() { if n < 0 { s = nil } }()", "if n < 0 { s = nil }", "if n < 0 { return }", "if false { G = s }",
	"if n < 0 { s = append(s, zero) }", "if n >= 0 { count(n) } else { s = append(s, zero) }", "for n < 0 { s = append(s, zero) }", "l := L(s); l.read()", "L(s).read()", "L(s).write()",
	"var l L = s; count(len(l))", "both(s, q)", "both(q, s)", "small(s)", "rec(s, 0)", "s[:0] = s[:0]", "dead = s", "pp := &b; pp.s = s; _ = pp", "go idle()", "if len(s) > 0 { PF = &s[0].f }", "if len(s) > 0 { PF = &s[0].f[1] }", "if len(s) > 0 { PF = s[0].f }", "go use(s)", "defer use(s[:0])", "defer func() { count(len(s)) }()", "func(x []T) { count(len(x)) }(s)", "q = s[:0]", "if n < 0 { s = q }", "if n < 0 { s = append(q, s...) }", "q = append(s, zero)",
	"for i := 0; i < 2; i++ { u := s; _ = u }", "for i := 0; i < 2; i++ { var u []T; u = append(u, zero); G2 = u }", "hh := H{s: s}; _ = hh", "hh := &H{s: s}; _ = hh.s", "K = H{s: s}",
	"var e interface{ read() } = L(s); e.read()", "iface.take(s)", "fv(s)", "lf := func(x []T) int { return len(x) }; count(lf(q))", "var a2 = [1][]T{0: s}; _ = a2",
	"switch x := any(q).(type) { case []T: count(len(x)) }", "P2 = &b.n", "mm := map[int][]T{1: s}; _ = mm", "pa := &arr; pa[1] = s", "lab: for { break lab }",
	"s = same(s)", "s = grow(s)", "if n < 0 { panic(s) }", "if n < 0 { print(len(s)) }", "select { case ch <- q: default: }", "_ = min(len(s), cap(q))",
}

// destPrelude declares the names that they use.
const destPrelude = `package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type L []T
type H struct { s []T; n int }
type T2 struct { a, b []T }
type I interface{ take([]T) }
type taker struct{}

var (
	G, G2 []T
	K H
	P *T
	P2 *int
	sink interface{}
	caps []int
	all [][]int
	iface I = taker{}
	fv = func([]T) {}
	total int
	zero T
)

//go:noinline
func (taker) take(x []T) { total += len(x) }
//go:noinline
func (l L) read() { total += len(l) }
//go:noinline
func (l L) write() { var z T; if len(l) > 0 { l[0] = z } }
//go:noinline
func use(x []T) { total += len(x) }
//go:noinline
func write(x []T) { var z T; if len(x) > 0 { x[0] = z } }
//go:noinline
func leak(x []T) { sink = x }
//go:noinline
func same(x []T) []T { return x }
//go:noinline
func grow(x []T) []T { if len(x) > 1000 { return nil }; return x }
//go:noinline
func rest(n int, x ...T) { total += n + len(x) }
//go:noinline
func both(x, y []T) { if len(x) > 1000 { G2 = y } }
func small(x []T) {}
//go:noinline
func rec(x []T, n int) { if n > 0 { rec(x, n-1) }; total += len(x) }
//go:noinline
func one(x T) { }
//go:noinline
func count(n int) { total += n }
//go:noinline
func idle() {}
func done() { all = append(all, append([]int(nil), caps...)); caps = caps[:0] }
var _ = fmt.Sprint
var _ = os.Stdout
`

type destFunction struct {
	name, source string
	call         string
	count        int64
	look         bool
	leave        string // "", "return", "named", "global"
	extra        bool   // an append after the loop
}

const destMost = 12

// A destShape describes a function: its uses of s before, in and after the loop that
// appends.
type destShape struct {
	start, leave     string
	bare             bool // a return without operands
	look, extra      bool
	ranges           bool // the loop is a range over n
	count            int64
	before, in, post []string
}

func randomDest(rng *rand.Rand, name string) destFunction {
	f := destShape{
		count: 1 + rng.Int64N(3), look: rng.IntN(3) > 0, extra: rng.IntN(6) == 0, bare: rng.IntN(2) == 0, ranges: rng.IntN(8) == 0,
		leave: []string{"", "", "return", "return", "named", "global"}[rng.IntN(6)],
		start: destStarts[rng.IntN(len(destStarts))],
	}
	pick := func(n int) (out []string) {
		for range n {
			out = append(out, destUses[rng.IntN(len(destUses))])
		}
		return out
	}
	if rng.IntN(4) == 0 {
		f.before = pick(1)
	}
	if rng.IntN(5) == 0 {
		f.in = pick(1)
	}
	f.post = pick(rng.IntN(3))
	return f.function(name)
}

// everyDest returns each use, alone, at each place, for each way of returning.
func everyDest() (fs []destFunction) {
	for _, use := range destUses {
		for place := range 3 {
			for _, leave := range []string{"", "return", "named", "global"} {
				for _, look := range []bool{false, true} {
					if leave == "" && !look {
						continue // no capacity is visible
					}
					f := destShape{count: 1, look: look, leave: leave, start: destStarts[0], bare: place == 2}
					*[]*[]string{&f.before, &f.in, &f.post}[place] = []string{use}
					fs = append(fs, f.function(fmt.Sprint("f", len(fs))))
				}
			}
		}
	}
	return fs
}

var destStarts = []string{"var s []T", "s := []T{}", "var s []T = nil", "s := []T(nil)"}

func (shape destShape) function(name string) destFunction {
	f := destFunction{name: name, count: shape.count, look: shape.look, leave: shape.leave, extra: shape.extra}
	uses := func(list []string) (out string) {
		for _, u := range list {
			out += "\t{ " + u + " }\n"
		}
		return out
	}
	var b strings.Builder
	start, result, ret := shape.start, "", ""
	switch f.leave {
	case "return":
		result, ret = "[]T", "return s"
	case "named":
		result, ret, start = "(s []T)", "return s", ""
		if shape.bare {
			ret = "return"
		}
	case "global":
		ret = "G = s"
	}
	b.WriteString("//go:noinline\n")
	fmt.Fprintf(&b, "func %s(n int, q []T, h *H, m map[int][]T, ch chan []T, dead []T, ps *[]T) %s {\n", name, result)
	fmt.Fprintf(&b, "\tvar (\n\t\tb H\n\t\tpb = new(H)\n\t\tarr [2][]T\n\t\tcur []T\n\t\ttwo T2\n\t)\n\t_, _, _, _, _ = b, pb, arr, len(cur), len(two.a)\n\t%s\n", start)
	b.WriteString(uses(shape.before))
	appendS := "s = append(s" + strings.Repeat(", zero", int(f.count)) + ")"
	loop := "for i := 0; i < n; i++"
	if shape.ranges {
		loop = "for range n"
	}
	fmt.Fprintf(&b, "\t%s {\n\t\t%s\n", loop, appendS)
	if f.look {
		b.WriteString("\t\tcaps = append(caps, cap(s))\n")
	}
	b.WriteString(uses(shape.in) + "\t}\n")
	if f.extra {
		fmt.Fprintf(&b, "\t%s\n", appendS)
		if f.look {
			b.WriteString("\tcaps = append(caps, cap(s))\n")
		}
	}
	fmt.Fprintf(&b, "%s\t%s\n}\n\n", uses(shape.post), ret)
	f.source = b.String()
	got := name + "(n, make([]T, 0, 0), new(H), map[int][]T{}, make(chan []T, 2), nil, new([]T))"
	switch f.leave {
	case "return", "named":
		got = "caps = append(caps, cap(" + got + "))"
	case "global":
		got += "; caps = append(caps, cap(G))"
	}
	f.call = fmt.Sprintf("\tfor n := 0; n <= %d; n++ {\n\t\t%s\n\t}\n\tdone()\n", destMost, got)
	return f
}

// destElems are the element types of the programs.
var destElems = []string{"int", "*int", "byte", "struct{ f [3]byte }", "struct{ p *int; f [2]int32 }", "[33]byte", "struct{}"}

func destProgram(elem string, fs []destFunction) string {
	var b strings.Builder
	b.WriteString(destPrelude)
	fmt.Fprintf(&b, "type T %s\n", elem)
	if strings.Contains(elem, "f [") {
		b.WriteString("var PF interface{}\n")
	}
	for _, f := range fs {
		b.WriteString(f.source)
	}
	b.WriteString("func main() {\n")
	for _, f := range fs {
		b.WriteString(f.call)
	}
	b.WriteString("\tjson.NewEncoder(os.Stdout).Encode(all)\n}\n")
	return b.String()
}

// TestDest compares the result of package dest for the source of random functions with
// the capacities of slices in them.
func TestDest(t *testing.T) {
	t.Parallel()
	if word == 4 {
		t.Skip("the go command of this machine builds for 8-byte words")
	}
	releases, n := append([]string{release.Running}, toolchain.Requested()...), 200
	full := os.Getenv("ORRERY_FULL") != ""
	if full {
		releases, n = append(releases, "go1.25.14", "go1.26.8", "go1.26.11", "go1.27.1", "go1.27.4"), 2000
		releases = slices.DeleteFunc(releases, func(rel string) bool { return rel == runtime.Version() }) // it is asked as the running one
	}
	for _, rel := range releases {
		t.Run(rel, func(t *testing.T) {
			testDest(t, rel, n)
			if full {
				holdDest(t, rel, "every use alone", map[string][]destFunction{"int": everyDest()})
			}
		})
	}
}

// testDest makes n random functions, for slices of several elements.
func testDest(t *testing.T, rel string, n int) {
	rng := rand.New(rand.NewPCG(27, 1))
	all := map[string][]destFunction{}
	for _, elem := range destElems {
		for range n/len(destElems) + 1 {
			if f := randomDest(rng, fmt.Sprint("f", len(all[elem]))); elem != "struct{}" || !f.look { // if elements have size 0, every capacity is the length
				all[elem] = append(all[elem], f)
			}
		}
	}
	holdDest(t, rel, "random", all)
}

// holdDest compares the functions, by their elements, with the release.
func holdDest(t *testing.T, rel, what string, all map[string][]destFunction) {
	tally := map[string]int{}
	unknown, caps := 0, 0
	n := 0
	for elem, fs := range all {
		fs = compiles(t, elem, fs)
		n += len(fs)
		src := destProgram(elem, fs)
		live, err := toolchain.Run[[][]int64](t.Context(), rel, toolchain.Probe{Name: "dest", Source: src})
		if err != nil {
			t.Fatal(err)
		}
		rules, err := slicegrow.ForRelease(rel)
		if err != nil {
			t.Fatal(err)
		}
		file, info, _ := check(t, src)
		for i, f := range fs {
			decl := declOf(file, f.name)
			appends, err := dest.Read(decl, info, dest.Config{Release: rel})
			if err != nil {
				t.Fatalf("%s: %v", f.source, err)
			}
			var ours []dest.Append
			for _, a := range appends {
				if a.Var != nil && a.Var.Name() == "s" && a.Question.Verb == slicegrow.Values {
					ours = append(ours, a)
				}
			}
			model, why, err := f.predict(rules, ours, decl, info)
			if errors.Is(err, dest.ErrUnknown) {
				unknown++
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", f.source, err)
			}
			for _, a := range ours {
				tally[a.Rule]++
			}
			if diff := gocmp.Diff(model, live[i]); diff != "" {
				t.Fatalf("%s, T %s: (-model +live):\n%s\n%s\n%s", rel, elem, diff, f.source, why)
			}
			caps += len(model)
		}
	}
	t.Logf("%s, %s: %d capacities of %d functions, 0 mismatches; %d not told; %v", rel, what, caps, n-unknown, unknown, tally)
	if unknown > n/4 {
		t.Errorf("%d of %d functions could not be told", unknown, n)
	}
}

// compiles removes the functions that are not valid Go.
func compiles(t *testing.T, elem string, fs []destFunction) (ok []destFunction) {
	for _, f := range fs {
		if _, _, err := check(t, destProgram(elem, []destFunction{f})); err == nil {
			ok = append(ok, f)
		}
	}
	if len(ok) < len(fs)/2 {
		_, _, err := check(t, destProgram(elem, fs))
		t.Fatalf("only %d of %d functions are valid: %v", len(ok), len(fs), err)
	}
	return ok
}

// A printing imports the packages that the programs import, with the few functions that
// they use.
type printing struct{ fallback types.Importer }

func (p printing) Import(path string) (*types.Package, error) {
	pkg := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	v := func(name string, t types.Type) *types.Var { return types.NewParam(0, pkg, name, t) }
	ifc := types.NewInterfaceType(nil, nil)
	fn := func(name string, params []*types.Var, results ...*types.Var) {
		sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), name == "Sprint")
		pkg.Scope().Insert(types.NewFunc(0, pkg, name, sig))
	}
	switch path {
	case "fmt":
		fn("Sprint", []*types.Var{v("a", types.NewSlice(ifc))}, v("", types.Typ[types.String]))
	case "os":
		pkg.Scope().Insert(types.NewVar(0, pkg, "Stdout", ifc))
	case "encoding/json":
		enc := types.NewNamed(types.NewTypeName(0, pkg, "Encoder", nil), types.NewStruct(nil, nil), nil)
		recv := types.NewParam(0, pkg, "", types.NewPointer(enc))
		enc.AddMethod(types.NewFunc(0, pkg, "Encode", types.NewSignatureType(recv, nil, nil, types.NewTuple(v("v", ifc)), nil, false)))
		pkg.Scope().Insert(enc.Obj())
		fn("NewEncoder", []*types.Var{v("w", ifc)}, v("", types.NewPointer(enc)))
	default:
		return p.fallback.Import(path)
	}
	pkg.MarkComplete()
	return pkg, nil
}

func check(t *testing.T, src string) (*ast.File, *types.Info, error) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
	conf := types.Config{Importer: printing{importer.Default()}, Error: func(error) {}}
	_, err = conf.Check("main", fset, []*ast.File{file}, info)
	return file, info, err
}

func declOf(file *ast.File, name string) *ast.FuncDecl {
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Name.Name == name {
			return d
		}
	}
	return nil
}

// predict returns the capacities that the function and its caller record, by the result
// of package dest.
func (f destFunction) predict(rules *slicegrow.Rules, ours []dest.Append, decl *ast.FuncDecl, info *types.Info) (caps []int64, why string, err error) {
	// The loop's append, and the one after it, by the surrounding source.
	var loop, after *dest.Append
	for i := range ours {
		a := &ours[i]
		why += fmt.Sprintf("%s: %s: %s\n", a.Question.Dest, a.Rule, a.Reason)
		if int64(len(a.Call.Args)-1) != f.count && f.count > 1 {
			continue
		}
		switch {
		case inMainLoop(decl, a.Call):
			loop = a
		case f.extra && topLevel(decl, a.Call):
			after = a
		}
		if a.Err != nil {
			err = cmp.Or(err, a.Err)
		}
	}
	if err != nil || loop == nil {
		return nil, why, cmp.Or(err, error(dest.ErrUnknown))
	}
	for n := range int64(destMost + 1) {
		a := slicegrow.Append{Size: loop.Question.Size, Pointers: loop.Question.Pointers, Count: f.count}
		onStack := false
		step := func(by *dest.Append) error {
			a.Dest = by.Question.Dest
			g, err := rules.Grow(a)
			if err != nil {
				return err
			}
			if g.Ptr != slicegrow.Same {
				onStack = g.Ptr == slicegrow.Stack
			}
			a.Len, a.Cap, a.Buffered = g.Len, g.Cap, a.Buffered || g.Ptr == slicegrow.Stack
			if f.look {
				caps = append(caps, g.Cap)
			}
			return nil
		}
		for range n {
			if err := step(loop); err != nil {
				return nil, why, err
			}
		}
		if after != nil {
			if err := step(after); err != nil {
				return nil, why, err
			}
		}
		if f.leave == "" {
			continue
		}
		last := a.Cap
		if moved := loop.Question.Dest; onStack && (moved == slicegrow.Returned || moved == slicegrow.ReturnedCap) || a.Cap == 0 && f.leave != "" {
			if onStack {
				a.Dest, a.Count = moved, 0
				g, err := rules.Move(a)
				if err != nil {
					return nil, why, err
				}
				last = g.Cap
			}
		}
		caps = append(caps, last)
	}
	return caps, why, nil
}

// inMainLoop reports whether a call is in the loop that counts to n.
func inMainLoop(decl *ast.FuncDecl, call *ast.CallExpr) bool {
	for _, s := range decl.Body.List {
		var body *ast.BlockStmt
		switch s := s.(type) {
		case *ast.ForStmt:
			body = s.Body
		case *ast.RangeStmt:
			body = s.Body
		}
		if body != nil && len(body.List) > 0 {
			if a, ok := body.List[0].(*ast.AssignStmt); ok && len(a.Rhs) == 1 && a.Rhs[0] == ast.Expr(call) {
				return true
			}
		}
	}
	return false
}

func topLevel(decl *ast.FuncDecl, call *ast.CallExpr) bool {
	for _, s := range decl.Body.List {
		if a, ok := s.(*ast.AssignStmt); ok && len(a.Rhs) == 1 && a.Rhs[0] == ast.Expr(call) {
			return true
		}
	}
	return false
}
