// The probe of lockslive, in the Go of 1.2.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"unsafe"
)

func main() {
	var out struct {
		Copied  string
		TryLock bool
	}
	out.Copied = copied()
	_, out.TryLock = interface{}(new(sync.Mutex)).(interface {
		TryLock() bool
	})
	json.NewEncoder(os.Stdout).Encode(out)
}

// copied returns the panic of a Cond that was copied after its first use.
func copied() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	var m sync.Mutex
	c, d := sync.NewCond(&m), new(sync.Cond)
	c.Signal()
	for i := uintptr(0); i < unsafe.Sizeof(*c); i++ { // go vet would report an assignment
		*(*byte)(unsafe.Pointer(uintptr(unsafe.Pointer(d)) + i)) = *(*byte)(unsafe.Pointer(uintptr(unsafe.Pointer(c)) + i))
	}
	d.Signal()
	return ""
}
