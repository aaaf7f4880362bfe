package pacer_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gc/pacer"
)

const mib = 1 << 20

// TestTriggerRatio: up to 1.17 a cycle begins at 95 in 100 of the way to the goal at the
// latest, and since 1.14 at 60 in 100 of it at the earliest.
func TestTriggerRatio(t *testing.T) {
	for _, tt := range []struct {
		release string
		percent int
		ratio   float64
		want    float64 // MiB, of 100 live
	}{
		{"go1.9", 100, 2, 195}, {"go1.13", 100, 2, 195}, {"go1.14", 100, 2, 195}, {"go1.17", 200, 9, 290},
		{"go1.9", 100, 0.5, 150}, {"go1.13", 100, 0.5, 150}, {"go1.14", 100, 0.5, 160}, {"go1.17", 100, 0.75, 175},
		{"go1.13", 200, 0, 100}, {"go1.14", 200, 0, 220}, {"go1.17", 50, 0, 130},
		{"go1.9", 0, 0.5, 100}, {"go1.17", 0, 0.5, 100},
	} {
		p := newPacer(t, pacer.Config{Release: tt.release})
		if _, err := p.SetGCPercent(tt.percent); err != nil {
			t.Fatal(err)
		}
		if err := p.Measure(pacer.Measured{Live: 100 * mib, Ratio: tt.ratio, Swept: true}); err != nil {
			t.Fatal(err)
		}
		if got := float64(p.Trigger()) / mib; math.Abs(got-tt.want) > 1e-5 {
			t.Errorf("%s, GOGC=%d, a ratio of %v: the trigger is at %v MiB, want %v", tt.release, tt.percent, tt.ratio, got, tt.want)
		}
	}
}

// cycleOf runs a cycle of a pacer with 100 MiB of live heap that begins at some MiB, of
// which 40 more have to be scanned, and returns the assist ratios: when it begins, and
// after each change. It takes 10 ms, of which 1 is of assists and 2 are of idle workers.
func cycleOf(t *testing.T, p *pacer.Pacer, m pacer.Measured, begins uint64, s pacer.Start, changes ...pacer.Delta) (assists []float64) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	m.Live, m.Swept = 100*mib, true
	must(p.Measure(m))
	must(p.GrowTo(begins*mib, 40*mib))
	_, err := p.StartCycle(s)
	must(err)
	assists = append(assists, p.Snapshot().AssistRatio)
	for _, d := range changes {
		for _, n := range []*int64{&d.Allocated, &d.Scannable, &d.HeapWork, &d.StackWork, &d.GlobalsWork} {
			*n *= mib
		}
		ratio, err := p.Revise(d)
		must(err)
		assists = append(assists, ratio)
	}
	must(p.Advance(10 * time.Millisecond))
	must(p.EndCycle(pacer.End{Marked: 110 * mib, AssistTime: time.Millisecond, IdleTime: 2 * time.Millisecond, Swept: true}))
	return assists
}

func near(want, got []float64) string {
	return cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-5*math.Abs(a) }))
}

