package draw

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/sched"
)

// SchedGantt draws what ran on each P, and when, as an SVG: a row for each P, a box
// for each time that it ran a goroutine, in that goroutine's colour, hatched while
// it was in a system call and the P waited for it. A box that was preempted has a bar
// at its end. Of long timelines the beginning is drawn.
func SchedGantt(t sched.Timeline) string {
	const (
		most       = 500 // boxes
		mostPs     = 32
		left, top  = 56, 52
		wide, high = 760, 26
		step       = 36
		below      = 24
	)
	var p svg
	const longest = 1 << 50 // of time, 13 days: of a longer one the beginning is shown
	end, cut := min(max(t.End, 0), longest), t.Cut || t.End > longest
	spans := t.Spans
	if len(spans) > most {
		spans, cut = spans[:most], true
		end = min(max(spans[most-1].From, 0), longest)
	}
	procs := min(t.Procs, mostPs)
	title := fmt.Sprintf("%v on %d Ps", round(end), t.Procs)
	if t.Procs == 1 {
		title = title[:len(title)-1]
	}
	if cut || procs < t.Procs {
		title = "the first " + title
	}
	p.text(left, 24, 0, "start", title)
	x := func(at time.Duration) int { return left + int(int64(wide)*int64(min(at, end))/int64(max(end, 1))) }
	for i := range procs {
		p.text(left-12, top+i*step+high-8, 0, "end", fmt.Sprintf("P%d", i))
		p.line("wire", left, top+i*step+high, left+wide, top+i*step+high)
	}
	for _, s := range spans {
		if int(s.P) >= procs || s.From > end {
			continue
		}
		from, to := x(s.From), max(x(s.To), x(s.From)+1)
		y := top + int(s.P)*step
		class := fmt.Sprintf("g%d", max(int(s.G), 0)%len(hues))
		if s.Syscall {
			class = "pad"
		}
		p.box("", class, from, y, to-from, high)
		if s.End == sched.Preempted {
			p.line("strong", to-1, y, to-1, y+high)
		}
		if name := fmt.Sprintf("g%d", s.G); to-from > charWidth*len(name) && s.G > 0 && !s.Syscall {
			p.text((from+to)/2, y+high-8, 0, "middle", name)
		}
	}
	y := top + procs*step + below
	for at, unit := time.Duration(0), roundTick(end); at <= end && unit > 0; at += unit {
		p.line("wire", x(at), y-16, x(at), y-11)
		anchor := "middle"
		if at == 0 {
			anchor = "start"
		}
		p.textOn("dim", x(at), y+3, 0, anchor, at.String())
	}
	p.grow(left+wide+24, y+8)
	p.textOn("dim", left, y+28, 0, "start", "a box is a time slice of a goroutine, in its colour; a thick bar ends one that was preempted")
	p.legend(left, y+40, sign{"g1", "g1 (main)"}, sign{"pad", "the P waits for a system call"})
	return p.String("What ran on which processor")
}

// roundTick is a round time, of which there are at most ten to the end.
func roundTick(end time.Duration) time.Duration {
	for unit := time.Duration(1); ; unit *= 10 {
		for _, k := range []time.Duration{1, 2, 5} {
			if end/(k*unit) <= 10 {
				return k * unit
			}
		}
	}
}

// round leaves three digits or so.
func round(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
