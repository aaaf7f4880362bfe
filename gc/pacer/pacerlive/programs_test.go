package pacerlive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
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
// first, and prints every error, and the measurements beside it. With far, which may be
// empty, each is predicted from one of those, too. A prediction may be cycles and peak
// beyond all runs at most, relative to their median: the runs of one setting differ by up
// to a half themselves.
func (e *errs) check(t *testing.T, shape string, tried []setting, own, far []pacer.Profile, real map[setting]cell, most did) {
	t.Helper()
	for _, s := range tried {
		var cycles, peaks []float64
		for i, p := range own {
			var second []pacer.Profile
			if len(far) > 0 {
				second = far[i : i+1]
			}
			w, err := pacer.WhatIf(p, s.gogc, s.limit<<20, second...)
			if err != nil {
				t.Fatal(err)
			}
			cycles, peaks = append(cycles, float64(w.Cycles)), append(peaks, float64(w.PeakHeap))
		}
		was, will := real[s], did{median(cycles), median(peaks)}
		c, p := will.cycles/was.did.cycles-1, will.peak/was.did.peak-1
		t.Logf("%s, GOGC=%d and %d MiB, from %d: %.0f collections, really %.0f (%+.1f%%; %.0f to %.0f%s); %.0f MiB, really %.0f (%+.1f%%; %.0f to %.0f%s)", shape, s.gogc, s.limit, min(1+len(far), 2),
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
		p, real := onRecord(t, shape)
		e.check(t, shape, settings[shape][1:], []pacer.Profile{p}, nil, real, did{0.10, 0.10})
	}
	e.mean(t, meanOff, did{0.03, 0.015})
}

// TestScanned predicts the collections of burst under a limit. When one begins follows from
// the bytes that the last five scanned, and those of a list are few: a log that says how many
// tells more than one that does not.
func TestScanned(t *testing.T) {
	s := setting{pacer.Off, 100}
	p, real := onRecord(t, "burst")
	off := func() float64 {
		w, err := pacer.WhatIf(p, s.gogc, s.limit<<20)
		if err != nil {
			t.Fatal(err)
		}
		return math.Abs(float64(w.Cycles)/real[s].did.cycles - 1)
	}
	with := off()
	for i := range p.Samples {
		p.Samples[i].Scanned = 0
	}
	without := off()
	t.Logf("collections are off by %.1f%%, and by %.1f%% if the log does not tell", 100*with, 100*without)
	if with > 0.10 || without < with+0.05 {
		t.Error("want 10% at most, and 5% less than without")
	}
}

// TestFirstCycle predicts the largest heap of grow with GOGC=400. Its eight cycles multiply
// what is live when the first ends. In that goroutines mark nearly all, and allocate meanwhile
// until they have done so, which takes longer with more room.
func TestFirstCycle(t *testing.T) {
	s := setting{400, 0}
	p, real := onRecord(t, "grow")
	w, err := pacer.WhatIf(p, s.gogc, s.limit)
	if err != nil {
		t.Fatal(err)
	}
	if off := float64(w.PeakHeap)/real[s].did.peak - 1; math.Abs(off) > 0.05 {
		t.Errorf("the largest heap is off by %+.1f%%", 100*off)
	}
}

// TestTwoRecorded predicts from two recorded logs of a program whose marking costs the
// more the more garbage there is. Its largest heap is within 5% between them, and not
// from the first log alone.
func TestTwoRecorded(t *testing.T) {
	p, real := onRecord(t, "quick")
	far := logOf(t, "quick-800")
	far.GOGC, far.Beside = largest.gogc, p.Beside
	for _, s := range append([]setting{{50, 0}}, between...) {
		of := func(others ...pacer.Profile) (cycles, peak float64) {
			w, err := pacer.WhatIf(p, s.gogc, s.limit, others...)
			if err != nil {
				t.Fatal(err)
			}
			was := real[s]
			t.Logf("GOGC=%d, from %d: %d collections, really %.0f; %.1f MiB, really %.1f", s.gogc, 1+len(others), w.Cycles, was.did.cycles, float64(w.PeakHeap)/(1<<20), was.did.peak/(1<<20))
			return math.Abs(float64(w.Cycles)/was.did.cycles - 1), math.Abs(float64(w.PeakHeap)/was.did.peak - 1)
		}
		n1, one := of()
		n2, two := of(far)
		if n2 > 0.10 || two > 0.05 || s.gogc == 50 && n2 > n1-0.03 || s.gogc > 50 && one < 0.05 {
			t.Errorf("GOGC=%d: off by %.1f%% in collections, and by %.1f%% in the largest heap; by %.1f%% and %.1f%% from one log", s.gogc, 100*n2, 100*two, 100*n1, 100*one)
		}
	}
}

// onRecord returns the profile of a recorded log, and the results of other runs.
func onRecord(t *testing.T, shape string) (pacer.Profile, map[setting]cell) {
	t.Helper()
	p := logOf(t, shape)
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
	return p, real
}

func logOf(t *testing.T, name string) pacer.Profile {
	t.Helper()
	log, err := os.Open(filepath.Join(programLogs, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p, bad, err := gclog.Read(log)
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	return p
}

// The number of runs of a program, whose median counts, and the number that may be
// rejected.
const (
	runs     = 5
	rejected = 10 // of each program, out of 30 that count
)

// meanOff is how far predictions of the runs on record may be off in the mean.
var meanOff = did{0.05, 0.05}

// TestPrograms runs the programs again, and with -update records the results.
func TestPrograms(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("it takes several minutes: set ORRERY_FULL=1")
	}
	m := machineOf(t)
	var e, two errs
	for _, shape := range []string{"cache", "grow", "burst"} {
		times := runs
		if *update {
			times *= 2
		}
		of := m.all(t, shape, append([]setting{largest}, settings[shape]...), times)
		real := map[setting]cell{}
		for s, all := range of {
			real[s] = cellOf(all)
		}
		if *update {
			record(t, shape, settings[shape], of[settings[shape][0]], real)
		}
		own := profiles(of[settings[shape][0]])
		e.check(t, shape, settings[shape][1:], own, nil, real, did{0.30, 0.30})
		two.check(t, shape, settings[shape][1:], own, profiles(of[largest]), real, did{0.30, 0.30})
	}
	// Other processes delay a collection on a machine that is busy, and then five runs are
	// apart by more than the predictions of them are off.
	e.mean(t, did{math.Inf(1), math.Inf(1)}, did{0.10, 0.10})
	two.mean(t, did{math.Inf(1), math.Inf(1)}, did{0.10, 0.10})
}

var seven = flag.Bool("seven", false, "TestTwoLogs runs all of its programs, which takes nine minutes")

// largest is the setting of the second of two logs.
var largest = setting{gogc: 800}

// between are settings between those of two logs.
var between = []setting{{200, 0}, {400, 0}}

// TestTwoLogs runs three of seven other programs, or all with -seven. From two logs,
// settings between them are predicted better in the mean than from the first; of three
// programs, collections as well as on record do: with a dozen of them one more is 8% by itself.
func TestTwoLogs(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("it takes four minutes: set ORRERY_FULL=1")
	}
	shapes := []string{"quick", "maps", "arrays"}
	if *seven {
		shapes = append(shapes, "small", "queue", "buffers", "tree")
	}
	m := machineOf(t)
	var one, two errs
	for _, shape := range shapes {
		first := setting{100, 0}
		of := m.all(t, shape, append([]setting{first, largest}, between...), runs)
		real := map[setting]cell{}
		for s, all := range of {
			real[s] = cellOf(all)
		}
		own, far := profiles(of[first]), profiles(of[largest])
		one.check(t, shape, between, own, nil, real, did{math.Inf(1), math.Inf(1)})
		two.check(t, shape, between, own, far, real, did{0.30, 0.30})
	}
	inf := did{math.Inf(1), math.Inf(1)}
	one.mean(t, inf, inf)
	most := did{one.cycles / one.n, one.peak / one.n}
	if !*seven {
		most.cycles = max(most.cycles, meanOff.cycles)
	}
	two.mean(t, most, did{0.10, 0.10})
}

// machineOf builds the programs.
func machineOf(t *testing.T) machine {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "programs")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", bin, "github.com/orrery-go/orrery/gc/pacer/pacerlive/programs")
	build.Env = toolchain.Quiet(os.Environ())
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := machine{bin: bin, first: exec.Command("chrt", "-f", "10", "true").Run() == nil}
	t.Logf("programs run before all others: %v", m.first)
	return m
}

