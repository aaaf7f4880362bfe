package alloc

import "math/bits"

// GC performs a collection: it marks the live objects and sweeps every span, as
// runtime.GC does. It calls live for each allocated object in address order, with the
// address that Malloc returned, and for a block of tiny objects, which is live if one of
// them is, with that of the block. Since Go 1.9 the blocks that Ps are filling are live
// in any case. Live must not use the heap.
//
// It returns an error if live is nil or uses the heap.
func (h *Heap) GC(live func(Addr) bool) error {
	if err := h.mark(live, false); err != nil {
		return err
	}
	h.finishSweep()
	h.freeWorkBufs()
	return nil
}

// Mark performs the first part of [Heap.GC]: what a background collection does before it
// leaves the sweeping to allocations. (Up to Go 1.2 it swept everything.) It first sweeps
// the spans that the last collection has left.
func (h *Heap) Mark(live func(Addr) bool) error { return h.mark(live, true) }

func (h *Heap) mark(live func(Addr) bool, background bool) error {
	if h.rules == nil {
		return errZero
	}
	if live == nil {
		return errNoLive
	}
	switch {
	case h.inCollection:
		return errNested
	case h.telling:
		return errBusy
	}
	h.inCollection, h.acting = true, 0
	defer func() { h.inCollection = false }()
	h.finishSweep()
	h.takeWorkBufs()
	for page := 0; page < len(h.spans); {
		s := h.spans[page]
		if s == nil {
			page++
			continue
		}
		h.telling = true
		s.mark(live, h.freed)
		h.telling = false
		page += int(s.npages)
	}
	if h.rules.tinyRoots && (background || h.rules.concurrentGC) {
		h.markTiny()
	}
	h.markTermination()
	return nil
}

// markTiny marks the blocks that Ps are filling
// (runtime/mgcmark.go:gcMarkTinyAllocs).
func (h *Heap) markTiny() {
	for i := range h.mcaches {
		if tiny := h.mcaches[i].tiny; tiny != 0 {
			s := h.spanOf(tiny)
			j := uint64(tiny-s.base) / s.elemsize
			s.gcmarkBits[j/64] |= 1 << (j % 64)
		}
	}
}

// mark sets the mark bits of the span's live objects, without those that Free gave back.
func (s *mspan) mark(live func(Addr) bool, freed map[Addr]bool) {
	first := s.address(0)
	for w := range s.gcmarkBits {
		marks := uint64(0)
		for t := s.taken(w); t != 0; t &= t - 1 {
			i := bits.TrailingZeros64(t)
			a := first + Addr(uint64(w*64+i)*s.elemsize)
			if (len(freed) == 0 || !freed[a]) && live(a) {
				marks |= 1 << i
			}
		}
		s.gcmarkBits[w] = marks
	}
}

// markTermination ends the cycle: from here on all spans are unswept. Each P gives back
// the spans that it holds, and sweeps them, since it cached them before the cycle
// (runtime/mgc.go:gcMarkTermination, runtime/mcache.go:(*mcache).prepareForSweep). Up to
// Go 1.11 it gave them back before, and they were swept like others; in Go 1.2 it kept
// them.
func (h *Heap) markTermination() {
	h.collections++
	h.event(Event{Kind: MarkDone})
	if !h.rules.sweepsCached {
		h.flushAll()
	}
	h.sweepgen += 2
	h.sweepNext, h.sweepEnd, h.reclaimed, h.reclaimCredit = 0, len(h.described), 0, 0
	h.unswept = h.counts.spans
	h.pages.Collected()
	if h.rules.sweepsCached {
		h.flushAll()
	}
	for p := range h.mcaches {
		if h.rules.flushesIdle && !h.running[p] {
			h.pages.FlushCache(p)
		}
	}
	if !h.rules.lazySweep {
		h.finishSweep()
	}
}

// finishSweep empties the unswept sets, which may still hold swept spans.
func (h *Heap) finishSweep() {
	for h.sweepone() {
	}
}

// Sweep sweeps up to most spans, as the background sweeper does, and reports how many it
// swept. When fewer were left, it gives back the collector's work buffers, too.
func (h *Heap) Sweep(most int) int {
	if h.rules == nil || h.telling {
		return 0 // not from New, or called from Trace or live
	}
	n := 0
	for n < most && h.sweepone() {
		n++
	}
	if n < most {
		h.freeWorkBufs()
	}
	return n
}

