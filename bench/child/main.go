package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/orrery-go/orrery/internal/child"
)

// A question has programs to run among others, each with the longest time without
// progress, and one to run alone.
type question struct {
	Programs []source
	Patience []time.Duration
	Alone    *alone
}

// An answer has their results.
type answer struct {
	Results []result
	Alone   ending
}

func main() {
	if len(os.Args) > 1 {
		runAlone(os.Args[1])
		return
	}
	debug.SetGCPercent(-1) // the work that a collection leaves would disturb a program
	logs = make([]entry, 1<<16)
	watch()
	child.Serve(func(q question) (a answer, err error) {
		defer func() {
			if e := recover(); e != nil {
				err = fmt.Errorf("bench: %v", e)
			}
		}()
		for i, s := range q.Programs {
			a.Results = append(a.Results, run(s, q.Patience[i]))
		}
		if q.Alone != nil {
			a.Alone = q.Alone.run()
		}
		return a, nil
	})
}
