package ifacelive_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/ifacelive"
	"github.com/orrery-go/orrery/iface/source"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Types of the published cases.
var publishedTypes = []string{
	"type S interface{ String() string }",
	"type MyErr struct{}",
	"func (*MyErr) Error() string { return `` }",
	"type Val struct{ stuff interface{} }",
	"func (Val) Error() string { return `` }",
	"type Fooer interface{ IsFoo() bool }",
	"type Foo struct{}",
	"func (*Foo) IsFoo() bool { return true }",
	"type Two struct{ a, b interface{} }",
	"type Fn struct { n int; f func() }",
	"type Chain struct { f1 *Chain; f2 string }",
	"type Box struct{ n *Box }",
	"type Test *Test",
	"type Reader interface{ Read(p []byte) (n int, err error) }",
	"type MyReader struct{}",
	"func (r *MyReader) Read(p []byte) (int, error) { return 0, nil }",
	"type Base struct{}",
	"func (Base) Name() string { return `` }",
	"type Mixin struct{}",
	"func (Mixin) Name() string { return `` }",
	"type Clash struct { Base; Mixin }",
	"type Outer struct { Clash; Name2 int }",
	"type Namer interface{ Name() string }",
	"type Dup struct { *Base; Namer }",
	"type ID int",
	"func (ID) String() string { return `` }",
}

// A publishedCase has the place where people asked about a case, an input of the same
// kind, and the answer of the newest release.
type publishedCase struct {
	from  string
	setup []string
	expr  string
	want  string
}

const unequalScopes = "runtime error: comparing uncomparable type "

var publishedCases = []publishedCase{
	{"go.dev/doc/faq#nil_error, golang/go#13562, #28241", []string{"var p *MyErr", "var err error = p"}, "err == nil", "false"},
	{"the same", []string{"var p *MyErr", "var err error = p"}, "err == (*MyErr)(nil)", "true"},
	{"golang/go#16817", []string{"var p *Foo", "var i Fooer = p"}, "i != nil", "true"},
	{"golang/go#42306: by way of a second interface", []string{"var p *MyErr", "var err error = p", "var x interface{} = err"}, "x == nil", "false"},
	{"texlution.com, the nil checking quiz", []string{"var f Fooer"}, "(interface{})(f) == nil", "true"},
	{"go101.org, nil 1", []string{"x := *new(*int)"}, "x == nil", "true"},
	{"golang/go#29763", []string{"var f Fooer"}, "f.(*Foo) == nil", "interface conversion: main.Fooer is nil, not *main.Foo"},
	{"babelweb2#5", []string{"var x interface{}"}, "x.(string) == ``", "interface conversion: interface {} is nil, not string"},
	{"scriggo#551", []string{"var x interface{}"}, "x.(Reader) == nil", "interface conversion: interface is nil, not main.Reader"},
	{"golang/go#28164", []string{"var x interface{} = []int{1}"}, "x == x", unequalScopes + "[]int"},
	{"golang/go#28164, go101.org", nil, "(interface{})(Fn{n: 1}) == (interface{})(Fn{n: 2})", unequalScopes + "main.Fn"},
	{"golang/go#38676, first", []string{"var f func()"}, "Two{1, f} == Two{2, f}", "false"},
	{"golang/go#38676, second", []string{"var f func()"}, "Two{f, 1} == Two{f, 2}", unequalScopes + "func()"},
	{"golang/go#8606: arrays", nil, "[2]interface{}{1, []int{}} == [2]interface{}{2, []int{}}", "false"},
	{"golang/go#36115: an error that holds a slice", []string{"var err error = Val{[]string{`a`}}", "var other error = Val{[]string{`a`}}"}, "err == other", unequalScopes + "[]string"},
	{"golang/go#36115: beside another", []string{"var err error = Val{[]string{`a`}}", "other := errors.New(`a`)"}, "err == other", "false"},
	{"golang/go#32187: an interface beside a value", []string{"var err error"}, "err == error(Val{1})", "false"},
	{"golang/go#12025: a NaN", nil, "reflect.DeepEqual(math.NaN(), math.NaN())", "false"},
	{"golang/go#12025: in a map", []string{"a := map[string]float64{`a`: math.NaN()}"}, "reflect.DeepEqual(a, a)", "true"},
	{"golang/go#12025: in a slice", []string{"b := []float64{math.NaN()}", "c := []float64{math.NaN()}"}, "reflect.DeepEqual(b, c)", "false"},
	{"golang/go#33907: a map in itself", []string{"p := map[string]interface{}{}", "p[`foo`] = p", "q := map[string]interface{}{}", "q[`foo`] = q"}, "reflect.DeepEqual(p, q)", "true"},
	{"golang/go#15610: pointers in a ring", []string{"a1 := Test(new(Test))", "a2 := Test(&a1)", "*a1 = Test(&a2)", "b1 := Test(new(Test))", "b2 := Test(&b1)", "*b1 = Test(&b2)"}, "reflect.DeepEqual(a1, b1)", "true"},
	{"golang/go#20428", []string{"b := &Box{&Box{&Box{&Box{nil}}}}", "b.n.n.n.n = b.n.n"}, "reflect.DeepEqual(b, b.n)", "true"},
	{"golang/go#39607: true in 1.14", []string{"x := &Chain{&Chain{nil, `inner`}, `outer`}", "y := &Chain{&Chain{nil, `another`}, `outer`}"}, "reflect.DeepEqual(x, y)", "false"},
	{"100 Go mistakes: nil and empty", nil, "reflect.DeepEqual([]string(nil), []string{})", "false"},
	{"testify and others: numbers of two types", nil, "reflect.DeepEqual(map[string]interface{}{`a`: 1}, map[string]interface{}{`a`: int64(1)})", "false"},
	{"the Go FAQ: a func is no key", nil, "len(map[interface{}]int{interface{}(func() {}): 1}) == 1", "runtime error: hash of unhashable type func()"},
	{"leyaa.ai: a pointer receiver", []string{"var x interface{} = MyReader{}"}, "x.(Reader) == nil", "interface conversion: main.MyReader is not main.Reader: missing method Read"},
	{"ambiguous selectors: two embedded Names", []string{"var x interface{} = Clash{}"}, "x.(Namer) == nil", "interface conversion: main.Clash is not main.Namer: missing method Name"},
	{"and one deeper, embedded again", []string{"var x interface{} = Outer{}"}, "x.(Namer) == nil", "interface conversion: main.Outer is not main.Namer: missing method Name"},
	{"a pointer and an interface, both embedded", []string{"var x interface{} = Dup{}"}, "x.(Namer) == nil", "interface conversion: main.Dup is not main.Namer: missing method Name"},
	{"a type switch on a declared int", []string{"var x interface{} = ID(3)"}, "x == 3", "false"},
	{"and the same with its type", []string{"var x interface{} = ID(3)"}, "x == ID(3)", "true"},
	{"byte is uint8", []string{"var x interface{} = byte(1)"}, "x.(uint8) == 1", "true"},
	{"rune is int32", []string{"var x interface{} = 'a'"}, "x.(int32) == 97", "true"},
	{"errors.New twice", nil, "errors.New(`EOF`) == errors.New(`EOF`)", "false"},
	{"zero and negative zero", nil, "(interface{})(0.0) == (interface{})(math.Copysign(0, -1))", "true"},
}

