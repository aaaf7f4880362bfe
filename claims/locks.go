package claims

import (
	"context"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/textbook/deadlock"
	"github.com/orrery-go/orrery/textbook/lease"
	"github.com/orrery-go/orrery/textbook/optimistic"
)

var locksChecks = map[string]check{
	"23-4":  {model: func(string) (string, error) { return coffman(2) }},
	"23-5":  {model: func(string) (string, error) { return coffman(4) }},
	"23-6":  {model: func(string) (string, error) { return inDeadlock() }},
	"23-10": {model: func(string) (string, error) { return withoutLocks() }},
}

// coffman counts the conditions that are necessary: without which no interleaving of n
// processes deadlocks, while one does if all hold.
func coffman(n int) (string, error) {
	without := 0
	for drop := range 5 {
		c := deadlock.All
		for i, p := range []*bool{&c.MutualExclusion, &c.HoldAndWait, &c.NoPreemption, &c.CircularWait} {
			*p = drop != i+1
		}
		m, err := deadlock.NewCoffman(n, c)
		if err != nil {
			return "", err
		}
		r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 16})
		if err != nil {
			return "", err
		}
		if free := r.Counterexample == nil; drop == 0 && free {
			return "none are needed", nil
		} else if free {
			without++
		}
	}
	return fmt.Sprint(without), nil
}

// inDeadlock counts the conditions that hold in a deadlock that was found.
func inDeadlock() (string, error) {
	m, err := deadlock.NewCoffman(3, deadlock.All)
	if err != nil {
		return "", err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 16})
	if err != nil || r.Counterexample == nil {
		return "no deadlock", err
	}
	c, err := m.Held(r.Counterexample.End())
	n := 0
	for _, holds := range []bool{c.MutualExclusion, c.HoldAndWait, c.NoPreemption, c.CircularWait} {
		if holds {
			n++
		}
	}
	return fmt.Sprint(n), err
}

// withoutLocks makes two clients take two leases in opposite orders, and processes add
// to a counter by compare-and-swap.
func withoutLocks() (string, error) {
	var a, b lease.Lock
	got := 0
	for _, l := range []*lease.Lock{&a, &b, &b, &a} { // the first client's a, the second's b, and then the opposite
		if _, ok, err := l.Acquire(time.Second); err != nil {
			return "", err
		} else if ok {
			got++
		}
	}
	text := "leases: free"
	if got == 2 {
		text = "leases: deadlock"
	}
	if err := a.Advance(time.Second); err != nil {
		return "", err
	}
	if _, ok, err := a.Acquire(time.Second); err != nil {
		return "", err
	} else if ok {
		text += " for a time"
	}
	m, err := optimistic.NewCounter(3, true)
	if err != nil {
		return "", err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 16})
	if err != nil {
		return "", err
	}
	if r.Deadlocks == 0 && r.Counterexample == nil {
		return text + "; compare-and-swap: free", nil
	}
	return text + "; compare-and-swap: deadlock", nil
}
