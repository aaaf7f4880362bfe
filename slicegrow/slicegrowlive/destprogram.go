package slicegrowlive

import (
	"cmp"
	"fmt"
	"go/ast"
	"math/rand/v2"
	"slices"
	"strings"

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
	"if n < 0 { for _, s = range [][]T{q} { } }", "for _, q = range [][]T{s} { }", "func() { defer idle(); count(len(s)) }()", "func(x []T) { defer idle(); G2 = x }(s)",
	"func(x []T) { defer idle(); count(len(x)) }(s)", "q = func() []T { defer idle(); return s }()", "func() { defer idle(); G2 = s }()", "func() { count(len(s)); count(n) }()",
	"_, _, _, _, _, q = six(s)", "_, _, _, _, _, G2 = six(s)", "_, _ = s, n", "ss := [][]T{s}; ss = append(ss, nil); _ = ss", "b.s = s; total = b.n", "g := Gen[T](s); g.read()",
	"select { case ch <- q: G = s; default: }", "keep(s)", "if n < 0 { keep(s) }", "K = H{s, 1}", "_, q = pairOf(q, s)", "_, G2 = pairOf(q, s)", "G2, _ = pairOf(q, s)", "_, G2 = pairOf2(q, s)", "G2, _ = pairOf2(q, s)",
	"for leaks(s) > 9 { }", "count(-leaks(s))", "run(func() { count(len(s)) })", "if leaks(s) > 9 { count(1) }", "switch leaks(s) { case 9: count(1) }",
	"x := asAny(s); _ = x", "dead = same(s)", "if len(s) > 0 { G2 = unsafe.Slice(&s[0], 1) }", "for _, v := range [][]T{s} { G2 = v }",
	"b.s = s; pp := &b; pp.s = pp.s[:0]; _ = pp", "g := func(x []T) int { return len(x) }; pg := &g; if n < 0 { *pg = leaks }; count(g(s))",
	"switch n { case -1: G = s }", "switch x := sink.(type) { case []T: G = x }", "var t []T = s; _ = t", "for range leaks(s) { }",
}

