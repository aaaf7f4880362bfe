package pages

import (
	"strings"
	"testing"
)

// TestCheck breaks each invariant of a heap, and sees Check report it.
func TestCheck(t *testing.T) {
	first := func(r *rows) *row {
		var found *row
		r.index.each(func(o *row) { found = o })
		return found
	}
	for _, c := range []struct {
		name, release, want string
		break_              func(h *Heap)
	}{
		{"", "", "", func(*Heap) {}},
		{"", "go1.13", "", func(*Heap) {}},
		{"", "go1.8", "", func(*Heap) {}},
		{"free", "", "are counted as", func(h *Heap) { h.free.(*tree).free++ }},
		{"scav", "", "are counted as", func(h *Heap) { h.free.(*tree).scav++ }},
		{"taken and given back", "", "taken and given back", func(h *Heap) { h.free.(*tree).chunks[0].scav[0] |= 1 }},
		{"summary", "", "summary 0 of level 0", func(h *Heap) { h.free.(*tree).sums[0][0].most++ }},
		{"top", "", "summary 0 of level 4", func(h *Heap) { h.free.(*tree).sums[4][0].start++ }},
		{"in use", "", "add up", func(h *Heap) { h.stats.InUse++ }},
		{"given back", "", "add up", func(h *Heap) { h.stats.Scavenged++ }},
		{"reserved", "", "add up", func(h *Heap) { h.arenas.reserved = h.arenas.mapped - 1 }},
		{"cached and free", "", "free to all", func(h *Heap) { h.caches[0].free |= 1 << 40; h.free.release(40, 1) }},
		{"cached and given back", "", "does not have", func(h *Heap) { h.caches[0].scav |= 1 }},
		{"free", "go1.13", "are counted as", func(h *Heap) { h.free.(*rows).free++ }},
		{"scav", "go1.13", "are counted as", func(h *Heap) { h.free.(*rows).scav++ }},
		{"both", "go1.13", "are counted as", func(h *Heap) {
			r := h.free.(*rows)
			r.free--
			r.used[0] ^= 1
		}},
		{"descriptors", "go1.13", "descriptors are counted", func(h *Heap) { h.free.(*rows).descriptors.inUse++ }},
		{"a descriptor twice", "go1.13", "used twice", func(h *Heap) { r := h.free.(*rows); r.owner[0] = int32(first(r).descriptor) + 1 }},
		{"an unknown descriptor", "go1.13", "used twice", func(h *Heap) { r := h.free.(*rows); first(r).descriptor = r.descriptors.made }},
		{"begin", "go1.13", "misplaced", func(h *Heap) { r := h.free.(*rows); r.at[first(r).page] = nil }},
		{"end", "go1.13", "misplaced", func(h *Heap) { r := h.free.(*rows); o := first(r); r.at[o.page+o.n-1] = nil }},
		{"more given back than free", "go1.13", "misplaced", func(h *Heap) { o := first(h.free.(*rows)); o.scav = o.n + 1 }},
		{"less than none given back", "go1.13", "misplaced", func(h *Heap) { first(h.free.(*rows)).scav = -1 }},
		{"out of order", "go1.13", "misplaced", func(h *Heap) {
			r := h.free.(*rows)
			var all []*row
			r.index.each(func(o *row) { all = append(all, o) })
			for i, o := range [][4]int64{
				{all[1].page, all[1].n, all[1].scav, all[1].descriptor},
				{all[0].page, all[0].n, all[0].scav, all[0].descriptor},
			} {
				all[i].page, all[i].n, all[i].scav, all[i].descriptor = o[0], o[1], o[2], o[3]
				r.at[o[0]], r.at[o[0]+o[1]-1] = all[i], all[i]
			}
		}},
		{"not joined", "go1.13", "not joined", func(h *Heap) { r := h.free.(*rows); o := first(r); r.at[o.page-1] = o }},
	} {
		h, err := New(Config{Release: c.release})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int64{20, 20, 20, 1} { // the last fills the page cache
			if _, err := h.Alloc(0, n); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Free(0, 20, 20); err != nil {
			t.Fatal(err)
		}
		c.break_(h)
		got := ""
		if err := h.Check(); err != nil {
			got = err.Error()
		}
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s %s: Check returns %q, want %q", c.release, c.name, got, c.want)
		}
	}
}
