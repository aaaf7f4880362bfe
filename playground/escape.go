//go:build !orrery_lean || orrery_escape

package playground

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/escape"
)

func init() { add(&escapeView) }

var escapeView = View{
	ID:    "escape",
	Title: Words{"Escape analysis", "逃逸分析"},
	About: Words{"Go source as the compiler sees it: locations, the values that flow between them, and what must be on the heap since its address may outlive it. Nothing is inlined.",
		"编译器眼中的 Go 源码：存储位置、值在其间的流动，以及因地址可能活得更久而必须放到堆上的变量。不做内联。"},
	Language: Words{"Go declarations: functions, types and variables, without imports", "Go 声明：函数、类型与变量，不含 import"},
	Model:    "escape", Fidelity: escape.Fidelity, Prefix: "kind.", Run: runEscape,
	Releases: func() []string { return Releases("go1.14") },
	Words: map[string]Words{
		"kind.batched": {"functions that refer to each other: {n}, the first is {name}", "一批互相引用的函数：{n} 个，第一个是 {name}"},
		"kind.located": {"{name} is a location", "{name} 是一个存储位置"},
		"kind.flowed":  {"{value} flows to {to}", "{value} 流向 {to}"},
		"kind.walked":  {"what reaches {name}?", "哪些值会到达 {name}？"},
		"kind.escaped": {"{name} escapes: its address reaches {to}", "{name} 逃逸：它的地址到达 {to}"},
		"kind.leaked":  {"the parameter {name} leaks to {to}", "参数 {name} 泄漏到 {to}"},
		"kind.tagged":  {"{name} is done: its callers are told which parameters leak", "{name} 分析完毕：把参数的泄漏情况告诉调用者"},
		"heap":         {"the heap", "堆"},
		"locations":    {"Locations", "存储位置"},
		"on the heap":  {"on the heap", "在堆上"},
		"on the stack": {"on the stack, so far", "目前在栈上"},
		"message":      {"line {line}: {text}", "第 {line} 行：{text}"},
		"done":         {"{n} messages, as go build -gcflags='-m -l' prints them", "{n} 条消息，与 go build -gcflags='-m -l' 的输出相同"},
	},
	Examples: []Example{
		{ID: "return", Title: Words{"An address that is returned", "返回局部变量的地址"}, Program: `func counter() *int {
	n := 0
	return &n
}

func local() int {
	n := 0
	p := &n
	return *p
}
`},
		{ID: "parameter", Title: Words{"What a callee does with a pointer", "被调函数怎样使用指针"}, Program: `var last *int

func same(p *int) *int { return p }

func keep(p *int) { last = p }

func caller() int {
	a, b := 1, 2
	keep(&b)
	return *same(&a)
}
`},
		{ID: "interface", Title: Words{"Into an interface", "装进接口"}, Program: `var sink any

func store(n int) { sink = n }

func look(n int) bool {
	var x any = n
	return x == nil
}
`},
		{ID: "closure", Title: Words{"A closure, and a loop's variable", "闭包与循环变量"}, Beside: "go1.21", Program: `func fs() (out []func() int) {
	for i := 0; i < 3; i++ {
		out = append(out, func() int { return i })
	}
	return
}
`},
		{ID: "make", Title: Words{"A slice of unknown size", "长度未知的切片"}, Beside: "go1.24", Program: `func f(n int) int {
	s := make([]byte, n)
	return len(s)
}
`},
	},
}

