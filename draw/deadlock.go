package draw

import (
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/textbook/deadlock"
)

// DeadlockGraph draws a resource-allocation graph as an SVG: processes above, resources
// below with their units, an arrow from a resource to each process that holds units of
// it, and a dashed one from a process to the resource that it waits for. The arrows of
// the cycle, if there is one, are thick, and the text below describes it. It shows the
// beginning of large graphs.
func DeadlockGraph(s deadlock.Snapshot) string {
	const (
		most           = 10 // largest number of processes and of resources shown
		left, top      = 12, 52
		wide, high     = 110, 34
		step, distance = 150, 130
		baseline       = 22
	)
	var p svg
	procs, resources := min(len(s.Held), len(s.Wants), most), min(len(s.Units), len(s.Free), most)
	p.text(left, 24, 0, "start", fmt.Sprintf("%d processes, %d resources", len(s.Held), len(s.Units)))
	for i := range procs {
		class := "cell"
		if slices.Contains(s.Stuck, i+1) {
			class = "warm"
		}
		p.box(fmt.Sprintf("process-%d", i+1), class, left+i*step, top, wide, high)
		p.text(left+i*step+wide/2, top+baseline, wide, "middle", fmt.Sprintf("process %d", i+1))
	}
	for i := range resources {
		p.box(fmt.Sprintf("resource-%d", i+1), "data", left+i*step, top+distance, wide, high)
		p.text(left+i*step+wide/2, top+distance+baseline, wide, "middle", fmt.Sprintf("resource %d", i+1))
		p.textOn("dim", left+i*step+wide/2, top+distance+high+18, wide+30, "middle", fmt.Sprintf("%d of %d free", s.Free[i], s.Units[i]))
	}
	// The two kinds of arrows are a little apart, so that none lies on another.
	const shift = 14
	for i := range procs {
		for r := range min(resources, len(s.Held[i])) {
			x1, x2 := left+i*step+wide/2, left+r*step+wide/2
			if n := s.Held[i][r]; n > 0 {
				p.arrow(inCycle(s.Cycle, 0, r+1, i+1)+"wire", x2-shift, top+distance, x1-shift, top+high)
				if n > 1 {
					p.text((x1+x2)/2-shift-6, top+high+(distance-high)/2, 0, "end", fmt.Sprint(n))
				}
			}
			if s.Wants[i] == r+1 {
				p.arrow(inCycle(s.Cycle, i+1, r+1, 0)+"wire dashed", x1+shift, top+high, x2+shift, top+distance)
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
		p.text(left, y, 100*charWidth, "start", fmt.Sprintf("stuck for ever: %v", s.Stuck[:min(len(s.Stuck), 100)]))
	} else {
		p.text(left, y, 0, "start", "no process is stuck for ever")
	}
	p.textOn("dim", left, y+22, 0, "start", "an arrow up: holds; a dashed arrow down: waits for; thick: in the cycle")
	p.legend(left, y+34, sign{"warm", "stuck for ever"}, sign{"cell", "a process that can go on"}, sign{"data", "a resource"})
	return p.String("Which process waits for which resource")
}

// inCycle returns the class of an edge of the cycle from a process, through a resource,
// or to a process; 0 stands for any.
func inCycle(cycle []deadlock.Edge, from, resource, to int) string {
	if slices.ContainsFunc(cycle, func(e deadlock.Edge) bool {
		return (from == 0 || e.From == from) && e.Resource == resource && (to == 0 || e.To == to)
	}) {
		return "strong "
	}
	return ""
}
