package explain

// rules are what the replay holds a trace to. The tests plant wrong ones.
type rules struct {
	turn        int  // the number of slices after which the global queue goes first
	lifo        bool // the ring gives the last
	noNext      bool // what becomes runnable goes to the ring
	firstStolen bool // of those stolen the first runs
	stealLess   bool // half, rounded down
	globalFirst bool // the global queue goes before the ring
}

func trueRules() rules { return rules{turn: 61} }

const ringSize = 256

// takes reports whether a thief that finds n in a ring takes that number.
func (r *rules) takes(n, taken int) bool {
	half := n - n/2
	if r.stealLess {
		half = n / 2
	}
	return taken == half && taken > 0
}

// share is what a P takes of a global queue of that size.
func share(size, procs int) int { return min(ringSize/2, size, size/procs+1) }

// ticks are all values of schedtick modulo the turn, a bit each.
func (r *rules) ticks() uint64 { return 1<<r.turn - 1 }

// nextSlice adds one to every possible value.
func (r *rules) nextSlice(ticks uint64) uint64 {
	return (ticks<<1 | ticks>>(r.turn-1)) & r.ticks()
}
