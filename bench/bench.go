// Package bench runs the programs of package program on real goroutines, and predicts the
// results with the models.
//
// [Start] builds one child program, which runs programs among others ([Real.Run]) or each
// in a process of its own ([Real.Alone]). A disturbed [Run] says so itself, before its
// log is examined. [Random] makes programs, and [Predict] and [PredictAlone] run them in
// package sched. [Ending.Dumps] has the state of the scheduler's queues.
//
// # Logs
//
// A log has a word for each operation, in the order in which they ended:
//
//	2.7       goroutine 2 has done operation 7, counted through all functions
//	2.7:3     with the result 3: case 3 of a select, or -1 for the default
//	2.7:0,5   it received 5
//	2.7:0,z   the channel was closed
//	2!text    it panicked
//	2x        it has ended
//
// # Concurrent use
//
// Programs and results are data. Several goroutines may run programs at once, each with a
// [Real] of its own.
package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/program"
)

// Experiment is the import path of the program that runs real goroutines.
const Experiment = "github.com/orrery-go/orrery/bench/child"

// The longest times of a program, besides its sleeps, that count as undisturbed.
const (
	Undisturbed      = 8 * time.Millisecond   // after 10 ms, sysmon preempts a goroutine
	UndisturbedLocks = 900 * time.Microsecond // after 1 ms, a goroutine that waits for a mutex starves
	MostLate         = time.Millisecond       // lateness of a sleep; any two deadlines are twice that apart
)

// Busy is the time for which random programs compute: longer than a goroutine has to wait
// for a mutex to starve.
const Busy = 1200 * time.Microsecond

// A Real runs programs on real goroutines, in a process of their own. It is not
// safe for concurrent use.
type Real struct {
	child    *child.Child
	patience time.Duration // for a program without progress, besides its sleeps and computations
}

// Start starts the process, with procs Ps. It ends with Close or with the context.
func Start(ctx context.Context, procs int) (*Real, error) {
	c, err := child.Start(ctx, Experiment, child.Options{Flags: child.Linkname, Env: []string{fmt.Sprint("GOMAXPROCS=", procs)}})
	if err != nil {
		return nil, err
	}
	r := &Real{c, patience}
	if procs > 1 {
		r.patience = 10 * time.Second // whether it was stuck is not certain
	}
	return r, nil
}

// Close ends the process. It returns an error if the process did not end cleanly.
func (r *Real) Close() error { return r.child.Close() }

// A Run is the result of a program.
type Run struct {
	Log      string
	Elapsed  time.Duration // up to the last operation
	Late     time.Duration // largest lateness of a sleep; an hour if the thread woke between two that end at once
	Active   time.Duration // without sleeping and computing
	Spun     time.Duration // time for which goroutines computed on purpose
	Stuck    bool          // goroutines are left, and main has not returned
	Stopped  int           // how often the kernel stopped the process
	Asked    int           // how often sysmon asked a goroutine to stop, of a program among others
	From, To int           // schedtick of the P before and after
	Marks    []Where       // of each mark of a program in a process of its own
	Began    time.Duration // time from the start of such a process to that of the program
}

// A Where is the thread of a mark, the number of threads then, and the time.
type Where struct {
	Thread, Threads int
	Ms              int           // threads that the runtime has made
	Waits           int           // how often the thread has waited in the kernel; in a model, how often it was idle
	At              time.Duration // since the program began
	Slices          int           // time slices that all Ps have begun; 0 if it is not known
}

// Disturbed returns the reason why the run says nothing, or "".
func (r Run) Disturbed(p *program.Program) string {
	t := traitsOf(p)
	switch limit := r.Elapsed - t.slept - r.Spun; {
	case r.Stopped > 0 && (t.slept > 0 || t.locks):
		return "stopped by the kernel"
	case r.Asked > 0: // goroutines that timers wake in turn share a time slice, in which sysmon may look after 10 ms
		return "asked to stop by sysmon"
	case r.Late > MostLate:
		return "a sleep too long"
	case t.slept > 0 && r.Active > MostLate/2:
		return "slow between its sleeps"
	case limit > Undisturbed, t.locks && limit > UndisturbedLocks:
		return "over time"
	}
	return ""
}

// traits are for how long a program's functions sleep and compute, how long its shortest
// sleep is, whether goroutines besides main sleep, and whether it uses locks for which a
// goroutine may starve.
type traits struct {
	slept, worked time.Duration
	shortest      time.Duration
	sleepers      bool
	locks         bool
}

// sleeps counts a sleep of a function, n times.
func (t *traits) sleeps(function string, n, d time.Duration) {
	if t.slept += n * d; d == 0 {
		return
	}
	if t.shortest == 0 || d < t.shortest {
		t.shortest = d
	}
	t.sleepers = t.sleepers || function != "main"
}

func traitsOf(p *program.Program) (t traits) {
	for _, f := range p.Funcs {
		turns := []time.Duration{1}
		for _, op := range f.Ops {
			n := turns[len(turns)-1]
			switch op.Verb {
			case program.Loop:
				n *= time.Duration(max(op.N, 1))
			case program.End:
				turns = turns[:len(turns)-1]
			case program.Sleep, program.NewTimer, program.NewTicker, program.AfterFunc, program.Reset, program.WithTimeout, program.Recv:
				t.sleeps(f.Name, n, op.D)
			case program.Select:
				for _, k := range op.Cases {
					t.sleeps(f.Name, n, k.D)
				}
			case program.Work, program.Spin, program.Syscall:
				t.worked += n * op.D
			case program.Acquire, program.TryLock, program.Do:
				t.locks = true
			}
			if op.Verb.Opens() {
				turns = append(turns, n)
			}
		}
	}
	return t
}

// patience is the time after which a program on one P that makes no progress counts as
// stuck; patienceLocks is that of a program with locks, which counts as disturbed sooner.
const (
	patience      = 4 * time.Millisecond
	patienceLocks = 2 * time.Millisecond
)

// Run runs programs, one after the other. It returns an error if the process has ended or
// its answer cannot be read.
func (r *Real) Run(programs []*program.Program) ([]Run, error) {
	q := struct {
		Programs []*program.Program
		Patience []time.Duration
	}{Programs: programs}
	for _, p := range programs {
		t, wait := traitsOf(p), r.patience
		if t.locks && wait == patience {
			wait = patienceLocks
		}
		q.Patience = append(q.Patience, wait+t.slept+t.worked)
	}
	a, err := child.Call[struct{ Results []Run }](r.child, q)
	if err == nil && len(a.Results) != len(programs) {
		err = fmt.Errorf("bench: %d programs have %d results", len(programs), len(a.Results))
	}
	return a.Results, err
}
