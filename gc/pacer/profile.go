package pacer

import (
	"fmt"
	"math"
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
	Scanned uint64        `json:"scanned,string"` // of heap, stacks and globals; 0: not known, taken to be all that was live
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
	scanned   float64 // bytes of both that are scanned
	free      float64 // bytes allocated while it marks, if there is room for them
	rate      float64 // bytes allocated in a CPU second of the program, while it marks
	work      float64 // CPU seconds of marking
	assist    float64 // of them assists, if there is room
	marking   float64 // processors that mark, assists apart
	idle      float64 // of them idle ones
	assisted  bool    // assists were more than half of the work, with the room that there was
	fixed     float64 // CPU seconds of the pauses
	consMark  float64 // the cons/mark ratio, if the profile lacks the times
	past      float64 // factor by which it went past its goal, or may have; 0 or 1: not at all
	top       float64 // live bytes from which the heap fell before the next cycle; 0: it did not fall
	grows     float64 // live bytes more until then for each byte allocated
	requested bool    // by runtime.GC
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
	peak    float64 // the largest heap, for which the profile has what is beside it
	cycles  float64 // without those of runtime.GC
	begun   bool    // the profile does not tell of the program's beginning
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
	last := Sample{}
	if first := p.Samples[0]; first.Cycle > 1 {
		s.begun = true
		last.Live = min(first.Live, first.Start)
	}
	var own point // the last without those of runtime.GC
	for i, c := range p.Samples {
		if c.Procs < 1 || c.Procs > 1<<16 || max(c.Start, c.End, c.Live, c.Goal, c.Stacks, c.Globals, c.Scanned) > 1<<48 || c.At < last.At ||
			min(c.CPU, c.Idle, c.Assist, c.Took) < 0 || max(c.At, c.CPU, c.Idle, c.Assist, c.Took) > 1<<60 {
			return shape{}, fmt.Errorf("pacer: cycle %d: a number is out of range: %+v", i+1, c)
		}
		c.End = max(c.End, c.Start)
		s.total += max(float64(c.End)-float64(last.Live), 0)
		during := float64(c.End - c.Start)
		q := point{roots: float64(c.Stacks + c.Globals), allocated: s.total - during, reachable: max(float64(c.Live)-during, 0)}
		if q.scanned = float64(c.Scanned); q.scanned == 0 {
			q.scanned = q.reachable + q.roots
		}
		grown := 1.0
		if i > 0 {
			grown = q.grown(s.points[i-1])
		}
		q.rates(c, grown)
		if i > 0 || !s.begun {
			q.past = past(c, last, grown)
		}
		s.spent += c.CPU.Seconds()
		if c.Forced { // its cost is another one's
			own.allocated, own.reachable, own.roots, own.scanned = q.allocated, q.reachable, q.roots, q.scanned
			q = own
			q.requested = true
		} else {
			own = q
			s.cycles++
		}
		s.points = append(s.points, q)
		s.procs = max(s.procs, float64(c.Procs))
		s.peak = max(s.peak, float64(c.End))
		last = c
	}
	s.cycles += p.part()
	s.falls()
	s.seconds = max(p.Until, last.At+last.Took).Seconds()
	if s.total > 0 {
		s.program = max(s.seconds*s.procs-s.spent, 0) / s.total
	}
	return s, nil
}

// part is the part of a cycle that a program has allocated for when it ends with
// runtime.GC, if the next had gone as far past its goal as the one before.
func (p *Profile) part() float64 {
	n := len(p.Samples)
	end, before := p.Samples[n-1], p.Samples[n-2]
	if !end.Forced || before.Goal == 0 {
		return 0
	}
	live := float64(before.Live)
	next := float64(end.Goal) * float64(before.End) / float64(before.Goal)
	if next <= live {
		return 0
	}
	return min(max((float64(end.End)-live)/(next-live), 0), 1)
}

// grown is the factor by which a cycle scans more than the pacer expects, which is what
// the one before it scanned; 1 if it does not. Before a program's first cycle it knows of
// globals alone, which are most of the roots then.
// (`runtime/mgcpacer.go:(*gcControllerState).revise`)
func (q *point) grown(before point) float64 {
	return max(q.scanned/max(before.scanned, q.roots, 1), 1)
}

// most returns how far assists let a heap grow in a cycle. Where it scans more than the
// pacer expects, its goal is extended by as much, up to a hard one; where it does not,
// the heap may go past its goal nevertheless.
func (q *point) most(start, goal, hard float64, before point) float64 {
	extended := min(start+float64((goal-start)*q.grown(before)), hard)
	return max(extended, goal*q.past)
}

