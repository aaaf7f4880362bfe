package pacer_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/gc/pacer"
)

var releases = []string{"go1.9", "go1.12", "go1.14", "go1.17", "go1.18", "go1.19", "go1.20", "go1.21", "", "go1.26"}

// TestInvariants performs any operations on a pacer: a trigger is never above the goal,
// events come in order, and errors are the model's.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var last pacer.Event
		p, err := pacer.New(pacer.Config{
			Release: rapid.SampledFrom(releases).Draw(t, "release"), GOGC: rapid.IntRange(-1, 2000).Draw(t, "gogc"), Procs: rapid.IntRange(0, 40).Draw(t, "procs"),
			Trace: func(e pacer.Event) {
				if e.Seq != last.Seq+1 || e.At < last.At || e.Rule == "" || e.String() == "" {
					t.Fatalf("%+v after %+v", e, last)
				}
				last = e
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		size := rapid.Uint64Range(0, 1<<36)
		bits := rapid.Int64Range(0, 1<<32)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			var err error
			switch rapid.IntRange(0, 9).Draw(t, "verb") {
			case 0:
				n := size.Draw(t, "bytes")
				_, err = p.Allocate(n, n/2)
			case 1:
				_, err = p.StartCycle(pacer.Start{Stacks: size.Draw(t, "stacks"), Globals: size.Draw(t, "globals"), Forced: rapid.Bool().Draw(t, "forced")})
			case 2, 3:
				_, err = p.Revise(pacer.Delta{Allocated: bits.Draw(t, "allocated"), Scannable: bits.Draw(t, "scannable"), HeapWork: bits.Draw(t, "work")})
			case 4, 5:
				err = p.EndCycle(pacer.End{Marked: size.Draw(t, "marked"), AssistTime: time.Duration(bits.Draw(t, "assist")), Swept: rapid.Bool().Draw(t, "swept")})
			case 6:
				_, err = p.SetGCPercent(rapid.IntRange(-2, 1<<31-1).Draw(t, "percent"))
			case 7:
				_, err = p.SetMemoryLimit(rapid.Int64Range(-1, math.MaxInt64).Draw(t, "limit"))
			case 8:
				err = p.Advance(time.Duration(bits.Draw(t, "time")))
			case 9:
				err = p.SetMemory(pacer.Memory{Mapped: size.Draw(t, "mapped"), HeapFree: size.Draw(t, "free"), Objects: size.Draw(t, "objects")})
			}
			if err != nil && !strings.HasPrefix(err.Error(), "pacer: ") {
				t.Fatal(err)
			}
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestForced checks when a cycle is due whatever the heap: after two minutes, if there
// was one before and the collector is on.
func TestForced(t *testing.T) {
	p := newPacer(t, pacer.Config{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(p.Advance(time.Hour))
	if why, due := p.Due(); due {
		t.Error("before the first cycle one is due:", why)
	}
	_, err := p.StartCycle(pacer.Start{Forced: true})
	must(err)
	must(p.EndCycle(pacer.End{Marked: 1 << 20}))
	must(p.Advance(pacer.ForcePeriod))
	if _, due := p.Due(); due {
		t.Error("a cycle is due after exactly two minutes")
	}
	must(p.Advance(1))
	if why, due := p.Due(); !due || why != "time" {
		t.Error("no cycle is due after two minutes")
	}
	w, err := p.StartCycle(pacer.Start{})
	if must(err); w.Idle != 1 {
		t.Errorf("workers of a cycle that the time asks for: %+v", w)
	}
	must(p.EndCycle(pacer.End{Marked: 1 << 20}))
	_, err = p.SetGCPercent(pacer.Off)
	must(err)
	must(p.Advance(time.Hour))
	if why, due := p.Due(); due {
		t.Error("with the collector off a cycle is due:", why)
	}
}

// TestWorkers checks a quarter of the processors.
func TestWorkers(t *testing.T) {
	for procs, want := range map[int]pacer.Workers{
		1: {Fractional: 0.25, Idle: 1}, 2: {Fractional: 0.25, Idle: 2}, 3: {Fractional: 0.25, Idle: 3}, 4: {Dedicated: 1, Idle: 3},
		5: {Dedicated: 1, Idle: 4}, 6: {Dedicated: 1, Fractional: 0.5 / 6, Idle: 5}, 8: {Dedicated: 2, Idle: 6}, 64: {Dedicated: 16, Idle: 48},
	} {
		if got, err := pacer.WorkersOf(procs, false); err != nil || math.Abs(got.Fractional-want.Fractional) > 1e-12 || got.Dedicated != want.Dedicated || got.Idle != want.Idle {
			t.Errorf("%d processors: %+v, %v; want %+v", procs, got, err, want)
		}
	}
}

// TestLimiter fills the bucket and empties it again.
func TestLimiter(t *testing.T) {
	l, err := pacer.NewLimiter(2)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(l.StartTransition(true, 0), l.FinishTransition(0), l.Add(4*time.Second, 0), l.Update(2*time.Second))
	if s := l.Snapshot(); err != nil || !s.Limiting || s.Fill != s.Capacity || s.Capacity != 2*time.Second {
		t.Errorf("after two seconds of nothing else: %+v, %v", s, err)
	}
	err = errors.Join(l.StartTransition(false, 2*time.Second), l.FinishTransition(2*time.Second), l.Update(3*time.Second))
	if s := l.Snapshot(); err != nil || s.Limiting || s.Fill != 0 {
		t.Errorf("a second later: %+v, %v", s, err)
	}
}

// TestSimulateIsDeterministic checks that the same workload has the same cycles.
func TestSimulateIsDeterministic(t *testing.T) {
	run := func() []pacer.Cycle {
		c, err := pacer.Simulate(pacer.Config{Procs: 4}, pacer.Workload{Alloc: pacer.Random(20, 7).Offset(60), Growth: pacer.Constant(2).Sum(pacer.Ramp(-1, 9))}, 60)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Error(diff)
	}
}

func newPacer(t testing.TB, c pacer.Config) *pacer.Pacer {
	t.Helper()
	p, err := pacer.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
