package explore_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/explore"
)

// peterson is Peterson's lock for two processes, each of which enters its
// critical section again and again. Its twin is testdata/peterson.pml.
//
// A state holds the two program counters (bits 0-1 and 2-3), the two flags
// (bits 4 and 5) and whose turn it is (bit 6).
type peterson struct {
	turnFirst bool // broken: gives the turn away before raising the flag
}

func (p peterson) Bits() int         { return 7 }
func (p peterson) Initial() []uint64 { return []uint64{0} }

func (p peterson) Labels() []string {
	return []string{
		"p0 raises its flag", "p0 gives p1 the turn", "p0 enters", "p0 leaves",
		"p1 raises its flag", "p1 gives p0 the turn", "p1 enters", "p1 leaves",
	}
}

func (p peterson) Successors(s uint64, step func(event int, to uint64)) {
	for me := range 2 {
		pc, other := s>>(2*me)&3, 1-me
		flag, turn := uint64(1)<<(4+me), uint64(1)<<6
		s := s&^(3<<(2*me)) | (pc+1)&3<<(2*me) // with my program counter moved on
		switch {
		case pc == 0 && !p.turnFirst, pc == 1 && p.turnFirst:
			step(4*me, s|flag)
		case pc == 1, pc == 0:
			step(4*me+1, s&^turn|uint64(other)<<6)
		case pc == 2:
			if s>>(4+other)&1 == 0 || s>>6 == uint64(me) {
				step(4*me+2, s)
			}
		case pc == 3:
			step(4*me+3, s&^flag)
		}
	}
}

func (p peterson) Check(s uint64) error {
	if s&3 == 3 && s>>2&3 == 3 {
		return errors.New("both are in the critical section")
	}
	return nil
}

// Peterson's lock excludes one of two processes, but not if each gives the turn away
// before it raises its flag.
func ExampleRun_peterson() {
	for _, p := range []peterson{{}, {turnFirst: true}} {
		r, err := explore.Run(context.Background(), p, explore.Options{MaxStates: 1000})
		if err != nil {
			fmt.Println(err)
			return
		}
		if r.Counterexample == nil {
			fmt.Println("safe in all", r.States, "states")
			continue
		}
		fmt.Print(r.Counterexample)
	}
	// Output:
	// safe in all 20 states
	// both are in the critical section, after 6 steps:
	//   1. p0 gives p1 the turn
	//   2. p1 gives p0 the turn
	//   3. p1 raises its flag
	//   4. p1 enters
	//   5. p0 raises its flag
	//   6. p0 enters
}
