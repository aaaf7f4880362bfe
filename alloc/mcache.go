package alloc

import "fmt"

// An mcache is the part of the allocator that a P has for itself and uses without a lock:
// a span of each class, and the block that tiny objects share (runtime/mcache.go:mcache).
type mcache struct {
	alloc      []*mspan // by span class
	tiny       Addr     // the current block, or 0
	tinyoffset int64    // offset of the first free byte after its last object
	tinyAllocs uint64   // objects combined into an existing block
	reusable   map[int][]Addr
	objects    [][]uint16 // in Go 1.2: by span class, the free slots of the span, the next one last
}

func (c *mcache) reset(empty *mspan) {
	for i := range c.alloc {
		c.alloc[i] = empty
	}
}

// refill gives the P a span of the class that has room, in place of the full one
// (runtime/mcache.go:(*mcache).refill).
func (h *Heap) refill(p int, c *mcache, spc int) error {
	if c.alloc[spc] != &h.empty {
		h.uncache(p, c, spc)
	}
	s, err := h.cacheSpan(p, spc)
	if err != nil {
		return err
	}
	if h.rules.objectLists {
		c.takeObjects(spc, s)
	} else {
		s.inCache, s.cached = true, s.allocCount
	}
	c.alloc[spc] = s
	if h.trace != nil {
		class, _ := h.sizeClass(spc)
		h.event(Event{Kind: Refill, P: p, Class: class, Addr: s.base, Bytes: s.npages << h.shift})
	}
	return nil
}

// uncache gives the P's span of the class back to the mcentral. A span that was cached
// before the collection began is swept now (runtime/mcentral.go:(*mcentral).uncacheSpan).
func (h *Heap) uncache(p int, c *mcache, spc int) {
	s := c.alloc[spc]
	c.alloc[spc] = &h.empty
	if h.rules.objectLists && len(c.objects[spc]) == 0 {
		return // no span to give back
	}
	class, _ := h.sizeClass(spc)
	if s.inCache {
		h.counts.malloc[class] += uint64(s.allocCount - s.cached)
		s.inCache = false
	}
	if h.trace != nil {
		h.event(Event{Kind: Uncache, P: p, Class: class, Addr: s.base, Bytes: s.npages << h.shift})
	}
	stale := s.sweepgen != h.sweepgen
	switch {
	case h.rules.objectLists:
		h.returnObjects(c, spc, s)
		return
	case !h.rules.spanSets:
		h.returnToList(s)
	case !stale:
		h.central[spc].put(s, h.swept())
	}
	if stale {
		h.sweep(s, false)
	}
}

// releaseAll gives back all spans of the P and, since Go 1.6, closes its tiny block.
// Reading the statistics does this for every P (runtime/mcache.go:(*mcache).releaseAll).
func (h *Heap) releaseAll(p int) {
	c := &h.mcaches[p]
	for spc := range c.alloc {
		if c.alloc[spc] != &h.empty {
			h.uncache(p, c, spc)
		}
	}
	if h.rules.flushEndsTiny {
		c.tiny, c.tinyoffset = 0, 0
	}
	h.counts.tiny += c.tinyAllocs
	c.tinyAllocs = 0
	c.reusable = nil
}

// Free gives an object back before the collector finds it dead: the P hands it out again
// at its next request of the same class, the last one first. Go does not offer this to
// programs; since 1.26 the compiler may do it for memory whose last use it knows
// (runtime/malloc.go:freegc). As there, an object that is reused counts neither as freed
// nor as allocated.
//
// It returns an error if the P is unknown, if no object begins at the address or it was
// freed already, and if the object is large, or has pointers, where the release tells, or
// 16 bytes or less, since others may share its block.
func (h *Heap) Free(p int, a Addr) error {
	if uint(p) >= uint(len(h.mcaches)) || h.telling {
		return h.unknownP(p)
	}
	s, _, err := h.object(a)
	if err != nil {
		return err
	}
	class, noscan := h.sizeClass(int(s.spanclass))
	switch {
	case h.freed[a]:
		return fmt.Errorf("alloc: %v is freed already", a)
	case s.sweepgen != h.sweepgen:
		return fmt.Errorf("alloc: %v lies in a span that is not swept yet", a)
	case class == 0:
		return fmt.Errorf("alloc: %v is a large object, which only a collection frees", a)
	case h.split && !noscan:
		return fmt.Errorf("alloc: %v has pointers: only a collection frees it", a)
	case (noscan || !h.split) && int64(s.elemsize) == h.rules.tinySize:
		return fmt.Errorf("alloc: %v may be a block of tiny objects, which only a collection frees", a)
	}
	if h.freed == nil {
		h.freed = map[Addr]bool{}
	}
	h.freed[a] = true
	c := &h.mcaches[p]
	if c.reusable == nil {
		c.reusable = map[int][]Addr{}
	}
	spc := int(s.spanclass)
	c.reusable[spc] = append(c.reusable[spc], a)
	h.event(Event{Kind: Freed, P: p, Class: class, Addr: a, Bytes: int64(s.elemsize)})
	return nil
}

// reuse takes the slot that was freed last, or returns 0.
func (c *mcache) reuse(spc int, freed map[Addr]bool) Addr {
	list := c.reusable[spc]
	if len(list) == 0 {
		return 0
	}
	a := list[len(list)-1]
	c.reusable[spc] = list[:len(list)-1]
	delete(freed, a)
	return a
}
