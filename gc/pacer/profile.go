package pacer

import (
	"errors"
	"fmt"
	"time"
)

// A Sample is a program's measurement of one cycle: a line of GODEBUG=gctrace=1. Bytes
// are as exact as their source; gctrace rounds to MiB.
type Sample struct {
	Cycle   uint64        `json:"cycle,string"`   // counted from 1 by the runtime
	At      time.Duration `json:"at"`             // when the cycle began, since the program's start
	Start   uint64        `json:"start,string"`   // bytes of heap when it began
	End     uint64        `json:"end,string"`     // when its marking ended
	Live    uint64        `json:"live,string"`    // found live, or allocated during the cycle
	Goal    uint64        `json:"goal,string"`    //
	Stacks  uint64        `json:"stacks,string"`  // scanned, since 1.18
	Globals uint64        `json:"globals,string"` //
	Procs   int           `json:"procs"`          // GOMAXPROCS
	Forced  bool          `json:"forced"`         // by runtime.GC
	Took    time.Duration `json:"took"`           // on the clock, pauses included
	Paused  time.Duration `json:"paused"`         // of it, with the world stopped
	CPU     time.Duration `json:"cpu"`            // of all processors, without Idle
	Idle    time.Duration `json:"idle"`           // of idle processors
}

// A Profile is a program's measurement of itself under one setting. Package gc/gclog
// reads it from a log.
type Profile struct {
	GOGC    int           `json:"gogc"`          // percent, as the program ran; 0 is 100
	Limit   int64         `json:"limit,string"`  // GOMEMLIMIT in bytes; 0: none
	Beside  uint64        `json:"beside,string"` // bytes that the process has mapped beside its heap; 0: as stacks and globals
	Release string        `json:"release"`       // "" for the newest known
	Samples []Sample      `json:"samples"`       // in order
	Until   time.Duration `json:"until"`         // when the program ended; 0: with the last cycle
}

// point is the state of a program when it has allocated a number of bytes.
type point struct {
	allocated float64
	reachable float64
	at        float64 // seconds
	roots     float64
}

// shape describes a program to the collector: its live heap as a function of the bytes
// allocated, the time that this takes, and the cost of marking.
type shape struct {
	points     []point
	total      float64 // bytes that it allocates
	procs      float64
	seconds    float64
	fixed      float64 // CPU seconds of a cycle, independent of the live heap
	perByte    float64 // CPU seconds for each live byte
	idle       float64 // the share of them that idle processors spend
	black      float64 // bytes allocated while a byte is marked
	blackFixed float64 // bytes allocated in a cycle, independent of the live heap
	before     float64 // distance between the end of a cycle and its goal, for each live byte
	program    float64 // CPU seconds of the program for a byte that it allocates
	spent      float64 // CPU seconds of the collector
	peak       float64 // the largest heap
	cycles     float64
}

