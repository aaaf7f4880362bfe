package syncmap_test

import (
	"fmt"

	"github.com/orrery-go/orrery/gomap/syncmap"
)

// Up to Go 1.23, lookups of keys that are not in the read map cause the dirty map to be
// promoted.
func Example() {
	m, err := syncmap.New[string, int](syncmap.Config[string]{Release: "go1.23", Trace: func(e syncmap.Event) { fmt.Println(" ", e) }})
	if err != nil {
		panic(err)
	}
	for i, key := range []string{"a", "b"} {
		fmt.Println("store", key)
		m.Store(key, i)
	}
	for range 2 {
		fmt.Println("load a")
		m.Load("a")
	}
	fmt.Println("delete a")
	m.Delete("a")
	fmt.Println("store c")
	m.Store("c", 3)
	fmt.Println(m.Snapshot())
	// Output:
	// store a
	//   copied 0 of 0 keys
	// store b
	// load a
	//   missed: 1 of 2
	// load a
	//   missed: 2 of 2
	//   promoted 2 keys
	// delete a
	// store c
	//   copied 1 of 2 keys
	//   expunged 1 entries
	// read: xa b (amended)
	// dirty: b c
	// misses: 0
}

// Since Go 1.24 entries are in a trie, with four bits of their hash for each level.
func ExampleMap_Range() {
	m, err := syncmap.New[uint16, string](syncmap.Config[uint16]{Hash: func(key uint16, _ uint64) uint64 { return uint64(key) << 48 }})
	if err != nil {
		panic(err)
	}
	for _, key := range []uint16{0x7777, 0x1234, 0x1299, 0x12} {
		m.Store(key, "")
	}
	fmt.Println(m.Snapshot())
	m.Range(func(key uint16, _ string) bool {
		fmt.Printf("%04x\n", key)
		return true
	})
	fmt.Println(m.Allocated())
	// Output:
	// nodes: 3, entries: 4
	// node 1: 0=18 7=30583
	//   node 2 at 1:
	//     node 3 at 2: 3=4660 9=4761
	// 0012
	// 1234
	// 1299
	// 7777
	// 7 blocks, 672 bytes
}
