package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/alloc/alloclive"
)

// levels allocates until the heap has grown at each level.
func levels() (l alloclive.Levels) {
	clear(fillers)
	fillers = fillers[:0]
	runtime.GC()
	runtime.GC()
	rest()
	// 48 bytes have some 170 slots in a span: after a few spans the next allocation
	// probably has room in its span, and one of 170 certainly has none.
	for range 2000 {
		fillers = append(fillers, malloc(48, true))
	}
	l.Slot.Inuse = -1
	for l.Slot.Inuse < 0 || l.Span.Inuse == 0 {
		if g := grows(48); g.Inuse == 0 {
			l.Slot = g
		} else {
			l.Span = g
		}
	}
	for l.Full.Sys == 0 {
		l.Full = grows(32 << 10)
	}
	first := uintptr(fillers[0])
	start := reserved(first)
	for i := 0; l.Reserved == 0 && i < 1<<13; i++ {
		fillers = append(fillers, malloc(32<<10, false))
		if i%64 == 0 {
			l.Reserved = reserved(first) - start
		}
	}
	return l
}

// rest waits until the background sweeper has freed the collector's work buffers. They
// lie in the heap's pages and are counted elsewhere, so that freeing them later would
// look like growth.
func rest() {
	for range 100 {
		runtime.Gosched()
	}
}

func grows(size int64) alloclive.Growth {
	runtime.ReadMemStats(&stats)
	fillers = append(fillers, malloc(size, true))
	runtime.ReadMemStats(&later)
	// Stacks lie in the heap's pages, too.
	return alloclive.Growth{
		Inuse: int64(later.HeapInuse - stats.HeapInuse),
		Sys:   int64(later.HeapSys + later.StackInuse - stats.HeapSys - stats.StackInuse),
	}
}

// reserved returns the size of the contiguous mappings around an address.
func reserved(at uintptr) int64 {
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0
	}
	var from, to uint64
	for line := range strings.Lines(string(text)) {
		bounds, _, _ := strings.Cut(line, " ")
		a, b, _ := strings.Cut(bounds, "-")
		lo, _ := strconv.ParseUint(a, 16, 64)
		hi, _ := strconv.ParseUint(b, 16, 64)
		if lo != to {
			if from <= uint64(at) && uint64(at) < to {
				break
			}
			from = lo
		}
		to = hi
	}
	if uint64(at) >= to || uint64(at) < from {
		return 0
	}
	return int64(to - from)
}
