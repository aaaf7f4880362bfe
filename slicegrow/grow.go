package slicegrow

import (
	"fmt"
	"math/bits"

	"github.com/orrery-go/orrery/alloc"
)

// Grow returns the result of an append.
//
// That the elements fit is an answer, too: [Fits]. It returns a [crash.Error] if Go
// panics: [LenOutOfRange], [AllocSize] or [NegativeGrow]. Any other error says what is
// wrong with the question: a slice that cannot exist, a negative count, slices.Grow
// before it existed; or that the numbers of an old release wrap around for this question.
func (r *Rules) Grow(a Append) (g Growth, err error) {
	// Copied by field: the arguments come in registers, and the processor stalls when a
	// wide load reads several fields that were just stored one by one.
	g.Append.Len, g.Append.Cap, g.Append.Count, g.Append.Size = a.Len, a.Cap, a.Count, a.Size
	g.Append.Pointers, g.Append.Verb, g.Append.Dest, g.Append.Buffered = a.Pointers, a.Verb, a.Dest, a.Buffered
	if err := r.check(&g.Append); err != nil {
		return Growth{}, err
	}
	if a.Count <= a.Cap-a.Len {
		g.Rule, g.Ptr, g.Len, g.Ideal, g.Cap = Fits, Same, a.Len+a.Count, a.Cap, a.Cap
		if a.Verb == Grow {
			g.Len = a.Len
		}
		return g, nil
	}
	if a.Len > r.maxInt-a.Count {
		return Growth{}, r.noInt(&a)
	}
	g.Len = a.Len + a.Count
	needed := g.Len
	if a.Verb == Values {
		if a.Dest != Escapes && r.onStack(&g) {
			return g, nil
		}
		if r.fromCap {
			// The compiler passed growslice the count, and not the part of it
			// that does not fit.
			if a.Cap > r.maxInt-a.Count {
				return Growth{}, r.noInt(&a)
			}
			needed = a.Cap + a.Count
		}
	}
	if err := r.growslice(&g, needed); err != nil {
		return Growth{}, err
	}
	return g, nil
}

// growslice is runtime/slice.go:growslice.
func (r *Rules) growslice(g *Growth, needed int64) error {
	a := &g.Append
	g.Copied = a.Len * a.Size
	if a.Verb == Grow {
		// slices.Grow appends to s[:cap(s)], so all of it is copied.
		g.Len, g.Copied = a.Len, a.Cap*a.Size
	}
	if a.Size == 0 && r.zeroSize {
		g.Rule, g.Ptr, g.Ideal, g.Cap = ZeroSize, Zerobase, needed, needed
		if r.keepsZero {
			g.Ptr = Same
		}
		return nil
	}
	if r.limits < limitRounded && over(needed, a.Size, r.maxAlloc) {
		return r.tooLong
	}

	g.Ideal, g.Rule = r.nextslicecap(a.Len, a.Cap, needed)
	switch {
	case g.Ideal == 0:
		return r.endless(a)
	case over(g.Ideal, a.Size, r.maxAlloc):
		return r.tooLarge(a, needed, g.Ideal)
	case r.limits == limitCapBelow && over(g.Ideal+1, a.Size, r.maxAlloc):
		return r.tooLong
	case a.Size == 0: // Go 1.2, where these grow like all others
		g.Ptr, g.Cap, g.Way = Zerobase, g.Ideal, alloc.Zero
		return nil
	}

	room, err := r.alloc.RoundUp(g.Ideal*a.Size, !a.Pointers)
	if err != nil {
		return fmt.Errorf("slicegrow: %w", err)
	}
	g.Ptr, g.Cap = Heap, g.Ideal
	if r.rounds {
		g.Cap = elements(room, a.Size)
	}
	r.place(g, room, r.exact)
	switch {
	case g.Bytes > r.maxAlloc:
		return r.roundedTooLarge(g)
	case g.Cap > r.maxInt:
		return fmt.Errorf("slicegrow: %s would compute a capacity of %d, which is no int", r.release, g.Cap)
	}
	return nil
}

