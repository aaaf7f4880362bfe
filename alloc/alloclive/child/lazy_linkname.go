//go:build overlay

package main

import _ "unsafe" // for go:linkname

//go:linkname hold runtime.orreryHold
func hold(on bool)

//go:linkname mark runtime.orreryMark
func mark()

//go:linkname sweep runtime.orrerySweep
func sweep()

//go:linkname spansOf runtime.orrerySpans
func spansOf(dst []uint64) int

//go:linkname pagesDo runtime.orreryPagesDo
func pagesDo(ops, results []uint64)

//go:linkname giveBack runtime.orreryReturn
func giveBack()

//go:linkname pace runtime.orreryPace
func pace(inUse uint64, limit int64, heapGoal, lastHeapGoal uint64) (goal, limitGoal, retained, mapped uint64)

//go:linkname sweepSome runtime.orrerySweepSome
func sweepSome(n uint64, from, to uintptr)
