package gc

import "math/bits"

// refAt returns the object of the lowest bit of word w.
func refAt(w int, word uint64) Ref { return Ref(w<<6 + bits.TrailingZeros64(word)) }

// sweepOne sweeps the next unswept span. It returns false if there is none.
// (`runtime/mgcsweep.go:sweepone`)
func (h *Heap) sweepOne() bool {
	if h.unswept == 0 {
		return false
	}
	for h.spans[h.sweepAt].sweepgen == h.sweepgen {
		h.sweepAt++
	}
	h.sweep(uint32(h.sweepAt))
	return true
}

// sweep reclaims the white objects of a span and makes the others white. It does nothing
// to a span that was swept. (`runtime/mgcsweep.go:(*sweepLocked).sweep`)
func (h *Heap) sweep(n uint32) {
	s := &h.spans[n]
	if s.sweepgen == h.sweepgen {
		return
	}
	s.sweepgen = h.sweepgen
	s.next = s.base
	h.unswept--
	h.work.SpansSwept++
	end := s.base + Ref(s.objects)
	reclaimed := uint64(0)
	if s.tiny {
		reclaimed = h.sweepBlocks(s)
	}
	for w := int(s.base >> 6); w<<6 < int(end); w++ {
		of := mask(w, s.base, end)
		for garbage := h.allocated[w] &^ h.marked[w] & of; garbage != 0 && !s.tiny; garbage &= garbage - 1 {
			r := refAt(w, garbage)
			if len(h.specials) > 0 && h.sweepSpecials(r, 1) {
				h.work.Revived++
				continue
			}
			h.reclaim(r)
			reclaimed++
		}
		h.marked[w] &^= of
		h.scanned[w] &^= of
	}
	h.work.Reclaimed += reclaimed
	if h.trace != nil {
		h.emit(Event{Kind: SpanSwept, Span: n, N: reclaimed})
	}
}

// reclaim frees an object.
func (h *Heap) reclaim(r Ref) {
	h.allocated.clear(r)
	h.objects--
	h.doomed.clear(r)
	if h.trace != nil {
		h.emit(Event{Kind: Reclaimed, Object: r})
	}
}