// TestAssistRatios computes the bytes that a goroutine scans for each byte that it allocates:
// the work that is left, divided by the bytes that are left to the goal.
func TestAssistRatios(t *testing.T) {
	const least = 1000.0 / mib // bytes that are left to scan at least
	old := []pacer.Delta{{Allocated: 10, Scannable: 6, HeapWork: 30}, {HeapWork: 50}, {Allocated: 40}}
	for release, want := range map[string][]float64{
		// All of the heap is expected to be live: 120, 96 and 46 MiB are left to scan. At
		// the last of these the heap is larger than its goal, 200 MiB.
		"go1.9": {120.0 / 40, 96.0 / 30, 46.0 / 30, 46 * mib},
		// Half of the heap is expected to be live, by GOGC; beyond the goal all of it, and
		// the goal is a tenth higher.
		"go1.10": {60.0 / 40, 33.0 / 30, least / 30, 46.0 / 10}, "go1.13": {60.0 / 40, 33.0 / 30, least / 30, 46.0 / 10},
		// The same holds when more was scanned than expected.
		"go1.14": {60.0 / 40, 33.0 / 30, 46.0 / 50, 46.0 / 10}, "go1.17": {60.0 / 40, 33.0 / 30, 46.0 / 50, 46.0 / 10},
	} {
		got := cycleOf(t, newPacer(t, pacer.Config{Release: release}), pacer.Measured{Scan: 80 * mib, Ratio: 0.6}, 160, pacer.Start{}, old...)
		if diff := near(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", release, diff)
		}
	}
	// Since 1.18 the expected work is that of the last cycle, stacks and globals included:
	// 70 MiB, and the goal is 210 MiB. Once more than 70 MiB are scanned, all 110 MiB are
	// expected, and the distance of the goal from the trigger grows in proportion. In 1.18
	// and 1.19 the trigger is the size at which a cycle was due; in 1.18 it is the goal.
	m := pacer.Measured{Scan: 60 * mib, Stacks: 8 * mib, Globals: 2 * mib}
	s := pacer.Start{Stacks: 8 * mib, Globals: 2 * mib}
	changes := []pacer.Delta{{StackWork: 4, HeapWork: 6}, {HeapWork: 60, GlobalsWork: 2}, {Allocated: 40}}
	for release, triggered := range map[string]float64{"go1.18": 210, "go1.19": 206, "go1.20": 190, "go1.21": 190, "go1.26": 190} {
		goal := (210-triggered)/70*110 + triggered
		want := []float64{70.0 / 20, 60.0 / 20, 38 / (goal - 190), 38 / (1.1*goal - 230)}
		got := cycleOf(t, newPacer(t, pacer.Config{Release: release}), m, 190, s, changes...)
		if diff := near(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", release, diff)
		}
	}
}

