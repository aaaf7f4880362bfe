package gc

import (
	"fmt"
	"math/bits"
)

// A Layout is what an object looks like to the collector: its bytes, and how many
// pointers are in them. An object without pointers is noscan; one that is also
// smaller than 16 bytes shares a block with others.
type Layout struct {
	Bytes int64 `json:"bytes"`
	Slots int   `json:"slots,omitempty"`
}

// What the runtime's allocator has in bytes.
const (
	spanBytes  = 8192
	tinyBytes  = 16
	wordBytes  = 8
	smallBytes = 512 // and less: Green Tea scans such objects span by span
	smallest   = 16  // and more
)

// A span is the objects of one layout that were allocated together.
type span struct {
	base     Ref
	objects  int
	slots    int // of each object
	first    int // of the slots, in Heap.slots
	class    int
	next     Ref    // before it no object is free
	sweepgen uint32 // Heap.sweepgen, if it was swept since the last marking
	queued   bool   // in Heap.greySpans
}

// A class is the spans of one layout.
type class struct {
	layout  Layout
	spans   []uint32
	at      int // the first of them that was not looked at since the last marking
	current uint32
	batches bool // Green Tea scans them at once
}

func (l Layout) check() error {
	switch {
	case l.Bytes < 1 || l.Bytes > MaxBytes:
		return fmt.Errorf("gc: an object of %d bytes out of range [1,%d]", l.Bytes, int64(MaxBytes))
	case l.Slots < 0 || l.Slots > MaxSlots || int64(l.Slots)*wordBytes > l.Bytes:
		return fmt.Errorf("gc: %d slots out of range [0,%d] of an object of %d bytes", l.Slots, min(MaxSlots, l.Bytes/wordBytes), l.Bytes)
	}
	return nil
}

// malloc finds room for an object and clears it. (`runtime/malloc.go:mallocgc`)
func (h *Heap) malloc(l Layout) (Ref, error) {
	if err := l.check(); err != nil {
		return Nil, err
	}
	if l.Slots == 0 && l.Bytes < tinyBytes {
		return h.mallocTiny(l.Bytes)
	}
	return h.mallocSmall(l)
}

func (h *Heap) mallocSmall(l Layout) (Ref, error) {
	k, ok := h.classOf[l]
	if !ok {
		k = len(h.classes)
		h.classOf[l] = k
		h.classes = append(h.classes, class{
			layout:  l,
			batches: h.alg.SpanBatches && l.Slots > 0 && smallest <= l.Bytes && l.Bytes <= smallBytes,
		})
	}
	c := &h.classes[k]
	for {
		if c.current != 0 {
			s := &h.spans[c.current]
			if r, ok := h.allocated.nextZero(s.next, s.base+Ref(s.objects)); ok {
				s.next = r + 1
				h.allocated.set(r)
				h.objects++
				clear(h.slotsOf(r))
				return r, nil
			}
			c.current = 0
		}
		if err := h.refill(k); err != nil {
			return Nil, err
		}
	}
}

// refill gets a span for the class: one that has room, swept first if it was not,
// or a new one. (`runtime/mcentral.go:cacheSpan`)
func (h *Heap) refill(k int) error {
	c := &h.classes[k]
	for c.at < len(c.spans) {
		n := c.spans[c.at]
		c.at++
		h.sweep(n)
		if h.free(n) > 0 {
			c.current = n
			return nil
		}
	}
	n, err := h.newSpan(k)
	if err == nil {
		c.current = n
		c.at = len(c.spans)
	}
	return err
}

// free counts the free objects of a span.
func (h *Heap) free(n uint32) int {
	s := &h.spans[n]
	used, end := 0, s.base+Ref(s.objects)
	for w := int(s.base >> 6); w<<6 < int(end); w++ {
		used += bits.OnesCount64(h.allocated[w] & mask(w, s.base, end))
	}
	return s.objects - used
}

func (h *Heap) newSpan(k int) (uint32, error) {
	c := &h.classes[k]
	l := c.layout
	base := len(h.spanOf)
	room := h.maxObjects + 1 - base
	objects := max(1, int(spanBytes/l.Bytes))
	if room < 1 || len(h.slots)+l.Slots > 16*h.maxObjects {
		return 0, fmt.Errorf("gc: out of memory: %d objects with %d slots are the most that this heap may have", h.maxObjects, 16*h.maxObjects)
	}
	objects = min(objects, room)
	if l.Slots > 0 {
		objects = min(objects, (16*h.maxObjects-len(h.slots))/l.Slots)
	}
	n := uint32(len(h.spans))
	h.spans = append(h.spans, span{
		base: Ref(base), objects: objects, slots: l.Slots, first: len(h.slots), class: k, next: Ref(base), sweepgen: h.sweepgen,
	})
	c.spans = append(c.spans, n)
	h.slots = append(h.slots, make([]Ref, objects*l.Slots)...)
	for range objects {
		h.spanOf = append(h.spanOf, n)
	}
	h.growBitmaps()
	if l.Slots == 0 {
		for r := Ref(base); r < Ref(base+objects); r++ {
			h.noscan.set(r)
		}
	}
	return n, nil
}

// growBitmaps gives every object its bits.
func (h *Heap) growBitmaps() {
	for _, b := range []*bitmap{&h.allocated, &h.marked, &h.scanned, &h.noscan, &h.doomed} {
		if more := len(h.spanOf)>>6 + 1 - len(*b); more > 0 {
			*b = append(*b, make(bitmap, more)...)
		}
	}
}

// mallocTiny puts an object into the block that tiny objects share, or into a new
// one. (`runtime/malloc.go:mallocgcTiny`)
func (h *Heap) mallocTiny(size int64) (Ref, error) {
	off := h.tinyOff
	switch {
	case size&7 == 0:
		off = (off + 7) &^ 7
	case size&3 == 0:
		off = (off + 3) &^ 3
	case size&1 == 0:
		off = (off + 1) &^ 1
	}
	if h.tiny != Nil && off+size <= tinyBytes {
		h.tinyOff = off + size
		return h.tiny, nil
	}
	r, err := h.mallocSmall(Layout{Bytes: tinyBytes})
	if err == nil && (h.tiny == Nil || size < h.tinyOff) {
		h.tiny, h.tinyOff = r, size
	}
	return r, err
}