// place fills in where the allocator puts the array of a growth. room is the size to
// which it rounds the array up. The release asks it for that size, or for exactly the
// bytes of the capacity, and that request decides, as in mallocgc.
func (r *Rules) place(g *Growth, room int64, exact bool) {
	a := &g.Append
	used := g.Cap * a.Size
	g.Bytes, g.Waste = room, room-used
	size := room
	if exact {
		size = used
	}
	switch {
	case size > r.maxSmall:
		g.Way = alloc.Large
		return
	case a.Pointers && size > r.headerOver:
		g.Way, g.Header = alloc.Small, r.header
		g.Bytes += r.header
	case !a.Pointers && size < r.tinySize:
		g.Way = alloc.Tiny
	default:
		g.Way = alloc.Small
	}
	g.Class = int(r.classes[g.Bytes/8])
}

// elements reports how many elements of the size fit into the given number of bytes.
// For sizes that are powers of two it shifts, as growslice does.
func elements(bytes, size int64) int64 {
	if size&(size-1) == 0 {
		return bytes >> (bits.TrailingZeros64(uint64(size)) & 63)
	}
	return bytes / size
}

// nextslicecap is runtime/slice.go:nextslicecap. The ints wrap around as on the machine.
// A capacity of 0 means that the loop of the release would not end.
func (r *Rules) nextslicecap(oldLen, oldCap, needed int64) (int64, Rule) {
	if needed > r.wrap(oldCap+oldCap) {
		return needed, Needed
	}
	decides := oldCap
	if r.byLen {
		decides = oldLen
	}
	if decides < r.small {
		return oldCap + oldCap, Double
	}
	newCap, rule := oldCap, Quarter
	if r.extra != 0 {
		rule = Smooth
	}
	for range maxSteps {
		newCap = r.wrap(newCap + (newCap+r.extra)/4)
		if newCap >= needed {
			return newCap, rule
		}
		if newCap <= 0 && r.limits == limitBytes {
			return needed, Overflow
		}
	}
	return 0, rule
}

// maxSteps bounds the steps of a large slice. Four are enough for a quarter to
// get to twice a capacity; but before Go 1.10 a sum could wrap around and go on.
const maxSteps = 1000

// wrap returns v wrapped around to an int of the word size.
func (r *Rules) wrap(v int64) int64 {
	if r.word == 4 {
		return int64(int32(v))
	}
	return v
}

// noInt returns the error for a new length that overflows an int.
func (r *Rules) noInt(a *Append) error {
	if r.limits == limitAlloc && a.Size == 0 && r.word == 8 {
		// growslice compares it with an unsigned capacity there.
		return fmt.Errorf("slicegrow: %s does not notice that a length of %d and %d more is no int, and goes on with a negative one",
			r.release, a.Len, a.Count)
	}
	return r.tooLong
}

// endless returns the error for a loop that does not end.
func (r *Rules) endless(a *Append) error {
	return fmt.Errorf("slicegrow: in %s the capacity of this append of %d elements wraps around more than %d times",
		r.release, a.Count, maxSteps)
}

// tooLarge returns the error for a new capacity that exceeds the largest allocation.
func (r *Rules) tooLarge(a *Append, needed, newCap int64) error {
	switch r.limits {
	case limitAlloc:
		return AllocSize
	case limitRounded:
		// The product is computed first, and may have wrapped around.
		bytes := uint64(newCap) * uint64(a.Size)
		if r.word == 4 {
			bytes = uint64(uint32(bytes))
		}
		if up, err := r.alloc.RoundUp(int64(bytes), !a.Pointers); err == nil && !over(up/a.Size, a.Size, r.maxAlloc) {
			if hi, lo := bits.Mul64(uint64(newCap), uint64(a.Size)); hi != 0 || lo != bytes {
				return fmt.Errorf("slicegrow: %s computes a capacity of %d for %d elements of %d bytes, as the product wraps around, and goes on with it",
					r.release, up/a.Size, needed, a.Size)
			}
		}
	}
	return r.tooLong
}

// roundedTooLarge returns the error for an array that is too large only after rounding
// up. That happens only if the largest allocation is not a multiple of a page, as in 1.5
// to 1.10. It returns nil if the release tries to allocate the array.
func (r *Rules) roundedTooLarge(g *Growth) error {
	a := &g.Append
	switch {
	case r.limits == limitBytes:
		return r.tooLong
	case !over(g.Cap, a.Size, r.maxAlloc):
		return nil
	case r.limits == limitRounded:
		return r.tooLong
	case a.Pointers:
		return AllocSize // by newarray, which is not called for memory without pointers
	}
	return nil
}
