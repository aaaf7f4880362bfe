package explore

const (
	chunkLen = 1 << 13 // states in a chunk of the queue
	minSlots = 1 << 12 // slots of the first table
)

// A limit is the reason why a new state could not be stored.
type limit uint8

const (
	noLimit limit = iota
	limitStates
	limitDepth
	limitMemory
)

// A store holds every state found, in the order in which it was found. It is
// at once the queue of the breadth-first search, the set of visited states and
// the tree of first steps: state i was first reached from state parent(i), and
// an initial state is its own parent.
//
// A uint64 state takes 8 bytes in the queue, 4 for its parent and, as the
// table is between one third and two thirds full, 12 to 24 in the table.
type store[S State] struct {
	n       int
	states  [][]S      // in chunks, so that the queue grows without a copy
	parents [][]uint32 // in chunks, as states

	// table is the set: open addressing with linear probing. The zero state
	// marks an empty slot, so whether that state is stored is kept apart.
	table   []S
	hasZero bool

	roomUntil int  // the next n that needs makeRoom
	closed    bool // no new state may be stored: they are too deep

	maxStates int
	maxBytes  uint64
	peak      uint64 // most bytes held at once, scratch space aside
}

func (st *store[S]) at(i int) S       { return st.states[i/chunkLen][i%chunkLen] }
func (st *store[S]) parent(i int) int { return int(st.parents[i/chunkLen][i%chunkLen]) }
func (st *store[S]) queueBytes() uint64 {
	return uint64(len(st.states)) * chunkLen * (stateBytes[S]() + 4)
}
func (st *store[S]) growAt() int { return len(st.table) / 3 * 2 }

func stateBytes[S State]() uint64 { return 8 * uint64(words[S]()) }

// insert stores the states that are not there yet. If some could not be stored, it
// returns the reason.
func (st *store[S]) insert(states []S, hashes []uint64, parents []uint32) limit {
	var zero S
	hashes, parents = hashes[:len(states)], parents[:len(states)]
	met := noLimit
next:
	for i, s := range states {
	again:
		table, slot := st.table, 0
		if s == zero {
			if st.hasZero {
				continue
			}
		} else if len(table) > 0 {
			slot = int(hashes[i] & uint64(len(table)-1))
			for table[slot] != zero {
				if table[slot] == s {
					continue next
				}
				slot = (slot + 1) & (len(table) - 1)
			}
		}
		if st.n == st.roomUntil {
			switch why := st.makeRoom(); why {
			case noLimit:
				goto again // the table may be another one now
			case limitDepth:
				met = why
				continue
			default:
				return why
			}
		}
		if s == zero {
			st.hasZero = true
		} else {
			table[slot] = s
		}
		st.states[st.n/chunkLen][st.n%chunkLen] = s
		st.parents[st.n/chunkLen][st.n%chunkLen] = parents[i]
		st.n++
	}
	return met
}

// maybeNew moves the states that may be new to the front, with their parents and
// hashes, and returns their number. It looks only at the slot where a state belongs,
// for all states in turn and without a branch on the contents: the cache misses of a
// batch overlap here, and insert then finds the slots in the cache.
func (st *store[S]) maybeNew(states []S, hashes []uint64, parents []uint32) int {
	if len(st.table) == 0 {
		return len(states)
	}
	var zero S
	hashes, parents = hashes[:len(states)], parents[:len(states)]
	table, k := st.table, 0
	for i, s := range states {
		h, found := hashes[i], table[hashes[i]&uint64(len(table)-1)]
		states[k], hashes[k], parents[k] = s, h, parents[i]
		if found != s || s == zero {
			k++
		}
	}
	return k
}

// close keeps every further state out.
func (st *store[S]) close() { st.closed, st.roomUntil = true, st.n }

// makeRoom makes it possible to store one more state.
func (st *store[S]) makeRoom() limit {
	switch {
	case st.closed:
		return limitDepth
	case st.n == st.maxStates:
		return limitStates
	}
	slots, chunks := len(st.table), len(st.states)
	if st.n == st.growAt() {
		slots = max(minSlots, 2*slots)
	}
	if st.n == chunks*chunkLen {
		chunks++
	}
	bytes := uint64(chunks)*chunkLen*(stateBytes[S]()+4) + uint64(slots)*stateBytes[S]()
	if bytes > st.maxBytes {
		return limitMemory
	}
	st.peak = max(st.peak, bytes)
	if chunks > len(st.states) {
		st.states = append(st.states, make([]S, chunkLen))
		st.parents = append(st.parents, make([]uint32, chunkLen))
	}
	if slots > len(st.table) {
		st.rehash(slots)
	}
	st.roomUntil = min(st.growAt(), chunks*chunkLen, st.maxStates)
	return noLimit
}

// rehash makes a table of that many slots from the queue. The old table goes
// first, so that the two are never held together.
func (st *store[S]) rehash(slots int) {
	st.table = nil
	st.table = make([]S, slots)
	var zero S
	var hashes [256]uint64
	unused := make([]uint64, words[S]())
	for from := 0; from < st.n; from += len(hashes) {
		group := st.states[from/chunkLen][from%chunkLen:]
		group = group[:min(len(hashes), st.n-from)]
		hashInto(hashes[:], group, unused)
		touch(st.table, hashes[:len(group)])
		for i, s := range group {
			if s == zero {
				continue
			}
			slot := hashes[i] & uint64(slots-1)
			for st.table[slot] != zero {
				slot = (slot + 1) & uint64(slots-1)
			}
			st.table[slot] = s
		}
	}
}

// touch looks at the slots where states of these hashes belong, one after the
// other and without a branch on the contents, so that the cache misses overlap
// and the next access finds the slots in the cache. It is not inlined, or the
// compiler would see that its result is not used.
//
//go:noinline
func touch[S State](table []S, hashes []uint64) (taken int) {
	var zero S
	for _, h := range hashes {
		if table[h&uint64(len(table)-1)] != zero {
			taken++
		}
	}
	return taken
}
