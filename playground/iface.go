//go:build !orrery_lean || orrery_iface

package playground

import (
	"errors"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

func init() { add(&ifaceView) }

var ifaceView = View{
	ID:    "iface",
	Title: Words{"Interfaces", "接口"},
	About: Words{"An interface is two words: a type or a table of methods, and a value's place. What converting, comparing and asserting do with them, a step at a time.",
		"接口是两个字：类型或方法表，以及值的位置。逐步观察转换、比较和断言对它们做了什么。"},
	Language: Words{`Go statements, one a line: type T struct{ n int }, func (T) M(), var i I = x, x := any(5), x == y, x.(T), _, ok := x.(I), reflect.DeepEqual(a, b), i.M()`,
		`每行一条 Go 语句：type T struct{ n int }、func (T) M()、var i I = x、x := any(5)、x == y、x.(T)、_, ok := x.(I)、reflect.DeepEqual(a, b)、i.M()`},
	Model: "iface", Fidelity: iface.Fidelity, Prefix: "kind.", Run: runIface,
	Words: map[string]Words{
		"kind.boxed":       {"a {type} becomes a data word: {place}, {bytes} bytes", "{type} 变成数据字：{place}，{bytes} 字节"},
		"kind.type words":  {"the type words of {type} and {other}: {ok}", "比较 {type} 与 {other} 的类型字：{ok}"},
		"kind.data words":  {"the data words are compared: {ok}", "比较数据字：{ok}"},
		"kind.memory":      {"two values of {type}, {bytes} bytes, are compared: {ok}", "比较两个 {type} 的 {bytes} 字节内存：{ok}"},
		"kind.itab found":  {"the itab of {type} and {other} is found after {probes} looks", "找到 {type} 与 {other} 的 itab，探查 {probes} 次"},
		"kind.itab made":   {"an itab of {type} and {other} is made: all methods are there: {ok}", "建立 {type} 与 {other} 的 itab：方法齐全：{ok}"},
		"kind.itab static": {"the itab of {type} and {other} was made by the compiler", "{type} 与 {other} 的 itab 由编译器生成"},
		"kind.matched":     {"{type} has the method {method}", "{type} 有方法 {method}"},
		"kind.missing":     {"{type} has no method {method}", "{type} 没有方法 {method}"},
		"kind.table grown": {"the table of itabs grows to {bytes} entries", "itab 表扩到 {bytes} 项"},
		"kind.cache hit":   {"the cache of this place knows {type}", "此处的缓存命中 {type}"},
		"kind.cache miss":  {"the cache of this place does not know {type}", "此处的缓存没有 {type}"},
		"kind.cache grown": {"the cache of this place grows to {bytes} entries", "此处的缓存扩到 {bytes} 项"},
		"kind.case tried":  {"is {type} the case {other}? {ok}", "{type} 是分支 {other} 吗？{ok}"},
		"kind.halved":      {"half of the cases are ruled out by the hash of {type}", "用 {type} 的哈希排除一半分支"},
		"kind.hash tried":  {"the hash of {type} against that of {other}: {ok}", "比较 {type} 与 {other} 的哈希：{ok}"},
		"kind.jumped":      {"a table of {bytes} entries leads to {other}", "经 {bytes} 项的跳转表到 {other}"},
		"kind.deep same":   {"both point to the same place", "两者指向同一处"},
		"kind.deep seen":   {"these two were compared before", "这一对已经比较过"},
		"kind.deep nil":    {"one of them is nil; both: {ok}", "其中有 nil；两者都是：{ok}"},
		"kind.deep types":  {"the types {type} and {other} differ", "类型 {type} 与 {other} 不同"},
		"kind.deep length": {"the lengths differ, or one is nil", "长度不同，或其中一个为 nil"},
		"kind.deep key":    {"a key of {type} is not found", "找不到 {type} 的键"},
		"kind.deep func":   {"functions are equal only if both are nil", "函数只有都为 nil 时才相等"},
		"kind.called":      {"{method} is called, by its place in the table", "按方法表中的位置调用 {method}"},
		"kind.panicked":    {"panic: {method}", "panic：{method}"},
		"yes":              {"yes", "是"},
		"no":               {"no", "否"},
		"result":           {"{s}: {text}", "{s}：{text}"},
	},
	Examples: []Example{
		{ID: "nil", Title: Words{"A nil that is not nil", "不是 nil 的 nil"}, Claims: []string{"19-1", "19-2", "19-3", "19-4"}, Program: `# Two words: a type, and no value.
type MyError struct{}
func (*MyError) Error() string
var p *MyError
var err error
err == nil
err = p
err == nil
p == nil
err == p
`},
		{ID: "compare", Title: Words{"Comparing interfaces", "接口的比较"}, Program: `# The types first, then the values; a type that cannot be compared panics.
x := any(5)
y := any(5)
z := any(5.0)
x == y
x == z
f := any([]int{1})
x == f
f == f
`},
		{ID: "box", Title: Words{"A box, or none", "装箱与否"}, Beside: "go1.14", Program: `# Small numbers need no memory of their own.
n := 7
x := any(n)
n = 300
x = n
x = &n
`},
		{ID: "assert", Title: Words{"Assertions and itabs", "断言与 itab"}, Program: `type T struct{ n int }
func (T) String() string
type Stringer interface { String() string }
type Closer interface { Close() error }
x := any(T{1})
s := x.(Stringer)
s.String()
_, ok := x.(Closer)
x.(Closer)
`},
		{ID: "deep", Title: Words{"reflect.DeepEqual", "reflect.DeepEqual"}, Program: `a := []int{1, 2}
b := []int{1, 2}
reflect.DeepEqual(a, b)
reflect.DeepEqual([]int(nil), []int{})
m := map[int]any{}
m[0] = m
n := map[int]any{}
n[0] = n
reflect.DeepEqual(m, n)
`},
	},
}

// An ifaceStep is a statement, an event of it, or its result.
type ifaceStep struct {
	line  int // from 1
	text  string
	event *iface.Event
	out   string
	crash *crash.Error
}

// playIface runs the program and calls step for each step, until step returns false.
func playIface(in *Input, step func(ifaceStep, *source.Program, []string) bool) error {
	var now ifaceStep
	var p *source.Program
	var vars []string
	enough := false
	tell := func(s ifaceStep) { enough = enough || !step(s, p, vars) }
	p, err := source.New(iface.Config{Release: in.Release, Seed: in.Seed, Trace: func(e iface.Event) {
		if s := now; s.line > 0 {
			s.event = &e
			tell(s)
		}
	}})
	if err != nil {
		return err
	}
	for n, line := range lines(in.Program) {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		now = ifaceStep{line: n + 1, text: text}
		tell(now)
		out, err := p.Do(text)
		if enough {
			return errEnough
		}
		if name := declares(text); name != "" && err == nil {
			vars = append(vars, name)
		}
		s := now
		switch c := (*crash.Error)(nil); {
		case errors.As(err, &c):
			s.crash = c
			tell(s)
		case err != nil:
			return &Error{n + 1, 1, strings.TrimPrefix(err.Error(), "source: ")}
		case out.Text != "":
			s.out = out.Text
			tell(s)
		}
		if enough {
			return errEnough
		}
	}
	return nil
}

// declares returns the variable that a statement declares, or "".
func declares(text string) string {
	if rest, ok := strings.CutPrefix(text, "var "); ok {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	name, _, ok := strings.Cut(text, ":=")
	if name = strings.TrimSpace(name); ok && !strings.ContainsAny(name, " ,(") {
		return name
	}
	return ""
}

func runIface(in *Input) (*Run, error) {
	var steps []ifaceStep
	err := playIface(in, func(s ifaceStep, _ *source.Program, _ []string) bool {
		steps = append(steps, s)
		return len(steps) < MaxSteps
	})
	cut := errors.Is(err, errEnough)
	if err != nil && !cut {
		return nil, err
	}
	r := &Run{Steps: len(steps), Cut: cut, Step: func(n int) Step { return tellIface(in, steps[n-1]) }}
	r.At = func(n int) (State, error) {
		out := State{Panels: []Panel{}}
		count := 0
		err := playIface(in, func(s ifaceStep, p *source.Program, vars []string) bool {
			if count++; count < n {
				return true
			}
			if n > 0 {
				out = State{Acting: []Acting{{Line: s.line, Now: true}}, Panels: []Panel{{Kind: "svg", SVG: draw.IfaceWords(interfaces(p, vars)...)}}}
			}
			return false
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		return out, err
	}
	return r, nil
}

// interfaces returns the variables of interface types.
func interfaces(p *source.Program, vars []string) []iface.Value {
	var out []iface.Value
	for _, name := range vars {
		v, err := p.Var(name)
		if err != nil {
			continue
		}
		if _, err := v.Words(); err == nil {
			out = append(out, v)
		}
	}
	return out
}

func tellIface(in *Input, s ifaceStep) Step {
	switch {
	case s.event != nil:
		e := s.event
		ok := in.Say("no")
		if e.OK {
			ok = in.Say("yes")
		}
		return Step{Kind: string(e.Kind), Rule: e.Rule, Text: in.Say("kind."+string(e.Kind),
			"type", e.Type, "other", e.Other, "method", e.Method, "place", e.Place, "bytes", e.Bytes, "probes", e.Probes, "ok", ok)}
	case s.crash != nil:
		return Step{Kind: string(s.crash.Kind), Text: s.crash.Error()}
	case s.out != "":
		return Step{Kind: "result", Text: in.Say("result", "s", s.text, "text", s.out)}
	}
	return Step{Kind: "statement", Text: s.text}
}
