package sched

import (
	"fmt"
	"strings"
	"time"
)

// A Timeline is what ran on each P, and when: the data of a Gantt chart.
type Timeline struct {
	End   time.Duration `json:"end"`
	Procs int           `json:"procs"` // at most
	Spans []Span        `json:"spans"` // by their beginning
	Cut   bool          `json:"cut"`   // there were more than [MaxSpans]
}

// MaxSpans is how many spans a [Timeline] holds.
const MaxSpans = 1 << 16

// A Span is a time for which a P ran a goroutine, or had it in a system call.
type Span struct {
	P       P             `json:"p"`
	M       M             `json:"m"`
	G       G             `json:"g"`
	From    time.Duration `json:"from"`
	To      time.Duration `json:"to"`
	Syscall bool          `json:"syscall,omitempty"`
	End     Kind          `json:"end"` // what ended it: Parked, Yielded, Preempted, Exited, Entered, Left, Retook, Ended
}

// Record steps to the end and reports what ran on each P. How the program ended
// says [Sim.Err].
func (s *Sim) Record() Timeline {
	var t Timeline
	open := map[P]int{} // the span that has not ended
	end := func(p P, at time.Duration, why Kind) {
		if i, ok := open[p]; ok {
			t.Spans[i].To, t.Spans[i].End = at, why
			delete(open, p)
		}
	}
	begin := func(e Event, syscall bool) {
		if len(t.Spans) == MaxSpans {
			t.Cut = true
			return
		}
		open[e.P] = len(t.Spans)
		t.Spans = append(t.Spans, Span{P: e.P, M: e.M, G: e.G, From: e.At, Syscall: syscall})
	}
	for e := range s.Events() {
		t.Procs = max(t.Procs, int(e.P)+1)
		switch e.Kind {
		case Started:
			begin(e, false)
		case Parked, Yielded, Preempted, Exited:
			end(e.P, e.At, e.Kind)
		case Entered:
			end(e.P, e.At, e.Kind)
			if e.N == 0 {
				begin(e, true)
			}
		case Retook:
			end(e.P, e.At, e.Kind)
		case Left:
			if e.P >= 0 {
				end(e.P, e.At, e.Kind)
				begin(e, false)
			}
		}
	}
	for p := range P(t.Procs) {
		end(p, s.now, Ended)
	}
	t.End = s.now
	return t
}

// String is a table of the Ps over time, of 64 columns: the goroutine that had the
// P for most of a column, ~ if that was in a system call, and a dot for none. Of more
// than 4,096 Ps it has the first.
func (t Timeline) String() string {
	const columns = 64
	var b strings.Builder
	step := max(t.End/columns, 1)
	end := t.End.String()
	fmt.Fprintf(&b, "%-4s0s%s%s\n", "", strings.Repeat(" ", max(1, columns-2-len(end))), end)
	const most = 1 << 12 // Ps that are shown
	for p := range P(min(max(t.Procs, 0), most)) {
		var has [columns]time.Duration
		line := []byte(strings.Repeat(".", columns))
		for _, s := range t.Spans {
			if s.P != p {
				continue
			}
			for c := int(max(s.From, 0) / step); c < columns; c++ {
				from, to := max(s.From, time.Duration(c)*step), min(s.To, time.Duration(c+1)*step)
				if from > to || from == to && s.From != s.To {
					break
				}
				if d := to - from + 1; d > has[c] {
					has[c], line[c] = d, letter(s)
				}
			}
		}
		fmt.Fprintf(&b, "p%-3d%s\n", p, line)
	}
	return b.String()
}

// letter is a goroutine's: 1 to 9, then A to Z, and then all of those again. In a
// system call it is ~.
func letter(s Span) byte {
	const letters = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	switch {
	case s.Syscall:
		return '~'
	case s.G < 1:
		return '*' // the runtime's own
	}
	return letters[int(s.G-1)%len(letters)]
}
