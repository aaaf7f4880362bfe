package alloc

import (
	"errors"
	"fmt"
	"math/bits"
)

var errZero = errors.New("alloc: a Heap that is not from New: use New")

// Check returns an error for the first broken invariant: every page is in one state,
// every slot in one span, every span in one place, and the counts add up.
func (h *Heap) Check() error {
	if h.rules == nil {
		return errZero
	}
	if err := h.pages.Check(); err != nil {
		return fmt.Errorf("alloc: %w", err)
	}
	where, err := h.places()
	if err != nil {
		return err
	}
	spans, inUse, unswept := 0, int64(0), 0
	var objects uint64
	h.each(func(s *mspan) {
		spans++
		inUse += s.npages
		objects += uint64(s.allocCount)
		if s.sweepgen != h.sweepgen {
			unswept++
		}
		if err == nil {
			err = h.checkSpan(s, where[s])
		}
	})
	if err != nil {
		return err
	}
	st := h.stats()
	switch {
	case spans != h.counts.spans || inUse+h.workBufs.Pages != h.pages.Stats().InUse:
		return fmt.Errorf("alloc: %d spans of %d pages are counted as %d of %d", spans, inUse, h.counts.spans, h.pages.Stats().InUse)
	case unswept != h.unswept:
		return fmt.Errorf("alloc: %d unswept spans are counted as %d", unswept, h.unswept)
	case objects != st.HeapObjects:
		return fmt.Errorf("alloc: %d objects are counted as %d", objects, st.HeapObjects)
	}
	return nil
}

// places counts the mcaches and mcentrals that hold each span. An unswept set may also
// hold spans that have been swept or freed; they are skipped.
func (h *Heap) places() (map[*mspan]int, error) {
	where := map[*mspan]int{}
	for p := range h.mcaches {
		for spc, s := range h.mcaches[p].alloc {
			if s == &h.empty {
				continue
			}
			if h.rules.spanSets {
				where[s]++
			}
			if int(s.spanclass) != spc || !s.inCache && !h.rules.objectLists || s.sweepgen != h.sweepgen {
				return nil, fmt.Errorf("alloc: P %d has the span at %v in the wrong place", p, s.base)
			}
		}
	}
	check := h.checkSets
	if !h.rules.spanSets {
		check = h.checkLists
	}
	return where, check(where)
}

func (h *Heap) checkSets(where map[*mspan]int) error {
	for spc := range h.central {
		c := &h.central[spc]
		for _, s := range c.partial[h.swept()].spans() {
			where[s]++
			if s.full() || int(s.spanclass) != spc {
				return fmt.Errorf("alloc: the span at %v is not a partial one of span class %d", s.base, spc)
			}
		}
		for _, s := range c.full[h.swept()].spans() {
			where[s]++
			if !s.full() || int(s.spanclass) != spc {
				return fmt.Errorf("alloc: the span at %v is not a full one of span class %d", s.base, spc)
			}
		}
		for _, set := range []*spanSet{&c.partial[h.unsweptSet()], &c.full[h.unsweptSet()]} {
			for _, s := range set.spans() {
				if s.sweepgen != h.sweepgen {
					where[s]++
				}
			}
		}
	}
	return nil
}

func (h *Heap) checkLists(where map[*mspan]int) error {
	for spc := range h.lists {
		c := &h.lists[spc]
		for s := c.nonempty.first; s != nil; s = s.next {
			where[s]++
			if s.full() || int(s.spanclass) != spc {
				return fmt.Errorf("alloc: the span at %v does not belong to the nonempty ones of span class %d", s.base, spc)
			}
		}
		for s := c.empty.first; s != nil; s = s.next {
			where[s]++
			if !s.full() && !s.inCache || int(s.spanclass) != spc {
				return fmt.Errorf("alloc: the span at %v does not belong to the empty ones of span class %d", s.base, spc)
			}
			if s.next == nil && c.empty.last != s {
				return fmt.Errorf("alloc: the list of span class %d has another end", spc)
			}
		}
	}
	unswept := 0
	for _, s := range h.stacks[h.unsweptSet()] {
		if s.sweepgen != h.sweepgen {
			unswept++
		}
	}
	if h.rules.sweepStacks && unswept != h.unswept {
		return fmt.Errorf("alloc: %d spans are noted to be swept, and %d are unswept", unswept, h.unswept)
	}
	h.each(func(s *mspan) {
		if s.spanclass == 0 || h.split && s.spanclass == 1 {
			where[s]++ // the span of a large object is in no list
		}
	})
	return nil
}

func (h *Heap) checkSpan(s *mspan, places int) error {
	at := s.base
	first := int64(s.base-h.base) >> h.shift
	for i := first; i < first+s.npages; i++ {
		if h.spans[i] != s {
			return fmt.Errorf("alloc: page %d is not of the span at %v", i, at)
		}
	}
	if places != 1 {
		return fmt.Errorf("alloc: the span at %v is in %d mcaches and mcentrals", at, places)
	}
	if uint64(s.nelems)*s.elemsize > uint64(s.npages)<<h.shift {
		return fmt.Errorf("alloc: the span at %v has slots outside of it", at)
	}
	taken := 0
	for w := range s.allocBits {
		t := s.taken(w)
		taken += bits.OnesCount64(t)
		if s.gcmarkBits[w]&^t != 0 || s.allocBits[w]&^t != 0 {
			return fmt.Errorf("alloc: the span at %v has bits of slots that are not taken", at)
		}
	}
	if taken != int(s.allocCount) {
		return fmt.Errorf("alloc: the span at %v has %d slots taken and counts %d", at, taken, s.allocCount)
	}
	if h.rules.freelists && s.spanclass != 0 && taken+len(s.freelist)+int(s.held) != int(s.nelems) {
		return fmt.Errorf("alloc: the span at %v has %d slots taken, %d in its list, %d in all", at, taken, len(s.freelist), s.nelems)
	}
	return nil
}
