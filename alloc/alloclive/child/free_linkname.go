//go:build freegc

package main

import "unsafe"

//go:linkname freegc runtime.freegc
func freegc(ptr unsafe.Pointer, size uintptr, noscan bool) bool
