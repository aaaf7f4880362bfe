package slicegrowlive

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/orrery-go/orrery/internal/underrace"
	"github.com/orrery-go/orrery/slicegrow"
)

// TestSequence appends one by one and compares the capacities, the bytes that the heap
// allocated for them and the bytes that were copied with the model's. Its elements never
// share a block with others, so that the counter of runtime.MemStats is exact; a run in
// which something else allocated is rejected before its result is examined.
func TestSequence(t *testing.T) {
	if underrace.On {
		t.Skip("the race detector allocates on its own; CI runs this without it")
	}
	r := rules(t)
	sequence[*byte](t, r, true, 5000)
	sequence[string](t, r, true, 5000)
	sequence[[4]uintptr](t, r, false, 5000)
	sequence[[7]string](t, r, true, 3000)
	sequence[[1000]byte](t, r, false, 300)
}

func sequence[T any](t *testing.T, r *slicegrow.Rules, pointers bool, n int64) {
	var zero T
	a := slicegrow.Append{Size: sizeOf(zero), Pointers: pointers}
	for try := 0; ; try++ {
		live, mallocs := appendOneByOne[T](n)
		var model []slicegrow.Step
		for s, err := range r.Sequence(a, n) {
			if err != nil {
				t.Fatal(err)
			}
			model = append(model, s)
		}
		if mallocs != int64(len(live)) {
			if try == 100 {
				t.Fatalf("%T: something else allocated in each of %d runs", zero, try)
			}
			continue
		}
		if len(live) != len(model) {
			t.Fatalf("%T: %d growths, the model has %d", zero, len(live), len(model))
		}
		for i, l := range live {
			m := model[i]
			if l != (grown{m.Appends, m.Cap, m.TotalAllocated, m.TotalCopied}) {
				t.Fatalf("%T, growth %d: model %+v, live %+v", zero, i, m, l)
			}
		}
		t.Logf("%T: %d growths in %d appends, %d bytes allocated, %d copied", zero, len(live), n,
			live[len(live)-1].allocated, live[len(live)-1].copied)
		return
	}
}

func sizeOf[T any](v T) int64 { return int64(unsafe.Sizeof(v)) }

// escaping keeps the compiler from seeing that the slice stays here.
//
//go:noinline
func escaping[T any](s []T) []T {
	sink = unsafe.Pointer(unsafe.SliceData(s))
	return s
}

// A grown is a growth: the number of appends so far, the new capacity, and the bytes
// allocated and copied so far.
type grown struct{ appends, cap, allocated, copied int64 }

// appendOneByOne returns the growths of a slice, and the number of objects allocated in
// the meantime.
func appendOneByOne[T any](n int64) (gs []grown, mallocs int64) {
	gs = make([]grown, 0, 100)
	var before, m runtime.MemStats
	var zero T
	var s []T
	copied := int64(0)
	runtime.ReadMemStats(&before)
	for i := range n {
		oldCap, oldLen := cap(s), len(s)
		s = escaping(append(s, zero))
		if cap(s) != oldCap {
			copied += int64(oldLen) * sizeOf(zero)
			runtime.ReadMemStats(&m)
			gs = append(gs, grown{i + 1, int64(cap(s)), int64(m.TotalAlloc - before.TotalAlloc), copied})
		}
	}
	return gs, int64(m.Mallocs - before.Mallocs)
}
