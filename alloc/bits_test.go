package alloc_test

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/alloc"
)

// TestBits counts bits one by one; those out of range are not set.
func TestBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := alloc.Bits(rapid.SliceOfN(rapid.Uint64(), 0, 3).Draw(t, "words"))
		at := rapid.IntRange(-70, 64*4)
		from, to := at.Draw(t, "from"), at.Draw(t, "to")
		n := 0
		for i := from; i < to; i++ {
			set := i >= 0 && i < 64*len(b) && b[i/64]&(1<<(i%64)) != 0
			if b.Has(i) != set {
				t.Fatalf("%v: bit %d is set: %v", b, i, b.Has(i))
			}
			if set {
				n++
			}
		}
		if got := b.Count(from, to); got != n {
			t.Fatalf("%v: %d bits in [%d,%d), want %d", b, got, from, to, n)
		}
		text, err := b.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var again alloc.Bits
		if err := again.UnmarshalText(text); err != nil || len(again) != len(b) || again.Count(0, 64*len(b)) != b.Count(0, 64*len(b)) {
			t.Fatalf("%v is read as %v, %v", b, again, err)
		}
	})
}

// TestLargeEvent checks the event for a large object: the requested size and the
// address.
func TestLargeEvent(t *testing.T) {
	for _, release := range releases {
		var large []alloc.Event
		h := heap(t, alloc.Config{Release: release, Trace: func(e alloc.Event) {
			if e.Kind == alloc.LargeObject {
				large = append(large, e)
			}
		}})
		if _, err := h.Malloc(0, h.Rules().MaxSmall()/2, true); err != nil {
			t.Fatal(err)
		}
		a, err := h.Malloc(0, 100_001, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(large) != 1 || large[0].Bytes != 100_001 || large[0].Addr != a {
			t.Errorf("%q: an object of 100,001 bytes at %v: %+v", release, a, large)
		}
	}
}

// TestSlotmap: the last character of a slot map is of the slots that are left.
func TestSlotmap(t *testing.T) {
	for taken, want := range map[uint64]string{0x3ff: "####", 0x1ff: "###.", 0x203: "+..#", 0: "...."} {
		v := alloc.SpanState{Pages: 1, Size: 8, Slots: 10, Allocated: bits.OnesCount64(taken), Taken: alloc.Bits{taken}}
		if got, err := v.Slotmap(4); err != nil || got != want {
			t.Errorf("%b: %q, %v; want %q", taken, got, err, want)
		}
	}
}
