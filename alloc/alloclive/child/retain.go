package main

import (
	"runtime"
	"runtime/debug"

	"github.com/orrery-go/orrery/alloc/alloclive"
)

// retain allocates 64 MiB, drops them, and returns them to the system, before the
// background scavenger gets a turn.
func retain() (r alloclive.Retained) {
	clear(fillers)
	fillers = fillers[:0]
	debug.FreeOSMemory()
	for range 64 {
		fillers = append(fillers, malloc(1<<20, true))
	}
	r.InUse = retained()
	clear(fillers)
	fillers = fillers[:0]
	runtime.GC()
	r.Freed = retained()
	debug.FreeOSMemory()
	r.Scavenged = retained()
	return r
}

func retained() int64 {
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapIdle - stats.HeapReleased)
}
