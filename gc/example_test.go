package gc_test

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/gc"
)

// A cycle, step by step: a list of two objects and one that nothing points to.
func Example() {
	h, _ := gc.New(gc.Config{Globals: 1, Trace: func(e gc.Event) { fmt.Println(e) }})
	g, _ := h.Go(0, 2)
	list := gc.Layout{Bytes: 16, Slots: 1}
	h.Alloc(g, 0, list)
	h.Alloc(g, 1, list)
	h.Store(g, 0, 0, 1) // object 1 points to object 2
	h.StoreGlobal(g, 0, 0)
	h.Alloc(g, 1, list)
	h.Drop(g, 1) // object 3 is garbage
	h.GC()
	// Output:
	// goroutine 1 allocates object 1: 16 bytes
	// goroutine 1 allocates object 2: 16 bytes
	// goroutine 1: slot 0 of object 1 = object 2
	// goroutine 1: global 0 = object 1
	// goroutine 1 allocates object 3: 16 bytes
	// cycle 1 begins
	// the world stops: sweep termination
	// the write barrier on
	// the world starts: sweep termination, cost 0
	// object 1 becomes grey
	// object 1 is found from a root
	// the globals are black: 1 slots
	// stack of goroutine 1 is black: 2 slots
	// object 2 becomes grey
	// object 1 becomes black
	// span 1: 1 objects scanned at once
	// object 2 becomes black
	// span 1: 1 objects scanned at once
	// the world stops: mark termination
	// the write barrier off
	// the world starts: mark termination, cost 0
	// cycle 1 ends
	// object 3 is reclaimed
	// span 1 is swept: 1 objects reclaimed
}

// A collector without a barrier loses an object that is in use.
func ExampleHeap_Check() {
	a, _ := gc.AlgorithmNamed("no-barrier")
	h, _ := gc.New(gc.Config{Algorithm: &a})
	g, _ := h.Go(0, 2)
	h.Alloc(g, 0, gc.Layout{Bytes: 8, Slots: 1})
	h.Start()
	for range 3 { // stop, switch the barrier on, and do the first root job
		h.Step()
	}
	h.Alloc(g, 1, gc.Layout{Bytes: 8, Slots: 1}) // object 2 is black
	h.Store(g, 1, 0, 0)                          // it points to object 1, which is white
	h.Drop(g, 0)                                 // and nothing else does
	h.Run()
	err := h.Check()
	fmt.Println(err)
	fmt.Println(errors.Is(err, gc.ErrReclaimed))
	// Output:
	// gc: object 1 was reclaimed: the program still uses it, through object 2
	// true
}

// The work that is done while the world is stopped, release by release.
func ExampleHeap_Cycle() {
	for _, release := range []string{"go1.2", "go1.4", "go1.7", "go1.26"} {
		h, _ := gc.New(gc.Config{Release: release, Globals: 1})
		g, _ := h.Go(0, 100)
		for range 1000 {
			h.Alloc(g, 0, gc.Layout{Bytes: 16, Slots: 2})
			h.LoadGlobal(g, 1, 0)
			h.Store(g, 0, 0, 1)
			h.StoreGlobal(g, 0, 0)
		}
		h.Start() // as the growth of the heap would; GC stops the world in 1.5 to 1.8
		h.Run()
		fmt.Println(release, h.Algorithm().Name)
		for _, p := range h.Cycle().Pauses {
			fmt.Printf("    %s: cost %d, %d spans swept\n", p.Why, p.Work.Cost(), p.Work.SpansSwept)
		}
	}
	// Output:
	// go1.2 mark-sweep
	//     mark and sweep: cost 3101, 2 spans swept
	// go1.4 mark-lazysweep
	//     mark: cost 3101, 0 spans swept
	// go1.7 insertion
	//     sweep termination: cost 0, 0 spans swept
	//     mark termination: cost 100, 0 spans swept
	// go1.26 greentea
	//     sweep termination: cost 0, 0 spans swept
	//     mark termination: cost 0, 0 spans swept
}

// Many small objects cost more than one large one with the same number of bytes.
func ExampleWork_Cost() {
	cost := func(objects int, l gc.Layout) uint64 {
		h, _ := gc.New(gc.Config{Globals: objects})
		g, _ := h.Go(0, 1)
		for i := range objects {
			h.Alloc(g, 0, l)
			h.StoreGlobal(g, i, 0)
		}
		h.GC()
		return h.Work().Cost()
	}
	fmt.Println("1024 objects of 16 bytes, 2 pointers each:", cost(1024, gc.Layout{Bytes: 16, Slots: 2}))
	fmt.Println("1024 objects of 16 bytes, no pointers:    ", cost(1024, gc.Layout{Bytes: 16}))
	fmt.Println("1 object of 16 KB, 2048 pointers:         ", cost(1, gc.Layout{Bytes: 16 << 10, Slots: 2048}))
	fmt.Println("1 object of 16 KB, no pointers:           ", cost(1, gc.Layout{Bytes: 16 << 10}))
	// Output:
	// 1024 objects of 16 bytes, 2 pointers each: 4097
	// 1024 objects of 16 bytes, no pointers:     2049
	// 1 object of 16 KB, 2048 pointers:          2051
	// 1 object of 16 KB, no pointers:            3
}

// Two tiny objects share a block: the finalizer of neither runs while one is in use.
func ExampleHeap_SetFinalizer() {
	for _, release := range []string{"go1.4", "go1.5", "go1.26"} {
		h, _ := gc.New(gc.Config{Release: release})
		g, _ := h.Go(0, 3)
		a, _ := h.Alloc(g, 0, gc.Layout{Bytes: 8})
		h.Alloc(g, 1, gc.Layout{Bytes: 8})
		h.SetFinalizer(g, 0)
		h.Drop(g, 0)
		h.GC()
		block, _ := h.Block(a)
		_, ran, _ := h.RunFinalizer(g, 2)
		fmt.Println(release, block, ran)
	}
	// Output:
	// go1.4 [16 24] false
	// go1.5 [1] true
	// go1.26 [16 24] false
}

// A method value in an object leads back to it: with a finalizer the object is never
// reclaimed.
func ExampleHeap_Wrap() {
	h, _ := gc.New(gc.Config{})
	g, _ := h.Go(0, 2)
	h.Alloc(g, 0, gc.Layout{Bytes: 16, Slots: 1})
	h.Wrap(g, 1, gc.Closure, 0)
	h.Store(g, 0, 0, 1)
	h.SetFinalizer(g, 0)
	h.Drop(g, 0)
	h.Drop(g, 1)
	h.GC()
	h.GC()
	fmt.Println(h.Objects(), "objects")
	// Output: 2 objects
}
