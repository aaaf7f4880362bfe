package explain

import (
	"math"
	"slices"
)

// A label is an explanation of one start.
type label struct {
	bits   uint64 // that it needs
	from   int32  // P, or -1
	moved  int32  // with it, itself among them; 0 for none
	source origin
	order  bool
}

// like reports whether two explanations are the same.
func (l *label) like(o *label) bool {
	return l.from == o.from && l.moved == o.moved && l.order == o.order && l.source == o.source
}

// started: a goroutine begins to run. It reports whether that can be explained; if the
// queues were known, the new layer's labels will say how.
func (r *replay) started(g, m int32, p int) bool {
	pp := &r.ps[p]
	defer func() {
		if pp.looking {
			pp.shown = r.now
		}
		pp.g, pp.m, pp.looking, pp.since = g, m, false, r.now
		r.ranLast(m, g)
	}()
	r.setRunnable(g, false)
	if !r.warm {
		return true
	}
	if r.bag[g] {
		delete(r.bag, g)
		r.fromBag(p, m)
		return true
	}
	if r.plain = r.plainly(g, m, p); r.plain {
		return true
	}
	a := &r.attempt
	a.begin(r, g, m, p)
	a.others, a.out = r.others(p), r.spare[:0]
	if pp.looking {
		pp.shown = r.now
	}
	pp.looking = false
	before := r.states
	if a.frugal = r.frugal(); a.frugal {
		r.leaveOut(false)
	}
	a.all(before)
	switch {
	case a.frugal && !r.over && len(a.out) == 0:
		a.frugal = false
		a.all(before)
	case !a.frugal && r.over:
		// That is too much at once.
		a.frugal, a.out = true, a.out[:0]
		r.over, r.work = false, max(r.work, 0)
		r.leaveOut(false)
		a.all(before)
	}
	if !r.over && len(a.out) == 0 && a.others {
		a.hidden = true
		for _, s := range before {
			if s.queues[p].empty() && !slices.ContainsFunc(s.hands, func(h hand) bool { return h.m == m || h.g == g }) {
				a.pieces = len(s.pieces)
				a.deep(s, hops)
			}
		}
	}
	out := a.out
	if r.over && len(out) > 0 {
		r.over = false
		r.leaveOut(true)
	}
	if r.over {
		return true // the states remain those before it, and it stays open
	}
	if len(out) == 0 {
		return false
	}
	r.layer++
	r.spare = before
	if len(out) == 1 && !out[0].vague && len(before) == 1 && len(before[0].nodes) == 0 && r.settled == r.layer-1 {
		// One state follows from one: nothing later says more of it.
		r.states, r.plain, r.settled = out, true, r.layer
		out[0].bits = 0
		return true
	}
	for _, s := range out {
		n := r.node(s.label, s)
		if !s.vague {
			s.nodes, s.bits = n.self[:1:1], 0
			continue
		}
		nodes := append(r.newEdges(1 + len(r.ps))[:0], edge{n, 0})
		r.thieves = true
		// A third may have stolen from a thief that has shown nothing yet: then from which P
		// it came, and how many, stays open.
		for c := range r.ps {
			if c != p && (r.ps[c].looking || r.ps[c].m == 0 || r.ps[c].shown > a.since) {
				nodes = append(nodes, edge{r.node(label{source: fromOther, from: int32(c), order: s.label.order}, s), passedOn})
			}
		}
		s.nodes, s.bits = nodes, 0
	}
	r.states = r.merge(out)
	return true
}

// all explains the start from all states.
func (a *attempt) all(states []*state) {
	r := a.r
	if r.cert.draining == 0 {
		for _, s := range states {
			if a.explain(s, false); r.over {
				return
			}
		}
	} else {
		r.drained(func(s *state) { a.explain(s, false) })
	}
	if !r.over && (len(a.out) == 0 || (a.lossy || a.overlaps) && !a.frugal) {
		// Perhaps the order in the global queue was another one than that of the events.
		for _, s := range states {
			if a.reorder(s); r.over {
				return
			}
		}
	}
}

// fromBag: what was runnable before the trace begins to run. If it was first in the global
// queue, others may have come with it.
func (r *replay) fromBag(p int, m int32) {
	r.each(func(s *state, add func(*state)) {
		g := s.queues[s.global()]
		if s.queues[p].empty() {
			var seen [ringSize / 2]bool
			for more := 0; more <= len(r.bag); more++ { // others of the bag among them
				last := 0
				for size := len(g.ring) + 1 + len(r.bag); size > 0; size-- {
					of := share(size, r.procs)
					k := of - 1 - more
					if of == last || k <= 0 || k > len(g.ring) || seen[k] {
						continue
					}
					last, seen[k] = of, true
					n := s.fork()
					n.bits += uint64(more)
					if size <= len(g.ring) {
						if n.bits += unlikely; r.frugal() {
							r.leaveOut(false)
							break
						}
					}
					q := n.own(p)
					q.bag = inFront
					st := r.newStamp(m)
					for _, e := range n.own(n.global()).cut(k) {
						e.put = st.id
						q.push(e)
					}
					q.ticks |= r.nextSlice(q.ticks)
					add(n)
				}
			}
		}
		q := s.own(p)
		if len(q.ring) == 0 {
			q.bag = inFront
		}
		q.ticks |= r.nextSlice(q.ticks)
		add(s)
	})
}

// drained calls f with every state, and with those in which a mark worker that runs has
// emptied its P's queue.
func (r *replay) drained(f func(*state)) {
	for _, s := range r.states {
		if r.over {
			return
		}
		for p := range r.ps {
			if r.ps[p].drains != nil {
				r.drain(s, p, f)
			}
		}
		f(s)
	}
}

// ranLast notes that a thread ran a goroutine.
func (r *replay) ranLast(m, g int32) {
	old := &r.threads[m].last
	if *old == g {
		return
	}
	if *old > 0 {
		r.lasts[*old]--
	}
	r.lasts[g]++
	*old = g
}

// held reports whether there are enough Ps, besides p, that can have what is in pieces.
func (r *replay) held(s *state, p int) bool { return len(s.pieces) == 0 || r.piecesHeld(s, p) }

func (r *replay) piecesHeld(s *state, p int) bool {
	looking, first := 0, uint64(math.MaxUint64)
	for i := range r.ps {
		if i == p {
			continue
		}
		if r.ps[i].looking {
			if slices.ContainsFunc(s.hands, func(h hand) bool { return h.m == r.ps[i].m }) {
				continue // that one has something else
			}
			looking++
			first = min(first, r.ps[i].since)
		} else if r.ps[i].m == 0 && r.lockedIn(s) {
			looking++
			first = 0
		}
	}
	for _, x := range s.pieces {
		if x.found <= first {
			return false
		}
	}
	return len(s.pieces) <= looking
}

// lockedIn reports whether a piece has a goroutine that may be locked to a thread: that
// thread has done nothing since it ran there.
func (r *replay) lockedIn(s *state) bool {
	for _, x := range s.pieces {
		for i := range x.entries {
			if r.lasts[x.entries[i].g] > 0 {
				return true
			}
		}
	}
	return false
}
