package pacer_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gc/pacer"
)

// TestRanges: the least and the largest accepted values, and those beyond.
func TestRanges(t *testing.T) {
	limiter, err := pacer.NewLimiter(1)
	if err != nil {
		t.Fatal(err)
	}
	p, inf := newPacer(t, pacer.Config{}), math.Inf(1)
	for _, tt := range []struct {
		what string
		err  error
		bad  bool
	}{
		{"-1 processors", second(pacer.New(pacer.Config{Procs: -1})), true},
		{"1<<16 processors", second(pacer.New(pacer.Config{Procs: 1 << 16})), false},
		{"more processors", second(pacer.New(pacer.Config{Procs: 1<<16 + 1})), true},
		{"SetProcs(0)", p.SetProcs(0), true},
		{"SetProcs(1<<16)", p.SetProcs(1 << 16), false},
		{"SetProcs(1)", p.SetProcs(1), false},
		{"SetProcs(1<<16 + 1)", p.SetProcs(1<<16 + 1), true},
		{"workers of 0", second(pacer.WorkersOf(0, false)), true},
		{"workers of 1<<16", second(pacer.WorkersOf(1<<16, false)), false},
		{"workers of more", second(pacer.WorkersOf(1<<16+1, false)), true},
		{"a limiter of 0", second(pacer.NewLimiter(0)), true},
		{"a limiter of 1<<16", second(pacer.NewLimiter(1 << 16)), false},
		{"a limiter of more", second(pacer.NewLimiter(1<<16 + 1)), true},
		{"assists of -1", limiter.Add(-1, 0), true},
		{"idle for -1", limiter.Add(0, -1), true},
		{"assists of 1<<46", limiter.Add(1<<46, 0), false},
		{"idle for 1<<46", limiter.Add(0, 1<<46), false},
		{"longer assists", limiter.Add(1<<46+1, 0), true},
		{"idle for longer", limiter.Add(0, 1<<46+1), true},
		{"live 1<<48", p.Measure(pacer.Measured{Live: 1 << 48}), false},
		{"more is live", p.Measure(pacer.Measured{Live: 1<<48 + 1}), true},
		{"more is scanned", p.Measure(pacer.Measured{Scan: 1<<48 + 1}), true},
		{"more stacks", p.Measure(pacer.Measured{Stacks: 1<<48 + 1}), true},
		{"more globals", p.Measure(pacer.Measured{Globals: 1<<48 + 1}), true},
		{"cons/mark below 0", p.Measure(pacer.Measured{ConsMark: -1}), false},
		{"cons/mark without end", p.Measure(pacer.Measured{ConsMark: inf}), true},
		{"cons/mark of no number", p.Measure(pacer.Measured{ConsMark: inf - inf}), true},
		{"a ratio below 0", p.Measure(pacer.Measured{Ratio: -1}), true},
		{"a ratio of no number", p.Measure(pacer.Measured{Ratio: inf - inf}), true},
		{"objects in all that is mapped", p.SetMemory(pacer.Memory{Mapped: 10, HeapFree: 4, Objects: 6}), false},
		{"more objects", p.SetMemory(pacer.Memory{Mapped: 10, HeapFree: 4, Objects: 7}), true},
		{"more is free", p.SetMemory(pacer.Memory{Mapped: 10, HeapFree: 11}), true},
		{"a limit in 1.18", second(pacer.New(pacer.Config{Release: "go1.18", MemoryLimit: 1 << 30})), true},
		{"no limit in 1.18", second(pacer.New(pacer.Config{Release: "go1.18", MemoryLimit: pacer.NoLimit})), false},
		{"a limit in 1.19", second(pacer.New(pacer.Config{Release: "go1.19", MemoryLimit: 1 << 30})), false},
		{"a limit of -1", second(pacer.New(pacer.Config{MemoryLimit: -1})), true},
		{"a GOGC of 1<<31 - 1", second(pacer.New(pacer.Config{GOGC: math.MaxInt32})), false},
	} {
		if (tt.err != nil) != tt.bad {
			t.Errorf("%s: %v", tt.what, tt.err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestDefaults: one processor, GOGC=100, and a workload's own.
func TestDefaults(t *testing.T) {
	w, err := newPacer(t, pacer.Config{}).StartCycle(pacer.Start{})
	if want := (pacer.Workers{Fractional: 0.25, Idle: 1}); w != want || err != nil {
		t.Errorf("workers %+v, %v, want %+v", w, err, want)
	}
	got, err := pacer.Simulate(pacer.Config{}, pacer.Workload{}, 8)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pacer.Simulate(pacer.Config{GOGC: 100, Procs: 1, MemoryLimit: pacer.NoLimit}, pacer.Workload{
		Alloc: pacer.Constant(1), Scan: pacer.Constant(1024), Growth: pacer.Constant(1), Scannable: pacer.Constant(1), Stacks: pacer.Constant(8192), InitialHeap: 256 << 10,
	}, 8)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := pacer.Simulate(pacer.Config{}, pacer.Workload{Globals: 1 << 48}, 1); err != nil && strings.Contains(err.Error(), "signal") {
		t.Errorf("globals of 1<<48: %v", err)
	}
	if _, err := pacer.Simulate(pacer.Config{}, pacer.Workload{Globals: 1<<48 + 1}, 1); err == nil || !strings.Contains(err.Error(), "signal") {
		t.Errorf("globals of 1<<48 + 1: %v", err)
	}
}

// TestScannable: of what a simulated program allocates, all and nothing have to be scanned
// at most and at least.
func TestScannable(t *testing.T) {
	simulate := func(share float64) []pacer.Cycle {
		c, err := pacer.Simulate(pacer.Config{Procs: 4}, pacer.Workload{Alloc: pacer.Constant(33), Scannable: pacer.Constant(share), InitialHeap: 64 << 20}, 8)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for share, as := range map[float64]float64{1.01: 1, 2: 1, -0.01: 0, -1: 0} {
		if diff := cmp.Diff(simulate(as), simulate(share)); diff != "" {
			t.Errorf("a share of %v (-want that of %v +got):\n%s", share, as, diff)
		}
	}
	if cmp.Equal(simulate(1), simulate(0)) || cmp.Equal(simulate(1), simulate(0.99)) {
		t.Error("shares within [0,1] make no difference")
	}
}

// TestHeapOfSimulation: of a simulated heap at most 1<<48 bytes are scanned.
func TestHeapOfSimulation(t *testing.T) {
	for heap, bad := range map[uint64]bool{1 << 48: false, 1<<48 + 1: true} {
		_, err := pacer.Simulate(pacer.Config{}, pacer.Workload{InitialHeap: heap, Scan: pacer.Constant(1 << 40)}, 1)
		if got := err != nil && strings.Contains(err.Error(), "a heap of"); got != bad {
			t.Errorf("a heap of %d bytes: %v", heap, err)
		}
	}
}

// TestLimitSet: setting a limit returns the old one, and changes the goal at once.
func TestLimitSet(t *testing.T) {
	p := newPacer(t, pacer.Config{})
	if err := p.Measure(pacer.Measured{Live: 100 << 20}); err != nil {
		t.Fatal(err)
	}
	last, before := int64(pacer.NoLimit), p.Goal()
	for _, limit := range []int64{150 << 20, 150 << 20, 180 << 20, pacer.NoLimit} {
		if old, err := p.SetMemoryLimit(limit); old != last || err != nil {
			t.Errorf("the old limit is %d, %v, want %d", old, err, last)
		}
		last = limit
		want := before
		if limit != pacer.NoLimit { // less 3 percent
			want = uint64(limit) - uint64(limit)/100*3
		}
		if got := p.Goal(); got != want {
			t.Errorf("under a limit of %d the goal is %d, want %d", limit, got, want)
		}
	}
	if old, err := p.SetGCPercent(50); old != 100 || err != nil || p.Goal() != 150<<20 {
		t.Errorf("GOGC %d, %v; the goal is %d", old, err, p.Goal())
	}
}

// TestSignals: the values of signals, cycle by cycle.
func TestSignals(t *testing.T) {
	for name, tt := range map[string]struct {
		s    pacer.Signal
		want []float64
	}{
		"ramp":               {pacer.Ramp(4, 4), []float64{0, 1, 2, 3, 4, 4}},
		"a ramp of 1":        {pacer.Ramp(4, 1), []float64{0, 4, 4}},
		"a ramp of 0":        {pacer.Ramp(4, 0), []float64{4, 4}},
		"a ramp of -1":       {pacer.Ramp(4, -1), []float64{4, 4}},
		"step":               {pacer.Step(3, 2), []float64{0, 0, 3, 3}},
		"unit":               {pacer.Unit(3), []float64{3, 0, 0}},
		"oscillate by 1":     {pacer.Oscillate(2, math.Pi/2, 1), []float64{2, 2, 2}},
		"oscillate by 0":     {pacer.Oscillate(2, math.Pi/2, 0), []float64{2, 2, 2}},
		"oscillate by 2":     {pacer.Oscillate(2, math.Pi/2, 2), []float64{2, -2, 2, -2}},
		"oscillate by 4":     {pacer.Oscillate(2, math.Pi/2, 4), []float64{2, 0, -2, 0, 2}},
		"noise":              {pacer.Noise(3, func() float64 { return 0.75 }), []float64{1.5}},
		"scale and offset":   {pacer.Ramp(4, 4).Scale(2).Offset(-1), []float64{-1, 1, 3}},
		"sum":                {pacer.Constant(1).Sum(pacer.Unit(2), nil, pacer.Constant(3)), []float64{6, 4}},
		"quantize":           {pacer.Ramp(8, 4).Offset(-3).Quantize(2), []float64{-2, 0, 0, 2, 4}},
		"at least":           {pacer.Ramp(4, 4).AtLeast(2), []float64{2, 2, 2, 3, 4}},
		"at most":            {pacer.Ramp(4, 4).AtMost(2), []float64{0, 1, 2, 2, 2}},
		"limit":              {pacer.Ramp(4, 4).Limit(1, 3), []float64{1, 1, 2, 3, 3}},
		"delay":              {pacer.Ramp(4, 4).Delay(2), []float64{0, 0, 0, 1, 2}},
		"a limit of nothing": {pacer.Signal(nil).Limit(1, 3), []float64{1}},
	} {
		for i, want := range tt.want {
			if got := tt.s(); !(math.Abs(got-want) <= 1e-9) { // NaN differs, too
				t.Errorf("%s, cycle %d: %v, want %v", name, i+1, got, want)
			}
		}
	}
}

// TestNeverCollects: without a GOGC and a limit there is no collection, however much is
// allocated: here over 1 PiB.
func TestNeverCollects(t *testing.T) {
	p := profileOf(t, 100, 20)
	p.Samples = append([]pacer.Sample{}, p.Samples...)
	most := uint64(0)
	for _, s := range p.Samples {
		most = max(most, s.Start, s.End, s.Goal)
	}
	for i := range p.Samples {
		s := &p.Samples[i]
		for _, n := range []*uint64{&s.Start, &s.End, &s.Live, &s.Goal} {
			*n *= 1 << 48 / most
		}
	}
	if got, err := pacer.WhatIf(p, -1, 0); err != nil || got.Cycles != 0 || got.PeakHeap < 1<<50 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestProfiles: a profile without a GOGC has 100, and impossible ones return an error.
func TestProfiles(t *testing.T) {
	p := profileOf(t, 100, 20)
	for _, to := range []int{50, 400} {
		p.GOGC = 100
		want, err := pacer.WhatIf(p, to, 0)
		if err != nil {
			t.Fatal(err)
		}
		p.GOGC = 0
		if got, err := pacer.WhatIf(p, to, 0); got != want || err != nil {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
	for budget, want := range map[int64]int{-1: 11, 0: 11, 1: 23, 1 << 40: 23} {
		if tried, _, err := pacer.Tune(p, budget); len(tried) != want || err != nil {
			t.Errorf("a budget of %d: %d settings are tried, %v, want %d", budget, len(tried), err, want)
		}
	}
	const large, long = 1 << 48, time.Duration(1 << 60)
	for what, tt := range map[string]struct {
		change func(s *pacer.Sample)
		bad    bool
	}{
		"no processors": {func(s *pacer.Sample) { s.Procs = 0 }, true}, "1<<16 processors": {func(s *pacer.Sample) { s.Procs = 1 << 16 }, false},
		"more processors": {func(s *pacer.Sample) { s.Procs = 1<<16 + 1 }, true},
		"start":           {func(s *pacer.Sample) { s.Start = large + 1 }, true}, "end": {func(s *pacer.Sample) { s.End = large + 1 }, true},
		"live": {func(s *pacer.Sample) { s.Live = large + 1 }, true}, "goal": {func(s *pacer.Sample) { s.Goal = large + 1 }, true},
		"stacks": {func(s *pacer.Sample) { s.Stacks = large + 1 }, true}, "globals": {func(s *pacer.Sample) { s.Globals = large + 1 }, true},
		"the largest goal": {func(s *pacer.Sample) { s.Goal = large }, false}, "an earlier time": {func(s *pacer.Sample) { s.At = 0 }, true},
		"cpu": {func(s *pacer.Sample) { s.CPU = -1 }, true}, "idle": {func(s *pacer.Sample) { s.Idle = -1 }, true},
		"assist": {func(s *pacer.Sample) { s.Assist = -1 }, true}, "took": {func(s *pacer.Sample) { s.Took = -1 }, true},
		"long cpu": {func(s *pacer.Sample) { s.CPU = long + 1 }, true}, "long idle": {func(s *pacer.Sample) { s.Idle = long + 1 }, true},
	} {
		q := p
		q.Samples = append([]pacer.Sample{}, p.Samples...)
		tt.change(&q.Samples[5])
		if _, err := pacer.WhatIf(q, 100, 0); (err != nil) != tt.bad {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestEvents: there is an event for an assist ratio while a cycle runs, and only then.
func TestEvents(t *testing.T) {
	var kinds []pacer.Kind
	p := newPacer(t, pacer.Config{Trace: func(e pacer.Event) {
		kinds = append(kinds, e.Kind)
		if running := e.Kind == pacer.CycleBegins || e.Kind == pacer.Revised; (e.Assist > 0) != running {
			t.Errorf("%+v", e)
		}
	}})
	if _, err := p.Allocate(8<<20, 8<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := p.StartCycle(pacer.Start{}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Revise(pacer.Delta{HeapWork: 4 << 20}); err != nil {
		t.Fatal(err)
	}
	if err := p.EndCycle(pacer.End{Marked: 4 << 20}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.SetGCPercent(200); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]pacer.Kind{pacer.CycleBegins, pacer.Revised, pacer.CycleEnds, pacer.Configured}, kinds); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