// shapeOf derives the shape from a profile. It returns an error if there are fewer than
// three cycles, or numbers that are impossible.
func shapeOf(p Profile) (shape, error) {
	if len(p.Samples) < 3 {
		return shape{}, fmt.Errorf("pacer: %d cycles are too few to tell anything from: want 3 or more", len(p.Samples))
	}
	if len(p.Samples) > MaxCycles {
		return shape{}, fmt.Errorf("pacer: %d cycles out of range [3,%d]", len(p.Samples), MaxCycles)
	}
	var s shape
	var black, live, cpu, idle, live2, liveCPU, liveBlack, n float64
	var early float64
	last := Sample{}
	for i, c := range p.Samples {
		if c.Procs < 1 || c.Procs > 1<<16 || max(c.Start, c.End, c.Live, c.Goal, c.Stacks, c.Globals) > 1<<48 || c.CPU < 0 || c.Idle < 0 || c.At < last.At || c.At > 1<<60 || c.CPU > 1<<60 || c.Idle > 1<<60 {
			return shape{}, fmt.Errorf("pacer: cycle %d: a number is out of range: %+v", i+1, c)
		}
		if c.Start > c.End {
			c.End = c.Start
		}
		grown := float64(c.End) - float64(last.Live)
		s.total += max(grown, 0)
		during := float64(c.End - c.Start)
		reach := max(float64(c.Live)-during, 0)
		s.points = append(s.points, point{s.total - during, reach, c.At.Seconds(), float64(c.Stacks + c.Globals)})
		s.procs = max(s.procs, float64(c.Procs))
		black += during
		liveBlack += float64(reach * during)
		work := (c.CPU + c.Idle).Seconds()
		n++
		live += reach
		cpu += work
		idle += c.Idle.Seconds()
		live2 += float64(reach * reach)
		liveCPU += float64(reach * work)
		if !c.Forced {
			early += float64(c.Goal) - float64(c.End)
			s.cycles++
		}
		s.peak = max(s.peak, float64(c.End))
		last = c
	}
	s.seconds = max(p.Until, last.At+last.Took).Seconds()
	// The cost of a cycle, and the bytes allocated during it, as functions of the live
	// heap: a line each through the cycles, with both parts at least 0. If the live heap
	// is about the same in all cycles, the two parts cannot be told apart.
	through := func(sum, product float64) (fixed, slope float64) {
		d := float64(n*live2) - float64(live*live)
		if d > 0.05*live*live {
			slope = (float64(n*product) - float64(live*sum)) / d
			fixed = (sum - float64(slope*live)) / n
		}
		switch {
		case live == 0:
			return sum / n, 0
		case fixed <= 0 || slope <= 0:
			return 0, sum / live
		}
		return fixed, slope
	}
	s.fixed, s.perByte = through(cpu, liveCPU)
	s.blackFixed, s.black = through(black, liveBlack)
	if cpu > 0 {
		s.idle = idle / cpu
	}
	s.spent = cpu - idle
	if s.total > 0 {
		s.program = max(s.seconds*s.procs-s.spent, 0) / s.total
	}
	if live > 0 {
		s.before = early / live
	}
	return s, nil
}

