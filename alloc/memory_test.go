package alloc_test

import (
	"os"
	"runtime"
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

// TestMemory fills a heap of 1 GiB with objects of 16 bytes, and again after each
// collection: a few million allocations, and a hundred million in the full run. The
// model itself must not take more than 64 MiB.
func TestMemory(t *testing.T) {
	allocations := 4_000_000
	if os.Getenv("ORRERY_FULL") != "" {
		allocations = 100_000_000
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	h, err := alloc.New(alloc.Config{Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	// The heap has all its spans, though not every slot is taken, so that the
	// descriptors of spans take as much memory as they can.
	for range 1<<30/(8<<10) - 600 {
		if _, err := h.Malloc(0, 8<<10, true); err != nil {
			t.Fatal(err)
		}
	}
	collections := 0
	for range allocations {
		_, err := h.Malloc(0, 16, true)
		if err == nil {
			continue
		}
		collections++
		if err := h.GC(func(a alloc.Addr) bool { return a%1024 == 0 }); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	got := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d allocations, %d collections between: %.1f MiB", allocations, collections, float64(got)/(1<<20))
	if got > 64<<20 {
		t.Errorf("the model takes %d bytes", got)
	}
	// Memory that was dropped on the way, such as outgrown tables, counts as well. The
	// memory of the process would depend on earlier tests.
	made := after.TotalAlloc - before.TotalAlloc
	t.Logf("%.1f MiB of memory were allocated in all", float64(made)/(1<<20))
	if made > 80<<20 {
		t.Errorf("the model allocated %d bytes", made)
	}
	runtime.KeepAlive(h)
}
