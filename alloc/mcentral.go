package alloc

// An mcentral holds the spans of one class that are in no mcache, in sets: with and
// without free slots, swept and unswept. Swept and unswept trade roles when a collection
// ends (runtime/mcentral.go:mcentral). Up to Go 1.14 there were lists instead: see
// [listCentral].
type mcentral struct {
	partial [2]spanSet
	full    [2]spanSet
}

// A spanSet is a queue: the span that was put in first comes out first
// (runtime/mspanset.go:spanSet).
type spanSet struct {
	queue []*mspan
	head  int // index of the first span in the queue; earlier ones were given out
}

func (s *spanSet) push(span *mspan) { s.queue = append(s.queue, span) }

func (s *spanSet) pop() *mspan {
	if s.head == len(s.queue) {
		return nil
	}
	span := s.queue[s.head]
	s.head++
	if 2*s.head >= len(s.queue) {
		// At most half of the queue is unused, so a push is cheap on average.
		s.queue = s.queue[:copy(s.queue, s.queue[s.head:])]
		s.head = 0
	}
	return span
}

// spans returns the spans in the set.
func (s *spanSet) spans() []*mspan { return s.queue[s.head:] }

// swept and unswept return the index of the set that has this role in the current cycle.
func (h *Heap) swept() int      { return int(h.sweepgen / 2 % 2) }
func (h *Heap) unsweptSet() int { return 1 - h.swept() }

// put puts a swept span into its set or list.
func (c *mcentral) put(s *mspan, swept int) {
	if s.full() {
		c.full[swept].push(s)
	} else {
		c.partial[swept].push(s)
	}
}

// cacheSpan finds a span with room, an existing one or a fresh one.
func (h *Heap) cacheSpan(p, spc int) (*mspan, error) {
	find := h.findInSets
	if !h.rules.spanSets {
		find = h.findInLists
	}
	if s := find(p, spc); s != nil {
		return h.ready(s), nil
	}
	class, noscan := h.sizeClass(spc)
	s, err := h.alloc(p, h.layoutOf(class, noscan).npages, spc)
	if err != nil {
		return nil, err
	}
	if !h.rules.spanSets {
		h.lists[spc].empty.pushBack(s) // where spans are while an mcache has them
	}
	h.found(p, FreshSpan, s)
	return h.ready(s), nil
}

// sweepBudget is the number of spans that are swept in vain before a fresh one is taken.
const sweepBudget = 100

// findInSets finds a swept span, an unswept one that it sweeps, or a full unswept
// one that has room when it is swept (runtime/mcentral.go:(*mcentral).cacheSpan).
func (h *Heap) findInSets(p, spc int) *mspan {
	c := &h.central[spc]
	if s := c.partial[h.swept()].pop(); s != nil {
		h.found(p, PartialSwept, s)
		return s
	}
	budget := sweepBudget
	for ; budget >= 0; budget-- {
		s := c.partial[h.unsweptSet()].pop()
		if s == nil {
			break
		}
		if s.sweepgen == h.sweepgen {
			continue // reclaim has swept it and left it in the set
		}
		h.sweep(s, true)
		h.found(p, PartialUnswept, s)
		return s
	}
	for ; budget >= 0; budget-- {
		s := c.full[h.unsweptSet()].pop()
		if s == nil {
			break
		}
		if s.sweepgen == h.sweepgen {
			continue
		}
		h.sweep(s, true)
		if !s.full() {
			h.found(p, FullUnswept, s)
			return s
		}
		c.full[h.swept()].push(s)
	}
	return nil
}

func (h *Heap) found(p int, k Kind, s *mspan) {
	if h.trace != nil {
		class, _ := h.sizeClass(int(s.spanclass))
		h.event(Event{Kind: k, P: p, Class: class, Addr: s.base, Bytes: s.npages << h.shift, Needzero: s.needzero})
	}
}

// ready shifts allocCache so that it begins at freeindex.
func (h *Heap) ready(s *mspan) *mspan {
	if !h.rules.freelists {
		s.refillAllocCache(s.freeindex &^ 63)
		s.allocCache >>= s.freeindex % 64
	}
	return s
}
