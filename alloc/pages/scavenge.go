package pages

import "math"

// quantum is the most bytes that are given back at once
// (runtime/mgcscavenge.go:scavengeQuantum).
const quantum = 64 << 10

// Scavenge gives free pages back to the system until it has given so many bytes or
// there are no more, and reports how many. What lies in page caches stays there.
func (h *Heap) Scavenge(bytes int64) int64 {
	if h.free == nil {
		return 0 // not from New
	}
	var done int64
	for bytes > done {
		n := min(bytes-done+h.rules.pageSize-1, quantum) / h.rules.pageSize
		page, n := h.free.scavenge(max(n, 1))
		if n == 0 {
			break
		}
		h.stats.Scavenged += n
		h.event(Event{Kind: Scavenged, Page: page, Pages: n})
		done += n * h.rules.pageSize
	}
	return done
}

// ScavengeTo scavenges until the heap retains at most so many bytes, and reports
// how many it gave back.
func (h *Heap) ScavengeTo(goal int64) int64 {
	s := h.Stats()
	return h.Scavenge((s.Mapped-s.Scavenged)*h.rules.pageSize - max(goal, 0))
}

// Goal reports how many bytes the background scavenger lets the heap retain: what
// was in use when the last collection ended, grown as much as the heap's goal grew,
// and a tenth more (runtime/mgcscavenge.go:gcPaceScavenger). All are in bytes; a
// goal of 0 before the first collection is no goal.
func Goal(inUse, lastHeapGoal, heapGoal int64) int64 {
	if lastHeapGoal <= 0 {
		return math.MaxInt64
	}
	goal := int64(float64(inUse) * (float64(heapGoal) / float64(lastHeapGoal)))
	goal += goal / 10    // retainExtraPercent
	const page = 4 << 10 // the machine's
	return (goal + page - 1) &^ (page - 1)
}

// LimitGoal reports how many bytes may stay mapped under a memory limit: 95% of it,
// and no scavenging is needed for it below that (runtime/mgcscavenge.go:
// gcPaceScavenger). No limit is math.MaxInt64.
func LimitGoal(limit int64) int64 {
	const reduce = 5 // reduceExtraPercent
	return int64(float64(limit) * ((100 - reduce) / 100.0))
}
