package gomaplive

import "unsafe"

// getg is the running goroutine.
func getg() unsafe.Pointer
