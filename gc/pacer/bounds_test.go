package pacer_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
)

// TestLimiterKeeps: the limiter stays full while no time passes, and limits no more once
// any time of the program has.
func TestLimiterKeeps(t *testing.T) {
	l, err := pacer.NewLimiter(2)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(l.StartTransition(true, 0), l.FinishTransition(0), l.Add(4*time.Second, 0), l.Update(2*time.Second))
	for range 2 {
		if err = errors.Join(err, l.Update(2*time.Second)); err != nil || !l.Limiting() {
			t.Errorf("at the same time: %+v, %v", l.Snapshot(), err)
		}
	}
	err = l.Update(2*time.Second + 4) // a quarter of 8 ns is the collector's
	if s := l.Snapshot(); err != nil || s.Limiting || s.Fill != s.Capacity-4 {
		t.Errorf("4 ns later: %+v, %v", s, err)
	}
	// What is counted after an update counts at the next one, even at the same time: then
	// it is time that the program has not had.
	err = errors.Join(l.Add(1, 0), l.Update(2*time.Second+4))
	if s := l.Snapshot(); err != nil || s.Fill != s.Capacity-4+2 {
		t.Errorf("with an assist of 1 ns: %+v, %v", s, err)
	}
}

// TestLimiterGrows: the time before a change of GOMAXPROCS counts with the old number.
func TestLimiterGrows(t *testing.T) {
	for _, procs := range []int{1, 4, 1 << 16} {
		l, err := pacer.NewLimiter(2)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(l.Add(3*time.Second/2, 0), l.Resize(time.Second, procs))
		if s := l.Snapshot(); err != nil || s.Fill != time.Second || s.Capacity != time.Duration(procs)*pacer.CapacityPerProc {
			t.Errorf("%d processors: %+v, %v", procs, s, err)
		}
	}
}

