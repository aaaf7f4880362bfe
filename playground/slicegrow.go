//go:build !orrery_lean || orrery_slicegrow

package playground

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/slicegrow"
)

func init() { add(&slicegrowView) }

var slicegrowView = View{
	ID:    "slicegrow",
	Title: Words{"Slices", "切片"},
	About: Words{"Slices of ints and the arrays they share. An append that does not fit gets a new array: how large it is depends on the release.",
		"int 切片与它们共享的底层数组。append 放不下时换一个新数组，新容量因版本而异。"},
	Language: Words{`a := []int{1, 2}, a := make([]int, 2, 5), b := a[1:2:4], a = append(a, 7, 8), a = append(a, b...), a[0] = 9, copy(a, b), a = nil; repeat 100 a = append(a, 1) does it so many times`,
		`a := []int{1, 2}、a := make([]int, 2, 5)、b := a[1:2:4]、a = append(a, 7, 8)、a = append(a, b...)、a[0] = 9、copy(a, b)、a = nil；repeat 100 a = append(a, 1) 重复执行`},
	Model: "slicegrow", Fidelity: slicegrow.Fidelity, Prefix: "kind.", Run: runSlicegrow,
	Words: map[string]Words{
		"fits":             {"{s}: it fits, the array stays", "{s}：放得下，数组不变"},
		"zero-size":        {"{s}: elements of size 0", "{s}：元素大小为 0"},
		"needed":           {"{s}: more than twice the capacity is needed, so {ideal}; the block holds {cap}", "{s}：需要超过两倍容量，于是取 {ideal}；内存块装得下 {cap}"},
		"double":           {"{s}: twice the capacity is {ideal}; the block holds {cap}", "{s}：容量翻倍为 {ideal}；内存块装得下 {cap}"},
		"quarter":          {"{s}: a quarter more until it is enough is {ideal}; the block holds {cap}", "{s}：每次增加四分之一，直到 {ideal}；内存块装得下 {cap}"},
		"smooth":           {"{s}: a quarter and 192 more until it is enough is {ideal}; the block holds {cap}", "{s}：每次增加四分之一再加 192，直到 {ideal}；内存块装得下 {cap}"},
		"overflow":         {"{s}: the steps overflow, so {ideal}; the block holds {cap}", "{s}：计算溢出，于是取 {ideal}；内存块装得下 {cap}"},
		"copied":           {"{s}: {n} elements are copied", "{s}：复制 {n} 个元素"},
		"seen":             {"{what}; {vars} sees it", "{what}；{vars} 也看得到"},
		"array":            {"array {n}", "数组 {n}"},
		"element":          {"element {i} of array {n}", "数组 {n} 的第 {i} 个元素"},
		"free":             {"free", "空闲"},
		"variables":        {"Variables: pointer, len, cap", "变量：指针、len、cap"},
		"arrays":           {"Arrays", "数组"},
		"gone":             {"appends have made {n} arrays of {bytes} bytes in all, and copied {copied} bytes", "append 共创建 {n} 个数组（{bytes} 字节），复制了 {copied} 字节"},
		"repeat":           {"want repeat N and a statement, N from 1 to {most}", "应为 repeat N 加一条语句，N 从 1 到 {most}"},
		"headline.len":     {"twice while the length is below 1,024, then a quarter more", "长度小于 1024 时翻倍，之后每次加四分之一"},
		"headline.cap":     {"twice while the capacity is below 1,024, then a quarter more", "容量小于 1024 时翻倍，之后每次加四分之一"},
		"headline.smooth":  {"twice while the capacity is below 256, then smoothly down to a quarter more", "容量小于 256 时翻倍，之后平滑降到 1.25 倍"},
		"headline.rounded": {"{what}; capacities are what the allocator's blocks hold", "{what}；最终容量由分配器的内存块大小决定"},
	},
	Examples: []Example{
		{ID: "growth", Title: Words{"2,000 appends", "追加 2000 次"}, Beside: "go1.17", Claims: []string{"17-2"}, Program: `# Press "To the end": which of the two has allocated more?
var s []int
repeat 2000 s = append(s, 1)
`},
		{ID: "shared", Title: Words{"Two slices, one array", "两个切片，一个数组"}, Program: `# The commonest question of all: what does y see?
a := []int{1, 2, 3, 4}
x := a[:1]
y := a[2:]
x = append(x, 20)
x = append(x, 30)
x = append(x, 40, 50)
x[0] = 7
`},
		{ID: "three", Title: Words{"The third index", "第三个下标"}, Program: `# With a capacity of its own, the append of x copies.
a := []int{1, 2, 3, 4}
x := a[:2:2]
x = append(x, 9)
a[0] = 7
`},
		{ID: "five", Title: Words{"Five and one are six, or ten", "五加一等于六，还是十"}, Claims: []string{"17-4"}, Program: `# Blocks have sizes: one more after five gives ten, six more give twelve.
a := []int{1, 2, 3, 4, 5}
b := append(a, 6)
c := append(a, 6, 7, 8, 9, 10, 11)
`},
		{ID: "nil", Title: Words{"nil, empty and copy", "nil、空切片与 copy"}, Program: `# A nil slice can be appended to; copy copies no more than there is room for.
var a []int
b := []int{}
a = append(a, 1, 2, 3)
copy(b, a)
b = append(b, a...)
b[0] = 9
`},
	},
}

