package iface

import (
	"encoding/binary"
	"fmt"
)

// Addresses. Each object has a megabyte of its own.
const (
	typeBase   = 0x480000 // type descriptions, in read-only data
	typeStep   = 0x40
	itabBase   = 0x800000
	itabStep   = 0x40
	staticBase = 0x10000000
	heapBase   = 0xc000000000
	window     = 1 << 20

	maxObjects = 1 << 16
	stringCost = 64 // bytes that an object counts besides its own
)

// The first static objects (runtime/malloc.go:zerobase, runtime/map.go:zeroVal,
// runtime/iface.go:staticuint64s).
const (
	zeroBase = staticBase
	zeroVal  = staticBase + window
	smallVal = staticBase + 2*window
)

// A Place says where an object is.
type Place string

// The places.
const (
	Heap     Place = "heap"
	Stack    Place = "stack"     // of the function that converts
	Static   Place = "static"    // in the program, made by the compiler
	ZeroBase Place = "zerobase"  // the address of everything of size 0
	ZeroVal  Place = "zeroVal"   // a block of zeros that all share
	Small    Place = "small int" // one of 256 words in the program
	Inside   Place = "data word" // in the data word itself
	Nowhere  Place = "nowhere"   // a copy without an address
)

// An object is a piece of memory. Without an address it is a copy that nothing
// points to.
type object struct {
	addr  uint64
	data  []byte
	place Place
	dict  *dict // of a map
}

// A memory is all objects of a Runtime. Nothing is ever freed.
type memory struct {
	heap, static []*object
	bytes        int64
	strings      map[string]uint64
}

func newMemory() *memory {
	mem := &memory{strings: map[string]uint64{}}
	for _, o := range []struct {
		size  int64
		place Place
	}{{0, ZeroBase}, {1024, ZeroVal}, {256 * word, Small}} {
		_, _ = mem.add(o.size, o.place)
	}
	for i := range 256 {
		binary.LittleEndian.PutUint64(mem.static[2].data[word*i:], uint64(i))
	}
	return mem
}

// add makes an object of zeros. It returns an error if there is no more room.
func (mem *memory) add(size int64, place Place) (*object, error) {
	list, base := &mem.heap, uint64(heapBase)
	if place != Heap && place != Stack {
		list, base = &mem.static, staticBase
	}
	if size > maxObject || mem.bytes+size+stringCost > maxMemory || len(*list) >= maxObjects {
		return nil, fmt.Errorf("iface: no room for %d bytes: a Runtime has %d objects and %d bytes, and frees none", size, maxObjects, maxMemory)
	}
	mem.bytes += size + stringCost
	o := &object{addr: base + window*uint64(len(*list)), data: make([]byte, size), place: place}
	*list = append(*list, o)
	return o, nil
}

// at returns the object that an address lies in, or at whose end; nil if there is none.
func (mem *memory) at(addr uint64) *object {
	if i := (addr - heapBase) / window; i < uint64(len(mem.heap)) {
		return mem.heap[i]
	}
	if i := (addr - staticBase) / window; i < uint64(len(mem.static)) {
		return mem.static[i]
	}
	return nil
}

// from returns the memory from an address on; nil if nothing is there.
func (mem *memory) from(addr uint64) []byte {
	if o := mem.at(addr); o != nil {
		if off := addr % window; off <= uint64(len(o.data)) {
			return o.data[off:]
		}
	}
	return nil
}

// text makes the words of a string.
func (mem *memory) text(s string) (addr uint64, err error) {
	if s == "" {
		return 0, nil
	}
	if addr := mem.strings[s]; addr != 0 {
		return addr, nil
	}
	o, err := mem.add(int64(len(s)), Static)
	if err != nil {
		return 0, err
	}
	copy(o.data, s)
	mem.strings[s] = o.addr
	return o.addr, nil
}

func load(b []byte, off int64) uint64     { return binary.LittleEndian.Uint64(b[off:]) }
func store(b []byte, off int64, v uint64) { binary.LittleEndian.PutUint64(b[off:], v) }
