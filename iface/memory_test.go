package iface

import "testing"

// TestMemoryBound checks that objects can be made as long as they fit the bytes of a
// Runtime, with its bookkeeping, to the last byte.
func TestMemoryBound(t *testing.T) {
	const size = 100
	for more, ok := range map[int64]bool{0: true, 1: false} {
		mem := newMemory()
		mem.bytes = maxMemory - size - stringCost + more
		if _, err := mem.add(size, Heap); (err == nil) != ok {
			t.Errorf("%d bytes beside %d: %v", size+stringCost, maxMemory-size-stringCost+more, err)
		}
		if mem.bytes > maxMemory {
			t.Errorf("%d bytes of %d", mem.bytes, maxMemory)
		}
	}
	mem := newMemory()
	if _, err := mem.add(maxObject, Heap); err != nil {
		t.Error(err)
	}
	if _, err := mem.add(maxObject+1, Heap); err == nil {
		t.Error("an object beyond the largest is made")
	}
}
