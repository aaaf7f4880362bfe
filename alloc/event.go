package alloc

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/alloc/pages"
)

var (
	errNoLive = errors.New("alloc: a collection needs to know which objects are live")
	errBusy   = errors.New("alloc: the heap is used from its own Trace, or while it asks which objects are live")
	errNested = errors.New("alloc: a collection is going on")
)

// A Kind is the kind of an event.
type Kind string

// The steps, from the top of the allocator to its bottom.
const (
	ZeroSize       Kind = "zero size"                 // no memory
	TinyCombined   Kind = "tiny: combined"            // into the P's current block
	TinyBlock      Kind = "tiny: new block"           // a slot for the block
	Slot           Kind = "mcache: slot"              // of the P's span
	Reused         Kind = "mcache: reused"            // a slot that Free gave back
	LargeObject    Kind = "mheap: large object"       // a span of its own
	Uncache        Kind = "mcache: uncache"           // a span goes back to the mcentral
	Refill         Kind = "mcache: refill"            // the P gets a span
	PartialSwept   Kind = "mcentral: partial swept"   // the span had room
	PartialUnswept Kind = "mcentral: partial unswept" // it was swept for it
	FullUnswept    Kind = "mcentral: full unswept"    // the span got room by sweeping
	FreshSpan      Kind = "mcentral: grow"            // the span is new, from the mheap
	Pages          Kind = "mheap: "                   // followed by the kind of the event of package pages
	SpanFreed      Kind = "mheap: span freed"         // the span's pages are free again
	Reclaimed      Kind = "mheap: reclaim"            // of the 512 pages from Addr on, Bytes bytes became free by sweeping
	Swept          Kind = "sweep"                     // Bytes bytes were freed in a span
	WorkBufs       Kind = "work buffers"              // the collector takes pages for its work buffers
	MarkDone       Kind = "mark done"                 // marking has ended
	Freed          Kind = "free"
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq   uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind  Kind   `json:"kind"`
	Rule  string `json:"rule"` // the row of fidelity.md that the step follows
	P     int    `json:"p"`
	Class int    `json:"class"` // the size class, where there is one
	Addr  Addr   `json:"addr"`  // of the object, span or pages
	Bytes int64  `json:"bytes"` // asked for, or the length of the span or pages
	// Needzero, of a span that an mcentral gives out and of a large object, says that the
	// memory has to be cleared.
	Needzero bool `json:"needzero"`
}

// kindRules maps each kind to its row of fidelity.md.
var kindRules = map[Kind]string{
	ZeroSize:       "zero-size",
	TinyCombined:   "tiny-block",
	TinyBlock:      "tiny-block",
	Slot:           "slot-order",
	Reused:         "free",
	LargeObject:    "small-limit",
	Uncache:        "mcache",
	Refill:         "mcache",
	PartialSwept:   "span-sets",
	PartialUnswept: "span-sets",
	FullUnswept:    "span-sets",
	FreshSpan:      "span-sets",
	SpanFreed:      "sweep-order",
	Reclaimed:      "reclaim",
	Swept:          "sweep-order",
	WorkBufs:       "work-buffers",
	MarkDone:       "collection",
	Freed:          "free",
}

// olderRules has the rows of older releases.
const (
	spanLists = "span-lists"
	freeList  = "free-list"
)

// rule returns the row of fidelity.md for a kind in the heap's release.
func (h *Heap) rule(k Kind) string {
	rule := kindRules[k]
	switch {
	case rule == "span-sets" && !h.rules.spanSets:
		rule = spanLists
	case rule == "slot-order" && h.rules.freelists:
		rule = freeList
	}
	return rule
}

// event passes the step to Config.Trace, if it is set.
func (h *Heap) event(e Event) {
	if h.trace != nil {
		h.seq++
		e.Seq = h.seq
		if e.Rule == "" {
			e.Rule = h.rule(e.Kind)
		}
		h.telling = true
		h.trace(e)
		h.telling = false
	}
}

// pageEvent passes on an event of the pages.
func (h *Heap) pageEvent(e pages.Event) {
	size := h.pages.PageSize()
	h.event(Event{Kind: Pages + Kind(e.Kind), Rule: e.Rule, P: e.P, Addr: Addr(h.pages.Base() + e.Page*size), Bytes: e.Pages * size})
}

// String reads like "mcache: slot, class 5, 33 bytes at 0xc000000030".
func (e Event) String() string {
	text := string(e.Kind)
	if e.Class > 0 {
		text += fmt.Sprintf(", class %d", e.Class)
	}
	if e.Addr > 0 {
		text += fmt.Sprintf(", %d bytes at %v", e.Bytes, e.Addr)
	}
	return text
}
