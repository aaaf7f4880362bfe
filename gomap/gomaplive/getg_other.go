//go:build !amd64

package gomaplive

import "unsafe"

// getg is not known here.
func getg() unsafe.Pointer { return nil }
