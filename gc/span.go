package gc

import (
	"fmt"
	"math/bits"
)

// A Layout describes an object to the collector: its size in bytes, and the number of
// pointers in it. An object without pointers is noscan; one that is also smaller than 16
// bytes is tiny, and shares a block with others in most releases. Objects of size 0 take
// no room: all of them are one, which is never garbage.
type Layout struct {
	Bytes int64 `json:"bytes"`
	Slots int   `json:"slots,omitempty"`
}

// Sizes of the runtime's allocator in bytes.
const (
	spanBytes  = 8192
	tinyBytes  = 16
	wordBytes  = 8
	smallBytes = 512 // largest size that Green Tea scans span by span, and whose types are in the span
	smallest   = 16  // smallest size that is not tiny

	largestHeader = 32<<10 - wordBytes // largest size of objects whose types are in a word before them, if not in the span
)

// A span holds objects of one layout that are allocated together.
type span struct {
	base     Ref
	objects  int
	slots    int // of each object
	first    int // of the slots, in Heap.slots
	class    int
	next     Ref    // no object before it is free
	sweepgen uint32 // Heap.sweepgen, if it was swept since the last marking
	queued   bool   // in Heap.greySpans
	tiny     bool   // blocks of tiny objects: 16 numbers each
	sizes    int    // of a tiny span, the first of its numbers in Heap.tinySizes
}

// A class holds the spans of one layout.
type class struct {
	layout  Layout
	spans   []uint32
	at      int // the first span that was not examined since the last marking
	current uint32
	batches bool // Green Tea scans them at once
	header  bool // a word before the pointers, which is scanned with them
}

func (l Layout) check() error {
	switch {
	case l.Bytes < 0 || l.Bytes > MaxBytes:
		return fmt.Errorf("gc: an object of %d bytes out of range [0,%d]", l.Bytes, int64(MaxBytes))
	case l.Slots < 0 || l.Slots > MaxSlots || int64(l.Slots)*wordBytes > l.Bytes:
		return fmt.Errorf("gc: %d slots out of range [0,%d] of an object of %d bytes", l.Slots, min(MaxSlots, l.Bytes/wordBytes), l.Bytes)
	}
	return nil
}

// malloc finds room for an object and clears the room. (`runtime/malloc.go:mallocgc`)
func (h *Heap) malloc(l Layout) (Ref, error) {
	if err := l.check(); err != nil {
		return Nil, err
	}
	switch {
	case l.Bytes == 0:
		return h.mallocZero()
	case l.Slots == 0 && l.Bytes < tinyBytes && h.tinyShare:
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
			header:  h.headers && l.Slots > 0 && smallBytes < l.Bytes && l.Bytes <= largestHeader,
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

// refill gets a span with room for the class, an existing one, which it sweeps if needed,
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

// free counts the free objects of a span, or the free blocks.
func (h *Heap) free(n uint32) int {
	s := &h.spans[n]
	if s.tiny {
		free := 0
		for r := s.base; r < s.base+Ref(s.objects); r += tinyBytes {
			if h.allocated.block(r) == 0 {
				free++
			}
		}
		return free
	}
	used, end := 0, s.base+Ref(s.objects)
	for w := int(s.base >> 6); w<<6 < int(end); w++ {
		used += bits.OnesCount64(h.allocated[w] & mask(w, s.base, end))
	}
	return s.objects - used
}

// full returns the error of a heap without room.
func (h *Heap) full() error {
	return fmt.Errorf("gc: out of memory: %d objects with %d slots are the most that this heap may have", h.maxObjects, 16*h.maxObjects)
}

func (h *Heap) newSpan(k int) (uint32, error) {
	c := &h.classes[k]
	l := c.layout
	tiny := h.tinyShare && l.Slots == 0 && 0 < l.Bytes && l.Bytes < tinyBytes
	base := h.numbers
	if tiny { // a block lies in one word of a bitmap
		base = (base + tinyBytes - 1) &^ (tinyBytes - 1)
	}
	room := h.maxObjects + 1 - base
	objects := max(1, int(spanBytes/max(l.Bytes, 1)))
	if l.Bytes == 0 {
		objects = 1
	}
	if room < 1 || len(h.slots)+l.Slots > 16*h.maxObjects {
		return 0, h.full()
	}
	if tiny {
		h.tinyAny = true
		objects = tinyBlocks * tinyBytes
		room &^= tinyBytes - 1
		if room <= 0 {
			return 0, h.full()
		}
	}
	objects = min(objects, room)
	if l.Slots > 0 {
		objects = min(objects, (16*h.maxObjects-len(h.slots))/l.Slots)
	}
	n := uint32(len(h.spans))
	h.spans = append(h.spans, span{
		base: Ref(base), objects: objects, slots: l.Slots, first: len(h.slots), class: k, next: Ref(base), sweepgen: h.sweepgen,
		tiny: tiny, sizes: len(h.tinySizes),
	})
	c.spans = append(c.spans, n)
	if tiny {
		h.tinySizes = append(h.tinySizes, make([]uint8, objects)...)
	}
	h.slots = append(h.slots, make([]Ref, objects*l.Slots)...)
	h.numbers = base + objects
	for at := len(h.spanAt) * spanStep; at < h.numbers; at += spanStep {
		in := n
		if at < base { // between two spans
			in--
		}
		h.spanAt = append(h.spanAt, in)
	}
	h.growBitmaps()
	if l.Slots == 0 {
		for r := Ref(base); r < Ref(base+objects); r++ {
			h.noscan.set(r)
		}
	}
	return n, nil
}

// spanStep is small, so that a span is found in a few steps, and not 1: an entry for
// every number would not stay in the cache while a large heap is marked.
const spanStep = 16

// spanOf returns the span of an object. Spans have consecutive numbers.
func (h *Heap) spanOf(r Ref) uint32 {
	n := h.spanAt[r/spanStep]
	for int(n)+1 < len(h.spans) && h.spans[n+1].base <= r {
		n++
	}
	return n
}

// growBitmaps makes room for the bits of every object.
func (h *Heap) growBitmaps() {
	for _, b := range []*bitmap{&h.allocated, &h.marked, &h.scanned, &h.noscan, &h.doomed} {
		if more := h.numbers>>6 + 1 - len(*b); more > 0 {
			*b = append(*b, make(bitmap, more)...)
		}
	}
}