// TestShortCycle: in a cycle of a nanosecond assists may have half of the time.
func TestShortCycle(t *testing.T) {
	for _, release := range []string{"go1.21", "go1.26"} {
		p := newPacer(t, pacer.Config{Release: release, Procs: 4})
		_, err := p.StartCycle(pacer.Start{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Revise(pacer.Delta{Allocated: 3 * mib, HeapWork: 2 * mib})
		if err := errors.Join(err, p.Advance(1), p.EndCycle(pacer.End{Marked: mib, AssistTime: 1})); err != nil {
			t.Fatal(err)
		}
		if got := p.Snapshot().ConsMark; got != 1.5 { // half of the time, half of the time
			t.Errorf("%s: a cons/mark ratio of %v, want 3/2", release, got)
		}
	}
}

// TestMeanOfTwo: in Go 1.20 the cons/mark ratio is the mean of the last two.
func TestMeanOfTwo(t *testing.T) {
	p := newPacer(t, pacer.Config{Release: "go1.20", Procs: 4})
	for i, want := range []float64{0.5, 1.5, 2, 1, 0} {
		if _, err := p.StartCycle(pacer.Start{}); err != nil {
			t.Fatal(err)
		}
		// The measurements are 1, 2, 2 and 0: a quarter of the time is the collector's.
		_, err := p.Revise(pacer.Delta{Allocated: []int64{3, 6, 6, 1, 1}[i] * mib, HeapWork: []int64{1, 1, 1, 1 << 20, 1 << 20}[i] * mib})
		if err := errors.Join(err, p.Advance(time.Millisecond), p.EndCycle(pacer.End{Marked: mib})); err != nil {
			t.Fatal(err)
		}
		if got := p.Snapshot().ConsMark; math.Abs(got-want) > 1e-5 {
			t.Errorf("cycle %d: a cons/mark ratio of %v, want %v", i+1, got, want)
		}
	}
}

// TestLateCycle: a cycle that begins beyond its goal has a goal 64 KiB further.
func TestLateCycle(t *testing.T) {
	for _, release := range []string{"go1.20", "go1.26"} {
		p := newPacer(t, pacer.Config{Release: release})
		if err := p.GrowTo(50*mib, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := p.StartCycle(pacer.Start{}); err != nil {
			t.Fatal(err)
		}
		if got := p.Goal(); got != 50*mib+64<<10 {
			t.Errorf("%s: the goal is %d", release, got)
		}
	}
}

// TestFirstGoal: NextGC of a program that has just begun, as MemStats of real ones have it:
// the first trigger is at 4 MiB, and up to 1.17 seven eighths above the heap that the goal is
// for.
func TestFirstGoal(t *testing.T) {
	for release, want := range map[string]uint64{"go1.9": 4473924, "go1.13": 4473924, "go1.17": 4473924, "go1.18": 4 * mib, "go1.19": 4 * mib, "go1.26": 4 * mib} {
		if got := newPacer(t, pacer.Config{Release: release, GOGC: 100}).Goal(); got != want {
			t.Errorf("%s: the goal is %d, want %d", release, got, want)
		}
	}
}

// TestSweepDone: while there is something to sweep, a new GOGC leaves a mebibyte to allocate
// meanwhile, and afterwards it does not.
func TestSweepDone(t *testing.T) {
	for _, release := range []string{"go1.9", "go1.17", "go1.18", "go1.26"} {
		p := newPacer(t, pacer.Config{Release: release, GOGC: 100})
		if err := errors.Join(p.Measure(pacer.Measured{Live: 3 * mib}), p.GrowTo(50*mib, 0)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []uint64{51 * mib, 6 * mib} {
			if _, err := p.SetGCPercent(100); err != nil {
				t.Fatal(err)
			}
			if got := p.Goal(); got != want {
				t.Errorf("%s: the goal is %d, want %d", release, got, want)
			}
			p.SweepDone()
		}
	}
}

// TestNothingMayGrow: with GOGC=0 all of the heap is expected to be live, which a cycle scans
// before the program has got the mebibyte that it has at least.
func TestNothingMayGrow(t *testing.T) {
	for _, release := range []string{"go1.10", "go1.13", "go1.17"} {
		p := newPacer(t, pacer.Config{Release: release})
		if _, err := p.SetGCPercent(0); err != nil {
			t.Fatal(err)
		}
		got := cycleOf(t, p, pacer.Measured{Scan: 80 * mib, Ratio: 0.6}, 100, pacer.Start{})
		if diff := near([]float64{80}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", release, diff)
		}
	}
}

// TestLeastTrigger: a cycle begins at 70 in 100 of the way to the goal at the earliest in Go
// 1.18, and at 45 in 64 since, however fast the program allocates.
func TestLeastTrigger(t *testing.T) {
	for release, want := range map[string]uint64{"go1.18": 170 * mib, "go1.19": 170*mib + 5<<16, "go1.20": 170*mib + 5<<16, "go1.26": 170*mib + 5<<16} {
		p := newPacer(t, pacer.Config{Release: release})
		if err := p.Measure(pacer.Measured{Live: 100 * mib, Scan: 100 * mib, ConsMark: 1000, Swept: true}); err != nil {
			t.Fatal(err)
		}
		if got := p.Trigger(); got != want {
			t.Errorf("%s: the trigger is %d, want %d", release, got, want)
		}
	}
}

// TestHardGoal: however much more there is to scan than was expected, assists begin to
// hold the heap at the goal and as much again as GOGC allows, of the goal.
func TestHardGoal(t *testing.T) {
	for _, release := range []string{"go1.20", "go1.26"} {
		for gogc, goal := range map[int]float64{100: 400, 50: 225} { // of 200 and 150
			p := newPacer(t, pacer.Config{Release: release, GOGC: gogc})
			// 42 MiB instead of 2: the goal would be 21 times as far from 145 MiB.
			got := cycleOf(t, p, pacer.Measured{Scan: 2 * mib}, 145, pacer.Start{}, pacer.Delta{HeapWork: 12})
			if want := 30 / (goal - 145); math.Abs(got[1]-want) > 1e-5 {
				t.Errorf("%s, GOGC=%d: an assist ratio of %v, want %v", release, gogc, got[1], want)
			}
		}
	}
}

// TestLimitTold: there is an event for each limit that is set.
func TestLimitTold(t *testing.T) {
	var got []string
	p := newPacer(t, pacer.Config{Trace: func(e pacer.Event) {
		if e.Kind == pacer.Configured {
			got = append(got, e.Why)
		}
	}})
	for _, limit := range []int64{5 * mib, 5 * mib, 0} {
		if _, err := p.SetMemoryLimit(limit); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"memory limit 5242880", "memory limit 5242880", "memory limit 0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestNoCycles: a simulation of no cycles has none.
func TestNoCycles(t *testing.T) {
	if got, err := pacer.Simulate(pacer.Config{}, pacer.Workload{}, 0); len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := pacer.Simulate(pacer.Config{}, pacer.Workload{}, -1); err == nil {
		t.Error("a simulation of -1 cycles")
	}
}

// TestNotDue: no cycle is due while one runs, however large the heap is, and none of the
// zero Pacer.
func TestNotDue(t *testing.T) {
	for _, release := range releases {
		p := newPacer(t, pacer.Config{Release: release})
		if err := p.GrowTo(50*mib, 0); err != nil {
			t.Fatal(err)
		}
		if why, due := p.Due(); !due || why != "heap" {
			t.Errorf("%s: at 50 MiB: %q, %v", release, why, due)
		}
		if _, err := p.StartCycle(pacer.Start{}); err != nil {
			t.Fatal(err)
		}
		if why, due := p.Due(); due || why != "" {
			t.Errorf("%s: while a cycle runs: %q, %v", release, why, due)
		}
	}
	if why, due := new(pacer.Pacer).Due(); due || why != "" {
		t.Errorf("of the zero Pacer: %q, %v", why, due)
	}
}

// TestNoGrowth: the GOGC in effect is 0 if nothing is live, and if a limit leaves the heap
// nothing above what is live.
func TestNoGrowth(t *testing.T) {
	p := newPacer(t, pacer.Config{})
	if got := p.EffectiveGOGC(); got != 0 {
		t.Errorf("with nothing live the GOGC in effect is %v", got)
	}
	if err := p.Measure(pacer.Measured{Live: 100 * mib, Swept: true}); err != nil {
		t.Fatal(err)
	}
	if got := p.EffectiveGOGC(); got != 100 {
		t.Errorf("without a limit the GOGC in effect is %v", got)
	}
	if _, err := p.SetMemoryLimit(50 * mib); err != nil {
		t.Fatal(err)
	}
	if got := p.EffectiveGOGC(); got != 0 {
		t.Errorf("under a limit of 50 MiB the GOGC in effect is %v", got)
	}
}

// TestRevisedWhenSet: a GOGC or a limit that is set while a cycle runs changes its assist
// ratio at once (runtime/mgcpacer.go:gcControllerCommit; up to 1.18 commit itself). 100 MiB
// are live, and the cycle begins at 190 MiB. To be scanned are 60 MiB, as in the cycle
// before; up to 1.17 a third of the 100 MiB that there are, by a GOGC of 200, and in 1.9
// all of them.
func TestRevisedWhenSet(t *testing.T) {
	for release, work := range map[string]float64{"go1.9": 100, "go1.13": 100.0 / 3, "go1.17": 100.0 / 3, "go1.18": 60, "go1.19": 60, "go1.20": 60, "go1.26": 60, "": 60} {
		var told float64
		p := newPacer(t, pacer.Config{Release: release, Trace: func(e pacer.Event) { told = e.Assist }})
		if err := errors.Join(p.Measure(pacer.Measured{Live: 100 * mib, Scan: 60 * mib, Ratio: 0.6, Swept: true}), p.GrowTo(190*mib, 40*mib)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.StartCycle(pacer.Start{}); err != nil {
			t.Fatal(err)
		}
		holds := func(what string, want float64) {
			t.Helper()
			if got := p.Snapshot().AssistRatio; math.Abs(got-want) > 1e-5 || told != got {
				t.Errorf("%s, %s: an assist ratio of %v, and of %v in the event, want %v", release, what, got, told, want)
			}
		}
		if _, err := p.SetGCPercent(200); err != nil {
			t.Fatal(err)
		}
		holds("GOGC=200", work/(300-190))
		headroom := map[string]float64{"go1.19": 1, "go1.20": 1, "go1.26": 7.5, "": 7.5}[release] // MiB, of 250
		if headroom == 0 {
			continue // no limit
		}
		if _, err := p.SetMemoryLimit(250 * mib); err != nil {
			t.Fatal(err)
		}
		holds("a limit of 250 MiB", work/(250-headroom-190))
	}
}

// TestTuneOfEquals: of settings that cost the same the first one that fits is best.
func TestTuneOfEquals(t *testing.T) {
	p := steady(60 * mib)
	for i := range p.Samples {
		p.Samples[i].Took, p.Samples[i].Paused, p.Samples[i].CPU, p.Samples[i].Assist, p.Samples[i].Idle = 0, 0, 0, 0, 0
	}
	tried, best, err := pacer.Tune(p, 0)
	if err != nil || best != 0 {
		t.Errorf("setting %d of %+v, %v", best, tried, err)
	}
}
