package draw

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/sched"
)

// SchedGantt draws what ran on each P, and when, as an SVG: a row for each P, a box for
// each period in which it ran a goroutine, hatched while that was in a system call and
// the P waited for it. A preempted box has a bar at its end. Up to eight goroutines have
// a colour each; if there are more, each function has one. Below a P, and at the end for
// the global queue, bars show how many goroutines are in the run queue. It shows the
// beginning of long timelines.
func SchedGantt(t sched.Timeline) string {
	const (
		most    = 500 // boxes
		mostPs  = 32
		longest = 1 << 50 // of time, 13 days: the beginning of a longer timeline is shown
	)
	g := gantt{t: t, end: min(max(t.End, 0), longest)}
	cut := t.Cut || t.End > longest
	spans := t.Spans
	if len(spans) > most {
		spans, cut = spans[:most], true
		g.end = min(max(spans[most-1].From, 0), longest)
	}
	g.hues(spans)
	procs := min(max(t.Procs, 0), mostPs)
	title := fmt.Sprintf("%v on %d Ps", round(g.end), t.Procs)
	if t.Procs == 1 {
		title = title[:len(title)-1]
	}
	if cut || procs < t.Procs {
		title = "the first " + title
	}
	g.p.text(ganttLeft, 24, 0, "start", title)
	queues := map[sched.P][]bar{}
	for p := sched.P(-1); p < sched.P(procs); p++ {
		queues[p] = g.bars(p)
		for _, b := range queues[p] {
			g.longest = max(g.longest, b.n)
		}
	}
	for i := range procs {
		y := ganttTop + i*ganttStep
		g.p.text(ganttLeft-12, y+ganttHigh-8, 0, "end", fmt.Sprintf("P%d", i))
		g.p.line("wire", ganttLeft, y+ganttHigh, ganttLeft+ganttWide, y+ganttHigh)
		g.queue(queues[sched.P(i)], y+ganttHigh)
	}
	for _, s := range spans {
		if s.P >= 0 && int(s.P) < procs && s.From <= g.end {
			g.span(s)
		}
	}
	y := ganttTop + procs*ganttStep
	if all := queues[-1]; len(all) > 0 {
		g.p.text(ganttLeft-12, y+ganttQueue, 0, "end", "all")
		g.queue(all, y)
		y += ganttQueue + 8
	}
	g.axis(y + 18)
	g.legend(y + 18)
	return g.p.String("What ran on which processor")
}

// Sizes in pixels.
const (
	ganttLeft, ganttTop  = 56, 52
	ganttWide, ganttHigh = 760, 26
	ganttQueue           = 18 // height of the longest queue
	ganttStep            = ganttHigh + ganttQueue + 8
)

type gantt struct {
	p     svg
	t     sched.Timeline
	end   time.Duration
	hue   map[sched.G]int
	signs []sign

	longest int // of the queues that are drawn
}

// hues gives a colour to each goroutine, or to each function if there are more goroutines
// than colours.
func (g *gantt) hues(spans []sched.Span) {
	name := func(id sched.G) string {
		if int(id) <= len(g.t.Funcs) && g.t.Funcs[id-1] != "" {
			return g.t.Funcs[id-1]
		}
		return ""
	}
	count, all := map[string]int{}, map[sched.G]bool{}
	var ids []sched.G
	for _, s := range spans {
		if s.G > 0 && !all[s.G] {
			all[s.G] = true
			ids = append(ids, s.G)
			count[name(s.G)]++
		}
	}
	slices.Sort(ids)
	g.hue = map[sched.G]int{}
	of := map[string]int{}
	for _, id := range ids {
		f := name(id)
		if len(ids) <= len(hues) {
			g.hue[id] = len(g.signs)
			g.signs = append(g.signs, sign{fmt.Sprintf("g%d", len(g.signs)), strings.TrimSpace(fmt.Sprintf("g%d %s", id, f))})
			continue
		}
		k, ok := of[f]
		if !ok {
			k = len(of)
			of[f] = k
			if k < len(hues) {
				means := cmp.Or(f, "goroutines")
				if count[f] > 1 {
					means += fmt.Sprintf(" (%d)", count[f])
				}
				g.signs = append(g.signs, sign{fmt.Sprintf("g%d", k), means})
			}
		}
		g.hue[id] = k % len(hues)
	}
}

func (g *gantt) x(at time.Duration) int {
	return ganttLeft + int(int64(ganttWide)*int64(max(min(at, g.end), 0))/int64(max(g.end, 1)))
}

func (g *gantt) span(s sched.Span) {
	from, to := g.x(s.From), max(g.x(s.To), g.x(s.From)+1)
	y := ganttTop + int(s.P)*ganttStep
	class := fmt.Sprintf("g%d", g.hue[s.G])
	if s.Syscall {
		class = "pad"
	}
	g.p.box("", class, from, y, to-from, ganttHigh)
	if s.End == sched.Preempted {
		g.p.line("strong", to-1, y, to-1, y+ganttHigh)
	}
	if name := fmt.Sprintf("g%d", s.G); to-from > charWidth*len(name) && s.G > 0 && !s.Syscall {
		g.p.text((from+to)/2, y+ganttHigh-8, 0, "middle", name)
	}
}

// A bar is the length of a run queue from one column of the picture to another.
type bar struct{ from, to, n int }

// bars returns the bars of a P, or of the global queue. A length that lasts for less than
// a column is not shown.
func (g *gantt) bars(p sched.P) []bar {
	const most = 400
	var out []bar
	at, n := ganttLeft, 0
	end := func(x int) {
		if x <= at {
			return
		}
		if k := len(out); k > 0 && out[k-1].to == at && out[k-1].n == n {
			out[k-1].to = x
		} else if n > 0 && k < most {
			out = append(out, bar{at, x, n})
		}
		at = x
	}
	for _, q := range g.t.Queues {
		if q.P == p {
			end(g.x(q.At))
			n = q.Len
		}
	}
	end(g.x(g.end))
	return out
}

// queue draws the bars of a queue below y.
func (g *gantt) queue(bars []bar, y int) {
	for _, b := range bars {
		high := max(1, int(int64(b.n)*ganttQueue/int64(g.longest)))
		g.p.box("", "hot", b.from, y+ganttQueue+2-high, b.to-b.from, high)
	}
}

func (g *gantt) axis(y int) {
	for at, unit := time.Duration(0), roundTick(g.end); at <= g.end && unit > 0; at += unit {
		g.p.line("wire", g.x(at), y-16, g.x(at), y-11)
		anchor := "middle"
		if at == 0 {
			anchor = "start"
		}
		g.p.textOn("dim", g.x(at), y+3, 0, anchor, at.String())
	}
	g.p.grow(ganttLeft+ganttWide+24, y+8)
}

func (g *gantt) legend(y int) {
	g.p.textOn("dim", ganttLeft, y+28, 0, "start", "a box is a time slice of a goroutine; a thick bar ends one that was preempted")
	signs := append(g.signs, sign{"pad", "the P waits for a system call"})
	if g.longest > 0 {
		signs = append(signs, sign{"hot", fmt.Sprintf("in the run queue, %d at most", g.longest)})
	}
	g.p.legend(ganttLeft, y+40, signs...)
}

// roundTick returns a round time that divides the picture into at most ten parts.
func roundTick(end time.Duration) time.Duration {
	for unit := time.Duration(1); ; unit *= 10 {
		for _, k := range []time.Duration{1, 2, 5} {
			if end/(k*unit) <= 10 {
				return k * unit
			}
		}
	}
}

// round rounds to about three digits.
func round(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
