package timers

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestHeap checks that timers come out in the order of their times, that the heap is
// one, and that none is lost.
func TestHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h, other Heap
		in := map[int32]time.Duration{}
		now := time.Duration(0)
		for g := int32(1); g < 300; g++ {
			if rapid.IntRange(0, 2).Draw(t, "what") > 0 {
				when := now + time.Duration(rapid.IntRange(0, 50).Draw(t, "when"))
				to := &h
				if rapid.IntRange(0, 5).Draw(t, "other") == 0 {
					to = &other
				}
				at, ok := to.First()
				if first := to.Add(Timer{When: when, ID: g}); first != (!ok || when < at.When) {
					t.Fatalf("the first at %v, %v; %v is: %v", at, ok, when, first)
				}
				in[g] = when
			} else if rapid.IntRange(0, 9).Draw(t, "move") == 0 {
				h.Move(&other)
			} else if what := rapid.IntRange(0, 9).Draw(t, "what else"); what == 0 {
				odd := func(t Timer) bool { return t.ID%2 == 1 }
				h.Keep(odd)
				other.Keep(odd)
				for g := range in {
					if g%2 == 0 {
						delete(in, g)
					}
				}
			} else if first, ok := h.First(); what == 1 && ok {
				in[first.ID] += 5
				h.Delay(first.When + 5)
			} else {
				now += time.Duration(rapid.IntRange(0, 20).Draw(t, "passes"))
				last := time.Duration(-1)
				for g, ok := h.Pop(now); ok; g, ok = h.Pop(now) {
					if in[g] > now || in[g] < last {
						t.Fatalf("timer %d of %v at %v, after one of %v", g, in[g], now, last)
					}
					last = in[g]
					delete(in, g)
				}
				if first, ok := h.First(); ok && first.When <= now {
					t.Fatalf("one of %v is left at %v", first.When, now)
				}
			}
			if !h.Ordered() || h.Len()+other.Len() != len(in) {
				t.Fatalf("%d and %d timers, want %d", h.Len(), other.Len(), len(in))
			}
		}
	})
}
