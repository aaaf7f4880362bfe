//go:build linkname

package main

import _ "unsafe"

// A gList is the runtime's.
type gList struct {
	head uintptr
	size int32
}

//go:linkname netpoll runtime.netpoll
func netpoll(delay int64) (gList, int32)

//go:linkname netpollBreak runtime.netpollBreak
func netpollBreak()

// allp is the runtime's list of Ps, of which this is the beginning.
//
//go:linkname allp runtime.allp
var allp []*struct {
	id        int32
	status    uint32
	link      uintptr
	schedtick uint32
}

// tick returns how many time slices the first P has begun.
func tick() uint32 { return allp[0].schedtick }
