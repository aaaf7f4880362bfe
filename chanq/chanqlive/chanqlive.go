// Package chanqlive has real channels and goroutines do what package chanq
// predicts.
package chanqlive

import (
	"context"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/internal/child"
)

// Experiment is the import path of the program that runs real goroutines step
// by step.
const Experiment = "github.com/orrery-go/orrery/chanq/chanqlive/child"

// Undisturbed is the longest that a program may take: after 10 ms the runtime
// would preempt a goroutine that has run so long.
const Undisturbed = 9 * time.Millisecond

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

// Run runs programs and reports their logs and how long each took. One that took
// longer than [Undisturbed] says nothing.
func (r *Real) Run(programs []Program) (logs []string, elapsed []time.Duration, err error) {
	q := struct{ Programs []string }{}
	for _, p := range programs {
		q.Programs = append(q.Programs, p.String())
	}
	a, err := child.Call[struct {
		Logs    []string
		Elapsed []time.Duration
	}](r.child, q)
	if err == nil && (len(a.Logs) != len(programs) || len(a.Elapsed) != len(programs)) {
		err = fmt.Errorf("chanqlive: %d programs have %d logs", len(programs), len(a.Logs))
	}
	return a.Logs, a.Elapsed, err
}
