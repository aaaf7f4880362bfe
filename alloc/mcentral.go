package alloc

// An mcentral has the spans of one class that no mcache has, in sets: with and
// without free slots, swept and unswept. The last two trade roles when a
// collection ends (runtime/mcentral.go:mcentral). Up to Go 1.14 there were two
// lists, nonempty and empty, with swept and unswept spans mixed, and a lock.
type mcentral struct {
	partial [2]spanSet
	full    [2]spanSet
}

// A spanSet gives out the span that was put in first (runtime/mspanset.go:spanSet).
type spanSet struct {
	queue []*mspan
	head  int // of the queue; what is before it was given out
}

func (s *spanSet) push(span *mspan) { s.queue = append(s.queue, span) }

func (s *spanSet) pop() *mspan {
	if s.head == len(s.queue) {
		return nil
	}
	span := s.queue[s.head]
	s.head++
	if 2*s.head >= len(s.queue) {
		// No more than half of it is ever given out, so a push costs little.
		s.queue = s.queue[:copy(s.queue, s.queue[s.head:])]
		s.head = 0
	}
	return span
}

// spans are those in it.
func (s *spanSet) spans() []*mspan { return s.queue[s.head:] }

// swept and unswept are which of two sets is which.
func (h *Heap) swept() int      { return int(h.sweepgen / 2 % 2) }
func (h *Heap) unsweptSet() int { return 1 - h.swept() }

// put puts a swept span where it belongs.
func (c *mcentral) put(s *mspan, swept int) {
	if s.full() {
		c.full[swept].push(s)
	} else {
		c.partial[swept].push(s)
	}
}

// sweepBudget is how many spans are swept in vain before a fresh one is taken.
const sweepBudget = 100

// cacheSpan finds a span with room: a swept one, an unswept one that it sweeps, a
// full unswept one that has room when it is swept, or a fresh one
// (runtime/mcentral.go:(*mcentral).cacheSpan).
func (h *Heap) cacheSpan(p, spc int) (*mspan, error) {
	c := &h.central[spc]
	if s := c.partial[h.swept()].pop(); s != nil {
		h.found(p, PartialSwept, s)
		return s.ready(), nil
	}
	budget := sweepBudget
	for ; budget >= 0; budget-- {
		s := c.partial[h.unsweptSet()].pop()
		if s == nil {
			break
		}
		if s.sweepgen == h.sweepgen {
			continue // reclaim was here first, and left it in its set
		}
		h.unswept--
		h.sweep(s, true)
		h.found(p, PartialUnswept, s)
		return s.ready(), nil
	}
	for ; budget >= 0; budget-- {
		s := c.full[h.unsweptSet()].pop()
		if s == nil {
			break
		}
		if s.sweepgen == h.sweepgen {
			continue
		}
		h.unswept--
		h.sweep(s, true)
		if !s.full() {
			h.found(p, FullUnswept, s)
			return s.ready(), nil
		}
		c.full[h.swept()].push(s)
	}
	class, noscan := h.sizeClass(spc)
	s, err := h.alloc(p, h.layoutOf(class, noscan).npages, spc)
	if err != nil {
		return nil, err
	}
	h.found(p, FreshSpan, s)
	return s.ready(), nil
}

func (h *Heap) found(p int, k Step, s *mspan) {
	if h.trace != nil {
		class, _ := h.sizeClass(int(s.spanclass))
		h.event(Event{Kind: k, P: p, Class: class, Addr: s.base, Bytes: s.npages << h.shift})
	}
}

// ready has allocCache begin at freeindex.
func (s *mspan) ready() *mspan {
	if s.freelist == nil {
		s.refillAllocCache(s.freeindex &^ 63)
		s.allocCache >>= s.freeindex % 64
	}
	return s
}
