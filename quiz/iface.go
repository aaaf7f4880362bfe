package quiz

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

var ifaceForms = []form{{"nil", ifaceNil}, {"equal", ifaceEqual}, {"box", ifaceBox}, {"assertion", ifaceAssert}, {"switch", ifaceSwitch}}

// values does statements, and returns what each that has a value gives: a panic is one.
func values(c iface.Config, statements ...string) ([]string, error) {
	p, err := source.New(c)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, s := range statements {
		o, err := p.Do(s)
		var crashed *crash.Error
		switch {
		case errors.As(err, &crashed):
			out = append(out, "panic: "+err.Error())
		case err != nil:
			return nil, fmt.Errorf("%s: %w", s, err)
		case o.Text != "":
			out = append(out, o.Text)
		}
	}
	return out, nil
}

func ifaceNil(r *rand.Rand) (draft, error) {
	name, v := pick(r, "MyError", "QueryError", "Closed"), pick(r, "p", "e", "q")
	start := pick(r, "var "+v+" *"+name, "var "+v+" *"+name, v+" := &"+name+"{}")
	held := pick(r, "var err error = "+v, "var err error = "+v, "var err error")
	code := []string{start, held}
	asks := []string{v + " == nil", "err == nil", "err == " + v}
	if r.IntN(2) == 0 {
		code = append(code, "var i any = err")
		asks = append(asks, "i == nil")
	}
	setup := []string{"type " + name + " struct{}", "func (*" + name + ") Error() string"}
	got, err := values(iface.Config{}, append(append(setup, code...), asks...)...)
	if err != nil {
		return draft{}, err
	}
	join := func(b []string) text { return same(strings.Join(b, " ")) }
	flipped := func(at int) text {
		other := append([]string(nil), got...)
		other[at] = map[string]string{"true": "false", "false": "true"}[other[at]]
		return join(other)
	}
	d := draft{
		text:  say("%s is a struct, and *%[1]s has the method Error.\n%s\nWhat are %s?", "%s 是结构体，*%[1]s 有 Error 方法。\n%s\n%s 各是什么？", name, indent(strings.Join(code, "\n")), strings.Join(asks, ", ")),
		right: join(got), rule: "assignable",
		why: text{"an interface is two words, a type and data, and nil only if it has no type: one that holds a nil pointer is not nil", "接口是两个字：类型和数据；没有类型才是 nil：装着空指针的接口不是 nil"},
	}
	for i := len(asks) - 1; i > 0; i-- {
		d.wrong = append(d.wrong, flipped(i))
	}
	d.wrong = append(d.wrong, flipped(0))
	return d, nil
}

// aValue draws an expression whose value an interface can hold.
func aValue(r *rand.Rand) string {
	n := r.IntN(2) + 1
	return pick(r,
		fmt.Sprintf("any(%d)", n), fmt.Sprintf("any(int64(%d))", n), fmt.Sprintf("any(%d.0)", n), fmt.Sprintf("any([2]int{1, %d})", n),
		fmt.Sprintf("any([]int{%d})", n), fmt.Sprintf("any(T{%d})", n), fmt.Sprintf("any(&T{%d})", n), fmt.Sprintf("any(map[string]int{`k`: %d})", n),
		"any(math.NaN())", "any(`go`)", "any([1]any{1})", "any([1]any{[]int{1}})", "any(S{[]int{1}})", "any((*T)(nil))", "any(nil)")
}

