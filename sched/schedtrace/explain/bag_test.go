package explain

import (
	"slices"
	"testing"
)

// TestBag: once a queue has given what came later, nothing of the bag is in it, so that its
// length is known, and with it the share of a P and half of a ring.
func TestBag(t *testing.T) {
	for name, c := range map[string]struct {
		plant func(r *replay)
		rings []int // how long the ring of P 0 can be after it took from the global queue
		third bool  // whether P 1 can have stolen two of it
	}{
		"in front": {func(*replay) {}, []int{0, 5}, false},
		"about to be put": {func(r *replay) {
			r.cert.opened = 1
			r.lost()
			r.cert.opened = 0
		}, []int{0, 4, 5}, true},
		"from a ring that was full": {func(r *replay) {
			r.overflow(r.states[0], 1, 0, entry{g: 20, put: r.newStamp(2).id}, r.newStamp(2))
			r.states[0].own(2).cut(1)
		}, []int{0, 4, 5}, true},
		"from a ring that was emptied": {func(r *replay) {
			r.states[0].put1(1, 20)
			r.ps[1].drains = r.newStamp(0)
			r.drain(r.states[0], 1, func(s *state) { r.states = []*state{s} })
			r.ps[1].drains = nil
			r.states[0].own(2).cut(1)
		}, []int{0, 4, 5}, true},
	} {
		r := newReplay(2, trueRules())
		r.event(1)
		r.acquired(0, 1, true)
		r.setRunnable(30, true)
		r.bag[30] = true
		c.plant(r)
		for g := range int32(10) {
			r.event(1)
			r.ready(g+1, 1, 0, fromUnknown, 0, toGlobal)
		}
		r.event(1)
		if !r.started(1, 1, 0) {
			t.Fatalf("%s: not explained", name)
		}
		var rings []int
		for _, s := range r.states {
			rings = append(rings, len(s.queues[0].ring))
		}
		slices.Sort(rings)
		if !slices.Equal(rings, c.rings) {
			t.Errorf("%s: the ring may have %v, want %v", name, rings, c.rings)
		}
		r.event(2)
		r.acquired(1, 2, true)
		r.event(2)
		if got := r.started(3, 2, 1); got != c.third {
			t.Errorf("%s: the third is explained: %v, want %v", name, got, c.third)
		}
	}
}

// put1 puts a goroutine into the ring of a P.
func (s *state) put1(p int, g int32) { s.own(p).push(entry{g: g, put: s.r.newStamp(1).id}) }

// TestBagMoves: where goroutines of the bag can be follows from what is put, moved and taken.
func TestBagMoves(t *testing.T) {
	begin := func() *replay {
		r := newReplay(2, trueRules())
		r.event(1)
		r.bag[30], r.bag[31] = true, true
		return r
	}
	check := func(name string, r *replay, queue int, want where) {
		t.Helper()
		for _, s := range r.states {
			if got := s.queues[queue].bag; got != want {
				t.Errorf("%s: %d, want %d", name, got, want)
			}
		}
	}
	r := begin()
	r.put(r.states[0], 1, 1, toNext, r.newStamp(1), nil)
	r.put(r.states[0], 2, 1, toNext, r.newStamp(1), nil)
	check("what was in runnext is in front of the first that was moved from there", r, 1, inFront)
	r = begin()
	r.put(r.states[0], 1, 1, toTail, r.newStamp(1), nil)
	r.put(r.states[0], 2, 1, toNext, r.newStamp(1), nil)
	check("what was in runnext is after what was put into the ring before", r, 1, among)
	r = begin()
	r.states[0].own(1).bag = nowhere
	r.acquired(1, 1, true)
	r.started(30, 1, 1)
	check("others may have come with one of the bag", r, 1, inFront)
	r = begin()
	r.put(r.states[0], 1, 1, toTail, r.newStamp(1), nil)
	r.states[0].own(1).cut(1)
	check("what is in front is gone with the first", r, 1, nowhere)
	r = begin()
	r.resize(1)
	check("the queue of a P that goes", r, 2, among)
}

// TestStorm: what is open where goroutines do nothing but call Gosched, is open in truth. One
// thread runs ten of them on four Ps, so that the order of the global queue is known, and its
// schedtick may have begun with any of 61 values. Of these 21, those in which the turn of
// the global queue comes when the ring is empty, give the same goroutines in the same order
// forever: a share is three of them, and 60 slices are twenty shares. Two thirds of the
// starts have two sources among these.
func TestStorm(t *testing.T) {
	const procs, size, n = 4, 10, 5 * 61
	histories := map[[n]int]map[int][n]Source{}
	for first := range 61 {
		var ring, global []int
		for g := range size {
			global = append(global, g)
		}
		var order [n]int
		var from [n]Source
		for i := range n {
			g := 0
			switch {
			case (first+i)%61 == 0:
				g, global, from[i] = global[0], global[1:], Global
			case len(ring) > 0:
				g, ring, from[i] = ring[0], ring[1:], Ring
			default:
				k := share(len(global), procs)
				g, ring, global, from[i] = global[0], global[1:k], global[k:], Global
			}
			order[i] = g
			global = append(slices.Clip(global), g)
		}
		if histories[order] == nil {
			histories[order] = map[int][n]Source{}
		}
		histories[order][first] = from
	}
	most := 0
	for _, same := range histories {
		open := 0
		for i := range n {
			seen := map[Source]bool{}
			for _, from := range same {
				seen[from[i]] = true
			}
			if len(seen) > 1 {
				open++
			}
		}
		if most = max(most, len(same)); len(same) > 1 && open != 200 {
			t.Errorf("%d of %d starts have two sources, want 200", open, n)
		}
	}
	if most != 21 || len(histories) != 41 {
		t.Errorf("%d orders, and %d values of schedtick that give the same; want 41 and 21", len(histories), most)
	}
}
