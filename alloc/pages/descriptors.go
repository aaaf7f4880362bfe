package pages

// Each P keeps some descriptors of spans, so that it can make a span from its page cache
// without the heap's lock (runtime/runtime2.go:p.mspancache).
const spanCache = 128

// takeDescriptor takes a descriptor from the P's cache, which is first filled by half
// if it is empty (runtime/mheap.go:(*mheap).allocMSpanLocked).
func (h *Heap) takeDescriptor(p int) {
	if h.spanCaches == nil {
		return
	}
	if h.spanCaches[p] == 0 {
		h.spanCaches[p] = spanCache / 2
		h.spans += spanCache / 2
	}
	h.spanCaches[p]--
}

// giveDescriptor gives a descriptor back to the P's cache, or to the heap if that is full
// (runtime/mheap.go:(*mheap).freeMSpanLocked).
func (h *Heap) giveDescriptor(p int) {
	switch {
	case h.spanCaches == nil:
	case h.spanCaches[p] < spanCache:
		h.spanCaches[p]++
	default:
		h.spans--
	}
}

// Descriptors returns the number of descriptors of spans: those in use, and those of free
// rows up to Go 1.13, or in the caches of Ps since then.
func (h *Heap) Descriptors() int64 {
	if r, ok := h.free.(*rows); ok {
		return r.descriptors.inUse
	}
	return h.spans
}
