package main

import (
	"os"
	"runtime/debug"
	"time"

	"github.com/orrery-go/orrery/internal/child"
)

// A Question is programs to run, or the name of a crash.
type Question struct {
	Programs []string
	Crash    string
}

// An Answer has for each program its log, how long it took, and how often it was
// busy on purpose; or else the first line of what the crash says.
type Answer struct {
	Logs    []string
	Elapsed []time.Duration
	Spun    []int
	Says    string
}

func main() {
	if len(os.Args) > 1 {
		crash(os.Args[1])
		return
	}
	debug.SetGCPercent(-1)
	child.Serve(func(q Question) (a Answer, err error) {
		if q.Crash != "" {
			a.Says = says(q.Crash)
		}
		for _, p := range q.Programs {
			log, elapsed, spun := run(p)
			a.Logs = append(a.Logs, log)
			a.Elapsed = append(a.Elapsed, elapsed)
			a.Spun = append(a.Spun, spun)
		}
		return a, nil
	})
}
