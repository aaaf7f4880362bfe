// Command child runs programs under the tracer, and returns the trace and the notes of
// its runtime, if package overlay has edited that.
package main

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/trace"

	"github.com/orrery-go/orrery/internal/child"
)

// A Question names a program.
type Question struct {
	Program string
	Procs   int
	Size    int
	Notes   uint64 // room for this number of notes for each thread
	Pauses  uint64 // if not 0, a thread pauses before one statement of the scheduler in that number
}

// An Answer is the result of a run.
type Answer struct {
	Programs []string // if none was named
	Trace    []byte
	Notes    []Thread
}

// A Thread is a thread's notes.
type Thread struct {
	ID    uint64
	Lost  uint64
	Words []uint64
}

func main() {
	debug.SetGCPercent(100)
	child.Serve(func(q Question) (Answer, error) {
		if q.Program == "" {
			return Answer{Programs: names()}, nil
		}
		f := programs[q.Program]
		if f == nil {
			f = alone[q.Program]
		}
		if f == nil {
			return Answer{}, fmt.Errorf("there is no program %q", q.Program)
		}
		runtime.GOMAXPROCS(q.Procs)
		var b bytes.Buffer
		begin(q.Notes)
		if err := trace.Start(&b); err != nil {
			return Answer{}, err
		}
		pausing(q.Pauses)
		f(q.Size)
		pausing(0)
		trace.Stop()
		return Answer{Trace: b.Bytes(), Notes: end()}, nil
	})
}
