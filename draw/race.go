package draw

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/race"
)

// Limits of a picture of happens-before.
const (
	raceRows    = 60
	raceColumns = 10
)

// raceLook is the look of an operation: its class and its column.
type raceLook struct {
	class  string
	column int
}

// raceLooks returns the operations to draw, by index; operations of goroutines beyond the
// last column are left out.
func raceLooks(g race.Graph) ([]raceLook, int) {
	racing := map[uint64]bool{}
	for _, r := range g.Races {
		racing[r.First.Op], racing[r.Second.Op] = true, true
	}
	columns := 0
	looks := make([]raceLook, min(len(g.Ops), raceRows))
	for i := range looks {
		op := g.Ops[i]
		l := raceLook{"cell", int(op.G) - 1}
		switch op.Verb {
		case race.ReadVerb, race.WriteVerb, race.ReadRangeVerb, race.WriteRangeVerb:
			l.class = "data"
		case race.LoadVerb, race.StoreVerb, race.ModifyVerb, race.FailVerb:
			l.class = "g4"
		}
		if racing[uint64(i+1)] {
			l.class = "warm"
		}
		looks[i] = l
		columns = max(columns, l.column+1)
	}
	return looks, min(columns, raceColumns)
}

// RaceHappensBefore draws operations as an SVG, a column for each goroutine and a row for
// each operation. An arrow says that one operation happens before another; a thick line
// joins the two of a race. At most 60 operations and 10 goroutines are drawn.
func RaceHappensBefore(g race.Graph) string {
	const left, top, wide, gap, high, step = 12, 64, 200, 48, 22, 30
	var p svg
	looks, columns := raceLooks(g)
	title := fmt.Sprintf("what happens before what, in %s", g.Release)
	p.text(left, 24, 0, "start", title)
	x := func(column int) int { return left + column*(wide+gap) }
	y := func(i int) int { return top + i*step }
	last := map[int]int{} // row of each column
	first := map[int]int{}
	for i, l := range looks {
		if _, ok := first[l.column]; !ok {
			first[l.column] = i
		}
		last[l.column] = i
	}
	for c := range columns {
		name := fmt.Sprintf("goroutine %d", c+1)
		if c+1 < len(g.Goroutines) {
			name = g.Goroutines[c+1]
		}
		p.textOn("dim", x(c)+wide/2, top-10, wide, "middle", name)
		if f, ok := first[c]; ok {
			p.line("wire", x(c)+wide/2, y(f)+high, x(c)+wide/2, y(last[c])+high/2)
		}
	}
	for i, l := range looks {
		if l.column < columns {
			p.box(fmt.Sprintf("race-op-%d", i+1), l.class, x(l.column), y(i), wide, high)
			p.text(x(l.column)+8, y(i)+16, wide-16, "start", fmt.Sprintf("%d %s", i+1, label(g, i)))
		}
	}
	at := func(op uint64) (int, int, bool) {
		if op < 1 || op > uint64(len(looks)) || looks[op-1].column >= columns {
			return 0, 0, false
		}
		return x(looks[op-1].column), y(int(op - 1)), true
	}
	side := func(x1, x2 int) (int, int) { // the sides of two boxes that face each other
		if x1 < x2 {
			return x1 + wide, x2
		}
		return x1, x2 + wide
	}
	for _, e := range g.Edges {
		to := e.To
		if f, ok := first[int(e.G)-1]; to == 0 && ok {
			to = uint64(f + 1)
		}
		x1, y1, ok := at(e.From)
		x2, y2, both := at(to)
		if !ok || !both || x1 == x2 {
			continue
		}
		a, b := side(x1, x2)
		p.line("wire", a, y1+high/2, b, y2+high/2)
		dir := 8
		if a < b {
			dir = -8
		}
		p.head("wire", b, y2+high/2, b+dir, y2+high/2-5, b+dir, y2+high/2+5)
	}
	for _, r := range g.Races {
		x1, y1, ok := at(r.First.Op)
		x2, y2, both := at(r.Second.Op)
		if ok && both && x1 != x2 {
			a, b := side(x1, x2)
			p.line("strong dashed", a, y1+high/2, b, y2+high/2)
		}
	}
	bottom := y(len(looks)) + 16
	if more := len(g.Ops) - len(looks); more > 0 {
		p.text(left, bottom, 0, "start", fmt.Sprintf("and %d more", more))
		bottom += 20
	}
	p.textOn("dim", left, bottom, 0, "start", "an arrow: happens before; thick and dashed: a race, nothing orders the two")
	p.legend(left, bottom+12, sign{"data", "an access"}, sign{"g4", "an atomic"}, sign{"cell", "synchronizes"}, sign{"warm", "is in a race"})
	return p.String(title)
}

func label(g race.Graph, i int) string {
	if i < len(g.Labels) {
		return g.Labels[i]
	}
	return g.Ops[i].String()
}

// RaceDOT writes the same as a graph in the language of Graphviz, within the same limits.
func RaceDOT(g race.Graph) string {
	looks, columns := raceLooks(g)
	var b strings.Builder
	b.WriteString("digraph happens_before {\n\trankdir=TB\n\tnode [shape=box, fontname=monospace]\n")
	shown := func(op uint64) bool {
		return op >= 1 && op <= uint64(len(looks)) && looks[op-1].column < columns
	}
	first := map[int]int{}
	for c := range columns {
		name := fmt.Sprintf("goroutine %d", c+1)
		if c+1 < len(g.Goroutines) {
			name = g.Goroutines[c+1]
		}
		fmt.Fprintf(&b, "\tsubgraph cluster_%d {\n\t\tlabel=%s\n", c+1, quoteDOT(name))
		before := 0
		for i, l := range looks {
			if l.column != c {
				continue
			}
			style := ""
			if l.class == "warm" {
				style = ", penwidth=3"
			}
			fmt.Fprintf(&b, "\t\top%d [label=%s%s]\n", i+1, quoteDOT(fmt.Sprintf("%d %s", i+1, label(g, i))), style)
			if before > 0 {
				fmt.Fprintf(&b, "\t\top%d -> op%d\n", before, i+1)
			} else {
				first[c] = i + 1
			}
			before = i + 1
		}
		b.WriteString("\t}\n")
	}
	for _, e := range g.Edges {
		to := e.To
		if to == 0 {
			to = uint64(first[int(e.G)-1])
		}
		if shown(e.From) && shown(to) {
			fmt.Fprintf(&b, "\top%d -> op%d\n", e.From, to)
		}
	}
	for _, r := range g.Races {
		if shown(r.First.Op) && shown(r.Second.Op) {
			fmt.Fprintf(&b, "\top%d -> op%d [dir=none, style=dashed, penwidth=3, label=race, constraint=false]\n", r.First.Op, r.Second.Op)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// quoteDOT quotes a text for Graphviz.
func quoteDOT(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(cut(printable(text), mostText)) + `"`
}
