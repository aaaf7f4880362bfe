package gomaplive

import "unsafe"

// getg returns the running goroutine.
func getg() unsafe.Pointer
