package pacer

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAround: of three profiles those count whose largest heaps are on either side, and the
// nearer the more; beyond all of them the nearest alone counts.
func TestAround(t *testing.T) {
	all := []alone{{peak: 100}, {peak: 400}, {peak: 1600}}
	for _, tt := range []struct{ heap, a, b, part float64 }{
		{50, 100, 100, 0}, {100, 100, 100, 0}, {200, 100, 400, 0.5}, {400, 100, 400, 1}, {800, 400, 1600, 0.5}, {1600, 400, 1600, 1}, {1e6, 1600, 1600, 0},
	} {
		if a, b, part := around(all, tt.heap); a.peak != tt.a || b.peak != tt.b || !near(part, tt.part) {
			t.Errorf("%v: %v of the way from %v to %v", tt.heap, part, a.peak, b.peak)
		}
	}
	same := []alone{{peak: 100}, {peak: 100}}
	for heap, want := range map[float64]float64{50: 100, 100: 100, 200: 100} {
		if a, b, part := around(same, heap); a.peak != want || b.peak != want || part != 0 {
			t.Errorf("of equals %v: %v, %v, %v", heap, a, b, part)
		}
	}
}

// TestBetween: a prediction from two has the same part of the way of every number, in
// whatever order they are.
func TestBetween(t *testing.T) {
	small := alone{counted{Prediction{GOGC: 200, Limit: 900, Cycles: 40, PeakHeap: 400, Peak: 800, GCTime: 8 * time.Second, GCShare: 0.1}, 40.5}, 100, 5000, 50, false}
	large := alone{counted{Prediction{GOGC: 200, Limit: 900, Cycles: 20, PeakHeap: 400, Peak: 1200, GCTime: 4 * time.Second, GCShare: 0.3}, 20}, 1600, 6000, 10, false}
	for _, all := range [][]alone{{small, large}, {large, small}} {
		got, err := between(all)
		want := Prediction{GOGC: 200, Limit: 900, Cycles: 30, PeakHeap: 400, Peak: 1000, GCTime: 6 * time.Second, GCShare: 0.2, Over: true}
		if err != nil || !near(got.GCShare, want.GCShare) {
			t.Error(got, err)
		}
		if got.GCShare = want.GCShare; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	for limit, over := range map[int64]bool{0: false, 1: true, 999: true, 1000: false} {
		small.Limit, large.Limit = limit, limit
		if got, err := between([]alone{small, large}); err != nil || got.Over != over {
			t.Errorf("1000 bytes with a limit of %d: %+v, %v", limit, got, err)
		}
	}
	// The first says 200, which is half the way to 400; there the mean is 300, and there
	// 0.79 of the way the heap is 358.
	small.PeakHeap, small.peak, large.PeakHeap, large.peak = 200, 100, 400, 400
	if got, err := between([]alone{small, large}); err != nil || got.PeakHeap != 358 || got.Cycles != 24 {
		t.Errorf("%+v, %v", got, err)
	}
	// Beyond all, the nearest alone. Cycles that have ended count if it ends with the program.
	small.PeakHeap, large.PeakHeap = 50, 60
	for whole, cycles := range map[bool]int{false: 41, true: 40} {
		small.whole = whole
		if got, err := between([]alone{large, small}); err != nil || got.PeakHeap != 50 || got.Cycles != cycles {
			t.Errorf("%+v, %v", got, err)
		}
	}
	// Both have to end with it.
	small.PeakHeap, large.PeakHeap, large.peak = 400, 400, 1600
	small.count, small.whole = 41.2, true
	for whole, cycles := range map[bool]int{false: 31, true: 30} {
		large.whole = whole
		if got, err := between([]alone{large, small}); err != nil || got.Cycles != cycles {
			t.Errorf("%+v, %v", got, err)
		}
	}
	large.total = 10_001
	if _, err := between([]alone{small, large}); err == nil || !strings.Contains(err.Error(), "5000 and 10001 bytes") {
		t.Error(err)
	}
	large.total = 10_000
	if _, err := between([]alone{small, large}); err != nil {
		t.Error(err)
	}
}

// TestTails: runs of 60 and 10 collections that allocate 7,200 and 6,200 bytes differ by 20
// for each. Cycles as large as those of the first, of 120 bytes, have 100 of the program's
// 6,000, and those of a prediction of 90 have 60, so that there are 100 of them.
func TestTails(t *testing.T) {
	of := func(cycles, total, own float64, whole bool) alone {
		return alone{counted: counted{Prediction{GCTime: 90 * time.Millisecond}, cycles}, total: total, cycles: own, whole: whole}
	}
	all := []alone{of(90, 7200, 60, true), of(10, 6200, 10, true), of(60, 7200, 60, false)}
	tails(all)
	if !near(all[0].count, 100) || all[0].GCTime != 100*time.Millisecond || all[1].count != 10 || all[2].count != 60 {
		t.Errorf("%+v", all)
	}
	for what, all := range map[string][]alone{
		"one is whole":              {of(90, 7200, 60, true), of(90, 6200, 10, false)},
		"as many collections":       {of(90, 7200, 60, true), of(90, 6200, 60, true)},
		"more with less":            {of(90, 7200, 10, true), of(90, 6200, 60, true)},
		"half is tails":             {of(180, 7200, 60, true), of(180, 6200, 10, true), of(180, 7200, 180, false)},
		"half of the profile's own": {of(90, 7200, 180, false), of(60, 7200, 60, true), of(10, 6200, 10, true)},
	} {
		want := slices.Clone(all)
		if tails(all); !slices.Equal(all, want) {
			t.Errorf("%s: %+v", what, all)
		}
	}
	// Three that lie on no line: the tail is that of the nearest one.
	all = []alone{of(90, 7200, 60, true), of(90, 6200, 10, true), of(90, 6950, 35, true)}
	tails(all)
	if !near(all[0].count, 100) {
		t.Errorf("%+v", all)
	}
}
