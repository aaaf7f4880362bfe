// Programs are what whatif predicts. It runs one of them a few times, as it is, and once
// while an execution trace is recorded, and prints what each run has taken as JSON.
//
//	GOMAXPROCS=2 programs fan-out 5 trace.out
//	GOMAXPROCS=2 programs -bare fan-out 5 trace.out    # without notes
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/trace"
	"slices"
	"strconv"
	"time"

	"github.com/orrery-go/orrery/sched/schedtrace/note"
)

// A Run is the result of one run: the time it took, and that for which its threads could
// have run and did not, since others had the processors.
type Run struct {
	Makespan time.Duration
	Kept     time.Duration
	Steals   int
}

// Told is what is printed.
type Told struct {
	Runs   []Run
	Traced Run
	Pause  time.Duration // that a pause of 3 microseconds takes
	Late   time.Duration // by which a pause of a millisecond is too long
}

func main() {
	bare := flag.Bool("bare", false, "without notes")
	flag.IntVar(&share, "share", 1, "do one part in `n` of the work")
	flag.Parse()
	if flag.NArg() != 3 {
		fail(fmt.Errorf("want a program, a number of runs and a file for the trace, not %q", flag.Args()))
	}
	work := programs[flag.Arg(0)]
	n, err := strconv.Atoi(flag.Arg(1))
	if work == nil || err != nil {
		fail(fmt.Errorf("no program %q, or %v", flag.Arg(0), err))
	}
	noted = !*bare
	told := Told{Pause: pauses(3 * time.Microsecond), Late: pauses(time.Millisecond) - time.Millisecond}
	work() // threads are made
	for range n {
		told.Runs = append(told.Runs, run(work))
	}
	f, err := os.Create(flag.Arg(2))
	if err != nil {
		fail(err)
	}
	runtime.GC()
	if err := trace.Start(f); err != nil {
		fail(err)
	}
	told.Traced = run(func() { note.Run(work) })
	trace.Stop()
	if err := f.Close(); err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		fail(err)
	}
}

// pauses returns the median of a few pauses.
func pauses(d time.Duration) time.Duration {
	all := make([]time.Duration, 21)
	for i := range all {
		start := time.Now()
		blocks(d)
		all[i] = time.Since(start)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func run(work func()) Run {
	time.Sleep(2 * time.Millisecond) // the other threads go to sleep
	kept, steals := others()
	start := time.Now()
	work()
	r := Run{Makespan: time.Since(start)}
	kept2, steals2 := others()
	r.Kept, r.Steals = kept2-kept, steals2-steals
	return r
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "programs:", err)
	os.Exit(1)
}
