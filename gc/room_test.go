package gc_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/gc"
)

// TestFullOfTiny: a block of tiny objects has sixteen numbers, from a multiple of 16 on, so
// that sixteen others and two blocks fill a heap of 47 numbers.
func TestFullOfTiny(t *testing.T) {
	for others, want := range map[int]int{0: 32, 14: 32, 15: 32, 16: 16, 31: 16, 32: 0} {
		h := newHeap(t, gc.Config{MaxObjects: 47})
		g, err := h.Go(0, 48)
		must(t, err)
		for i := range others {
			_, err := h.Alloc(g, i, gc.Layout{Bytes: 10_000})
			must(t, err)
		}
		n := 0
		for ; n < 100; n++ {
			if _, err := h.Alloc(g, others+n%(48-others), gc.Layout{Bytes: 1}); err != nil {
				break
			}
		}
		if n != want {
			t.Errorf("after %d others %d tiny objects have room, want %d", others, n, want)
		}
		must(t, h.Check())
	}
}

// TestManyTiny: a span has 512 blocks, and after a collection the blocks that are free are
// used again.
func TestManyTiny(t *testing.T) {
	h := newHeap(t, gc.Config{})
	g, err := h.Go(0, 700)
	must(t, err)
	for cycle := range 3 {
		seen := map[gc.Ref]bool{}
		for i := range 700 {
			r, err := h.Alloc(g, i, gc.Layout{Bytes: 15})
			must(t, err)
			if seen[r] {
				t.Fatalf("object %d is allocated twice", r)
			}
			seen[r] = true
			s, err := h.Look(r)
			must(t, err)
			if s.Bytes != 15 {
				t.Fatalf("object %d has %d bytes", r, s.Bytes)
			}
		}
		must(t, h.Check())
		for i := range 700 {
			must(t, h.Drop(g, i))
		}
		must(t, h.GC(), h.Check())
		if h.Objects() > 1 { // the last block stays for the next object
			t.Errorf("cycle %d: %d objects are left", cycle+1, h.Objects())
		}
	}
}

// TestWeakInside: weak pointers to a place in an object are equal, those to different places
// differ, and all become nil together.
func TestWeakInside(t *testing.T) {
	h := newHeap(t, gc.Config{})
	g, err := h.Go(0, 2)
	must(t, err)
	r, err := h.Alloc(g, 0, gc.Layout{Bytes: 32, Slots: 1})
	must(t, err)
	var all []gc.Weak
	for _, at := range []int64{8, 0, 31, 16} {
		for range 2 {
			w, err := h.MakeWeakInside(g, 0, at)
			must(t, err)
			all = append(all, w)
		}
	}
	for i, w := range all {
		if j := slices.Index(all, w); j != i/2*2 {
			t.Errorf("weak pointers %v: %d is the same as %d", all, i, j)
		}
		if p, err := h.PeekWeak(w); p != r || err != nil {
			t.Errorf("weak pointer %d: %v, %v", w, p, err)
		}
	}
	for _, at := range []int64{-1, 32} {
		if _, err := h.MakeWeakInside(g, 0, at); err == nil {
			t.Errorf("there is a place %d", at)
		}
	}
	must(t, h.Drop(g, 0), h.GC(), h.GC())
	for _, w := range all {
		if p, err := h.PeekWeak(w); p != gc.Nil || err != nil {
			t.Errorf("weak pointer %d of garbage: %v, %v", w, p, err)
		}
	}
}

// TestEventsAndTrace: Events yields what Trace receives, and does without it.
func TestEventsAndTrace(t *testing.T) {
	run := func(c gc.Config) (out []gc.Event) {
		h := newHeap(t, c)
		g, err := h.Go(0, 2)
		must(t, err)
		_, err = h.Alloc(g, 0, gc.Layout{Bytes: 16, Slots: 2})
		must(t, err, h.Start())
		for e := range h.Events() {
			e.Seq = 0 // without a Trace what came before has none
			out = append(out, e)
		}
		must(t, h.Err(), h.Check())
		return out
	}
	alone := run(gc.Config{})
	var traced []gc.Event
	both := run(gc.Config{Trace: func(e gc.Event) {
		e.Seq = 0
		traced = append(traced, e)
	}})
	if len(alone) < 5 || !slices.Equal(alone, both) || !slices.Equal(both, traced[len(traced)-len(both):]) {
		t.Errorf("%d events without a Trace, %d with one, which receives %d", len(alone), len(both), len(traced))
	}
}

// TestFinalizable: a finalizer of no object ends the program, of a nil pointer in most
// releases too, and one of an object of size 0 is ignored since Go 1.3.
func TestFinalizable(t *testing.T) {
	const (
		object = iota
		zero
		null
	)
	for _, tt := range []struct {
		release string
		slot    int
		want    error
	}{
		{"go1.2", object, nil}, {"go1.2", zero, gc.FinalizerOfInside}, {"go1.2", null, gc.FinalizerOfInside},
		{"go1.3", object, nil}, {"go1.3", zero, nil}, {"go1.3", null, nil},
		{"go1.4", object, nil}, {"go1.4", zero, nil}, {"go1.4", null, gc.FinalizerOfNoBlock}, {"go1.4", gc.NoSlot, gc.FinalizerOfNil},
		{"go1.27", object, nil}, {"go1.27", zero, nil}, {"go1.27", null, gc.FinalizerOfNoBlock}, {"go1.27", gc.NoSlot, gc.FinalizerOfNil},
	} {
		for _, clears := range []bool{false, true} {
			h := newHeap(t, gc.Config{Release: tt.release})
			g, err := h.Go(0, 3)
			must(t, err)
			_, err = h.Alloc(g, object, gc.Layout{Bytes: 32, Slots: 1})
			must(t, err)
			_, err = h.Alloc(g, zero, gc.Layout{})
			must(t, err)
			if clears {
				err = h.ClearFinalizer(g, tt.slot)
			} else {
				err = h.SetFinalizer(g, tt.slot)
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("%s, slot %d, to clear it %v: %v, want %v", tt.release, tt.slot, clears, err, tt.want)
			}
		}
	}
}
