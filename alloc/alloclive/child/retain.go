package main

import (
	"runtime"
	"runtime/debug"

	"github.com/orrery-go/orrery/alloc/alloclive"
)

// retain allocates 64 MiB, lets go of them and has them given back. The background
// scavenger does not get a turn in between.
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
