package optimistic_test

import (
	"fmt"
	"testing"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/textbook/optimistic"
)

// A value that was changed and changed back looks unchanged.
func ExampleCell() {
	const a, b, c = 1, 2, 3
	var cell optimistic.Cell
	cell.Store(a)
	seen := cell.Load()
	cell.Store(b) // somebody else
	cell.Store(a)
	fmt.Println("by version:", cell.CompareVersion(seen, c))
	fmt.Println("by value:", cell.CompareAndSwap(seen, c))
	// Output:
	// by version: false
	// by value: true
}

// TestCounter: blind writes lose an increment, compare-and-swap none, in all
// interleavings.
func TestCounter(t *testing.T) {
	for _, swap := range []bool{false, true} {
		for n := 2; n <= 4; n++ {
			m, err := optimistic.NewCounter(n, swap)
			if err != nil {
				t.Fatal(err)
			}
			r, err := explore.Run(t.Context(), m, explore.Options{MaxStates: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			if (r.Counterexample == nil) != swap {
				t.Errorf("%d processes, compare-and-swap %v: %v", n, swap, r.Counterexample)
			}
		}
	}
	if _, err := optimistic.NewCounter(7, true); err == nil {
		t.Error("7 processes are too many")
	}
}
