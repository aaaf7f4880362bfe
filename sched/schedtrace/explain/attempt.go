package explain

import (
	"slices"
)

// An attempt explains that goroutine g begins to run on thread m and P p, which has
// looked for work since an event.
type attempt struct {
	r        *replay
	g, m     int32
	p        int
	since    uint64
	others   bool
	ordered  bool // an order in the global queue had to be chosen
	lossy    bool // something was taken to be gone
	overlaps bool // others came into the global queue while it did
	frugal   bool // only what is likely is looked at
	hidden   bool // it is from what another has taken, which the trace does not show yet
	pieces   int  // of the state that is looked at
	out      []*state
}

// begin: nothing has been tried.
func (a *attempt) begin(r *replay, g, m int32, p int) {
	*a = attempt{}
	a.r, a.g, a.m, a.p, a.since = r, g, m, p, r.ps[p].since
	if r.threads[m].last == g {
		a.since = min(a.since, r.ps[p].before)
	}
}

func (a *attempt) found(s *state, source origin, from, moved int) {
	if len(s.pieces) > a.pieces {
		a.lossy = true
	}
	if a.r.held(s, a.p) {
		s.label = label{source: source, from: int32(from), moved: int32(moved), order: a.ordered}
		s.vague = source == fromOther && (a.hidden || len(s.pieces) > 0) || source == fromGlobal && a.hidden
		a.out = append(a.out, s)
	}
}

// explain adds what follows from a state.
func (a *attempt) explain(s *state, swapped bool) {
	a.pieces = len(s.pieces)
	for i, h := range s.hands {
		if h.m == a.m {
			if h.g != a.g {
				return // it would have run that one
			}
			n := s.fork()
			n.hands = slices.Concat(n.hands[:i], n.hands[i+1:])
			q := n.own(a.p)
			switch h.slice {
			case 1:
				q.ticks = a.r.nextSlice(q.ticks)
			case 2:
				q.ticks |= a.r.nextSlice(q.ticks)
			}
			a.hidden = h.from == fromOther
			a.found(n, h.from, h.victim, h.moved)
			a.hidden = false
			return
		}
	}
	if slices.ContainsFunc(s.hands, func(h hand) bool { return h.g == a.g }) {
		return
	}
	own := s.queues[a.p]
	if own.next.g == a.g {
		a.ownNext(s)
		return
	}
	inQueue, inPiece, at := s.where(a.g)
	if inQueue < 0 && inPiece < 0 {
		return
	}
	if inQueue >= 0 && at >= 0 {
		e := &s.queues[inQueue].ring[at]
		a.overlaps = a.overlaps || e.global > 0 && a.r.stamps.at(e.global).overlaps
	}
	if !swapped && a.others && !a.frugal && s.queues[a.p].empty() {
		a.hidden = true
		a.chains(s, inQueue, inPiece, at)
		a.hidden = false
	}
	switch {
	case inPiece >= 0:
		a.hidden = true
		a.fromPiece(s, inPiece, at)
		a.hidden = false
	case inQueue == a.p:
		a.ownRing(s, at)
	case inQueue == s.global():
		a.fromGlobal(s, at)
		if !swapped && !a.frugal {
			a.late(s, at)
		}
	case at < 0:
		a.stealNext(s, inQueue)
	default:
		a.steal(s, inQueue, at)
		if s.queues[inQueue].ring[at].kicked {
			a.stealKicked(s, inQueue, at)
		}
	}
}

// turn says what schedtick can have been if the global queue was passed over.
func (a *attempt) turn(s *state) uint64 {
	ticks := s.queues[a.p].ticks
	if a.waiting(s) {
		ticks &^= 1
	}
	return ticks
}

// waiting reports whether something was in the global queue for certain when this P
// looked, whatever others may have taken that the trace does not show yet.
func (a *attempt) waiting(s *state) bool {
	g := s.queues[s.global()]
	if len(g.ring) == 0 {
		return false
	}
	gone := 0
	for c := range a.r.ps {
		if c == a.p || !a.r.ps[c].looking {
			continue
		}
		if s.queues[c].empty() {
			gone += share(len(g.ring), a.r.procs)
		} else {
			gone++ // in its turn
		}
	}
	return g.count(&a.r.stamps, 0, a.since, a.m, gone+1) > gone
}

func (a *attempt) ownNext(s *state) {
	ticks := a.turn(s)
	if a.r.globalFirst && a.waiting(s) {
		return
	}
	if ticks == 0 {
		return
	}
	n := s.fork()
	q := n.own(a.p)
	q.next, q.ticks = entry{}, ticks
	if a.locked() {
		// Perhaps it is locked to its thread: another has handed it over, and a time slice
		// begins.
		q.ticks |= a.r.nextSlice(ticks)
	}
	a.found(n, fromNext, -1, 0)
}

// locked reports whether the goroutine may be locked to its thread: that gives its P up
// when the goroutine stops, and is given one when it is to run.
func (a *attempt) locked() bool {
	pp := &a.r.ps[a.p]
	return a.r.threads[a.m].last == a.g && pp.since != pp.before
}

func (a *attempt) ownRing(s *state, at int) {
	ticks := a.turn(s)
	if ticks == 0 {
		return
	}
	if a.r.globalFirst && a.waiting(s) {
		return
	}
	n := s.fork()
	q := n.own(a.p)
	if a.r.lifo {
		if at != len(q.ring)-1 || q.next.g != 0 {
			return
		}
		q.set(slices.Clone(q.ring[:at]))
		q.ticks = a.r.nextSlice(ticks)
		a.found(n, fromRing, -1, 0)
		return
	}
	if q.next.g != 0 {
		if !a.others {
			return
		}
		n.loseNext(a.p, a.r.now)
	}
	if at > 0 {
		if !a.others {
			return
		}
		n.lose(a.p, at, a.r.now)
	}
	q = n.own(a.p)
	q.cut(1)
	q.ticks = a.r.nextSlice(ticks)
	a.found(n, fromRing, -1, 0)
}

// leave empties the P's own queues, since it has looked elsewhere: what is in them, another
// must have taken.
func (a *attempt) leave(n *state) bool {
	q := n.own(a.p)
	if !q.empty() {
		if !a.others {
			return false
		}
		if q.next.g != 0 {
			n.loseNext(a.p, a.r.now)
		}
		n.lose(a.p, len(q.ring), a.r.now)
	}
	q.bag = nowhere
	return true
}

// take gives the P's ring what came with the goroutine, and a new slice. Some of the bag may
// have come with them.
func (a *attempt) take(n *state, rest []entry, ticks uint64, bag where) {
	q := n.own(a.p)
	if bag != nowhere && len(a.r.bag) > 0 {
		q.bag = bag
	}
	if len(rest) > 0 {
		st := a.r.newStamp(a.m) // it was there before the event
		for _, e := range rest {
			e.put, e.kicked = st.id, false
			q.push(e)
		}
	}
	q.ticks = a.r.nextSlice(ticks)
}