// scale makes the cycle one that marks as much more.
func (q *point) scale(by float64) {
	q.free, q.work, q.assist = q.free*by, q.work*by, q.assist*by
}

// forcePreempt is for how many seconds a goroutine runs before it is preempted, if it does
// not let go of its processor earlier. (`runtime/proc.go:forcePreemptNS`)
const forcePreempt = 0.010

// paced is the part of its room that a cycle fills if it is slowed down by having no
// more; where it fills all, all of its assists are for that reason.
const paced = 0.75

// rates derives from a cycle how fast the program allocates, and how fast the collector
// marks. Goroutines assist for two reasons. When a cycle begins, background workers have
// not yet marked anything that could be credited to them; that is so with every setting.
// Later they assist if they would otherwise allocate more than there is room for, and
// then the cycle ends at its goal. Where there is more room, those assists are gone: the
// marking takes longer, and the program allocates all the while.
// (`runtime/mgcmark.go:gcAssistAlloc`)
func (q *point) rates(c Sample, grown float64) {
	during, procs := float64(c.End-c.Start), float64(c.Procs)
	took := (c.Took - c.Paused).Seconds()
	q.assisted = 2*c.Assist > c.CPU+c.Idle-c.Paused*time.Duration(c.Procs)
	if took <= 0 || during == 0 { // the ratio whose trigger is the end of the cycle
		q.fixed = c.CPU.Seconds()
		q.consMark = max(float64(c.Goal)-float64(c.End), 0) * Background / (1 - Background) / max(q.scanned, 1)
		return
	}
	all := took * procs
	q.fixed = min(c.Paused.Seconds()*procs, c.CPU.Seconds())
	q.assist = min(c.Assist.Seconds(), 0.9*all)
	q.idle = min(c.Idle.Seconds()/took, 0.9*procs)
	q.marking = min(max(q.idle+(c.CPU.Seconds()-q.fixed-q.assist)/took, 0.01*procs), 0.95*procs)
	q.work = q.assist + q.marking*took
	q.rate = during / max(all-q.work, 0.05*all)
	q.free = during
	if room := float64(c.Goal) - float64(c.Start); during > paced*room*grown {
		by := 1.0
		if room > 0 {
			by = min((during/(room*grown)-paced)/(1-paced), 1)
		}
		q.assist *= 1 - by
		// Background workers have their share if it takes long. They get it when goroutines
		// let go of processors. Where workers had less than half of it, these kept them, and
		// do so until they are preempted if they need not assist.
		left, share := q.work-q.assist, Background*procs
		took := left / max(q.marking, share)
		if q.marking < share/2 {
			took = math.Ceil(left/(share*forcePreempt)) * forcePreempt
		}
		q.free = max(q.rate*(took*procs-q.work), during)
	}
}

// full is the part of the speed of allocation between cycles at which a program is not
// held up.
const full = 0.9

// past returns the factor by which a cycle went past its goal. Assists do not always keep
// a heap to it: they end when as many bytes are scanned as there can be, as far as the
// pacer knows, and it knows neither of those allocated during the last cycle nor that
// some bytes take longer than others. A heap past its goal may grow by a tenth more before
// assists are resumed. So does one whose program allocated during the cycle as fast as
// before, since nothing held it up: it was past its goal only a little because marking was
// over, and that takes as long with a nearer goal.
// (`runtime/mgcpacer.go:(*gcControllerState).revise` `runtime/mgcpacer.go:(*gcControllerState).resetLive`)
func past(c, last Sample, grown float64) float64 {
	during, took := float64(c.End-c.Start), (c.Took - c.Paused).Seconds()
	if between := (c.At - last.At - last.Took).Seconds(); c.End > c.Goal && c.Start > last.Live && between > 0 && took > 0 &&
		during/took >= full*float64(c.Start-last.Live)/between {
		return maxOvershoot
	}
	if room := (float64(c.Goal) - float64(c.Start)) * grown; room > 0 && during > room {
		return min(float64(c.End)/(float64(c.Start)+room), maxOvershoot)
	}
	return 1
}

// cycle returns what a cycle is like in which the program may allocate room bytes: how
// many it does, the CPU seconds of the collector, idle processors apart, and the
// cons/mark ratio, which is the bytes allocated in a second of the program's time, divided
// by the bytes marked in a second of the collector's.
// (`runtime/mgcpacer.go:(*gcControllerState).endCycle`)
func (q *point) cycle(room, procs float64) (during, cost, consMark float64) {
	if q.work == 0 {
		return 0, q.fixed, q.consMark
	}
	during, assist := q.free, q.assist
	if room < during {
		// Assists shorten the cycle, and take the program's time.
		during = max(room, 0)
		assist = min(max(q.work-q.marking*(during/q.rate+q.work)/procs, q.assist), 0.95*q.work)
	}
	took := (q.work - assist) / q.marking
	share := min(Background+assist/(took*procs), 0.95)
	consMark = during * (share + q.idle/procs) / ((1 - share) * max(q.scanned, 1))
	return during, q.fixed + assist + (q.marking-q.idle)*took, consMark
}

