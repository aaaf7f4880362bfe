package ifacelive_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/ifacelive"
	"github.com/orrery-go/orrery/iface/source"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

const lookTypes = `type F struct{ f func() }
type A struct{ a, b any }
type M struct { n int; x any; s string }
type B struct { _ int; a int }
type X struct { a any; _ any; b float64 }
type Z struct { _ [0]func(); p *int }
type I int
type S struct { s string }
type P struct { x, y int16 }
type AA [2]any
type G interface { Get() int }
type V struct { n int }
func (V) Get() int { return 1 }
func (*V) Set(int) {}
type W struct { V }
type WP struct { *V }
type WG struct { G; n int }
type L struct { n []int }
func (L) Error() string { return "" }
func (L) get() int { return 1 }
type LE struct { L; V }
func (I) Get() int { return 1 }`

// lookVals has expressions for types: @T stands for an expression of type T.
var lookVals = map[string][]string{
	"G":             {"nil", "V{1}", "&V{}", "(*V)(nil)", "W{}", "WP{}", "WG{WG{V{1}, 2}, 3}", "I(300)", "LE{}", "&LE{}"},
	"error":         {"nil", "L{}", "L{[]int{1}}", "&L{}", "LE{}"},
	"int":           {"0", "1", "256"},
	"string":        {"``", "`a`"},
	"float64":       {"0", "math.NaN()", "math.Copysign(0, -1)"},
	"I":             {"0", "256"},
	"func()":        {"nil", "func() {}"},
	"*int":          {"nil", "new(int)"},
	"[]int":         {"nil", "[]int{}", "[]int{1}"},
	"[]any":         {"nil", "[]any{}", "[]any{@any, @any}"},
	"map[any]any":   {"nil", "map[any]any{}", "map[any]any{@any: @any}"},
	"F":             {"F{}", "F{@func()}"},
	"A":             {"A{@any, @any}", "A{b: @any}"},
	"M":             {"M{@int, @any, @string}", "M{@int, nil, @string}"},
	"B":             {"B{a: @int}", "B{@int, @int}"},
	"X":             {"X{a: @any}", "X{@any, @any, @float64}"},
	"Z":             {"Z{}", "Z{p: @*int}"},
	"S":             {"S{@string}"},
	"AA":            {"AA{@any, @any}", "AA{1: @any}"},
	"[5]any":        {"[5]any{@any, @any}"},
	"[2]G":          {"[2]G{@G, @G}"},
	"[0]F":          {"[0]F{}"},
	"[1]*int":       {"[1]*int{@*int}"},
	"W":             {"W{V{@int}}"},
	"WP":            {"WP{}", "WP{&V{}}"},
	"WG":            {"WG{@G, @int}"},
	"LE":            {"LE{}"},
	"struct{ G }":   {"struct{ G }{@G}"},
	"*struct{ *L }": {"nil", "&struct{ *L }{}"},
}

// A look writes expressions.
type look struct {
	*rand.Rand
	types []string
}

func (l *look) pick(list []string) string { return list[l.IntN(len(list))] }

func (l *look) value(t string, depth int) string {
	if t == "any" {
		if depth > 2 {
			return l.pick([]string{"nil", "any(2.0)", "F{}", "[]int(nil)"})
		}
		return "any(" + l.value(l.pick(l.types), depth+1) + ")"
	}
	text, rest, found := strings.Cut(l.pick(lookVals[t]), "@")
	for found {
		part := "any"
		for _, u := range l.types {
			if strings.HasPrefix(rest, u) && !strings.HasPrefix(rest, "any") {
				part = u
			}
		}
		var next string
		next, rest, found = strings.Cut(rest[len(part):], "@")
		text += l.value(part, depth+1) + next
	}
	return "(" + t + ")(" + text + ")"
}

// kase returns an expression whose value is compared.
func (l *look) kase() string {
	t := l.pick(l.types)
	x, y := l.value(t, 0), l.value(t, 0)
	if l.IntN(3) == 0 {
		y = x
	}
	switch l.IntN(4) {
	case 0:
		return "any(" + x + ") == any(" + y + ")"
	case 1:
		return "any(any(" + x + ").(" + l.pick(l.types) + ")) == nil"
	case 2:
		return "any(any(" + x + ").(" + l.pick([]string{"G", "error", "interface{ Set(int) }", "interface{ Get() int; get() int }"}) + ")) == nil"
	}
	return "reflect.DeepEqual(" + x + ", " + y + ")"
}

