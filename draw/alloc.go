package draw

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc"
)

// Heap draws a heap as an SVG: above, its pages as they lie, each span with a frame
// and the share of it that is taken filled; below, span by span, its slots. Free
// pages are hatched. Of a large heap the beginning is shown,
// and of a snapshot that is none of a heap what is wrong with it.
func Heap(s alloc.Snapshot) string {
	const (
		left, top = 12, 44
		perRow    = 64 // pages
		wide      = 14 // of a page
		high      = 22
		rows      = 8
		most      = 12 // spans that are drawn slot by slot
	)
	var p svg
	if err := s.Check(); err != nil {
		p.text(left, 24, 0, "start", err.Error())
		return p.String("A heap")
	}
	p.text(left, 24, 0, "start", fmt.Sprintf("%s: %d spans, %d pages in use, %d free", s.Release, len(s.Spans), s.Pages.Stats.InUse, s.Pages.Stats.Mapped-s.Pages.Stats.InUse))

	shown := min(s.Pages.Stats.Mapped, perRow*rows)
	// A span may go on in the next row, so it is drawn row by row.
	band := func(first, n int64, fill string, opacity float64) {
		for n > 0 && first < shown {
			k := min(n, perRow-first%perRow, shown-first)
			x, y := left+int(first%perRow)*wide, top+int(first/perRow)*(high+4)
			p.rect(x, y, int(k)*wide, high, fill, opacity)
			first, n = first+k, n-k
		}
	}
	free := int64(0) // from where on nothing is drawn yet
	for _, v := range s.Spans {
		fill := accent
		if v.Class == 0 {
			fill = amber
		}
		first := int64(v.Base-s.Base) / s.PageSize
		band(free, first-free, "url(#pad)", 0.35)
		band(first, v.Pages, fill, 0.08+0.6*float64(v.Allocated)/float64(max(v.Slots, 1)))
		free = first + v.Pages
	}
	band(free, shown-free, "url(#pad)", 0.35)
	y := top + int((shown+perRow-1)/perRow)*(high+4) + 16
	if more := s.Pages.Stats.Mapped - shown; more > 0 {
		p.text(left, y, 0, "start", fmt.Sprintf("and %d pages more", more))
		y += 20
	}
	p.text(left, y, 0, "start", "a page is "+fmt.Sprint(s.PageSize)+" bytes; the fuller a span, the darker; hatched is free")
	y += 28

	for i, v := range s.Spans {
		if i == most {
			p.text(left, y, 0, "start", fmt.Sprintf("and %d spans more", len(s.Spans)-i))
			break
		}
		p.text(left, y, perRow*wide, "start", fmt.Sprintf("page %d: %s", int64(v.Base-s.Base)/s.PageSize, v))
		y = p.slots(v, left, y+8, perRow*wide) + 24
	}
	return p.String("A heap")
}

// slots draws a span's slots in a row, and what is behind the last one. It reports
// where the row ends.
func (s *svg) slots(v alloc.SpanState, x, y, width int) int {
	const high = 16
	marks, err := v.Slotmap(width / 8)
	if err != nil {
		return y // Heap has checked the snapshot
	}
	each := width / max(len(marks), 1)
	for i, m := range marks {
		opacity := map[rune]float64{'#': 0.7, '+': 0.35, '.': 0}[m]
		s.rect(x+i*each, y, each, high, accent, opacity)
	}
	return y + high
}
