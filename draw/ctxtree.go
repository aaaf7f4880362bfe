package draw

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/ctxtree"
)

// Limits of a picture of a tree.
const (
	ctxRows  = 60
	ctxDepth = 24
)

// ctxRow is the row of a context.
type ctxRow struct {
	node   ctxtree.NodeState
	depth  int
	parent int // row of its parent
}

// ctxtreeRows returns the contexts in the order in which they are drawn: each before the
// contexts derived from it. more is the number of contexts without a row.
func ctxtreeRows(s ctxtree.Snapshot) (rows []ctxRow, more int) {
	below := map[ctxtree.Node][]int{}
	for i, n := range s.Nodes {
		if n.Parent != n.Node {
			below[n.Parent] = append(below[n.Parent], i)
		}
	}
	all := 0
	for _, n := range s.Nodes {
		if n.Node > ctxtree.TODO || len(below[n.Node]) > 0 {
			all++
		}
	}
	var walk func(i, depth, parent int)
	walk = func(i, depth, parent int) {
		if len(rows) == ctxRows || depth > ctxDepth {
			return
		}
		me := len(rows)
		rows = append(rows, ctxRow{s.Nodes[i], depth, parent})
		for _, k := range below[s.Nodes[i].Node] {
			walk(k, depth+1, me)
		}
	}
	for _, i := range below[ctxtree.Nil] {
		if s.Nodes[i].Node > ctxtree.TODO || len(below[s.Nodes[i].Node]) > 0 {
			walk(i, 0, -1)
		}
	}
	return rows, all - len(rows)
}

// ctxtreeClass returns the class of a context's box: how it ended, if it has.
func ctxtreeClass(n ctxtree.NodeState) string {
	switch {
	case n.Func == ctxtree.FuncStarted, n.Func == ctxtree.FuncCalled, n.Func == ctxtree.FuncUnused:
		return "g4"
	case n.Err == ctxtree.DeadlineExceeded:
		return "g3"
	case n.Err != "":
		return "warm"
	case n.Done == ctxtree.DoneNil || n.Done == ctxtree.DoneLost:
		return "cell"
	}
	return "data"
}

// CtxtreeTree draws a tree of contexts as an SVG: a row for each, below its parent, with its
// state as text and as the colour of its box. A dashed line leads to a context that its
// parent's cancel does not reach, or reaches only by a goroutine. It draws at most the first
// 60 contexts and 24 generations.
func CtxtreeTree(s ctxtree.Snapshot) string {
	const left, top, step, indent, wide, high = 12, 48, 30, 26, 204, 22
	var p svg
	rows, more := ctxtreeRows(s)
	title := fmt.Sprintf("contexts of %s, at %v", s.Release, s.Now)
	p.text(left, 24, 0, "start", title)
	reached := map[ctxtree.Node]bool{} // by a cancel of a cancelCtx
	for _, n := range s.Nodes {
		for _, k := range n.Children {
			reached[k] = true
		}
	}
	for i, r := range rows {
		x, y := left+r.depth*indent, top+i*step
		if r.parent >= 0 {
			class := "wire"
			same := r.node.DoneOf != 0 && r.node.DoneOf == rows[r.parent].node.DoneOf // the context has no Done of its own
			if r.node.Err == "" && !reached[r.node.Node] && r.node.Func != ctxtree.FuncUnused && !same {
				class = "wire dashed"
			}
			from := left + rows[r.parent].depth*indent + 10
			p.line(class, from, top+r.parent*step+high, from, y+high/2)
			p.line(class, from, y+high/2, x, y+high/2)
		}
		p.box(fmt.Sprintf("ctxtree-%v", r.node.Node), ctxtreeClass(r.node), x, y, wide, high)
		name := fmt.Sprintf("%v %s", r.node.Node, r.node.Type)
		if r.node.Node <= ctxtree.TODO {
			name = r.node.Node.String()
		}
		p.text(x+8, y+16, wide-16, "start", name)
		p.textOn("dim", x+wide+10, y+16, 0, "start", ctxtreeState(r.node))
	}
	y := top + len(rows)*step
	if more > 0 {
		p.text(left, y+16, 0, "start", fmt.Sprintf("and %d more", more))
		y += step
	}
	for i, g := range s.Goroutines {
		if i == 8 {
			p.textOn("dim", left, y+16, 0, "start", fmt.Sprintf("and %d more goroutines", len(s.Goroutines)-i))
			y += 20
			break
		}
		p.textOn("dim", left, y+16, 0, "start", fmt.Sprintf("goroutine %d: %s of %v, %s", g.G, g.Task, g.Node, g.Status))
		y += 20
	}
	p.textOn("dim", left, y+16, 0, "start", "dashed: no cancel comes this way, or only by a goroutine")
	p.legend(left, y+34, sign{"cell", "is never canceled"}, sign{"data", "can be canceled"}, sign{"warm", "was canceled"},
		sign{"g3", "deadline exceeded"}, sign{"g4", "AfterFunc, over"})
	return p.String(title)
}

// ctxtreeState returns the text beside a context.
func ctxtreeState(n ctxtree.NodeState) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case n.Type == ctxtree.ValueCtx:
		add("%s = %s", n.Key, n.Value)
	case n.Custom != nil:
		add("%v", *n.Custom)
	case n.Func != "":
		return string(n.Func)
	}
	if n.Type == ctxtree.TimerCtx {
		add("until %v", n.Deadline)
	}
	if n.Err != "" {
		add("%s", n.Err)
		if n.Cause != n.Err && n.Cause != "" {
			add("because %s", n.Cause)
		}
	}
	return strings.Join(parts, ", ")
}

// CtxtreeMermaid writes a tree of contexts as a Mermaid flowchart, with the states of
// [CtxtreeTree] as classes, and within the same limits.
func CtxtreeMermaid(s ctxtree.Snapshot) string {
	rows, more := ctxtreeRows(s)
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	// The colours are for light paper; Mermaid's own themes do not reach classes.
	for _, c := range [][2]string{{"never", "cell"}, {"live", "data"}, {"canceled", "warm"}, {"exceeded", "g3"}, {"over", "g4"}} {
		for _, k := range fills {
			if k.class == c[1] {
				fmt.Fprintf(&b, "classDef %s fill:%s,stroke:#57606a,color:%s\n", c[0], k.light, inks[0].light)
			}
		}
	}
	names := map[string]string{"cell": "never", "data": "live", "warm": "canceled", "g3": "exceeded", "g4": "over"}
	for _, r := range rows {
		text := string(r.node.Type)
		if r.node.Node <= ctxtree.TODO {
			text = ""
		}
		if state := ctxtreeState(r.node); state != "" {
			text += ": " + cut(printable(state), mostText)
		}
		label := strings.TrimSpace(r.node.Node.String() + " " + text)
		fmt.Fprintf(&b, "n%d[\"%s\"]:::%s\n", int(r.node.Node), mermaidText(label), names[ctxtreeClass(r.node)])
		if r.parent >= 0 {
			fmt.Fprintf(&b, "n%d --> n%d\n", int(rows[r.parent].node.Node), int(r.node.Node))
		}
	}
	if more > 0 {
		fmt.Fprintf(&b, "more[\"and %d more\"]\n", more)
	}
	return b.String()
}

// mermaidText writes characters that would end a label, or be read as Markdown or HTML,
// as entities.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\"#&<>;`*_", r) {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
