//go:build !orrery_lean || orrery_layout

package playground

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/layout"
)

func init() { add(&layoutView) }

var layoutView = View{
	ID:    "layout",
	Title: Words{"Memory layout", "内存布局"},
	About: Words{"Paste a struct: each field takes its place, with the padding that its alignment costs; then the order of fields that takes least, and why.",
		"粘贴一个结构体：逐个字段放置，并显示对齐造成的填充；最后给出最省内存的字段顺序及理由。"},
	Language: Words{`a type of Go: struct{ a bool; b int64 }, or declarations of several types, of which the first is laid out`,
		`Go 的类型：struct{ a bool; b int64 }，或若干类型声明（布局第一个）`},
	Model: "layout", Fidelity: layout.Fidelity, Prefix: "kind.", Run: runLayout,
	Options: []Option{{ID: "arch", Default: "amd64", Choices: layout.Archs()}},
	Words: map[string]Words{
		"option.arch": {"Architecture", "架构"},
		"field":       {"{name} goes to offset {off}: {size} bytes, aligned to {align}", "{name} 放在偏移 {off}：{size} 字节，按 {align} 对齐"},
		"align":       {"{n} bytes of padding, since the next field is aligned to {align}", "填充 {n} 字节：下一个字段要按 {align} 对齐"},
		"tail":        {"{n} byte after a last field of size 0: its address must lie in the struct", "末尾零大小字段之后加 {n} 字节：它的地址必须落在结构体内"},
		"end":         {"{n} bytes of padding at the end: elements of an array follow each other, each aligned to {align}", "末尾填充 {n} 字节：数组元素首尾相接，每个都要按 {align} 对齐"},
		"whole":       {"{size} bytes, {pad} of them padding; the collector reads the first {ptr}", "共 {size} 字节，其中填充 {pad}；回收器只看前 {ptr} 字节"},
		"no struct":   {"not a struct: {size} bytes, aligned to {align}, pointers up to byte {ptr}", "不是结构体：{size} 字节，按 {align} 对齐，指针到第 {ptr} 字节为止"},
		"best":        {"the best order: {before} bytes become {after}, {beforePtr} bytes up to the last pointer become {afterPtr}", "最优顺序：{before} 字节变为 {after}，到最后一个指针的 {beforePtr} 字节变为 {afterPtr}"},
		"is best":     {"this order is the best: {size} bytes", "已是最优顺序：{size} 字节"},
		"place":       {"{name} at offset {off}: aligned to {align}, pointers up to its byte {ptr}", "{name} 放在偏移 {off}：按 {align} 对齐，指针到它的第 {ptr} 字节"},
		"given":       {"As it is written", "按书写顺序"},
		"optimal":     {"In the best order", "按最优顺序"},
		"words":       {"{n} words", "{n} 个字"},
		"byte":        {"byte {n}", "第 {n} 字节"},
		"pad":         {"padding", "填充"},
		"not yet":     {"not laid out yet", "尚未放置"},
	},
	Examples: []Example{
		{ID: "padding", Title: Words{"Padding, and the best order", "填充与最优顺序"}, Claims: []string{"20-5", "20-6"}, Program: `struct {
	a bool
	b int64
	c bool
	d int32
	e bool
}
`},
		{ID: "pointers", Title: Words{"Pointers to the front", "把指针放前面"}, Program: `# No byte can be saved here, but the collector has less to read.
struct {
	n    [4]int64
	name string
	next *int
	ok   bool
}
`},
		{ID: "tail", Title: Words{"A last field of size 0", "末尾的零大小字段"}, Claims: []string{"20-8"}, Program: `struct {
	n    int64
	done struct{}
}
`},
		{ID: "words", Title: Words{"On words of 4 bytes", "4 字节的字"}, Options: map[string]string{"arch": "386"}, Program: `# On amd64 it takes 24 bytes.
struct {
	a int32
	b int64
	s string
}
`},
		{ID: "complex", Title: Words{"complex64, then and now", "complex64 的过去与现在"}, Beside: "go1.7", Program: `struct {
	a bool
	c complex64
}
`},
	},
}

func runLayout(in *Input) (*Run, error) {
	rules, err := layout.New(layout.Config{Arch: in.Option("arch"), Release: in.Release})
	if err != nil {
		return nil, err
	}
	t, err := layout.Parse(withoutComments(in.Program))
	if err != nil {
		return nil, &Error{1, 1, strings.TrimPrefix(err.Error(), "layout: ")}
	}
	l, err := rules.Of(t)
	if err != nil {
		return nil, &Error{1, 1, strings.TrimPrefix(err.Error(), "layout: ")}
	}
	r := &Run{Headline: l.Title()}
	if len(l.Fields) == 0 {
		r.Steps = 1
		r.Step = func(int) Step {
			return Step{Kind: "whole", Rule: "basic", Text: in.Say("no struct", "size", l.Size, "align", l.Align, "ptr", l.PtrBytes)}
		}
		r.At = func(int) (State, error) { return State{Panels: []Panel{layoutPanel(in, "given", l, 0)}}, nil }
		return r, nil
	}
	o, err := rules.Optimal(t)
	if err != nil {
		return nil, &Error{1, 1, strings.TrimPrefix(err.Error(), "layout: ")}
	}
	steps, placed := tellLayout(in, l, o)
	if r.Cut = len(steps) > MaxSteps; r.Cut {
		steps = steps[:MaxSteps]
	}
	r.Steps = len(steps)
	r.Step = func(n int) Step { return steps[n-1] }
	first := len(placed) // steps of the given order
	r.At = func(n int) (State, error) {
		seen := len(l.Fields)
		if n == 0 {
			seen = 0
		} else if n <= first {
			seen = placed[n-1]
		}
		s := State{Panels: []Panel{layoutPanel(in, "given", l, seen)}}
		if n > first {
			s.Panels = append(s.Panels, layoutPanel(in, "optimal", o.After, min(n-first-1, len(o.After.Fields))))
		}
		return s, nil
	}
	return r, nil
}

