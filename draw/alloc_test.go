package draw_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/draw"
)

// someHeap has spans of several classes, one that was collected, and a large object.
func someHeap(t testing.TB, release string) alloc.Snapshot {
	t.Helper()
	h, err := alloc.New(alloc.Config{Release: release, Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	malloc := func(times int, size int64, noscan bool) {
		for range times {
			if _, err := h.Malloc(0, size, noscan); err != nil {
				t.Fatal(err)
			}
		}
	}
	malloc(300, 48, false)
	malloc(30, 1024, true)
	malloc(1, 100_000, true)
	if err := h.GC(func(a alloc.Addr) bool { return a%96 == 0 || a > 0xc000010000 }); err != nil {
		t.Fatal(err)
	}
	malloc(40, 48, false)
	malloc(3, 20_000, false)
	return h.Snapshot()
}

func TestHeap(t *testing.T) {
	got := draw.AllocHeap(someHeap(t, "go1.26"))
	wellFormed(t, got)
	same(t, "alloc_heap.svg", got)
	wellFormed(t, draw.AllocHeap(alloc.Snapshot{}))
	wellFormed(t, draw.AllocHeap(someHeap(t, "go1.2")))
}

func TestHeapAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, err := alloc.New(alloc.Config{Procs: 2, Limit: 64 << 20})
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 200).Draw(t, "objects") {
			_, _ = h.Malloc(rapid.IntRange(0, 1).Draw(t, "p"), rapid.Int64Range(0, 60_000).Draw(t, "size"), rapid.Bool().Draw(t, "noscan"))
		}
		wellFormed(t, draw.AllocHeap(h.Snapshot()))
	})
}
