package alloc_test

import (
	"slices"
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

// TestIdle checks that a collection flushes the page caches of idle Ps, since Go 1.21,
// and of no others.
func TestIdle(t *testing.T) {
	for release, want := range map[string][2]int64{"go1.20": {60, 62}, "go1.21": {60, 0}, "": {60, 0}} {
		h := heap(t, alloc.Config{Release: release, Procs: 2})
		var live []alloc.Addr
		for p := range 2 {
			a, err := h.Malloc(p, 8192, true)
			if err != nil {
				t.Fatal(err)
			}
			live = append(live, a)
		}
		if err := h.Idle(1); err != nil {
			t.Fatal(err)
		}
		if err := h.GC(func(a alloc.Addr) bool { return slices.Contains(live, a) }); err != nil {
			t.Fatal(err)
		}
		caches := h.Snapshot().Pages.Caches
		if got := [2]int64{caches[0].Pages, caches[1].Pages}; got != want {
			t.Errorf("%s: the Ps have %d pages in their caches, want %d", release, got, want)
		}
		if err := h.Check(); err != nil {
			t.Error(err)
		}
		if h.Idle(2) == nil || h.Idle(-1) == nil {
			t.Error("a P that is not there is idle")
		}
	}
}

// TestWorkBufs follows the pages of the collector's work buffers: they return to the
// heap only when a sweep has nothing left to do.
func TestWorkBufs(t *testing.T) {
	for _, release := range []string{"go1.8", "go1.9", "go1.14", ""} {
		h := heap(t, alloc.Config{Release: release})
		if _, err := h.Malloc(0, 100, true); err != nil {
			t.Fatal(err)
		}
		before := h.ReadMemStats()
		if err := h.Mark(func(alloc.Addr) bool { return true }); err != nil {
			t.Fatal(err)
		}
		during := h.ReadMemStats()
		want := uint64(32 << 10)
		if release == "go1.8" {
			want = 0
		}
		if got := before.HeapSys - during.HeapSys; got != want || before.HeapInuse != during.HeapInuse {
			t.Errorf("%s: a collection takes %d bytes, want %d", release, got, want)
		}
		h.Sweep(100)
		if after := h.ReadMemStats(); after.HeapSys != before.HeapSys {
			t.Errorf("%s: %d bytes, and then %d", release, before.HeapSys, after.HeapSys)
		}
		if err := h.Check(); err != nil {
			t.Error(err)
		}
	}
}
