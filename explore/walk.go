package explore

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// MaxWalkSteps is the largest bound on the steps of one walk.
const MaxWalkSteps = 1 << 20

// WalkOptions bound and direct random walks.
type WalkOptions struct {
	// Seed makes the walks: the same seed gives the same ones.
	Seed uint64

	// Walks is the number of walks to take, at least 1.
	Walks int

	// Steps bounds the steps of each walk, from 1 to [MaxWalkSteps].
	Steps int

	// AllowDeadlock makes a deadlock the end of a walk and no failure.
	AllowDeadlock bool
}

// A WalkResult is the result of random walks.
type WalkResult[S State] struct {
	Walks       int        `json:"walks"`       // begun
	Transitions uint64     `json:"transitions"` // steps of all walks
	Deadlocks   int        `json:"deadlocks"`   // walks that ended in one
	Coverage    []Coverage `json:"coverage"`

	// Counterexample is the first walk that failed, made shorter; nil if none
	// did. It is a real run, and no single step can be left out of it, but
	// there may be a shorter one: only [Run] finds a shortest.
	Counterexample *Counterexample[S] `json:"counterexample,omitempty"`
	Walked         int                `json:"walked,omitempty"` // steps of that walk as it was taken
}

// String returns the counts.
func (r WalkResult[S]) String() string {
	return fmt.Sprintf("%d walks, %d transitions, %d deadlocks", r.Walks, r.Transitions, r.Deadlocks)
}

// Walk takes random walks through m, for machines that have too many states for
// [Run]. It ends at the first failure, after the last walk, or when ctx is
// done: then it returns the result so far and an error that wraps the cause of ctx.
//
// Each walk starts in a random initial state and takes each step that is
// possible with equal probability. A walk that finds nothing proves nothing.
func Walk[S State](ctx context.Context, m Machine[S], opts WalkOptions) (WalkResult[S], error) {
	switch {
	case ctx == nil:
		return WalkResult[S]{}, fmt.Errorf("explore: context is nil")
	case opts.Walks < 1:
		return WalkResult[S]{}, fmt.Errorf("explore: Walks is %d: allowed are 1 and more", opts.Walks)
	case opts.Steps < 1 || opts.Steps > MaxWalkSteps:
		return WalkResult[S]{}, fmt.Errorf("explore: Steps is %d: allowed are 1 to %d", opts.Steps, MaxWalkSteps)
	}
	p, err := newSpec(m)
	if err != nil {
		return WalkResult[S]{}, err
	}
	w := &walker[S]{spec: p, opts: opts}
	for _, name := range p.events {
		w.result.Coverage = append(w.result.Coverage, Coverage{Label: name})
	}
	for w.result.Walks < opts.Walks && err == nil && w.result.Counterexample == nil {
		err = w.walk(ctx)
	}
	return w.result, err
}

// A walker takes walks.
type walker[S State] struct {
	*spec[S]
	opts   WalkOptions
	result WalkResult[S]
	edges  []edge[S]
}

// walk takes one walk.
func (w *walker[S]) walk(ctx context.Context) error {
	// A generator for each walk, so that a walk does not depend on how many
	// random numbers the earlier walks used.
	rng := rand.New(rand.NewPCG(w.opts.Seed, uint64(w.result.Walks)))
	w.result.Walks++
	r := run[S]{start: w.initial[rng.IntN(len(w.initial))]}
	for s := r.start; ; s = r.end() {
		if len(r.edges)%expandAtOnce == 0 {
			if err := stopped(ctx, w.result); err != nil {
				return err
			}
		}
		kind, reason, err := w.failure(s)
		if err != nil {
			return err
		}
		if len(w.edges) == 0 {
			w.result.Deadlocks++
		}
		if kind != "" {
			w.result.Walked = len(r.edges)
			w.result.Counterexample, err = w.minimise(ctx, r, kind, reason)
			return err
		}
		if len(w.edges) == 0 || len(r.edges) == w.opts.Steps {
			return nil
		}
		d := w.edges[rng.IntN(len(w.edges))]
		w.result.Coverage[d.event].Transitions++
		w.result.Transitions++
		r.edges = append(r.edges, d)
	}
}

// failure returns the kind of failure of s, "" if there is none, and leaves its
// successors in w.edges.
func (w *walker[S]) failure(s S) (kind Property, reason string, err error) {
	w.edges, err = w.successors(s, w.edges)
	if err != nil {
		return "", "", err
	}
	if err := w.Check(s); err != nil {
		return Invariant, err.Error(), nil
	}
	if len(w.edges) == 0 && !w.opts.AllowDeadlock {
		return Deadlock, deadlockReason, nil
	}
	return "", "", nil
}

// A run is a path through a machine.
type run[S State] struct {
	start S
	edges []edge[S]
}

func (r *run[S]) end() S {
	if len(r.edges) == 0 {
		return r.start
	}
	return r.edges[len(r.edges)-1].to
}

// withoutLoops leaves out the steps of a run between two visits of a state.
func (r *run[S]) withoutLoops() run[S] {
	last := map[S]int{r.start: 0} // the steps before the last visit
	for i, d := range r.edges {
		last[d.to] = i + 1
	}
	short := run[S]{start: r.start}
	for i := last[r.start]; i < len(r.edges); i = last[r.edges[i].to] {
		short.edges = append(short.edges, r.edges[i])
	}
	return short
}
