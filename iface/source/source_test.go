package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

func newProgram(t *testing.T, c iface.Config, statements ...string) *source.Program {
	t.Helper()
	p, err := source.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := p.Do(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return p
}

// TestDo checks the results of statements.
func TestDo(t *testing.T) {
	p := newProgram(t, iface.Config{},
		"type T struct { a, b int; next *T }", "func (T) String() string", "func (t *T) Set(int) {}",
		"type Outer struct { T; tag string }", "type I interface { String() string }", "type Celsius float64", "type Pair [2]any",
		"x := T{1, 2, nil}", "p := &x", "var i I = x", "var e any = p", "s := []any{1, `a`, nil}", "arr := [3]int{1, 2: 3}", "m := map[string][]int{`a`: {1, 2}}", "c := Celsius(36.6)", "o := Outer{tag: `t`}", "q := &arr")
	for _, c := range [][2]string{
		{"x", "main.T{1, 2, (*main.T)(nil)}"},
		{"p.a", "1"},
		{"p.next == nil", "true"},
		{"arr", "[3]int{1, 0, 3}"},
		{"q[2]", "3"},
		{"len(q[1:])", "2"},
		{"arr[0:2]", "[]int{1, 0}"},
		{"len(arr[1:])", "2"},
		{"s[1]", `"a"`},
		{"len(m)", "1"},
		{"c", "main.Celsius(36.6)"},
		{"float64(c) == 36.6", "true"},
		{"-c == -36.6", "true"},
		{"int(c)", "36"},
		{"uint8(200)", "uint8(200)"},
		{"1 << 40", "1099511627776"},
		{"`a` + `b`", `"ab"`},
		{"complex(1, 2)", "(1+2i)"},
		{"math.Inf(-1)", "-Inf"},
		{"!(1 == 2) && true || false", "true"},
		{"i.String()", "main.(*T).String"},
		{"e == any(p)", "true"},
		{"e == p", "true"},
		{"p == e", "true"},
		{"i == x", "true"},
		{"i != x", "false"},
		{"e == i", "false"},
		{"*p == x", "true"},
		{"e.(*T).a", "1"},
		{"e.(interface { Set(int) }) != nil", "true"},
		{"any(x).(I).String()", "main.(*T).String"},
		{"any(o).(I).String()", "main.(*Outer).String"},
		{"o.a", "0"},
		{"Pair{1, nil} == Pair{1, nil}", "true"},
		{"any(Pair{}) == any([2]any{})", "false"},
		{"reflect.DeepEqual(m, map[string][]int{`a`: {1, 2}})", "true"},
		{"make([]int, 3)", "[]int{0, 0, 0}"},
		{"len(make(map[int]int))", "0"},
		{"make(chan int) == nil", "false"},
		{"*new(int)", "0"},
		{"[]*T{{a: 5}}[0].a", "5"},
		{"struct{ a, b any }{1, 2}.b", "2"},
		{"errors.New(`x`).Error()", "errors.(*errorString).Error"},
		{"switch e.(type) { case nil: ; case I: ; }", "case I"},
		{"switch v := e.(type) { case int: ; default: _ = v }", "default"},
		{"_, ok := e.(int)", "0, false"},
		{"ok", "false"},
		{"for range 3 { x == x }", "true"},
		{"(*T)(nil)", "(*main.T)(nil)"},
		{"any(nil)", "interface {}(nil)"},
	} {
		out, err := p.Do(c[0])
		if err != nil || out.Text != c[1] {
			t.Errorf("%s is %s, %v; want %s", c[0], out, err, c[1])
		}
	}
	for _, s := range []string{"p.a = 7", "arr[1] = 4", "s[2] = p", "m[`b`] = nil", "*q = [3]int{}", "i = p", "e = nil", "_ = e"} {
		if _, err := p.Do(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for name, want := range map[string]string{"x": "main.T{7, 2, (*main.T)(nil)}", "arr": "[3]int{0, 0, 0}", "e": "interface {}(nil)", "m": `map[string][]int{"a": []int{1, 2}, "b": []int(nil)}`} {
		if v, err := p.Var(name); err != nil || v.String() != want {
			t.Errorf("%s is %v, %v; want %s", name, v, err, want)
		}
	}
	if err := p.Runtime().Check(); err != nil {
		t.Error(err)
	}
}

// TestCrash checks the panics of statements.
func TestCrash(t *testing.T) {
	p := newProgram(t, iface.Config{}, "type T struct{ n int }", "func (T) M()", "type M interface { M() }",
		"var p *T", "var e any", "var i M = p", "var none M", "var m map[any]int", "s := []int{1}", "x := any(s)")
	for s, want := range map[string]error{
		"p.n":                    iface.NilDereference,
		"*p":                     iface.NilDereference,
		"none.M()":               iface.NilDereference,
		"i.M()":                  iface.NilReceiver,
		"e.(int)":                iface.AssertFailed,
		"x.(M)":                  iface.AssertFailed,
		"x == x":                 iface.Uncomparable,
		"m[1] = 1":               iface.NilMap,
		"map[any]int{x: 1}":      iface.HashUnhashable,
		"any(p).(M).M()":         iface.NilReceiver,
		"[1]any{x} == [1]any{x}": iface.Uncomparable,
	} {
		if _, err := p.Do(s); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", s, err, want)
		}
	}
}

// TestRefuses checks the texts that are refused: they are not Go, do not compile, or are
// not supported.
func TestRefuses(t *testing.T) {
	p := newProgram(t, iface.Config{}, "type T struct{ n int }", "type I interface { M() }", "x := T{1}", "s := []int{1}", "e := any(1)", "n := 3")
	for s, want := range map[string]string{
		"x +": "expected",
		"any(func() { type node struct{ next *node; fun }; n := &node{}; m = n })": "a declaration in a function is not read",
		"y":                           "undefined: y",
		"var x int":                   "declared already",
		"x = 1":                       "cannot use 1",
		"var b byte = 300":            "overflow",
		"var i I = x":                 "missing method M",
		"s == s":                      "slice can only be compared to nil",
		"x.(int)":                     "not an interface",
		"s[5]":                        "out of range",
		"n + 1":                       "arithmetic",
		"n++":                         "not read",
		"if true { }":                 "not read",
		"x; x":                        "one",
		"T":                           "type is no statement",
		"a, b := 1, 2":                "one value at a time",
		"1 = 2":                       "cannot assign",
		"println(1)":                  "not read",
		"append(s, 1)":                "not read",
		"func() int { return 1 }()":   "not read",
		"type U int":                  "before all else",
		"import \"os\"":               "expected",
		"for { }":                     "not read",
		"for range 1000000 { x }":     "out of range",
		"for range n { x }":           "constant",
		"x.n.y":                       "undefined",
		"var z = nil":                 "nil",
		"z := nil":                    "nil",
		"make([]int, -1)":             "negative",
		"make([]int, 1 << 40)":        "",
		"[1 << 40]int{}":              "",
		"switch x := 1; e.(type) { }": "read",
		"switch n { case 1: }":        "not read",
		"e.(I) = nil":                 "cannot assign",
		"s[0:1:1]":                    "not read",
		"} func f() {":                "expected",
		"reflect.TypeOf(x)":           "undefined",
	} {
		_, err := p.Do(s)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", s, err, want)
		}
	}
	if _, err := p.Do("x = T{2}"); err != nil {
		t.Errorf("after all that: %v", err)
	}
	if _, err := p.Type("1"); err == nil {
		t.Error("1 is a type")
	}
	if _, err := new(source.Program).Do("1"); err == nil {
		t.Error("the zero Program does")
	}
	for _, bad := range []string{"type T struct { T }", "type A B", "func (U) M() {}", "type K map[func()]int", "func (int) M() {}", "type L[T any] []T", "func f() {}"} {
		p := newProgram(t, iface.Config{})
		_, first := p.Do(bad)
		if _, err := p.Do("1"); err == nil && first == nil && bad != "func f() {}" {
			t.Errorf("%s is taken", bad)
		}
	}
}

// TestCost checks what conversions allocate: the value of a package variable escapes,
// and an operand of a comparison or an assertion needs no box.
func TestCost(t *testing.T) {
	p := newProgram(t, iface.Config{}, "n := 1000", "s := `text`", "var e any")
	for statement, want := range map[string]int64{
		"e = n": 8, "e = 1000": 0, "e = s": 16, "e = &n": 0, "e == n": 0, "e = []any{n, s}": 48, "e = struct{ a, b int }{1, 2}": 0,
	} {
		out, err := p.Do(statement)
		if err != nil || out.Heap != want {
			t.Errorf("%s: %d bytes, %v; want %d", statement, out.Heap, err, want)
		}
	}
}
