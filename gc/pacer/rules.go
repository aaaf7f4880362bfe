package pacer

import (
	"fmt"

	"github.com/orrery-go/orrery/release"
)

// The runtime's tuning constants.
const (
	HeapMinimum = 4 << 20 // bytes: the least goal at GOGC=100 (`runtime/mgcpacer.go:defaultHeapMinimum`)
	Background  = 0.25    // of the CPU time is the background workers' (`runtime/mgcpacer.go:gcBackgroundUtilization`)

	sweepMinHeapDistance = 1 << 20
	minHeadroom          = 1 << 20 // of the memory limit
)

// estimate says how a release smooths the cons/mark ratio.
type estimate uint8

const (
	byPI   estimate = iota // a PI controller
	byMean                 // of the last two
	byMax                  // of the last five
)

// rules hold the differences between releases.
type rules struct {
	release release.Release

	ratio       bool    // up to 1.17: a controller of the trigger ratio
	goalShare   float64 // of the CPU time that the collector should take
	sweepScaled bool    // the distance for the sweep is 1 MiB*GOGC/100
	minRatio    bool    // the trigger ratio has a least value
	effective   bool    // growth is measured against the previous goal
	reviseOld   int     // how the assist ratio is revised: 0 in 1.9, 1 up to 1.13, 2 up to 1.17
	split       bool    // since 1.19: trigger and goal are computed when they are needed
	atTrigger   bool    // 1.19: a cycle counts as triggered at the trigger, wherever the heap was
	estimate    estimate
	headroom    uint64 // percent of the memory limit; 0: 1 MiB
}

func rulesOf(name string) (rules, error) {
	r, err := release.Parse(name)
	if err != nil {
		return rules{}, fmt.Errorf("pacer: %w", err)
	}
	if !r.AtLeast("go1.9") {
		return rules{}, fmt.Errorf("pacer: %v has another pacer, which is not modelled: want go1.9 or newer", r)
	}
	k := rules{
		release: r, ratio: !r.AtLeast("go1.18"), goalShare: Background, sweepScaled: !r.AtLeast("go1.13"), minRatio: r.AtLeast("go1.14"),
		effective: r.AtLeast("go1.13"), split: r.AtLeast("go1.19"), atTrigger: !r.AtLeast("go1.20"),
	}
	if k.ratio && r.AtLeast("go1.10") {
		k.goalShare = 0.30
	}
	switch {
	case r.AtLeast("go1.14"):
		k.reviseOld = 2
	case r.AtLeast("go1.10"):
		k.reviseOld = 1
	}
	switch {
	case r.AtLeast("go1.21"):
		k.estimate, k.headroom = byMax, 3
	case r.AtLeast("go1.20"):
		k.estimate = byMean
	}
	return k, nil
}