// TestMeasuredRatios computes the trigger ratio, or the cons/mark ratio, after a cycle.
func TestMeasuredRatios(t *testing.T) {
	// The trigger ratio, 0.6, changes by half of its error: the growth to the goal, minus
	// 0.6, minus the growth beyond 0.6 times the collector's share of the time, 0.35,
	// divided by 0.25 or 0.3. Since 1.13 the goal is the one that was in force, which is at
	// least a MiB beyond the beginning of the cycle.
	for _, tt := range []struct {
		release string
		begins  uint64
		end     int64
		want    float64
	}{
		{"go1.9", 160, 20, 0.6 + 0.5*(1-0.6-0.35/0.25*0.2)},
		{"go1.10", 160, 20, 0.6 + 0.5*(1-0.6-0.35/0.30*0.2)},
		{"go1.17", 160, 20, 0.6 + 0.5*(1-0.6-0.35/0.30*0.2)},
		{"go1.12", 230, 0, 0.6 + 0.5*(1-0.6-0.35/0.30*0.7)},
		{"go1.13", 230, 0, 0.6 + 0.5*(1.31-0.6-0.35/0.30*0.7)},
		{"go1.17", 220, 0, 0.6 + 0.5*(1.21-0.6-0.35/0.30*0.6)}, // too little
	} {
		p := newPacer(t, pacer.Config{Release: tt.release})
		cycleOf(t, p, pacer.Measured{Scan: 80 * mib, Ratio: 0.6}, tt.begins, pacer.Start{}, pacer.Delta{Allocated: tt.end})
		want := tt.want
		if tt.release == "go1.17" {
			want = max(want, 0.6)
		}
		if got := p.Snapshot().Ratio; math.Abs(got-want) > 1e-5 {
			t.Errorf("%s from %d MiB: the trigger ratio is %v, want %v", tt.release, tt.begins, got, want)
		}
		forced := newPacer(t, pacer.Config{Release: tt.release})
		cycleOf(t, forced, pacer.Measured{Scan: 80 * mib, Ratio: 0.7}, tt.begins, pacer.Start{Forced: true}, pacer.Delta{Allocated: tt.end})
		if got := forced.Snapshot().Ratio; got != 0.7 {
			t.Errorf("%s: the trigger ratio after runtime.GC is %v", tt.release, got)
		}
	}
	// 40 MiB are allocated beyond the beginning in 0.55 of the time, and 72 are scanned
	// with 0.65 of it left to the program. In 1.18 and 1.19 the trigger counts, 210 and 206.
	const since, late, later = 40 * 0.55 / (72 * 0.65), 24 * 0.55 / (72 * 0.65), 20 * 0.55 / (72 * 0.65)
	for release, want := range map[string]float64{
		"go1.18": 0.9 * later, "go1.19": 0.9 * late, // by a controller
		"go1.20": since / 2, // the mean of this one and the last
		"go1.21": since, "go1.26": since,
	} {
		p := newPacer(t, pacer.Config{Release: release})
		cycleOf(t, p, pacer.Measured{Scan: 60 * mib, Stacks: 8 * mib, Globals: 2 * mib}, 190, pacer.Start{Stacks: 8 * mib, Globals: 2 * mib},
			pacer.Delta{Allocated: 40, StackWork: 4, HeapWork: 66, GlobalsWork: 2})
		if got := p.Snapshot().ConsMark; math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: a cons/mark ratio of %v, want %v", release, got, want)
		}
		// Cycles during which nothing is allocated say nothing about it.
		before := p.Snapshot().ConsMark
		for range 6 {
			if err := p.GrowTo(max(p.Trigger(), p.Snapshot().HeapLive), 0); err != nil {
				t.Fatal(err)
			}
			if _, err := p.StartCycle(pacer.Start{}); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Revise(pacer.Delta{HeapWork: 50 * mib}); err != nil {
				t.Fatal(err)
			}
			if err := p.EndCycle(pacer.End{Marked: 110 * mib, Swept: true}); err != nil {
				t.Fatal(err)
			}
		}
		if got := p.Snapshot().ConsMark; got != before {
			t.Errorf("%s: a cons/mark ratio of %v after cycles without allocation, want %v", release, got, before)
		}
	}
}

// TestStacksTakeTime: a simulated cycle lasts until the stacks are scanned, though the heap
// holds no pointers.
func TestStacksTakeTime(t *testing.T) {
	cycles, err := pacer.Simulate(pacer.Config{Procs: 4}, pacer.Workload{Scannable: pacer.Constant(0), Stacks: pacer.Constant(64 * mib)}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cycles { // a processor scans a MiB in a millisecond
		if c.Took < 16*time.Millisecond || c.Took > 64*time.Millisecond {
			t.Errorf("cycle %d took %v for 64 MiB by 1 to 4 processors", c.Cycle, c.Took)
		}
	}
}

// TestWhatIfWithoutRoom: if a limit leaves no room, cycles follow each other as quickly as
// the limiter allows, with at least one byte allocated in each. If the program takes longer
// for a byte than a cycle takes, there is a cycle for every byte.
func TestWhatIfWithoutRoom(t *testing.T) {
	p := pacer.Profile{GOGC: 100, Beside: 4096}
	for i := range 10 {
		p.Samples = append(p.Samples, pacer.Sample{
			Cycle: uint64(i + 1), At: time.Duration(i) * time.Hour, Start: 1000, End: 1100, Live: 1100, Goal: 2000, Procs: 1, Took: time.Microsecond, CPU: 1,
		})
	}
	w, err := pacer.WhatIf(p, 100, 100)
	if err != nil || !w.Over || w.Cycles < 500 || w.Cycles > 5000 { // it allocates some 1,100 bytes
		t.Errorf("%+v, %v", w, err)
	}
}
