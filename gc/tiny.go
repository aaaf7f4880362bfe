package gc

import "fmt"

// Tiny objects share blocks of 16 bytes, and a block is garbage when all of its objects
// are. Each object has its own finalizer, cleanups and weak pointers. So a block has 16
// numbers here, one for each byte; an object in it has the number of its first byte.

// tinyBits are the numbers of a block, shifted to its beginning in a word of a bitmap.
const tinyBits = 1<<tinyBytes - 1

// tinyBlocks is the number of blocks of a span.
const tinyBlocks = spanBytes / tinyBytes

// sharesTiny reports whether a release combines tiny objects. 1.2 does not, and 1.5 never
// keeps a block for the next object. (`go1.5.4 runtime/malloc.go:mallocgc`)
func sharesTiny(atLeast func(string) bool) bool {
	return atLeast("go1.3") && (!atLeast("go1.5") || atLeast("go1.6"))
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
		r := h.tiny + Ref(off)
		if h.marked.block(h.tiny) != 0 {
			h.marked.set(r)
			h.scanned.set(r)
		}
		h.putTiny(r, size)
		return r, nil
	}
	r, err := h.tinyBlock()
	if err != nil {
		return Nil, err
	}
	h.putTiny(r, size)
	if h.tiny == Nil || size < h.tinyOff {
		h.tiny, h.tinyOff = r, size
	}
	return r, nil
}

func (h *Heap) putTiny(r Ref, size int64) {
	s := &h.spans[h.spanOf(r)]
	h.tinySizes[s.sizes+int(r-s.base)] = uint8(size)
	h.allocated.set(r)
	h.objects++
}

// bytes returns the size of an object.
func (h *Heap) bytes(r Ref) int64 {
	s := &h.spans[h.spanOf(r)]
	if s.tiny {
		return int64(h.tinySizes[s.sizes+int(r-s.base)])
	}
	return h.classes[s.class].layout.Bytes
}

// tinyBlock returns the number of the first byte of a free block.
func (h *Heap) tinyBlock() (Ref, error) {
	l := Layout{Bytes: tinyBytes - 1} // nothing else has this class if tiny objects share
	k, ok := h.classOf[l]
	if !ok {
		k = len(h.classes)
		h.classOf[l] = k
		h.classes = append(h.classes, class{layout: l})
	}
	c := &h.classes[k]
	for {
		if c.current != 0 {
			s := &h.spans[c.current]
			for ; s.next < s.base+Ref(s.objects); s.next += tinyBytes {
				if r := s.next; h.allocated.block(r) == 0 {
					s.next += tinyBytes
					return r, nil
				}
			}
			c.current = 0
		}
		if err := h.refill(k); err != nil {
			return Nil, err
		}
	}
}

// block returns the bits of the block that begins at r.
func (b bitmap) block(r Ref) uint64 { return b[r>>6] >> (r & 63) & tinyBits }

// blockOf returns the beginning of the block that a tiny object lies in.
func blockOf(r Ref) Ref { return r &^ (tinyBytes - 1) }

// isTiny reports whether an object lies in a block of tiny ones.
func (h *Heap) isTiny(r Ref) bool { return h.spans[h.spanOf(r)].tiny }

// shadeBlock makes all objects of a block black when one of them was found.
func (h *Heap) shadeBlock(r Ref) {
	first := blockOf(r)
	all := h.allocated.block(first) << (first & 63)
	h.marked[r>>6] |= all
	h.scanned[r>>6] |= all
}

// shadeTinyRoot shades the block that tiny objects go to: a root of the cycles that run
// beside the program. Before 1.9 runtime.GC was not such a cycle, and before 1.5 no cycle
// was: the block was given up before marking. (`runtime/mgcmark.go:gcMarkTinyAllocs`)
func (h *Heap) shadeTinyRoot() {
	switch {
	case !h.release.AtLeast("go1.5"):
		h.tiny, h.tinyOff = Nil, 0
	case h.tiny == Nil || h.blocking:
	default:
		for r := h.tiny; r < h.tiny+tinyBytes; r++ {
			if h.allocated.has(r) && h.shade(r) {
				h.note(Event{Kind: RootShaded, Object: r, Why: "tiny block"})
				break // and the others with it
			}
		}
	}
}

// sweepBlocks sweeps a span of tiny objects, a block at a time, and reports how many
// objects it has reclaimed.
func (h *Heap) sweepBlocks(s *span) (reclaimed uint64) {
	for r := s.base; r < s.base+Ref(s.objects); r += tinyBytes {
		all := h.allocated.block(r)
		if all == 0 || h.marked.block(r) != 0 {
			continue
		}
		if len(h.specials) > 0 && h.sweepSpecials(r, all) {
			h.work.Revived++
			continue
		}
		for ; all != 0; all &= all - 1 {
			h.reclaim(r + refAt(0, all))
			reclaimed++
		}
	}
	return reclaimed
}

// Block returns the tiny objects that lie in one block with r, itself among them, in the
// order of their addresses: r alone if it is not tiny, or if the release does not combine
// tiny objects. It returns an error if r is not allocated.
func (h *Heap) Block(r Ref) ([]Ref, error) {
	if err := h.checkAllocated(r); err != nil {
		return nil, err
	}
	if !h.isTiny(r) {
		return []Ref{r}, nil
	}
	var out []Ref
	for m := blockOf(r); m < blockOf(r)+tinyBytes; m++ {
		if h.allocated.has(m) {
			out = append(out, m)
		}
	}
	return out, nil
}

// mallocZero returns the object of size 0. It lies in no span of the runtime, and is not
// counted. (`runtime/malloc.go:zerobase`)
func (h *Heap) mallocZero() (Ref, error) {
	if h.zero != Nil {
		return h.zero, nil
	}
	h.classOf[Layout{}] = len(h.classes)
	h.classes = append(h.classes, class{})
	if _, err := h.newSpan(len(h.classes) - 1); err != nil {
		h.classes = h.classes[:len(h.classes)-1]
		delete(h.classOf, Layout{})
		return Nil, err
	}
	h.zero = Ref(h.numbers - 1)
	h.allocated.set(h.zero)
	if h.stage == marking {
		h.shade(h.zero)
	}
	return h.zero, nil
}

// checkAllocated returns an error if no object has the number now.
func (h *Heap) checkAllocated(r Ref) error {
	if r == Nil || int(r) >= h.numbers {
		return fmt.Errorf("gc: object %d out of range [1,%d)", r, h.numbers)
	}
	if !h.allocated.has(r) {
		return fmt.Errorf("gc: object %d is not allocated", r)
	}
	return nil
}
