package pacer

import (
	"math"
	"testing"
)

// TestConvert: a float that is no integer of 64 bits becomes what amd64 makes of it.
func TestConvert(t *testing.T) {
	inf := math.Inf(1)
	for f, want := range map[float64]uint64{
		0: 0, 1.9: 1, -1: math.MaxUint64, 1 << 62: 1 << 62, 1 << 63: 1 << 63, 1<<63 + 4096: 1<<63 + 4096, 1<<64 - 2048: 1<<64 - 2048,
		1 << 64: 0, 1e30: 0, inf: 0, -inf: 1 << 63, -1 << 63: 1 << 63, -1e30: 1 << 63, -1 << 62: 3 << 62,
	} {
		if got := toUint64(f); got != want {
			t.Errorf("toUint64(%v) = %d, want %d", f, got, want)
		}
	}
	for f, want := range map[float64]int64{
		0: 0, 1.9: 1, -1.9: -1, 1 << 62: 1 << 62, 1 << 63: math.MinInt64, -1 << 63: math.MinInt64, inf: math.MinInt64, -inf: math.MinInt64, 1<<63 - 1024: 1<<63 - 1024,
	} {
		if got := toInt64(f); got != want {
			t.Errorf("toInt64(%v) = %d, want %d", f, got, want)
		}
	}
	if got := toUint64(math.NaN()); got != 1<<63 {
		t.Errorf("toUint64 of no number: %d", got)
	}
	if got := toInt64(math.NaN()); got != math.MinInt64 {
		t.Errorf("toInt64 of no number: %d", got)
	}
}
