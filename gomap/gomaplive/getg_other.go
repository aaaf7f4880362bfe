//go:build !amd64

package gomaplive

import "unsafe"

// getg returns nil: it is not known here.
func getg() unsafe.Pointer { return nil }
