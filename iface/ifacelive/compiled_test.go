package ifacelive_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/iface/ifacelive"
	"github.com/orrery-go/orrery/iface/source"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// A writer writes random expressions of Go, of the declared types of the cases.
type writer struct{ *rand.Rand }

func (w writer) of(list ...string) string { return list[w.IntN(len(list))] }

var writtenTypes = []string{
	"int", "int8", "string", "float64", "bool", "complex128", "uintptr", "N", "T", "*T", "P", "*P", "E", "F", "Fn", "SA", "AS", "NA", "FA", "LA", "SAn", "Blank", "Z", "*Node",
	"[]int", "[]interface{}", "[2]interface{}", "[2]AS", "[2]SA", "[1]SAn", "[3]string", "[0]func()", "map[string]interface{}", "map[interface{}]int", "chan int", "<-chan int", "func()",
	"struct{}", "struct{ A interface{} }", "struct { a interface{}; b [2]interface{} }", "interface{}", "S", "M", "error", "*int", "BB", "W",
}

// value writes a value of a type.
func (w writer) value(t string, depth int) string {
	v := func(t string) string { return w.value(t, depth-1) }
	any := func() string {
		if depth <= 0 || w.IntN(6) == 0 {
			return w.of("nil", "1", "2", "`a`", "[]int{}", "T{}")
		}
		u := w.of(writtenTypes...)
		return v(u)
	}
	switch t {
	case "int", "int8", "uintptr", "N":
		return t + "(" + w.of("0", "1", "2") + ")"
	case "string":
		return w.of("``", "`a`", "`b`", "`ab`")
	case "float64":
		return w.of("0.0", "1.5", "math.NaN()", "math.Inf(1)", "math.Copysign(0, -1)")
	case "bool":
		return w.of("true", "false")
	case "complex128":
		return w.of("complex128(0)", "complex128(1i)")
	case "T", "P":
		return fmt.Sprintf("%s{%s}", t, w.of("0", "1"))
	case "*T", "*P", "*Node", "*int":
		if w.IntN(3) == 0 || t == "*int" {
			return fmt.Sprintf("(%s)(nil)", t)
		}
		return "&" + v(t[1:])
	case "Node":
		return fmt.Sprintf("Node{v: %s}", any())
	case "E":
		return w.of("E{}", "E{&P{}}")
	case "F", "func()":
		return fmt.Sprintf("(%s)(nil)", t)
	case "Fn":
		return w.of("Fn{}", "Fn{a: 1}")
	case "SA":
		return fmt.Sprintf("SA{%s, %s}", v("string"), any())
	case "AS":
		return fmt.Sprintf("AS{%s, %s}", any(), v("string"))
	case "NA":
		return fmt.Sprintf("NA{%s, %s}", w.of("1", "2"), any())
	case "FA":
		return fmt.Sprintf("FA{%s, %s, %s}", v("float64"), any(), w.of("1", "2"))
	case "LA":
		return fmt.Sprintf("LA{a: %s, n: [5]int64{%s}}", any(), w.of("1", "2"))
	case "SAn":
		return fmt.Sprintf("SAn{%s, %s}", v("SA"), w.of("1", "2"))
	case "Blank":
		return w.of("Blank{a: 1}", "Blank{b: 2}")
	case "Z", "BB", "W", "struct{}", "[0]func()", "map[string]interface{}":
		return t + "{}"
	case "[]int":
		return w.of("[]int(nil)", "[]int{}", "[]int{1}")
	case "[]interface{}", "[2]interface{}":
		return fmt.Sprintf("%s{%s, %s}", t, any(), any())
	case "[2]AS", "[2]SA":
		return fmt.Sprintf("%s{%s, %s}", t, v(t[3:]), v(t[3:]))
	case "[1]SAn":
		return fmt.Sprintf("%s{%s}", t, v("SAn"))
	case "[3]string":
		return fmt.Sprintf("%s{%s, %s}", t, v("string"), v("string"))
	case "map[interface{}]int":
		return fmt.Sprintf("%s{%s: 1}", t, w.of("1", "`a`", "T{}", "nil"))
	case "chan int", "<-chan int":
		return fmt.Sprintf("(%s)(%s)", t, w.of("nil", "make(chan int)"))
	case "struct{ A interface{} }":
		return fmt.Sprintf("%s{%s}", t, any())
	case "struct { a interface{}; b [2]interface{} }":
		return fmt.Sprintf("%s{%s, %s}", t, any(), v("[2]interface{}"))
	case "interface{}", "S", "M", "error":
		return w.of("(interface{})("+any()+")", "s(T{})", "s(nil)", "s(&T{})", "(M)(&P{})", "(M)(E{})", "errors.New(`a`)", "(error)(nil)")
	}
	panic(t)
}

