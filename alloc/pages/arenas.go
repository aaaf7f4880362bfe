package pages

// arenas records the address space that the operating system reserved, and how much of it
// the heap uses. Here the reservations are adjacent.
type arenas struct {
	reserved int64 // pages
	mapped   int64 // pages that the heap uses of them
}

// grow adds at least n pages to the heap (runtime/mheap.go:(*mheap).grow).
func (h *Heap) grow(n int64) error {
	k := h.rules
	const most = 1 << 48 // bytes of address space
	ask := (min(n, most/k.pageSize) + k.round - 1) / k.round * k.round
	ask = max(ask, k.step)
	a := &h.arenas
	if ask > h.limit-a.mapped {
		h.event(Event{Kind: NoMemory, Page: a.mapped, Pages: ask})
		return h.outOfMemory()
	}
	if need := a.mapped + ask - a.reserved; need > 0 {
		size := (need + k.arena - 1) / k.arena * k.arena
		h.event(Event{Kind: Reserve, Page: a.reserved, Pages: size})
		a.reserved += size
	}
	h.event(Event{Kind: Grow, Page: a.mapped, Pages: ask})
	h.free.grow(a.mapped, ask)
	a.mapped += ask
	h.stats.Scavenged += ask
	return nil
}
