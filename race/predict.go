package race

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// The limits of a prediction.
const (
	MaxPredicted = 1 << 16 // operations
	machineBits  = 512
)

// An Interleavings is a small machine: its runs are the other orders in which the
// operations of a recorded log could have come, and a state in which two goroutines
// are about to make conflicting accesses is a race. It is a Machine for package
// explore, which finds the shortest run to one. Get one from [NewInterleavings].
//
// Each goroutine performs its operations in the order of the log, and waits where it has
// to. So that the program would do the same, each goroutine must see the same: a read
// comes after the same writes as in the log, a receive gets the value of the same send,
// and operations on a Cond are in the same order. So each race that is found is one that
// the program has. With anyValue, plain reads may see anything, and more is found: races
// that the program has if nothing that it does depends on the values of those reads.
//
// The other way round, a race in the log's own order may not be found: the order of
// operations on a channel is more than happens-before. If receive 2 got element 2,
// receive 1 came before, but there is no edge between the two (golang/go#69821).
type Interleavings struct {
	ops    []Op
	number []uint64 // of an operation in the log; 0: the lock that the end of a cond wait takes
	labels []string
	progs  [][]int          // operations of each goroutine, in order
	where  [][2]int         // of an operation its goroutine and its place there
	needs  [][]int          // operations that must have come before an operation
	bars   [][]int          // operations that must not have come before it
	pair   []int            // of an unbuffered send its receive, and the other way round; -1: none
	uses   map[Object][]int // operations on it
	cond   []Object         // of an operation that was a cond wait its Cond
	shift  []int            // of a goroutine's position in a state
	width  []int
	bits   int
	first  []int         // of goroutines, the go that starts them, from the second goroutine on
	room   map[int]int64 // of a send the capacity
	makes  []Op          // objects, made before everything else
	child  map[int]int   // of a go the index of the goroutine that it starts
	once   [][2]int      // calls that come after the function of a Once
}

// NewInterleavings makes the machine of a log. It returns an error if the log has
// [MaxPredicted] operations or more, if they access more than 4 MiB in all, or if a state,
// the positions of all goroutines, needs more than 512 bits, as with more than some 40
// goroutines.
func NewInterleavings(log []Op, anyValue bool) (*Interleavings, error) {
	if len(log) > MaxPredicted-1 {
		return nil, fmt.Errorf("race: %d operations out of range [0,%d]", len(log), MaxPredicted-1)
	}
	m, err := build(log, anyValue)
	if err != nil {
		return nil, err
	}
	for _, p := range m.progs {
		w := bits.Len(uint(len(p)))
		m.shift, m.width = append(m.shift, m.bits), append(m.width, w)
		m.bits += w
	}
	if m.bits > machineBits {
		return nil, fmt.Errorf("race: %d goroutines and %d operations need %d bits of a state: allowed are %d", len(m.progs), len(log), m.bits, machineBits)
	}
	m.bits = max(m.bits, 1)
	return m, nil
}

// Bits returns the number of bits of a state.
func (m *Interleavings) Bits() int { return m.bits }

// Labels names the operations. The last label is not an operation but the step of an end
// state.
func (m *Interleavings) Labels() []string { return slices.Clone(m.labels) }

// Initial returns the state before the first operation.
func (m *Interleavings) Initial() [][8]uint64 { return [][8]uint64{{}} }

// position reports how many operations of a goroutine were done.
func (m *Interleavings) position(s [8]uint64, g int) int {
	i, w := m.shift[g], m.width[g]
	v := s[i/64] >> (i % 64)
	if i%64+w > 64 {
		v |= s[i/64+1] << (64 - i%64)
	}
	return int(v & (1<<w - 1))
}

// advance does one more operation of a goroutine.
func (m *Interleavings) advance(s [8]uint64, g int) [8]uint64 {
	i := m.shift[g]
	add := uint64(1) << (i % 64)
	old := s[i/64]
	s[i/64] += add
	if s[i/64] < old {
		s[i/64+1]++ // the position lies in two words
	}
	return s
}

// came reports whether an operation was done.
func (m *Interleavings) came(s [8]uint64, op int) bool {
	w := m.where[op]
	return m.position(s, w[0]) > w[1]
}

// next returns the next operation of a goroutine, or -1.
func (m *Interleavings) next(s [8]uint64, g int) int {
	i := m.position(s, g)
	if i >= len(m.progs[g]) || g > 0 && !m.came(s, m.first[g-1]) {
		return -1 // it is at its end, or has not been started
	}
	return m.progs[g][i]
}

// enabled reports whether an operation can be done in s, if it is the next one of its
// goroutine.
func (m *Interleavings) enabled(s [8]uint64, op int) bool {
	for _, k := range m.needs[op] {
		if !m.came(s, k) {
			return false
		}
	}
	for _, k := range m.bars[op] {
		if m.came(s, k) {
			return false
		}
	}
	var writers, readers, counter, used int64
	switch m.ops[op].Verb {
	case LockVerb, RLockVerb, UnlockVerb, RUnlockVerb, WaitVerb, AddVerb, SendVerb:
	default:
		return true
	}
	for _, k := range m.uses[m.ops[op].On] {
		if !m.came(s, k) {
			continue
		}
		switch m.ops[k].Verb {
		case LockVerb:
			writers++
		case UnlockVerb:
			writers--
		case RLockVerb:
			readers++
		case RUnlockVerb:
			readers--
		case AddVerb:
			counter += m.ops[k].N
		case SendVerb:
			used++
		case RecvVerb:
			used--
		}
	}
	switch m.ops[op].Verb {
	case LockVerb:
		return writers == 0 && readers == 0
	case RLockVerb:
		return writers == 0
	case UnlockVerb:
		return writers > 0
	case RUnlockVerb:
		return readers > 0
	case AddVerb:
		return counter+m.ops[op].N >= 0
	case SendVerb:
		return m.pair[op] >= 0 || used < m.room[op]
	}
	return counter == 0
}

