package explore_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/explore"
)

// A tape is a machine whose answers are bytes, most of them wrong.
type tape struct {
	data   []byte
	calls  *int
	fickle bool // successors depend on earlier calls
}

// at returns a byte of the tape, 0 beyond its end.
func (m tape) at(i uint64) int {
	if i < uint64(len(m.data)) {
		return int(m.data[i])
	}
	return 0
}

func (m tape) Bits() int        { return m.at(0) - 2 }
func (m tape) Labels() []string { return make([]string, m.at(1)%8) }
func (m tape) Goals() []string  { return make([]string, m.at(2)%4) }

func (m tape) Goal(i int, s uint64) bool { return s%7 == uint64(i) }

func (m tape) Initial() []uint64 {
	var states []uint64
	for i := range m.at(3) % 4 {
		states = append(states, uint64(m.at(uint64(4+i))))
	}
	return states
}

func (m tape) Canonical(s uint64) uint64 {
	if m.at(9)%4 == 0 {
		return s &^ uint64(m.at(10))
	}
	return s
}

func (m tape) Check(s uint64) error {
	if m.at(11) == int(s%256) && m.at(12)%3 == 0 {
		return errors.New("bad")
	}
	return nil
}

func (m tape) Successors(s uint64, step func(event int, to uint64)) {
	*m.calls++
	n := m.at(s%64) % 5
	if m.fickle && *m.calls%17 == 0 {
		n++
	}
	for i := range uint64(n) {
		b := uint64(m.at(s%64 + i + 1))
		step(m.at(s%64+i+7)%9-1, s<<(b%4)^b)
	}
}

// Whatever the machine and the options, the result is a Result or an error of this
// package, within the bounds, and a counterexample is a run of the machine.
func FuzzRun(f *testing.F) {
	f.Add([]byte{66, 7, 2, 1, 0, 0, 0, 0, 0, 1, 0, 9, 9}, 1000, 10, uint64(1<<20), byte(0))
	f.Add([]byte{66, 7, 2, 3, 5, 6, 7, 0, 0, 0, 15, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1000, 0, uint64(0), byte(7))
	f.Add([]byte{20, 7, 1, 1, 1, 1, 1, 1, 1, 1, 0, 33, 0, 3, 2, 3, 4, 3, 2, 3, 4}, 50, 3, uint64(1<<20), byte(15))
	f.Add([]byte{}, 0, -1, uint64(1), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, states, depth int, memory uint64, flags byte) {
		m := tape{data: data, calls: new(int), fickle: flags&8 != 0}
		opts := explore.Options{
			MaxStates:     states,
			MaxDepth:      depth,
			MaxMemory:     memory,
			AllowDeadlock: flags&1 != 0,
			Symmetry:      flags&2 != 0,
			Everywhere:    flags&4 != 0,
			ProgressEvery: int(flags) - 2,
			Progress:      func(explore.Progress) {},
		}
		if opts.MaxStates > 20_000 {
			opts.MaxStates = 20_000 // to bound the time
		}
		r, err := explore.Run(context.Background(), m, opts)
		if err != nil && !strings.HasPrefix(err.Error(), "explore: ") {
			t.Errorf("error %q", err)
		}
		if r.States > max(0, opts.MaxStates) || memory > 0 && r.Memory > memory || depth > 0 && r.Depth > depth {
			t.Errorf("%d states, %d bytes, depth %d for %+v", r.States, r.Memory, r.Depth, opts)
		}
		if c := r.Counterexample; c != nil && err == nil && !m.fickle {
			if err := isRun(m, c); err != nil {
				t.Errorf("%v:\n%v", err, c)
			}
		}
	})
}

func FuzzWalk(f *testing.F) {
	f.Add([]byte{66, 7, 2, 1, 0, 0, 0, 0, 0, 1, 0, 9, 9}, uint64(1), 10, 100, false)
	f.Add([]byte{20, 7, 1, 1, 1, 1, 1, 1, 1, 1, 0, 33, 0, 3, 2, 3, 4, 3, 2, 3, 4}, uint64(2), 50, 1000, true)
	f.Add([]byte{}, uint64(0), 0, -1, false)
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, walks, steps int, fickle bool) {
		m := tape{data: data, calls: new(int), fickle: fickle}
		opts := explore.WalkOptions{Seed: seed, Walks: min(walks, 100), Steps: steps}
		if opts.Steps > 2000 && opts.Steps <= explore.MaxWalkSteps {
			opts.Steps = 2000 // to bound the time
		}
		r, err := explore.Walk(context.Background(), m, opts)
		if err != nil && !strings.HasPrefix(err.Error(), "explore: ") {
			t.Errorf("error %q", err)
		}
		if c := r.Counterexample; c != nil && err == nil && !fickle {
			if err := isRun(m, c); err != nil {
				t.Errorf("%v:\n%v", err, c)
			}
		}
	})
}
