package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

// svg draws the waits of all, and of the functions whose goroutines waited longest.
func (r *Report) svg(w io.Writer, most int) error {
	sources := []explain.Source{}
	for s := range places {
		sources = append(sources, s)
	}
	slices.SortFunc(sources, func(a, b explain.Source) int {
		if (a == explain.Unknown) != (b == explain.Unknown) {
			return -cmp.Compare(a, b) // what is open comes last
		}
		return cmp.Compare(a, b)
	})
	names := make([]string, len(sources))
	for i, s := range sources {
		if s != explain.Unknown {
			names[i] = places[s]
		}
	}
	row := func(name string, x Waits) draw.WaitRow {
		d := draw.WaitRow{Name: name, Count: x.Count, Waits: make([]time.Duration, len(sources))}
		for _, s := range x.Where {
			d.Waits[slices.Index(sources, s.Source)] += s.Total
		}
		return d
	}
	rows := []draw.WaitRow{row("all", r.Waits)}
	for _, f := range r.Functions[:min(len(r.Functions), most)] {
		rows = append(rows, row(orNone(f.Func), f))
	}
	title := fmt.Sprintf("where goroutines waited to run: %d starts", r.Starts)
	if r.Error != "" {
		title += "; the trace breaks off"
	}
	_, err := io.WriteString(w, draw.SchedWaits(title, names, rows))
	return err
}
