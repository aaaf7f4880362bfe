package explore_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/orrery-go/orrery/explore"
)

// A search never holds more than 40 bytes a state, and the bytes that it reports are the
// growth of the heap.
func TestMemory(t *testing.T) {
	const fixed = 1 << 20 // for batch, cache, and allocations of the test itself
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	m := ring{n: 3_000_000, chords: 1}
	before := heap()
	calls := 0
	r, err := explore.Run(background, m, explore.Options{
		MaxStates:     m.n,
		ProgressEvery: 20_000,
		Progress: func(p explore.Progress) {
			if p.States < 50_000 {
				return
			}
			if each := float64(p.Memory) / float64(p.States); each > 40 {
				t.Errorf("%.1f bytes a state at %v", each, p)
			}
			if calls++; calls%40 != 0 {
				return // measuring the heap takes long
			}
			if held := heap() - before; held > int64(p.Memory)+fixed || held < int64(p.Memory)-fixed {
				t.Errorf("the heap has grown by %d bytes at %v", held, p)
			}
		},
	})
	if err != nil || calls < 40 {
		t.Errorf("%d calls, error %v", calls, err)
	}
	t.Logf("%d states, %d bytes: %.1f each", r.States, r.Memory, float64(r.Memory)/float64(r.States))
}

// The search for goals has the same bound, and reports when all states are known but
// their transitions do not fit.
func TestEverywhereMemory(t *testing.T) {
	m := newOdd(100_000)
	plain, err := explore.Run(background, m, explore.Options{MaxStates: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	opts := explore.Options{MaxStates: 1 << 20, Everywhere: true}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	whole, err := explore.Run(background, m, opts)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 10*whole.Memory {
		t.Errorf("%d bytes are allocated in all, and held %d at most", took, whole.Memory)
	}
	// By state, in chunks of 8,192: the state and its parent; the index, a power of two
	// of slots, two thirds of which may be taken; each transition; by state, the place
	// where its transitions begin and a place in a queue; and a bit.
	if want := uint64(13*8192*(8+4) + 4*(1<<18) + 4*200_000 + (8+4)*100_001 + 8*1563); whole.Memory != want {
		t.Errorf("%d bytes are held, want %d", whole.Memory, want)
	}
	if least := 4 * plain.Transitions; whole.Memory < least {
		t.Fatalf("%d bytes for edges that take %d", whole.Memory, least)
	}
	opts.MaxMemory = whole.Memory
	if _, err := explore.Run(background, m, opts); err != nil {
		t.Errorf("MaxMemory of the bytes needed: %v", err)
	}
	opts.MaxMemory--
	r, err := explore.Run(background, m, opts)
	var le *explore.LimitError
	if !errors.As(err, &le) || le.Limit != "MaxMemory" || r.States != m.n || le.Expanded != m.n {
		t.Errorf("MaxMemory of one byte less: %v, %d states", err, r.States)
	}
}