// analyzed returns a source and the result of its analysis.
func analyzed(in *Input) (*escape.Result, []escape.Event, bool, error) {
	text := in.Program
	if !strings.HasPrefix(strings.TrimSpace(text), "package") {
		text = "package p; " + text
	}
	shift := len(text) - len(in.Program)
	fset := token.NewFileSet()
	place := func(pos token.Position, what string) error {
		line := ""
		if all := lines(text); pos.Line >= 1 && pos.Line <= len(all) {
			line = all[pos.Line-1]
		}
		column := utf8.RuneCountInString(line[:min(max(pos.Column-1, 0), len(line))]) + 1
		if pos.Line == 1 {
			column = max(column-shift, 1)
		}
		return &Error{max(pos.Line, 1), column, what}
	}
	f, err := parser.ParseFile(fset, "x.go", text, parser.ParseComments|parser.SkipObjectResolution)
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) && len(list) > 0 {
		return nil, nil, false, place(list[0].Pos, list[0].Msg)
	} else if err != nil {
		return nil, nil, false, err
	}
	info := escape.NewInfo()
	conf := types.Config{Error: func(error) {}} // continue after an error, see iface/source
	pkg, err := conf.Check("p", fset, []*ast.File{f}, info)
	if at := (types.Error{}); errors.As(err, &at) {
		return nil, nil, false, place(fset.Position(at.Pos), at.Msg)
	} else if err != nil {
		return nil, nil, false, err
	}
	var events []escape.Event
	cut := false
	r, err := escape.Analyze(escape.Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info}, escape.Config{
		Release: in.Release, Explain: true, Graph: true,
		Trace: func(e escape.Event) {
			if cut = len(events) >= MaxSteps; !cut {
				events = append(events, e)
			}
		},
	})
	return r, events, cut, err
}

func runEscape(in *Input) (*Run, error) {
	result, events, cut, err := analyzed(in)
	if err != nil {
		return nil, err
	}
	names := map[int]string{1: in.Say("heap")}
	for _, g := range result.Graphs {
		for _, n := range g.Nodes {
			names[n.ID] = n.Name
		}
	}
	messages := result.Diagnostics
	if room := MaxSteps - len(events); len(messages) > room {
		messages, cut = messages[:room], true
	}
	r := &Run{Steps: len(events) + len(messages), Cut: cut, Headline: in.Say("done", "n", len(result.Diagnostics))}
	r.Step = func(n int) Step {
		if n > len(events) {
			d := messages[n-len(events)-1]
			return Step{Kind: string(d.Verdict), Text: in.Say("message", "line", d.Line, "text", d.Text)}
		}
		e := events[n-1]
		name, to := e.Name, names[e.To]
		if name == "" {
			name = names[e.Location]
		}
		value := strings.Repeat("*", max(e.Derefs, 0)) + name
		if e.Derefs < 0 {
			value = "&" + name
		}
		return Step{Kind: string(e.Kind), Rule: e.Rule, Text: in.Say("kind."+string(e.Kind), "n", e.Count, "name", name, "to", to, "value", value)}
	}
	r.At = func(n int) (State, error) {
		s := State{Panels: []Panel{locationsPanel(in, events[:min(n, len(events))], names)}}
		if n > len(events) {
			d := messages[n-len(events)-1]
			s.Acting = []Acting{{Line: d.Line, By: d.Name, Now: true}}
			if i := slices.IndexFunc(result.Graphs, func(g escape.Graph) bool {
				return slices.ContainsFunc(g.Nodes, func(k escape.Node) bool { return k.ID == d.Location && k.ID != 0 })
			}); i >= 0 {
				s.Panels = append(s.Panels, Panel{Kind: "svg", SVG: draw.EscapeGraph(result.Graphs[i], d)})
			}
		}
		return s, nil
	}
	return r, nil
}

// locationsPanel returns the locations so far, with those on the heap apart from the
// others.
func locationsPanel(in *Input, events []escape.Event, names map[int]string) Panel {
	const most = 40
	var order []int
	escaped := map[int]bool{}
	for _, e := range events {
		switch e.Kind {
		case escape.Located:
			order = append(order, e.Location)
		case escape.Escaped:
			escaped[e.Location] = true
		}
	}
	var last escape.Event
	if len(events) > 0 {
		last = events[len(events)-1]
	}
	row := Row{ID: "locations", Label: in.Say("locations"), Groups: []Group{{Label: in.Say("on the heap"), Cells: []Cell{}}, {Label: in.Say("on the stack"), Cells: []Cell{}}}}
	seen := map[int]bool{}
	for _, id := range order {
		if seen[id] {
			continue
		}
		seen[id] = true
		group, look := &row.Groups[1], "data"
		if escaped[id] {
			group, look = &row.Groups[0], "warm"
		}
		if len(group.Cells) == most {
			group.More++
			continue
		}
		if id == last.Location || id == last.To {
			look += " acts"
		}
		group.Cells = append(group.Cells, Cell{ID: fmt.Sprint("l", id), Text: cutRunes(names[id], 12), Look: look, Title: names[id]})
	}
	return Panel{Kind: "rows", Rows: []Row{row}}
}
