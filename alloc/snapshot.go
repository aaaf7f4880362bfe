package alloc

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc/pages"
)

// A Snapshot is the state of a [Heap]. It shares no memory with the model.
type Snapshot struct {
	Release       string         `json:"release"`
	Base          Addr           `json:"base"` // where the heap begins
	PageSize      int64          `json:"pageSize"`
	Spans         []SpanState    `json:"spans"`   // in the order of their places
	Mcaches       []McacheState  `json:"mcaches"` // by P
	Pages         pages.Snapshot `json:"pages"`
	Stats         MemStats       `json:"stats"` // with what mcaches have not handed in
	Fragmentation Fragmentation  `json:"fragmentation"`
}

// A SpanState is one span. Sizes are in bytes.
type SpanState struct {
	Base      Addr   `json:"base"`
	Pages     int64  `json:"pages"`
	Class     int    `json:"class"`  // 0 for a large object
	Noscan    bool   `json:"noscan"` // its objects are known to have no pointers
	Size      int64  `json:"size"`   // of a slot
	Slots     int    `json:"slots"`
	Allocated int    `json:"allocated"` // slots that are taken
	Freeindex int    `json:"freeindex"` // the next free slot is at or after it
	Taken     Bits   `json:"taken"`     // one for each slot
	Needzero  bool   `json:"needzero"`  // a slot must be cleared before it is handed out
	State     string `json:"state"`     // cached, swept, unswept
	List      string `json:"list"`      // of the mcentral: partial, full; up to Go 1.14 nonempty, empty; "" if it is in none
	P         int    `json:"p"`         // the P that has it, if it is cached; else -1
	Tail      int64  `json:"tail"`      // bytes after the last slot: waste, bitmaps, mark bits
}

// A McacheState is one mcache.
type McacheState struct {
	Spans      int  `json:"spans"`      // spans that the P has
	Tiny       Addr `json:"tiny"`       // the current block of tiny objects, or 0
	TinyOffset int  `json:"tinyOffset"` // bytes of it that are used
}

// Fragmentation is the memory that the heap has and no object uses, in bytes.
type Fragmentation struct {
	FreeSlots int64 `json:"freeSlots"` // in spans: taken from the pages, not handed out
	Tail      int64 `json:"tail"`      // in spans, after the last slot
	FreePages int64 `json:"freePages"` // of no span
	// External is the share of the free pages, 0 to 1, outside the longest free row.
	External float64 `json:"external"`
}

// Snapshot returns the state of the heap.
func (h *Heap) Snapshot() Snapshot {
	if h.rules == nil {
		return Snapshot{} // not from New
	}
	s := Snapshot{
		Release: h.rules.Release(), Base: h.base, PageSize: h.rules.pageSize,
		Spans: []SpanState{}, Mcaches: []McacheState{}, Pages: h.pages.Snapshot(), Stats: h.stats(),
	}
	holder := map[*mspan]int{}
	for p := range h.mcaches {
		c := &h.mcaches[p]
		m := McacheState{Tiny: c.tiny, TinyOffset: int(c.tinyoffset)}
		for _, span := range c.alloc {
			if span != &h.empty {
				holder[span] = p
				m.Spans++
			}
		}
		s.Mcaches = append(s.Mcaches, m)
	}
	h.each(func(span *mspan) {
		v := h.look(span)
		if p, ok := holder[span]; ok {
			v.P, v.State = p, "cached"
		}
		s.Spans = append(s.Spans, v)
		s.Fragmentation.FreeSlots += int64(v.Slots-v.Allocated) * v.Size
		s.Fragmentation.Tail += v.Tail
	})
	s.Fragmentation.FreePages = int64(s.Stats.HeapIdle)
	if idle := s.Fragmentation.FreePages; idle > 0 {
		s.Fragmentation.External = 1 - float64(s.Pages.Longest*s.PageSize)/float64(idle)
	}
	return s
}

// each visits the spans in the order of their addresses.
func (h *Heap) each(f func(*mspan)) {
	for page := 0; page < len(h.spans); {
		s := h.spans[page]
		if s == nil {
			page++
			continue
		}
		f(s)
		page += int(s.npages)
	}
}