func ifaceEqual(r *rand.Rand) (draft, error) {
	a := aValue(r)
	b := a
	if r.IntN(3) == 0 {
		b = aValue(r)
	}
	code := []string{"x := " + a, "y := " + b}
	if strings.Contains(a+b, "nil)") && (a == "any(nil)" || b == "any(nil)") {
		code = []string{"var x any = " + strings.TrimSuffix(strings.TrimPrefix(a, "any("), ")"), "var y any = " + strings.TrimSuffix(strings.TrimPrefix(b, "any("), ")")}
	}
	setup := []string{"type T struct{ A int }", "type S struct{ A []int }"}
	got, err := values(iface.Config{}, append(append(setup, code...), "x == y", "reflect.DeepEqual(x, y)")...)
	if err != nil {
		return draft{}, err
	}
	short := func(s string) string {
		if strings.HasPrefix(s, "panic") {
			return "panic"
		}
		return s
	}
	both := func(a, b string) text { return same("==: " + a + ", DeepEqual: " + b) }
	return draft{
		text:  say("%s\n%s\nWhat are x == y and reflect.DeepEqual(x, y)?", "%s\n%s\nx == y 和 reflect.DeepEqual(x, y) 是什么？", strings.Join(setup, "\n"), indent(strings.Join(code, "\n"))),
		right: both(short(got[0]), got[1]),
		wrong: []text{both("true", "true"), both("panic", "true"), both("false", "true"), both("false", "false"), both("panic", "false")},
		why: say("== compares types, then values, and panics if the type cannot be compared; DeepEqual follows pointers, slices and maps\n== gives %s",
			"== 先比类型，再比值，类型不可比较时 panic；DeepEqual 会深入指针、切片和 map\n== 的结果：%s", got[0]), rule: "deep",
	}, nil
}

func ifaceBox(r *rand.Rand) (draft, error) {
	vars := []string{
		fmt.Sprintf("v := %d", between(r, 0, 255)), fmt.Sprintf("v := %d", between(r, 256, 9999)), "v := 0", "v := true", "v := `a text`", "v := ``", "v := &T{}", "v := T{}",
		fmt.Sprintf("v := [%d]int64{1}", between(r, 1, 9)), "v := []int{1, 2}", fmt.Sprintf("v := int16(%d)", between(r, 1, 999)), fmt.Sprintf("v := %d.5", between(r, 1, 99)), "v := struct{}{}", "v := map[int]int{}",
	}
	declared := vars[r.IntN(len(vars))]
	rel := pick(r, "go1.3", "go1.8", "go1.14", "go1.26")
	heap := func(rel string) (int64, string, error) {
		why := ""
		p, err := source.New(iface.Config{Release: rel, Trace: func(e iface.Event) { why += e.String() + "\n" }})
		if err != nil {
			return 0, "", err
		}
		var o source.Outcome
		for _, s := range []string{"type T struct{ A, B int }", declared, "x := any(v)"} {
			why = ""
			if o, err = p.Do(s); err != nil {
				return 0, "", fmt.Errorf("%s: %w", s, err)
			}
		}
		return o.Heap, why, nil
	}
	n, why, err := heap(rel)
	if err != nil {
		return draft{}, err
	}
	bytes := func(n int64) text { return say("%d bytes", "%d 字节", n) }
	d := draft{
		text: say("%s, amd64: type T struct{ A, B int }\n%s\n    x := any(v) // and x escapes\nHow many bytes of the heap does the conversion ask for?",
			"%s，amd64：type T struct{ A, B int }\n%s\n    x := any(v) // x 逃逸\n这个转换向堆申请几个字节？", rel, indent(declared)),
		right: bytes(n), why: same(why), rule: "boxed",
	}
	for _, other := range []string{"go1.3", "go1.8", "go1.14", "go1.26"} {
		m, _, err := heap(other)
		if err != nil {
			return draft{}, err
		}
		d.wrong = append(d.wrong, bytes(m))
	}
	d.wrong = append(d.wrong, bytes(0), bytes(16), bytes(8), bytes(24))
	return d, nil
}