// similar writes a value that is often equal to the first, or nearly so.
func (w writer) similar(t, x string) string {
	switch w.IntN(4) {
	case 0:
		return w.value(t, 2)
	case 1:
		return x
	}
	for range 3 { // replaces one part
		from := w.of("1", "`a`", "2", "[]int{}", "T{}", "nil")
		if i := strings.Index(x, from); i > 0 && (x[i-1] == ' ' || x[i-1] == '{') && strings.HasPrefix(x[i+len(from):], ",") {
			return x[:i] + map[string]string{"1": "2", "`a`": "`b`", "2": "1", "[]int{}": "[]int{}", "T{}": "T{}", "nil": "nil"}[from] + x[i+len(from):]
		}
	}
	return x
}

// kase writes a case.
func (w writer) kase() string {
	t := w.of(writtenTypes...)
	x := w.value(t, 2)
	switch w.IntN(8) {
	case 0, 1, 2:
		y := w.similar(t, x)
		if w.IntN(10) == 0 {
			y = w.value(w.of(writtenTypes...), 1)
		}
		return fmt.Sprintf("e(%s) %s e(%s)", x, w.of("==", "=="), y)
	case 3:
		return fmt.Sprintf("reflect.DeepEqual(%s, %s)", x, w.similar(t, x))
	case 4:
		return fmt.Sprintf("assert e(%s).(%s)", x, w.of(t, w.of(writtenTypes...), w.of("S", "M", "SM", "AB", "A", "error", "I0", "interface { a() }")))
	case 5:
		return fmt.Sprintf("switch e(%s) %s", x, w.cases())
	case 6:
		return fmt.Sprintf("call %s", w.of("s(nil).String()", "s(T{}).String()", "s((*T)(nil)).String()", "s(&T{}).String()", "e(&P{}).(M).M()", "e((*P)(nil)).(M).M()", "e(E{}).(M).M()"))
	}
	return fmt.Sprintf("key e(%s)", x)
}

// cases writes the cases of a switch, with distinct types.
func (w writer) cases() string {
	list := append([]string{"SM", "AB", "A", "I0", "nil"}, writtenTypes...)
	w.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	var out []string
	for _, t := range list[:1+w.IntN(14)] {
		if t == "I0" || t == "interface{}" {
			continue
		}
		out = append(out, t)
	}
	if w.IntN(3) == 0 || len(out) == 0 {
		out = append(out, "I0")
	}
	return strings.Join(out, " | ")
}

// real returns the Go code for a case.
func real(k string) string {
	verb, rest, _ := strings.Cut(k, " ")
	switch verb {
	case "assert":
		return "v := " + rest + "\n_ = v\nreturn `ok`"
	case "call":
		return rest + "\nreturn `ok`"
	case "key":
		return "m := map[interface{}]int{}\nm[" + rest + "] = 1\nreturn `ok`"
	case "switch":
		x, cases := cutCases(rest)
		var b strings.Builder
		fmt.Fprintf(&b, "switch %s.(type) {\n", x)
		for _, c := range cases {
			fmt.Fprintf(&b, "case %s: return `%s`\n", c, c)
		}
		return b.String() + "}\nreturn `none`"
	}
	return "return " + k
}

// cutCases splits a switch into its operand and its cases.
func cutCases(text string) (string, []string) {
	depth, end := 0, 0
	for i, r := range text {
		switch r {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth--; depth == 0 && end == 0 && r == ')' {
				end = i + 1
			}
		}
	}
	return text[:end], strings.Split(text[end+1:], " | ")
}

