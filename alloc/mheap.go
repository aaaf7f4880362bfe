package alloc

import "math/bits"

func (h *Heap) layoutOf(class int, noscan bool) layout {
	i := 2 * class
	if noscan {
		i++
	}
	return h.layouts[i]
}

// alloc returns a span of n pages (runtime/mheap.go:(*mheap).alloc). While there are
// unswept spans it first sweeps spans without a live object, until n pages are free.
func (h *Heap) alloc(p int, npages int64, spc int) (*mspan, error) {
	if h.unswept > 0 {
		h.reclaim(npages)
	}
	run, err := h.pages.Alloc(p, npages)
	if err != nil {
		return nil, err
	}
	h.mapSpans()
	s := h.store.take()
	h.initSpan(s, spc, run.Page, npages)
	s.needzero, s.descriptor = !run.Zeroed, run.Descriptor
	if s.descriptor >= 0 {
		for int64(len(h.described)) <= s.descriptor {
			h.described = append(h.described, nil)
		}
		h.described[s.descriptor] = s
	}
	for i := run.Page; i < run.Page+npages; i++ {
		h.spans[i] = s
	}
	h.counts.spans++
	h.inUse(s)
	return s, nil
}

// mapSpans makes room for the spans of all pages.
func (h *Heap) mapSpans() {
	if n := h.pages.Mapped() - int64(len(h.spans)); n > 0 {
		h.spans = append(h.spans, make([]*mspan, n)...)
	}
}

// initSpan divides pages into slots (runtime/mheap.go:(*mheap).initSpan).
func (h *Heap) initSpan(s *mspan, spc int, page, npages int64) {
	class, noscan := h.sizeClass(spc)
	s.base = h.base + Addr(page)<<h.shift
	s.npages, s.spanclass, s.sweepgen = npages, uint8(spc), h.sweepgen
	if class == 0 {
		s.elemsize, s.nelems = uint64(npages)<<h.shift, 1
	} else {
		l := h.layoutOf(class, noscan)
		s.elemsize, s.nelems, s.header = l.elemsize, l.nelems, l.header
	}
	s.allocBits, s.gcmarkBits = h.store.bitsOf(page, s.words())
	if h.rules.freelists && class != 0 {
		if cap(s.freelist) < int(s.nelems) {
			s.freelist = make([]uint16, 0, s.nelems)
		}
		for i := int(s.nelems) - 1; i >= 0; i-- {
			s.freelist = append(s.freelist, uint16(i))
		}
	}
}

// freeSpan gives a span's pages back (runtime/mheap.go:(*mheap).freeSpan).
func (h *Heap) freeSpan(s *mspan) {
	page := int64(s.base-h.base) >> h.shift
	if h.trace != nil {
		class, _ := h.sizeClass(int(s.spanclass))
		h.event(Event{Kind: SpanFreed, Class: class, Addr: s.base, Bytes: s.npages << h.shift})
	}
	if s.descriptor >= 0 {
		h.described[s.descriptor] = nil
	}
	if err := h.pages.Free(h.acting, page, s.npages); err != nil {
		panic(err) // a span holds its pages
	}
	clear(h.spans[page : page+s.npages])
	h.counts.spans--
	if h.rules.objectLists { // an mcache keeps a span of which it has no free slot
		for p := range h.mcaches {
			if h.mcaches[p].alloc[s.spanclass] == s {
				h.mcaches[p].alloc[s.spanclass] = &h.empty
			}
		}
	}
	h.store.give(s)
}

// pagesPerReclaimerChunk is the number of pages whose spans are looked at together.
const pagesPerReclaimerChunk = 512

// reclaim sweeps spans without a marked object until enough pages are free, chunk by chunk
// of the heap. What a chunk has more is for the next calls, as are pages that other sweeps
// have freed (runtime/mheap.go:(*mheap).reclaim).
func (h *Heap) reclaim(npages int64) {
	for npages > 0 {
		if h.reclaimCredit > 0 {
			n := min(h.reclaimCredit, npages)
			h.reclaimCredit -= n
			npages -= n
			continue
		}
		if h.reclaimed >= int64(len(h.spans)) {
			return
		}
		h.reclaimCredit = h.reclaimChunk(h.reclaimed)
		if h.trace != nil {
			h.event(Event{Kind: Reclaimed, Addr: h.base + Addr(h.reclaimed)<<h.shift, Bytes: h.reclaimCredit << h.shift})
		}
		h.reclaimed += pagesPerReclaimerChunk
	}
}

// reclaimChunk sweeps the spans without a marked object that begin in a chunk, in address
// order, and returns the number of pages that it has freed. The spans stay in the
// mcentral's unswept set, where cacheSpan skips them
// (runtime/mheap.go:(*mheap).reclaimChunk).
func (h *Heap) reclaimChunk(page int64) (freed int64) {
	end := min(page+pagesPerReclaimerChunk, int64(len(h.spans)))
	for page < end {
		s := h.spans[page]
		first := int64(0)
		if s != nil {
			first = int64(s.base-h.base) >> h.shift
		}
		if s == nil || first < page { // or it begins in the chunk before
			page++
			continue
		}
		page = first + s.npages
		if s.sweepgen == h.sweepgen || s.inCache || h.pageMarked(s) {
			continue
		}
		n, spans := s.npages, h.counts.spans
		h.sweep(s, false)
		if h.counts.spans < spans {
			freed += n
		}
	}
	return freed
}

// pageMarked reports whether reclaim sees that the span has a live object. Since Go 1.26 it
// does not see that of a span whose mark bits are inside, for Green Tea, if its objects have
// no pointers or one alone is live, and sweeps the span in vain: only a scan of several
// objects tells (runtime/mgcmark_greenteagc.go:spanSetScans). That two live objects are
// scanned one by one, at different times, is possible and not modelled.
func (h *Heap) pageMarked(s *mspan) bool {
	if !h.rules.inlineMarks || s.elemsize < 16 || int64(s.elemsize) > h.rules.headerOver {
		return s.marked()
	}
	if _, noscan := h.sizeClass(int(s.spanclass)); noscan {
		return false
	}
	live := 0
	for _, w := range s.gcmarkBits {
		live += bits.OnesCount64(w)
	}
	return live > 1
}

// marked reports whether the collection found a live object in the span.
func (s *mspan) marked() bool {
	for _, w := range s.gcmarkBits {
		if w != 0 {
			return true
		}
	}
	return false
}
