package locks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/locks"
)

func lock(id locks.ID) locks.Op   { return locks.Op{Verb: locks.LockVerb, ID: id} }
func unlock(id locks.ID) locks.Op { return locks.Op{Verb: locks.UnlockVerb, ID: id} }

func run(t testing.TB, b locks.Bounded, everywhere bool) explore.Result[locks.Packed] {
	t.Helper()
	m, err := locks.NewMachine(b)
	if err != nil {
		t.Fatal(err)
	}
	r, err := explore.Run(t.Context(), m, explore.Options{MaxStates: 1 << 20, Everywhere: everywhere})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMutexProof explores three goroutines that lock and unlock one mutex forever: no
// two hold it, none sleeps while it is free (a deadlock, or Check), and from every state
// each can still get it. Starvation is off and on, in every kind of release.
func TestMutexProof(t *testing.T) {
	for _, rel := range []string{"go1.4", "go1.8", "go1.9", "go1.13", "go1.14", "go1.27"} {
		for _, starve := range []bool{false, true} {
			b := locks.Bounded{Release: rel, Objects: []locks.Type{locks.Mutex}, Loop: true, Starve: starve}
			for range 3 {
				b.Procs = append(b.Procs, []locks.Op{lock(1), unlock(1)})
			}
			r := run(t, b, true)
			if r.Counterexample != nil {
				t.Errorf("%s, starvation %v: %v", rel, starve, r.Counterexample)
			}
			hands := uint64(0)
			for _, c := range r.Coverage {
				if strings.Contains(c.Label, "long wait") && !strings.HasSuffix(c.Label, "waits") {
					hands += c.Transitions
				}
			}
			if starve != (hands > 0) {
				t.Errorf("%s, starvation %v: %d long waits end with the mutex", rel, starve, hands)
			}
			t.Logf("%s, starvation %-5v: safe in all %d states", rel, starve, r.States)
		}
	}
}

// TestRWMutexProof does the same for a writer and two readers.
func TestRWMutexProof(t *testing.T) {
	read := []locks.Op{{Verb: locks.RLockVerb, ID: 1}, {Verb: locks.RUnlockVerb, ID: 1}}
	for _, starve := range []bool{false, true} {
		b := locks.Bounded{Objects: []locks.Type{locks.RWMutex}, Loop: true, Starve: starve,
			Procs: [][]locks.Op{{lock(1), unlock(1)}, {lock(1), unlock(1)}, read, read}}
		if r := run(t, b, true); r.Counterexample != nil {
			t.Errorf("%v", r.Counterexample)
		} else {
			t.Logf("safe in all %d states", r.States)
		}
	}
}

// abba returns two goroutines that take two mutexes in opposite orders, or in one.
func abba(ordered bool) locks.Bounded {
	b := locks.Bounded{Objects: []locks.Type{locks.Mutex, locks.Mutex}, Procs: [][]locks.Op{
		{lock(1), lock(2), unlock(2), unlock(1)},
		{lock(2), lock(1), unlock(1), unlock(2)},
	}}
	if ordered {
		b.Procs[1] = b.Procs[0]
	}
	return b
}

func TestDeadlock(t *testing.T) {
	r := run(t, abba(false), false)
	if r.Counterexample == nil || r.Counterexample.Property != explore.Deadlock || len(r.Counterexample.Steps) != 4 {
		t.Errorf("got %v, want a deadlock after 4 steps", r.Counterexample)
	}
	if r := run(t, abba(true), false); r.Counterexample != nil {
		t.Errorf("in order: %v", r.Counterexample)
	}
}

// A lost signal, which is a mistake in the program and not in the Cond, is found
// as a deadlock.
func TestLostSignal(t *testing.T) {
	b := locks.Bounded{Objects: []locks.Type{locks.Mutex, locks.Cond}, Procs: [][]locks.Op{
		{lock(1), {Verb: locks.WaitVerb, ID: 2}, unlock(1)},
		{{Verb: locks.SignalVerb, ID: 2}},
	}}
	if r := run(t, b, false); r.Counterexample == nil || r.Counterexample.Property != explore.Deadlock {
		t.Errorf("got %v, want a deadlock", r.Counterexample)
	}
}

// TestSemaMachine: a state of a machine has the values of its semaphores.
func TestSemaMachine(t *testing.T) {
	acquire, release := locks.Op{Verb: locks.AcquireVerb, ID: 1}, locks.Op{Verb: locks.ReleaseVerb, ID: 1}
	for n, deadlocks := range []bool{true, true, false, false} {
		b := locks.Bounded{Objects: []locks.Type{locks.Sema}, Procs: [][]locks.Op{{acquire}, {acquire}, slices.Repeat([]locks.Op{release}, n)}}
		if n == 0 {
			b.Procs = b.Procs[:2]
		}
		r := run(t, b, false)
		if got := r.Counterexample != nil; got != deadlocks || got && r.Counterexample.Property != explore.Deadlock {
			t.Errorf("two acquire what %d release: %v", n, r.Counterexample)
		}
	}
}

// TestMachineFails: an operation that panics is a failure, a state of another machine is
// refused, and there are no goals but those that have names.
func TestMachineFails(t *testing.T) {
	b := locks.Bounded{Objects: []locks.Type{locks.Mutex}, Procs: [][]locks.Op{{unlock(1)}}}
	if r := run(t, b, false); r.Counterexample == nil || !strings.Contains(fmt.Sprint(r.Counterexample), "goroutine 1 fails in ") {
		t.Errorf("unlock of what is not locked: %v", r.Counterexample)
	}
	m, err := locks.NewMachine(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(locks.Packed{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}); err == nil {
		t.Error("the state is one of the machine's")
	}
	for _, s := range m.Initial() {
		for _, goal := range []int{-1, len(m.Goals()), len(m.Goals()) + 1} {
			if m.Goal(goal, s) {
				t.Errorf("goal %d is reached", goal)
			}
		}
	}
}

func TestMachineBounds(t *testing.T) {
	m := []locks.Type{locks.Mutex}
	for _, b := range []locks.Bounded{
		{},
		{Objects: m, Procs: [][]locks.Op{{}}},
		{Objects: m, Procs: [][]locks.Op{{lock(2)}}},
		{Objects: m, Procs: [][]locks.Op{{{Verb: locks.TryLockVerb, ID: 1}}}},
		{Objects: m, Procs: [][]locks.Op{{{Verb: locks.RLockVerb, ID: 1}}}},
		{Objects: m, Procs: make([][]locks.Op, 8)},
		{Objects: make([]locks.Type, 9), Procs: [][]locks.Op{{lock(1)}}},
		{Objects: []locks.Type{0}, Procs: [][]locks.Op{{lock(1)}}},
		{Objects: []locks.Type{locks.Cond}, Procs: [][]locks.Op{{lock(1)}}},
		{Release: "go9", Objects: m, Procs: [][]locks.Op{{lock(1)}}},
	} {
		if _, err := locks.NewMachine(b); err == nil || !strings.HasPrefix(err.Error(), "locks: ") {
			t.Errorf("%+v: error %v", b, err)
		}
	}
}

// TestTwoSignals checks that two signals can release two waiting goroutines: a state
// records which tickets were notified, and the owner of each ticket.
func TestTwoSignals(t *testing.T) {
	wait := []locks.Op{lock(1), {Verb: locks.WaitVerb, ID: 2}, {Verb: locks.UnlockVerb, ID: 1}}
	signal := locks.Op{Verb: locks.SignalVerb, ID: 2}
	m, err := locks.NewMachine(locks.Bounded{Objects: []locks.Type{locks.Mutex, locks.Cond}, Procs: [][]locks.Op{wait, wait, {signal, signal}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := explore.Run(ctx, m, explore.Options{MaxStates: 100_000, AllowDeadlock: true})
	if err != nil || r.Counterexample != nil {
		t.Fatal(r.Counterexample, err)
	}
	i := slices.IndexFunc(r.Coverage, func(c explore.Coverage) bool { return c.Label == "all have ended" })
	if i < 0 || r.Coverage[i].Transitions == 0 || r.Deadlocks == 0 {
		t.Errorf("%d deadlocks, coverage %v", r.Deadlocks, r.Coverage)
	}
}

// TestMachineDelta checks that deltas of a WaitGroup's Add up to 7 are explored,
// positive and negative.
func TestMachineDelta(t *testing.T) {
	for delta, ok := range map[int64]bool{-8: false, -7: true, 0: true, 7: true, 8: false} {
		b := locks.Bounded{Objects: []locks.Type{locks.WaitGroup}, Procs: [][]locks.Op{{{Verb: locks.AddVerb, ID: 1, Delta: delta}}}}
		if _, err := locks.NewMachine(b); (err == nil) != ok {
			t.Errorf("Add(%d): %v", delta, err)
		}
	}
}

// The shortest way to a deadlock, which is impossible if both lock the mutexes in the
// same order.
func ExampleNewMachine() {
	for _, ordered := range []bool{false, true} {
		m, err := locks.NewMachine(abba(ordered))
		if err != nil {
			fmt.Println(err)
			return
		}
		r, err := explore.Run(ctx, m, explore.Options{MaxStates: 1000})
		if err != nil {
			fmt.Println(err)
			return
		}
		if r.Counterexample == nil {
			fmt.Println("free of deadlock in all", r.States, "states")
			continue
		}
		fmt.Print(r.Counterexample)
	}
	// Output:
	// deadlock, after 4 steps:
	//   1. goroutine 1: Lock 1
	//   2. goroutine 2: Lock 2
	//   3. goroutine 1: Lock 2: waits
	//   4. goroutine 2: Lock 1: waits
	// free of deadlock in all 26 states
}
