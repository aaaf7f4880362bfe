package pacer

import (
	"errors"
	"fmt"
	"slices"
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
	Assist  time.Duration `json:"assist"`         // of CPU, by goroutines that allocate
	Idle    time.Duration `json:"idle"`           // of idle processors
}

// A Profile is a program's measurement of itself under one setting. Package gc/gclog
// reads it from a log.
type Profile struct {
	GOGC    int           `json:"gogc"`          // percent, as the program ran; 0 is 100
	Limit   int64         `json:"limit,string"`  // GOMEMLIMIT in bytes; 0: none
	Beside  uint64        `json:"beside,string"` // bytes that the process has mapped beside its heap, when that is largest; 0: as stacks and globals
	Release string        `json:"release"`       // "" for the newest known
	Samples []Sample      `json:"samples"`       // in order
	Until   time.Duration `json:"until"`         // when the program ended; 0: with the last cycle
}

// point describes a cycle of the program: the live heap when it began, and its cost.
type point struct {
	allocated float64 // bytes since the program began
	reachable float64 // live bytes
	roots     float64 // bytes of stacks and globals
	during    float64 // bytes allocated while it marked
	consMark  float64 // bytes allocated for each byte marked, as the pacer measures it
	beyond    float64 // where it ended, between its trigger (0) and its goal (1), or beyond
	cost      float64 // CPU seconds of the collector, idle processors apart
}

// shape describes a program to the collector: its live heap as a function of the bytes
// allocated, and the cost of marking it.
type shape struct {
	points  []point
	total   float64 // bytes that it allocates
	procs   float64
	seconds float64
	program float64 // CPU seconds of the program for a byte that it allocates
	spent   float64 // CPU seconds of the collector
	peak    float64 // the largest heap
	cycles  float64 // without those of runtime.GC
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
	var last Sample
	var own point // the last without those of runtime.GC
	for i, c := range p.Samples {
		if c.Procs < 1 || c.Procs > 1<<16 || max(c.Start, c.End, c.Live, c.Goal, c.Stacks, c.Globals) > 1<<48 || c.At < last.At ||
			min(c.CPU, c.Idle, c.Assist, c.Took) < 0 || max(c.At, c.CPU, c.Idle, c.Assist, c.Took) > 1<<60 {
			return shape{}, fmt.Errorf("pacer: cycle %d: a number is out of range: %+v", i+1, c)
		}
		c.End = max(c.End, c.Start)
		s.total += max(float64(c.End)-float64(last.Live), 0)
		q := point{during: float64(c.End - c.Start), roots: float64(c.Stacks + c.Globals), cost: c.CPU.Seconds()}
		q.allocated = s.total - q.during
		q.reachable = max(float64(c.Live)-q.during, 0)
		q.consMark = consMark(c, q)
		if c.Goal > c.Start {
			q.beyond = q.during / float64(c.Goal-c.Start)
		}
		s.spent += q.cost
		if c.Forced { // its cost is another one's
			q.during, q.consMark, q.cost = own.during, own.consMark, own.cost
		} else {
			own = q
			s.cycles++
		}
		s.points = append(s.points, q)
		s.procs = max(s.procs, float64(c.Procs))
		s.peak = max(s.peak, float64(c.End))
		last = c
	}
	s.seconds = max(p.Until, last.At+last.Took).Seconds()
	if s.total > 0 {
		s.program = max(s.seconds*s.procs-s.spent, 0) / s.total
	}
	return s, nil
}

// consMark returns the cons/mark ratio of a cycle: the bytes allocated in a second of the
// program's time, divided by the bytes marked in a second of the collector's. If the
// profile lacks the times, it is the ratio whose trigger is the end of the cycle.
// (`runtime/mgcpacer.go:(*gcControllerState).endCycle`)
func consMark(c Sample, q point) float64 {
	scan := max(q.reachable+q.roots, 1)
	if q.during == 0 || c.Took == 0 {
		return max(float64(c.Goal)-float64(c.End), 0) * Background / (1 - Background) / scan
	}
	all := c.Took.Seconds() * float64(c.Procs)
	share := min(Background+c.Assist.Seconds()/all, 0.95)
	return q.during * (share + c.Idle.Seconds()/all) / ((1 - share) * scan)
}

// fell is the part of its live heap that a program keeps at most if it drops the rest
// at once.
const fell = 0.75

// at returns the state of the program when it has allocated that many bytes, interpolated
// between cycles. A live heap that falls does so at once, halfway between them, and grows
// until then as it did before.
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
	if b.reachable < fell*a.reachable {
		if t >= 0.5 {
			return b, from
		}
		if from > 0 {
			if z := s.points[from-1]; z.allocated < a.allocated && z.reachable < a.reachable {
				grown := 1 + (allocated-a.allocated)*min((a.reachable-z.reachable)/(a.allocated-z.allocated), 1)/a.reachable
				a.reachable, a.during, a.cost = a.reachable*grown, a.during*grown, a.cost*grown
			}
		}
		return a, from
	}
	mix := func(x, y float64) float64 { return x + float64(t*(y-x)) }
	return point{
		allocated, mix(a.reachable, b.reachable), mix(a.roots, b.roots), mix(a.during, b.during), mix(a.consMark, b.consMark), mix(a.beyond, b.beyond), mix(a.cost, b.cost),
	}, from
}

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
	// The largest heap is that of the most delayed cycle; a limit bounds delays, too.
	if bound := limit > 0 && out.Peak+out.PeakHeap > uint64(limit)/10*9; own.PeakHeap > 0 && !bound {
		out.PeakHeap = uint64(float64(out.PeakHeap) * min(max(s.peak/float64(own.PeakHeap), 0.9), 1.5))
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
	var before point        // the previous cycle
	var measured [5]float64 // cons/mark of the last five cycles; the largest counts
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
			err := m.Measure(Measured{
				Live: uint64(live), Scan: uint64(before.reachable), Stacks: uint64(before.roots), ConsMark: m.smooth(measured, out.Cycles),
				Ratio: max(float64(gogc)/100-before.during/max(live, 1), 0),
			})
			if err != nil {
				return Prediction{}, err
			}
		}
		// A cycle begins at the pacer's trigger. If more is allocated during it than there
		// is room for, assists keep the heap to its goal, unless no room is left at all.
		goal := min(float64(m.Goal()), 1<<50)
		start := max(min(float64(m.Trigger()), 1<<50), live)
		begins, _ := s.at(allocated+start-live, from)
		most := start + float64((goal-start)*max(begins.reachable/max(before.reachable, 1), 1, begins.beyond)) // a grown heap gets proportionally more
		if gogc >= 0 {
			most = min(most, goal*(1+float64(gogc)/100))
		}
		end := min(start+begins.during, most)
		least := 0.0
		if limit != 0 && s.program > 0 {
			least = begins.cost / s.program // the limiter leaves the program half of the time
		}
		if goal-live < begins.during/4 {
			start, end = live, live+begins.during
			if least > 0 { // all assist as much as they can
				end = live + min(begins.during, least)
			}
		}
		end = max(end, live+least, live+1)
		if allocated+end-live > s.total {
			peak = max(peak, live+s.total-allocated)
			break
		}
		peak = max(peak, end)
		measured[out.Cycles%len(measured)] = begins.consMark
		before = begins
		if out.Cycles++; out.Cycles > MaxCycles {
			return Prediction{}, fmt.Errorf("pacer: over %d cycles", MaxCycles)
		}
		out.GCTime += time.Duration(min(begins.cost, 1<<20) * float64(time.Second))
		allocated += end - live
		live = begins.reachable + end - start
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
