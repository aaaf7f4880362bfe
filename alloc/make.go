package alloc

import (
	"errors"
	"fmt"
	"math"
)

// A Type is what new and make are told of a type.
type Type struct {
	Size   int64 // bytes, at least 0
	Noscan bool  // it has no pointers
}

// A Block is one object that new or make allocates.
type Block struct {
	What   string `json:"what"`   // "value", "array", "hchan", "hchan and buffer", "buffer", "map"
	Bytes  int64  `json:"bytes"`  // that are asked for
	Noscan bool   `json:"noscan"` // without pointers
	Init   string `json:"init"`   // what is put there besides zeros
}

// What make refuses in Go, with the runtime's words.
var (
	ErrMakeSliceLen = errors.New("runtime error: makeslice: len out of range")
	ErrMakeSliceCap = errors.New("runtime error: makeslice: cap out of range")
	ErrMakeChan     = errors.New("makechan: size out of range")
)

// MakeKinds are the kinds of types that make takes.
func MakeKinds() []string { return []string{"slice", "map", "chan"} }

// NewOfValue reports whether new takes a value as well as a type, and copies it to
// what it allocates.
func (r *Rules) NewOfValue() bool { return r.newOfValue }

// New reports what new(T) allocates on the heap: the value, all zero. There is
// nothing to initialise, and the result is a pointer to it
// (runtime/malloc.go:newobject).
func (r *Rules) New(t Type) ([]Block, error) {
	if err := r.checkType(t); err != nil {
		return nil, err
	}
	return []Block{{What: "value", Bytes: t.Size, Noscan: t.Noscan || t.Size == 0}}, nil
}

// MakeSlice reports what make([]T, length, capacity) allocates on the heap: the
// array, all zero. The header of three words, which make fills, is the result, a
// value, and lies wherever that does (runtime/slice.go:makeslice).
func (r *Rules) MakeSlice(t Type, length, capacity int64) ([]Block, error) {
	if err := r.checkType(t); err != nil {
		return nil, err
	}
	tooLong := func(n int64) bool { return n < 0 || t.Size > 0 && n > r.maxAlloc/t.Size }
	switch {
	case tooLong(length):
		return nil, ErrMakeSliceLen
	case tooLong(capacity) || length > capacity:
		return nil, ErrMakeSliceCap
	}
	return []Block{{What: "array", Bytes: t.Size * capacity, Noscan: t.Noscan}}, nil
}

// MakeMap reports what make(map[K]V) allocates on the heap when it is to hold 8
// elements at most: the header. Room for elements comes with the first one. Larger
// hints are not modelled.
func (r *Rules) MakeMap() []Block {
	const header = 48 // of hmap, and since Go 1.24 of maps.Map
	return []Block{{What: "map", Bytes: header, Init: "the seed of its hash"}}
}

// MakeChan reports what make(chan T, size) allocates: an hchan with the buffer
// behind it, or apart from it if the elements have pointers
// (runtime/chan.go:makechan). Which of the two it is says what the collector must
// look at.
func (r *Rules) MakeChan(t Type, size int64) ([]Block, error) {
	if err := r.checkType(t); err != nil {
		return nil, err
	}
	if size < 0 || t.Size > 0 && size > (r.maxAlloc-r.hchan)/t.Size {
		return nil, ErrMakeChan
	}
	const init = "the element's type and size, the buffer's size"
	buffer := t.Size * size
	if buffer == 0 || t.Noscan || !r.bufferApart {
		b := Block{What: "hchan and buffer", Bytes: r.hchan + buffer, Noscan: r.bufferApart, Init: init}
		if buffer == 0 {
			b.What = "hchan"
		}
		return []Block{b}, nil
	}
	return []Block{{What: "hchan", Bytes: r.hchan, Init: init}, {What: "buffer", Bytes: buffer}}, nil
}

func (r *Rules) checkType(t Type) error {
	if t.Size < 0 || t.Size > r.maxAlloc {
		return r.sizeError(t.Size)
	}
	return nil
}

// Total reports the bytes that the blocks take from the heap, each in its slot or
// span. A block too large for any heap has math.MaxInt64.
func (r *Rules) Total(blocks []Block) int64 {
	total := int64(0)
	for _, b := range blocks {
		p, err := r.Place(b.Bytes, b.Noscan)
		if err != nil {
			return math.MaxInt64
		}
		total += p.Bytes
	}
	return total
}

// Allocate allocates the blocks on behalf of a P, as far as they fit: the addresses
// are those that were allocated before the error.
func (h *Heap) Allocate(p int, blocks []Block) ([]Addr, error) {
	var out []Addr
	for _, b := range blocks {
		a, err := h.Malloc(p, b.Bytes, b.Noscan)
		if err != nil {
			return out, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (b Block) String() string {
	text := fmt.Sprintf("%s of %d bytes", b.What, b.Bytes)
	if b.Noscan {
		text += " without pointers"
	}
	if b.Init != "" {
		text += ", with " + b.Init
	}
	return text
}
