package explore

import (
	"context"
	"slices"
)

// minimiseWork bounds the work of making one failing walk shorter, in states
// expanded or copied. The run reached by then fails all the same.
const minimiseWork = 1 << 22

// minimise makes a failing run shorter.
//
// It leaves out loops, then tries to do without half of the steps, a quarter,
// and so on down to single ones, as delta debugging does: it takes the remaining
// events again, passing over events that cannot happen, and if that fails in the
// same way, goes on with the shorter run. It ends when every single step is needed
// for the failure.
//
// If it is stopped, it returns the run that it has, and the error.
func (w *walker[S]) minimise(ctx context.Context, r run[S], kind Property, reason string) (*Counterexample[S], error) {
	r = r.withoutLoops()
	work := minimiseWork
	var err error
	for size := max(1, len(r.edges)/2); size > 0 && err == nil; size /= 2 {
		for at := 0; at < len(r.edges) && work > 0; {
			if err = stopped(ctx, w.result); err != nil {
				break
			}
			var try run[S]
			var why string
			if try, why, err = w.without(r, at, min(at+size, len(r.edges)), kind, &work); err != nil {
				break
			}
			if why == "" {
				at += size
				continue
			}
			r, reason = try.withoutLoops(), why
			if size == 1 {
				at = 0 // a step that was needed before may not be now
			}
		}
	}
	c := &Counterexample[S]{Property: kind, Reason: reason, Start: r.start, Steps: []Step[S]{}}
	for _, d := range r.edges {
		c.Steps = append(c.Steps, Step[S]{w.events[d.event], d.to})
	}
	return c, err
}

// without takes a run again without its steps from i to j. It returns the run
// up to the failure and the reason, or no reason if it does not fail in the same
// way.
func (w *walker[S]) without(r run[S], i, j int, kind Property, work *int) (run[S], string, error) {
	prefix := run[S]{r.start, r.edges[:i]}
	s := prefix.end()
	var tail []edge[S]
	for rest := r.edges[j:]; *work > 0; {
		*work--
		k, reason, err := w.failure(s)
		if err != nil {
			return run[S]{}, "", err
		}
		if k == kind {
			*work -= i + len(tail)
			return run[S]{r.start, slices.Concat(prefix.edges, tail)}, reason, nil
		}
		if k != "" {
			break
		}
		d, n := next(w.edges, rest)
		if n == 0 {
			break
		}
		tail, rest, s = append(tail, d), rest[n:], d.to
	}
	return run[S]{}, "", nil
}

// next picks the first of the wanted steps that is possible, and returns the number of
// wanted steps it has looked at, or 0 if none is possible. Among several with the same
// event, it prefers the one to the same state.
func next[S State](possible, wanted []edge[S]) (edge[S], int) {
	for n, want := range wanted {
		if slices.Contains(possible, want) {
			return want, n + 1
		}
		for _, d := range possible {
			if d.event == want.event {
				return d, n + 1
			}
		}
	}
	return edge[S]{}, 0
}
