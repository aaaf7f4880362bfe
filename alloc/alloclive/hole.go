package alloclive

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc/pages"
)

// HolePages is the number of pages in the hole of [Real.Hole].
const HolePages = 8192

// A PageOp takes contiguous pages, drops the pages that another operation took, or runs
// a collection, which frees the dropped pages.
type PageOp struct {
	Pages   int64
	Free    int // number of the operation that took the pages
	Collect bool
}

// A Hole is a part of the heap, and the pages that were taken there, as offsets in pages
// from its beginning.
type Hole struct {
	Base   int64 // number of its first page in the address space
	First  int64 // the first page that was taken: 0 if nothing below it was free
	Pages  []int64
	Stacks int64 // bytes by which stacks grew in the meantime
}

// Hole takes and frees pages in a real hole, below which no page is free.
func (r *Real) Hole(ops []PageOp) (Hole, error) {
	a, err := r.ask(Question{Hole: ops})
	return a.Hole, err
}

// ModelHole performs [Real.Hole] in the model. The hole begins at the same place in its
// chunk of 512 pages as the real one.
func ModelHole(release string, base int64, ops []PageOp) (Hole, error) {
	at := Hole{Base: base, Pages: []int64{}}
	h, err := pages.New(pages.Config{Release: release})
	if err != nil {
		return at, err
	}
	before := 512 + base%512 // one more chunk, so that it is not served by a page cache
	if _, err := h.Alloc(0, before); err != nil {
		return at, err
	}
	hole, err := h.Alloc(0, HolePages)
	if err != nil {
		return at, err
	}
	if err := h.Free(0, hole.Page, hole.Pages); err != nil {
		return at, err
	}
	first, err := h.Alloc(0, 1)
	if err != nil {
		return at, err
	}
	at.First = first.Page - before
	taken := make([]pages.Run, len(ops))
	var dropped []int
	for i, op := range ops {
		switch {
		case op.Pages > 0:
			if taken[i], err = h.Alloc(0, op.Pages); err != nil {
				return at, err
			}
			at.Pages = append(at.Pages, taken[i].Page-before)
		case op.Collect:
			const workBufs = 4
			buffers, err := h.Alloc(0, workBufs)
			if err != nil {
				return at, err
			}
			for _, i := range dropped {
				if err := h.Free(0, taken[i].Page, taken[i].Pages); err != nil {
					return at, err
				}
			}
			dropped = nil
			if err := h.Free(0, buffers.Page, buffers.Pages); err != nil {
				return at, err
			}
		default:
			dropped = append(dropped, op.Free)
		}
		if h.Stats().InUse-before > HolePages {
			return at, fmt.Errorf("alloclive: operation %d leaves the hole", i)
		}
	}
	return at, nil
}
