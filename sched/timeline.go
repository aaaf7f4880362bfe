package sched

import (
	"strings"
	"time"
)

// A Timeline records what ran on each P, and when, and how many goroutines waited for it:
// the data of a Gantt chart.
type Timeline struct {
	End    time.Duration `json:"end"`
	Procs  int           `json:"procs"` // at most
	Spans  []Span        `json:"spans"` // by their beginning
	Funcs  []string      `json:"funcs"` // of the goroutines 1, 2, and so on: the function of each, "" of one that never ran
	Queues []Queue       `json:"queues"`
	Cut    bool          `json:"cut"` // there was more of something than [MaxSpans]
}

// MaxSpans is the largest number of spans, functions and lengths of queues that a
// [Timeline] holds.
const MaxSpans = 1 << 16

// A Queue is the number of goroutines in a run queue from a time on. The queue of a P
// includes runnext.
type Queue struct {
	P   P             `json:"p"` // -1 for the global queue
	At  time.Duration `json:"at"`
	Len int           `json:"len"`
}

// A Span is a period in which a P ran a goroutine, or had it in a system call.
type Span struct {
	P       P             `json:"p"`
	M       M             `json:"m"`
	G       G             `json:"g"`
	From    time.Duration `json:"from"`
	To      time.Duration `json:"to"`
	Syscall bool          `json:"syscall,omitempty"`
	End     Kind          `json:"end"` // what ended it: Parked, Yielded, Preempted, Exited, Entered, Left, Retook, Ended
}

// RunTimeline steps to the end and returns what ran on each P. Then [Sim.Err] reports how the
// program has ended.
func (s *Sim) RunTimeline() Timeline {
	r := recorder{
		t:    Timeline{Spans: []Span{}, Funcs: []string{}, Queues: []Queue{}},
		open: map[P]int{}, queued: map[P]int{},
	}
	for e := range s.Events() {
		r.t.Procs = max(r.t.Procs, int(e.P)+1)
		r.span(e)
		if e.Kind == Started {
			r.name(e.G, s.Where(e.G, e.PC))
		}
		r.queues(e, s)
	}
	for p := range P(r.t.Procs) {
		r.end(p, s.now, Ended)
	}
	r.t.End = s.now
	return r.t
}

// A recorder makes a Timeline of events.
type recorder struct {
	t      Timeline
	open   map[P]int // the span that has not ended
	queued map[P]int // the latest length
}

func (r *recorder) span(e Event) {
	switch e.Kind {
	case Started:
		r.begin(e, false)
	case Parked, Yielded, Preempted, Exited, Retook:
		r.end(e.P, e.At, e.Kind)
	case Entered:
		r.end(e.P, e.At, e.Kind)
		if e.N == 0 {
			r.begin(e, true)
		}
	case Left:
		if e.P >= 0 {
			r.end(e.P, e.At, e.Kind)
			r.begin(e, false)
		}
	}
}

func (r *recorder) begin(e Event, syscall bool) {
	if len(r.t.Spans) == MaxSpans {
		r.t.Cut = true
		return
	}
	r.open[e.P] = len(r.t.Spans)
	r.t.Spans = append(r.t.Spans, Span{P: e.P, M: e.M, G: e.G, From: e.At, Syscall: syscall})
}

func (r *recorder) end(p P, at time.Duration, why Kind) {
	if i, ok := r.open[p]; ok {
		r.t.Spans[i].To, r.t.Spans[i].End = at, why
		delete(r.open, p)
	}
}

// name records the function of a goroutine, in which it starts for the first time.
func (r *recorder) name(g G, where string) {
	if g < 1 || int(g) <= len(r.t.Funcs) && r.t.Funcs[g-1] != "" {
		return
	}
	if g > MaxSpans {
		r.t.Cut = true
		return
	}
	for len(r.t.Funcs) < int(g) {
		r.t.Funcs = append(r.t.Funcs, "")
	}
	r.t.Funcs[g-1], _, _ = strings.Cut(where, ":")
}

// queues records which queues have changed. An event changes the queue of its P, the
// global one and, for a theft, the victim's.
func (r *recorder) queues(e Event, s *Sim) {
	look := func(p P) { r.queue(p, e.At, s.QueueLen(p)) }
	look(none)
	switch {
	case e.Kind == Resumed:
		for p := range s.ps {
			look(P(p))
		}
	case e.Kind == Stole:
		look(P(e.By))
	}
	look(e.P)
}

// QueueLen reports how many goroutines are in the run queue of a P, runnext included, or,
// for -1, in the global queue. It is 0 for an unknown P.
func (s *Sim) QueueLen(p P) int {
	switch {
	case p == none:
		return s.global.Len()
	case p < 0 || int(p) >= len(s.ps):
		return 0
	}
	l := &s.ps[p].local
	if l.Next() != 0 {
		return l.Len() + 1
	}
	return l.Len()
}

// Runnext returns the goroutine that is to run next on a P, ahead of its queue. It returns
// 0 if there is none, or the P is unknown.
func (s *Sim) Runnext(p P) G {
	if p < 0 || int(p) >= len(s.ps) || s.ps[p].local.Next() == 0 {
		return 0
	}
	return s.gs.at(s.ps[p].local.Next()).id
}

func (r *recorder) queue(p P, at time.Duration, n int) {
	if r.queued[p] == n {
		return
	}
	r.queued[p] = n
	if len(r.t.Queues) == MaxSpans {
		r.t.Cut = true
		return
	}
	r.t.Queues = append(r.t.Queues, Queue{P: p, At: at, Len: n})
}
