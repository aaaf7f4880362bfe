package alloc_test

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/alloc"
)

// The first object of a class needs every level of the allocator, the second only the
// mcache.
func ExampleHeap_Malloc() {
	h, err := alloc.New(alloc.Config{Release: "go1.26", Trace: func(e alloc.Event) { fmt.Println(" ", e) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		if _, err := h.Malloc(0, 48, false); err != nil {
			fmt.Println(err)
		}
		fmt.Println("allocated")
	}
	// Output:
	//   mheap: reserve, 67108864 bytes at 0xc000000000
	//   mheap: grow, 4194304 bytes at 0xc000000000
	//   mheap: page tree, 8192 bytes at 0xc000000000
	//   mcentral: grow, class 5, 8192 bytes at 0xc000000000
	//   mcache: refill, class 5, 8192 bytes at 0xc000000000
	//   mcache: slot, class 5, 48 bytes at 0xc000000000
	// allocated
	//   mcache: slot, class 5, 48 bytes at 0xc000000030
	// allocated
}

// After a collection the lowest free slot comes first.
func ExampleHeap_GC() {
	h, err := alloc.New(alloc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var objects []alloc.Addr
	for range 8 {
		a, err := h.Malloc(0, 64, true)
		if err != nil {
			fmt.Println(err)
			return
		}
		objects = append(objects, a)
	}
	dead := map[alloc.Addr]bool{objects[2]: true, objects[5]: true}
	if err := h.GC(func(a alloc.Addr) bool { return !dead[a] }); err != nil {
		fmt.Println(err)
	}
	for range 3 {
		a, err := h.Malloc(0, 64, true)
		if err != nil {
			fmt.Println(err)
			return
		}
		place, err := h.Find(a)
		fmt.Println("slot", place.Index, err)
	}
	// Output:
	// slot 2 <nil>
	// slot 5 <nil>
	// slot 8 <nil>
}

// A heap as text: # is a slot that is taken, + several slots of which some are.
func ExampleSnapshot_Picture() {
	h, err := alloc.New(alloc.Config{Release: "go1.26"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 40 {
		if _, err := h.Malloc(0, int64(200*(i%2)+100), true); err != nil {
			fmt.Println(err)
			return
		}
	}
	text, err := h.Snapshot().Picture(3)
	fmt.Print(text, err)
	// Output:
	// go1.26: 16384 bytes in 2 spans, 4177920 in free pages, 4177920 given back or never used
	// arena 0 at 0xc000000000
	//   page     0, 1 page, class 9, 112 bytes, without pointers, 20 of 72 taken, cached by P 0
	//     ##########..........................
	//   page     1, 1 page, class 20, 320 bytes, without pointers, 20 of 25 taken, cached by P 0
	//     ####################.....
	// <nil>
}

// Reading the statistics makes every P give its spans back, as in Go.
func ExampleHeap_ReadMemStats() {
	h, err := alloc.New(alloc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 10 {
		if _, err := h.Malloc(0, 1, true); err != nil { // tiny: one block for all
			fmt.Println(err)
			return
		}
	}
	m := h.ReadMemStats()
	fmt.Println(m.Mallocs, "allocated,", m.Frees, "freed,", m.HeapAlloc, "bytes,", m.BySize[1].Mallocs, "of 16 bytes")
	// Output:
	// 10 allocated, 9 freed, 16 bytes, 1 of 16 bytes
}

// A channel of pointers is two objects; a channel of elements without pointers is one.
func ExampleRules_MakeChan() {
	r, err := alloc.ForRelease("go1.26")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, noscan := range []bool{true, false} {
		blocks, err := r.MakeChan(alloc.Type{Size: 8, Noscan: noscan}, 10)
		for _, b := range blocks {
			fmt.Println(b.What, b.Bytes, "bytes, noscan", b.Noscan, err)
		}
	}
	// Output:
	// hchan and buffer 192 bytes, noscan true <nil>
	// hchan 112 bytes, noscan false <nil>
	// buffer 80 bytes, noscan false <nil>
}

// A stream of allocations and frees, its result, and the savings of another size or
// order of fields.
func ExampleReplay() {
	const stream = `
		{"op":"alloc","id":"nodes","size":72,"best":64,"what":"main.node","count":1000}
		{"op":"alloc","id":"names","size":33,"noscan":true,"what":"string","count":100}
		{"op":"free","id":"names","count":50}`
	r, err := alloc.Replay(alloc.Config{Release: "go1.26"}, alloc.ReadOps(strings.NewReader(stream)))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := r.Table(10)
	fmt.Print(text, err)
	// Output:
	// go1.26: 1050 objects live, 98304 bytes in spans of 4194304 that the heap has
	//
	//   class  slot  pointers  spans  bytes  taken  free slots  tail  rounding
	//       5    48     false      1   8192   2400        5664   128       750
	//       7    80      true     11  90112  80000        7120  2992      8000
	//
	// main.node: 1000 of 72 bytes take 80000, 8000 wasted; 64 bytes each would save 16000; the best order of fields (64 bytes) saves 16000
	// string: 50 of 33 bytes take 2400, 750 wasted; 32 bytes each would save 800
	//
	// free slots 12784 bytes, after the last slots 3120, free pages 4096000 of which 10% in pieces
	// <nil>
}
