// Package lockslive has real mutexes and goroutines do what package locks
// predicts.
package lockslive

import (
	"context"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/internal/child"
)

// Experiment is the import path of the program that runs real goroutines.
const Experiment = "github.com/orrery-go/orrery/locks/lockslive/child"

// Undisturbed is the longest that a program may take besides the time that it
// means to be busy. A waiter may starve after 1 ms of real time, so that by then
// the log would depend on it.
const Undisturbed = 900 * time.Microsecond

// Busy is how long an operation [Spin] takes: more than a waiter needs to starve.
const Busy = 1200 * time.Microsecond

// A Real runs programs on real goroutines, in a process of their own.
type Real struct{ child *child.Child }

// Start starts the process. It ends with Close or with the context.
func Start(ctx context.Context) (*Real, error) {
	c, err := child.Start(ctx, Experiment, child.Options{})
	if err != nil {
		return nil, err
	}
	return &Real{c}, nil
}

// Close ends the process.
func (r *Real) Close() error { return r.child.Close() }

// A Run is what became of a program.
type Run struct {
	Log  string
	Over time.Duration // elapsed, less the time that it meant to be busy
}

// Disturbed says that the run says nothing.
func (r Run) Disturbed() bool { return r.Over > Undisturbed }

// Run runs programs.
func (r *Real) Run(programs []Program) ([]Run, error) {
	q := struct{ Programs []string }{}
	for _, p := range programs {
		q.Programs = append(q.Programs, p.String())
	}
	a, err := child.Call[struct {
		Logs    []string
		Elapsed []time.Duration
		Spun    []int
	}](r.child, q)
	if err != nil {
		return nil, err
	}
	if len(a.Logs) != len(programs) || len(a.Elapsed) != len(programs) || len(a.Spun) != len(programs) {
		return nil, fmt.Errorf("lockslive: %d programs have %d logs", len(programs), len(a.Logs))
	}
	runs := make([]Run, len(programs))
	for i := range runs {
		runs[i] = Run{a.Logs[i], a.Elapsed[i] - time.Duration(a.Spun[i])*Busy}
	}
	return runs, nil
}

// Crash has another process do what ends it: "unlock", "runlock", "wunlock",
// "wait", "asleep" or "copied". It reports the first line of what that said.
func (r *Real) Crash(name string) (string, error) {
	a, err := child.Call[struct{ Says string }](r.child, struct{ Crash string }{name})
	return a.Says, err
}
