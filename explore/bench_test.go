package explore_test

import (
	"testing"
	"time"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/internal/spin"
)

// An explorer explores the marking machine, or its twin, once.
type explorer struct {
	name  string
	flags []string // of the verifier that SPIN generates; nil: Run
	ratio float64  // wanted ratio of the states per second of Run to its own
}

var explorers = []explorer{
	{name: "Run"},
	// The fastest way in which SPIN misses no state, and its breadth-first
	// search, which finds shortest counterexamples as Run does. Nothing is
	// compared with hash compaction, which may miss states.
	{name: "pan-NOREDUCE-NOCOMP", flags: []string{"-DNOREDUCE", "-DNOCOMP"}, ratio: 3},
	{name: "pan-BFS", flags: []string{"-DBFS"}, ratio: 6},
}

// markingStates is the number of states, which TestSPIN compares.
const markingStates = 4847442

// explore explores once and returns the time taken.
func (x explorer) explore(tb testing.TB, verifier string) time.Duration {
	start := time.Now()
	if x.flags != nil {
		out := spin.Run(tb, verifier, "-w24", "-m1000000")
		took := time.Since(start)
		if n := spin.Number(tb, out, `(\d+) states, stored`); n != markingStates {
			tb.Fatalf("%s: %d states, want %d", x.name, n, markingStates)
		}
		return took
	}
	r, err := explore.Run(background, marking{hybrid}, explore.Options{MaxStates: 1 << 24})
	took := time.Since(start)
	if err != nil || r.Counterexample != nil || r.States != markingStates {
		tb.Fatalf("%d states, want %d; counterexample %v, error %v", r.States, markingStates, r.Counterexample, err)
	}
	if each := float64(r.Memory) / float64(r.States); each > 40 {
		tb.Errorf("%.1f bytes a state", each)
	}
	return took
}

// verifier builds the verifier that explore needs.
func (x explorer) verifier(tb testing.TB) string {
	if x.flags == nil {
		return ""
	}
	return spin.Pan(tb, "marking", []string{"-DBARRIER=3"}, x.flags...)
}

// BenchmarkMarking explores tri-colour marking with Run and, where it is
// installed, with SPIN.
func BenchmarkMarking(b *testing.B) {
	for _, x := range explorers {
		b.Run(x.name, func(b *testing.B) {
			if x.flags != nil {
				if tool := spin.Missing(); tool != "" {
					b.Skip("not installed: " + tool)
				}
			}
			verifier := x.verifier(b)
			var took time.Duration
			n := 0
			for b.Loop() {
				took += x.explore(b, verifier)
				n++
			}
			b.ReportMetric(float64(n)*markingStates/took.Seconds(), "states/s")
		})
	}
}

// Run should find at least three times the states per second of SPIN at its fastest, and
// six times those of its breadth-first search. They take turns, and the best of each
// counts.
func TestSpeed(t *testing.T) {
	if !spin.Full(t) {
		t.Skip("counted: needs ORRERY_FULL=1")
	}
	best := make([]time.Duration, len(explorers))
	verifiers := make([]string, len(explorers))
	for i, x := range explorers {
		verifiers[i] = x.verifier(t)
	}
	for range 3 {
		for i, x := range explorers {
			if took := x.explore(t, verifiers[i]); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	for i, x := range explorers {
		ratio := best[i].Seconds() / best[0].Seconds()
		t.Logf("%-20s %.2f million states/s, %.1f times the time of Run", x.name, markingStates/best[i].Seconds()/1e6, ratio)
		if ratio < x.ratio {
			t.Errorf("Run takes 1/%.1f of the time of %s, want at most 1/%.0f", ratio, x.name, x.ratio)
		}
	}
}

// The cost of a small search, which is mostly that of the batch and the first table.
func BenchmarkPeterson(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := explore.Run(background, peterson{}, explore.Options{MaxStates: 1000}); err != nil {
			b.Fatal(err)
		}
	}
}

// Wide is marking with its state in two words, the second of them always 0.
type wide struct{ marking }

func (m wide) Bits() int               { return 128 }
func (m wide) Initial() [][2]uint64    { return [][2]uint64{{}} }
func (m wide) Check(s [2]uint64) error { return m.marking.Check(s[0]) }
func (m wide) Successors(s [2]uint64, step func(event int, to [2]uint64)) {
	m.marking.Successors(s[0], func(event int, to uint64) { step(event, [2]uint64{to}) })
}

// The cost of larger states; compare BenchmarkMarking/Run.
func BenchmarkWide(b *testing.B) {
	for b.Loop() {
		r, err := explore.Run(background, wide{marking{hybrid}}, explore.Options{MaxStates: 1 << 24})
		if err != nil || r.States != markingStates {
			b.Fatal(err, r.States)
		}
		b.ReportMetric(float64(r.Memory)/float64(r.States), "bytes/state")
	}
}

func BenchmarkWalk(b *testing.B) {
	steps := uint64(0)
	for b.Loop() {
		r, err := explore.Walk(background, marking{hybrid}, explore.WalkOptions{Walks: 10, Steps: 10_000})
		if err != nil {
			b.Fatal(err)
		}
		steps += r.Transitions
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/step")
}
