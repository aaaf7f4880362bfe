package leak_test

import (
	"fmt"
	"log"

	"github.com/orrery-go/orrery/sched/leak"
)

// A worker sends its answer to a channel that its caller has dropped. Another waits for
// a channel that a sleeping goroutine refers to.
func ExampleFind() {
	r, err := leak.Find(leak.State{
		Objects: []leak.Object{{Type: leak.Chan}, {Type: leak.Chan}},
		Goroutines: []leak.Goroutine{
			{Reason: leak.Send, On: []leak.Case{{Object: 1}}},
			{Reason: leak.Recv, On: []leak.Case{{Object: 2}}},
			{Reason: leak.Sleep, Refs: []int{2}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range r.Leaked {
		fmt.Println(l)
	}
	fmt.Println("found by what is marked:", r.Rounds)
	// Output:
	// goroutine 1: chan send: waits for a receive from channel 1; no other goroutine refers to it
	// found by what is marked: [[2]]
}

// Two goroutines lock two mutexes in opposite orders. Each refers to both, but neither
// can continue.
func ExampleLeak() {
	r, err := leak.Find(leak.State{
		Objects: []leak.Object{{Type: leak.Mutex, Holder: 1}, {Type: leak.Mutex, Holder: 2}},
		Goroutines: []leak.Goroutine{
			{Reason: leak.Lock, On: []leak.Case{{Object: 2}}, Refs: []int{1}},
			{Reason: leak.Lock, On: []leak.Case{{Object: 1}}, Refs: []int{2}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range r.Leaked {
		fmt.Println(l)
	}
	// Output:
	// goroutine 1: lock: waits for Unlock of mutex 2; goroutine 2, which has locked it, is leaked, too; only goroutine 2 refers to it, and is leaked, too
	// goroutine 2: lock: waits for Unlock of mutex 1; goroutine 1, which has locked it, is leaked, too; only goroutine 1 refers to it, and is leaked, too
}
