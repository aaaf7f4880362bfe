package explain

import (
	"slices"
)

func (a *attempt) fromGlobal(s *state, at int) {
	if at > 0 && !a.others {
		return
	}
	ticks := s.queues[a.p].ticks
	if ticks&1 != 0 {
		n := s.fork()
		n.lose(n.global(), at, a.r.now)
		n.own(n.global()).cut(1)
		a.take(n, nil, 1, nowhere)
		n.bits += turnBits(ticks)
		a.found(n, fromGlobal, -1, 1)
	}
	// In its turn it would have been alone, if the queue was not empty then.
	if a.waiting(s) {
		ticks &^= 1
	}
	if ticks == 0 {
		return
	}
	g := s.queues[s.global()]
	most := len(g.ring) - at
	least := min(max(1, g.count(&a.r.stamps, at, a.since, a.m, ringSize/2*a.r.procs)), most)
	bag, came := 0, nowhere // of the bag, in the queue, and in the share: not in front, or they had run
	if g.bag == among {
		bag, came = len(a.r.bag), among
	}
	for k := max(1, share(least, a.r.procs)-bag); k <= min(most, share(most+bag, a.r.procs)) && !a.r.over; k++ {
		likely := k >= share(most, a.r.procs)-bag && k <= share(most+bag, a.r.procs)
		if !likely && a.frugal {
			continue
		}
		n := s.fork()
		if !a.leave(n) {
			return
		}
		n.lose(n.global(), at, a.r.now)
		if !likely {
			n.bits += unlikely
		}
		batch := n.own(n.global()).cut(k)
		a.take(n, batch[1:], ticks, came)
		a.found(n, fromGlobal, -1, k)
	}
}

// late: what another thread was about to put into the global queue, it may have put there
// only after this P took its share: it goes to the end.
func (a *attempt) late(s *state, at int) {
	v := s.queues[s.global()]
	var late []int
	for k := 0; k < min(len(v.ring), at+ringSize/2); k++ {
		if k != at && !a.r.stamps.at(v.ring[k].put).certain(a.since, a.m) && a.r.stamps.at(v.ring[k].put).overlaps && len(late) < 3 {
			late = append(late, k)
		}
	}
	for set := 1; set < 1<<len(late) && !a.r.over; set++ {
		n := s.fork()
		q := n.own(n.global())
		var ring, moved []entry
		to := at
		for k, e := range q.ring {
			if i := slices.Index(late, k); i >= 0 && set>>i&1 != 0 {
				moved = append(moved, e)
				if k < at {
					to--
				}
				continue
			}
			ring = append(ring, e)
		}
		q.set(append(ring, moved...))
		n.bits += unlikely * uint64(len(moved))
		was := a.ordered
		a.ordered = true
		a.fromGlobal(n, to)
		a.ordered = was
	}
}

func (a *attempt) globalPiece(s *state, i, at int) {
	x := s.pieces[i]
	ticks := s.queues[a.p].ticks
	if ticks&1 != 0 {
		n := s.fork()
		n.replacePiece(i, x.part(0, at), x.part(at+1, len(x.entries)))
		a.take(n, nil, 1, nowhere)
		n.bits += turnBits(ticks)
		a.found(n, fromGlobal, -1, 1)
	}
	last := 0
	for size := 1; size <= x.tail-x.base-at; size++ {
		k := share(size, a.r.procs)
		if k == last {
			continue
		}
		if last = k; at+k > len(x.entries) {
			return
		}
		n := s.fork()
		n.replacePiece(i, x.part(0, at), x.part(at+k, len(x.entries)))
		if !a.leave(n) {
			return
		}
		a.take(n, x.entries[at+1:at+k], ticks, among)
		a.found(n, fromGlobal, -1, k)
	}
}

// reorder explains a start by another order in the global queue, of what two threads put
// there at once.
func (a *attempt) reorder(s *state) {
	var mine spot
	if mine.queue, mine.piece, mine.at = s.where(a.g); mine.at < 0 || mine.queue < 0 && mine.piece < 0 {
		return
	}
	in := s.entry(mine).global
	if in == 0 {
		return
	}
	order := a.r.stamps.at(in)
	others := a.r.spots[:0]
	var last stampID // mostly that of the one before
	overlaps := false
	some := func(entries []entry, queue, piece int) {
		for k := range entries {
			if in := entries[k].global; in != last {
				last, overlaps = in, in > 0 && overlap(order, a.r.stamps.at(in))
			}
			if overlaps && entries[k].g != a.g {
				others = append(others, spot{queue, piece, k})
			}
		}
	}
	for i, q := range s.queues {
		some(q.ring, i, -1)
	}
	for i := range s.pieces {
		some(s.pieces[i].entries, -1, i)
	}
	a.r.spots = others
	a.ordered = true
	for _, other := range others {
		if a.r.over {
			break
		}
		n := s.fork()
		n.swap(mine, other)
		n.bits += unlikely
		a.explain(n, true)
	}
	a.ordered = false
}
