package alloc

import "github.com/orrery-go/orrery/alloc/pages"

// Malloc allocates an object of size bytes on behalf of a P; noscan says that it holds no
// pointers (runtime/malloc.go:mallocgc). An object of size 0 is at [Zerobase]. It returns
// an error if the P is unknown or the size below 0, and [OutOfMemory] if there is no room
// or the size is above [Rules.MaxAlloc]; the heap is then unchanged.
func (h *Heap) Malloc(p int, size int64, noscan bool) (Addr, error) {
	if uint(p) >= uint(len(h.mcaches)) || h.telling {
		return 0, h.unknownP(p)
	}
	h.acting, h.running[p] = p, true
	c := &h.mcaches[p]
	switch {
	case size <= 0:
		return h.mallocZero(p, size)
	case noscan && size < h.rules.tinySize:
		return h.mallocTiny(p, c, size)
	case size <= h.rules.maxSmall:
		return h.mallocSmall(p, c, size, noscan)
	}
	return h.mallocLarge(p, size, noscan)
}

// OutOfMemory ends a program if the system does not let its heap grow, or if a request
// exceeds what any heap can hold.
var OutOfMemory = pages.OutOfMemory

func (h *Heap) mallocZero(p int, size int64) (Addr, error) {
	if size < 0 {
		return 0, h.rules.sizeError(size)
	}
	h.event(Event{Kind: ZeroSize, P: p, Addr: Zerobase})
	return Zerobase, nil
}

// mallocTiny combines the object with others into one block if there is room in
// the P's current one (runtime/malloc.go:mallocgcTiny).
func (h *Heap) mallocTiny(p int, c *mcache, size int64) (Addr, error) {
	off := h.rules.tinyOffset(c.tinyoffset, size)
	if off+size <= h.rules.tinySize && c.tiny != 0 {
		c.tinyoffset = off + size
		c.tinyAllocs++
		a := c.tiny + Addr(off)
		if h.trace != nil {
			h.event(Event{Kind: TinyCombined, P: p, Class: h.rules.tinyClass, Addr: a, Bytes: size})
		}
		return a, nil
	}
	spc := h.spanClass(h.rules.tinyClass, true)
	a := c.alloc[spc].nextFreeFast()
	if a == 0 {
		var err error
		if a, err = h.nextFree(p, c, spc); err != nil {
			return 0, err
		}
	}
	// The P keeps the block with more room left.
	if size < c.tinyoffset || c.tiny == 0 && h.rules.tinyStarts {
		c.tiny, c.tinyoffset = a, size
	}
	if h.trace != nil {
		h.event(Event{Kind: TinyBlock, P: p, Class: h.rules.tinyClass, Addr: a, Bytes: size})
	}
	return a, nil
}

// tinyOffset reports where in a tiny block an object of size bytes would begin if the
// next free byte is the one at off: at a multiple of 8, 4 or 2 if its size is one
// (runtime/malloc.go:mallocgcTiny). Whether the object fits is for the caller to check.
func (r *Rules) tinyOffset(off, size int64) int64 {
	switch {
	case size&7 == 0:
		return (off + 7) &^ 7
	case size == 12 && r.align12:
		return (off + 7) &^ 7 // a first field of 64 bits must be aligned on 4-byte words
	case size&3 == 0:
		return (off + 3) &^ 3
	case size&1 == 0:
		return (off + 1) &^ 1
	}
	return off
}

// mallocSmall takes a slot of the size class from the P's span of it
// (runtime/malloc.go:mallocgcSmallNoscan, mallocgcSmallScanHeader).
func (h *Heap) mallocSmall(p int, c *mcache, size int64, noscan bool) (Addr, error) {
	var header int64
	if !noscan && size > h.rules.headerOver {
		header = headerSize
	}
	class := int(h.rules.classForSize[(size+header+7)/8]) + 1
	spc := h.spanClass(class, noscan)
	if c.reusable != nil {
		if a := c.reuse(spc, h.freed); a != 0 {
			h.event(Event{Kind: Reused, P: p, Class: class, Addr: a, Bytes: size})
			return a, nil
		}
	}
	a := c.alloc[spc].nextFreeFast()
	if a == 0 {
		var err error
		if a, err = h.nextFree(p, c, spc); err != nil {
			return 0, err
		}
	}
	a += Addr(header)
	if h.trace != nil {
		h.event(Event{Kind: Slot, P: p, Class: class, Addr: a, Bytes: size})
	}
	return a, nil
}

// nextFree takes a slot when nextFreeFast found none: from the next 64 slots, or from
// another span (runtime/malloc.go:(*mcache).nextFree).
func (h *Heap) nextFree(p int, c *mcache, spc int) (Addr, error) {
	s := c.alloc[spc]
	if h.usedUp(c, spc) {
		if err := h.refill(p, c, spc); err != nil {
			return 0, err
		}
		s = c.alloc[spc]
	}
	var i uint32
	switch {
	case h.rules.objectLists:
		i = s.pop(&c.objects[spc])
		s.held--
		h.counts.malloc[spc]++
	case h.rules.freelists:
		i = s.pop(&s.freelist)
	default:
		i = s.nextFreeIndex()
	}
	s.allocCount++
	return s.base + Addr(uint64(i)*s.elemsize), nil
}

// usedUp reports whether the P has no slot of the class left.
func (h *Heap) usedUp(c *mcache, spc int) bool {
	if h.rules.objectLists {
		return len(c.objects[spc]) == 0
	}
	s := c.alloc[spc]
	return s.allocCount == s.nelems
}

// pop takes the first slot of a free list, as up to Go 1.6.
func (s *mspan) pop(list *[]uint16) uint32 {
	n := len(*list) - 1
	i := (*list)[n]
	*list = (*list)[:n]
	s.allocBits[i/64] |= 1 << (i % 64)
	return uint32(i)
}

// mallocLarge takes a span for the object alone (runtime/mcache.go:(*mcache).allocLarge).
func (h *Heap) mallocLarge(p int, size int64, noscan bool) (Addr, error) {
	if size > h.rules.maxAlloc {
		return 0, OutOfMemory
	}
	spc := h.spanClass(0, noscan)
	s, err := h.alloc(p, (size+h.rules.pageSize-1)>>h.shift, spc)
	if err != nil {
		return 0, err
	}
	s.freeindex, s.allocCount, s.allocBits[0] = 1, 1, 1
	h.counts.large++
	h.counts.largeBytes += s.elemsize
	if h.rules.spanSets {
		h.central[spc].full[h.swept()].push(s)
	}
	if h.trace != nil {
		h.event(Event{Kind: LargeObject, P: p, Addr: s.base, Bytes: size, Needzero: s.needzero})
	}
	return s.base, nil
}