func (h *Heap) look(s *mspan) SpanState {
	v := SpanState{
		Base: s.base, Pages: s.npages, Size: int64(s.elemsize), Slots: int(s.nelems), Allocated: int(s.allocCount),
		Freeindex: int(s.freeindex), Needzero: s.needzero, State: "swept", P: -1,
		Tail: s.npages<<h.shift - int64(uint64(s.nelems)*s.elemsize),
	}
	v.Class, v.Noscan = h.sizeClass(int(s.spanclass))
	v.List = h.listOf(s)
	if s.sweepgen != h.sweepgen {
		v.State = "unswept"
	}
	for w := range s.allocBits {
		v.Taken = append(v.Taken, s.taken(w))
	}
	return v
}

// listOf names the list or set of the mcentral that a span is in.
func (h *Heap) listOf(s *mspan) string {
	class, _ := h.sizeClass(int(s.spanclass))
	switch {
	case h.rules.spanSets && s.inCache, !h.rules.spanSets && class == 0:
		return ""
	case h.rules.spanSets && s.full():
		return "full"
	case h.rules.spanSets:
		return "partial"
	case s.full(), s.inCache && !h.rules.objectLists:
		return "empty"
	}
	return "nonempty"
}

// A Place is the place of an address in the heap: its span, by the base of the span, and
// its slot.
type Place struct {
	Span  Addr  `json:"span"`
	Class int   `json:"class"` // 0 for a large object
	Index int   `json:"index"`
	Size  int64 `json:"size"` // of the slot
}

// Find returns the place of an address, in a taken or a free slot. It returns an error if
// the address is in no span, or after the last slot of its span.
func (h *Heap) Find(a Addr) (Place, error) {
	s := h.spanOf(a)
	if s == nil {
		return Place{}, fmt.Errorf("alloc: %v is in no span", a)
	}
	i := uint64(a-s.base) / s.elemsize
	if i >= uint64(s.nelems) {
		return Place{}, fmt.Errorf("alloc: %v is after the last slot of its span", a)
	}
	class, _ := h.sizeClass(int(s.spanclass))
	return Place{Span: s.base, Class: class, Index: int(i), Size: int64(s.elemsize)}, nil
}

// Check returns an error if the snapshot, which may come from outside, cannot be that of
// a heap: a span is invalid, or spans overlap.
func (s Snapshot) Check() error {
	if s.PageSize <= 0 || s.PageSize&(s.PageSize-1) != 0 {
		return fmt.Errorf("alloc: pages of %d bytes (want a power of two)", s.PageSize)
	}
	next := s.Base
	for i, v := range s.Spans {
		if err := v.Check(); err != nil {
			return fmt.Errorf("span %d: %w", i, err)
		}
		if v.Base < next || (v.Base-s.Base)%Addr(s.PageSize) != 0 {
			return fmt.Errorf("span %d: alloc: it begins at %v, and %v is the first page that is free for it", i, v.Base, next)
		}
		if v.Pages > (1<<62)/s.PageSize {
			return fmt.Errorf("span %d: alloc: %d pages", i, v.Pages)
		}
		if next = v.Base + Addr(v.Pages*s.PageSize); next < v.Base {
			return fmt.Errorf("span %d: alloc: it ends after the last address", i)
		}
	}
	return nil
}

// maxSlots is the largest number of slots of a span: a page of slots of 8 bytes.
const maxSlots = 1024

// Check returns an error if the state, which may come from outside, cannot be that of a
// span.
func (v SpanState) Check() error {
	switch {
	case v.Slots < 1 || v.Slots > maxSlots:
		return fmt.Errorf("alloc: a span of %d slots (want 1 to %d)", v.Slots, maxSlots)
	case v.Pages < 1 || v.Size < 1:
		return fmt.Errorf("alloc: a span of %d pages with slots of %d bytes", v.Pages, v.Size)
	case len(v.Taken) != (v.Slots+63)/64:
		return fmt.Errorf("alloc: %d words of bits for %d slots", len(v.Taken), v.Slots)
	case v.Allocated != v.Taken.Count(0, v.Slots):
		return fmt.Errorf("alloc: %d slots are taken by the bits and %d by the count", v.Taken.Count(0, v.Slots), v.Allocated)
	}
	return nil
}
