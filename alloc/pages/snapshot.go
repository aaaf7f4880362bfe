package pages

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// Stats are numbers of pages.
type Stats struct {
	Mapped    int64 `json:"mapped"`    // pages of the heap
	Reserved  int64 `json:"reserved"`  // reserved by the system, including the mapped ones
	InUse     int64 `json:"inUse"`     // taken
	Cached    int64 `json:"cached"`    // free, in page caches
	Scavenged int64 `json:"scavenged"` // free, and given back to the system
}

// Stats returns the numbers of pages in each state.
func (h *Heap) Stats() Stats {
	s := h.stats
	s.Mapped, s.Reserved = h.arenas.mapped, h.arenas.reserved
	for i := range h.caches {
		s.Cached += int64(bits.OnesCount64(h.caches[i].free))
	}
	return s
}

// A Snapshot is the state of a [Heap]. It shares no memory with the model.
type Snapshot struct {
	Release  string `json:"release"`
	PageSize int64  `json:"pageSize"` // bytes
	Stats    Stats  `json:"stats"`
	Free     []Run  `json:"free"`    // the free rows by place, without page caches; of each only Page and Pages
	Caches   []Run  `json:"caches"`  // by P: where its page cache lies and how many pages it has
	Longest  int64  `json:"longest"` // pages of the longest free row
}

// Snapshot returns the state.
func (h *Heap) Snapshot() Snapshot {
	if h.free == nil {
		return Snapshot{} // not from New
	}
	s := Snapshot{Release: h.Release(), PageSize: h.rules.pageSize, Stats: h.Stats(), Free: []Run{}, Caches: []Run{}}
	h.free.rows(func(page, n int64) {
		s.Free = append(s.Free, Run{Page: page, Pages: n})
		s.Longest = max(s.Longest, n)
	})
	slices.SortFunc(s.Free, func(a, b Run) int { return int(a.Page - b.Page) })
	for _, c := range h.caches {
		s.Caches = append(s.Caches, Run{Page: c.page, Pages: int64(bits.OnesCount64(c.free))})
	}
	return s
}

var errZero = errors.New("pages: a Heap that is not from New: use New")

// Check returns an error for the first broken invariant.
func (h *Heap) Check() error {
	if h.free == nil {
		return errZero
	}
	if err := h.free.check(); err != nil {
		return err
	}
	s := h.Stats()
	free, scav := h.free.counts()
	for i, c := range h.caches {
		for rest := c.free; rest != 0; rest &= rest - 1 {
			if page := c.page + int64(bits.TrailingZeros64(rest)); !h.free.taken(page, 1) {
				return fmt.Errorf("pages: page %d is in the page cache of P %d and free to all", page, i)
			}
		}
		if c.scav&^c.free != 0 {
			return fmt.Errorf("pages: the page cache of P %d returned a page that it does not have", i)
		}
		scav += int64(bits.OnesCount64(c.scav))
	}
	if s.InUse+s.Cached+free != s.Mapped || scav != s.Scavenged || s.Mapped > s.Reserved {
		return fmt.Errorf("pages: %+v with %d free and %d given back does not add up", s, free, scav)
	}
	return nil
}
