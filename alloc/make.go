package alloc

import (
	"fmt"

	"github.com/orrery-go/orrery/crash"
)

// A Type describes a type as far as new and make need it.
type Type struct {
	Size   int64 `json:"size"`   // bytes, at least 0
	Noscan bool  `json:"noscan"` // it has no pointers
}

// A Block is one object that new or make allocates.
type Block struct {
	What   string `json:"what"`   // "value", "array", "hchan", "hchan and buffer", "buffer", "map"
	Bytes  int64  `json:"bytes"`  // requested bytes
	Noscan bool   `json:"noscan"` // without pointers
	Init   string `json:"init"`   // what is written there besides zeros
}

// The panics of make.
var (
	MakeSliceLen = crash.Panic("runtime error: makeslice: len out of range")
	MakeSliceCap = crash.Panic("runtime error: makeslice: cap out of range")
	MakeChanSize = crash.Panic("makechan: size out of range")
)

// MakeTypes lists the kinds of types that make accepts.
func MakeTypes() []string { return []string{"slice", "map", "chan"} }

// New reports what new(T) allocates on the heap: the value, all zero. Nothing is
// initialised, and the result is a pointer to the value (runtime/malloc.go:newobject).
func (r *Rules) New(t Type) ([]Block, error) {
	if err := r.checkType(t); err != nil {
		return nil, err
	}
	return []Block{{What: "value", Bytes: t.Size, Noscan: t.Noscan || t.Size == 0}}, nil
}

// NewValue reports what new(x) allocates on the heap for a value x, which is copied
// there. It returns an error before Go 1.26, where new takes only a type.
func (r *Rules) NewValue(t Type) ([]Block, error) {
	if !r.newOfValue {
		return nil, fmt.Errorf("alloc: new takes a type in %s, not a value", r.Release())
	}
	blocks, err := r.New(t)
	if err != nil {
		return nil, err
	}
	blocks[0].Init = "the value"
	return blocks, nil
}

// MakeSlice reports what make([]T, length, capacity) allocates on the heap: the array,
// all zero. The header of three words, which make fills, is the result: a value, stored
// where the program keeps it (runtime/slice.go:makeslice).
func (r *Rules) MakeSlice(t Type, length, capacity int64) ([]Block, error) {
	if err := r.checkType(t); err != nil {
		return nil, err
	}
	tooLong := func(n int64) bool { return n < 0 || t.Size > 0 && n > r.maxAlloc/t.Size }
	switch {
	case tooLong(length):
		return nil, MakeSliceLen
	case tooLong(capacity) || length > capacity:
		return nil, MakeSliceCap
	}
	return []Block{{What: "array", Bytes: t.Size * capacity, Noscan: t.Noscan}}, nil
}

// MakeMap reports what make(map[K]V) allocates on the heap when it is to hold 8 elements
// at most: the header. Room for elements is allocated with the first element. Package
// gomap models what larger hints and elements allocate.
func (r *Rules) MakeMap() []Block {
	const header = 48 // of hmap, and since Go 1.24 of maps.Map
	return []Block{{What: "map", Bytes: header, Init: "the seed of its hash"}}
}

// MakeChan reports what make(chan T, size) allocates: an hchan followed by the buffer,
// or, if the elements have pointers, an hchan and a separate buffer
// (runtime/chan.go:makechan), so that the collector scans only what has pointers.
func (r *Rules) MakeChan(t Type, size int64) ([]Block, error) {
	if err := r.checkType(t); err != nil {
		return nil, err
	}
	if size < 0 || t.Size > 0 && size > (r.maxAlloc-r.hchan)/t.Size {
		if !r.release.AtLeast("go1.4") {
			return nil, MakeChanSize.In("runtime error: makechan: size out of range")
		}
		return nil, MakeChanSize
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

// Allocate allocates the blocks on behalf of a P. If it fails, it returns the addresses
// of the blocks before the one that failed, and the error.
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
