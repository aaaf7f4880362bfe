package explore

import (
	"fmt"
	"slices"
)

// counterexample rebuilds the run to the state that fails.
//
// Only the states of the run are stored, and with symmetry only the states that
// stand for them. The events, and the states themselves, are found by running the
// machine again along them; it returns an error if the machine does not take the
// same run again.
func (e *engine[S]) counterexample() (*Counterexample[S], error) {
	var path []S
	for i := e.failed; ; i = e.store.parent(i) {
		path = append(path, e.store.at(i))
		if e.store.parent(i) == i {
			break
		}
	}
	slices.Reverse(path)

	start := slices.IndexFunc(e.initial, func(s S) bool { return e.canon(s) == path[0] })
	if start < 0 {
		return nil, fmt.Errorf("explore: machine is not deterministic: state %#x was initial, and is no longer", path[0])
	}
	c := &Counterexample[S]{Property: e.kind, Reason: e.reason, Start: e.initial[start], Steps: []Step[S]{}}
	var edges []edge[S]
	for _, next := range path[1:] {
		var err error
		if edges, err = e.successors(c.End(), edges); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(edges, func(d edge[S]) bool { return e.canon(d.to) == next })
		if i < 0 {
			return nil, e.noSuchStep(c.End(), next)
		}
		c.Steps = append(c.Steps, Step[S]{e.events[edges[i].event], edges[i].to})
	}
	return c, e.confirm(c)
}

func (e *engine[S]) noSuchStep(from, next S) error {
	if e.canonical != nil {
		return fmt.Errorf("explore: Canonical merges states that behave differently: no successor of %#x stands for %#x", from, next)
	}
	return fmt.Errorf("explore: machine is not deterministic: %#x was a successor of %#x, and is no longer", next, from)
}

// confirm checks that the last state of a run fails as the state that stands
// for it does, and takes its reason.
func (e *engine[S]) confirm(c *Counterexample[S]) error {
	switch c.Property {
	case Invariant:
		if err := e.Check(c.End()); err != nil {
			c.Reason = err.Error()
			return nil
		}
	case Deadlock:
		edges, err := e.successors(c.End(), nil)
		if err != nil || len(edges) == 0 {
			return err
		}
	default:
		return nil
	}
	return fmt.Errorf("explore: Canonical merges states that behave differently, or the machine is not deterministic: %#x does not fail (%s), and %#x does",
		c.End(), c.Reason, e.store.at(e.failed))
}
