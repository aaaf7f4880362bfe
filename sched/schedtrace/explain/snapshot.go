package explain

import (
	"slices"
	"time"
)

// A Snapshot is what is known of all queues after the last event that was read. It shares
// no memory with the Explainer.
type Snapshot struct {
	Now      time.Duration `json:"now"`      // since the first event
	Possible int           `json:"possible"` // states that the queues are likely to be in; 0 if they are not known
	Procs    []Proc        `json:"procs"`
	Global   []int64       `json:"global"` // goroutines, the first first
	Certain  bool          `json:"certain"`
	Missing  []int64       `json:"missing"` // runnable, in an unknown queue
}

// A Proc is a P with its queues.
type Proc struct {
	P       int     `json:"p"`
	Runs    int64   `json:"runs"`   // goroutine, or 0
	Thread  bool    `json:"thread"` // whether a thread has it
	Looking bool    `json:"looking"`
	Next    int64   `json:"next"` // runnext, or 0
	Ring    []int64 `json:"ring"`
	Certain bool    `json:"certain"` // its queues are the same in all possible states
}

// Snapshot returns what the queues hold. Where several states are possible, and differ, it
// shows the likeliest of them, and says that it is not certain.
func (e *Explainer) Snapshot() Snapshot {
	s := Snapshot{Now: e.now, Procs: []Proc{}, Global: []int64{}, Missing: []int64{}}
	r := e.replay
	if r == nil || len(r.states) == 0 {
		return s
	}
	if r.warm {
		s.Possible = len(r.states)
	}
	first := r.states[0]
	same := func(i int) bool {
		q := first.queues[i]
		return r.warm && !r.pruned && len(r.bag) == 0 && !slices.ContainsFunc(r.states, func(o *state) bool {
			p := o.queues[i]
			return p.next.g != q.next.g || !slices.EqualFunc(p.ring, q.ring, func(a, b entry) bool { return a.g == b.g })
		})
	}
	for p := range r.procs {
		x := Proc{P: p, Runs: e.id(r.ps[p].g), Thread: r.ps[p].m != 0, Looking: r.ps[p].looking, Ring: []int64{}}
		if p < first.global() {
			x.Next, x.Ring, x.Certain = e.id(first.queues[p].next.g), e.ids(first.queues[p].ring), same(p)
		}
		s.Procs = append(s.Procs, x)
	}
	s.Global, s.Certain = e.ids(first.queues[first.global()].ring), same(first.global())
	if !r.warm {
		for _, g := range r.runnable {
			s.Missing = append(s.Missing, e.id(g))
		}
		slices.Sort(s.Missing)
		return s
	}
	for g := range r.bag {
		s.Missing = append(s.Missing, e.id(g))
	}
	slices.Sort(s.Missing)
	return s
}

// id is the number that the trace has for a goroutine.
func (e *Explainer) id(index int32) int64 {
	if g := e.byIndex[index]; g != nil {
		return int64(g.id)
	}
	return 0
}

func (e *Explainer) ids(entries []entry) []int64 {
	out := make([]int64, 0, len(entries))
	for _, x := range entries {
		out = append(out, e.id(x.g))
	}
	return out
}
