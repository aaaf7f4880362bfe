package explore

import "context"

// expandAtOnce is the number of states that are expanded before their successors are
// stored: enough for the cache misses of a batch to overlap, and few enough for the batch
// to stay in the first cache.
const expandAtOnce = 64

// An engine is one search.
type engine[S State] struct {
	*spec[S]
	opts  Options
	store store[S]
	batch batch[S]
	goals Goals[S] // nil: the machine has none

	expanded    int // number of states expanded: the first ones of the store
	depth       int // of the states being expanded
	deepest     int // of the states found
	transitions uint64
	counts      []uint64 // by event
	deadlocks   int
	reached     []GoalResult

	broken  bool // an invariant is
	failed  int  // the first state that fails, -1 for none
	kind    Property
	reason  string
	failure *Counterexample[S]

	first, second []edge[S] // of expandTwice

	err     error // the machine is not as it should be
	met     limit // no further state can be stored
	tooDeep bool  // there are states beyond MaxDepth
}

// search explores until something ends it.
func (e *engine[S]) search(ctx context.Context) error {
	for _, s := range e.initial {
		// Its own parent: the number that it gets if it is new.
		e.batch.put(s, uint32(e.store.n))
		e.flush()
	}
	step := func(event int, to S) {
		if uint(event) >= uint(len(e.counts)) {
			e.reject(e.badEvent(event, e.store.at(int(e.batch.from))))
			return
		}
		e.counts[event]++
		e.transitions++
		if e.batch.n == batchLen {
			e.flush()
		}
		e.batch.put(to, e.batch.from)
	}
	for e.going() && e.expanded < e.store.n {
		levelEnd := e.store.n
		if e.opts.MaxDepth > 0 && e.depth == e.opts.MaxDepth {
			e.store.close()
		}
		for e.going() && e.expanded < levelEnd {
			if err := stopped(ctx, e.progress()); err != nil {
				return err
			}
			e.expand(min(e.expanded+expandAtOnce, levelEnd), step)
			if e.store.n > levelEnd {
				e.deepest = e.depth + 1
			}
		}
		if e.going() {
			if e.tooDeep {
				e.met = limitDepth
			}
			e.depth = e.deepest
		}
	}
	if e.err != nil {
		return e.err
	}
	return e.limitError()
}

// expand checks the states up to end and takes their successors.
func (e *engine[S]) expand(end int, step func(int, S)) {
	first := e.expanded
	for i := first; i < end; i++ {
		s := e.store.at(i)
		if !e.check(i, s) {
			break
		}
		if i%sampleEvery == 0 {
			e.reject(e.expandTwice(s))
		}
		before := e.transitions
		e.batch.from = uint32(i)
		e.Successors(s, step)
		switch n := e.transitions - before; {
		case n == 0:
			e.deadlocks++
			if !e.opts.AllowDeadlock {
				e.fail(i, Deadlock, deadlockReason)
			}
		case n > MaxSuccessors:
			e.reject(tooMany(s))
		}
		e.expanded++
	}
	e.flush()
	if every := e.opts.ProgressEvery; e.opts.Progress != nil && first/every != e.expanded/every {
		e.opts.Progress(e.progress())
	}
}

// check looks for the goals that hold and the invariants that are broken in state i,
// and reports whether the search may go on from there.
func (e *engine[S]) check(i int, s S) bool {
	for g := range e.reached {
		if e.goals.Goal(g, s) {
			e.reached[g].States++
		}
	}
	if err := e.Check(s); err != nil {
		e.broken = true
		e.fail(i, Invariant, err.Error())
	}
	return !e.broken
}

// limitError reports the bound that ended the search, nil for none. The states
// that were found and not expanded are checked first: every state that the result
// counts has been checked.
func (e *engine[S]) limitError() error {
	if e.met == noLimit {
		return nil
	}
	for i := e.expanded; i < e.store.n && e.check(i, e.store.at(i)); i++ {
	}
	err := &LimitError{Progress: e.progress()}
	switch e.met {
	case limitStates:
		err.Limit, err.Max = "MaxStates", uint64(e.opts.MaxStates)
	case limitDepth:
		err.Limit, err.Max = "MaxDepth", uint64(e.opts.MaxDepth)
	case limitMemory:
		err.Limit, err.Max = "MaxMemory", e.opts.MaxMemory
	}
	return err
}

// going reports whether nothing has ended the search. A deadlock does not: the
// result counts all of them.
func (e *engine[S]) going() bool { return e.err == nil && e.met == noLimit && !e.broken }

// reject ends the search because the machine is not as it should be.
func (e *engine[S]) reject(err error) {
	if e.err == nil {
		e.err = err
	}
}

// fail records a failure of state i. States are checked in the order in which they were
// found, so the first failure has a shortest run.
func (e *engine[S]) fail(i int, kind Property, reason string) {
	if e.failed < 0 {
		e.failed, e.kind, e.reason = i, kind, reason
	}
}
