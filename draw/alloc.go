package draw

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc"
)

// AllocHeap draws a heap as an SVG: above its pages in address order, each span framed
// and filled by its taken share; below, span by span, its slots. Free pages are hatched.
// It shows the beginning of a large heap, and the error of a snapshot that fails its
// Check.
func AllocHeap(s alloc.Snapshot) string {
	const (
		left, top = 12, 44
		perRow    = 64 // pages
		wide      = 14 // width of a page
		high      = 22
		rows      = 8
		most      = 12 // number of spans drawn slot by slot
	)
	var p svg
	if err := s.Check(); err != nil {
		p.text(left, 24, 0, "start", err.Error())
		return p.String("A heap")
	}
	p.text(left, 24, 0, "start", fmt.Sprintf("%s: %d spans, %d pages in use, %d free", s.Release, len(s.Spans), s.Pages.Stats.InUse, s.Pages.Stats.Mapped-s.Pages.Stats.InUse))

	shown := min(s.Pages.Stats.Mapped, perRow*rows)
	// A span may go on in the next row, so it is drawn row by row.
	band := func(id, class string, first, n int64, taken float64) {
		for n > 0 && first < shown {
			k := min(n, perRow-first%perRow, shown-first)
			x, y := left+int(first%perRow)*wide, top+int(first/perRow)*(high+4)
			if class == "pad" {
				p.box(id, class, x, y, int(k)*wide, high)
			} else {
				p.share(id, class, x, y, int(k)*wide, high, taken)
			}
			first, n = first+k, n-k
		}
	}
	free := int64(0) // the first page not drawn yet
	for _, v := range s.Spans {
		class := spanClass(v)
		first := int64(v.Base-s.Base) / s.PageSize
		band("", "pad", free, first-free, 0)
		band(fmt.Sprintf("alloc-span-%d", first), class, first, v.Pages, float64(v.Allocated)/float64(max(v.Slots, 1)))
		free = first + v.Pages
	}
	band("", "pad", free, shown-free, 0)
	y := top + int((shown+perRow-1)/perRow)*(high+4) + 16
	if more := s.Pages.Stats.Mapped - shown; more > 0 {
		p.text(left, y, 0, "start", fmt.Sprintf("and %d pages more", more))
		y += 20
	}
	p.textOn("dim", left, y, 0, "start", "a page is "+fmt.Sprint(s.PageSize)+" bytes; the fuller a span, the darker")
	p.legend(left, y+10, sign{"full", "a span of small objects"}, sign{"hot", "of a large object"}, sign{"pad", "free pages"})
	y += 58

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

// spanClass returns the class of a span, the same among pages and slots.
func spanClass(v alloc.SpanState) string {
	if v.Class == 0 {
		return "hot"
	}
	return "full"
}

// slots draws a span's slots in a row. It returns where the row ends.
func (s *svg) slots(v alloc.SpanState, x, y, width int) int {
	const high = 16
	marks, err := v.Slotmap(width / 8)
	if err != nil {
		return y // AllocHeap has checked the snapshot
	}
	each := width / max(len(marks), 1)
	for i, m := range marks {
		s.share("", spanClass(v), x+i*each, y, each, high, map[rune]float64{'#': 1, '+': 0.5, '.': 0}[m])
	}
	return y + high
}
