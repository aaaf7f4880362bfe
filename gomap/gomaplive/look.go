package gomaplive

import (
	"reflect"
	"unsafe"
)

// A Memory is the memory of a map of the running Go.
type Memory struct {
	Len, Seed uint64
	Directory int // places; 0 in a small map
	Depth     int
	Words     [6]uint64 // the header
	Tables    []TableMemory
	hash      func(unsafe.Pointer, uintptr) uintptr
}

// A TableMemory is a table, or the group of a small map.
type TableMemory struct {
	At                   uintptr // its address
	Capacity, GrowthLeft int
	Control              [][8]uint8 // of each group
}

// Look reads the memory of a map, which must not change during the call. It panics if m
// is not a map or is nil.
func Look(m any) Memory {
	if reflect.TypeOf(m).Kind() != reflect.Map || reflect.ValueOf(m).IsNil() {
		panic("gomaplive: Look wants a map")
	}
	words := *(*[2]unsafe.Pointer)(unsafe.Pointer(&m))
	groupSize := *(*uintptr)(unsafe.Add(words[0], hasherOffset+8))
	h := (*header)(words[1])
	out := Memory{Len: h.used, Seed: uint64(h.seed), Directory: h.dirLen, Depth: int(h.globalDepth), Words: *(*[6]uint64)(words[1]), hash: hasherOf(m)}
	groups := func(at unsafe.Pointer, n uint64) (out [][8]uint8) {
		for i := range n {
			out = append(out, *(*[8]uint8)(unsafe.Add(at, uintptr(i)*groupSize)))
		}
		return out
	}
	if h.dirLen == 0 {
		if h.dirPtr != nil {
			out.Tables = append(out.Tables, TableMemory{At: uintptr(h.dirPtr), Capacity: 8, Control: groups(h.dirPtr, 1)})
		}
		return out
	}
	directory := unsafe.Slice((**table)(h.dirPtr), h.dirLen)
	for i, t := range directory {
		if i == 0 || t != directory[i-1] {
			out.Tables = append(out.Tables, TableMemory{uintptr(unsafe.Pointer(t)), int(t.capacity), int(t.growthLeft), groups(t.groups, t.lengthMask+1)})
		}
	}
	return out
}

// Slots returns the number of slots of all tables.
func (m Memory) Slots() (n int) {
	for _, t := range m.Tables {
		n += t.Capacity
	}
	return n
}

// HashOf returns the hash of a key in the map.
func HashOf[K comparable](m Memory, key K) uint64 {
	return uint64(m.hash(unsafe.Pointer(&key), uintptr(m.Seed)))
}
