package pages_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc/pages"
)

// steps returns what happens to a heap, an event a line.
func steps(t *testing.T, release string, do func(h *pages.Heap) error) string {
	t.Helper()
	var out strings.Builder
	h := heap(t, pages.Config{Release: release, Procs: 2, Trace: func(e pages.Event) { fmt.Fprintf(&out, "P%d %v\n", e.P, e) }})
	if err := do(h); err != nil {
		t.Fatal(err)
	}
	if err := h.Check(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// each takes rows of the given lengths.
func each(h *pages.Heap, p int, lengths ...int64) error {
	for _, n := range lengths {
		if _, err := h.Alloc(p, n); err != nil {
			return err
		}
	}
	return nil
}

// TestPageCache follows requests through the page cache: it has at most 64 pages, and
// serves fewer than 16 at once.
func TestPageCache(t *testing.T) {
	got := steps(t, "", func(h *pages.Heap) error {
		if err := each(h, 0, 3, 15, 16, 15, 15, 15, 1); err != nil {
			return err
		}
		h.FlushCache(0)
		if err := h.Free(1, 64, 16); err != nil {
			return err
		}
		return each(h, 1, 1)
	})
	want := `P0 reserve: 8192 pages from 0 on
P0 grow: 512 pages from 0 on
P0 page tree: 3 pages from 0 on
P0 fill page cache: 61 pages from 0 on
P0 from page cache: 15 pages from 3 on
P0 page tree: 16 pages from 64 on
P0 from page cache: 15 pages from 18 on
P0 from page cache: 15 pages from 33 on
P0 from page cache: 15 pages from 48 on
P0 from page cache: 1 pages from 63 on
P1 free pages: 16 pages from 64 on
P1 fill page cache: 64 pages from 64 on
P1 from page cache: 1 pages from 64 on
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestCachedPages checks that none of the pages in a page cache can be freed, the first
// and the last of the 64 among them.
func TestCachedPages(t *testing.T) {
	for _, page := range []int64{0, 1, 62, 63} {
		h := heap(t, pages.Config{})
		if err := each(h, 0, 64); err != nil {
			t.Fatal(err)
		}
		if err := h.Free(0, page, 1); err != nil {
			t.Fatal(err)
		}
		if err := h.Free(0, 64-page-1, 1); err != nil { // which is taken from the cache
			t.Fatal(err)
		}
		if r, err := h.Alloc(0, 1); err != nil || r.Page != min(page, 64-page-1) {
			t.Fatalf("%+v, %v", r, err)
		}
		last := max(page, 64-page-1)
		if got := h.Snapshot().Caches[0]; got.Page != 0 || got.Pages != 1 {
			t.Fatalf("page %d is left: %+v", last, got)
		}
		for _, r := range [][2]int64{{last, 1}, {0, 64}, {last, 64 - last}, {0, last + 1}} {
			if err := h.Free(0, r[0], r[1]); err == nil {
				t.Errorf("%d pages from %d on are freed, and page %d is in a page cache", r[1], r[0], last)
			}
		}
		if err := h.Free(0, 0, last); err != nil && last > 0 {
			t.Errorf("page %d is in a page cache, and those before are not freed: %v", last, err)
		}
	}
}

// TestCachedFirst leaves the first of the 64 pages in a page cache: it is too short a row
// for the request.
func TestCachedFirst(t *testing.T) {
	h := heap(t, pages.Config{})
	if err := each(h, 0, 64); err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]int64{{0, 1}, {2, 2}} {
		if err := h.Free(0, r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := h.Alloc(0, 2); err != nil || r.Page != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := h.Snapshot().Caches[0]; got.Page != 0 || got.Pages != 1 {
		t.Errorf("page 0 is left: %+v", got)
	}
	if err := h.Check(); err != nil {
		t.Error(err)
	}
}

// TestScavengeOrder checks which pages are given back: the highest row first since Go 1.14,
// and 64 KiB at most at once of the longest row up to Go 1.13.
func TestScavengeOrder(t *testing.T) {
	rows := func(h *pages.Heap) error { // free rows of 20, 150, 30 and 24 pages
		if err := each(h, 0, 20, 16, 150, 16, 30, 16, 24, 16); err != nil {
			return err
		}
		if got := h.Scavenge(1 << 30); got != 0 {
			return fmt.Errorf("of pages that were never used %d bytes are given back", got)
		}
		for _, r := range [][2]int64{{0, 20}, {36, 150}, {202, 30}, {248, 24}} {
			if err := h.Free(0, r[0], r[1]); err != nil {
				return err
			}
		}
		return nil
	}
	for release, want := range map[string]string{
		"go1.2":  "10 from 36, 9 from 46, 1 from 55, 16 from 56, 16 from 72, 16 from 88, 16 from 104, 16 from 120, 16 from 136, 16 from 152, 16 from 168, 2 from 184, 16 from 202, 14 from 218, 16 from 248, 8 from 264, 16 from 0, 4 from 16",
		"go1.8":  "8 from 36, 2 from 44, 8 from 46, 1 from 54, 1 from 55, 8 from 56, 8 from 64, 8 from 72, 8 from 80, 8 from 88, 8 from 96, 8 from 104, 8 from 112, 8 from 120, 8 from 128, 8 from 136, 8 from 144, 8 from 152, 8 from 160, 8 from 168, 8 from 176, 2 from 184, 8 from 202, 8 from 210, 8 from 218, 6 from 226, 8 from 248, 8 from 256, 8 from 264, 8 from 0, 8 from 8, 4 from 16",
		"go1.12": "8 from 36, 2 from 44, 8 from 46, 1 from 54, 1 from 55, 8 from 56, 8 from 64, 8 from 72, 8 from 80, 8 from 88, 8 from 96, 8 from 104, 8 from 112, 8 from 120, 8 from 128, 8 from 136, 8 from 144, 8 from 152, 8 from 160, 8 from 168, 8 from 176, 2 from 184, 8 from 202, 8 from 210, 8 from 218, 6 from 226, 8 from 248, 8 from 256, 8 from 264, 8 from 0, 8 from 8, 4 from 16",
		"go1.14": "10 from 262, 9 from 253, 1 from 252, 4 from 248, 30 from 202, 150 from 36, 20 from 0",
		"":       "10 from 262, 9 from 253, 1 from 252, 4 from 248, 30 from 202, 150 from 36, 20 from 0",
	} {
		k := int64(8 << 10)
		if release == "go1.2" {
			k = 4 << 10
		}
		got := steps(t, release, func(h *pages.Heap) error {
			if err := rows(h); err != nil {
				return err
			}
			for _, bytes := range []int64{9*k + 1, 8*k + 1, 1, 0, -1, 1 << 30} {
				h.Scavenge(bytes)
			}
			return nil
		})
		var given []string
		for line := range strings.Lines(got) {
			var n, page int64
			if _, err := fmt.Sscanf(line, "P0 scavenge: %d pages from %d on", &n, &page); err == nil {
				given = append(given, fmt.Sprintf("%d from %d", n, page))
			}
		}
		if got := strings.Join(given, ", "); got != want {
			t.Errorf("%s: given back are %s, want %s", release, got, want)
		}
	}
}

// TestHighestFirst checks that by force the highest page that was freed goes first, in
// whatever order they were freed, also where 64 pages end.
func TestHighestFirst(t *testing.T) {
	for _, release := range []string{"go1.14", "go1.20", "go1.21", ""} {
		for _, freed := range [][]int64{{63, 64}, {64, 63}, {64, 62}, {511, 512}, {512, 511}, {7, 600}, {600, 7}, {600, 601}, {601, 600}} {
			got := steps(t, release, func(h *pages.Heap) error {
				if err := each(h, 0, 1024); err != nil {
					return err
				}
				for _, page := range freed {
					if err := h.Free(0, page, 1); err != nil {
						return err
					}
				}
				h.Scavenge(1)
				h.Scavenge(1)
				return nil
			})
			want := fmt.Sprintf("P0 scavenge: 1 pages from %d on\nP0 scavenge: 1 pages from %d on\n", max(freed[0], freed[1]), min(freed[0], freed[1]))
			if !strings.HasSuffix(got, want) {
				t.Errorf("%s: of the free pages %v two are given back, one after the other:\n%swant\n%s", release, freed, got, want)
			}
		}
	}
}
