package explain

import "math/bits"

// A store is the array that rings of several states are in, each from a place of its own.
type store struct {
	all  []entry
	left int   // places at its end that no ring has used
	refs int32 // queues that are in it
}

// stores has those that are not used, by the binary logarithm of their size.
type stores struct {
	free [32][]*store
	dead []*store // since the last event: somebody may still read them
}

const leastStore = 3

// next gives one of at least that size.
func (s *stores) next(size int) *store {
	class := max(leastStore, bits.Len(uint(size-1)))
	if n := len(s.free[class]); n > 0 {
		x := s.free[class][n-1]
		s.free[class] = s.free[class][:n-1]
		x.left, x.refs = len(x.all), 1
		return x
	}
	return &store{all: make([]entry, 1<<class), left: 1 << class, refs: 1}
}

// leave notes that a queue is no longer in a store.
func (s *stores) leave(x *store) {
	if x == nil {
		return
	}
	if x.refs--; x.refs == 0 {
		s.dead = append(s.dead, x)
	}
}

// reuse makes those that nobody is in ready to be used again.
func (s *stores) reuse() {
	for _, x := range s.dead {
		class := bits.Len(uint(len(x.all) - 1))
		s.free[class] = append(s.free[class], x)
	}
	s.dead = s.dead[:0]
}

// reclaim takes the states back that are no longer possible, with their queues.
func (r *replay) reclaim() {
	if len(r.fresh) == 0 && len(r.states) == len(r.kept) {
		return
	}
	r.reclaimed++
	for _, s := range r.states {
		s.alive = r.reclaimed
	}
	for _, s := range r.kept {
		r.release(s)
	}
	for _, s := range r.fresh {
		r.release(s)
	}
	r.fresh = r.fresh[:0]
	r.kept = append(r.kept[:0], r.states...)
	r.stores.reuse()
}

func (r *replay) release(s *state) {
	if s.alive == r.reclaimed {
		return
	}
	for _, q := range s.queues {
		if q.refs--; q.refs == 0 {
			r.stores.leave(q.store)
			r.queues.give(q)
		}
	}
	s.nodes, s.pieces, s.hands = nil, nil, nil
	r.made.give(s)
}
