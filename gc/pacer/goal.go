package pacer

import "math"

// commit computes the values from which goal and trigger follow, after an input has
// changed, and the assist ratio of a cycle that runs.
// (`runtime/mgcpacer.go:(*gcControllerState).commit` `runtime/mgcpacer.go:gcControllerCommit`)
func (p *Pacer) commit() {
	switch {
	case p.ratio:
		p.commitRatio(p.triggerRatio)
		return
	case !p.split:
		p.commit18()
	default:
		p.sweepTrigger = 0
		if !p.swept {
			p.sweepTrigger = p.heapLive + sweepMinHeapDistance
		}
		p.percentGoal = max(p.goalOfPercent(), p.heapMinimum)
		p.runway = p.runwayNow()
	}
	if p.running {
		p.revise()
	}
}

// goalOfPercent returns the goal of GOGC alone. The product wraps around, as in the
// runtime.
func (p *Pacer) goalOfPercent() uint64 {
	if p.gcPercent < 0 {
		return math.MaxUint64
	}
	grows := p.heapMarked
	if !p.ratio {
		grows += p.lastStackScan + p.globals
	}
	return p.heapMarked + grows*uint64(p.gcPercent)/100
}

// runwayNow returns the bytes that the program allocates while as much is scanned as in
// the last cycle, if the collector takes its share of the CPU time.
func (p *Pacer) runwayNow() uint64 {
	return toUint64(p.consMark * (1 - p.goalShare) / p.goalShare * float64(p.lastHeapScan+p.lastStackScan+p.globals))
}

// toUint64 converts as amd64 does on every architecture, also values out of range.
func toUint64(f float64) uint64 {
	switch {
	case f != f || f <= -(1<<63):
		return 1 << 63
	case f < 1<<63:
		return uint64(int64(f))
	case f < 1<<64:
		return 1<<63 + uint64(int64(f-1<<63))
	}
	return 0 // 1<<63 flips the highest bit of the value that stands for out of range
}

// toInt64 does the same for signed numbers.
func toInt64(f float64) int64 {
	if f != f || f >= 1<<63 || f < -(1<<63) {
		return math.MinInt64
	}
	return int64(f)
}

// commit18 is commit of 1.18, where trigger and goal are computed together.
func (p *Pacer) commit18() {
	goal := p.goalOfPercent()
	least := p.heapMinimum
	if !p.swept {
		least = max(least, p.heapLive+sweepMinHeapDistance)
	}
	least = max(least, toUint64(0.7*float64(goal-p.heapMarked))+p.heapMarked)
	run := toUint64(0.95 * float64(goal-p.heapMarked))
	if goal > p.heapMinimum {
		run = max(run, goal-p.heapMinimum)
	}
	most := max(run+p.heapMarked, least)
	p.runway = p.runwayNow()
	trigger := least
	if p.runway <= goal {
		trigger = goal - p.runway
	}
	trigger = min(max(trigger, least), most)
	p.trigger18, p.percentGoal = trigger, max(goal, trigger)
}

// commitRatio is commit of 1.9 to 1.17: the trigger is a ratio above the live heap.
// (`go1.17.13 runtime/mgcpacer.go:(*gcControllerState).commit`)
func (p *Pacer) commitRatio(ratio float64) {
	scale := float64(p.gcPercent) / 100
	if p.gcPercent >= 0 {
		ratio = min(ratio, 0.95*scale)
		if p.minRatio {
			ratio = max(ratio, 0.6*scale)
		}
	}
	if !p.minRatio || p.gcPercent < 0 {
		ratio = max(ratio, 0)
	}
	p.triggerRatio = ratio
	p.trigger18, p.percentGoal = math.MaxUint64, math.MaxUint64
	if p.gcPercent >= 0 {
		p.trigger18 = max(toUint64(float64(p.heapMarked)*(1+ratio)), p.heapMinimum)
		if !p.swept {
			distance := uint64(sweepMinHeapDistance)
			if p.sweepScaled {
				distance = distance * uint64(p.gcPercent) / 100
			}
			p.trigger18 = max(p.trigger18, p.heapLive+distance)
		}
		p.percentGoal = max(p.goalOfPercent(), p.trigger18)
	}
	if p.running {
		p.revise()
	}
}

// Goal returns the size that the heap should have when the current or next cycle ends, in
// bytes: /gc/heap/goal:bytes, MemStats.NextGC.
// (`runtime/mgcpacer.go:(*gcControllerState).heapGoalInternal`)
func (p *Pacer) Goal() uint64 {
	goal, _ := p.goal()
	return goal
}

// goal also reports the least trigger that sweeping allows.
func (p *Pacer) goal() (goal, least uint64) {
	goal = p.percentGoal
	if !p.split {
		return goal, 0
	}
	if limited := p.limitGoal(); limited < goal {
		return limited, 0
	}
	goal = max(goal, p.sweepTrigger)
	if p.triggered != untriggered {
		goal = max(goal, p.triggered+64<<10)
	}
	return goal, p.sweepTrigger
}

// limitGoal returns the bytes that the memory limit leaves for the heap.
// (`runtime/mgcpacer.go:(*gcControllerState).memoryLimitHeapGoal`)
func (p *Pacer) limitGoal() uint64 {
	beside := p.mapped - p.heapFree - p.heapObjects
	over := uint64(0)
	if p.mapped > p.memoryLimit {
		over = p.mapped - p.memoryLimit
	}
	if beside+over >= p.memoryLimit {
		return p.heapMarked
	}
	goal := p.memoryLimit - (beside + over)
	headroom := uint64(minHeadroom)
	if p.headroom > 0 {
		headroom = max(headroom, goal/100*p.headroom)
	}
	if goal < headroom || goal-headroom < headroom {
		goal = headroom
	} else {
		goal -= headroom
	}
	return max(goal, p.heapMarked)
}

// EffectiveGOGC returns the GOGC, in percent, to which the goal corresponds: less than
// the setting under a memory limit, more under the least goal. It is 0 if nothing is
// live.
func (p *Pacer) EffectiveGOGC() float64 {
	grows := p.heapMarked
	if !p.ratio {
		grows += p.lastStackScan + p.globals
	}
	if goal := p.Goal(); grows > 0 && goal > p.heapMarked {
		return 100 * float64(goal-p.heapMarked) / float64(grows)
	}
	return 0
}

// Trigger reports at how many bytes of heap a cycle is due: from three quarters of the
// way to the goal on, and at the latest one twentieth or 4 MiB before it.
// (`runtime/mgcpacer.go:(*gcControllerState).trigger`)
func (p *Pacer) Trigger() uint64 {
	if !p.split {
		return p.trigger18
	}
	goal, least := p.goal()
	if p.heapMarked >= goal {
		return goal
	}
	way := (goal - p.heapMarked) / 64
	least = max(least, p.heapMarked, way*45+p.heapMarked)
	most := way*61 + p.heapMarked
	if goal > HeapMinimum {
		most = max(most, goal-HeapMinimum)
	}
	most = max(most, least)
	trigger := least
	if p.runway <= goal {
		trigger = goal - p.runway
	}
	return min(max(trigger, least), most)
}
