package whatiflive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/archive"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

var update = flag.Bool("update", false, "record the traces and what the programs have taken")

// near are the programs whose predictions are within 15% of the real makespan: their
// bursts take 50 microseconds and more. The others are reported with their errors. Most of
// these must be within what the prediction says of itself: how long a contended lock or a
// burst of 3 microseconds takes depends on the machine.
var (
	near   = []string{"fan-out", "uneven", "divide", "serial", "buffered", "bottleneck", "syscalls", "fan-in", "quit", "broadcast", "counter"}
	others = []string{"unbuffered", "pool", "mutex", "queue", "small", "tiny"}
)

// bar is the bar for those that are near.
const bar = 0.15

// measured measures a program with 1 and 2 Ps, or skips it if the machine is too busy. A
// trace of a run that took more than a tenth more or less than those without a trace is
// of something else, and is rejected.
func measured(t *testing.T, b *Bench, program string, share int, bare bool) (of [3]Measured, ok bool) {
	t.Helper()
	for procs := 1; procs <= 2; procs++ {
		m, err := b.Measure(t.Context(), program, procs, Options{Runs: 5, Share: share, Bare: bare, Near: !slices.Contains([]string{"small", "tiny"}, program)})
		if errors.Is(err, ErrBusy) {
			t.Logf("%s: %v", program, err)
			return of, false
		}
		if err != nil {
			t.Fatal(err)
		}
		of[procs] = m
	}
	return of, true
}

func full(t *testing.T) *Bench {
	t.Helper()
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("real runs: set ORRERY_FULL=1")
	}
	if runtime.NumCPU() < 2 {
		t.Skip("there is one processor")
	}
	if slower := beside(); slower > 1.05 {
		t.Skipf("two processors at once are slower than one by a factor of %.2f: they share what is not modelled", slower)
	}
	b, err := NewBench(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { t.Logf("%d runs accepted, %d rejected", b.Accepted, b.Rejected) })
	return b
}

// beside returns how much longer a computation takes while another one runs on a second
// processor: the least of 50 of each.
func beside() float64 {
	compute := func() time.Duration {
		begun, x := time.Now(), uint64(1)
		for range 200_000 {
			x = x*6364136223846793005 + 1
		}
		runtime.KeepAlive(x)
		return time.Since(begun)
	}
	alone, together := time.Hour, time.Hour
	for range 50 {
		alone = min(alone, compute())
	}
	var stop atomic.Bool
	ended := make(chan bool)
	go func() {
		for !stop.Load() {
			compute()
		}
		close(ended)
	}()
	for range 50 {
		together = min(together, compute())
	}
	stop.Store(true)
	<-ended
	return float64(together) / float64(alone)
}

// An account counts the predictions that are within what they say of themselves.
type account struct{ within, beyond int }

func (a *account) count(off float64, trust whatif.Trust) string {
	switch {
	case trust.Level == whatif.Poor: // it promises nothing
		return ""
	case math.Abs(off) <= trust.Within:
		a.within++
		return ""
	}
	a.beyond++
	return ": beyond that"
}

func (a *account) check(t *testing.T) {
	t.Helper()
	t.Logf("%d predictions within what they say of themselves, %d beyond", a.within, a.beyond)
	if a.beyond > a.within {
		t.Errorf("%d of %d predictions are beyond what they say of themselves", a.beyond, a.within+a.beyond)
	}
}

// predict predicts of each program from a trace with 1 P what real runs with 2 take, and the
// other way round. It returns the errors, as shares of the real makespan.
func predict(t *testing.T, bare bool) map[string][]float64 {
	b := full(t)
	errs, busy, own := map[string][]float64{}, []string{}, account{}
	for _, program := range slices.Concat(near, others) {
		of, ok := measured(t, b, program, 1, bare)
		if !ok {
			busy = append(busy, program)
			continue
		}
		for from := 1; from <= 2; from++ {
			to := 3 - from
			r, err := of[from].Workload.Predict(whatif.Config{Costs: &of[from].Costs}, to)
			if err != nil {
				t.Errorf("%s: %v", program, err)
				continue
			}
			p, real := r.Predictions[0], of[to].Makespan
			off := float64(p.Makespan)/float64(real) - 1
			t.Logf("%-10s %d -> %d: really %v, predicted %v, %+.1f%%; by its own account within %.0f%% (%s)%s", program, from, to,
				us(real), us(p.Makespan), 100*off, 100*p.Trust.Within, p.Trust.Level, own.count(off, p.Trust))
			errs[program] = append(errs[program], off)
		}
	}
	own.check(t)
	t.Logf("%d programs were measured; the machine was too busy for %q", len(errs), busy)
	if len(errs) == 0 {
		t.Skip("the machine is too busy for any")
	}
	return errs
}

