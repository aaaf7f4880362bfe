package gclive

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/child"
)

// TestLiveness compares random programs with real objects: after each collection, which
// nodes are dead, whose finalizers and cleanups ran, and which tiny nodes share a block.
func TestLiveness(t *testing.T) {
	real, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer real.Close()
	const batch, collections = 20, 7
	trials := child.NewTrials(1500)
	seed, alive, dead := uint64(0), 0, 0
	for trials.Next() {
		var programs []Program
		for range batch {
			programs = append(programs, Random(seed, collections))
			seed++
		}
		runs, err := real.Run(programs)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range runs {
			if r.Disturbed() {
				trials.Reject("over 9 ms")
				continue
			}
			model, err := Predict("running", programs[i])
			if diff := cmp.Diff(model, r.Log); err != nil || diff != "" {
				t.Fatalf("seed %d: %v: %v\n(-model +real):\n%s", seed-batch+uint64(i), programs[i], err, diff)
			}
			a, d := Verdicts(r.Log)
			alive, dead = alive+a, dead+d
			trials.Accept()
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v; %d verdicts alive, %d dead; 0 mismatches", trials, alive, dead)
	if trials.Accepted() == 1500 && alive+dead < 200_000 {
		t.Errorf("only %d verdicts", alive+dead)
	}
}