// destPrelude declares the names that they use.
const destPrelude = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"unsafe"
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
	_ = syscall.Stdin
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
//go:noinline
func six(x []T) (a, b, c, d, e int, y []T) { return 1, 2, 3, 4, 5, x }
//go:noinline
func pairOf(x, y []T) ([]T, []T) { return x, y }
//go:noinline
func pairOf2(x, y []T) ([]T, []T) { return pairOf(y, x) }
//go:noinline
func asAny(x []T) interface{} { return x }
//go:noinline
func leaks(x []T) int { sink = x; return 0 }
//go:noinline
func run(f func()) { f() }
func keep(x []T) { G2 = x }
type Gen[E any] []E
func (g Gen[E]) read() { total += len(g) }
func done() { all = append(all, append([]int(nil), caps...)); caps = caps[:0] }
var _ = fmt.Sprint
var _ = os.Stdout
var _ unsafe.Pointer
`

// A DestFunction is a function that appends to a slice s in a loop, and uses it.
type DestFunction struct {
	Name, Source string
	call         string
	count        int64
	look         bool
	leave        string // "", "return", "named", "global"
	extra        bool   // an append after the loop
	target       string // of the appends in a whole function; "" is s, in a function of uses
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

func randomDest(rng *rand.Rand, name string) DestFunction {
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
func everyDest() (fs []DestFunction) {
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

func (shape destShape) function(name string) DestFunction {
	f := DestFunction{Name: name, count: shape.count, look: shape.look, leave: shape.leave, extra: shape.extra}
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
	f.Source = b.String()
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

// The functions of [DestRecorded] are compiled by these releases, with these element types.
var (
	DestReleases    = []string{"go1.25.14", "go1.26.8", "go1.26.11", "go1.27.1", "go1.27.4"}
	DestRecordElems = []string{"int", "byte", "struct{ p *int; f [2]int32 }", "[33]byte"}
)

// DestRecorded returns the functions of the record, not all of which are valid: each use
// alone at each place and the whole functions, of integers, and random functions.
func DestRecorded(elem string) (fs []DestFunction) {
	if elem == "int" {
		fs = slices.DeleteFunc(everyDest(), func(f DestFunction) bool { return !f.look || f.leave == "named" })
	}
	rng := rand.New(rand.NewPCG(27, 2))
	for i := range 100 {
		fs = append(fs, randomDest(rng, fmt.Sprint("r", i)))
	}
	if elem == "int" {
		fs = append(fs, wholeDests()...)
	}
	return fs
}

// DestAnswer returns the text of a record for the kinds of a function's appends.
func DestAnswer(kinds ...slicegrow.Dest) string {
	var text string
	for _, k := range kinds {
		text += map[slicegrow.Dest]string{slicegrow.Escapes: "e", slicegrow.Local: "l", slicegrow.Returned: "r", slicegrow.ReturnedCap: "c"}[k]
	}
	return text
}

// destElems are the element types of the programs.
var destElems = []string{"int", "*int", "byte", "struct{ f [3]byte }", "struct{ p *int; f [2]int32 }", "[33]byte", "struct{}"}

// DestProgram returns a program that calls the functions, with slices of the element type, and
// prints the capacities that each records.
func DestProgram(elem string, fs []DestFunction) string {
	var b strings.Builder
	b.WriteString(destPrelude + destWholePrelude)
	fmt.Fprintf(&b, "type T %s\n", elem)
	if strings.Contains(elem, "f [") {
		b.WriteString("var PF interface{}\n")
	}
	for _, f := range fs {
		b.WriteString(f.Source)
	}
	// Compilers take long for a large function.
	for _, f := range fs {
		fmt.Fprintf(&b, "func call_%s() {\n%s}\n\n", f.Name, f.call)
	}
	b.WriteString("func main() {\n")
	for _, f := range fs {
		fmt.Fprintf(&b, "\tcall_%s()\n", f.Name)
	}
	b.WriteString("\tjson.NewEncoder(os.Stdout).Encode(all)\n}\n")
	return b.String()
}

// Appends returns, of the appends to s, the one in the function's loop, and the one after
// it, nil if there is none. It returns an error if package dest cannot tell one of them, or
// the loop has none.
func (f DestFunction) Appends(decl *ast.FuncDecl, ours []dest.Append) (loop, after *dest.Append, err error) {
	for i := range ours {
		a := &ours[i]
		if int64(len(a.Call.Args)-1) != f.count && f.count > 1 {
			continue
		}
		switch {
		case f.target != "":
			if !inMarkedLoop(decl, a.Call) {
				continue
			}
			loop = a
		case inMainLoop(decl, a.Call):
			loop = a
		case f.extra && topLevel(decl, a.Call):
			after = a
		}
		err = cmp.Or(err, a.Err)
	}
	if loop == nil {
		err = cmp.Or(err, dest.ErrUnknown)
	}
	return loop, after, err
}

// inMarkedLoop reports whether a call is at the start of a loop, anywhere in a function, that
// goes on to record a capacity.
func inMarkedLoop(decl *ast.FuncDecl, call *ast.CallExpr) (found bool) {
	ast.Inspect(decl, func(n ast.Node) bool {
		if s, ok := n.(*ast.ForStmt); ok && len(s.Body.List) > 1 {
			a, ok := s.Body.List[0].(*ast.AssignStmt)
			record, isAssign := s.Body.List[1].(*ast.AssignStmt)
			if ok && isAssign && len(a.Rhs) == 1 && a.Rhs[0] == ast.Expr(call) {
				id, ok := record.Lhs[0].(*ast.Ident)
				found = found || ok && id.Name == "caps"
			}
		}
		return !found
	})
	return found
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
