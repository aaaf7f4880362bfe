package pages

import "math"

// quantum is the number of bytes that the background scavenger asks for at once
// (runtime/mgcscavenge.go:(*scavengerState).run).
const quantum = 64 << 10

// Scavenge gives at least the given number of bytes of free pages back to the system, or
// all there are, and reports how many it gave: what debug.FreeOSMemory does with all of
// them, and an allocation under a memory limit with what is above it. The highest pages go
// first, whole rows of a chunk of 4 MiB, or as much of the highest row as is left to give,
// but no part of a huge page that is free. Pages in page caches stay there.
func (h *Heap) Scavenge(bytes int64) int64 { return h.scavenge(bytes, true) }

func (h *Heap) scavenge(bytes int64, force bool) int64 {
	if h.free == nil {
		return 0 // not from New
	}
	var done int64
	for bytes > done {
		left := bytes - done
		if !h.rules.tree {
			left = min(left, quantum)
		}
		n := left / h.rules.pageSize
		if left%h.rules.pageSize != 0 {
			n++
		}
		page, n := h.free.scavenge(n, force)
		if n == 0 {
			break
		}
		h.stats.Scavenged += n
		h.event(Event{Kind: Scavenged, Page: page, Pages: n})
		done += n * h.rules.pageSize
	}
	return done
}

// ScavengeTo scavenges as in the background, 64 KiB at once, until the heap retains at most
// the given number of bytes, and reports how many it gave back. Since Go 1.21 it leaves
// alone what was freed since the last call of [Heap.Collected], and chunks of 4 MiB of which
// 31 of 32 pages are in use or were so in this cycle.
func (h *Heap) ScavengeTo(goal int64) (done int64) {
	for {
		s := h.Stats()
		if (s.Mapped-s.Scavenged)*h.PageSize() <= max(goal, 0) {
			return done
		}
		n := h.scavenge(quantum, false)
		if n == 0 {
			return done
		}
		done += n
	}
}

// Collected tells the heap that a collection has ended its marking: what is free then may
// be given back in the background (runtime/mgcscavenge.go:(*scavengeIndex).nextGen).
func (h *Heap) Collected() {
	if t, ok := h.free.(*tree); ok && t.index != nil {
		t.index.next()
	}
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
