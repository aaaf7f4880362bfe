package alloc

import "github.com/orrery-go/orrery/alloc/pages"

// A Snapshot is all there is to see. It is the caller's own.
type Snapshot struct {
	Release       string         `json:"release"`
	Base          Addr           `json:"base"` // where the heap begins
	PageSize      int64          `json:"page_size"`
	Spans         []SpanState    `json:"spans"`   // in the order of their places
	Mcaches       []McacheState  `json:"mcaches"` // by P
	Pages         pages.Snapshot `json:"pages"`
	Stats         MemStats       `json:"stats"` // with what mcaches have not handed in
	Fragmentation Fragmentation  `json:"fragmentation"`
}

// A SpanState is one span. Sizes are in bytes.
type SpanState struct {
	Base      Addr     `json:"base"`
	Pages     int64    `json:"pages"`
	Class     int      `json:"class"`  // 0 for a large object
	Noscan    bool     `json:"noscan"` // its objects are known to have no pointers
	Size      int64    `json:"size"`   // of a slot
	Slots     int      `json:"slots"`
	Allocated int      `json:"allocated"` // slots that are taken
	Freeindex int      `json:"freeindex"` // the next free slot is here or behind
	Taken     []uint64 `json:"taken"`     // a bit for each slot
	Needzero  bool     `json:"needzero"`  // a slot must be cleared before it is handed out
	State     string   `json:"state"`     // cached, swept, unswept
	P         int      `json:"p"`         // that has it, if it is cached; -1
	Tail      int64    `json:"tail"`      // behind the last slot: waste, bitmaps, mark bits
}

// A McacheState is one mcache.
type McacheState struct {
	Spans      int  `json:"spans"`       // that it has
	Tiny       Addr `json:"tiny"`        // the current block of tiny objects, or 0
	TinyOffset int  `json:"tiny_offset"` // bytes of it that are used
}

// Fragmentation says what the heap has and nobody uses, in bytes.
type Fragmentation struct {
	FreeSlots int64 `json:"free_slots"` // in spans: taken from the pages, not handed out
	Tail      int64 `json:"tail"`       // in spans, behind the last slot
	FreePages int64 `json:"free_pages"` // of no span
	// External is the share of the free pages, 0 to 1, that is not in the longest
	// free row: a request for all of them would fail.
	External float64 `json:"external"`
}

// Internal is what rounding up wastes, in bytes: of slots that were handed out, the
// part that was not asked for. The heap does not know what was asked for, and does
// not keep it; who called Malloc does: the sum of the sizes it asked for.
func (s Snapshot) Internal(asked int64) int64 { return int64(s.Stats.HeapAlloc) - asked }

// Snapshot reports the state.
func (h *Heap) Snapshot() Snapshot {
	s := Snapshot{Release: h.rules.Release(), Base: h.base, PageSize: h.rules.pageSize, Pages: h.pages.Snapshot(), Stats: h.stats()}
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

// each visits the spans in the order of their places.
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
	if s.sweepgen != h.sweepgen {
		v.State = "unswept"
	}
	for w := range s.allocBits {
		v.Taken = append(v.Taken, s.taken(w))
	}
	return v
}

// Place of an address in the heap: which span, by its base, and which slot.
type Place struct {
	Span  Addr  `json:"span"`
	Class int   `json:"class"` // 0 for a large object
	Index int   `json:"index"`
	Size  int64 `json:"size"` // of the slot
}

// Find reports where an address lies. An address in no span, and one behind the
// last slot of its span, is an error; a free slot is none.
func (h *Heap) Find(a Addr) (Place, error) {
	s := h.spanOf(a)
	if s == nil {
		return Place{}, errorf("alloc: %#x is in no span", a)
	}
	i := uint64(a-s.base) / s.elemsize
	if i >= uint64(s.nelems) {
		return Place{}, errorf("alloc: %#x is behind the last slot of its span", a)
	}
	class, _ := h.sizeClass(int(s.spanclass))
	return Place{Span: s.base, Class: class, Index: int(i), Size: int64(s.elemsize)}, nil
}
