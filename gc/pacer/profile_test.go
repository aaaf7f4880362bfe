package pacer_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
)

// profileOf makes a profile of the cycles of a simulation that follow the first ten.
func profileOf(t *testing.T, gogc, cycles int) pacer.Profile {
	t.Helper()
	return profileAt(t, 66, gogc, cycles)
}

// profileAt does so for a program that allocates alloc KiB in a millisecond.
func profileAt(t *testing.T, alloc float64, gogc, cycles int) pacer.Profile {
	t.Helper()
	return profileAmong(t, alloc, 0, gogc, cycles)
}

// profileAmong does so for a program whose marking takes a part more for each heap of
// live bytes that the goal is above twice of them.
func profileAmong(t *testing.T, alloc, more float64, gogc, cycles int) pacer.Profile {
	t.Helper()
	scan := 1024 / (1 + more*(float64(gogc)/100-1))
	c, err := pacer.Simulate(pacer.Config{GOGC: gogc, Procs: 8}, pacer.Workload{Globals: 32 << 10, Alloc: pacer.Constant(alloc), Scan: pacer.Constant(scan), InitialHeap: 64 << 20}, cycles+10)
	if err != nil {
		t.Fatal(err)
	}
	p := pacer.Profile{GOGC: gogc}
	at := time.Duration(0)
	for i, k := range c[10:] {
		at += k.Between
		next := k.Live // a steady heap
		if 11+i < len(c) {
			next = c[11+i].Live
		}
		p.Samples = append(p.Samples, pacer.Sample{
			Cycle: uint64(i + 11), At: at, Start: k.Trigger, End: k.Peak, Live: next, Goal: k.Goal, Globals: 32 << 10, Procs: 8, Took: k.Took,
			CPU: time.Duration(float64(k.Took) * 8 * k.Utilization), Assist: time.Duration(float64(k.Took) * 8 * (k.Utilization - pacer.Background)),
		})
		at += k.Took
	}
	return p
}

// TestWhatIf predicts simulations from others: the number of cycles for the same
// allocation, and the peak. The programs that allocate faster are held up by assists with little GOGC, and not with
// much.
func TestWhatIf(t *testing.T) {
	bytes := func(p pacer.Profile) (sum float64, peak uint64) {
		for _, s := range p.Samples {
			sum += float64(s.End) - float64(s.Live)
			peak = max(peak, s.End)
		}
		return sum, peak
	}
	for _, alloc := range []float64{66, 200, 330} {
		for _, was := range []int{50, 100, 200} {
			from := profileAt(t, alloc, was, 60)
			for _, gogc := range []int{50, 75, 100, 150, 200, 400} {
				to := profileAt(t, alloc, gogc, 60)
				w, err := pacer.WhatIf(from, gogc, 0)
				if err != nil {
					t.Fatal(err)
				}
				all, _ := bytes(from)
				some, peak := bytes(to)
				cycles := all / some * 60
				t.Logf("%v KiB/ms, GOGC=%d to %d: %d cycles, want %.1f; peak %d, want %d", alloc, was, gogc, w.Cycles, cycles, w.PeakHeap, peak)
				if math.Abs(float64(w.Cycles)-cycles) > 1 || math.Abs(float64(w.PeakHeap)/float64(peak)-1) > 0.001 {
					t.Errorf("%v KiB/ms, GOGC=%d to %d: %+v", alloc, was, gogc, w)
				}
			}
		}
	}
}

