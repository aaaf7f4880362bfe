package alloc

import "math/bits"

// An mspan is a run of pages that is cut into slots of one size
// (runtime/mheap.go:mspan).
type mspan struct {
	base       Addr
	elemsize   uint64
	allocCache uint64 // a one for each free slot among the 64 from freeindex on
	freeindex  uint32 // slots before it are taken
	nelems     uint32
	allocCount uint32
	cached     uint32 // allocCount when an mcache took the span (allocCountBeforeCache)
	held       uint32 // in Go 1.2: free slots that are in the lists of mcaches

	prev, next *mspan // in a list of its mcentral, up to Go 1.14

	allocBits  []uint64 // taken when the span was last swept; since then, where the rules have a free list
	gcmarkBits []uint64
	freelist   []uint16 // up to Go 1.6: the free slots, the next one last
	npages     int64
	descriptor int64 // its number; -1 since Go 1.14
	sweepgen   uint32
	spanclass  uint8
	needzero   bool
	header     bool // its objects begin with a malloc header
	inCache    bool
}

// The sweepgen of a span tells its state: h.sweepgen-2 if it waits to be swept,
// h.sweepgen if it is swept.

// nextFreeFast takes the next free slot if it is among those that allocCache shows
// (runtime/malloc.go:nextFreeFast). It returns 0 if not.
func (s *mspan) nextFreeFast() Addr {
	bit := uint32(bits.TrailingZeros64(s.allocCache))
	if bit < 64 {
		result := s.freeindex + bit
		if result < s.nelems {
			next := result + 1
			if next%64 == 0 && next != s.nelems {
				return 0
			}
			s.allocCache >>= bit + 1
			s.freeindex = next
			s.allocCount++
			return s.base + Addr(uint64(result)*s.elemsize)
		}
	}
	return 0
}

// nextFreeIndex returns the next free slot at or after freeindex, or nelems if there is
// none (runtime/mbitmap.go:(*mspan).nextFreeIndex).
func (s *mspan) nextFreeIndex() uint32 {
	i := s.freeindex
	for i < s.nelems && s.allocCache == 0 {
		i = (i + 64) &^ 63
		if i >= s.nelems {
			break
		}
		s.refillAllocCache(i)
	}
	if i >= s.nelems {
		s.freeindex = s.nelems
		return s.nelems
	}
	bit := uint32(bits.TrailingZeros64(s.allocCache))
	i += bit
	if i >= s.nelems {
		s.freeindex = s.nelems
		return s.nelems
	}
	s.allocCache >>= bit + 1
	s.freeindex = i + 1
	if s.freeindex%64 == 0 && s.freeindex != s.nelems {
		s.refillAllocCache(s.freeindex)
	}
	return i
}

// refillAllocCache takes the 64 slots from i on, a multiple of 64
// (runtime/mbitmap.go:(*mspan).refillAllocCache).
func (s *mspan) refillAllocCache(i uint32) { s.allocCache = ^s.allocBits[i/64] }

// allocated reports whether a slot is taken.
func (s *mspan) allocated(i int) bool {
	return uint32(i) < s.freeindex || s.allocBits[i/64]>>(i%64)&1 == 1
}

// address returns the address of the object in a slot, which is after the malloc header.
func (s *mspan) address(i int) Addr {
	a := s.base + Addr(uint64(i)*s.elemsize)
	if s.header {
		a += headerSize
	}
	return a
}

// words returns the number of words that a bit per slot takes.
func (s *mspan) words() int { return int(s.nelems+63) / 64 }

// full reports whether the span has no free slot for the mcentral to hand out.
func (s *mspan) full() bool { return s.allocCount+s.held == s.nelems }

// taken returns word w of the bits of allocated slots.
func (s *mspan) taken(w int) uint64 {
	t := s.allocBits[w]
	switch from := uint32(w) * 64; {
	case s.freeindex >= from+64:
		t = ^uint64(0)
	case s.freeindex > from:
		t |= 1<<(s.freeindex-from) - 1
	}
	if last := s.nelems - uint32(w)*64; last < 64 {
		t &= 1<<last - 1
	}
	return t
}

// A layout says how a span of a class is divided.
type layout struct {
	elemsize uint64
	npages   int64
	nelems   uint32
	header   bool
}

// layout reports how a span of the class is divided: since Go 1.22 a span with pointers
// has its pointer bitmap at its end if its objects have no header, and since 1.26 spans
// of all sizes up to the same bound, except 8 bytes, have their mark bits there, for
// Green Tea (runtime/mheap.go:(*mheap).initSpan).
func (r *Rules) layout(k Class, noscan bool) layout {
	l := layout{elemsize: uint64(k.Size), npages: k.SpanBytes / r.pageSize, header: !noscan && k.Size > r.headerOver}
	reserved := int64(0)
	if r.heapBitsInSpan && !noscan && !l.header {
		reserved += k.SpanBytes / r.word / 8
	}
	if r.inlineMarks && k.Size <= r.headerOver && k.Size >= 16 {
		reserved += inlineMarkBits
	}
	l.nelems = uint32((k.SpanBytes - reserved) / k.Size)
	return l
}

// inlineMarkBits is the size in bytes of Green Tea's mark bits in a span
// (runtime/mgcmark_greenteagc.go:spanInlineMarkBits).
const inlineMarkBits = 128

// SpanObjects reports how many objects a span of the class holds, with or without
// pointers: since Go 1.22 fewer than [Class.Objects] for some classes. It is 0 for a
// class out of range.
func (r *Rules) SpanObjects(class int, noscan bool) int64 {
	if class < 1 || class > len(r.classes) {
		return 0
	}
	return int64(r.layout(r.classes[class-1], noscan).nelems)
}
