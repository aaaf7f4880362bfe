package draw

import (
	"fmt"

	"github.com/orrery-go/orrery/slicegrow"
)

// A Growing is a column of [SlicegrowArrays]: the growth of a slice under some rules.
type Growing struct {
	Title string           // "go1.17"
	Steps []slicegrow.Step // of [slicegrow.Rules.Sequence]
}

// SlicegrowArrays draws the growth of a slice as an SVG: a column for each Growing, and
// in it a row for each new array, as long as its capacity: copied elements, added
// elements, and free room. It shows the beginning of many columns and growths.
func SlicegrowArrays(title string, columns []Growing) string {
	const (
		left, top  = 12, 72
		wide, high = 360, 18 // size of the largest array
		row, gap   = 46, 40
		most, rows = 4, 24
	)
	var s svg
	s.text(left, 24, 0, "start", title)
	columns = columns[:min(len(columns), most)]
	largest, deepest := int64(1), 0
	for _, c := range columns {
		shown := c.Steps[:min(len(c.Steps), rows)]
		deepest = max(deepest, len(shown))
		for _, k := range shown {
			largest = max(largest, k.Cap)
		}
	}
	scale := func(n int64) int { return int(float64(wide) * float64(max(n, 0)) / float64(largest)) }
	for i, c := range columns {
		x, y := left+i*(wide+gap), top
		s.text(x, 50, wide, "start", c.Title)
		for k, step := range c.Steps {
			if k == rows {
				s.text(x, y, wide, "start", fmt.Sprintf("and %d growths more", len(c.Steps)-k))
				break
			}
			s.textOn("dim", x, y, wide, "start", fmt.Sprintf("append %d: cap %d, %v", step.Appends, step.Cap, step.Rule))
			copied, used := scale(step.Len-step.Append.Count), scale(step.Len)
			s.box(fmt.Sprintf("grow-%d-%d", i, k), "cell", x, y+6, max(scale(step.Cap), 2), high)
			if copied > 0 {
				s.box("", "data", x, y+6, copied, high)
			}
			s.box("", "warm", x+copied, y+6, max(used-copied, 2), high)
			y += row
		}
	}
	s.grow(left+len(columns)*(wide+gap)-gap, top+deepest*row)
	s.legend(left, top+deepest*row+20, sign{"data", "copied from the old array"}, sign{"warm", "appended"}, sign{"cell", "free, for appends to come"})
	return s.String(title)
}
