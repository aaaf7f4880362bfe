package alloc

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/alloc/pages"
)

var (
	errNoLive = errors.New("alloc: a collection needs to know what is live")
	errNested = errors.New("alloc: a collection is going on")
)

// A Step names what happens in an event.
type Step string

// The steps, from the top of the allocator to its bottom.
const (
	ZeroSize       Step = "zero size"                 // no memory
	TinyCombined   Step = "tiny: combined"            // into the P's current block
	TinyBlock      Step = "tiny: new block"           // a slot for the block
	Slot           Step = "mcache: slot"              // of the P's span
	Reused         Step = "mcache: reused"            // what Free gave back
	LargeObject    Step = "mheap: large object"       // a span of its own
	Uncache        Step = "mcache: uncache"           // a span goes back to the mcentral
	Refill         Step = "mcache: refill"            // a span comes
	PartialSwept   Step = "mcentral: partial swept"   // it had room
	PartialUnswept Step = "mcentral: partial unswept" // it was swept for it
	FullUnswept    Step = "mcentral: full unswept"    // and got room thereby
	FreshSpan      Step = "mcentral: grow"            // it is new, from the mheap
	Pages          Step = "mheap: "                   // followed by what the pages did
	SpanFreed      Step = "mheap: span freed"         // its pages are free
	Swept          Step = "sweep"                     // Bytes were freed in a span
	MarkDone       Step = "mark done"                 // a collection knows what is live
	Freed          Step = "free"
)

// An Event is one step.
type Event struct {
	Seq   uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind  Step   `json:"kind"`
	P     int    `json:"p"`
	Class int    `json:"class"` // the size class, where there is one
	Addr  Addr   `json:"addr"`  // of the object, span or pages
	Bytes int64  `json:"bytes"` // asked for, or the length of the span or pages
}

// event gives the step to Config.Trace, if there is one.
func (h *Heap) event(e Event) {
	if h.trace != nil {
		h.seq++
		e.Seq = h.seq
		h.trace(e)
	}
}

// pageEvent passes on a step of the pages.
func (h *Heap) pageEvent(e pages.Event) {
	size := h.pages.PageSize()
	h.event(Event{Kind: Pages + Step(e.Kind), P: e.P, Addr: Addr(h.pages.Base() + e.Page*size), Bytes: e.Pages * size})
}

// String reads like "mcache: slot, class 5, 33 bytes at 0xc000000030".
func (e Event) String() string {
	text := string(e.Kind)
	if e.Class > 0 {
		text += fmt.Sprintf(", class %d", e.Class)
	}
	if e.Addr > 0 {
		text += fmt.Sprintf(", %d bytes at %#x", e.Bytes, uint64(e.Addr))
	}
	return text
}
