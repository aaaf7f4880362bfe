package pages

import "math"

// quantum is the largest number of bytes that is given back at once
// (runtime/mgcscavenge.go:scavengeQuantum).
const quantum = 64 << 10

// Scavenge gives at least the given number of bytes of free pages back to the system, or
// all there are, and reports how many it gave. Pages in page caches stay there.
func (h *Heap) Scavenge(bytes int64) int64 {
	if h.free == nil {
		return 0 // not from New
	}
	var done int64
	for bytes > done {
		n := (min(bytes-done, quantum) + h.rules.pageSize - 1) / h.rules.pageSize
		page, n := h.free.scavenge(n)
		if n == 0 {
			break
		}
		h.stats.Scavenged += n
		h.event(Event{Kind: Scavenged, Page: page, Pages: n})
		done += n * h.rules.pageSize
	}
	return done
}

// ScavengeTo scavenges until the heap retains at most the given number of bytes, and
// reports how many it gave back.
func (h *Heap) ScavengeTo(goal int64) int64 {
	s := h.Stats()
	return h.Scavenge((s.Mapped-s.Scavenged)*h.rules.pageSize - max(goal, 0))
}

// Goal reports how many bytes the background scavenger lets the heap retain: the bytes in
// use when the last collection ended, scaled by the growth of the heap goal, and a tenth
// more (runtime/mgcscavenge.go:gcPaceScavenger). All are in bytes; a goal of 0, before
// the first collection, means no goal.
func Goal(inUse, lastHeapGoal, heapGoal int64) int64 {
	if lastHeapGoal <= 0 {
		return math.MaxInt64
	}
	goal := int64(float64(inUse) * (float64(heapGoal) / float64(lastHeapGoal)))
	goal += goal / 10    // retainExtraPercent
	const page = 4 << 10 // page size of the machine
	return (goal + page - 1) &^ (page - 1)
}

// LimitGoal reports how many bytes may stay mapped under a memory limit: 95% of it; below
// that the limit needs no scavenging (runtime/mgcscavenge.go:gcPaceScavenger). A limit of
// math.MaxInt64 stands for none.
func LimitGoal(limit int64) int64 {
	const reduce = 5 // reduceExtraPercent
	return int64(float64(limit) * ((100 - reduce) / 100.0))
}