// A growing is a memory and the cost of its statements so far.
type growing struct {
	memory        *slicegrow.Memory
	arrays        int
	bytes, copied int64
}

func (g *growing) do(text string) (slicegrow.Effect, error) {
	e, err := g.memory.Do(text)
	if err != nil {
		return e, err
	}
	if e.Growth != nil {
		if e.Fresh {
			g.arrays++
		}
		g.bytes += e.Growth.Bytes
		g.copied += e.Growth.Copied
	}
	return e, nil
}

// A statement is the statement on one line, performed once or many times.
type statement struct {
	line int // from 1
	text string
}

func statements(in *Input) ([]statement, bool, error) {
	var out []statement
	for n, line := range lines(in.Program) {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		times := 1
		if rest, ok := strings.CutPrefix(text, "repeat "); ok {
			number, what, _ := strings.Cut(strings.TrimSpace(rest), " ")
			k, err := strconv.Atoi(number)
			if err != nil || k < 1 || k > MaxSteps || what == "" {
				return nil, false, &Error{n + 1, 1, in.Say("repeat", "most", MaxSteps)}
			}
			times, text = k, what
		}
		for range times {
			if len(out) == MaxSteps {
				return out, true, nil
			}
			out = append(out, statement{n + 1, text})
		}
	}
	return out, false, nil
}

func runSlicegrow(in *Input) (*Run, error) {
	rules, err := slicegrow.ForRelease(in.Release)
	if err != nil {
		return nil, err
	}
	all, cut, err := statements(in)
	if err != nil {
		return nil, err
	}
	steps := make([]Step, 0, len(all))
	g := growing{memory: rules.NewMemory()}
	end := ""
	for _, s := range all {
		e, err := g.do(s.text)
		if c := (*crash.Error)(nil); errors.As(err, &c) {
			end = c.Error()
			steps = append(steps, Step{Kind: string(c.Kind), Text: s.text + ": " + end})
			break
		} else if err != nil {
			return nil, &Error{s.line, 1, strings.TrimPrefix(err.Error(), "slicegrow: ")}
		}
		steps = append(steps, tellSlicegrow(in, s.text, e))
	}
	at := func(n int) (State, error) {
		g, what := growing{memory: rules.NewMemory()}, slicegrow.Effect{}
		for i := range min(n, len(all)) {
			if what, err = g.do(all[i].text); err != nil {
				break
			}
		}
		state := State{Panels: g.panels(in, what)}
		if n > 0 {
			state.Acting = []Acting{{Line: all[min(n, len(all))-1].line, By: what.Var, Now: true}}
		}
		return state, nil
	}
	return &Run{Headline: slicegrowHeadline(in), Steps: len(steps), Cut: cut, End: end, Step: func(n int) Step { return steps[n-1] }, At: at}, nil
}

