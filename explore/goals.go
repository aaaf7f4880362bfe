package explore

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// checkGoals looks for goals that cannot be reached, when all states are known.
func (e *engine[S]) checkGoals(ctx context.Context) error {
	for _, g := range e.reached {
		if g.States == 0 {
			// No run gets nearer to the goal than another: the empty run will do.
			e.fail(0, Goal, fmt.Sprintf("goal %q cannot be reached", g.Goal))
		}
	}
	if !e.opts.Everywhere {
		return nil
	}
	in, err := e.reverse(ctx)
	if err != nil {
		return err
	}
	first, firstGoal := e.store.n, 0
	for g := range e.reached {
		can := e.canReach(g, in)
		e.reached[g].Lost = e.store.n - can.len
		if i := can.firstMissing(); i < first {
			first, firstGoal = i, g
		}
	}
	if first < e.store.n {
		e.fail(first, Goal, fmt.Sprintf("goal %q can no longer be reached", e.reached[firstGoal].Goal))
	}
	return nil
}

// canReach returns the set of the states from which a goal can be reached, by a
// search backwards from the states where it holds.
func (e *engine[S]) canReach(goal int, in *incoming) *bitset {
	can := newBitset(e.store.n)
	stack := in.scratch[:0]
	for i := range e.store.n {
		if e.goals.Goal(goal, e.store.at(i)) {
			can.add(i)
			stack = append(stack, uint32(i))
		}
	}
	for len(stack) > 0 {
		to := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, from := range in.from[in.start[to]:in.start[to+1]] {
			if can.add(int(from)) {
				stack = append(stack, from)
			}
		}
	}
	return can
}

// nobody is not the number of a state: [MaxStates] is one less than its successor.
const nobody = math.MaxUint32

// incoming has the transitions of a search by their target: state i is entered from
// states from[start[i]:start[i+1]].
type incoming struct {
	start   []int
	from    []uint32
	scratch []uint32 // room for every state once
}

// reverse takes all transitions again, twice: first to count those into each
// state, then to put them where they belong.
func (e *engine[S]) reverse(ctx context.Context) (*incoming, error) {
	n := e.store.n
	slots := minSlots
	for slots/3*2 < n {
		slots *= 2
	}
	bytes := e.store.queueBytes() + 4*uint64(slots) + 4*e.transitions + 12*uint64(n+1) + uint64(n+63)/64*8
	if bytes > e.store.maxBytes {
		e.met = limitMemory
		return nil, e.limitError()
	}
	e.store.table = nil // the index does its work from here on
	e.store.peak = max(e.store.peak, bytes)

	index := newIndex(&e.store, slots)
	in := &incoming{start: make([]int, n+1), from: make([]uint32, e.transitions), scratch: make([]uint32, 0, n)}
	err := e.eachEdge(ctx, index, func(_, to int) { in.start[to+1]++ })
	if err != nil {
		return nil, err
	}
	for i := range n {
		in.start[i+1] += in.start[i]
	}
	if in.start[n] != len(in.from) {
		return nil, fmt.Errorf("explore: machine is not deterministic: it had %d transitions, and %d when taken again", len(in.from), in.start[n])
	}
	for i := range in.from {
		in.from[i] = nobody
	}
	placed, crowded := 0, false
	err = e.eachEdge(ctx, index, func(from, to int) {
		switch slot := in.start[to]; {
		case slot < len(in.from) && in.from[slot] == nobody:
			in.from[slot] = uint32(from)
			placed++
		default:
			crowded = true
		}
		in.start[to]++
	})
	copy(in.start[1:], in.start[:n]) // each has moved to where the next one was
	in.start[0] = 0
	// If a state were entered more often this time, its steps would lie in the
	// room of the next one: on steps into that one, or beyond where it begins.
	if err == nil && (crowded || placed != len(in.from) || !slices.IsSorted(in.start)) {
		err = fmt.Errorf("explore: machine is not deterministic: it had other transitions when they were taken once more")
	}
	return in, err
}

// eachEdge calls visit for every transition, with the numbers of its states.
func (e *engine[S]) eachEdge(ctx context.Context, index *index[S], visit func(from, to int)) error {
	var edges []edge[S]
	var err error
	for i := range e.store.n {
		if i%sampleEvery == 0 {
			if err := stopped(ctx, e.progress()); err != nil {
				return err
			}
		}
		s := e.store.at(i)
		if edges, err = e.successors(s, edges); err != nil {
			return err
		}
		for _, d := range edges {
			to := index.find(e.canon(d.to))
			if to < 0 {
				return e.noSuchStep(s, e.canon(d.to))
			}
			visit(i, to)
		}
	}
	return nil
}

// An index gives the number of a stored state. The table of a store cannot: it
// holds the states themselves, which costs the search one cache miss for a
// state in place of two.
type index[S State] struct {
	store *store[S]
	slots []uint32 // number + 1; 0 is an empty slot
	hash  [1]uint64
	state [1]S
	none  []uint64
}

func newIndex[S State](st *store[S], slots int) *index[S] {
	x := &index[S]{store: st, slots: make([]uint32, slots), none: make([]uint64, words[S]())}
	for i := range st.n {
		slot, _ := x.probe(st.at(i))
		x.slots[slot] = uint32(i + 1)
	}
	return x
}

// find returns the number of s, or -1.
func (x *index[S]) find(s S) int {
	_, i := x.probe(s)
	return i
}

// probe returns the slot of s and its number, or the empty slot where it belongs
// and -1.
func (x *index[S]) probe(s S) (slot, number int) {
	x.state[0] = s
	hashInto(x.hash[:], x.state[:], x.none)
	slot = int(x.hash[0] & uint64(len(x.slots)-1))
	for x.slots[slot] != 0 {
		if i := int(x.slots[slot] - 1); x.store.at(i) == s {
			return slot, i
		}
		slot = (slot + 1) & (len(x.slots) - 1)
	}
	return slot, -1
}

// A bitset is a set of the numbers below its size.
type bitset struct {
	size, len int
	words     []uint64
}

func newBitset(size int) *bitset { return &bitset{size: size, words: make([]uint64, (size+63)/64)} }

// add adds i and reports whether it is new.
func (b *bitset) add(i int) bool {
	w, bit := &b.words[i/64], uint64(1)<<(i%64)
	if *w&bit != 0 {
		return false
	}
	*w |= bit
	b.len++
	return true
}

// firstMissing returns the lowest number that is not in the set, or its size.
func (b *bitset) firstMissing() int {
	for i := range b.size {
		if b.words[i/64]>>(i%64)&1 == 0 {
			return i
		}
	}
	return b.size
}
