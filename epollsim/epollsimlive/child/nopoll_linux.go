//go:build !linkname

package main

type gList struct{}

// A build without the tag has no poller to ask, because the linker must be told to allow
// access to it.
var (
	netpoll      = func(int64) (gList, int32) { panic("built without -tags=linkname") }
	netpollBreak = func() { panic("built without -tags=linkname") }
	tick         = func() uint32 { panic("built without -tags=linkname") }
)