// TestEnds: a program of few collections drops all that it has and calls runtime.GC when
// it has allocated for a part of the next one. It had it until then; and that part counts, since
// with less GOGC it is several collections.
func TestEnds(t *testing.T) {
	const alloc = 66
	each := func(gogc int) float64 { // bytes allocated in a cycle
		bytes, _ := sum(profileAt(t, alloc, gogc, 1))
		return bytes
	}
	for _, part := range []float64{0.13, 0.32, 0.55, 0.71, 0.93} {
		p := profileAt(t, alloc, 800, 4)
		before, last := p.Samples[2], &p.Samples[3]
		last.Start = before.Live + uint64(part*float64(last.End-before.Live))
		last.End, last.Live, last.Forced, last.CPU = last.Start, 0, true, 0
		for _, gogc := range []int{50, 200, 400, 800} {
			w, err := pacer.WhatIf(p, gogc, 0)
			if err != nil {
				t.Fatal(err)
			}
			want := (3 + part) * each(800) / each(gogc)
			t.Logf("%.2f more, GOGC=%d: %d cycles, want %.2f", part, gogc, w.Cycles, want)
			if w.Cycles != int(want) {
				t.Errorf("%.2f more, GOGC=%d: %d cycles, want %.2f", part, gogc, w.Cycles, want)
			}
		}
	}
}

// sum returns the bytes that the program of a profile allocates, and its largest heap.
func sum(p pacer.Profile) (bytes, peak float64) {
	for _, s := range p.Samples {
		bytes += float64(s.End) - float64(s.Live)
		peak = max(peak, float64(s.End))
	}
	return bytes, peak
}

// TestSeveral: where marking costs more among more garbage, one profile is wrong about
// other settings, and several with settings on either side are right.
func TestSeveral(t *testing.T) {
	const alloc, more = 150, 0.1
	profile := func(gogc int) pacer.Profile { // 16 GiB
		bytes, _ := sum(profileAmong(t, alloc, more, gogc, 10))
		return profileAmong(t, alloc, more, gogc, int(16*(1<<30)/bytes*10))
	}
	small, middle, large := profile(25), profile(100), profile(800)
	var alone, both float64 // the largest errors
	for _, gogc := range []int{50, 75, 200, 300, 400, 600} {
		real := profile(gogc)
		off := func(others ...pacer.Profile) float64 {
			w, err := pacer.WhatIf(middle, gogc, 0, others...)
			if err != nil {
				t.Fatal(err)
			}
			_, peak := sum(real)
			t.Logf("GOGC=%d, from %d: %d cycles, want %d; %.1f MiB, want %.1f", gogc, 1+len(others), w.Cycles, len(real.Samples), float64(w.PeakHeap)/(1<<20), peak/(1<<20))
			return math.Abs(float64(w.PeakHeap)/peak - 1)
		}
		alone, both = max(alone, off()), max(both, off(large, small))
	}
	if alone < 0.13 || both > 0.036 {
		t.Errorf("off by %.1f%% from one profile, and by %.1f%% from three", 100*alone, 100*both)
	}
	if _, err := pacer.WhatIf(middle, 200, 0, slices.Repeat([]pacer.Profile{large}, pacer.MaxOthers)...); err != nil {
		t.Error(err)
	}
	// A profile under the setting itself counts alone.
	_, peak := sum(large)
	if w, err := pacer.WhatIf(middle, 800, 0, small, large); err != nil || math.Abs(float64(w.PeakHeap)/peak-1) > 0.01 || w.Cycles != len(large.Samples) {
		t.Errorf("%+v, %v, want %.0f and %d cycles", w, err, peak, len(large.Samples))
	}
	tried, _, err := pacer.Tune(middle, 0, large, small)
	if i := slices.IndexFunc(tried, func(p pacer.Prediction) bool { return p.GOGC == 800 }); err != nil || math.Abs(float64(tried[i].PeakHeap)/peak-1) > 0.01 {
		t.Errorf("tried %+v, %v", tried, err)
	}
	for what, others := range map[string][]pacer.Profile{
		"none": {{}}, "half of the program": {{GOGC: 800, Samples: large.Samples[:len(large.Samples)/2-1]}}, "too many": slices.Repeat([]pacer.Profile{large}, pacer.MaxOthers+1),
	} {
		if _, err := pacer.WhatIf(middle, 200, 0, others...); err == nil {
			t.Errorf("%s: no error", what)
		}
		if _, _, err := pacer.Tune(middle, 0, others...); err == nil {
			t.Errorf("%s: Tune returns no error", what)
		}
	}
}

