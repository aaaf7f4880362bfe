package optimistic

import (
	"errors"
	"fmt"
)

// A Counter is a machine for package explore: processes that each add 1 to a
// counter, by reading it and writing it in two steps. A write is either blind, or
// by compare-and-swap and begun again when it fails.
//
// A state has for each process 2 bits of program counter and 3 bits for the value
// that it read, and after them the counter.
type Counter struct {
	n    int
	swap bool
}

// NewCounter makes the machine of n processes, 1 to 6.
func NewCounter(n int, swap bool) (*Counter, error) {
	if n < 1 || n > 6 {
		return nil, fmt.Errorf("optimistic: %d processes out of range [1,6]", n)
	}
	return &Counter{n, swap}, nil
}

const procBits = 5

// Bits returns 5 for each process and 3 for the counter.
func (k *Counter) Bits() int { return procBits*k.n + 3 }

// Labels names the steps.
func (k *Counter) Labels() []string {
	names := []string{"all have added 1"}
	for p := range k.n {
		for _, text := range []string{"reads", "writes", "fails to write and begins again"} {
			names = append(names, fmt.Sprintf("process %d %s", p+1, text))
		}
	}
	return names
}

// Initial returns the state with a counter of 0.
func (k *Counter) Initial() []uint64 { return []uint64{0} }

// valid returns an error if the state does not belong to this machine.
func (k *Counter) valid(s uint64) error {
	if k.n == 0 {
		return errors.New("optimistic: a Counter that is not from NewCounter: use NewCounter")
	}
	ok := s>>k.Bits() == 0
	for p := range k.n {
		ok = ok && s>>(procBits*p)&3 < 3
	}
	if !ok {
		return fmt.Errorf("optimistic: state %#x is not one of this machine", s)
	}
	return nil
}

// Successors calls step for each step that a process can take. A state that does not
// belong to this machine has no steps.
func (k *Counter) Successors(s uint64, step func(event int, to uint64)) {
	if k.valid(s) != nil || step == nil {
		return
	}
	at := procBits * k.n
	count := s >> at
	ended := true
	for p := range k.n {
		pc, read := s>>(procBits*p)&3, s>>(procBits*p+2)&7
		rest := s &^ (31 << (procBits * p))
		ended = ended && pc == 2
		switch {
		case pc == 0:
			step(1+3*p, rest|(1|count<<2)<<(procBits*p))
		case pc == 1 && k.swap && read != count:
			step(3+3*p, rest)
		case pc == 1:
			step(2+3*p, rest&(1<<at-1)|2<<(procBits*p)|(read+1)<<at)
		}
	}
	if ended {
		step(0, s)
	}
}

// Check returns an error if an addition was lost, or if the state does not belong to
// this machine.
func (k *Counter) Check(s uint64) error {
	if err := k.valid(s); err != nil {
		return err
	}
	for p := range k.n {
		if s>>(procBits*p)&3 != 2 {
			return nil
		}
	}
	if count := int(s >> (procBits * k.n)); count != k.n {
		return fmt.Errorf("%d have added 1, and the counter is %d", k.n, count)
	}
	return nil
}
