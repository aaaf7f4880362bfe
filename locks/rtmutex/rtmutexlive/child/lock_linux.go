//go:build linkname

package main

import _ "unsafe"

//go:linkname lock runtime.lock
func lock(l *uintptr)

//go:linkname unlock runtime.unlock
func unlock(l *uintptr)
