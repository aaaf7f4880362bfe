package draw

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/sched"
)

// Gantt draws what ran on each P, and when, as an SVG: a row for each P, a box for
// each time that it ran a goroutine, hatched while that one was in a system call
// and the P waited for it. A box that was stopped has a bar at its end. Of long
// timelines the beginning is drawn.
func Gantt(t sched.Timeline) string {
	const (
		most        = 500 // boxes
		mostPs      = 32
		left, top   = 56, 52
		wide, high  = 760, 26
		step        = 36
		below, tick = 20, 5
	)
	var p svg
	end, cut := t.End, t.Cut
	spans := t.Spans
	if len(spans) > most {
		spans, cut = spans[:most], true
		end = spans[most-1].From
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
		p.line(left, top+i*step+high, left+wide, top+i*step+high)
	}
	for _, s := range spans {
		if int(s.P) >= procs || s.From > end {
			continue
		}
		from, to := x(s.From), max(x(s.To), x(s.From)+1)
		y := top + int(s.P)*step
		fill, opacity := accent, 0.12+0.08*float64(s.G%4)
		if s.Syscall {
			fill, opacity = "url(#pad)", 0.8
		}
		p.rect(from, y, to-from, high, fill, opacity)
		if s.End == sched.Preempted {
			p.rect(to-2, y, 2, high, amber, 1)
		}
		if name := fmt.Sprintf("g%d", s.G); to-from > charWidth*len(name) && s.G > 0 && !s.Syscall {
			p.text((from+to)/2, y+high-8, 0, "middle", name)
		}
	}
	y := top + procs*step + below
	for i := range tick {
		at := end / (tick - 1) * time.Duration(i)
		anchor := []string{"start", "middle", "middle", "middle", "end"}[i]
		p.text(x(at), y, 0, anchor, round(at).String())
	}
	p.grow(left+wide, y)
	return p.String("What ran on which processor")
}

// round leaves three digits or so.
func round(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

// line draws a thin line.
func (s *svg) line(x1, y1, x2, y2 int) {
	s.grow(max(x1, x2), max(y1, y2))
	fmt.Fprintf(&s.body, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="1"/>`+"\n", x1, y1, x2, y2, ink)
}
