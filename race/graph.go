package race

import (
	"fmt"
	"slices"
)

// An Edge orders two operations of different goroutines: From happens before To.
type Edge struct {
	From uint64 `json:"from,string"`
	To   uint64 `json:"to,string"` // 0: the start of goroutine G
	G    G      `json:"g"`         // of To
}

// A Graph holds operations and what orders them: their numbers for those of one
// goroutine, and edges for others.
type Graph struct {
	Release string   `json:"release"`
	Ops     []Op     `json:"ops"` // number i is at i-1
	Edges   []Edge   `json:"edges"`
	Races   []Report `json:"races"`

	Labels     []string `json:"labels"`     // what the operations are, by index
	Goroutines []string `json:"goroutines"` // their names, by number; the first is unused
}

// at returns the operation that a goroutine is in: the one that it waits in, or the one
// that is being done.
func (d *Detector) at(me *goroutine) uint64 {
	if me.waits != "" {
		return me.since
	}
	return d.ops
}

// edge notes one, if operations are kept.
func (d *Detector) edge(from uint64, to *goroutine) {
	if !d.config.Record || len(d.edges) >= MaxRecord {
		return
	}
	e := Edge{From: from, To: d.at(to), G: to.id}
	if from == d.ops && to.rel == d.ops && e.To == d.ops {
		e.To = 0 // it starts
	}
	if n := len(d.edges); n == 0 || d.edges[n-1] != e {
		d.edges = append(d.edges, e)
	}
}

// Graph returns the operations so far and what orders them. It returns an error without
// Config.Record, or if there were more operations than are kept.
func (d *Detector) Graph() (Graph, error) {
	if err := d.recorded(); err != nil {
		return Graph{}, err
	}
	edges := slices.Clone(d.edges)
	if edges == nil {
		edges = []Edge{}
	}
	return d.graph(edges, Op.what, func(g G) string { return fmt.Sprintf("goroutine %d", g) }), nil
}

// graph is Graph with the names of another.
func (d *Detector) graph(edges []Edge, what func(Op) string, who func(G) string) Graph {
	g := Graph{Release: d.release.String(), Ops: slices.Clone(d.log), Edges: edges, Races: append([]Report{}, d.reports...), Labels: []string{}, Goroutines: []string{""}}
	for _, op := range d.log {
		g.Labels = append(g.Labels, what(op))
	}
	if g.Ops == nil {
		g.Ops = []Op{}
	}
	for n := Main; n < d.gs.next && n <= maxNames; n++ {
		g.Goroutines = append(g.Goroutines, who(n))
	}
	return g
}

// recorded returns an error if not all operations are kept.
func (d *Detector) recorded() error {
	switch {
	case d.slots == nil:
		return errUseNew
	case !d.config.Record:
		return fmt.Errorf("race: that needs Config.Record")
	case d.ops > MaxRecord:
		return fmt.Errorf("race: %d operations were done, and %d are kept", d.ops, MaxRecord)
	}
	return nil
}

// Why explains why nothing orders the two accesses of a race. It returns an error without
// Config.Record, or if the race is not the detector's.
func (d *Detector) Why(r Report) (string, error) {
	return d.why(r, Op.String, func(g G) string { return fmt.Sprintf("goroutine %d", g) })
}

// why is Why with the names of another.
func (d *Detector) why(r Report, name func(Op) string, who func(G) string) (string, error) {
	if err := d.recorded(); err != nil {
		return "", err
	}
	if r.First.Op < 1 || r.Second.Op > d.ops || r.First.Op >= r.Second.Op || r.Known >= r.First.Op {
		return "", fmt.Errorf("race: there is no race of operations %d and %d here", r.First.Op, r.Second.Op)
	}
	a, b := who(r.First.G), who(r.Second.G)
	text := fmt.Sprintf("%s knows of nothing that %s has done", b, a)
	if r.Known != 0 {
		text = fmt.Sprintf("%s knows what %s did up to operation %d (%s); the %s is operation %d", b, a, r.Known, name(d.log[r.Known-1]), r.First.Verb, r.First.Op)
	}
	for i := r.First.Op; i < r.Second.Op; i++ {
		if op := d.log[i]; op.G == r.First.G && releases(op) {
			return text + fmt.Sprintf("; what %s released after it, by operation %d (%s), has not come to %s", a, i+1, name(op), b), nil
		}
	}
	return text, nil
}

// releases reports whether an operation lets others know what its goroutine did.
func releases(op Op) bool {
	return op.Verb == AddVerb && op.N < 0 || slices.Contains([]Verb{GoVerb, StoreVerb, ModifyVerb, UnlockVerb, RUnlockVerb, SendVerb, RecvVerb, CloseVerb, OnceReturnVerb,
		WaitCondVerb, ReleaseVerb, ReleaseMergeVerb, ReleaseAcquireVerb}, op.Verb)
}
