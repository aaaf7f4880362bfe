package deadlock

import (
	"errors"
	"fmt"
)

// Conditions are Coffman's four. With all of them a deadlock is possible.
type Conditions struct {
	MutualExclusion bool // a resource has one user; otherwise it can be shared
	HoldAndWait     bool // a process that holds one may wait for another; otherwise both are taken at once
	NoPreemption    bool // a held resource is kept; otherwise it is given back when a request fails
	CircularWait    bool // each process takes its own first; otherwise all take the lower number first
}

// All has all four conditions.
var All = Conditions{true, true, true, true}

// A Coffman is a machine for package explore: processes in a circle, each of which
// needs the resource of its own number and that of its neighbour, again and again.
//
// A state has 2 bits for each process: the number of resources that it has, which are
// the first ones in its order.
type Coffman struct {
	n int
	c Conditions
}

// NewCoffman makes the machine of n processes, 2 to 8.
func NewCoffman(n int, c Conditions) (*Coffman, error) {
	if n < 2 || n > 8 {
		return nil, fmt.Errorf("deadlock: %d processes out of range [2,8]", n)
	}
	return &Coffman{n, c}, nil
}

// needs returns the resources of process p in the order in which it takes them.
func (k *Coffman) needs(p int) []int {
	a, b := p, (p+1)%k.n
	if !k.c.CircularWait && b < a {
		a, b = b, a
	}
	return []int{a, b}
}

// Bits returns 2 for each process.
func (k *Coffman) Bits() int { return max(2*k.n, 1) }

// The events of a process.
const (
	takes = iota
	takesBoth
	givesUp
	finishes
	kinds
)

// Labels names the steps.
func (k *Coffman) Labels() (names []string) {
	for p := range k.n {
		for _, text := range [kinds]string{"takes a resource", "takes both resources", "cannot get the other and gives up", "uses both and gives them back"} {
			names = append(names, fmt.Sprintf("process %d %s", p+1, text))
		}
	}
	return names
}

// Initial returns the state in which no process has a resource.
func (k *Coffman) Initial() []uint64 { return []uint64{0} }

// valid returns an error if the state does not belong to this machine.
func (k *Coffman) valid(s uint64) error {
	ok := k.n > 0 && s>>(2*k.n) == 0
	for p := 0; ok && p < k.n; p++ {
		ok = has(s, p) <= 2
	}
	switch {
	case k.n == 0:
		return errors.New("deadlock: a Coffman that is not from NewCoffman: use NewCoffman")
	case !ok:
		return fmt.Errorf("deadlock: state %#x is not one of this machine", s)
	}
	return nil
}

func has(s uint64, p int) int { return int(s >> (2 * p) & 3) }

func with(s uint64, p, n int) uint64 { return s&^(3<<(2*p)) | uint64(n)<<(2*p) }

// users counts the processes that have resource r.
func (k *Coffman) users(s uint64, r int) (n int) {
	for p := range k.n {
		for _, q := range k.needs(p)[:has(s, p)] {
			if q == r {
				n++
			}
		}
	}
	return n
}

func (k *Coffman) free(s uint64, r int) bool { return !k.c.MutualExclusion || k.users(s, r) == 0 }

// Successors calls step for each step that a process can take. A state that does not
// belong to this machine has no steps.
func (k *Coffman) Successors(s uint64, step func(event int, to uint64)) {
	if k.valid(s) != nil || step == nil {
		return
	}
	for p := range k.n {
		need, n := k.needs(p), has(s, p)
		switch {
		case n == 2:
			step(kinds*p+finishes, with(s, p, 0))
		case !k.c.HoldAndWait:
			if k.free(s, need[0]) && k.free(s, need[1]) {
				step(kinds*p+takesBoth, with(s, p, 2))
			}
		case k.free(s, need[n]):
			step(kinds*p+takes, with(s, p, n+1))
		case n == 1 && !k.c.NoPreemption:
			step(kinds*p+givesUp, with(s, p, 0))
		}
	}
}

// Check returns an error if a resource that cannot be shared has two users, or if the
// state does not belong to this machine.
func (k *Coffman) Check(s uint64) error {
	if err := k.valid(s); err != nil {
		return err
	}
	for r := range k.n {
		if k.c.MutualExclusion && k.users(s, r) > 1 {
			return fmt.Errorf("resource %d has %d users", r+1, k.users(s, r))
		}
	}
	return nil
}

// Goals names the goals: that each process gets the resources that it needs.
func (k *Coffman) Goals() (names []string) {
	for p := range k.n {
		names = append(names, fmt.Sprintf("process %d has both", p+1))
	}
	return names
}

// Goal reports whether process goal+1 has both.
func (k *Coffman) Goal(goal int, s uint64) bool {
	return k.valid(s) == nil && goal >= 0 && goal < k.n && has(s, goal) == 2
}

// Held returns the conditions that hold in a state: in a deadlocked state, all do.
// Circular wait holds if the wait-for graph has a cycle.
func (k *Coffman) Held(s uint64) (Conditions, error) {
	if err := k.valid(s); err != nil {
		return Conditions{}, err
	}
	g, err := New(k.n, ones(k.n)...)
	if err != nil {
		return Conditions{}, err
	}
	c := Conditions{NoPreemption: k.c.NoPreemption}
	for p := range k.n {
		for _, r := range k.needs(p)[:has(s, p)] {
			g.held[p][r]++
			c.MutualExclusion = k.c.MutualExclusion
		}
	}
	for p := range k.n {
		if n := has(s, p); n < 2 && !k.free(s, k.needs(p)[n]) {
			g.wants[p] = want{k.needs(p)[n] + 1, 1}
			c.HoldAndWait = c.HoldAndWait || n == 1
		}
	}
	c.CircularWait = g.Cycle() != nil
	return c, nil
}

func ones(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1
	}
	return out
}
