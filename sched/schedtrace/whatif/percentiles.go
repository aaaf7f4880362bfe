package whatif

import (
	"slices"
	"time"
)

// Percentiles are those of the time from runnable to running.
type Percentiles struct {
	P50 time.Duration `json:"p50"`
	P90 time.Duration `json:"p90"`
	P99 time.Duration `json:"p99"`
	Max time.Duration `json:"max"`
	N   int           `json:"n"` // how often a goroutine became runnable and ran
}

// percentilesOf sorts what it is given. The nth percentile is the least value that n percent
// of the values do not exceed.
func percentilesOf(all []time.Duration) Percentiles {
	if len(all) == 0 {
		return Percentiles{}
	}
	slices.Sort(all)
	of := func(percent int) time.Duration { return all[(len(all)*percent+99)/100-1] }
	return Percentiles{P50: of(50), P90: of(90), P99: of(99), Max: of(100), N: len(all)}
}
