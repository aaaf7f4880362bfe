package packed

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRoundTrip writes fields of random widths and reads them again.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type field struct {
			v     uint64
			width int
		}
		var fields []field
		var w Fields
		for w.Len() < 256 {
			width := rapid.IntRange(0, min(64, 256-w.Len())).Draw(t, "width")
			v := rapid.Uint64().Draw(t, "v")
			w.Bits(v, width)
			fields = append(fields, field{v & (1<<width - 1), width})
		}
		r := Read(w.State())
		for i, f := range fields {
			if got := r.Bits(0, f.width); got != f.v {
				t.Fatalf("field %d of %d bits: %#x, want %#x", i, f.width, got, f.v)
			}
		}
	})
}

func TestBoolNum(t *testing.T) {
	var w Fields
	yes, no, n := true, false, int8(5)
	w.Bool(&yes)
	w.Bool(&no)
	Num(&w, &n, 3)
	r := Read(w.State())
	yes, no, n = false, true, 0
	r.Bool(&yes)
	r.Bool(&no)
	Num(r, &n, 3)
	if !yes || no || n != 5 || r.Len() != 5 || !r.Reading() {
		t.Errorf("read %v %v %d in %d bits", yes, no, n, r.Len())
	}
	w.Bits(1, 300) // beyond the state: lost, without a panic
	w.Bits(1, 5)
}