// Successors calls step for every operation that can come next. An unbuffered send and
// its receive are one step.
func (m *Interleavings) Successors(s [8]uint64, step func(event int, to [8]uint64)) {
	if step == nil || m.foreign(s) != nil {
		return
	}
	end := true
	for g := range m.progs {
		op := m.next(s, g)
		if op < 0 {
			continue
		}
		end = false
		other := m.pair[op]
		if other < 0 {
			if m.enabled(s, op) {
				step(op, m.advance(s, g))
			}
			continue
		}
		if h := m.where[other][0]; op > other && m.next(s, h) == other && m.enabled(s, op) && m.enabled(s, other) {
			step(op, m.advance(m.advance(s, g), h))
		}
	}
	if end {
		step(len(m.ops), s)
	}
}

// A Pair is two operations of the log, by number, that are a race.
type Pair struct {
	First  uint64 `json:"first,string"`
	Second uint64 `json:"second,string"`
}

// Racing returns two accesses that conflict and are the next operations of their
// goroutines, and reports whether there are any.
func (m *Interleavings) Racing(s [8]uint64) (Pair, bool) {
	a, b, ok := m.racing(s)
	if !ok {
		return Pair{}, false
	}
	return Pair{m.number[min(a, b)], m.number[max(a, b)]}, true
}

func (m *Interleavings) racing(s [8]uint64) (a, b int, ok bool) {
	if m.foreign(s) != nil {
		return 0, 0, false
	}
	for g := range m.progs {
		if a = m.next(s, g); a < 0 {
			continue
		}
		for h := g + 1; h < len(m.progs); h++ {
			if b = m.next(s, h); b >= 0 && m.conflict(a, b) {
				return a, b, true
			}
		}
	}
	return 0, 0, false
}

// conflict reports whether two accesses are to a common byte and not both reads or
// both atomic.
func (m *Interleavings) conflict(a, b int) bool {
	x, y := m.ops[a], m.ops[b]
	k, isAccess := accessKind(x.Verb)
	l, both := accessKind(y.Verb)
	return isAccess && both && conflict(k, l) && overlap(x, y)
}

func overlap(x, y Op) bool { return x.Addr < y.Addr+uint64(y.Size) && y.Addr < x.Addr+uint64(x.Size) }

// foreign returns an error if a state is not one of the machine.
func (m *Interleavings) foreign(s [8]uint64) error {
	if len(m.progs) == 0 {
		return errors.New("race: the zero Interleavings has no states: use NewInterleavings")
	}
	for i, w := range s {
		if low := m.bits - 64*i; low < 64 && w>>max(low, 0) != 0 {
			return fmt.Errorf("race: %x is no state of the machine", s)
		}
	}
	for g := range m.progs {
		i := m.position(s, g)
		if i > len(m.progs[g]) || i > 0 && g > 0 && !m.came(s, m.first[g-1]) {
			return fmt.Errorf("race: %x is no state of the machine", s)
		}
	}
	return nil
}

// Check returns an error if the state has a race, or does not belong to this machine.
func (m *Interleavings) Check(s [8]uint64) error {
	if err := m.foreign(s); err != nil {
		return err
	}
	if p, ok := m.Racing(s); ok {
		return fmt.Errorf("race: operations %d and %d can come at the same time", p.First, p.Second)
	}
	return nil
}

// Order returns a run as operations for a new [Detector]: those between the states and,
// if the last state has a race, the two that race. All objects are made in the beginning,
// and goroutines are numbered in their order there; the second list has their numbers in
// the log, by operation. It returns an error if the states are not a run of the machine.
func (m *Interleavings) Order(states [][8]uint64) ([]Op, []G, error) {
	for _, s := range states {
		if err := m.foreign(s); err != nil {
			return nil, nil, err
		}
	}
	out := append([]Op{}, m.makes...)
	was := make([]G, len(out), len(out)+len(m.ops))
	for i := range was {
		was[i] = Main
	}
	names := []G{0: Main} // of goroutines, by index; 0: not yet
	names = append(names, make([]G, len(m.progs))...)
	next := Main + 1
	put := func(op int) {
		if m.number[op] == 0 {
			return
		}
		g := m.where[op][0]
		o := m.ops[op]
		if m.cond[op] != 0 {
			o.Verb, o.On = WaitCondVerb, m.cond[op]
		}
		was = append(was, o.G)
		o.G = names[g]
		if o.Verb == GoVerb {
			names[m.child[op]] = next
			next++
		}
		out = append(out, o)
	}
	for i := 1; i < len(states); i++ {
		if err := m.between(states[i-1], states[i], put); err != nil {
			return nil, nil, err
		}
	}
	if len(states) > 0 {
		last := states[len(states)-1]
		if a, b, ok := m.racing(last); ok {
			put(a)
			put(b)
		}
	}
	return out, was, nil
}

// between calls put with the operations from one state to the next.
func (m *Interleavings) between(from, to [8]uint64, put func(op int)) error {
	ops := 0
	for g := range m.progs {
		i, j := m.position(from, g), m.position(to, g)
		if i == j {
			continue
		}
		if ops++; ops > 2 || j != i+1 {
			return fmt.Errorf("race: %v and %v are no two states of a run", from, to)
		}
		put(m.progs[g][i])
	}
	return nil
}
