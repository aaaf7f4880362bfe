// Package whatiflive holds the predictions of package whatif against real programs: a
// trace of a run with one GOMAXPROCS predicts the runs with another.
package whatiflive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// ErrBusy says that other processes took processors from a run too often.
var ErrBusy = errors.New("whatiflive: the machine is too busy: most runs were rejected")

// A Bench builds and runs the programs.
type Bench struct {
	dir   string
	first bool // it may run them before all other processes

	Accepted, Rejected int // runs
}

// NewBench builds the programs in a directory.
func NewBench(ctx context.Context, dir string) (*Bench, error) {
	b := &Bench{dir: dir}
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", b.binary(), "github.com/orrery-go/orrery/sched/schedtrace/whatif/whatiflive/programs")
	build.Env = toolchain.Quiet(os.Environ())
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("whatiflive: %w\n%s", err, out)
	}
	b.first = exec.CommandContext(ctx, "chrt", "-f", "20", "true").Run() == nil
	return b, nil
}

func (b *Bench) binary() string { return filepath.Join(b.dir, "programs.exe") }

// A run is what a program reports about one of its runs.
type run struct {
	Makespan, Kept time.Duration
	Steals         int
}

// undisturbed reports whether no other process has taken a processor from the run for
// long, nor the host. The threads that come back from system calls of a program wait for
// its others, too, a burst each.
func (r run) undisturbed(program string) bool {
	most := r.Makespan / 50
	if program == "syscalls" {
		most = r.Makespan / 10
	}
	return r.Kept < most && r.Steals == 0
}

// Measured is what a program did with one GOMAXPROCS.
type Measured struct {
	Makespan time.Duration // median, without a trace
	Runs     []time.Duration
	Workload *whatif.Workload
	Trace    []byte
	Costs    sched.Costs // the default's, with the machine's own timers
}

// Options say how a program is measured.
type Options struct {
	Runs  int  // without a trace, 1 or more
	Share int  // do one part in Share of the work; 1 is all of it
	Bare  bool // without notes
	Near  bool // the traced run must take what the others take, to a tenth: else it is of another kind
}

// Measure runs a program until a number of runs without a trace and one with a trace were
// undisturbed. It returns ErrBusy if, of ten times as many, these are not.
func (b *Bench) Measure(ctx context.Context, program string, procs int, o Options) (Measured, error) {
	var m Measured
	for range 10 {
		traced, err := b.run(ctx, program, procs, o, &m)
		if err != nil {
			return m, err
		}
		m.Makespan = median(m.Runs)
		off := traced.Makespan - m.Makespan
		if !traced.undisturbed(program) || o.Near && max(off, -off) > m.Makespan/10 {
			b.Rejected++
		} else {
			b.Accepted++
			if m.Trace, err = os.ReadFile(b.trace()); err != nil {
				return m, err
			}
		}
		if len(m.Runs) >= o.Runs && m.Trace != nil {
			m.Workload, err = whatif.Read(bytes.NewReader(m.Trace))
			return m, err
		}
	}
	return m, fmt.Errorf("%w: %s with %d Ps", ErrBusy, program, procs)
}

// median returns the median, or 0 if there is none.
func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

func (b *Bench) trace() string { return filepath.Join(b.dir, "trace.out") }

// run runs a program once, and adds the makespans of its undisturbed runs without a trace.
func (b *Bench) run(ctx context.Context, program string, procs int, o Options, m *Measured) (traced run, err error) {
	args := []string{b.binary(), fmt.Sprintf("-bare=%v", o.Bare), fmt.Sprintf("-share=%d", o.Share), program, fmt.Sprint(o.Runs), b.trace()}
	if b.first {
		args = append([]string{"chrt", "-f", "20"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GOGC=off", fmt.Sprint("GOMAXPROCS=", procs))
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return run{}, fmt.Errorf("whatiflive: %s: %w\n%s", program, err, &log)
	}
	var told struct {
		Runs        []run
		Traced      run
		Pause, Late time.Duration
	}
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		return run{}, err
	}
	m.Costs = sched.DefaultCosts
	m.Costs.Backoff, m.Costs.Late = min(told.Pause, time.Second), min(max(told.Late, 0), time.Second)
	for _, r := range told.Runs {
		if !r.undisturbed(program) {
			b.Rejected++
			continue
		}
		b.Accepted++
		m.Runs = append(m.Runs, r.Makespan)
	}
	return told.Traced, nil
}