// all runs a program as often with each setting.
func (m machine) all(t *testing.T, shape string, settings []setting, times int) map[setting][]told {
	t.Helper()
	of := map[setting][]told{}
	disturbed := 0
	for range times {
		for _, s := range settings { // in turn, so that changes of the machine affect all of them
			one, err := m.measured(t.Context(), shape, s)
			for err == errBusy {
				if disturbed++; disturbed > rejected {
					t.Fatalf("%s: %d runs rejected: other processes took their processors", shape, disturbed)
				}
				one, err = m.measured(t.Context(), shape, s)
			}
			if err != nil {
				t.Fatal(err)
			}
			of[s] = append(of[s], one)
		}
	}
	t.Logf("%s: %d runs, and %d rejected", shape, times*len(of), disturbed)
	return of
}

// profiles returns those of runs.
func profiles(of []told) (all []pacer.Profile) {
	for _, one := range of {
		all = append(all, one.Profile)
	}
	return all
}

// record writes the log of the run that is nearest to the median, and the results of the
// others.
func record(t *testing.T, shape string, settings []setting, own []told, real map[setting]cell) {
	t.Helper()
	mid := slices.MinFunc(own, func(a, b told) int {
		off := func(x told) float64 {
			d, m := didOf(x.Profile), real[settings[0]].did
			return math.Abs(d.cycles/m.cycles-1) + math.Abs(d.peak/m.peak-1)
		}
		return cmp.Compare(off(a), off(b))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "beside %d\n", mid.Beside)
	for _, s := range settings {
		c := real[s]
		fmt.Fprintf(&b, recordOf+"\n", s.gogc, s.limit, c.did.cycles, c.others.cycles, c.least.cycles, c.most.cycles,
			int(c.did.peak), int(c.others.peak), int(c.least.peak), int(c.most.peak))
	}
	for name, data := range map[string]string{shape + ".log": pacing(mid.log), shape + ".txt": b.String()} {
		if err := os.WriteFile(filepath.Join(programLogs, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// pacing returns the lines of a log that gclog reads.
func pacing(log string) string {
	var b strings.Builder
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "gc ") || strings.HasPrefix(line, "pacer: ") && strings.Contains(line, "% CPU") {
			b.WriteString(line)
		}
	}
	return b.String()
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
type machine struct {
	bin   string
	first bool
}

// measured runs one of the programs and parses its output.
func (m machine) measured(ctx context.Context, shape string, s setting) (told, error) {
	var log, out bytes.Buffer
	args := []string{m.bin, shape}
	if m.first {
		args = append([]string{"chrt", "-f", "10"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GODEBUG=gctrace=1,gcpacertrace=1", fmt.Sprint("GOGC=", s.gogc))
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
