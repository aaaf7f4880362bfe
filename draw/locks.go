package draw

import (
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/textbook/deadlock"
)

// WaitFor draws a resource-allocation graph as an SVG: processes above, resources
// below with their units, an arrow from a resource to each process that holds
// units of it, and a dashed one from a process to the resource that it waits for.
// The arrows of the cycle, if there is one, are thick, and below it is told in
// words. Of large graphs the beginning is shown.
func WaitFor(s deadlock.Snapshot) string {
	const (
		most           = 10 // processes and resources that are shown
		left, top      = 12, 52
		wide, high     = 110, 34
		step, distance = 150, 130
		baseline       = 22
	)
	var p svg
	procs, resources := min(len(s.Held), most), min(len(s.Units), most)
	p.text(left, 24, 0, "start", fmt.Sprintf("%d processes, %d resources", len(s.Held), len(s.Units)))
	for i := range procs {
		opacity := 0.06
		if slices.Contains(s.Stuck, i+1) {
			opacity = 0.3
		}
		p.rect(left+i*step, top, wide, high, accent, opacity)
		p.text(left+i*step+wide/2, top+baseline, wide, "middle", fmt.Sprintf("process %d", i+1))
	}
	for i := range resources {
		p.rect(left+i*step, top+distance, wide, high, amber, 0.15)
		p.text(left+i*step+wide/2, top+distance+baseline, wide, "middle", fmt.Sprintf("resource %d", i+1))
		p.text(left+i*step+wide/2, top+distance+high+18, wide+30, "middle", fmt.Sprintf("%d of %d free", s.Free[i], s.Units[i]))
	}
	// The two kinds of arrows are a little apart, so that none lies on another.
	const shift = 14
	for i := range procs {
		for r := range resources {
			x1, x2 := left+i*step+wide/2, left+r*step+wide/2
			if n := s.Held[i][r]; n > 0 {
				p.arrow(x2-shift, top+distance, x1-shift, top+high, false, inCycle(s.Cycle, 0, r+1, i+1))
				if n > 1 {
					p.text((x1+x2)/2-shift-6, top+high+(distance-high)/2, 0, "end", fmt.Sprint(n))
				}
			}
			if s.Wants[i] == r+1 {
				p.arrow(x1+shift, top+high, x2+shift, top+distance, true, inCycle(s.Cycle, i+1, r+1, 0))
			}
		}
	}
	y := top + distance + high + 46
	for _, e := range s.Cycle[:min(len(s.Cycle), most)] {
		p.text(left, y, 0, "start", deadlock.Describe([]deadlock.Edge{e}))
		y += 20
	}
	if len(s.Cycle) == 0 {
		p.text(left, y, 0, "start", deadlock.Describe(nil))
		y += 20
	}
	if len(s.Stuck) > 0 {
		p.text(left, y, 100*charWidth, "start", fmt.Sprintf("stuck for ever: %v", s.Stuck))
	} else {
		p.text(left, y, 0, "start", "nobody is stuck for ever")
	}
	return p.String("Who waits for whom")
}

// inCycle finds an edge of the cycle from a process, through a resource, or to a
// process; 0 is any.
func inCycle(cycle []deadlock.Edge, from, resource, to int) bool {
	return slices.ContainsFunc(cycle, func(e deadlock.Edge) bool {
		return (from == 0 || e.From == from) && e.Resource == resource && (to == 0 || e.To == to)
	})
}

// arrow draws a line with a head at its second end.
func (s *svg) arrow(x1, y1, x2, y2 int, dashed, thick bool) {
	s.grow(max(x1, x2), max(y1, y2))
	dash, width := "", 1
	if dashed {
		dash = ` stroke-dasharray="6 4"`
	}
	if thick {
		width = 3
	}
	back := 10 // of the head
	if y2 > y1 {
		back = -back
	}
	fmt.Fprintf(&s.body, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="%d"%s/>`+"\n", x1, y1, x2, y2+back, ink, width, dash)
	fmt.Fprintf(&s.body, `<path d="M%d %d L%d %d L%d %d Z" fill="%s"/>`+"\n", x2, y2, x2-5, y2+back, x2+5, y2+back, ink)
}
