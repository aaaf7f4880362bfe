package pacer

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// smooth returns the ratio that the pacer makes of the last five of n cons/mark ratios, as
// its release does. The controller of 1.18 and 1.19 is taken to be the mean of two.
func (p *Pacer) smooth(last [5]float64, n int) float64 {
	if p.estimate == byMax {
		return slices.Max(last[:])
	}
	return (last[(n+4)%5] + last[(n+3)%5]) / 2
}

// A Prediction is the predicted behaviour of a program under a setting.
type Prediction struct {
	GOGC     int           `json:"gogc"`            // percent; negative: off
	Limit    int64         `json:"limit,string"`    // bytes; 0: none
	Cycles   int           `json:"cycles"`          //
	PeakHeap uint64        `json:"peakHeap,string"` // bytes of objects
	Peak     uint64        `json:"peak,string"`     // of the process
	GCTime   time.Duration `json:"gcTime"`          // of all processors, taken from the program
	GCShare  float64       `json:"gcShare"`         // share of the CPU time that there is
	Over     bool          `json:"over"`            // the limit is exceeded
}

// ErrNothing says that a profile has no cycles.
var ErrNothing = errors.New("pacer: the profile has no cycles")

// WhatIf predicts the behaviour of the program of a profile with another GOGC, in percent
// (negative: off), and memory limit, in bytes (0: none). It assumes that the program
// allocates as much as it did, that its live heap is the same function of the bytes
// allocated, and that marking a live byte costs the same. It knows nothing of caches, or
// of programs that do more when they have more time, nor of goroutines that keep all
// processors busy, for which the collector has to wait. Runs of a program differ by chance:
// numbers are medians of several that it simulates.
//
// That marking a live byte costs the same is not true of all programs: where objects are
// replaced in no order, those that live are farther apart the more garbage there is. A
// profile cannot tell; two can. If others, profiles of the same program under other
// settings, are given, a prediction is in between those from the two whose largest heaps
// are on either side of it, nearer to that of the nearer one; beyond all of them it is
// from the nearest alone. WhatIf returns an error if one of them allocates more than
// twice as much as another.
func WhatIf(p Profile, gogc int, limit int64, others ...Profile) (Prediction, error) {
	if len(others) > MaxOthers {
		return Prediction{}, fmt.Errorf("pacer: %d profiles beside the first out of range [0,%d]", len(others), MaxOthers)
	}
	all := make([]alone, 0, 1+len(others))
	for _, one := range append([]Profile{p}, others...) {
		a, err := predict(one, gogc, limit)
		if err != nil {
			return Prediction{}, err
		}
		all = append(all, a)
	}
	return between(all)
}

// predict predicts from one profile.
func predict(p Profile, gogc int, limit int64) (alone, error) {
	if len(p.Samples) == 0 {
		return alone{}, ErrNothing
	}
	s, err := shapeOf(p)
	if err != nil {
		return alone{}, err
	}
	was := p.GOGC
	if was == 0 {
		was = 100
	}
	own, err := s.median(p, was, p.Limit)
	if err != nil {
		return alone{}, err
	}
	out, err := s.median(p, gogc, limit)
	if err != nil {
		return alone{}, err
	}
	// The program differs from its model under the same setting, since its rates vary by
	// chance. It will differ as much under other settings.
	if own.count > 0 && s.cycles > 0 {
		by := min(max(s.cycles/own.count, 0.5), 2)
		out.count *= by
		out.GCTime = time.Duration(float64(out.GCTime) * by)
	}
	out.Peak += out.PeakHeap
	// The program runs longer by the additional time of the collector.
	if all := s.seconds*s.procs + max(out.GCTime.Seconds()-s.spent, 0); all > 0 {
		out.GCShare = out.GCTime.Seconds() / all
	}
	out.Over = limit > 0 && out.Peak > uint64(limit)
	whole := p.Samples[len(p.Samples)-1].Forced
	out.Cycles = out.ended(whole)
	return alone{out, s.peak, s.total, s.cycles, whole}, nil
}

// A counted is a prediction whose cycles are counted with the part of the next one for
// which the program has allocated when it ends. Without that the ratio of two counts is far
// off if there are few.
type counted struct {
	Prediction
	count float64
}

// ended returns the number of the cycles that have ended. A profile that does not end with
// the program lacks what came after its last cycle, which is taken to be half of one.
func (c *counted) ended(whole bool) int {
	if whole {
		return int(c.count + 1e-9)
	}
	return int(c.count + 0.5)
}

// chances is how many runs of a program are simulated, unless one has enough cycles for
// chance to even out.
const (
	chances = 9
	enough  = 1000
)

// median simulates runs of a program and returns the median of each number. Runs
// differ by which of two cycles of the profile one between them resembles.
func (s *shape) median(p Profile, gogc int, limit int64) (counted, error) {
	var all [chances]counted
	for i := range all {
		one, err := s.run(p, gogc, limit, math.Mod(0.5+float64(i)/chances, 1))
		if err != nil || one.count > enough {
			return one, err
		}
		all[i] = one
	}
	out := all[0]
	slices.SortFunc(all[:], func(a, b counted) int { return cmp.Compare(a.count, b.count) })
	out.count = all[chances/2].count
	slices.SortFunc(all[:], func(a, b counted) int { return cmp.Compare(a.PeakHeap, b.PeakHeap) })
	out.PeakHeap, out.Peak = all[chances/2].PeakHeap, all[chances/2].Peak
	slices.SortFunc(all[:], func(a, b counted) int { return cmp.Compare(a.GCTime, b.GCTime) })
	out.GCTime = all[chances/2].GCTime
	return out, nil
}

