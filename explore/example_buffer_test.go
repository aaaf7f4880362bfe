package explore_test

import (
	"context"
	"errors"
	"fmt"
	"math/bits"

	"github.com/orrery-go/orrery/explore"
)

// buffer is a bounded buffer with one condition variable, on which producers
// wait for room and consumers for an item. Its twin is testdata/buffer.pml.
//
// A state holds the number of items (bits 0-3) and the set of the workers that wait (from
// bit 4: the producers, then the consumers).
type buffer struct {
	size, producers, consumers int

	broadcast bool // wake all that wait, not just one
}

const waiting = 4 // the first bit of the set

func (b buffer) workers() int      { return b.producers + b.consumers }
func (b buffer) Bits() int         { return waiting + b.workers() }
func (b buffer) Initial() []uint64 { return []uint64{0} }

// name returns the name of worker i.
func (b buffer) name(i int) string {
	if i < b.producers {
		return fmt.Sprintf("producer %d", i)
	}
	return fmt.Sprintf("consumer %d", i-b.producers)
}

// Labels has for each worker: waits; continues and wakes nobody; wakes worker 0, 1, ...;
// and wakes all.
func (b buffer) Labels() []string {
	var names []string
	for i := range b.workers() {
		did := b.name(i) + " puts an item"
		if i >= b.producers {
			did = b.name(i) + " gets an item"
		}
		names = append(names, b.name(i)+" waits", did)
		for j := range b.workers() {
			names = append(names, did+" and wakes "+b.name(j))
		}
		names = append(names, did+" and wakes all")
	}
	return names
}

func (b buffer) Successors(s uint64, step func(event int, to uint64)) {
	items, waits := s&(1<<waiting-1), s>>waiting
	for i := range b.workers() {
		event, bit := i*(b.workers()+3), uint64(1)<<(waiting+i)
		after := s + 1
		if i >= b.producers {
			after = s - 1
		}
		switch {
		case s&bit != 0:
		case i < b.producers && items == uint64(b.size), i >= b.producers && items == 0:
			step(event, s|bit)
		case waits == 0:
			step(event+1, after)
		case b.broadcast:
			step(event+2+b.workers(), after&(1<<waiting-1))
		default:
			for w := waits; w != 0; w &= w - 1 {
				j := bits.TrailingZeros64(w)
				step(event+2+j, after&^(1<<(waiting+j)))
			}
		}
	}
}

func (b buffer) Check(s uint64) error {
	if s&(1<<waiting-1) > uint64(b.size) {
		return errors.New("more items than room")
	}
	return nil
}

// Canonical sorts the workers of each kind, with those that wait first.
func (b buffer) Canonical(s uint64) uint64 {
	waits := s >> waiting
	p := bits.OnesCount64(waits & (1<<b.producers - 1))
	c := bits.OnesCount64(waits >> b.producers)
	return s&(1<<waiting-1) | (1<<p-1)<<waiting | (1<<c-1)<<(waiting+b.producers)
}

// A worker that wakes one other may wake one of its own kind, which can do nothing, and
// the wake-up is lost. Waking all prevents that. Workers of a kind are interchangeable,
// so fewer states represent all.
func ExampleRun_buffer() {
	for _, b := range []buffer{
		{size: 1, producers: 2, consumers: 1},
		{size: 1, producers: 2, consumers: 1, broadcast: true},
	} {
		for _, symmetry := range []bool{false, true} {
			r, err := explore.Run(context.Background(), b, explore.Options{MaxStates: 1000, Symmetry: symmetry})
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(r.States, "states, symmetry", symmetry)
			if r.Counterexample != nil {
				fmt.Print(r.Counterexample)
			}
		}
	}
	// Output:
	// 14 states, symmetry false
	// deadlock, after 8 steps:
	//   1. producer 0 puts an item
	//   2. producer 0 waits
	//   3. producer 1 waits
	//   4. consumer 0 gets an item and wakes producer 0
	//   5. consumer 0 waits
	//   6. producer 0 puts an item and wakes producer 1
	//   7. producer 0 waits
	//   8. producer 1 waits
	// 10 states, symmetry true
	// deadlock, after 8 steps:
	//   1. producer 0 puts an item
	//   2. producer 0 waits
	//   3. producer 1 waits
	//   4. consumer 0 gets an item and wakes producer 0
	//   5. consumer 0 waits
	//   6. producer 0 puts an item and wakes producer 1
	//   7. producer 0 waits
	//   8. producer 1 waits
	// 6 states, symmetry false
	// 5 states, symmetry true
}
