// Child locks and unlocks a runtime.mutex with several threads, for comparison with its
// model.
package main

import (
	"runtime/debug"

	"github.com/orrery-go/orrery/internal/child"
)

// A Question is a script for a number of threads.
type Question struct {
	Threads int
	Script  []int
}

func main() {
	debug.SetGCPercent(-1)
	child.Serve(func(q Question) ([]Entry, error) {
		if err := start(q.Threads); err != nil {
			return nil, err
		}
		return play(q.Script)
	})
}
