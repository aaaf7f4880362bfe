package explain

import (
	"slices"
)

// steal: the places [i, at] of another P's ring, of which the last runs.
func (a *attempt) steal(s *state, from, at int) {
	v := s.queues[from]
	if a.r.firstStolen && at > 0 && !a.others {
		return
	}
	end := v.base + at + 1
	bag, came := a.r.unknown(v), v.bag
	least, most := v.certain(&a.r.stamps, a.since, a.m), v.tail()
	for i := v.base; i < end; i++ {
		if i > v.base && !a.others {
			return
		}
		if !a.sizes(i, end, least, most, bag) || a.frugal && !a.sizes(i, end, most, most, bag) {
			continue
		}
		n := s.fork()
		if !a.leave(n) {
			return
		}
		n.lose(from, i-v.base, a.r.now)
		if !a.sizes(i, end, most, most, bag) {
			n.bits += unlikely // what came last was not there yet
		}
		taken := n.own(from).cut(end - i)
		a.take(n, taken[:len(taken)-1], n.queues[a.p].ticks, came)
		a.found(n, fromOther, from, end-i)
	}
}

// sizes reports whether a thief takes [i,end) when the ring ends at one of the places
// from least to most, and there may be that number of the bag in it. It takes no more than
// there is: of one that ends before end, that is none.
func (a *attempt) sizes(i, end, least, most, bag int) bool {
	taken := end - i
	for more := 1; more <= bag; more++ { // before them in the ring, and with them
		for n := taken; i+n <= most; n++ {
			if i+n >= least && a.r.takes(n+more, taken+more) {
				return true
			}
		}
	}
	for _, n := range []int{2*taken - 1, 2 * taken, 2*taken + 1} {
		if t := i + n; t >= least && t <= most && a.r.takes(n, taken) {
			return true
		}
	}
	return false
}

// stealNext: runnext, which is taken only when the ring is empty.
func (a *attempt) stealNext(s *state, from int) {
	v := s.queues[from]
	k := v.certain(&a.r.stamps, a.since, a.m) - v.base
	if k > 0 && !a.others {
		return
	}
	n := s.fork()
	if !a.leave(n) {
		return
	}
	n.lose(from, k, a.r.now)
	if len(v.ring) > k {
		n.bits += unlikely
	}
	n.own(from).next = entry{}
	a.take(n, nil, n.queues[a.p].ticks, nowhere)
	a.found(n, fromOther, from, 1)
}

// stealKicked: it was taken as runnext, before what now seems to have moved it into the
// ring.
func (a *attempt) stealKicked(s *state, from, at int) {
	v := s.queues[from]
	if a.r.stamps.at(v.ring[at].put).certain(a.since, a.m) {
		return
	}
	k := 0 // that were before it then
	for k < at && a.r.stamps.at(v.ring[k].put).certain(a.since, a.m) {
		k++
	}
	if k > 0 && !a.others {
		return
	}
	n := s.fork()
	if !a.leave(n) {
		return
	}
	n.bits += unlikely
	q := n.own(from)
	q.set(slices.Concat(q.ring[:at], q.ring[at+1:]))
	n.lose(from, k, a.r.now)
	a.take(n, nil, n.queues[a.p].ticks, nowhere)
	a.found(n, fromOther, from, 1)
}

// fromPiece: what was seen to be gone.
func (a *attempt) fromPiece(s *state, i, at int) {
	x := s.pieces[i]
	if x.found <= a.since {
		return // it was gone before this P looked
	}
	ticks := s.queues[a.p].ticks
	own := x.from == a.p
	switch {
	case x.next:
		if own {
			return
		}
		n := s.fork()
		n.replacePiece(i)
		if !a.leave(n) {
			return
		}
		a.take(n, nil, ticks, nowhere)
		a.found(n, fromOther, x.from, 1)
	case own:
		n := s.fork()
		n.replacePiece(i, x.part(0, at), x.part(at+1, len(x.entries)))
		q := n.own(a.p)
		q.ticks = a.r.nextSlice(ticks)
		a.found(n, fromRing, -1, 0)
	case x.from == s.global():
		a.globalPiece(s, i, at)
	default:
		end := x.base + at + 1
		for b := x.base; b < end; b++ {
			if !a.sizes(b, end, end, x.tail, len(a.r.bag)) {
				continue
			}
			n := s.fork()
			n.replacePiece(i, x.part(0, b-x.base), x.part(at+1, len(x.entries)))
			if !a.r.takes(x.tail-b, end-b) {
				n.bits += unlikely
			}
			if !a.leave(n) {
				return
			}
			a.take(n, x.entries[b-x.base:at], ticks, among)
			a.found(n, fromOther, x.from, end-b)
		}
	}
}
