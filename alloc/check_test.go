package alloc

import (
	"strings"
	"testing"
)

// used makes a heap with full, partial, cached and unswept spans, and large objects.
func used(t *testing.T, release string) *Heap {
	t.Helper()
	h, err := New(Config{Release: release, Procs: 2})
	if err != nil {
		t.Fatal(err)
	}
	fill := func() {
		for i := range 600 {
			for _, size := range []int64{64, 512, 8} {
				if _, err := h.Malloc(i%2, size, true); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := h.Malloc(0, 100_000, true); err != nil {
			t.Fatal(err)
		}
	}
	fill()
	if err := h.Mark(func(a Addr) bool { return a>>6%3 != 0 }); err != nil {
		t.Fatal(err)
	}
	h.Sweep(9)
	if _, err := h.Malloc(0, 64, true); err != nil {
		t.Fatal(err)
	}
	if err := h.Check(); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestCheckNotices damages a heap in each way that Check detects, and checks that Check
// reports it.
func TestCheckNotices(t *testing.T) {
	anySpan := func(h *Heap, want func(*mspan) bool) (found *mspan) {
		h.each(func(s *mspan) {
			if found == nil && want(s) {
				found = s
			}
		})
		return found
	}
	small := func(s *mspan) bool { return s.spanclass > 1 && s.allocCount > 0 && s.nelems%64 != 0 }
	cached := func(h *Heap) (*mcache, int) {
		for spc, s := range h.mcaches[0].alloc {
			if s != &h.empty {
				return &h.mcaches[0], spc
			}
		}
		return nil, 0
	}
	const sets, lists, objects = "sets", "lists", "objects"
	for _, damage := range []struct {
		name string
		only string // releases that have it
		do   func(h *Heap) bool
		want string
	}{
		{"a page of another span", "", func(h *Heap) bool {
			s := anySpan(h, func(s *mspan) bool { return s.npages > 1 })
			if s == nil {
				return false
			}
			h.spans[int64(s.base-h.base)>>h.shift+1] = &mspan{npages: 1}
			return true
		}, "is not of the span"},
		{"slots beyond the span", "", func(h *Heap) bool {
			anySpan(h, small).elemsize *= 3
			return true
		}, "has slots outside of it"},
		{"an object too many", "", func(h *Heap) bool {
			anySpan(h, small).allocCount++
			return true
		}, "the span at"},
		{"a mark of a slot that is free", "", func(h *Heap) bool {
			s := anySpan(h, small)
			s.gcmarkBits[len(s.gcmarkBits)-1] |= 1 << 63 // there is no such slot
			return true
		}, "bits of slots that are not taken"},
		{"a bit of a slot that is free", "", func(h *Heap) bool {
			s := anySpan(h, small)
			s.allocBits[len(s.allocBits)-1] |= 1 << 63
			return true
		}, "bits of slots that are not taken"},
		{"a span that is not counted", "", func(h *Heap) bool { h.counts.spans--; return true }, "are counted as"},
		{"pages that are not counted", "", func(h *Heap) bool { h.workBufs.Pages++; return true }, "are counted as"},
		{"an unswept span too many", "", func(h *Heap) bool { h.unswept++; return true }, "unswept"},
		{"an object that is not counted", "", func(h *Heap) bool { h.counts.large++; return true }, "objects are counted as"},
		{"an mcache with a span of another class", "", func(h *Heap) bool {
			c, spc := cached(h)
			c.alloc[spc].spanclass += 2
			return true
		}, "in the wrong place"},
		{"an mcache with an unswept span", "", func(h *Heap) bool {
			c, spc := cached(h)
			c.alloc[spc].sweepgen -= 2
			return true
		}, "in the wrong place"},
		{"an mcache with a span that is not its own", "", func(h *Heap) bool {
			c, spc := cached(h)
			c.alloc[spc].inCache = false
			return !h.rules.objectLists
		}, "in the wrong place"},
		{"a span in no mcentral", sets, func(h *Heap) bool {
			for spc := range h.central {
				for _, set := range []*spanSet{&h.central[spc].partial[h.swept()], &h.central[spc].full[h.swept()]} {
					if set.pop() != nil {
						return true
					}
				}
			}
			return false
		}, "is in 0 mcaches and mcentrals"},
		{"a full span among the partial ones", sets, func(h *Heap) bool {
			for spc := range h.central {
				if s := h.central[spc].full[h.swept()].pop(); s != nil {
					h.central[spc].partial[h.swept()].push(s)
					return true
				}
			}
			return false
		}, "is not a partial one"},
		{"a partial span among the full ones", sets, func(h *Heap) bool {
			for spc := range h.central {
				if s := h.central[spc].partial[h.swept()].pop(); s != nil {
					h.central[spc].full[h.swept()].push(s)
					return true
				}
			}
			return false
		}, "is not a full one"},
		{"a partial span of another class", sets, func(h *Heap) bool {
			for spc := range h.central {
				if s := h.central[spc].partial[h.swept()].pop(); s != nil {
					h.central[(spc+2)%h.nspc].partial[h.swept()].push(s)
					return true
				}
			}
			return false
		}, "is not a partial one"},
		{"an unswept span that is nowhere", sets, func(h *Heap) bool {
			for spc := range h.central {
				for _, set := range []*spanSet{&h.central[spc].partial[h.unsweptSet()], &h.central[spc].full[h.unsweptSet()]} {
					for s := set.pop(); s != nil; s = set.pop() {
						if s.sweepgen != h.sweepgen {
							return true
						}
					}
				}
			}
			return false
		}, "is in 0 mcaches and mcentrals"},
		{"a full span in the list of the others", lists, func(h *Heap) bool {
			for spc := range h.lists {
				c := &h.lists[spc]
				for s := c.empty.first; s != nil; s = s.next {
					if s.full() {
						c.empty.remove(s)
						c.nonempty.pushFront(s)
						return true
					}
				}
			}
			return false
		}, "does not belong to the nonempty ones"},
		{"a span with room in the list of full ones", lists, func(h *Heap) bool {
			for spc := range h.lists {
				c := &h.lists[spc]
				if s := c.nonempty.first; s != nil {
					c.nonempty.remove(s)
					c.empty.pushBack(s)
					return true
				}
			}
			return false
		}, "does not belong to the empty ones"},
		{"a span in the list of another class", lists, func(h *Heap) bool {
			for spc := range h.lists {
				c := &h.lists[spc]
				if s := c.nonempty.first; s != nil {
					c.nonempty.remove(s)
					h.lists[(spc+2)%h.nspc].nonempty.pushFront(s)
					return true
				}
			}
			return false
		}, "does not belong to the nonempty ones"},
		{"a list that ends elsewhere", lists, func(h *Heap) bool {
			for spc := range h.lists {
				if c := &h.lists[spc]; c.empty.first != nil {
					c.empty.last = nil
					return true
				}
			}
			return false
		}, "has another end"},
		{"a free slot that is not in the list", objects, func(h *Heap) bool {
			s := anySpan(h, func(s *mspan) bool { return s.spanclass > 0 && len(s.freelist) > 0 })
			s.freelist = s.freelist[1:]
			return true
		}, "in its list"},
		{"a noted span too few", "stacks", func(h *Heap) bool {
			for i, s := range h.stacks[h.unsweptSet()] {
				if s.sweepgen != h.sweepgen {
					h.stacks[h.unsweptSet()] = append(h.stacks[h.unsweptSet()][:i:i], h.stacks[h.unsweptSet()][i+1:]...)
					return true
				}
			}
			return false
		}, "are noted to be swept"},
	} {
		done := 0
		for _, release := range []string{"go1.2", "go1.3", "go1.4", "go1.6", "go1.7", "go1.9", "go1.14", "go1.15", "go1.26", ""} {
			h := used(t, release)
			is := map[string]bool{"": true, sets: h.rules.spanSets, lists: !h.rules.spanSets, objects: h.rules.freelists, "stacks": h.rules.sweepStacks}
			if !is[damage.only] || !damage.do(h) {
				continue
			}
			done++
			if err := h.Check(); err == nil || !strings.Contains(err.Error(), damage.want) {
				t.Errorf("%s, %q: %v, want %q", damage.name, release, err, damage.want)
			}
		}
		if done == 0 {
			t.Errorf("%s: in no release", damage.name)
		}
	}
}
