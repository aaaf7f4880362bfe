//go:build race
// +build race

package main

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

const racing = true

//go:norace
func disable() { runtime.RaceDisable() }

//go:norace
func enable() { runtime.RaceEnable() }

//go:norace
func acquire(p unsafe.Pointer) { runtime.RaceAcquire(p) }

//go:norace
func release(p unsafe.Pointer) { runtime.RaceRelease(p) }

//go:norace
func releaseMerge(p unsafe.Pointer) { runtime.RaceReleaseMerge(p) }

// errors returns the length of the detector's reports.
//
//go:norace
func errors() int64 {
	fi, err := os.Stat(fmt.Sprintf("race.%d", os.Getpid()))
	if err != nil {
		return 0
	}
	return fi.Size()
}
