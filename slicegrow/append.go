package slicegrow

import (
	"fmt"
	"math/bits"
)

// An Append describes an append: the slice, the elements added, and the variable.
type Append struct {
	Len      int64 `json:"len,string"`         // of the slice, in elements, 0 to Cap
	Cap      int64 `json:"cap,string"`         // of the slice, in elements; such a slice must be able to exist
	Count    int64 `json:"count,string"`       // elements to add, 0 to the largest int
	Size     int64 `json:"size,string"`        // of an element, in bytes, 0 to the largest allocation
	Pointers bool  `json:"pointers,omitempty"` // elements hold pointers; then Size is a multiple of the word
	Verb     Verb  `json:"verb"`               // how they are added
	Dest     Dest  `json:"dest"`               // where the result goes, if the release has buffers on the stack

	// Buffered says that the buffer on the stack was taken by an earlier append to the
	// same variable. In general the capacity tells, but not for a variable that was
	// emptied since.
	Buffered bool `json:"buffered,omitempty"`
}

// A Verb is the way in which elements are added. It matters where the compiler
// generates different code: for buffers on the stack, for the number of elements
// copied, and up to Go 1.4, where a fixed count that does not fit is added to the
// capacity instead of the length.
type Verb int

const (
	Values Verb = iota // append(s, a, b, c)
	Spread             // append(s, t...), or append(s, make([]T, n)...)
	Grow               // slices.Grow(s, n), which adds capacity and no elements; since Go 1.21
)

// A Dest is the property that the compiler has proved for the variable that an append
// assigns to.
type Dest int

const (
	// Escapes is an append whose result may outlive the function in a way that
	// the compiler does not look into, and every append when optimization is off
	// (-gcflags=-N) or code is instrumented (-race, -msan, -asan).
	Escapes Dest = iota

	// Local is an append whose result stays in the function. It is assumed to be
	// the first in the function's text for its variable, which gets the buffer.
	Local

	// Returned is a variable that is appended to more than once, or in a loop,
	// and leaves the function by one statement outside of the loop, a return or an
	// assignment. The function does not look at its capacity: no cap(s), no s[i:j],
	// no call with s. Package dest has the rules in full.
	Returned

	// ReturnedCap is like Returned, but the function looks at the capacity.
	ReturnedCap
)

// check returns an error if the append is not possible.
func (r *Rules) check(a *Append) error {
	switch {
	case uint64(a.Size) > uint64(r.maxAlloc):
		return outOfRange("size", a.Size, r.maxAlloc)
	case uint64(a.Cap) > uint64(r.maxInt):
		return outOfRange("cap", a.Cap, r.maxInt)
	case uint64(a.Len) > uint64(a.Cap):
		return outOfRange("len", a.Len, a.Cap)
	case over(a.Cap, a.Size, r.maxAlloc):
		return outOfRange("cap", a.Cap, r.maxAlloc/a.Size)
	case a.Pointers && (a.Size == 0 || a.Size%r.word != 0):
		return fmt.Errorf("slicegrow: elements of %d bytes cannot hold pointers (want a multiple of %d)", a.Size, r.word)
	}
	switch a.Verb {
	case Values, Spread:
		if uint64(a.Count) > uint64(r.maxInt) {
			return outOfRange("count", a.Count, r.maxInt)
		}
	case Grow:
		if !r.grow {
			return fmt.Errorf("slicegrow: %s has no slices.Grow, which came with go1.21", r.release)
		}
		if a.Count < -r.maxInt-1 || a.Count > r.maxInt {
			return fmt.Errorf("slicegrow: count %d out of range [%d,%d]", a.Count, -r.maxInt-1, r.maxInt)
		}
		if a.Count < 0 {
			return NegativeGrow
		}
	default:
		return outOfRange("verb", int64(a.Verb), int64(Grow))
	}
	if a.Dest < Escapes || a.Dest > ReturnedCap {
		return outOfRange("dest", int64(a.Dest), int64(ReturnedCap))
	}
	return nil
}

func outOfRange(what string, v, most int64) error {
	return fmt.Errorf("slicegrow: %s %d out of range [0,%d]", what, v, most)
}

// over reports whether n elements of the size are more than limit bytes. No argument is
// negative.
func over(n, size, limit int64) bool {
	hi, lo := bits.Mul64(uint64(n), uint64(size))
	return hi != 0 || lo > uint64(limit)
}
