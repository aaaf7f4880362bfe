package draw_test

import (
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/gc/pacer"
)

// steadyProfile returns a program with 50 MiB in use.
func steadyProfile() (p pacer.Profile) {
	for i := range 20 {
		p.Samples = append(p.Samples, pacer.Sample{
			Cycle: uint64(i + 1), At: time.Duration(i) * time.Second, Start: 95 << 20, End: 100 << 20, Live: 55 << 20, Goal: 110 << 20, Procs: 2,
			Took: 20 * time.Millisecond, CPU: 90 * time.Millisecond,
		})
	}
	return p
}

func TestPacerTune(t *testing.T) {
	tried, best, err := pacer.Tune(steadyProfile(), 160<<20)
	if err != nil {
		t.Fatal(err)
	}
	got := draw.PacerTune("50 MiB in use, and a budget of 160", tried, best, 160<<20)
	wellFormed(t, got)
	same(t, "pacer_tune.svg", got)
	wellFormed(t, draw.PacerTune("", nil, -1, -1))
	many := make([]pacer.Prediction, 1000)
	many[3] = pacer.Prediction{GOGC: -1, Peak: math.MaxUint64, GCShare: math.NaN(), Limit: math.MaxInt64}
	wellFormed(t, draw.PacerTune("\x00", many, 5, math.MaxInt64))
}