// steady is a program that has 10 MiB in use and marks them in 5 ms on two processors, of
// which one is idle, and does it all; it allocates 5 MiB meanwhile, and assists for 1 ms.
func steady(goal uint64) pacer.Profile {
	var p pacer.Profile
	for i := range 60 {
		p.Samples = append(p.Samples, pacer.Sample{
			Cycle: uint64(i + 11), At: time.Duration(i) * 20 * time.Millisecond, Start: 25 << 20, End: 30 << 20, Live: 15 << 20, Goal: goal, Procs: 2,
			Took: 5 * time.Millisecond, CPU: time.Millisecond, Assist: time.Millisecond, Idle: 5 * time.Millisecond,
		})
	}
	return p
}

// TestAssists: of a program whose goroutines assist, so that the heap does not exceed its
// goal, more is known than what it allocated. It works for 4 ms of 10; marking takes 6 ms.
// Without assists that is 6 ms on the idle processor, while the program allocates 7.5 MiB.
func TestAssists(t *testing.T) {
	for _, tt := range []struct {
		what string
		goal uint64
		gogc int
		peak float64 // MiB
	}{
		// Live are 17.5 MiB, the goal is 87.5. A cycle starts at 45/64 of the way, and 7.5
		// MiB later it is over.
		{"room for all", 30 << 20, 400, 17.5 + 70.0/64*45 + 7.5},
		// Live are 10+d, and a cycle starts at 45/64 of the way to half as much again: d are
		// the other 19/64.
		{"less room", 30 << 20, 50, 1.5 * (10 + 95.0/64/(1-9.5/64))},
		// It did not come near its goal: assists had another reason, and remain. 15 MiB are live,
		// the goal is 75.
		{"assists in the beginning", 40 << 20, 400, 15 + 60.0/64*45 + 5},
	} {
		w, err := pacer.WhatIf(steady(tt.goal), tt.gogc, 0)
		if got := float64(w.PeakHeap) / (1 << 20); err != nil || math.Abs(got/tt.peak-1) > 0.003 {
			t.Errorf("%s: %.2f MiB, %v, want %.2f", tt.what, got, err, tt.peak)
		}
	}
}

// TestPastGoal: a program that went past its goal by a MiB, and was not held up, goes past
// any goal by a tenth. With a distance of d, 10+d are live, and a cycle goes from 45/64 of
// half of that to 11/10 of 3/2 of it. In 1.9 assists did not know of a tenth.
func TestPastGoal(t *testing.T) {
	peak := func(release string, goal uint64) float64 {
		p := steady(goal)
		p.Release = release
		w, err := pacer.WhatIf(p, 50, 0)
		if err != nil {
			t.Fatal(err)
		}
		return float64(w.PeakHeap) / (1 << 20)
	}
	want := 1.65 * 10 / (1 - (1.65 - 1 - 22.5/64))
	for _, release := range []string{"", "go1.21", "go1.26"} {
		if got := peak(release, 29<<20); math.Abs(got/want-1) > 0.003 {
			t.Errorf("%s: %.2f MiB, want %.2f", release, got, want)
		}
	}
	for _, release := range []string{"go1.10", "go1.13", "go1.17", "go1.18", "go1.26"} {
		if in, past := peak(release, 30<<20), peak(release, 29<<20); past < 1.05*in {
			t.Errorf("%s: %.2f MiB, and %.2f past the goal", release, in, past)
		}
	}
	if in, past := peak("go1.9", 30<<20), peak("go1.9", 29<<20); past != in {
		t.Errorf("go1.9: %.2f MiB, and %.2f past the goal", in, past)
	}
}

