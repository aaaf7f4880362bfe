package locks_test

import (
	"context"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/locks"
)

var ctx = context.Background()

// A goroutine that unlocks a mutex wakes the first waiter, and may lock the mutex again
// before the waiter runs.
func Example() {
	m, err := locks.New(locks.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	mu, _ := m.NewMutex()
	first, _ := m.Go()
	second, _ := m.Go()
	tell := func(what string, o locks.Outcome, err error) {
		s, _ := m.Look(mu)
		fmt.Printf("%-18s %-10v %-22s ready %v\n", what, o, s.Text, m.Ready())
		if err != nil {
			fmt.Println(err)
		}
	}
	do := func(g locks.G, v locks.Verb) {
		o, err := m.Do(g, locks.Op{Verb: v, ID: mu})
		tell(fmt.Sprintf("%d: %v", g, v), o, err)
	}
	do(first, locks.LockVerb)
	do(second, locks.LockVerb)
	do(first, locks.UnlockVerb)
	do(first, locks.LockVerb) // it barges in
	o, err := m.Resume(second)
	tell("2: goes on", o, err)
	do(first, locks.UnlockVerb)
	o, err = m.Resume(second)
	tell("2: goes on", o, err)
	// Output:
	// 1: Lock            proceeded  locked                 ready []
	// 2: Lock            parked     locked, 1 waiter       ready []
	// 1: Unlock          proceeded  unlocked, woken        ready [2]
	// 1: Lock            proceeded  locked, woken          ready []
	// 2: goes on         parked     locked, 1 waiter       ready []
	// 1: Unlock          proceeded  unlocked, woken        ready [2]
	// 2: goes on         proceeded  locked                 ready []
}

// A waiter that has waited for more than a millisecond switches the mutex to starvation
// mode: then it is handed over.
func ExampleLocks_Advance() {
	m, err := locks.New(locks.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	mu, _ := m.NewMutex()
	first, _ := m.Go()
	second, _ := m.Go()
	m.Lock(first, mu)
	m.Lock(second, mu)
	m.Advance(2 * time.Millisecond)
	m.Unlock(first, mu)
	m.Lock(first, mu) // once more it was faster
	m.Resume(second)
	s, _ := m.Look(mu)
	fmt.Println(s.Text)
	o, _ := m.Unlock(first, mu)
	fmt.Println("the first", o)
	o, _ = m.Resume(second)
	fmt.Println("the second", o)
	// Output:
	// locked, starving, 1 waiter
	// the first yielded
	// the second handed
}
