package pages

import "math/bits"

// cachePages is the number of pages that a cache covers (runtime/mpagecache.go).
const cachePages = 64

// A cache is the page cache of a P: some of 64 consecutive pages, which no other P can
// take until they are used or given back (runtime/mpagecache.go:pageCache).
type cache struct {
	page int64  // the first of the 64
	free uint64 // one bit for each page that it has
	scav uint64 // pages among them that are given back to the system
}

// allocCached takes pages from the P's cache, which is filled first if it is empty. It
// returns -1 if the cache has no n consecutive pages.
func (h *Heap) allocCached(p int, n int64) (page, scavenged int64) {
	c := &h.caches[p]
	if c.free == 0 {
		t := h.free.(*tree)
		*c = t.fillCache()
		if c.free == 0 {
			return -1, 0
		}
		h.event(Event{Kind: FillCache, P: p, Page: c.page, Pages: int64(bits.OnesCount64(c.free))})
	}
	i := findRow(c.free, uint(n))
	if i >= 64 {
		return -1, 0
	}
	mask := (uint64(1)<<n - 1) << i
	scavenged = int64(bits.OnesCount64(c.scav & mask))
	c.free &^= mask
	c.scav &^= mask
	page = c.page + int64(i)
	h.event(Event{Kind: FromCache, P: p, Page: page, Pages: n})
	return page, scavenged
}

// findRow returns the lowest index of n consecutive ones, or 64. (It is the runtime's
// findBitRange64: each step ands the word with a shifted copy of itself, which leaves a
// one where a run of twice the length begins.)
func findRow(word uint64, n uint) uint {
	for i := uint(1); i < n; {
		k := min(i, n-i)
		word &= word >> k
		i += k
	}
	return uint(bits.TrailingZeros64(word))
}

// FlushCache gives the pages of a P's cache back to the heap, as happens when the P is no
// longer used (runtime/mpagecache.go:(*pageCache).flush). It does nothing for an unknown
// P.
func (h *Heap) FlushCache(p int) {
	if p < 0 || p >= len(h.caches) || h.caches[p].free == 0 {
		return
	}
	c := &h.caches[p]
	h.event(Event{Kind: FlushCache, P: p, Page: c.page, Pages: int64(bits.OnesCount64(c.free))})
	h.free.(*tree).emptyCache(*c)
	*c = cache{}
}

// cached reports whether any of the pages lies in a cache.
func (h *Heap) cached(page, n int64) bool {
	for i := range h.caches {
		c := &h.caches[i]
		if page+n <= c.page || page >= c.page+cachePages {
			continue
		}
		from, to := max(page-c.page, 0), min(page+n-c.page, cachePages)
		if c.free&(^uint64(0)<<from)&(^uint64(0)>>(64-to)) != 0 {
			return true
		}
	}
	return false
}
