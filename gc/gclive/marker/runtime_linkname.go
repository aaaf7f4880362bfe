//go:build overlay

package main

import _ "unsafe" // for go:linkname

//go:linkname hold runtime.orreryHold
func hold(on bool)

//go:linkname sweep runtime.orrerySweep
func sweep()

//go:linkname markAlone runtime.orreryMarkAlone
func markAlone(ratio float64)

//go:linkname together runtime.orreryTogether
func together()

//go:linkname nextRoot runtime.orreryNextRoot
func nextRoot() (class int, goid uint64)

//go:linkname root runtime.orreryRoot
func root()

//go:linkname drain runtime.orreryDrain
func drain(most int64) int64

//go:linkname credit runtime.orreryCredit
func credit(n int64)

//go:linkname flush runtime.orreryFlush
func flush()

//go:linkname markDone runtime.orreryMarkDone
func markDone() bool

//go:linkname buffered runtime.orreryBuffered
func buffered() uintptr

//go:linkname entry runtime.orreryEntry
func entry(i uintptr) uintptr

//go:linkname settle runtime.orrerySettle
func settle(from, keep, end uintptr)

//go:linkname colourOf runtime.orreryColour
func colourOf(p uintptr) int

//go:linkname spanOf runtime.orrerySpanOf
func spanOf(p uintptr) (base uintptr, swept bool)

//go:linkname assists runtime.orreryAssists
func assists() int64

//go:linkname free runtime.orreryFree
func free() int

//go:linkname goidOf runtime.orreryGoid
func goidOf() uint64

//go:linkname unswept runtime.orreryUnswept
func unswept() int
