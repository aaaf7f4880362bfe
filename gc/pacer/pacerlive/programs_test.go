package pacerlive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/gc/gclog"
	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// A setting is an environment of a program. Its behavior in the first is measured, and
// that in the others predicted from it.
type setting struct {
	gogc  int
	limit int64 // MiB
}

// settings are those of each program, with limits that it does not reach and limits that
// it does.
var settings = map[string][]setting{
	"cache": {{100, 0}, {50, 0}, {200, 0}, {400, 0}, {pacer.Off, 120}, {pacer.Off, 90}},
	"grow":  {{100, 0}, {50, 0}, {200, 0}, {400, 0}, {pacer.Off, 300}, {100, 200}},
	"burst": {{100, 0}, {50, 0}, {200, 0}, {400, 0}, {pacer.Off, 100}, {100, 60}},
}

// A did is the result of a run: collections that the program did not request, and its
// largest heap.
type did struct {
	cycles, peak float64 // bytes
}

func didOf(p pacer.Profile) (d did) {
	for _, s := range p.Samples {
		if !s.Forced {
			d.cycles++
		}
		d.peak = max(d.peak, float64(s.Start), float64(s.End))
	}
	return d
}

// A cell holds the median of five runs with a setting; that of five others, whose
// distance tells how exact a prediction can be at all; and the range of all runs.
type cell struct {
	did         did
	others      did
	least, most did
}

// cellOf needs five runs or more; others are those after the fifth.
func cellOf(all []told) (c cell) {
	var cycles, peaks []float64
	for _, one := range all {
		d := didOf(one.Profile)
		cycles, peaks = append(cycles, d.cycles), append(peaks, d.peak)
	}
	c.least, c.most = did{slices.Min(cycles), slices.Min(peaks)}, did{slices.Max(cycles), slices.Max(peaks)}
	if len(all) > runs {
		c.others = did{median(cycles[runs:]), median(peaks[runs:])}
	}
	c.did = did{median(cycles[:runs]), median(peaks[:runs])}
	return c
}

// errs are the distances of predictions from the median of the measurements, and from
// their range.
type errs struct {
	cycles, peak, n float64
	beyond          did
}

// check predicts the result of a program with the other settings from runs with the
// first, and prints every error, and the measurements beside it. A prediction may be
// cycles and peak beyond all runs at most, relative to their median: the runs of one
// setting differ by up to a half themselves.
func (e *errs) check(t *testing.T, shape string, own []pacer.Profile, real map[setting]cell, most did) {
	t.Helper()
	for _, s := range settings[shape][1:] {
		var cycles, peaks []float64
		for _, p := range own {
			w, err := pacer.WhatIf(p, s.gogc, s.limit<<20)
			if err != nil {
				t.Fatal(err)
			}
			cycles, peaks = append(cycles, float64(w.Cycles)), append(peaks, float64(w.PeakHeap))
		}
		was, will := real[s], did{median(cycles), median(peaks)}
		c, p := will.cycles/was.did.cycles-1, will.peak/was.did.peak-1
		t.Logf("%s, GOGC=%d and %d MiB: %.0f collections, really %.0f (%+.1f%%; %.0f to %.0f%s); %.0f MiB, really %.0f (%+.1f%%; %.0f to %.0f%s)", shape, s.gogc, s.limit,
			will.cycles, was.did.cycles, 100*c, was.least.cycles, was.most.cycles, others(was.others.cycles, was.did.cycles),
			will.peak/(1<<20), was.did.peak/(1<<20), 100*p, was.least.peak/(1<<20), was.most.peak/(1<<20), others(was.others.peak, was.did.peak))
		away := did{max(will.cycles-was.most.cycles, was.least.cycles-will.cycles, 0), max(will.peak-was.most.peak, was.least.peak-will.peak, 0) / was.did.peak}
		if away.cycles > 1 && away.cycles > most.cycles*was.did.cycles || away.peak > most.peak {
			t.Errorf("%s, GOGC=%d and %d MiB: over %.0f%% in collections beyond all runs, or over %.0f%% in the largest heap", shape, s.gogc, s.limit, 100*most.cycles, 100*most.peak)
		}
		e.cycles, e.peak, e.n = e.cycles+math.Abs(c), e.peak+math.Abs(p), e.n+1
		e.beyond.cycles, e.beyond.peak = e.beyond.cycles+away.cycles/was.did.cycles, e.beyond.peak+away.peak
	}
}

