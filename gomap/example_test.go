package gomap_test

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/gomap"
)

// A map of nine entries is a table; the lengths at which it grows are the same for
// any hash.
func Example() {
	var n int
	m, err := gomap.New[int, string](gomap.Config[int]{Trace: func(e gomap.Event) {
		if e.Kind == gomap.Grew || e.Kind == gomap.Split {
			fmt.Println("entry", n, e)
		}
	}})
	if err != nil {
		panic(err)
	}
	for n = 1; n <= 1000; n++ {
		if _, err := m.Put(n, "x"); err != nil {
			panic(err)
		}
	}
	// Output:
	// entry 9 grew: table 1 of 16 slots
	// entry 15 grew: table 2 of 32 slots
	// entry 29 grew: table 3 of 64 slots
	// entry 57 grew: table 4 of 128 slots
	// entry 113 grew: table 5 of 256 slots
	// entry 225 grew: table 6 of 512 slots
	// entry 449 grew: table 7 of 1024 slots
	// entry 897 split table 7 into 8 and 9
}

// A delete in a full group leaves a tombstone, which the next entry whose search passes
// it takes.
func ExampleMap_Delete() {
	m, err := gomap.New[uint64, int](gomap.Config[uint64]{
		Hash: func(key, seed uint64) uint64 { return key }, // all in the first group
		Hint: 10,
	})
	if err != nil {
		panic(err)
	}
	for key := range uint64(8) {
		m.Put(key, 0)
	}
	deleted, _ := m.Delete(3)
	put, _ := m.Put(100, 0)
	fmt.Println(deleted, deleted.Tombstone)
	fmt.Println(put)
	// Output:
	// deleted at 1.0.3 true
	// inserted at 1.0.3
}

// Five entries of a small map come in at most eight orders: a range is a rotation.
func ExampleMap_Range() {
	orders := map[string]bool{}
	for seed := range uint64(1000) {
		m, err := gomap.New[int, int](gomap.Config[int]{Seed: seed})
		if err != nil {
			panic(err)
		}
		for i := range 5 {
			m.Put(i, i)
		}
		order := ""
		for k := range m.All() {
			order += fmt.Sprint(k)
		}
		orders[order] = true
	}
	fmt.Println(len(orders), orders["01234"], orders["34012"], orders["10234"])
	// Output: 5 true true false
}

// Two goroutines that use a map at once: the runtime's message if it notices.
func ExampleMap_BeginWrite() {
	m, err := gomap.New[string, int](gomap.Config[string]{})
	if err != nil {
		panic(err)
	}
	m.Put("a", 1)
	m.BeginWrite()
	_, _, err = m.Get("a")
	fmt.Println(err, errors.Is(err, gomap.ReadAndWrite))
	// Output: concurrent map read and map write true
}

// The memory of keys: a map of up to eight entries is a header and a group.
func ExampleMap_Allocated() {
	for _, hint := range []int64{0, 8, 9, 1000} {
		m, err := gomap.New[int64, int64](gomap.Config[int64]{Hint: hint})
		if err != nil {
			panic(err)
		}
		fmt.Println(hint, m.Allocated())
	}
	// Output:
	// 0 1 blocks, 48 bytes
	// 8 1 blocks, 48 bytes
	// 9 4 blocks, 376 bytes
	// 1000 6 blocks, 36992 bytes
}