// publishedSource returns a program that prints the answers.
func publishedSource() string {
	var b strings.Builder
	b.WriteString(compiledMain + strings.Join(publishedTypes, "\n") + "\n\nvar cases = []func() interface{}{\n")
	for _, c := range publishedCases {
		fmt.Fprintf(&b, "func() interface{} {\n%s\nreturn %s\n},\n", strings.Join(c.setup, "\n"), c.expr)
	}
	return b.String() + "}\n"
}

// TestPublished runs cases that people asked about and were surprised by.
func TestPublished(t *testing.T) {
	rels := []string{release.Running}
	if os.Getenv("ORRERY_FULL") != "" {
		rels = append(rels, "go1.14.4", "go1.14.15", "go1.15.15", "go1.20.14", "go1.24.13", "go1.27.4")
	}
	for _, rel := range rels {
		real, err := toolchain.Run[[]string](t.Context(), rel, toolchain.Probe{Name: "published", Source: publishedSource()})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range publishedCases {
			p, err := source.New(iface.Config{Release: rel})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range slices.Concat(publishedTypes, c.setup) {
				if _, err := p.Do(s); err != nil {
					t.Fatalf("%s: %s: %v", c.from, s, err)
				}
			}
			model, err := ifacelive.Told(p.Do(c.expr))
			if err != nil {
				t.Fatalf("%s: %v", c.from, err)
			}
			if model != real[i] {
				t.Errorf("%s on %s: %s is %s, model %s", c.from, rel, c.expr, real[i], model)
			}
			if strings.HasPrefix(c.from, "golang/go#39607") && (model == "true") != (rel == "go1.14.4") {
				t.Errorf("%s on %s: %s", c.from, rel, model)
			}
			if rel == release.Running && model != c.want {
				t.Errorf("%s: model %s, want %s", c.from, model, c.want)
			}
		}
	}
}