// TestPrograms predicts programs that have notes.
func TestPrograms(t *testing.T) {
	errs := predict(t, false)
	for _, program := range near {
		for i, off := range errs[program] {
			if math.Abs(off) > bar {
				t.Errorf("%s, from a trace with %d Ps: %+.1f%% off, want %.0f%% at most", program, i+1, 100*off, 100*bar)
			}
		}
	}
}

func us(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// TestBare reports the errors where programs have no notes. Most are within what the
// prediction says of itself.
func TestBare(t *testing.T) { predict(t, true) }

// TestDistance prints how far the simulator's scheduling is from the real one's with two
// Ps: the table of the package's documentation, as it stands there. The replay is of the
// recording itself.
func TestDistance(t *testing.T) {
	b := full(t)
	table := fmt.Sprintf("%22s starts  elsewhere  idle  to run: p50    p90  makespan\n", "")
	short := func(d time.Duration) string { return fmt.Sprintf("%.2fms", float64(d)/1e6) }
	for _, program := range near {
		var real, quick, model []whatif.Outcome
		for range 5 {
			m, err := b.Measure(t.Context(), program, 2, Options{Runs: 1, Share: 1, Near: true})
			if errors.Is(err, ErrBusy) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			r := m.Workload.Recorded()
			real = append(real, whatif.Outcome{Makespan: r.Makespan, Latency: r.Latency, Switches: r.Switches})
			for costs, to := range map[*sched.Costs]*[]whatif.Outcome{&sched.QuickCosts: &quick, &m.Costs: &model} {
				out, err := m.Workload.Replay(whatif.Config{Costs: costs})
				if err != nil {
					t.Fatal(err)
				}
				*to = append(*to, out)
			}
		}
		if len(real) == 0 {
			continue
		}
		for _, row := range []struct {
			name string
			of   []whatif.Outcome
		}{{"real", real}, {"no costs", quick}, {"replayed", model}} {
			of := func(f func(whatif.Outcome) time.Duration) time.Duration {
				var all []time.Duration
				for _, o := range row.of {
					all = append(all, f(o))
				}
				return median(all)
			}
			name := program
			if row.name != "real" {
				name = ""
			}
			table += fmt.Sprintf("%-11s %-10s %6d %10d %5d %12s %6s %9s\n", name, row.name,
				of(func(o whatif.Outcome) time.Duration { return time.Duration(o.Switches.Starts) }),
				of(func(o whatif.Outcome) time.Duration { return time.Duration(o.Switches.Elsewhere) }),
				of(func(o whatif.Outcome) time.Duration { return time.Duration(o.Switches.Idle) }),
				short(of(func(o whatif.Outcome) time.Duration { return o.Latency.P50 })),
				short(of(func(o whatif.Outcome) time.Duration { return o.Latency.P90 })),
				short(of(func(o whatif.Outcome) time.Duration { return o.Makespan })))
		}
	}
	t.Logf("\n%s", table)
}

// TestRecord records, with -update, small traces of the programs that are near, and what
// they have really taken, for the tests of package whatif. What is on record stays.
func TestRecord(t *testing.T) {
	if !*update {
		t.Skip("it writes ../testdata: give it -update")
	}
	b := full(t)
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	w := tar.NewWriter(z)
	old, err := archive.Read("../testdata/traces.tar.gz")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	lines, _ := os.ReadFile("../testdata/real.txt")
	var answers strings.Builder
	for i, program := range near {
		add := func(trace []byte) {
			err := w.WriteHeader(&tar.Header{Name: program + ".out", Mode: 0o644, Size: int64(len(trace)), Format: tar.FormatUSTAR})
			if _, err2 := w.Write(trace); err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
		}
		if trace := old[program+".out"]; trace != nil {
			for line := range strings.Lines(string(lines)) {
				if strings.HasPrefix(line, program+" ") {
					answers.WriteString(line)
				}
			}
			add(trace)
			continue
		}
		share := 3
		if program == "buffered" { // the buffers must be filled more than once
			share = 2
		}
		of, ok := measured(t, b, program, share, false)
		if !ok {
			t.Fatalf("%s: the machine is too busy", program)
		}
		from := 1 + i%2
		m := of[from]
		fmt.Fprintf(&answers, "%s from %d to %d really %v backoff %v late %v\n", program, from, 3-from, of[3-from].Makespan, m.Costs.Backoff, m.Costs.Late)
		add(m.Trace)
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"traces.tar.gz": packed.Bytes(), "real.txt": []byte(answers.String())} {
		if err := os.WriteFile("../testdata/"+name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
