package alloc

import (
	"fmt"
)

// A Way is the way that a request takes through the allocator.
type Way string

// The three ways of runtime/malloc.go:mallocgc, and a request of size 0.
const (
	Zero  Way = "zero"  // size 0: the address of runtime.zerobase, no memory
	Tiny  Way = "tiny"  // combined with others into a 16-byte block
	Small Way = "small" // a slot of a size class
	Large Way = "large" // a span of its own
)

// A Placement says where a request goes. Sizes are in bytes.
type Placement struct {
	Way    Way   `json:"way"`
	Class  int   `json:"class"`  // index of the size class; 0 for Zero and Large
	Bytes  int64 `json:"bytes"`  // size of the slot or span that is taken; for Tiny of the shared block
	Header int64 `json:"header"` // of the malloc header inside Bytes
	Waste  int64 `json:"waste"`  // Bytes - Header - size of the request; 0 for Tiny, for which it is unknown here
}

// Place reports where a request of size bytes goes; noscan says that it holds
// no pointers. It returns an error if the size is below 0 or above [Rules.MaxAlloc].
func (r *Rules) Place(size int64, noscan bool) (Placement, error) {
	if size < 0 || size > r.maxAlloc {
		return Placement{}, r.sizeError(size)
	}
	if size == 0 {
		return Placement{Way: Zero}, nil
	}
	if noscan && size < r.tinySize {
		return Placement{Way: Tiny, Class: r.class(r.tinySize).Index, Bytes: r.tinySize}, nil
	}
	if size > r.maxSmall {
		bytes := r.pages(size)
		return Placement{Way: Large, Bytes: bytes, Waste: bytes - size}, nil
	}
	header := r.header(size, noscan)
	c := r.class(size + header)
	return Placement{Way: Small, Class: c.Index, Bytes: c.Size, Header: header, Waste: c.Size - header - size}, nil
}

// RoundUp reports how many bytes the caller may use of a request of size bytes: the size
// of the slot or span less the header (runtime/msize.go:roundupsize). As there, a tiny
// size is rounded as if it had a slot to itself. It returns an error if the size is below
// 0 or above [Rules.MaxAlloc].
func (r *Rules) RoundUp(size int64, noscan bool) (int64, error) {
	if uint64(size) > uint64(r.maxAlloc) {
		return 0, r.sizeError(size)
	}
	if size > r.maxSmall {
		return r.pages(size), nil
	}
	if size == 0 {
		return 0, nil
	}
	header := r.header(size, noscan)
	return r.class(size+header).Size - header, nil
}

func (r *Rules) sizeError(size int64) error {
	return fmt.Errorf("alloc: size %d out of range [0,%d]", size, r.maxAlloc)
}

// class returns the smallest class that holds size bytes, which are at most maxSmallSize.
func (r *Rules) class(size int64) *Class {
	return &r.classes[r.classForSize[(size+7)/8]]
}

// header returns the bytes of malloc header of a small request. It depends on the
// request, not on its class: 512 bytes with pointers have none.
func (r *Rules) header(size int64, noscan bool) int64 {
	if noscan || size <= r.headerOver {
		return 0
	}
	return headerSize
}

// pages rounds up to whole pages. On 4-byte words the largest sizes would wrap
// around, and the runtime then leaves them as they are.
func (r *Rules) pages(size int64) int64 {
	n := (size + r.pageSize - 1) &^ (r.pageSize - 1)
	if r.word == 4 && n > r.maxAlloc {
		return size
	}
	return n
}
