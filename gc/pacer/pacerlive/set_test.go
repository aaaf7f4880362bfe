package pacerlive

import (
	"os"
	"testing"

	"github.com/orrery-go/orrery/release"
)

// TestSet compares the goal and the assist ratio of a cycle that runs, after GOGC was set,
// with the model. It builds the tests of package runtime.
func TestSet(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("it builds the runtime's tests: set ORRERY_FULL=1")
	}
	const n = 300
	sets, err := Sets(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	changed, grown, wrong := 0, 0, 0 // how often the ratio changed, the program had allocated, and the model errs
	for _, s := range sets {
		goal, assist, err := PredictSet(release.Running, s)
		if err != nil || goal != s.Goal || assist != s.After {
			t.Errorf("%+v: model %d, %v, %v", s, goal, assist, err)
			wrong++
		}
		if s.Before != s.After {
			changed++
		}
		if s.HeapLive > s.Triggered {
			grown++
		}
	}
	t.Logf("%d sets, of which %d changed the ratio; in %d the heap had grown; %d mismatches", n, changed, grown, wrong)
	if changed < n/2 || grown < n/2 {
		t.Error("too few")
	}
}