// Cases that the model once got wrong, and similar ones.
var lookCases = []string{
	"reflect.DeepEqual(B{1, 2}, B{2, 2})", "reflect.DeepEqual(X{1, 2, 3}, X{1, 3, 3})", "reflect.DeepEqual([]B{{1, 1}}, []B{{2, 1}})",
	"reflect.DeepEqual(struct{ _ int; _ string }{1, `a`}, struct{ _ int; _ string }{1, `b`})", "any(struct{ _ *int }{new(int)}) == any(struct{ _ *int }{nil})",
	"float64(u) == 1<<63+1<<11", "float32(u) == 1<<63+1<<40", "float32(n) == 1<<62+1<<39", "float64(n) == 1<<62+1<<38", "uint64(f) == 1e19",
}

// The costs of conversions to an interface: some of these did not allocate in the model
// once.
var lookCosts = []string{
	"n", "u", "300", "len(s)", "len(a)", "len(`abc`)", "AA{1, 2}", "AA{nil, 1}", "AA{}", "A{a: `x`}", "M{1, P{1, 2}, ``}", "M{1, nil, ``}", "[1]any{300}", "[2]G{V{1}}",
	"struct{ x any }{struct{}{}}", "struct{ x any }{true}", "struct{ x, y any }{F{}, Z{}}", "S{`a`}", "S(struct{ s string }{`a`})", "P{1, 2}", "P(struct{ x, y int16 }{1, 2})",
	"P(P{1, 2})", "V(V{300})", "V{300}", "[2]V{V(V{1})}", "struct{ x S; n int }{struct{ s string }{`a`}, 1}", "AA([2]any{1, 2})", "[2]bool{n == 1}", "[2]bool{1 == 2}",
	"B{1, 2}", "B{n, 2}", "X{1, 2, 3}", "X{a: 1}",
}

const lookVars = "var n = 1<<62 + 1<<38 + 1\nvar u = uint64(1<<63 + 1<<39 + 1025)\nvar f = 1e19\nvar s = make([]int, 300)\nvar a [300]int"

const lookCost = `
var sink any

func cost(f func()) any { return testing.AllocsPerRun(5, f) > 0 }
`

// TestSecondLook compares random expressions, and those that the model once got wrong,
// with a compiled program.
func TestSecondLook(t *testing.T) {
	l := look{Rand: rand.New(rand.NewPCG(26, 11))}
	for name := range lookVals {
		l.types = append(l.types, name)
	}
	slices.Sort(l.types)
	kases := slices.Clone(lookCases)
	for range 400 {
		kases = append(kases, l.kase())
	}
	var b strings.Builder
	b.WriteString(strings.Replace(compiledMain, `"reflect"`, "\"reflect\"\n\"testing\"", 1) + lookTypes + "\n" + lookVars + lookCost + "var cases = []func() any{\n")
	for _, k := range kases {
		fmt.Fprintf(&b, "func() any { return %s },\n", k)
	}
	for _, k := range lookCosts {
		fmt.Fprintf(&b, "func() any { return cost(func() { sink = any(%s) }) },\n", k)
	}
	real, err := toolchain.Run[[]string](t.Context(), release.Running, toolchain.Probe{Name: "look", Source: strings.Replace(b.String()+"}\n", "func s(x S) S { return x }", "", 1)})
	if err != nil {
		t.Fatal(err)
	}
	p, err := source.New(iface.Config{Release: release.Running})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range strings.Split(lookTypes+"\n"+lookVars, "\n") {
		if _, err := p.Do(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	for i, k := range slices.Concat(kases, lookCosts) {
		if i >= len(kases) {
			k = "any(" + k + ")"
		}
		out, err := p.Do(k)
		model, err := ifacelive.Told(out.Text, err)
		if err == nil && i >= len(kases) {
			model = fmt.Sprint(out.Heap > 0)
		}
		if err != nil || model != real[i] {
			t.Errorf("%s is %s, model %s, %v", k, real[i], model, err)
		}
	}
}
