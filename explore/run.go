package explore

import (
	"context"
	"fmt"
	"math"
)

// Run explores every state that m can reach, breadth first.
//
// It ends when there is nothing left to explore, at the first state that
// breaks an invariant, at a bound, or when ctx is done. In the latter two
// cases it returns the result so far and an error, a [*LimitError] or one
// that wraps the cause of ctx.
//
// A failure of the machine is no error: it is the Counterexample of the
// result. No run to a broken invariant or to a deadlock that is not allowed is
// shorter. If there is neither, and all states are known, it is a shortest run
// to a state from which a goal cannot be reached.
//
// Run also returns an error if the machine does not do what [Machine] requires, or if
// an option is out of range.
func Run[S State](ctx context.Context, m Machine[S], opts Options) (Result[S], error) {
	if ctx == nil {
		return Result[S]{}, fmt.Errorf("explore: context is nil")
	}
	if err := opts.check(); err != nil {
		return Result[S]{}, err
	}
	p, err := newSpec(m)
	if err != nil {
		return Result[S]{}, err
	}
	e, err := newEngine(p, opts)
	if err != nil {
		return Result[S]{}, err
	}
	err = e.search(ctx)
	if ferr := e.finish(ctx, err); err == nil {
		err = ferr
	}
	return e.result(), err
}

func newEngine[S State](p *spec[S], opts Options) (*engine[S], error) {
	e := &engine[S]{spec: p, opts: opts, counts: make([]uint64, len(p.events)), failed: -1}
	if opts.Symmetry {
		if err := p.useSymmetry(); err != nil {
			return nil, err
		}
	}
	if opts.ProgressEvery == 0 {
		e.opts.ProgressEvery = defaultProgressEvery
	}
	e.store.maxStates = opts.MaxStates
	e.store.maxBytes = opts.MaxMemory
	if opts.MaxMemory == 0 {
		e.store.maxBytes = math.MaxInt
	}
	goals, ok := p.Machine.(Goals[S])
	if !ok {
		if opts.Everywhere {
			return nil, fmt.Errorf("explore: Everywhere is set, but %T has no methods Goals() []string and Goal(int, %T) bool", p.Machine, *new(S))
		}
		return e, nil
	}
	names := goals.Goals()
	if len(names) > MaxGoals {
		return nil, fmt.Errorf("explore: machine names %d goals: allowed are 0 to %d", len(names), MaxGoals)
	}
	e.goals = goals
	for _, name := range names {
		e.reached = append(e.reached, GoalResult{Goal: name})
	}
	return e, nil
}

// finish turns the findings of the search into a failure, if there is one. stopped
// is the error that ended the search, or nil.
func (e *engine[S]) finish(ctx context.Context, stopped error) error {
	if stopped == nil && !e.broken {
		if err := e.checkGoals(ctx); err != nil {
			return err
		}
	}
	if e.failed < 0 {
		return nil
	}
	var err error
	e.failure, err = e.counterexample()
	return err
}

func (e *engine[S]) result() Result[S] {
	r := Result[S]{
		States:         e.store.n,
		Transitions:    e.transitions,
		Depth:          e.deepest,
		Deadlocks:      e.deadlocks,
		Goals:          e.reached,
		Counterexample: e.failure,
		Memory:         e.store.peak,
	}
	for i, n := range e.counts {
		r.Coverage = append(r.Coverage, Coverage{e.events[i], n})
	}
	return r
}

func (e *engine[S]) progress() Progress {
	return Progress{
		States:      e.store.n,
		Expanded:    e.expanded,
		Transitions: e.transitions,
		Depth:       e.depth,
		Memory:      e.store.peak,
	}
}
