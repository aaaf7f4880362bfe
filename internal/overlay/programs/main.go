// Command child runs programs under the tracer, and returns the trace and the notes of
// its runtime, if package overlay has edited that.
package main

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/trace"
	"unsafe"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/internal/overlay/noted"
)

func main() {
	debug.SetGCPercent(100)
	child.Serve(func(q overlay.Question) (overlay.Answer, error) {
		if q.Program == "" {
			return overlay.Answer{Programs: names()}, nil
		}
		f := programs[q.Program]
		if f == nil {
			f = alone[q.Program]
		}
		if f == nil {
			return overlay.Answer{}, fmt.Errorf("there is no program %q", q.Program)
		}
		runtime.GOMAXPROCS(q.Procs)
		var b bytes.Buffer
		noted.Begin(q.Room, q.Kinds)
		if err := trace.Start(&b); err != nil {
			return overlay.Answer{}, err
		}
		noted.Pausing(q.Pauses)
		f(q.Size)
		noted.Pausing(0)
		trace.Stop()
		return overlay.Answer{Trace: b.Bytes(), Notes: noted.End(), Base: uint64(uintptr(unsafe.Pointer(&shared)))}, nil
	})
}
