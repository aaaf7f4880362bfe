package alloc

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc/pages"
)

// A Config says what to model. Nothing in it is random: on one P the allocator makes no
// random choice, except for the address of the heap since Go 1.26.
type Config struct {
	Release string      `json:"release"` // "" for the newest known, "go1.17", "running"
	Procs   int         `json:"procs"`   // Ps, each with an mcache, 1 to 1,024; 0 is 1
	Limit   int64       `json:"limit"`   // bytes that the heap may have, to 64 GiB; 0 is 4 GiB
	Trace   func(Event) `json:"-"`       // receives every step; nil costs nothing
}

// A Heap has all levels of the allocator: an mcache for each P, an mcentral for each span
// class, and the mheap. It is not safe for concurrent use: Ps are numbers, and the caller
// says which P acts.
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
	spans    []*mspan      // by page: the span that holds it
	workBufs pages.Run     // pages of the collector's work buffers, if any
	acting   int           // the P that allocates; 0 in a collection
	running  []bool        // by P: whether it has allocated since it was idle

	described []*mspan // up to Go 1.13: by number of the descriptor
	store     spanStore
	empty     mspan // stands in an mcache for no span

	sweepgen      uint32
	sweepNext     int   // the next span to sweep
	sweepEnd      int   // end of the spans to sweep
	unswept       int   // number of spans that wait to be swept
	reclaimed     int64 // pages that reclaim has looked at in this cycle
	reclaimCredit int64 // pages that were freed beyond what reclaim was asked for
	freed         map[Addr]bool
	counts        counts
	collections   uint64
	seq           uint64 // of events
	inCollection  bool
	telling       bool // in a call of Trace or live
}

// New returns a heap without any memory. It returns an error if the release is unknown,
// or the number of Ps or the limit is out of range.
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

// Rules returns the rules of the heap's release.
func (h *Heap) Rules() *Rules { return h.rules }

// spanClass returns the span class of a size class and noscan
// (runtime/mheap.go:spanClass). Up to Go 1.8 objects with and without pointers share
// spans.
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

// sizeClass returns the size class of a span class, and whether its objects are known to
// have no pointers.
func (h *Heap) sizeClass(spc int) (class int, noscan bool) {
	if !h.split {
		return spc, false
	}
	return spc >> 1, spc&1 == 1
}

// spanOf returns the span that an address lies in, or nil.
func (h *Heap) spanOf(a Addr) *mspan {
	if a < h.base || (a-h.base)>>h.shift >= Addr(len(h.spans)) {
		return nil
	}
	return h.spans[(a-h.base)>>h.shift]
}

// object finds the object that begins at the address. It returns an error for any other
// address: in no span, in a free slot or inside an object.
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
