//go:build !linkname

package main

// A build without the tag has no mutex to test: the linker has to be told to allow it.
func lock(*uintptr)   { panic("built without -tags=linkname") }
func unlock(*uintptr) { panic("built without -tags=linkname") }
