package main

import (
	"os"
	"runtime/debug"

	"github.com/orrery-go/orrery/internal/child"
)

// A question is some programs to run, and what else is to be tried.
type question struct {
	Programs []string
	Block    int
	Wait     int
	Spin     string // GODEBUG
	Exhaust  bool   // the threads
	Lock     int    // goroutines to threads
	Unlock   bool
}

// An answer is what became of them.
type answer struct {
	Results []result
	Threads counted
	Ends    bool
	Says    string
	Locked  int
}

func main() {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "exhaust":
		exhaust()
		return
	case len(os.Args) > 1:
		spinAlone()
		return
	}
	debug.SetGCPercent(-1) // and none is asked for: what it leaves to do would come between
	child.Serve(func(q question) (a answer, err error) {
		if q.Block > 0 {
			a.Threads = countThreads(q.Block, q.Wait)
		}
		if q.Exhaust {
			a.Says = says()
		}
		if q.Lock > 0 {
			a.Locked = countLocked(q.Lock, q.Unlock)
		}
		if q.Spin != "" {
			a.Ends = loopEnds(q.Spin)
		}
		for _, text := range q.Programs {
			a.Results = append(a.Results, run(text))
		}
		return a, nil
	})
}
