package main

import (
	"github.com/orrery-go/orrery/alloc/alloclive"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/internal/overlay/noted"
)

// pageSteps drives a page allocator of the runtime's that has no heap.
func pageSteps(steps []alloclive.PageStep) (a alloclive.Answer) {
	ops := make([]uint64, 0, 3*len(steps))
	for _, s := range steps {
		ops = append(ops, uint64(s.Verb), uint64(s.A), uint64(s.B))
	}
	a.Results = make([]uint64, 2*len(steps))
	noted.Begin(1<<18, overlay.Of(overlay.Scavenged, overlay.Scavenged))
	pagesDo(ops, a.Results)
	a.Notes = noted.End()
	return a
}

// paces returns the goals of the scavenger, with 64 MiB in use.
func paces(questions []alloclive.Pace) (out []alloclive.Goals) {
	clear(fillers)
	fillers = fillers[:0]
	for range 64 {
		fillers = append(fillers, malloc(1<<20, true))
	}
	for _, q := range questions {
		var g alloclive.Goals
		g.Goal, g.Limit, g.Retained, g.Mapped = pace(q.InUse, q.Limit, q.HeapGoal, q.LastHeapGoal)
		out = append(out, g)
	}
	return out
}
