package explain

import (
	"slices"
)

// hops is how many thieves that show nothing yet can have passed a goroutine on.
const hops = 3

// deep explains a start that nothing else explains: another P has taken the goroutine with
// others, which the trace does not show yet, and this one has stolen it from there, or from
// a third that did the same.
func (a *attempt) deep(s *state, left int) {
	if left == 0 || a.r.over {
		return
	}
	inQueue, inPiece, at := s.where(a.g)
	if at < 0 || inQueue == a.p {
		return
	}
	for c := range a.r.ps {
		pp := &a.r.ps[c]
		if c == a.p || c == inQueue || !pp.looking || !s.queues[c].empty() || slices.ContainsFunc(s.hands, func(h hand) bool { return h.m == pp.m }) {
			continue
		}
		a.takes(s, c, inQueue, inPiece, at, func(n *state, gone []entry, first bool, h hand) {
			rest := gone[:len(gone)-1]
			h.g = gone[len(gone)-1].g
			if first {
				rest, h.g = gone[1:], gone[0].g
			}
			n.bits += 2 * passedOn
			q := n.own(c)
			st := a.r.newStamp(0)
			for _, e := range rest {
				e.put, e.kicked = st.id, false
				q.push(e)
			}
			h.m, h.slice = pp.m, 1
			n.hands = append(slices.Clip(n.hands), h)
			_, _, at := n.where(a.g)
			a.steal(n, c, at)
			a.deep(n, left-1)
		})
	}
}

// takes calls f with every way in which P c can have taken the goroutine without running
// it: the state without them, and all that it took, of which the first or the last runs.
func (a *attempt) takes(s *state, c, inQueue, inPiece, at int, f func(n *state, gone []entry, first bool, h hand)) {
	const most = 64 // of a queue that is looked at
	since, m := a.r.ps[c].since, a.r.ps[c].m
	switch {
	case inPiece >= 0:
		x := s.pieces[inPiece]
		if x.next || x.found <= since || x.from == c || len(x.entries) > most {
			return
		}
		for b := 0; b <= at && !a.r.over; b++ {
			for end := at + 1; end <= len(x.entries); end++ {
				h := hand{from: fromOther, victim: x.from, moved: end - b}
				first := x.from == s.global()
				if first {
					h.from, h.victim = fromGlobal, -1
				}
				if first && (b == at || !a.shares(end-b, x.tail-x.base-b)) || !first && (end == at+1 || !a.sizes(x.base+b, x.base+end, x.base+end, x.tail, len(a.r.bag))) {
					continue
				}
				n := s.fork()
				n.replacePiece(inPiece, x.part(0, b), x.part(end, len(x.entries)))
				f(n, x.entries[b:end], first, h)
			}
		}
	case inQueue >= 0:
		v := s.queues[inQueue]
		first := inQueue == s.global()
		for b := 0; b <= at && len(v.ring) <= most && !a.r.over; b++ {
			if b > 0 && !a.r.others(c) {
				break
			}
			for end := at + 1; end <= len(v.ring); end++ {
				h := hand{from: fromOther, victim: inQueue, moved: end - b}
				if first {
					h.from, h.victim = fromGlobal, -1
				}
				if first && (b == at || !a.shares(end-b, len(v.ring)-b)) || !first && (end == at+1 || !a.sizes(v.base+b, v.base+end, v.certain(&a.r.stamps, since, m), v.tail(), a.r.unknown(v))) {
					continue
				}
				n := s.fork()
				n.lose(inQueue, b, a.r.now)
				f(n, n.own(inQueue).cut(end-b), first, h)
			}
		}
	}
}

// shares reports whether that number is the share of a global queue of at most that size.
func (a *attempt) shares(taken, most int) bool {
	for size := taken; size <= most; size++ {
		if share(size, a.r.procs) == taken {
			return true
		}
	}
	return false
}
