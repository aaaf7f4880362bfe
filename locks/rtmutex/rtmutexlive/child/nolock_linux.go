//go:build !linkname

package main

// A build without the tag has no mutex to test, because the linker must be told to allow
// access to it.
func lock(*uintptr)   { panic("built without -tags=linkname") }
func unlock(*uintptr) { panic("built without -tags=linkname") }
