package iface

import (
	"testing"

	"github.com/orrery-go/orrery/layout"
)

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

// TestAt checks that a variable is where an object has room for all of it, and nowhere
// else.
func TestAt(t *testing.T) {
	m, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := m.TypeOf(layout.Int)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := m.TypeOf(&layout.Struct{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := m.memory.add(3*word, Heap)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		t    *Type
		addr uint64
		ok   bool
	}{
		{n, o.addr, true}, {n, o.addr + 2*word, true}, {n, o.addr + 2*word + 1, false}, {n, o.addr + 3*word, false}, {n, o.addr + window - 1, false},
		{empty, o.addr + 3*word, true}, {empty, o.addr + 3*word + 1, false}, {n, o.addr + window, false}, {n, o.addr - 1, false}, {n, 0, false},
		{n, smallVal + 255*word, true}, {n, smallVal + 256*word, false}, {n, smallVal + window, false},
	} {
		if v := m.at(c.t, c.addr); v.Valid() != c.ok || c.ok && v.Addr() != c.addr {
			t.Errorf("a variable of %d bytes at %#x: %v, at %#x", c.t.size, c.addr, v.Valid(), v.Addr())
		}
	}
}