// fell is the part of its live heap that a program keeps at most if it drops the rest
// at once.
const fell = 0.75

// like is how many falls before a fall, and after it, are taken to be from the same height.
const like = 8

// falls finds what the live heap was when it fell. It fell between two cycles, and grew
// until then as it had grown before, so that its height was between what it was in the one
// and what it would have been in the other. A program that fills its heap and drops it, again
// and again, reaches the same height every time, at other moments between two cycles: most
// of those ranges have that height in common. A program that calls runtime.GC has dropped
// what it no longer needs just before, or has come to its end.
func (s *shape) falls() {
	type fall struct {
		cycle       int
		least, most float64 // bytes
	}
	var all []fall
	for i := range max(len(s.points)-1, 0) {
		a, b := &s.points[i], s.points[i+1]
		if b.reachable >= fell*a.reachable {
			continue
		}
		if i > 0 {
			if z := s.points[i-1]; z.allocated < a.allocated && z.reachable < a.reachable {
				a.grows = min((a.reachable-z.reachable)/(a.allocated-z.allocated), 1)
			}
		}
		f := fall{i, a.reachable, a.reachable + float64(a.grows*(b.allocated-a.allocated))}
		if b.requested {
			f.least = f.most
		}
		all = append(all, f)
	}
	for i, f := range all {
		alike := all[max(i-like, 0):min(i+like+1, len(all))]
		common, low, high := 0, f.least, f.most // what most ranges have in common begins where one of them begins
		for _, g := range alike {
			from := max(g.least, f.least)
			n, to := 0, f.most
			for _, h := range alike {
				if h.least <= from && from <= h.most {
					n, to = n+1, min(to, h.most)
				}
			}
			if from <= f.most && n > common {
				common, low, high = n, from, to
			}
		}
		s.points[f.cycle].top = (low + high) / 2
	}
}

// at returns the state of the program when it has allocated that many bytes. The live heap
// is interpolated between two cycles; rates differ by chance, and are those of one of
// them: of the later one from nearer on, which is in [0,1]. A live heap that falls grows
// first as it did before, up to its height, and halfway between them if it did not grow; or
// until the later one if the program requested that.
func (s *shape) at(allocated float64, from int, nearer float64) (point, int) {
	for from+1 < len(s.points) && s.points[from+1].allocated <= allocated {
		from++
	}
	a := s.points[from]
	if allocated <= a.allocated || from+1 == len(s.points) {
		return a, from
	}
	b := s.points[from+1]
	t := (allocated - a.allocated) / (b.allocated - a.allocated)
	if a.top > 0 {
		grown := a.reachable + float64(a.grows*(allocated-a.allocated))
		if !b.requested && (a.grows > 0 && grown >= a.top || a.grows == 0 && t >= 0.5) {
			return b, from
		}
		by := grown / a.reachable
		a.reachable, a.scanned = grown, a.scanned*by
		a.scale(by)
		return a, from
	}
	mix := func(x, y float64) float64 { return x + float64(t*(y-x)) }
	near := a
	if t >= nearer {
		near = b
	}
	if near.reachable > 0 {
		near.scale(min(mix(a.reachable, b.reachable)/near.reachable, 2))
	}
	near.allocated, near.reachable, near.roots = allocated, mix(a.reachable, b.reachable), mix(a.roots, b.roots)
	near.scanned, near.consMark = mix(a.scanned, b.scanned), mix(a.consMark, b.consMark)
	return near, from
}

// first makes a cycle between two others the program's first. Only one of them can be: its
// workers are started for it, and goroutines may have marked most of it before those are of
// use, where they mark later cycles with as large a heap. If that was so in the
// profile, it will be again, and as in the nearest cycle of which it is true.
func (s *shape) first(q point, from int) point {
	if s.begun || !s.points[0].assisted || q.assisted {
		return q
	}
	for d := range like {
		for _, i := range []int{from - d, from + 1 + d} {
			if i < 1 || i >= len(s.points) {
				continue
			}
			near := s.points[i]
			if !near.assisted || near.work == 0 || near.reachable == 0 {
				continue
			}
			near.scale(min(q.reachable/near.reachable, 2))
			near.allocated, near.reachable, near.roots, near.scanned = q.allocated, q.reachable, q.roots, q.scanned
			return near
		}
	}
	return q
}
