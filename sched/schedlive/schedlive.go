// Package schedlive has real goroutines run the programs whose order package sched
// predicts.
package schedlive

import (
	"context"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/sched"
)

// Experiment is the import path of the program that runs real goroutines.
const Experiment = "github.com/orrery-go/orrery/sched/schedlive/child"

// How long a program may take, besides its sleeps, and still be undisturbed.
const (
	Undisturbed      = 8 * time.Millisecond   // after 10, sysmon stops who runs
	UndisturbedLocks = 900 * time.Microsecond // after 1 ms, who waits for a mutex starves
	MostLate         = time.Millisecond       // a sleep; the deadlines of two are twice that apart
)

// Busy is how long random programs compute: more than who waits for a mutex needs
// to starve.
const Busy = 1200 * time.Microsecond

// A Real runs programs on real goroutines, in a process of their own.
type Real struct{ child *child.Child }

// Start starts the process. It ends with Close or with the context.
func Start(ctx context.Context) (*Real, error) {
	c, err := child.Start(ctx, Experiment, child.Options{Flags: child.Linkname})
	if err != nil {
		return nil, err
	}
	return &Real{c}, nil
}

// Close ends the process.
func (r *Real) Close() error { return r.child.Close() }

// A Run is what became of a program.
type Run struct {
	Log      string        // the operations in the order in which they ended
	Elapsed  time.Duration // up to the last of them
	Late     time.Duration // by how much the latest sleep was too long
	Active   time.Duration // but for sleeping and computing
	Spun     time.Duration // for which goroutines computed on purpose
	Stuck    bool          // goroutines are left
	From, To int           // the P's schedtick before and after
}

// Disturbed says why the run says nothing, or "".
func (r Run) Disturbed(p *sched.Program) string {
	slept, _, usesLocks := traits(p)
	switch limit := r.Elapsed - slept - r.Spun; {
	case r.Late > MostLate:
		return "a sleep too long"
	case slept > 0 && r.Active > MostLate/2:
		return "slow between its sleeps"
	case limit > Undisturbed, usesLocks && limit > UndisturbedLocks:
		return "over time"
	}
	return ""
}

// Run runs programs.
func (r *Real) Run(programs []*sched.Program) ([]Run, error) {
	q := struct{ Programs []string }{}
	for _, p := range programs {
		text, err := encode(p)
		if err != nil {
			return nil, err
		}
		q.Programs = append(q.Programs, text)
	}
	a, err := child.Call[struct{ Results []Run }](r.child, q)
	if err != nil {
		return nil, err
	}
	if len(a.Results) != len(programs) {
		return nil, fmt.Errorf("schedlive: %d programs have %d results", len(programs), len(a.Results))
	}
	return a.Results, nil
}

// Threads counts the threads of a process: with so many goroutines in system calls
// that block, and with others that wait for a channel.
func (r *Real) Threads(blocked, waiting int) (Threads, error) {
	a, err := child.Call[struct{ Threads Threads }](r.child, struct{ Block, Wait int }{blocked, waiting})
	return a.Threads, err
}

// LoopEnds reports whether another goroutine of a process with one P runs while
// main is in a loop without calls. off is GODEBUG=asyncpreemptoff=1.
func (r *Real) LoopEnds(off bool) (bool, error) {
	q := struct{ Spin string }{"asyncpreemptoff=0"}
	if off {
		q.Spin = "asyncpreemptoff=1"
	}
	a, err := child.Call[struct{ Ends bool }](r.child, q)
	return a.Ends, err
}

// Exhaust reports what a process says, before its stacks, in which more goroutines
// block in system calls than there may be threads, which are 20.
func (r *Real) Exhaust() (string, error) {
	a, err := child.Call[struct{ Says string }](r.child, struct{ Exhaust bool }{true})
	return a.Says, err
}

// Locked reports how many more threads there are when n goroutines have locked
// themselves to theirs and have ended, with or without unlocking.
func (r *Real) Locked(n int, unlock bool) (int, error) {
	a, err := child.Call[struct{ Locked int }](r.child, struct {
		Lock   int
		Unlock bool
	}{n, unlock})
	return a.Locked, err
}
