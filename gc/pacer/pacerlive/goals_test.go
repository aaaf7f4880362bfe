package pacerlive

import (
	"math/rand/v2"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
)

// TestGoal compares /gc/heap/goal:bytes of heaps of any size, GOGC and memory limit with
// the model, to the byte.
func TestGoal(t *testing.T) {
	real, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer real.Close()
	r := rand.New(rand.NewPCG(1, 2))
	trials := child.NewTrials(2000)
	limited := 0
	for trials.Next() {
		settings := make([]Setting, 100)
		for i := range settings {
			settings[i] = RandomSetting(r)
		}
		readings, err := real.Goals(settings)
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range readings {
			if got.Disturbed {
				trials.Reject("it changed while it was read")
				continue
			}
			model, err := PredictGoal(settings[i], got)
			if err != nil || model != got.Goal {
				t.Fatalf("%+v: model %d (%v), real %+v", settings[i], model, err, got)
			}
			if s := settings[i]; s.GOGC < 0 && got.Goal < 1<<50 {
				limited++
			}
			trials.Accept()
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v; %d by the limit alone; 0 mismatches", trials, limited)
	if trials.Accepted() >= 2000 && limited < 100 {
		t.Errorf("only %d by the limit alone", limited)
	}
}
