package pages_test

import (
	"testing"

	"github.com/orrery-go/orrery/alloc/pages"
)

// TestAcross frees one row of a heap that is taken otherwise, around a place where a
// summary of some level ends, and takes it again. A row that is a page longer is not
// found there.
func TestAcross(t *testing.T) {
	const heapPages = 2 << 15 // two summaries of the second level from above
	for _, release := range []string{"go1.11", "go1.13", "go1.14", ""} {
		h := heap(t, pages.Config{Release: release, Limit: 1 << 30})
		if r, err := h.Alloc(0, heapPages); err != nil || r.Page != 0 {
			t.Fatalf("%s: %+v, %v", release, r, err)
		}
		for _, end := range []int64{512, 4096, 3 * 4096, 32768, 32768 + 512, 32768 + 4096} {
			for _, before := range []int64{0, 1, 2, 63, 64, 65, 511, 512} {
				for _, after := range []int64{16, 63, 64, 65, 511, 512, 513, 1024, 1025, 5000} {
					n := before + after
					if err := h.Free(0, end-before, n); err != nil {
						t.Fatalf("%s: %v", release, err)
					}
					if r, err := h.Alloc(0, n+1); err != nil || r.Page < heapPages {
						t.Fatalf("%s: of the %d free pages from %d on one more is taken: %+v, %v", release, n, end-before, r, err)
					} else if err := h.Free(0, r.Page, r.Pages); err != nil {
						t.Fatal(err)
					}
					if r, err := h.Alloc(0, n); err != nil || r.Page != end-before {
						t.Fatalf("%s: %d pages are taken at %d, want %d, %v", release, n, r.Page, end-before, err)
					}
				}
			}
		}
		if err := h.Check(); err != nil {
			t.Errorf("%s: %v", release, err)
		}
	}
}

// TestReserved checks how much address space is reserved when a heap grows by what is
// reserved at once, and by one page more.
func TestReserved(t *testing.T) {
	const gib = 1 << 30
	for _, c := range []struct {
		release       string
		arena         int64 // bytes
		mapped, after int64 // pages after one page and, if they are not beyond the limit, one arena
	}{
		{"go1.2", 128 * gib, 256, 0},
		{"go1.3", 128 * gib, 128, 0},
		{"go1.4", 128 * gib, 128, 0},
		{"go1.5", 512 * gib, 128, 0},
		{"go1.6", 512 * gib, 128, 0},
		{"go1.7", 512 * gib, 128, 0},
		{"go1.10", 512 * gib, 128, 0},
		{"go1.11", 64 << 20, 8192, 16384},
		{"go1.16", 64 << 20, 8192, 16384},
		{"go1.17", 64 << 20, 512, 8192 + 512},
		{"", 64 << 20, 512, 8192 + 512},
	} {
		h := heap(t, pages.Config{Release: c.release})
		arena := c.arena / h.PageSize()
		if _, err := h.Alloc(0, 1); err != nil {
			t.Fatal(err)
		}
		if s := h.Stats(); s.Mapped != c.mapped || s.Reserved != arena {
			t.Errorf("%s: one page: %+v, want %d pages mapped and %d reserved", c.release, s, c.mapped, arena)
		}
		if c.after == 0 {
			continue
		}
		if _, err := h.Alloc(0, arena); err != nil {
			t.Fatal(err)
		}
		if s := h.Stats(); s.Mapped != c.after || s.Reserved != 2*arena {
			t.Errorf("%s: one arena more: %+v, want %d pages mapped and %d reserved", c.release, s, c.after, 2*arena)
		}
		h = heap(t, pages.Config{Release: c.release})
		if _, err := h.Alloc(0, arena); err != nil {
			t.Fatal(err)
		}
		if s := h.Stats(); s.Mapped != arena || s.Reserved != arena {
			t.Errorf("%s: an arena: %+v, want %d pages mapped and reserved", c.release, s, arena)
		}
	}
}

// TestDescriptors checks how many descriptors there are: for runs and free rows up to
// Go 1.13; since then a P takes 64 at once and keeps up to 128.
func TestDescriptors(t *testing.T) {
	h := heap(t, pages.Config{Release: "go1.13"})
	if err := each(h, 0, 8000, 192); err != nil {
		t.Fatal(err)
	}
	if got := h.Descriptors(); got != 2 {
		t.Errorf("two runs and no free row: %d descriptors", got)
	}
	if err := h.Free(0, 0, 8192); err != nil { // the first descriptor is that of the second run
		t.Fatal(err)
	}
	if got := h.Descriptors(); got != 1 {
		t.Errorf("a free row: %d descriptors", got)
	}

	h = heap(t, pages.Config{Procs: 2})
	for n := int64(1); n <= 200; n++ {
		if err := each(h, 0, 16); err != nil {
			t.Fatal(err)
		}
		if got, want := h.Descriptors(), (n+63)/64*64; got != want {
			t.Fatalf("%d runs: %d descriptors, want %d", n, got, want)
		}
	}
	for n := int64(1); n <= 200; n++ {
		if err := h.Free(1, 16*(n-1), 16); err != nil {
			t.Fatal(err)
		}
		if got, want := h.Descriptors(), 256-max(n-128, 0); got != want {
			t.Fatalf("%d runs given back by another P: %d descriptors, want %d", n, got, want)
		}
	}
}

// TestZeroedAcross takes pages on either side of the end of an arena: since the memory is
// cleared arena by arena, none of those that were used is known to be zero.
func TestZeroedAcross(t *testing.T) {
	const arena = 8192
	h := heap(t, pages.Config{})
	for i := range 2 {
		r, err := h.Alloc(0, arena+100)
		if err != nil || r.Page != 0 || r.Zeroed != (i == 0) {
			t.Fatalf("%+v, %v", r, err)
		}
		if err := h.Free(0, 0, arena+100); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		n      int64
		zeroed bool
	}{{arena - 20, false}, {40, false}, {80, false}, {300, true}, {arena, true}} {
		if r, err := h.Alloc(0, c.n); err != nil || r.Zeroed != c.zeroed {
			t.Errorf("%+v, %v, zeroed: want %t", r, err, c.zeroed)
		}
	}
}
