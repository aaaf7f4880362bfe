package slicegrow

import "fmt"

// stackBuffer is the size in bytes of the buffer that the compiler puts into
// the frame of a function for a slice that stays there
// (cmd/compile/internal/base/flag.go: Debug.VariableMakeThreshold).
const stackBuffer = 32

// onStack fills in the growth that uses the buffer on the stack. It reports not ok
// if there is none or the new length does not fit.
func (r *Rules) onStack(g *Growth) (ok bool) {
	a := &g.Append
	if !r.stack || a.Size == 0 || a.Size > stackBuffer || g.Len > stackBuffer/a.Size {
		return false
	}
	switch {
	case a.Dest == Local || a.Dest == Returned && r.moves:
		// cmd/compile/internal/ssagen/ssa.go:append. It requires an empty slice so that
		// nothing must be copied.
		if a.Len != 0 || a.Buffered {
			return false
		}
		g.Rule, g.Ptr = StackBuffer, Stack
		g.Ideal, g.Cap = stackBuffer/a.Size, stackBuffer/a.Size
		return true
	case a.Dest == ReturnedCap && r.moves:
		// runtime/slice.go:growsliceBuf
		up, err := r.alloc.RoundUp(g.Len*a.Size, !a.Pointers)
		if err != nil {
			return false
		}
		g.Rule, g.Ptr = StackStep, Stack
		g.Ideal, g.Cap = g.Len, up/a.Size
		if !a.Buffered {
			g.Copied = a.Len * a.Size
		}
		return true
	}
	return false
}

// Move returns the effect of a return on a slice that is still in its buffer on
// the stack: the array moves to the heap. The argument is an [Append] of no elements,
// with Dest [Returned] or [ReturnedCap]. When the function did not look at the
// capacity, the new one is that of the block that the allocator gives for the length.
//
// It returns an error if the release has no such buffers, the compiler does not
// move a slice of such a Dest, or the slice does not fit the buffer.
func (r *Rules) Move(a Append) (Growth, error) {
	if err := r.check(&a); err != nil {
		return Growth{}, err
	}
	switch {
	case !r.moves:
		return Growth{}, fmt.Errorf("slicegrow: %s moves no slices from the stack to the heap, which came with go1.26", r.release)
	case a.Dest != Returned && a.Dest != ReturnedCap:
		return Growth{}, fmt.Errorf("slicegrow: a slice of dest %q is not moved (want %q or %q)", a.Dest, Returned, ReturnedCap)
	case a.Verb != Values || a.Count != 0:
		return Growth{}, fmt.Errorf("slicegrow: a move of %d more elements (want 0)", a.Count)
	case a.Size == 0 || a.Size > stackBuffer:
		return Growth{}, fmt.Errorf("slicegrow: no buffer on the stack for elements of %d bytes (want 1 to %d)", a.Size, stackBuffer)
	case a.Cap > stackBuffer/a.Size:
		return Growth{}, outOfRange("cap", a.Cap, stackBuffer/a.Size)
	}
	g := Growth{Rule: Moved, Append: a, Ptr: Heap, Len: a.Len, Ideal: a.Cap, Cap: a.Cap, Copied: a.Cap * a.Size}
	if a.Dest == Returned { // moveSliceNoCap
		g.Ideal, g.Copied = a.Len, a.Len*a.Size
	}
	if g.Ideal == 0 {
		g.Ptr, g.Cap = Zerobase, 0
		return g, nil
	}
	room, err := r.alloc.RoundUp(g.Ideal*a.Size, !a.Pointers)
	if err != nil {
		return Growth{}, fmt.Errorf("slicegrow: %w", err)
	}
	if a.Dest == Returned {
		g.Cap = room / a.Size
	}
	// Of the four functions that move, only the one for no pointers and no
	// capacity allocates all of the room.
	r.place(&g, room, a.Pointers || a.Dest == ReturnedCap)
	return g, nil
}