// TestBeside: 20 MiB beside a heap of 30 are less beside a smaller one, except for the 4 of
// every process. With a limit of 36 MiB, the heap has what is left by those 4, by 16/30 of
// itself, and by the headroom of 3%.
func TestBeside(t *testing.T) {
	p := steady(30 << 20)
	p.Beside = 20 << 20
	w, err := pacer.WhatIf(p, pacer.Off, 36<<20)
	heap := 0.97 * (36 - 4) / (1 + 0.97*16/30)
	if got := float64(w.PeakHeap) / (1 << 20); err != nil || math.Abs(got/heap-1) > 0.02 {
		t.Errorf("a heap of %.2f MiB, %v, want %.2f", got, err, heap)
	}
	if got := float64(w.Peak) / (1 << 20); math.Abs(got/(heap+4+heap*16/30)-1) > 0.02 {
		t.Errorf("a process of %.2f MiB, want %.2f", got, heap+4+heap*16/30)
	}
}

// TestTune chooses by memory.
func TestTune(t *testing.T) {
	p := profileOf(t, 100, 60)
	tried, best, err := pacer.Tune(p, 0)
	if err != nil || best < 0 || tried[best].GOGC != 800 {
		t.Errorf("without a budget: %d of %d, %v", best, len(tried), err)
	}
	tried, best, err = pacer.Tune(p, 150<<20)
	if err != nil || best < 0 || tried[best].Peak > 150<<20 {
		t.Errorf("150 MiB: %d, %v", best, err)
	}
	tight := tried[best].GCTime
	if tried, best, err = pacer.Tune(p, 300<<20); err != nil || best < 0 || tried[best].Peak > 300<<20 || tried[best].GCTime >= tight {
		t.Errorf("300 MiB: %d, %v", best, err)
	}
	for _, budget := range []int64{1, 1 << 20} {
		if _, best, err = pacer.Tune(p, budget); err != nil || best >= 0 {
			t.Errorf("%d bytes: %d, %v", budget, best, err)
		}
	}
	if _, err := pacer.WhatIf(pacer.Profile{}, 100, 0); !errors.Is(err, pacer.ErrNothing) {
		t.Errorf("no profile: %v", err)
	}
	if _, err := pacer.WhatIf(pacer.Profile{Samples: p.Samples[:2]}, 100, 0); err == nil {
		t.Error("two cycles are enough")
	}
	if _, err := pacer.WhatIf(pacer.Profile{Samples: p.Samples[:3]}, 100, 0); err != nil {
		t.Errorf("three cycles are not enough: %v", err)
	}
	if all := pacer.Settings(); !slices.Contains(all, 100) || !slices.Contains(all, pacer.Off) {
		t.Errorf("the default is not among %d, or that it is off", all)
	}
	p.Samples[7].Start = 1 << 60
	if _, err := pacer.WhatIf(p, 100, 0); err == nil {
		t.Error("a heap of 1<<60 bytes")
	}
}

// TestPublicCases compares the model with published reports.
func TestPublicCases(t *testing.T) {
	// A live heap above the limit takes about half of the CPU time, and no more.
	p := profileOf(t, 100, 60)
	w, err := pacer.WhatIf(p, 100, 32<<20)
	if err != nil || !w.Over || w.GCShare > 0.55 || w.GCShare < 0.4 {
		t.Errorf("a live heap above the limit: %+v, %v", w, err)
	}
	// A little more in use near the limit multiplies the work: 15 of 23 MiB of room are
	// left.
	near, err := pacer.WhatIf(p, pacer.Off, 92<<20)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Samples {
		p.Samples[i].Live += 8 << 20 // of some 74
		p.Samples[i].Start += 8 << 20
		p.Samples[i].End += 8 << 20
	}
	nearer, err := pacer.WhatIf(p, pacer.Off, 92<<20)
	if err != nil || nearer.GCTime < near.GCTime*4/3 {
		t.Errorf("near the limit %v, nearer %v, %v", near.GCTime, nearer.GCTime, err)
	}
	// The effective GOGC, from the bytes in use, of stacks and of globals, and the goal.
	m := newPacer(t, pacer.Config{MemoryLimit: 160 << 20})
	if err := m.Measure(pacer.Measured{Live: 100 << 20, Stacks: 10 << 20, Globals: 15 << 20}); err != nil {
		t.Fatal(err)
	}
	if got := m.EffectiveGOGC(); math.Abs(got-44.16) > 0.01 { // 155.2 MiB - 100, of 125
		t.Errorf("the GOGC in effect is %.2f", got)
	}
}

