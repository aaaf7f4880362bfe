package gc_test

import (
	"slices"
	"testing"

	"github.com/orrery-go/orrery/gc"
)

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestContainers: the objects that a map, a channel and a closure are made of, their bytes,
// and the pointers in them.
func TestContainers(t *testing.T) {
	for _, tt := range []struct {
		c     gc.Container
		n     int
		bytes []int64
		slots []int
	}{
		{gc.Closure, 0, []int64{8}, []int{0}},
		{gc.Closure, 2, []int64{24}, []int{2}},
		{gc.Channel, 0, []int64{8, 112}, []int{1, 1}},
		{gc.Channel, 1, []int64{8, 112}, []int{1, 1}},
		{gc.Channel, 3, []int64{24, 112}, []int{3, 1}},
		{gc.Map, 0, []int64{136, 48}, []int{8, 1}},
		{gc.Map, 3, []int64{136, 48}, []int{8, 1}},
	} {
		h := newHeap(t, gc.Config{Release: "go1.26"})
		g, err := h.Go(0, 4)
		must(t, err)
		var from []int
		var held []gc.Ref
		for i := range tt.n {
			r, err := h.Alloc(g, i, gc.Layout{Bytes: 32})
			must(t, err)
			from, held = append(from, i), append(held, r)
		}
		r, err := h.Wrap(g, 3, tt.c, from...)
		must(t, err)
		var bytes []int64
		var slots []int
		for {
			s, err := h.Look(r)
			must(t, err)
			bytes, slots = append([]int64{s.Bytes}, bytes...), append([]int{len(s.Slots)}, slots...)
			if len(bytes) == len(tt.bytes) {
				if !slices.Equal(s.Slots[:tt.n], held) {
					t.Errorf("a %s of %v holds %v", tt.c, held, s.Slots)
				}
				break
			}
			r = s.Slots[0]
		}
		if !slices.Equal(bytes, tt.bytes) || !slices.Equal(slots, tt.slots) {
			t.Errorf("a %s of %d: objects of %d bytes with %d pointers, want %d and %d", tt.c, tt.n, bytes, slots, tt.bytes, tt.slots)
		}
		words := 0
		for _, n := range tt.slots {
			words += n
		}
		before := h.Work().Words
		if must(t, h.GC()); h.Work().Words-before != uint64(words) {
			t.Errorf("a %s of %d: %d pointers are looked at, want %d", tt.c, tt.n, h.Work().Words-before, words)
		}
	}
}

// TestWorkOfPauses: if the program stops during the whole cycle, its pauses contain the
// work of this cycle, and of no other.
func TestWorkOfPauses(t *testing.T) {
	h := newHeap(t, gc.Config{Release: "go1.3"})
	for range 3 {
		g, err := h.Go(0, 2)
		must(t, err)
		_, err = h.Alloc(g, 0, gc.Layout{Bytes: 16, Slots: 2})
		must(t, err)
		_, err = h.Alloc(g, 1, gc.Layout{Bytes: 16, Slots: 2})
		must(t, err)
		must(t, h.Store(g, 0, 0, 1), h.Drop(g, 1))
	}
	for cycle := range uint64(3) {
		before := h.Work()
		must(t, h.GC())
		var sum gc.Work
		cost := uint64(0)
		for _, p := range h.Cycle().Pauses {
			sum.Stacks += p.Work.Stacks
			sum.RootSlots += p.Work.RootSlots
			sum.Marked += p.Work.Marked
			sum.Words += p.Work.Words
			cost += p.Work.Cost()
		}
		after := h.Work()
		if sum.Stacks != 3 || sum.Stacks != after.Stacks-before.Stacks || sum.Marked != 6 || sum.Words != 12 || sum.RootSlots != after.RootSlots-before.RootSlots {
			t.Errorf("cycle %d: %+v", cycle+1, sum)
		}
		if got, _ := h.Cycle().PauseCost(); cost != sum.RootSlots+6+12 || got != cost {
			t.Errorf("cycle %d: the pauses cost %d and %d", cycle+1, cost, got)
		}
	}
}

// TestTinyNeighbours: sixteen objects of one byte share a block, whatever was allocated
// before.
func TestTinyNeighbours(t *testing.T) {
	for _, others := range []int{0, 1, 7, 15, 16, 17, 40} {
		h := newHeap(t, gc.Config{})
		g, err := h.Go(0, 34)
		must(t, err)
		for i := range others { // an object of more than a span has a span of its own
			_, err := h.Alloc(g, 33, gc.Layout{Bytes: 10_000 + int64(i)*8})
			must(t, err)
		}
		var refs []gc.Ref
		for i := range 33 {
			r, err := h.Alloc(g, i, gc.Layout{Bytes: 1})
			must(t, err)
			refs = append(refs, r)
		}
		for i, r := range refs {
			block, err := h.Block(r)
			must(t, err)
			if first := i / 16 * 16; !slices.Equal(block, refs[first:min(first+16, 33)]) {
				t.Fatalf("after %d others: tiny object %d lies in a block with %v, of %v", others, i, block, refs)
			}
		}
		must(t, h.Check())
	}
}

// TestCleanupMeanwhile runs a cleanup during the marking, on a goroutine that started
// meanwhile and so will not be scanned, before its argument was marked.
func TestCleanupMeanwhile(t *testing.T) {
	h := newHeap(t, gc.Config{Verify: true})
	g, err := h.Go(0, 2)
	must(t, err)
	for slot := range 2 {
		_, err = h.Alloc(g, slot, gc.Layout{Bytes: 16, Slots: 2})
		must(t, err)
	}
	_, err = h.AddCleanup(g, 0, 1)
	must(t, err)
	must(t, h.Drop(g, 0), h.Drop(g, 1), h.GC(), h.Start())
	for _, pause := h.Running(); pause == ""; _, pause = h.Running() {
		_, err := h.Step()
		must(t, err)
	}
	for _, pause := h.Running(); pause != ""; _, pause = h.Running() {
		_, err := h.Step()
		must(t, err)
	}
	runner, err := h.Go(0, 1)
	must(t, err)
	if _, ran, err := h.RunCleanup(runner, 0); err != nil || !ran {
		t.Fatal("no cleanup to run", err)
	}
	if _, ran, err := h.RunCleanup(runner, 0); err != nil || ran {
		t.Fatal("the cleanup runs again", err)
	}
	must(t, h.Check(), h.Run(), h.Check())
	if h.Objects() != 1 {
		t.Errorf("%d objects are left, want the argument", h.Objects())
	}
}
