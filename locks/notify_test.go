package locks_test

import (
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/locks"
)

// TestSignalInTheMiddle: a goroutine that takes its ticket, yields when it hands the
// mutex over, and parks only later, is after later tickets in the notify list. A signal
// looks for the ticket, and removes it from between two others.
func TestSignalInTheMiddle(t *testing.T) {
	m, err := locks.New(locks.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := m.Go(); err != nil {
			t.Fatal(err)
		}
	}
	l, _ := m.NewMutex()
	c, err := m.NewCond(l)
	if err != nil {
		t.Fatal(err)
	}
	do := func(g locks.G, verb locks.Verb, id locks.ID, want locks.What) {
		t.Helper()
		o, err := m.Do(g, locks.Op{Verb: verb, ID: id})
		if err != nil || o.What != want {
			t.Fatalf("goroutine %d, %v: %v, %v; want %v", g, verb, o, err, want)
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
	}
	resume := func(g locks.G, want locks.What) {
		t.Helper()
		if o, err := m.Resume(g); err != nil || o.What != want {
			t.Fatalf("goroutine %d resumes: %v, %v; want %v", g, o, err, want)
		}
	}
	// Goroutine 4 waits for the mutex until it starves.
	do(1, locks.LockVerb, l, locks.Proceeded)
	do(4, locks.LockVerb, l, locks.Parked)
	if err := m.Advance(2 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	do(1, locks.UnlockVerb, l, locks.Proceeded)
	do(1, locks.LockVerb, l, locks.Proceeded)
	resume(4, locks.Parked)

	do(1, locks.WaitVerb, c, locks.Yielded) // with ticket 0
	resume(4, locks.Handed)
	do(4, locks.WaitVerb, c, locks.Parked) // ticket 1
	resume(1, locks.Parked)
	do(3, locks.LockVerb, l, locks.Proceeded)
	do(3, locks.WaitVerb, c, locks.Parked) // ticket 2
	for i, want := range []locks.G{1, 4, 3} {
		do(5, locks.SignalVerb, c, locks.Proceeded)
		if got := m.Ready(); !slices.Equal(got, []locks.G{want}) {
			t.Errorf("signal %d makes %v ready, want goroutine %d", i+1, got, want)
		}
	}
	do(5, locks.SignalVerb, c, locks.Proceeded)
	if got := m.Ready(); len(got) > 0 {
		t.Errorf("a signal too many makes %v ready", got)
	}
}