func slicegrowHeadline(in *Input) string {
	text := in.Say("headline.smooth")
	switch {
	case before(in.Release, "go1.16"):
		text = in.Say("headline.len")
	case before(in.Release, "go1.18"):
		text = in.Say("headline.cap")
	}
	if !before(in.Release, "go1.3") {
		text = in.Say("headline.rounded", "what", text)
	}
	return text
}

// growthRules maps rules of growth to the rows of fidelity.md that have them.
var growthRules = map[slicegrow.Rule]string{
	slicegrow.Fits: "fits", slicegrow.ZeroSize: "zero-size", slicegrow.Needed: "needed", slicegrow.Double: "double",
	slicegrow.Quarter: "quarter", slicegrow.Smooth: "smooth", slicegrow.Overflow: "overflow",
}

func tellSlicegrow(in *Input, text string, e slicegrow.Effect) Step {
	step := Step{Kind: "statement", Text: text}
	switch {
	case e.Growth != nil:
		rule := growthRules[e.Growth.Rule]
		step.Kind, step.Rule = rule, rule
		step.Text = in.Say(rule, "s", text, "ideal", e.Growth.Ideal, "cap", e.Growth.Cap)
	case strings.HasPrefix(text, "copy("):
		step.Text = in.Say("copied", "s", text, "n", e.Copied)
	}
	if len(e.Seen) > 0 {
		step.Text = in.Say("seen", "what", step.Text, "vars", strings.Join(e.Seen, ", "))
	}
	return step
}

func (g *growing) panels(in *Input, e slicegrow.Effect) []Panel {
	const variables, elements = 20, 48
	vars := Panel{Kind: "rows", Title: in.Say("variables"), Rows: []Row{}}
	arrays := Panel{Kind: "rows", Title: in.Say("arrays"), Rows: []Row{}}
	shown, _ := most(g.memory.Snapshot().Vars, variables)
	rows := map[int]int{} // of arrays, by their number
	for _, v := range shown {
		row := Row{ID: "v" + v.Name, Label: v.Name, Acts: v.Name == e.Var}
		ptr := "nil"
		if v.Array > 0 {
			ptr = fmt.Sprintf("%s [%d]", in.Say("array", "n", v.Array), v.Off)
		} else if !v.Nil {
			ptr = "[]"
		}
		word := func(mark, text string, hue int) Cell {
			return Cell{ID: row.ID + "." + mark, Text: text, Mark: mark, Hue: hue}
		}
		row.Groups = []Group{{Cells: []Cell{word("ptr", ptr, hue(v.Array)), word("len", fmt.Sprint(len(v.Elements)), 0), word("cap", fmt.Sprint(v.Cap), 0)}}}
		vars.Rows = append(vars.Rows, row)
		if v.Array == 0 {
			continue
		}
		at, ok := rows[v.Array]
		if !ok {
			at = len(arrays.Rows)
			rows[v.Array] = at
			arrays.Rows = append(arrays.Rows, Row{ID: fmt.Sprint("a", v.Array), Label: in.Say("array", "n", v.Array), Acts: e.Array == v.Array, Groups: []Group{{Cells: []Cell{}}}})
		}
		group := &arrays.Rows[at].Groups[0]
		for i := int64(len(group.Cells)); i < min(v.Off+v.Cap, elements); i++ {
			group.Cells = append(group.Cells, Cell{ID: fmt.Sprintf("a%d-%d", v.Array, i), Look: "empty", Title: in.Say("free")})
		}
		group.More = max(group.More, int(max(v.Off+v.Cap-elements, 0)))
		for i, x := range v.Elements {
			if place := v.Off + int64(i); place < elements {
				c := &group.Cells[place]
				c.Text, c.Look, c.Hue, c.Title = fmt.Sprint(x), "data", hue(v.Array), in.Say("element", "i", place, "n", v.Array)
			}
		}
	}
	cost := Panel{Kind: "text", Text: in.Say("gone", "n", g.arrays, "bytes", g.bytes, "copied", g.copied)}
	return []Panel{vars, arrays, cost}
}