// at returns the state of the program when it has allocated bytes bytes, interpolated
// between cycles.
func (s *shape) at(allocated float64, from int) (point, int) {
	for from+1 < len(s.points) && s.points[from+1].allocated <= allocated {
		from++
	}
	a := s.points[from]
	if allocated <= a.allocated || from+1 == len(s.points) {
		return a, from
	}
	b := s.points[from+1]
	t := (allocated - a.allocated) / (b.allocated - a.allocated)
	mix := func(x, y float64) float64 { return x + float64(t*(y-x)) }
	return point{allocated, mix(a.reachable, b.reachable), mix(a.at, b.at), mix(a.roots, b.roots)}, from
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
// of programs that do more when they have more time.
func WhatIf(p Profile, gogc int, limit int64) (Prediction, error) {
	if len(p.Samples) == 0 {
		return Prediction{}, ErrNothing
	}
	s, err := shapeOf(p)
	if err != nil {
		return Prediction{}, err
	}
	was := p.GOGC
	if was == 0 {
		was = 100
	}
	own, err := s.run(p, was, p.Limit)
	if err != nil {
		return Prediction{}, err
	}
	out, err := s.run(p, gogc, limit)
	if err != nil {
		return Prediction{}, err
	}
	// The program differs from its model under the same setting, since its rates vary by
	// chance. It will differ as much under other settings.
	if own.Cycles > 0 && s.cycles > 0 {
		by := min(max(s.cycles/float64(own.Cycles), 0.5), 2)
		out.Cycles = int(float64(out.Cycles)*by + 0.5)
		out.GCTime = time.Duration(float64(out.GCTime) * by)
	}
	if own.PeakHeap > 0 {
		by := min(max(s.peak/float64(own.PeakHeap), 0.75), 1.5)
		most := out.PeakHeap // a limit bounds the variation, too
		if limit > 0 {
			most = max(most, uint64(limit)-min(out.Peak, uint64(limit)))
		}
		out.PeakHeap = uint64(float64(out.PeakHeap) * by)
		if limit > 0 {
			out.PeakHeap = min(out.PeakHeap, most)
		}
	}
	out.Peak += out.PeakHeap
	// The program runs longer by the additional time of the collector.
	if all := s.seconds*s.procs + max(out.GCTime.Seconds()-s.spent, 0); all > 0 {
		out.GCShare = out.GCTime.Seconds() / all
	}
	out.Over = limit > 0 && out.Peak > uint64(limit)
	return out, nil
}

// run simulates the program under a setting.
func (s *shape) run(p Profile, gogc int, limit int64) (Prediction, error) {
	m, err := New(Config{Release: p.Release, Procs: int(s.procs)})
	if err != nil {
		return Prediction{}, err
	}
	out := Prediction{GOGC: gogc, Limit: limit}
	if limit != 0 {
		if _, err := m.SetMemoryLimit(limit); err != nil {
			return Prediction{}, err
		}
	}
	if _, err := m.SetGCPercent(gogc); err != nil {
		return Prediction{}, err
	}
	var allocated, live, peak, roots float64
	for from := 0; ; {
		var at point
		at, from = s.at(allocated, from)
		roots = max(roots, at.roots)
		beside := p.Beside
		if beside == 0 {
			beside = uint64(roots)
		}
		if err := m.SetMemory(Memory{Mapped: beside}); err != nil {
			return Prediction{}, err
		}
		if out.Cycles > 0 {
			if err := m.Measure(Measured{Live: uint64(live), Stacks: uint64(at.roots)}); err != nil {
				return Prediction{}, err
			}
		}
		// A cycle begins as early as it has been seen to need, within the pacer's
		// bounds; if that is not enough, assists keep the heap to its goal, which
		// they cannot if nothing is left below it.
		goal := min(float64(m.Goal()), 1<<50)
		way := max(goal-live, 0)
		during := s.blackFixed + float64(s.black*at.reachable)
		start := min(max(goal-during-max(float64(s.before*at.reachable), 0), live+0.7*way), live+0.95*way)
		begins, _ := s.at(allocated+start-live, from)
		during = s.blackFixed + float64(s.black*begins.reachable)
		most := start + (goal-start)*max(begins.reachable/max(at.reachable, 1), 1) // a grown heap gets proportionally more
		end := min(start+during, most)
		cost := (s.fixed + float64(s.perByte*begins.reachable)) * (1 - s.idle)
		least := 0.0
		if limit != 0 && s.program > 0 {
			least = cost / s.program // the limiter leaves the program half of the time
		}
		if way < during/4 {
			start, end = live, live+during
			if least > 0 { // all assist as much as they can
				end = live + min(during, least)
			}
		}
		end = max(end, live+least)
		end = max(end, live+1)
		if allocated+end-live > s.total {
			peak = max(peak, live+s.total-allocated)
			break
		}
		during = end - start
		peak = max(peak, end)
		if out.Cycles++; out.Cycles > MaxCycles {
			return Prediction{}, fmt.Errorf("pacer: over %d cycles", MaxCycles)
		}
		out.GCTime += time.Duration(min(cost, 1<<20) * float64(time.Second))
		allocated += end - live
		live = begins.reachable + during
	}
	out.PeakHeap, out.Peak = uint64(peak), uint64(max(float64(p.Beside), roots))
	return out, nil
}

// Settings lists the values of GOGC that [Tune] tries.
func Settings() []int { return []int{10, 25, 50, 75, 100, 150, 200, 300, 400, 600, 800, Off} }

// Tune predicts the settings of GOGC, without a limit and, if there is a budget of memory
// in bytes, with it as the limit, and reports the index of the one that costs the least
// CPU time within the budget; -1 if none stays within it.
func Tune(p Profile, budget int64) (tried []Prediction, best int, err error) {
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
			one, err := WhatIf(p, gogc, limit)
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