// settles is how many cycles the pacer is given to settle if a profile begins while the
// program runs: twice as many as it remembers.
const settles = 10

// run simulates the program under a setting.
func (s *shape) run(p Profile, gogc int, limit int64, nearer float64) (counted, error) {
	m, err := New(Config{Release: p.Release, Procs: int(s.procs)})
	if err != nil {
		return counted{}, err
	}
	out := counted{Prediction: Prediction{GOGC: gogc, Limit: limit}}
	if limit != 0 {
		if _, err := m.SetMemoryLimit(limit); err != nil {
			return counted{}, err
		}
	}
	if _, err := m.SetGCPercent(gogc); err != nil {
		return counted{}, err
	}
	var allocated, live, peak, roots float64
	var during float64      // bytes allocated in the previous cycle
	var before point        // the previous cycle
	var measured [5]float64 // cons/mark of the last five cycles; the largest counts
	warm, n := 0, 0         // cycles before the first that counts, and all cycles
	if s.begun {
		warm, before, live = settles, s.points[0], s.points[0].reachable
	}
	for from := 0; ; {
		var at point
		at, from = s.at(allocated, from, nearer)
		roots = max(roots, at.roots)
		if n > 0 || s.begun {
			err := m.Measure(Measured{
				Live: uint64(live), Scan: uint64(max(before.scanned-before.roots, 0)), Stacks: uint64(min(before.roots, before.scanned)), ConsMark: m.smooth(measured, n),
				Ratio: max(float64(gogc)/100-during/max(live, 1), 0),
			})
			if err != nil {
				return counted{}, err
			}
		}
		// What is beside the heap counts when that is near its goal.
		heap := peak
		for range 4 {
			if err := m.SetMemory(Memory{Mapped: p.beside(heap, s.peak, roots)}); err != nil {
				return counted{}, err
			}
			if limit == 0 {
				break
			}
			heap = max(peak, min(float64(m.Goal()), float64(limit)))
		}
		// A cycle begins at the pacer's trigger. If more is allocated during it than there
		// is room for, assists keep the heap to its goal, or a tenth past it where they did
		// not in the profile. A limit may leave no room at all.
		goal := float64(m.Goal())
		start := max(float64(m.Trigger()), live)
		begins, between := s.at(allocated+start-live, from, nearer)
		if n == 0 {
			begins = s.first(begins, between)
		}
		hard := math.Inf(1)
		if gogc >= 0 {
			hard = goal * (1 + float64(gogc)/100)
		}
		if m.reviseOld == 0 {
			begins.past = 1
		}
		most := begins.most(start, goal, hard, before)
		bytes, cost, consMark := begins.cycle(most-start, s.procs)
		end := start + bytes
		end = max(end, live+1)
		if m.Goal() < m.percentGoal && s.program > 0 { // the limiter leaves the program half of the time
			end = max(end, live+cost/s.program)
		}
		measured[n%len(measured)] = consMark
		n++
		during, before = end-start, begins
		if n <= warm { // the program stays where it is
			live = begins.reachable + during
			continue
		}
		if allocated+end-live > s.total {
			peak = max(peak, live+s.total-allocated)
			out.count = float64(out.Cycles) + (s.total-allocated)/(end-live)
			break
		}
		peak = max(peak, end)
		if out.Cycles++; out.Cycles > MaxCycles {
			return counted{}, fmt.Errorf("pacer: over %d cycles", MaxCycles)
		}
		out.GCTime += time.Duration(min(cost, 1<<20) * float64(time.Second))
		allocated += end - live
		live = begins.reachable + during
	}
	out.PeakHeap, out.Peak = uint64(peak), p.beside(peak, s.peak, roots)
	return out, nil
}

// process is what a process has mapped, in bytes, before it has any heap to speak of.
const process = 4 << 20

// beside returns the bytes that are mapped beside a heap of that many: some for the
// process, and the rest grows with the heap, since it is bits that describe objects, and
// free slots between them. The profile has it for its largest heap.
func (p *Profile) beside(heap, largest, roots float64) uint64 {
	b := float64(p.Beside)
	if b == 0 {
		return uint64(roots)
	}
	fixed := min(process, b)
	return uint64(max(fixed+(b-fixed)*heap/max(largest, 1), roots))
}

// Settings lists the values of GOGC that [Tune] tries.
func Settings() []int { return []int{10, 25, 50, 75, 100, 150, 200, 300, 400, 600, 800, Off} }

// Tune predicts the settings of GOGC, without a limit and, if there is a budget of memory
// in bytes, with it as the limit, and reports the index of the one that costs the least
// CPU time within the budget; -1 if none stays within it. Others are those of [WhatIf].
func Tune(p Profile, budget int64, others ...Profile) (tried []Prediction, best int, err error) {
	best = -1
	limits := []int64{0}
	if budget > 0 {
		limits = append(limits, budget)
	}
	for _, limit := range limits {
		for _, gogc := range Settings() {
			if gogc == Off && limit == 0 {
				continue // it would never collect
			}
			one, err := WhatIf(p, gogc, limit, others...)
			if err != nil {
				return nil, -1, err
			}
			tried = append(tried, one)
			fits := budget <= 0 || one.Peak <= uint64(budget)
			if fits && (best < 0 || one.GCTime < tried[best].GCTime) {
				best = len(tried) - 1
			}
		}
	}
	return tried, best, nil
}
