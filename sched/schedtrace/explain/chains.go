package explain

import (
	"slices"
)

// chains: another P has taken some, which the trace does not show yet, and this one has
// stolen some of those from it.
func (a *attempt) chains(s *state, inQueue, inPiece, at int) {
	if at < 0 || inQueue == a.p {
		return
	}
	for c := range a.r.ps {
		pp := &a.r.ps[c]
		if c == a.p || c == inQueue || !pp.looking || !s.queues[c].empty() || slices.ContainsFunc(s.hands, func(h hand) bool { return h.m == pp.m }) {
			continue
		}
		switch {
		case inPiece >= 0:
			x := s.pieces[inPiece]
			if x.next || x.found <= pp.since || x.from == c || x.from == s.global() {
				continue
			}
			for b := 0; b <= at; b++ {
				for _, end := range []int{b + 2*(at+1-b), b + 2*(at+1-b) + 1} {
					if end > len(x.entries) || !a.sizes(x.base+b, x.base+end, x.base+end, x.tail, len(a.r.bag)) {
						continue
					}
					n := s.fork()
					n.replacePiece(inPiece, x.part(0, b), x.part(end, len(x.entries)))
					a.chain(n, c, x.entries[b:end], hand{g: x.entries[end-1].g, m: pp.m, from: fromOther, slice: 1, victim: x.from, moved: end - b}, at+1-b)
				}
			}
		case inQueue == s.global():
			v := s.queues[inQueue]
			for _, end := range []int{2 * at, 2*at + 1} {
				if at == 0 || end > len(v.ring) {
					continue
				}
				fits := false
				for size := end; size <= len(v.ring) && !fits; size++ {
					fits = share(size, a.r.procs) == end
				}
				if !fits {
					continue
				}
				n := s.fork()
				taken := n.own(inQueue).cut(end)
				// The first runs, and the others are in its ring.
				order := append(slices.Clone(taken[1:]), taken[0])
				a.chain(n, c, order, hand{g: taken[0].g, m: pp.m, from: fromGlobal, slice: 1, victim: -1, moved: end}, at)
			}
		default:
			v := s.queues[inQueue]
			for b := 0; b <= at; b++ {
				if b > 0 && !a.r.others(c) {
					break
				}
				for _, end := range []int{b + 2*(at+1-b), b + 2*(at+1-b) + 1} {
					least := v.certain(&a.r.stamps, pp.since, pp.m)
					if end > len(v.ring) || !a.sizes(v.base+b, v.base+end, least, v.tail(), a.r.unknown(v)) {
						continue
					}
					n := s.fork()
					n.lose(inQueue, b, a.r.now)
					taken := n.own(inQueue).cut(end - b)
					a.chain(n, c, taken, hand{g: taken[end-b-1].g, m: pp.m, from: fromOther, slice: 1, victim: inQueue, moved: end - b}, at+1-b)
				}
			}
		}
	}
}

// chain: P c has taken entries, whose last runs there, and this P the first k of them.
func (a *attempt) chain(n *state, c int, entries []entry, h hand, k int) {
	rest := entries[:len(entries)-1]
	if !a.r.takes(len(rest), k) {
		return
	}
	n.bits += passedOn
	q := n.own(c)
	st := a.r.newStamp(0)
	for _, e := range rest[k:] {
		e.put, e.kicked = st.id, false
		q.push(e)
	}
	n.hands = append(slices.Clip(n.hands), h)
	a.take(n, rest[:k-1], n.queues[a.p].ticks, among)
	a.found(n, fromOther, c, k)
}
