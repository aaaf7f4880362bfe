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