// TestLargestOfFive makes every fourth cycle allocate ten times as much. Since 1.21 the
// largest of the last five cons/mark ratios counts, so that all cycles begin as early as
// those need; in 1.20 the mean of two counts, and up to 1.17 a ratio that follows the
// allocation.
func TestLargestOfFive(t *testing.T) {
	p := pacer.Profile{GOGC: 400}
	for i := range 600 {
		during := uint64(2 << 20)
		if i%4 == 0 {
			during *= 10
		}
		p.Samples = append(p.Samples, pacer.Sample{
			Cycle: uint64(i + 1), At: time.Duration(i) * time.Second, Start: 450 << 20, End: 450<<20 + during, Live: 100<<20 + during, Goal: 500 << 20,
			Procs: 4, Took: 100 * time.Millisecond, CPU: 100 * time.Millisecond,
		})
	}
	cycles := map[string]int{}
	for _, release := range []string{"go1.12", "go1.17", "go1.20", "go1.21", "go1.26"} {
		p.Release = release
		w, err := pacer.WhatIf(p, 800, 0)
		if err != nil {
			t.Fatal(err)
		}
		cycles[release] = w.Cycles
	}
	t.Log(cycles)
	if cycles["go1.26"] != cycles["go1.21"] || cycles["go1.26"] == cycles["go1.20"] {
		t.Errorf("cycles: %v", cycles)
	}
	for release, n := range cycles { // of 60 with half the distance
		if n < 250 || n > 350 {
			t.Errorf("%s: %d cycles", release, n)
		}
	}
}

// growing is a program whose live heap grows from 10 to 270 MiB, by 2 bytes for each 5 that
// it allocates, and that was collected at the beginning and then each time that its live
// heap had grown by the same factor. A GiB is marked in a second, by two of eight processors.
func growing(times int) pacer.Profile {
	const mib = 1 << 20
	p := pacer.Profile{GOGC: 100}
	at, allocated, live := 0.0, 0.0, 0.0
	for i := range times + 1 {
		reachable := 10 * mib * math.Pow(27, float64(i)/float64(times))
		took := reachable / (1024 * mib)
		during := took * 10 * mib
		begins := (reachable - 10*mib) / 0.4
		start := live + begins - allocated
		at += (begins - allocated) / (100 * mib)
		allocated, live = begins+during, reachable+during
		p.Samples = append(p.Samples, pacer.Sample{
			Cycle: uint64(len(p.Samples) + 11), At: time.Duration(at * 1e9), Start: uint64(start), End: uint64(start + during), Live: uint64(live),
			Goal: uint64(start + 4*during), Procs: 8, Took: time.Duration(took * 1e9), CPU: time.Duration(took * 2e9),
		})
		at += took
	}
	return p
}

// TestGrowing: what a collection costs grows with the heap from one cycle of a profile to
// the next. So a profile with four cycles, each of three times the heap of the one before,
// predicts the same cost of a collection as one with a hundred.
func TestGrowing(t *testing.T) {
	each := func(p pacer.Profile) (cost, peak float64) {
		w, err := pacer.WhatIf(p, 5, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d samples: %+v", len(p.Samples), w)
		return w.GCTime.Seconds() / float64(w.Cycles), float64(w.PeakHeap)
	}
	want, most := each(growing(100))
	got, peak := each(growing(3))
	if math.Abs(got/want-1) > 0.01 || math.Abs(peak/most-1) > 0.01 {
		t.Errorf("a collection costs %.4f s, and %.4f from a profile with more cycles; %.4g bytes at most, and %.4g", got, want, peak, most)
	}
}
