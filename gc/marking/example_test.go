package marking_test

import (
	"context"
	"fmt"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// search explores the algorithm, and prints how it loses an object, if it does.
func search(a gc.Algorithm, objects, fields int) {
	m, err := marking.New(marking.Config{Algorithm: a, Objects: objects, Fields: fields})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 24})
	if err != nil {
		fmt.Println(err)
		return
	}
	if r.Counterexample == nil {
		fmt.Println(r.States, "states, and nothing is lost in any")
		return
	}
	var events []string
	var states []uint64
	for _, s := range r.Counterexample.Steps {
		events, states = append(events, s.Label), append(states, s.State)
	}
	frames, err := m.Story(r.Counterexample.Start, events, states)
	if err != nil {
		fmt.Println(err)
	}
	for i, f := range frames {
		fmt.Printf("%d. %s\n", i+1, f.Text)
	}
}

// The hybrid barrier needs black new objects.
func Example() {
	a, _ := gc.AlgorithmNamed("hybrid-white")
	search(a, 3, 1)
	a.AllocateBlack = true
	search(a, 3, 1)
	// Output:
	// 1. the collector starts marking
	// 2. the collector scans the stack: nothing becomes grey
	// 3. the program allocates A (white) into s0; only s0 points to A now, which is white, and the collector has looked there
	// 4. nothing is grey: the world stops
	// 5. marking ends: A is white, so it is garbage; but the program still uses it
	// 260409 states, and nothing is lost in any
}

// A barrier of your own: it saves work by not shading what a black stack stores.
func Example_ownBarrier() {
	search(gc.Algorithm{
		Name:          "mine",
		Concurrent:    true,
		AllocateBlack: true,
		Barrier: gc.BarrierFunc(func(w gc.Write) gc.Shade {
			if w.Stack == gc.Black {
				return gc.ShadeOld
			}
			return gc.ShadeNew
		}),
	}, 3, 1)
	// Output:
	// 265985 states, and nothing is lost in any
}