// Scavenge gives at least the given number of bytes of free pages back to the system, the
// highest first, or all there are, and reports how many it gave. It does for all of them
// what debug.FreeOSMemory does after a collection.
func (h *Heap) Scavenge(bytes int64) int64 {
	if h.rules == nil || h.telling {
		return 0 // not from New, or called from Trace or live
	}
	return h.pages.Scavenge(bytes)
}

// Unswept reports how many spans wait to be swept.
func (h *Heap) Unswept() int { return h.unswept }

// Idle makes a P idle until it allocates again. Since Go 1.21 an idle P gives its page
// cache back when a collection ends, since it may stay idle for long
// (runtime/mgc.go:gcMarkTermination). It returns an error if the P is unknown.
func (h *Heap) Idle(p int) error {
	if uint(p) >= uint(len(h.mcaches)) {
		return h.unknownP(p)
	}
	h.running[p] = false
	return nil
}

// flushAll makes every P give back its spans at the end of a collection.
func (h *Heap) flushAll() {
	for p := range h.mcaches {
		c := &h.mcaches[p]
		c.reusable, c.tiny, c.tinyoffset = nil, 0, 0
		if !h.rules.objectLists {
			h.releaseAll(p)
		}
	}
}

// sweep frees the objects that were not marked: the mark bits become the allocation bits
// (runtime/mgcsweep.go:(*sweepLocked).sweep). With preserve the caller keeps the span;
// else it goes to the mcentral, or to the mheap if it is empty.
func (h *Heap) sweep(s *mspan, preserve bool) {
	h.unswept--
	class, _ := h.sizeClass(int(s.spanclass))
	wasFull := s.full()
	if len(h.freed) > 0 {
		h.forget(s)
	}
	nalloc := uint32(0)
	for _, w := range s.gcmarkBits {
		nalloc += uint32(bits.OnesCount64(w))
	}
	nfreed := s.allocCount - nalloc
	if h.rules.freelists && class != 0 {
		s.freeSlots()
	} else {
		s.freeindex = 0
	}
	s.allocCount, s.cached = nalloc, nalloc
	s.allocBits, s.gcmarkBits = s.gcmarkBits, s.allocBits
	clear(s.gcmarkBits)
	s.sweepgen = h.sweepgen
	if h.trace != nil {
		h.event(Event{Kind: Swept, Class: class, Addr: s.base, Bytes: int64(uint64(nfreed) * s.elemsize)})
	}
	if nfreed > 0 {
		s.needzero = true
		if class == 0 {
			h.counts.largeFrees++
			h.counts.largeFreed += s.elemsize
			h.freeSpan(s)
			return
		}
		h.counts.free[class] += uint64(nfreed)
	}
	switch {
	case h.rules.spanSets && preserve:
	case h.rules.spanSets && nalloc == 0:
		h.freeSpan(s)
	case h.rules.spanSets:
		h.central[s.spanclass].put(h.ready(s), h.swept())
	default:
		gone := nfreed > 0 && !preserve && h.sweptInList(s, wasFull)
		if !gone {
			h.inUse(h.ready(s))
		}
	}
}

// freeSlots puts the newly free slots, the lowest first, before those that were free, as
// up to Go 1.6 (go1.6.4 runtime/mgcsweep.go:mSpan_Sweep).
func (s *mspan) freeSlots() {
	for w := len(s.allocBits) - 1; w >= 0; w-- {
		for dead := s.allocBits[w] &^ s.gcmarkBits[w]; dead != 0; {
			i := 63 - bits.LeadingZeros64(dead)
			dead &^= 1 << i
			s.freelist = append(s.freelist, uint16(w*64+i))
		}
	}
}

// forget drops the record that [Heap.Free] keeps of an object.
func (h *Heap) forget(s *mspan) {
	for w := range s.gcmarkBits {
		for dead := s.taken(w) &^ s.gcmarkBits[w]; dead != 0; dead &= dead - 1 {
			delete(h.freed, s.address(w*64+bits.TrailingZeros64(dead)))
		}
	}
}
