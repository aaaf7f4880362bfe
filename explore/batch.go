package explore

import "fmt"

const (
	batchLen   = 1024 // successors in a batch, at most
	recentBits = 13   // log2 of the number of slots for recent states
)

// A batch holds successors that are not stored yet, each with the number of the
// state it came from.
type batch[S State] struct {
	n       int
	from    uint32 // the state being expanded
	states  [batchLen]S
	parents [batchLen]uint32
	hashes  [batchLen]uint64

	// recent has recent successors by hash. Most successors that are found
	// again are found again soon, and here that takes no cache miss.
	recent [1 << recentBits]S
}

func (b *batch[S]) put(s S, parent uint32) {
	b.states[b.n], b.parents[b.n] = s, parent
	b.n++
}

// flush stores the batch.
func (e *engine[S]) flush() {
	b := &e.batch
	states := b.states[:b.n]
	b.n = 0
	if !e.going() {
		return
	}
	if e.canonical != nil {
		for i, s := range states {
			states[i] = e.canonical(s)
		}
	}
	if hashInto(b.hashes[:], states, e.unused) != 0 {
		for _, s := range states {
			if err := e.inRange(s); err != nil {
				e.reject(fmt.Errorf("explore: state %w", err))
			}
		}
		return
	}
	n := b.dropRecent(len(states))
	n = e.store.maybeNew(states[:n], b.hashes[:], b.parents[:])
	switch met := e.store.insert(states[:n], b.hashes[:], b.parents[:]); met {
	case limitDepth:
		e.tooDeep = true
	default:
		e.met = met
	}
}

// dropRecent moves the states that are not recent, out of the first n, to the front,
// and returns their number.
func (b *batch[S]) dropRecent(n int) int {
	var zero S // marks an empty slot
	k := 0
	for i, s := range b.states[:n] {
		h := b.hashes[i]
		slot := &b.recent[h>>(64-recentBits)]
		found := *slot
		*slot = s
		b.states[k], b.hashes[k], b.parents[k] = s, h, b.parents[i]
		if found != s || s == zero {
			k++
		}
	}
	return k
}
