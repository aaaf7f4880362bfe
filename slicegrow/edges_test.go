package slicegrow_test

import (
	"math"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/slicegrow"
)

// TestProducts: in 1.7 to 1.9 the size of an array is a product that may overflow
// (`go1.9.7 runtime/slice.go:growslice`): if the result exceeds the limit it is noticed,
// otherwise not.
func TestProducts(t *testing.T) {
	for _, release := range []string{"go1.7", "go1.8", "go1.9"} {
		for count, noticed := range map[int64]bool{1 << 44: false, 1<<44 + 1<<10: false, 1<<44 + 1<<40: true, 1<<44 + 1<<43: true, 1<<45 - 1: true} {
			_, err := rules(t, release, 8).Grow(slicegrow.Append{Count: count, Size: 1 << 20, Verb: slicegrow.Spread})
			if err == nil || strings.Contains(err.Error(), "wraps around") == noticed || noticed && errText(err) != "growslice: cap out of range" {
				t.Errorf("%s: %d elements of 1 MiB: %v", release, count, err)
			}
		}
	}
}

// TestNoInt: 1.2 notices that a length overflows int, except for elements of size 0.
func TestNoInt(t *testing.T) {
	for size, want := range map[int64]string{0: "does not notice", 1: "growslice: cap out of range", 8: "growslice: cap out of range"} {
		n := int64(1 << 20)
		_, err := rules(t, "go1.2", 8).Grow(slicegrow.Append{Len: n, Cap: n, Count: math.MaxInt64, Size: size})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("elements of %d bytes: %v, want %q", size, err, want)
		}
	}
}

// TestStackCopies: a slice in its own buffer grows there without a copy, and one from
// elsewhere is copied into it. A return copies the whole capacity if the function has
// read the capacity.
func TestStackCopies(t *testing.T) {
	r := rules(t, "go1.26", 8)
	a := slicegrow.Append{Size: 4, Count: 1, Dest: slicegrow.ReturnedCap}
	steps := 0
	for s, err := range r.Sequence(a, 8) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Ptr == slicegrow.Stack {
			if steps++; s.Copied != 0 {
				t.Errorf("append %d copies %d bytes", s.Appends, s.Copied)
			}
		}
	}
	if steps < 3 {
		t.Errorf("%d steps on the stack", steps)
	}
	a.Len, a.Cap = 3, 3
	for buffered, want := range map[bool]int64{false: 12, true: 0} {
		a.Buffered = buffered
		if g, err := r.Grow(a); g.Ptr != slicegrow.Stack || g.Copied != want || err != nil {
			t.Errorf("buffered %v: %+v, %v, want %d bytes copied", buffered, g, err, want)
		}
	}
	for dest, want := range map[slicegrow.Dest]int64{slicegrow.Returned: 12, slicegrow.ReturnedCap: 32} {
		if g, err := r.Move(slicegrow.Append{Len: 3, Cap: 8, Size: 4, Dest: dest}); g.Copied != want || err != nil {
			t.Errorf("a return as %s: %+v, %v, want %d bytes copied", dest, g, err, want)
		}
	}
}

// TestBufferBegins: a bytes.Buffer that was read to its end starts over; with unread
// bytes these are moved down.
func TestBufferBegins(t *testing.T) {
	r := rules(t, "go1.26", 8)
	for read, want := range map[int64]slicegrow.Rule{60: slicegrow.Fits, 50: slicegrow.BufferSlide} {
		b := r.NewBuffer()
		if _, err := b.Write(60); err != nil {
			t.Fatal(err)
		}
		b.Read(read)
		if g, err := b.Write(10); g.Rule != want || g.Cap != 64 || err != nil {
			t.Errorf("after %d of 60 bytes: %+v, %v, want %s", read, g, err, want)
		}
	}
}
