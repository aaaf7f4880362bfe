package main

import (
	"runtime"
	"runtime/debug"
	"time"

	"github.com/orrery-go/orrery/internal/child"
)

// A question is some programs to run.
type question struct{ Programs []string }

// An answer is what happened in them, and how long each took.
type answer struct {
	Logs    []string
	Elapsed []time.Duration
}

func main() {
	debug.SetGCPercent(-1)
	for range 5 {
		settle() // what the runtime starts itself has its turn first
	}
	child.Serve(func(q question) (answer, error) {
		runtime.GC() // between the programs, never in one
		var a answer
		for _, text := range q.Programs {
			log, elapsed := run(text)
			a.Logs, a.Elapsed = append(a.Logs, log), append(a.Elapsed, elapsed)
		}
		return a, nil
	})
}
