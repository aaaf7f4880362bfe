package pacerlive

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/release"
)

// TestAnything puts the pacer and the limiter of the Go at hand into states that no
// program reaches, cycle by cycle, and compares goals, triggers, assist ratios and the
// limiter's bucket. It builds the tests of package runtime, and so is part of the full
// run only.
func TestAnything(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("it builds the runtime's tests: set ORRERY_FULL=1")
	}
	r := rand.New(rand.NewPCG(3, 4))
	asks := make([][]Ask, 3000)
	cycles := 0
	for i := range asks {
		asks[i] = RandomAsk(r)
		cycles += len(asks[i])
	}
	real, err := Anything(t.Context(), asks)
	if err != nil {
		t.Fatal(err)
	}
	values := 0
	for i, a := range asks {
		model, err := PredictAsk(release.Running, a)
		if err != nil || model != real[i] {
			t.Fatalf("%+v: %v\nmodel %s\nreal  %s", a, err, model, real[i])
		}
		values += len(strings.Fields(model))
	}
	t.Logf("%d cycles, %d values, 0 mismatches", cycles, values)
}
