package alloc

import "github.com/orrery-go/orrery/alloc/pages"

// workBufBytes is the size of the pages that the collector takes at once for its buffers
// of objects to scan (runtime/mgcwork.go:workbufAlloc).
const workBufBytes = 32 << 10

// takeWorkBufs takes pages for the collector's work buffers, since Go 1.9 from the heap,
// unless it still has some (runtime/mgcwork.go:getempty). How many a real collection
// takes depends on what it marks; the model takes the minimum, and none if the heap has
// no room.
func (h *Heap) takeWorkBufs() {
	if !h.rules.workBufs || h.workBufs.Pages > 0 {
		return
	}
	if run, err := h.pages.Alloc(0, workBufBytes>>h.shift); err == nil {
		h.workBufs = run
		h.mapSpans()
		h.event(Event{Kind: WorkBufs, Addr: h.base + Addr(run.Page)<<h.shift, Bytes: workBufBytes})
	}
}

// freeWorkBufs gives the pages back, as the background sweeper does when it has swept all
// spans (runtime/mgcwork.go:freeSomeWbufs).
func (h *Heap) freeWorkBufs() {
	if run := h.workBufs; run.Pages > 0 {
		h.workBufs = pages.Run{}
		if err := h.pages.Free(0, run.Page, run.Pages); err != nil {
			panic(err) // the heap holds these pages
		}
	}
}
