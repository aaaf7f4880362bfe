//go:build !orrery_lean || orrery_escape

package draw

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/escape"
)

// Limits of a picture of a data flow.
const (
	escapeRows  = 40
	escapeEdges = 120
)

// escapeNodes returns the locations that get a row: first the heap and the locations on
// the way of d, then all others with an edge, in their order.
func escapeNodes(g escape.Graph, d escape.Diagnostic) (rows []escape.Node, more int) {
	rank := map[int]int{}
	for i, f := range d.Why[:min(len(d.Why), escapeRows)] {
		if _, ok := rank[f.FromID]; !ok {
			rank[f.FromID] = -escapeRows + i
		}
		if i == len(d.Why)-1 {
			if _, ok := rank[f.ToID]; !ok {
				rank[f.ToID] = -1
			}
		}
	}
	used := map[int]bool{}
	for _, e := range g.Edges {
		used[e.From], used[e.To] = true, true
	}
	for _, n := range g.Nodes {
		_, onWay := rank[n.ID]
		if onWay || n.Function != "" && (used[n.ID] || n.Escapes) {
			rows = append(rows, n)
		}
	}
	slices.SortStableFunc(rows, func(a, b escape.Node) int { return rank[a.ID] - rank[b.ID] })
	more = max(len(rows)-escapeRows, 0)
	return rows[:len(rows)-more], more
}

// EscapeGraph draws the flow of values in the functions of a graph as an SVG: a row for
// each variable and allocation, and a line for each assignment, from the value to its
// destination. The way of d, which must have been found with escape.Config.Explain, is
// drawn thick, and described by a sentence. At most 40 locations and 120 assignments are
// drawn.
func EscapeGraph(g escape.Graph, d escape.Diagnostic) string {
	const left, top, step, wide, high = 12, 76, 34, 250, 24
	var p svg
	rows, more := escapeNodes(g, d)
	title := "data flow of " + strings.Join(g.Functions[:min(len(g.Functions), 5)], ", ")
	p.text(left, 24, 0, "start", title)
	p.text(left, 48, 0, "start", d.Words())
	place := map[int]int{}
	for i, n := range rows {
		y := top + i*step
		place[n.ID] = y + high/2
		class := "cell"
		switch {
		case n.Function == "":
			class = "g4"
		case n.Escapes:
			class = "warm"
		case n.Param || n.Result > 0:
			class = "data"
		}
		p.box(fmt.Sprintf("escape-%d", n.ID), class, left, y, wide, high)
		p.text(left+8, y+16, wide-16, "start", n.Name)
	}
	strong := map[[2]int]bool{}
	for _, f := range d.Why[:min(len(d.Why), escapeRows)] {
		strong[[2]int{f.FromID, f.ToID}] = true
	}
	drawn, lane := 0, 0
	edge := func(from, to, derefs int) {
		y1, ok1 := place[from]
		y2, ok2 := place[to]
		if !ok1 || !ok2 || drawn == escapeEdges {
			return
		}
		class := "wire"
		if strong[[2]int{from, to}] {
			class = "wire strong"
		}
		drawn++
		x := left + wide + 24 + lane%10*30
		lane++
		p.line(class, left+wide, y1, x, y1)
		p.line(class, x, y1, x, y2)
		p.line(class, x, y2, left+wide+8, y2)
		p.head(class, left+wide, y2, left+wide+8, y2-4, left+wide+8, y2+4)
		sign := "="
		switch {
		case derefs < 0:
			sign = "&"
		case derefs > 0:
			sign = strings.Repeat("*", min(derefs, 3))
		}
		p.textOn("dim", x+3, (y1+y2)/2+4, 26, "start", sign)
	}
	for _, f := range d.Why[:min(len(d.Why), escapeRows)] {
		edge(f.FromID, f.ToID, f.Derefs)
	}
	for _, e := range g.Edges {
		if !strong[[2]int{e.From, e.To}] {
			edge(e.From, e.To, e.Derefs)
		}
	}
	right := left + wide + 24 + min(lane, 10)*30 + 12
	for i, n := range rows {
		var about []string
		if n.Function != "" {
			about = append(about, n.Function)
		}
		if n.Line > 0 {
			about = append(about, fmt.Sprintf("line %d", n.Line))
		}
		if n.LoopDepth > 1 {
			about = append(about, fmt.Sprintf("loop depth %d", n.LoopDepth-1))
		}
		if n.Escapes && n.Function != "" {
			about = append(about, "on the heap")
		}
		p.textOn("dim", right, top+i*step+16, 0, "start", strings.Join(about, ", "))
	}
	y := top + len(rows)*step
	if more > 0 {
		p.text(left, y+16, 0, "start", fmt.Sprintf("and %d more", more))
		y += step
	}
	p.legend(left, y+12, sign{"cell", "on the stack"}, sign{"data", "parameter or result"}, sign{"warm", "on the heap"}, sign{"g4", "the heap itself"})
	p.textOn("dim", left, y+64, 0, "start", "= the value flows, & the address, * the value that it points to; the thick line is the way in the sentence above")
	return p.String(title)
}
