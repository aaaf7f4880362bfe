package deadlock

import (
	"fmt"
	"slices"
)

// A Banker grants a request only if all processes can still finish: E. W.
// Dijkstra's algorithm (EWD 623). Each process claims at the beginning as much as it
// may need.
type Banker struct {
	free  []int
	claim [][]int
	held  [][]int
}

// An Answer is the banker's answer to a request.
type Answer string

// The answers.
const (
	Granted Answer = "granted"
	Short   Answer = "short"  // not enough units are free
	Unsafe  Answer = "unsafe" // enough are free, but then not all processes might finish
)

// NewBanker makes a banker with the given units of each resource, and the claims of
// each process. It returns an error if a claim exceeds the units that exist.
func NewBanker(units []int, claims [][]int) (*Banker, error) {
	if _, err := New(len(claims), units...); err != nil {
		return nil, err
	}
	b := &Banker{free: slices.Clone(units)}
	for p, c := range claims {
		if len(c) != len(units) {
			return nil, fmt.Errorf("deadlock: process %d claims %d resources: there are %d", p+1, len(c), len(units))
		}
		for r, n := range c {
			if n < 0 || n > units[r] {
				return nil, fmt.Errorf("deadlock: process %d claims %d of resource %d out of range [0,%d]", p+1, n, r+1, units[r])
			}
		}
		b.claim = append(b.claim, slices.Clone(c))
		b.held = append(b.held, make([]int, len(units)))
	}
	return b, nil
}

func (b *Banker) check(p int, n []int, most func(r int) int) error {
	if p < 1 || p > len(b.held) {
		return fmt.Errorf("deadlock: process %d out of range [1,%d]", p, len(b.held))
	}
	if len(n) != len(b.free) {
		return fmt.Errorf("deadlock: %d numbers for %d resources", len(n), len(b.free))
	}
	for r, k := range n {
		if k < 0 || k > most(r) {
			return fmt.Errorf("deadlock: process %d and %d of resource %d: out of range [0,%d]", p, k, r+1, most(r))
		}
	}
	return nil
}

// Request asks for the given units of each resource for process p. It returns an
// error if the process would exceed its claim.
func (b *Banker) Request(p int, n []int) (Answer, error) {
	if err := b.check(p, n, func(r int) int { return b.claim[p-1][r] - b.held[p-1][r] }); err != nil {
		return "", err
	}
	for r, k := range n {
		if k > b.free[r] {
			return Short, nil
		}
	}
	b.move(p, n, 1)
	if _, safe := b.Safe(); !safe {
		b.move(p, n, -1)
		return Unsafe, nil
	}
	return Granted, nil
}

// Release gives the units of each resource back.
func (b *Banker) Release(p int, n []int) error {
	if err := b.check(p, n, func(r int) int { return b.held[p-1][r] }); err != nil {
		return err
	}
	b.move(p, n, -1)
	return nil
}

func (b *Banker) move(p int, n []int, sign int) {
	for r, k := range n {
		b.free[r] -= sign * k
		b.held[p-1][r] += sign * k
	}
}

// Safe returns an order in which all processes can finish, even if each needs all of
// its claim at once, and whether there is one.
func (b *Banker) Safe() (order []int, safe bool) {
	free := slices.Clone(b.free)
	for len(order) < len(b.held) {
		before := len(order)
		for p := range b.held {
			if slices.Contains(order, p+1) || !b.fits(p, free) {
				continue
			}
			order = append(order, p+1)
			for r, k := range b.held[p] {
				free[r] += k
			}
		}
		if len(order) == before {
			return nil, false
		}
	}
	return order, true
}

func (b *Banker) fits(p int, free []int) bool {
	for r, k := range b.claim[p] {
		if k-b.held[p][r] > free[r] {
			return false
		}
	}
	return true
}
