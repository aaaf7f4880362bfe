package explore

// words returns the number of words of a state.
func words[S State]() int { return len(split(*new(S))) }

// split returns the words of a state.
func split[S State](s S) []uint64 {
	switch s := any(s).(type) {
	case uint64:
		return []uint64{s}
	case [2]uint64:
		return s[:]
	case [3]uint64:
		return s[:]
	case [4]uint64:
		return s[:]
	case [8]uint64:
		return s[:]
	}
	panic("explore: not a State") // the constraint lists the cases above
}

// hashInto writes the hash of each state into hashes, and returns the union of
// the bits that the states should not have set.
//
// It takes many states because a type parameter cannot be indexed when one of
// its types is an integer: one type switch for a batch costs nothing, one for
// a state would.
func hashInto[S State](hashes []uint64, states []S, unused []uint64) (stray uint64) {
	hashes = hashes[:len(states)]
	switch states := any(states).(type) {
	case []uint64:
		mask := unused[0]
		for i, s := range states {
			stray |= s & mask
			hashes[i] = mix(s)
		}
	case [][2]uint64:
		for i := range states {
			hashes[i] = hashWords(states[i][:], unused, &stray)
		}
	case [][3]uint64:
		for i := range states {
			hashes[i] = hashWords(states[i][:], unused, &stray)
		}
	case [][4]uint64:
		for i := range states {
			hashes[i] = hashWords(states[i][:], unused, &stray)
		}
	case [][8]uint64:
		for i := range states {
			hashes[i] = hashWords(states[i][:], unused, &stray)
		}
	}
	return stray
}

func hashWords(words, unused []uint64, stray *uint64) uint64 {
	var h uint64
	for i, w := range words {
		*stray |= w & unused[i]
		h = mix(h ^ w)
	}
	return h
}

// mix spreads x over all 64 bits. Packed states differ in a few low bits, and
// linear probing needs them far apart. It is a bijection, so that no two
// one-word states have the same hash.
func mix(x uint64) uint64 {
	x *= 0x9e3779b97f4a7c15
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}