// modelled runs a case in a program of the model.
func modelled(t *testing.T, p *source.Program, k string) string {
	t.Helper()
	verb, rest, _ := strings.Cut(k, " ")
	told := func(statement string) string {
		text, err := ifacelive.Told(p.Do(conversions(statement)))
		if err != nil {
			t.Fatalf("%s: %v", k, err)
		}
		return text
	}
	ok := func(statement string) string {
		_, err := p.Do(conversions(statement))
		if err == nil {
			return "ok"
		}
		text, err := ifacelive.Told("", err)
		if err != nil {
			t.Fatalf("%s: %v", k, err)
		}
		return text
	}
	switch verb {
	case "assert", "call":
		return ok(rest)
	case "key":
		return ok("map[interface{}]int{" + rest + ": 1}")
	case "switch":
		x, cases := cutCases(rest)
		text := told("switch " + x + ".(type) { case " + strings.Join(cases, ": ; case ") + ": ; }")
		if text == "default" {
			return "none"
		}
		// The model writes the type in its own way, so it is found by its index.
		for _, c := range cases {
			if squeezed(strings.TrimPrefix(text, "case ")) == squeezed(c) {
				return c
			}
		}
		return text
	}
	return told(k)
}

func squeezed(s string) string { return strings.NewReplacer(" ", "", ";", "").Replace(s) }

const compiledMain = `package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
)

var _ = errors.New
var _ = math.NaN
var _ = reflect.DeepEqual

//go:noinline
func e(x interface{}) interface{} { return x }

//go:noinline
func s(x S) S { return x }

func try(f func() interface{}) (out string) {
	defer func() {
		if r := recover(); r != nil {
			out = fmt.Sprint(r)
		}
	}()
	return fmt.Sprint(f())
}

func main() {
	var out []string
	for _, f := range cases {
		out = append(out, try(f))
	}
	json.NewEncoder(os.Stdout).Encode(out)
}

`

// compiled runs cases on a release and on its model, and compares the answers.
func compiled(t *testing.T, rel string, seed uint64, n int) map[string]int {
	t.Helper()
	w := writer{rand.New(rand.NewPCG(seed, 3))}
	var kases []string
	var b strings.Builder
	b.WriteString(compiledMain + strings.Join(ifacelive.Declarations, "\n") + "\n\nvar cases = []func() interface{}{\n")
	for range n {
		k := w.kase()
		kases = append(kases, k)
		fmt.Fprintf(&b, "func() interface{} {\n%s\n},\n", real(k))
	}
	b.WriteString("}\n")
	got, err := toolchain.Run[[]string](t.Context(), rel, toolchain.Probe{Name: "compiled", Source: b.String()})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var p *source.Program
	for i, k := range kases {
		if i%200 == 0 {
			p = program(t, rel)
		}
		text := modelled(t, p, k)
		if text != got[i] {
			t.Errorf("%s: %s (-model +real):\n%s", rel, k, cmp.Diff(text, got[i]))
		}
		verb, _, _ := strings.Cut(k, " ")
		if strings.HasPrefix(verb, "e(") {
			verb = "=="
		} else if strings.HasPrefix(verb, "reflect") {
			verb = "DeepEqual"
		}
		if len(text) > 20 {
			text = "panic"
		} else if verb == "switch" && text != "none" {
			text = "case"
		}
		seen[verb+" "+text]++
	}
	return seen
}

// TestCompiled writes random programs, compiles and runs them, and runs the same
// statements in the model.
func TestCompiled(t *testing.T) {
	n := 700
	if os.Getenv("ORRERY_FULL") != "" {
		n = 20_000
	}
	seen := compiled(t, release.Running, 1, n)
	for _, want := range []string{"== true", "== false", "== panic", "DeepEqual true", "DeepEqual false", "assert ok", "assert panic", "switch case", "switch none", "call ok", "call panic", "key ok", "key panic"} {
		if seen[want] < n/200 {
			t.Errorf("too few: %s", want)
		}
	}
	t.Logf("%d cases, 0 mismatches: %v", n, seen)
}

// TestCompiledReleases does that on every release, in the full run.
func TestCompiledReleases(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("in the full run: it builds a large program with each release")
	}
	for i, rel := range append(release.Known(), "go1.14.4") {
		seen := compiled(t, rel, uint64(100+i), 1_000)
		t.Logf("%s: %v", rel, seen)
	}
}
