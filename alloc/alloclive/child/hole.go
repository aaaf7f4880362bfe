package main

import (
	"runtime"
	"unsafe"

	"github.com/orrery-go/orrery/alloc/alloclive"
)

// hole makes a hole of free pages below which no page is free, and takes and frees pages
// in it.
func hole(ops []alloclive.PageOp) (h alloclive.Hole) {
	const page = 8 << 10
	clear(fillers)
	fillers = fillers[:0]
	taken := make([]unsafe.Pointer, len(ops))
	h.Pages = make([]int64, 0, len(ops))
	runtime.GC()
	rest()
	big := malloc(alloclive.HolePages*page, true)
	base := uintptr(big)
	big = nil
	_ = big
	runtime.GC()
	rest()
	for { // fills the free pages below
		x := malloc(page, true)
		if at := uintptr(x); at >= base && at < base+alloclive.HolePages*page {
			h.First = int64(at-base) / page
			fillers = append(fillers, x)
			break
		}
		if len(fillers) == cap(fillers) {
			return h
		}
		fillers = append(fillers, x)
	}
	h.Base = int64(base) / page
	runtime.ReadMemStats(&stats)
	stacks := stats.StackInuse
	for i, op := range ops {
		switch {
		case op.Pages > 0:
			x := malloc(op.Pages*page, true)
			taken[i] = x
			h.Pages = append(h.Pages, (int64(uintptr(x))-int64(base))/page)
		case op.Collect:
			runtime.GC()
			rest()
		default:
			taken[op.Free] = nil
		}
	}
	runtime.ReadMemStats(&stats)
	h.Stacks = int64(stats.StackInuse - stacks)
	runtime.KeepAlive(taken)
	return h
}
