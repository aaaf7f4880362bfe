// Package gclive runs programs on real objects, whose lifetimes package gc predicts.
package gclive

import (
	"context"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/internal/child"
)

// Experiment is the import path of the program that makes real objects and
// collects them.
const Experiment = "github.com/orrery-go/orrery/gc/gclive/child"

// Undisturbed is the longest time that the parts of a program may take between two
// collections: after 10 ms the runtime preempts a goroutine, and another one could
// allocate in between.
const Undisturbed = 9 * time.Millisecond

// A Real runs programs on real objects, in a process of their own.
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

// A Run is the result of a program.
type Run struct {
	Log     []string      // a line for each operation with a result
	Longest time.Duration // of the parts between collections
}

// Disturbed reports whether the run was disturbed, so that its log must not be used.
func (r Run) Disturbed() bool { return r.Longest > Undisturbed }

// Run runs programs.
func (r *Real) Run(programs []Program) ([]Run, error) {
	runs, err := child.Call[[]Run](r.child, programs)
	if err == nil && len(runs) != len(programs) {
		err = fmt.Errorf("gclive: %d programs have %d runs", len(programs), len(runs))
	}
	return runs, err
}
