package gc_test

import (
	"testing"

	"github.com/orrery-go/orrery/gc"
)

// TestDescriptor starts goroutines during the marking: one that gets the descriptor of a
// goroutine that has ended is grey until that descriptor's turn comes, and another is black
// from its first moment.
func TestDescriptor(t *testing.T) {
	for _, moment := range []string{"to come", "next", "over"} { // the descriptor's turn is
		h := newHeap(t, gc.Config{})
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		start := func() gc.G {
			t.Helper()
			g, err := h.Go(0, 1)
			must(err)
			return g
		}
		colour := func(g gc.G) gc.Colour {
			for _, s := range h.Snapshot().Goroutines {
				if s.G == g {
					return s.Colour
				}
			}
			return gc.None
		}
		main, other := start(), start()
		must(h.Start())
		step := func(done func() bool) {
			t.Helper()
			for !done() {
				more, err := h.Step()
				must(err)
				if !more {
					t.Fatal("the cycle is over")
				}
			}
		}
		step(func() bool { return colour(main) != gc.None })
		switch moment {
		case "next":
			step(func() bool { return colour(main) == gc.Black })
		case "over":
			step(func() bool { return colour(other) == gc.Black })
		}
		must(h.Exit(other))
		heir, own := start(), start()
		want := gc.Grey
		if moment == "over" {
			want = gc.Black
		}
		if colour(heir) != want || colour(own) != gc.Black {
			t.Errorf("the turn is %s: the heir is %v, want %v; another is %v, want black", moment, colour(heir), want, colour(own))
		}
		stacks := h.Work().Stacks
		step(func() bool { return colour(main) == gc.Black && colour(heir) == gc.Black })
		if n := h.Work().Stacks - stacks; moment != "over" && n == 0 {
			t.Error("the heir is never scanned")
		}
	}
}