// others says how far five other runs are from five, if there are any.
func others(x, of float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf("; five others %+.1f%%", 100*(x/of-1))
}

// mean holds the mean of the distances from the medians, and from the ranges, to bounds.
func (e errs) mean(t *testing.T, median, beyond did) {
	t.Helper()
	t.Logf("%.0f predictions: collections off by %.1f%% in the mean, the largest heap by %.1f%%; beyond all runs by %.1f%% and %.1f%%", e.n, 100*e.cycles/e.n, 100*e.peak/e.n,
		100*e.beyond.cycles/e.n, 100*e.beyond.peak/e.n)
	if e.cycles > median.cycles*e.n || e.peak > median.peak*e.n || e.beyond.cycles > beyond.cycles*e.n || e.beyond.peak > beyond.peak*e.n {
		t.Errorf("want %v at most from the medians, and %v beyond all runs", median, beyond)
	}
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

const programLogs = "testdata/programs"

// recordOf is a line of a record: the medians of five runs and of five others, and the
// range of all.
const recordOf = "GOGC %d limit %d: collections %v and %v in %v to %v, bytes %v and %v in %v to %v"

// TestRecorded predicts, from a recorded log of each program, the median of five runs
// with each of the other settings.
func TestRecorded(t *testing.T) {
	var e errs
	for _, shape := range []string{"cache", "grow", "burst"} {
		own, err := os.Open(filepath.Join(programLogs, shape+".log"))
		if err != nil {
			t.Fatal(err)
		}
		defer own.Close()
		p, bad, err := gclog.Read(own)
		if err != nil || len(bad) > 0 {
			t.Fatal(bad, err)
		}
		real := map[setting]cell{}
		answers, err := os.ReadFile(filepath.Join(programLogs, shape+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(answers)) {
			if _, err := fmt.Sscanf(line, "beside %d", &p.Beside); err == nil {
				continue
			}
			var s setting
			var c cell
			if _, err := fmt.Sscanf(line, recordOf, &s.gogc, &s.limit, &c.did.cycles, &c.others.cycles, &c.least.cycles, &c.most.cycles,
				&c.did.peak, &c.others.peak, &c.least.peak, &c.most.peak); err != nil {
				t.Fatal(line, err)
			}
			real[s] = c
		}
		e.check(t, shape, []pacer.Profile{p}, real, did{0.10, 0.10})
	}
	e.mean(t, did{0.05, 0.05}, did{0.03, 0.015})
}

// The number of runs of a program, whose median counts, and the number that may be
// rejected.
const (
	runs     = 5
	rejected = 10 // of each program, out of 30 that count
)

// TestPrograms runs the programs again, and with -update records the results.
func TestPrograms(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("it takes a minute and a half: set ORRERY_FULL=1")
	}
	bin := filepath.Join(t.TempDir(), "programs")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", bin, "github.com/orrery-go/orrery/gc/pacer/pacerlive/programs")
	build.Env = toolchain.Quiet(os.Environ())
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := machine{first: exec.Command("chrt", "-f", "10", "true").Run() == nil}
	t.Logf("programs run before all others: %v", m.first)
	var e errs
	for _, shape := range []string{"cache", "grow", "burst"} {
		of := map[setting][]told{}
		disturbed := 0
		times := runs
		if *update {
			times *= 2
		}
		for range times {
			for _, s := range settings[shape] { // in turn, so that changes of the machine affect all of them
				one, err := m.measured(t.Context(), bin, shape, s)
				for err == errBusy {
					if disturbed++; disturbed > rejected {
						t.Fatalf("%s: %d runs rejected: other processes took their processors", shape, disturbed)
					}
					one, err = m.measured(t.Context(), bin, shape, s)
				}
				if err != nil {
					t.Fatal(err)
				}
				of[s] = append(of[s], one)
			}
		}
		t.Logf("%s: %d runs, and %d rejected", shape, times*len(of), disturbed)
		real := map[setting]cell{}
		for s, all := range of {
			real[s] = cellOf(all)
		}
		if *update {
			record(t, shape, of[settings[shape][0]], real)
		}
		var own []pacer.Profile
		for _, one := range of[settings[shape][0]] {
			own = append(own, one.Profile)
		}
		e.check(t, shape, own, real, did{0.30, 0.30})
	}
	// Other processes delay a collection on a machine that is busy, and then five runs are
	// apart by more than the predictions of them are off.
	e.mean(t, did{math.Inf(1), math.Inf(1)}, did{0.10, 0.10})
}

// record writes the log of the run that is nearest to the median, and the results of the
// others.
func record(t *testing.T, shape string, own []told, real map[setting]cell) {
	t.Helper()
	mid := slices.MinFunc(own, func(a, b told) int {
		off := func(x told) float64 {
			d, m := didOf(x.Profile), real[settings[shape][0]].did
			return math.Abs(d.cycles/m.cycles-1) + math.Abs(d.peak/m.peak-1)
		}
		return cmp.Compare(off(a), off(b))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "beside %d\n", mid.Beside)
	for _, s := range settings[shape] {
		c := real[s]
		fmt.Fprintf(&b, recordOf+"\n", s.gogc, s.limit, c.did.cycles, c.others.cycles, c.least.cycles, c.most.cycles,
			int(c.did.peak), int(c.others.peak), int(c.least.peak), int(c.most.peak))
	}
	for name, data := range map[string]string{shape + ".log": mid.log, shape + ".txt": b.String()} {
		if err := os.WriteFile(filepath.Join(programLogs, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A told is the output of a run.
type told struct {
	pacer.Profile
	log string
}

// errBusy says that other processes took processors from a program, so that the delay of
// a collection is not its own.
var errBusy = errors.New("the machine was busy")

// busy is the share of the processors that other processes may take from a program.
const busy = 0.10

// A machine runs programs, at real-time priority if it may.
type machine struct{ first bool }

// measured runs one of the programs and parses its output.
func (m machine) measured(ctx context.Context, bin, shape string, s setting) (told, error) {
	var log, out bytes.Buffer
	args := []string{bin, shape}
	if m.first {
		args = append([]string{"chrt", "-f", "10"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GODEBUG=gctrace=1", fmt.Sprint("GOGC=", s.gogc))
	if s.limit > 0 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("GOMEMLIMIT=%dMiB", s.limit))
	}
	cmd.Stdout, cmd.Stderr = &out, &log
	all, stolen := used()
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return told{}, fmt.Errorf("%w\n%s", err, &log)
	}
	there := time.Since(start) * time.Duration(runtime.NumCPU())
	all2, stolen2 := used()
	// At real-time priority only the host can take a processor away.
	others := all2 - all - cmd.ProcessState.UserTime() - cmd.ProcessState.SystemTime()
	if m.first {
		others = stolen2 - stolen
	}
	if float64(others) > busy*float64(there) {
		return told{}, errBusy
	}
	one := told{log: log.String()}
	p, bad, err := gclog.Read(&log)
	if err == nil && len(bad) > 0 {
		err = bad[0]
	}
	if err != nil {
		return told{}, err
	}
	p.GOGC, p.Limit = s.gogc, s.limit<<20
	if _, err := fmt.Sscanf(out.String(), "beside %d", &p.Beside); err != nil {
		return told{}, err
	}
	one.Profile = p
	return one, nil
}

// used returns the time for which all processors have been busy, and the time for which
// the host has withheld them; 0 where the system does not say.
func used() (all, stolen time.Duration) {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	var user, nice, system, idle, wait, irq, soft, steal int64 // in hundredths of a second
	fmt.Sscanf(string(data), "cpu %d %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &wait, &irq, &soft, &steal)
	const tick = 10 * time.Millisecond
	return time.Duration(user+nice+system+irq+soft+steal) * tick, time.Duration(steal) * tick
}
