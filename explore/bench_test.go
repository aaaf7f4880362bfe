package explore_test

import (
	"context"
	"testing"

	"github.com/orrery-go/orrery/explore"
)

func BenchmarkMarking(b *testing.B) {
	n := 0
	for b.Loop() {
		r, err := explore.Run(context.Background(), marking{hybrid}, explore.Options{MaxStates: 1 << 26})
		if err != nil || r.Counterexample != nil {
			b.Fatal(err, r.Counterexample)
		}
		n += r.States
		b.ReportMetric(float64(r.Memory)/float64(r.States), "bytes/state")
		b.ReportMetric(float64(r.States), "states")
		b.ReportMetric(float64(r.Transitions), "transitions")
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "states/s")
	}
}
