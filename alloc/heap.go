package alloc

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc/pages"
)

// Config says what to model. Nothing in it is random: on one P the allocator never
// draws lots, but for where the heap begins since Go 1.26.
type Config struct {
	Release string      `json:"release"` // "" for the newest known, "go1.17", "running"
	Procs   int         `json:"procs"`   // Ps, each with an mcache, 1 to 1,024; 0 is 1
	Limit   int64       `json:"limit"`   // bytes that the heap may have, to 64 GiB; 0 is 4 GiB
	Trace   func(Event) `json:"-"`       // gets every step; nil costs nothing
}

// A Heap is all levels of the allocator: an mcache for each P, an mcentral for
// each span class, and the mheap. It is not safe for concurrent use: Ps are
// numbers, and the caller says who acts.
type Heap struct {
	rules    *Rules
	trace    func(Event)
	pages    *pages.Heap
	base     Addr
	shift    uint // log2 of the page size
	nspc     int  // span classes: with and without pointers apart, or not
	split    bool
	mcaches  []mcache
	central  []mcentral    // since Go 1.15
	lists    []listCentral // before
	stacks   [2][]*mspan   // from Go 1.8 to 1.14: spans by when they were swept or made
	layouts  []layout      // by size class, then scan and noscan
	spans    []*mspan      // by page: the span that has it
	workBufs pages.Run     // of the collector, if it has some
	acting   int           // the P that allocates; 0 in a collection
	running  []bool        // by P: it has acted since it was idle

	described []*mspan // up to Go 1.13: by number of the descriptor
	store     spanStore
	empty     mspan // what an mcache has when it has no span

	sweepgen     uint32
	sweepNext    int   // where to look for the next span to sweep
	sweepEnd     int   // and where no more
	unswept      int   // spans that wait to be swept
	reclaimed    int64 // pages that reclaim has looked at in this cycle
	freed        map[Addr]bool
	counts       counts
	collections  uint64
	seq          uint64 // of events
	inCollection bool
	telling      bool // Trace is called, or live
}

// New makes a heap without any memory. An unknown release, and a number of Ps or a
// limit out of range, is an error.
func New(c Config) (*Heap, error) {
	rules, err := ForRelease(c.Release)
	if err != nil {
		return nil, err
	}
	h := &Heap{rules: rules, trace: c.Trace, sweepgen: 2}
	pc := pages.Config{Release: c.Release, Procs: c.Procs, Limit: c.Limit}
	if c.Trace != nil {
		pc.Trace = h.pageEvent
	}
	if h.pages, err = pages.New(pc); err != nil {
		return nil, fmt.Errorf("alloc: %w", err)
	}
	h.base = Addr(h.pages.Base())
	for h.shift = 12; int64(1)<<h.shift < rules.pageSize; h.shift++ {
	}
	h.split = rules.split
	h.nspc = rules.SpanClasses()
	if rules.spanSets {
		h.central = make([]mcentral, h.nspc)
	} else {
		h.lists = make([]listCentral, h.nspc)
	}
	h.mcaches = make([]mcache, max(c.Procs, 1))
	h.running = make([]bool, len(h.mcaches))
	for i := range h.mcaches {
		h.mcaches[i].alloc = make([]*mspan, h.nspc)
		h.mcaches[i].reset(&h.empty)
		if rules.objectLists {
			h.mcaches[i].objects = make([][]uint16, h.nspc)
		}
	}
	h.counts.malloc = make([]uint64, len(rules.classes)+1)
	h.counts.free = make([]uint64, len(rules.classes)+1)
	h.layouts = make([]layout, 0, 2*len(rules.classes)+2)
	h.layouts = append(h.layouts, layout{}, layout{})
	for _, k := range rules.classes {
		h.layouts = append(h.layouts, rules.layout(k, false), rules.layout(k, true))
	}
	return h, nil
}

// Rules reports the sizes of the heap's release.
func (h *Heap) Rules() *Rules { return h.rules }

// spanClass is a size class and whether its objects have no pointers
// (runtime/mheap.go:spanClass). Up to Go 1.8 the two share spans.
func (h *Heap) spanClass(class int, noscan bool) int {
	if !h.split {
		return class
	}
	spc := class << 1
	if noscan {
		spc |= 1
	}
	return spc
}

// sizeClass is the size class of a span class, and noscan whether its objects are
// known to have no pointers.
func (h *Heap) sizeClass(spc int) (class int, noscan bool) {
	if !h.split {
		return spc, false
	}
	return spc >> 1, spc&1 == 1
}

// spanOf finds the span that an address lies in, or nil.
func (h *Heap) spanOf(a Addr) *mspan {
	if a < h.base || (a-h.base)>>h.shift >= Addr(len(h.spans)) {
		return nil
	}
	return h.spans[(a-h.base)>>h.shift]
}

// object finds the object that begins at the address. Every other address is an
// error: one that lies in no span, in a free slot or inside an object.
func (h *Heap) object(a Addr) (s *mspan, index int, err error) {
	s = h.spanOf(a)
	if s == nil {
		return nil, 0, fmt.Errorf("alloc: %v is in no span", a)
	}
	index = int(uint64(a-s.base) / s.elemsize)
	if uint32(index) >= s.nelems || !s.allocated(index) {
		return nil, 0, fmt.Errorf("alloc: %v is not allocated", a)
	}
	if begin := s.address(index); a != begin {
		return nil, 0, fmt.Errorf("alloc: %v is not where an object begins: that is %v", a, begin)
	}
	return s, index, nil
}

func (h *Heap) unknownP(p int) error {
	switch {
	case h.rules == nil:
		return errZero
	case h.telling:
		return errBusy
	}
	return fmt.Errorf("alloc: P %d out of range [0,%d)", p, len(h.mcaches))
}