func ifaceAssert(r *rand.Rand) (draft, error) {
	v := pick(r, "any(1)", "any(`go`)", "any(T{})", "any(&T{})", "any(P{})", "any(&P{})", "any(1.5)", "any(int32(7))")
	to := pick(r, "int", "string", "T", "*T", "Stringer", "P", "*P", "error", "float64")
	setup := []string{"type Stringer interface { String() string }", "type T struct{}", "func (T) String() string", "type P struct{}", "func (*P) String() string"}
	got, err := values(iface.Config{}, append(setup, "x := "+v, "x.("+to+")")...)
	if err != nil {
		return draft{}, err
	}
	works := text{"it works", "成功"}
	right := works
	if strings.HasPrefix(got[0], "panic") {
		right = same(got[0])
	}
	typeOf := map[string]string{"any(1)": "int", "any(`go`)": "string", "any(T{})": "main.T", "any(&T{})": "*main.T", "any(P{})": "main.P", "any(&P{})": "*main.P", "any(1.5)": "float64", "any(int32(7))": "int32"}[v]
	return draft{
		text: say("T has the method String, P has it with a pointer receiver.\n%s\n    x.(%s)\nWhat happens?",
			"T 有 String 方法；P 的 String 方法是指针接收者。\n%s\n    x.(%s)\n结果如何？", indent("x := "+v), to),
		right: right,
		wrong: []text{works, same("panic: interface conversion: interface {} is " + typeOf + ", not " + qualified(to)), same("panic: interface conversion: " + typeOf + " is not main.Stringer: missing method String"), {"it does not compile", "编译不过"}},
		why:   text{"an assertion to a concrete type wants just that type, one to an interface its methods; those with a pointer receiver are not a value's", "断言为具体类型要求类型完全相同，断言为接口则要求有它的方法；指针接收者的方法不属于值"},
		rule:  "assert-text",
	}, nil
}

// qualified returns a type's name as the runtime says it.
func qualified(name string) string {
	switch name {
	case "T", "P", "Stringer":
		return "main." + name
	case "*T", "*P":
		return "*main." + name[1:]
	}
	return name
}

func ifaceSwitch(r *rand.Rand) (draft, error) {
	v := pick(r, "any(1)", "any(`go`)", "any(T{})", "any(&P{})", "any(P{})", "any([]int{1})", "any(int64(1))", "any(2.5)")
	cases := []string{"int", "string", "Stringer", "T", "*P", "[]int", "error", "int64, int", "float64"}
	r.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
	cases = cases[:between(r, 3, 5)]
	seen := map[string]bool{}
	var kept []string
	for _, c := range cases { // a type may be there once
		clash := false
		for t := range strings.SplitSeq(c, ", ") {
			clash = clash || seen[t]
		}
		if clash {
			continue
		}
		for t := range strings.SplitSeq(c, ", ") {
			seen[t] = true
		}
		kept = append(kept, c)
	}
	code := "switch x.(type) { "
	for _, c := range kept {
		code += "case " + c + ": ; "
	}
	code += "default: ; }"
	setup := []string{"type Stringer interface { String() string }", "type T struct{}", "func (T) String() string", "type P struct{}", "func (*P) String() string"}
	got, err := values(iface.Config{}, append(setup, "x := "+v, code)...)
	if err != nil {
		return draft{}, err
	}
	// The machine names the type that fits; the case may list several.
	taken := got[0]
	for _, c := range kept {
		for t := range strings.SplitSeq(c, ", ") {
			if got[0] == "case "+t {
				taken = "case " + c
			}
		}
	}
	d := draft{
		text: say("T has the method String, P has it with a pointer receiver.\n    x := %s\n    %s\nWhich case?", "T 有 String 方法；P 的 String 方法是指针接收者。\n    x := %s\n    %s\n走哪个分支？",
			v, strings.ReplaceAll(code, ": ;", ":")),
		right: same(taken), rule: "type-switch",
		why: text{"the first case that fits, from the top: a type fits only itself, an interface all that have its methods", "从上往下第一个合适的分支：具体类型只合适它自己，接口合适一切有其方法的类型"},
	}
	for _, c := range kept {
		d.wrong = append(d.wrong, same("case "+c))
	}
	d.wrong = append(d.wrong, same("default"))
	return d, nil
}
