package explain

import "slices"

// plainly does what started does if all states explain the start by what the P has itself,
// and in the same way, so that nothing later says more of it. Most starts are so.
func (r *replay) plainly(g, m int32, p int) bool {
	if len(r.states) == 0 || len(r.states) > len(r.slices) || r.cert.draining > 0 || r.lifo || r.globalFirst {
		return false
	}
	a := &r.attempt
	a.begin(r, g, m, p)
	for i, s := range r.states {
		l, ticks, ok := a.plain(s)
		if !ok || i > 0 && l != r.states[0].label || !r.held(s, p) {
			return false
		}
		s.label, r.slices[i] = l, ticks
	}
	for i, s := range r.states {
		q := s.own(p)
		q.ticks = r.slices[i]
		switch {
		case len(s.hands) > 0:
			s.hands = nil
		case q.next.g == g:
			q.next = entry{}
		default:
			q.cut(1)
		}
	}
	if len(r.states) > 1 && r.now%16 == 0 {
		// It seldom makes states equal.
		r.states = r.merge(r.states)
	}
	return true
}

// plainPut does what ready does if there is one place for the goroutine in all states.
func (r *replay) plainPut(g, m int32, p int, h origin, slice int, w way, st *stamp) bool {
	if w == injecting || w == toGoOn || w == toHand && h == fromNetwork {
		return false
	}
	for _, s := range r.states {
		if r.full(s, p, w) || s.owes == m || r.scheduler && len(s.hands) > 0 {
			return false
		}
	}
	for _, s := range r.states {
		if w == toHand {
			s.hands = append(slices.Clip(s.hands), hand{g: g, m: m, from: h, slice: slice, victim: -1})
			continue
		}
		r.put(s, g, p, w, st, nil)
	}
	return true
}

// plain is how a state explains the start by what the P has itself, and what schedtick can
// be then.
func (a *attempt) plain(s *state) (l label, ticks uint64, ok bool) {
	q := s.queues[a.p]
	if len(s.hands) > 0 {
		h := s.hands[0]
		if len(s.hands) > 1 || h.m != a.m || h.g != a.g || h.from == fromOther || h.from == fromGlobal {
			return label{}, 0, false
		}
		ticks = q.ticks
		switch h.slice {
		case 1:
			ticks = a.r.nextSlice(ticks)
		case 2:
			ticks |= a.r.nextSlice(ticks)
		}
		return label{source: h.from, from: int32(h.victim), moved: int32(h.moved)}, ticks, true
	}
	next := q.next.g == a.g
	if !next && (q.next.g != 0 || len(q.ring) == 0 || q.ring[0].g != a.g || q.ring[0].global > 0 && a.r.stamps.at(q.ring[0].global).overlaps) {
		return label{}, 0, false
	}
	if ticks = a.turn(s); ticks == 0 {
		return label{}, 0, false
	}
	if !next {
		return label{source: fromRing, from: -1}, a.r.nextSlice(ticks), true
	}
	if a.locked() {
		// As in ownNext.
		ticks |= a.r.nextSlice(ticks)
	}
	return label{source: fromNext, from: -1}, ticks, true
}
