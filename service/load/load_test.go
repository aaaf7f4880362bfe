package load_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/load"
)

// A closed loop asks every 10 ms, and the service stands still for a second: only one
// request was slow, which the percentiles do not show unless the requests that were not
// sent are filled in.
func ExampleHistogram_RecordCorrected() {
	var measured, corrected load.Histogram
	for i := range 1000 {
		d := time.Millisecond
		if i == 500 {
			d = time.Second
		}
		measured.Record(d)
		if d < 10*time.Millisecond {
			corrected.Record(d) // one in time
		} else if err := corrected.RecordCorrected(d, 10*time.Millisecond); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(measured.Summary())
	fmt.Println(corrected.Summary())
	// Output:
	// 1000 requests: mean 2ms, p50 1.01ms, p99 1.01ms, max 1s
	// 1099 requests: mean 46.9ms, p50 1.01ms, p99 906ms, max 1s
}

// TestQuantiles compares with sorting.
func TestQuantiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var h load.Histogram
		var all []time.Duration
		for range 1 + r.IntN(300) {
			d := time.Duration(r.Uint64() >> (1 + r.IntN(63)))
			all = append(all, d)
			h.Record(d)
		}
		slices.Sort(all)
		for _, q := range []float64{-1, 0, 0.1, 0.5, 0.9, 0.99, 1, 2, math.NaN()} {
			rank := 0
			if q > 0 {
				rank = max(0, int(math.Ceil(min(q, 1)*float64(len(all))))-1)
			}
			want, got := all[rank], h.Quantile(q)
			if got < want || float64(got-want) > float64(want)/64 {
				t.Fatalf("quantile %v of %v: %v, want %v", q, all, got, want)
			}
		}
		if h.Max() != all[len(all)-1] || h.Count() != len(all) {
			t.Fatal(h.Summary())
		}
	}
}

// TestCorrected: a time of some intervals counts with those of the requests that were not
// sent: one interval less each.
func TestCorrected(t *testing.T) {
	for _, tt := range []struct {
		d, interval time.Duration
		count       int
		mean        time.Duration
	}{{3, 1, 3, 2}, {10, 4, 2, 8}, {8, 4, 2, 6}, {3, 4, 0, 0}, {-5, 1, 0, 0}, {load.MaxCorrected, 1, load.MaxCorrected, (load.MaxCorrected + 1) / 2}} {
		var h load.Histogram
		if err := h.RecordCorrected(tt.d, tt.interval); err != nil || h.Count() != tt.count || h.Mean() != tt.mean {
			t.Errorf("%d with an interval of %d: %d times with a mean of %d, want %d and %d, %v", tt.d, tt.interval, h.Count(), h.Mean(), tt.count, tt.mean, err)
		}
	}
	var h load.Histogram
	if err := h.RecordCorrected(load.MaxCorrected+1, 1); err == nil {
		t.Error("one more than is filled in at most")
	}
}

// TestBuckets: the time that a quantile returns is no less than the one that was counted,
// at the borders of the buckets, too.
func TestBuckets(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 63, 64, 127, 128, 129, 130, 255, 256, 257, 1 << 20, 1<<20 + 1} {
		var h load.Histogram
		h.Record(d)
		h.Record(1 << 40)
		if got := h.Quantile(0.5); got < d || got > d+d/64 {
			t.Errorf("%d is counted, and %d returned", d, got)
		}
		h.Reset()
		h.Record(d)
		h.Record(d)
		h.Record(1 << 41)
		if got := h.Quantile(0.6); h.Count() != 3 || got < d || got > d+d/64 || h.Quantile(0.7) != 1<<41 {
			t.Errorf("after Reset %d is counted, and %d returned", d, got)
		}
	}
}

// TestRounded: a summary's times have three digits or four.
func TestRounded(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 999: "999ns", 1000: "1µs", 9994: "9.99µs", 10_006: "10µs", 99_960: "100µs", 1_234_567: "1.23ms", math.MaxInt64: "2561944h26m40s"} {
		if got := (load.Summary{Count: 1, Max: d}).String(); got != "1 requests: mean 0s, p50 0s, p99 0s, max "+want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}

func TestBad(t *testing.T) {
	var h load.Histogram
	if h.Quantile(0.5) != 0 || h.Mean() != 0 || h.Summary().Count != 0 {
		t.Error("an empty histogram has times")
	}
	if h.RecordCorrected(1, 0) == nil || h.RecordCorrected(math.MaxInt64, 1) == nil || h.Count() != 0 {
		t.Error("a bad interval passes")
	}
	h.Record(-5)
	h.Record(math.MaxInt64)
	if h.Max() != math.MaxInt64 || h.Quantile(1) != math.MaxInt64 {
		t.Error(h.Summary())
	}
	h.Reset()
	if h.Count() != 0 || h.Quantile(1) != 0 {
		t.Error("Reset leaves something")
	}
}