// withoutComments blanks lines that begin with #, so that the other lines keep their
// numbers.
func withoutComments(text string) string {
	all := lines(text)
	for i, line := range all {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			all[i] = ""
		}
	}
	return strings.Join(all, "\n")
}

// tellLayout returns the steps in which the fields are placed as written, and then in
// the best order. placed has, for each step of the first part, the number of fields
// placed by then.
func tellLayout(in *Input, l layout.Layout, o layout.Order) (steps []Step, placed []int) {
	pads := map[int][]layout.Pad{}
	for _, p := range l.Pads() {
		pads[p.After] = append(pads[p.After], p)
	}
	for i, f := range l.Fields {
		steps = append(steps, Step{Kind: "field", Rule: "offsets", Text: in.Say("field", "name", f.Name, "off", f.Offset, "size", f.Size, "align", f.Align)})
		placed = append(placed, i+1)
		for _, p := range pads[i] {
			rule, align := "offsets", l.Align
			if p.Cause == layout.AlignPad && i+1 < len(l.Fields) {
				align = l.Fields[i+1].Align
			}
			args := []any{"n", p.Size, "align", align}
			if p.Cause == layout.TailPad {
				rule, args = "tail-byte", args[:2]
			}
			steps = append(steps, Step{Kind: string(p.Cause), Rule: rule, Text: in.Say(string(p.Cause), args...)})
			placed = append(placed, i+1)
		}
	}
	steps = append(steps, Step{Kind: "whole", Rule: "ptr-bytes", Text: in.Say("whole", "size", l.Size, "pad", l.Padding(), "ptr", l.PtrBytes)})
	placed = append(placed, len(l.Fields))
	if o.Before.Size == o.After.Size && o.Before.PtrBytes == o.After.PtrBytes {
		return append(steps, Step{Kind: "best", Text: in.Say("is best", "size", o.After.Size)}), placed
	}
	steps = append(steps, Step{Kind: "best", Text: in.Say("best", "before", o.Before.Size, "after", o.After.Size, "beforePtr", o.Before.PtrBytes, "afterPtr", o.After.PtrBytes)})
	why := o.Why()
	for i, f := range o.After.Fields {
		text := why[i]
		if in.lang == "zh" {
			text = in.Say("place", "name", f.Name, "off", f.Offset, "align", f.Align, "ptr", f.PtrBytes)
		}
		steps = append(steps, Step{Kind: "place", Text: text})
	}
	return steps, placed
}

// layoutPanel shows a type word by word: the fields placed so far, and the free bytes.
func layoutPanel(in *Input, title string, l layout.Layout, placed int) Panel {
	const most = 64
	p := Panel{Kind: "rows", Title: in.Say(title), Rows: []Row{}}
	end := l.Size // memory is laid out up to here
	if placed < len(l.Fields) {
		end = l.Fields[placed].Offset
	}
	for i, r := range l.Rows() {
		if i == most {
			break
		}
		row := Row{ID: fmt.Sprint(title, r.Offset), Label: fmt.Sprintf("+%d", r.Offset), Groups: []Group{{Cells: []Cell{}}}}
		if r.Words > 1 {
			row.Note = in.Say("words", "n", r.Words)
		}
		for _, c := range r.Cells {
			for b := c.From; b < min(c.To, c.From+8); b++ {
				at := r.Offset + b
				cell := Cell{ID: fmt.Sprint(title, ".", at), Look: "empty", Title: in.Say("not yet")}
				switch {
				case at >= end || len(l.Fields) > 0 && placed == 0:
				case c.Pad != "":
					cell.Text, cell.Look, cell.Title = "··", "stale", in.Say("pad")
				case c.Field < 0:
					cell.Text, cell.Look, cell.Title = fmt.Sprint(at), "data", in.Say("byte", "n", at)
				default:
					f := l.Fields[c.Field]
					cell.Text, cell.Look, cell.Hue, cell.Title = cutRunes(f.Name, 4), "data", hue(c.Field+1), f.Name+" "+in.Say("byte", "n", at-f.Offset)
					row.Acts = row.Acts || c.Field == placed-1
				}
				row.Groups[0].Cells = append(row.Groups[0].Cells, cell)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}
