package pacer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// MaxOthers is the largest number of profiles that [WhatIf] takes beside the first.
const MaxOthers = 64

// An alone is a prediction from one profile; and that profile's largest heap, the bytes
// that its program allocated, its cycles, and whether it ends with the program.
type alone struct {
	counted
	peak, total, cycles float64
	whole               bool
}

// alike is how many times as much as another one a run of the same program may allocate.
const alike = 2

// tails takes account of what each collection adds to the bytes allocated, which is the
// reason why a run with more collections has more of them: a span with free slots counts
// as allocated in full, again, when it is taken up. How much that is follows from profiles
// that end with the program; others lack what was allocated since their last cycle.
// (`runtime/mcache.go:(*mcache).refill`)
func tails(all []alone) {
	var n, cycles, total float64
	for _, a := range all {
		if a.whole {
			n, cycles, total = n+1, cycles+a.cycles, total+a.total
		}
	}
	var xx, xy float64
	for _, a := range all {
		if a.whole {
			x := a.cycles - cycles/n
			xx, xy = xx+float64(x*x), xy+float64(x*(a.total-total/n))
		}
	}
	if xx == 0 || xy <= 0 {
		return
	}
	for i := range all {
		a := &all[i]
		// The cycles of the prediction, without tails, have to add up to the profile's.
		tail, was := xy/xx, a.count
		if rest, room := a.total-float64(tail*a.cycles), a.total-float64(tail*was); min(rest, room) > a.total/2 {
			a.count = was * rest / room
			a.GCTime = time.Duration(float64(a.GCTime) * rest / room)
		}
	}
}

// turns is how often the heap is predicted: from the first profile it is not known well
// enough to say which the nearest profiles are.
const turns = 2

// between predicts from the predictions from several profiles, the first of which gives
// the setting. What a collection costs depends on the heap in which the live objects lie,
// so that a profile says the more of a setting the nearer its own heap was.
func between(all []alone) (Prediction, error) {
	if len(all) == 1 {
		return all[0].Prediction, nil
	}
	heap := float64(all[0].PeakHeap)
	slices.SortStableFunc(all, func(a, b alone) int { return cmp.Compare(a.peak, b.peak) })
	least, most := all[0].total, all[0].total
	for _, a := range all {
		least, most = min(least, a.total), max(most, a.total)
	}
	if most > alike*least {
		return Prediction{}, fmt.Errorf("pacer: profiles allocate %.0f and %.0f bytes: are they of one program, from its beginning to its end?", least, most)
	}
	tails(all)
	a, b, t := all[0], all[0], 0.0
	for range turns {
		a, b, t = around(all, heap)
		heap = mix(float64(a.PeakHeap), float64(b.PeakHeap), t)
	}
	out := a.counted
	out.count = mix(a.count, b.count, t)
	out.Cycles = out.ended(a.whole && b.whole)
	out.PeakHeap = uint64(heap)
	out.Peak = uint64(mix(float64(a.Peak), float64(b.Peak), t))
	out.GCTime = time.Duration(mix(float64(a.GCTime), float64(b.GCTime), t))
	out.GCShare = mix(a.GCShare, b.GCShare, t)
	out.Over = out.Limit > 0 && out.Peak > uint64(out.Limit)
	return out.Prediction, nil
}

// around returns the two whose largest heaps are on either side of a heap, and the part of
// the way between them at which it is, by its logarithm; one of them twice if it is beyond
// all.
func around(all []alone, heap float64) (a, b alone, t float64) {
	for i, one := range all {
		if one.peak < heap {
			continue
		}
		if i == 0 {
			return one, one, 0
		}
		a = all[i-1]
		return a, one, math.Log(heap/max(a.peak, 1)) / math.Log(one.peak/max(a.peak, 1))
	}
	last := all[len(all)-1]
	return last, last, 0
}

// mix returns the number at the part t of the way from x to y, in [0,1].
func mix(x, y, t float64) float64 { return x + float64(t*(y-x)) }
