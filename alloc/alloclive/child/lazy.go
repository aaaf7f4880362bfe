package main

import (
	"runtime"
	"unsafe"

	"github.com/orrery-go/orrery/alloc/alloclive"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/internal/overlay/noted"
)

var spanWords = make([]uint64, 1<<16)

// lazy runs a program in a hole of free pages, below which no page is free. Spans are
// swept only for its allocations, and at its own request.
func lazy(program alloclive.Program) (a alloclive.Answer, err error) {
	const page = 8 << 10
	hold(true)
	mallocs, _ := program.Count()
	roots = make([]unsafe.Pointer, mallocs)
	a.Addrs = make([]uint64, 0, mallocs)
	clear(fillers)
	fillers = fillers[:0]
	for range 2 { // an object in a sync.Pool dies in the second
		runtime.GC()
		sweep()
	}
	if err := fill(); err != nil {
		return a, err
	}
	big := malloc(alloclive.HolePages*page, true)
	base := uintptr(big)
	big = nil
	_ = big
	runtime.GC()
	sweep()
	for at := uintptr(0); at < base || at >= base+alloclive.HolePages*page; { // fills the free pages below
		if len(fillers) == cap(fillers) {
			return a, alloclive.ErrDisturbed
		}
		x := malloc(page, true)
		at = uintptr(x)
		fillers = append(fillers, x)
		a.Hole.First = int64(at-base) / page
	}
	a.Hole.Base = int64(base) / page
	n := spansOf(spanWords)
	runtime.ReadMemStats(&stats)
	before, stacks := stats.Mallocs, stats.StackInuse
	noted.Begin(1<<18, overlay.Of(overlay.CachedSpan, overlay.Reclaimed)|overlay.Of(overlay.WorkBufs, overlay.LargeSpan))
	for _, op := range program {
		switch op.Verb {
		case alloclive.Noscan, alloclive.Scan:
			x := malloc(op.Arg, op.Verb == alloclive.Noscan)
			roots[len(a.Addrs)] = x
			a.Addrs = append(a.Addrs, uint64(uintptr(x)))
		case alloclive.Drop:
			roots[op.Arg] = nil
		case alloclive.Collect:
			runtime.GC()
			sweep()
		case alloclive.Mark:
			mark()
		case alloclive.Sweep:
			sweep()
		case alloclive.SweepSome:
			sweepSome(uint64(op.Arg), base, base+alloclive.HolePages*page)
		case alloclive.Return:
			giveBack()
		}
	}
	runtime.ReadMemStats(&stats)
	a.Others = int64(stats.Mallocs - before - uint64(mallocs))
	a.Hole.Stacks = int64(stats.StackInuse - stacks)
	a.Notes = noted.End()
	for i := 0; i+4 <= min(n, len(spanWords)); i += 4 {
		if at := uintptr(spanWords[i]); at >= base && at < base+alloclive.HolePages*page {
			continue
		}
		a.Spans = append(a.Spans, alloclive.Earlier{Class: int(spanWords[i+2] >> 1), Noscan: spanWords[i+2]&1 == 1, Free: int(spanWords[i+3])})
	}
	runtime.KeepAlive(program)
	clear(roots)
	hold(false)
	return a, nil
}
