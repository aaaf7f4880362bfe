package locks_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/locks"
)

// TestRules checks that the starvation mode came with Go 1.9 (its release notes: "Mutex is
// now more fair").
func TestRules(t *testing.T) {
	for release, want := range map[string]bool{"go1.2": false, "go1.8": false, "go1.9": true, "go1.26": true, "": true} {
		if r, err := locks.ForRelease(release); err != nil || r.Starvation != want {
			t.Errorf("%q: %+v, %v", release, r, err)
		}
	}
}

// TestWaitGroup checks which goroutines a WaitGroup releases, and that it can be used again.
func TestWaitGroup(t *testing.T) {
	for _, release := range []string{"go1.2", "go1.4", "go1.5", "go1.16", "go1.26", ""} {
		m := makeAll(t, release, 3)
		const wg = locks.ID(3)
		for range 2 { // it can be used again
			if _, err := m.Add(1, wg, 2); err != nil {
				t.Fatal(err)
			}
			for _, g := range []locks.G{3, 2} {
				if o, err := m.Wait(g, wg); err != nil || o.What != locks.Parked {
					t.Fatalf("%q: goroutine %d: %v, %v", release, g, o, err)
				}
			}
			if s, err := m.Look(wg); err != nil || s.Waiters != 2 {
				t.Errorf("%q: %d wait, %v", release, s.Waiters, err)
			}
			if _, err := m.Done(1, wg); err != nil || len(m.Ready()) != 0 {
				t.Errorf("%q: %v are ready at 1, %v", release, m.Ready(), err)
			}
			if _, err := m.Done(1, wg); err != nil || !slices.Equal(m.Ready(), []locks.G{3, 2}) {
				t.Errorf("%q: %v are ready at 0, %v", release, m.Ready(), err)
			}
			for _, g := range []locks.G{2, 3} {
				if o, err := m.Resume(g); err != nil || o.What != locks.Proceeded {
					t.Errorf("%q: goroutine %d resumes: %v, %v", release, g, o, err)
				}
			}
			if o, err := m.Wait(1, wg); err != nil || o.What != locks.Proceeded {
				t.Errorf("%q: at 0: %v, %v", release, o, err)
			}
		}
	}
}

// TestWaitGroupReused checks that since Go 1.5 a released goroutine that finds the
// WaitGroup in use again when it resumes panics (sync/waitgroup.go:Wait).
func TestWaitGroupReused(t *testing.T) {
	for release, panics := range map[string]bool{"go1.4": false, "go1.5": true, "go1.26": true} {
		m := makeAll(t, release, 2)
		const wg = locks.ID(3)
		m.Add(1, wg, 1)
		m.Wait(2, wg)
		m.Done(1, wg)
		m.Add(1, wg, 1)
		o, err := m.Resume(2)
		if got := o.What == locks.Panicked && errors.Is(err, locks.Reused); got != panics || !panics && (err != nil || o.What != locks.Proceeded) {
			t.Errorf("%s: %v, %v", release, o, err)
		}
	}
}

// TestOncePanic checks that a Once whose function panics counts as done since Go 1.4
// (sync/once.go defers it), and did not before.
func TestOncePanic(t *testing.T) {
	for release, done := range map[string]bool{"go1.2": false, "go1.3": false, "go1.4": true, "go1.26": true} {
		for _, panicked := range []bool{false, true} {
			m := makeAll(t, release, 2)
			const once = locks.ID(4)
			if o, err := m.OnceDo(1, once); err != nil || !o.OK {
				t.Fatalf("%s: %v, %v", release, o, err)
			}
			if _, err := m.OnceReturn(1, once, panicked); err != nil {
				t.Fatal(err)
			}
			if o, err := m.OnceDo(2, once); err != nil || o.OK == (done || !panicked) {
				t.Errorf("%s, panicked %v: then %v, %v", release, panicked, o, err)
			}
		}
	}
}

// TestStarvationThreshold checks that a waiter starves once it has waited for more than
// a millisecond (internal/sync/mutex.go:starvationThresholdNs) since it came.
func TestStarvationThreshold(t *testing.T) {
	for waits, starves := range map[time.Duration]bool{0: false, time.Millisecond: false, time.Millisecond + 1: true} {
		m := makeAll(t, "", 2)
		m.Advance(time.Hour)
		m.Lock(1, 1)
		m.Lock(2, 1)
		m.Advance(waits)
		m.Unlock(1, 1)
		m.Lock(1, 1)
		if o, err := m.Resume(2); err != nil || o.What != locks.Parked {
			t.Fatalf("%v, %v", o, err)
		}
		if s, err := m.Look(1); err != nil || (s.State&locks.MutexStarving != 0) != starves {
			t.Errorf("after %v: state %#x, %v", waits, s.State, err)
		}
	}
}

// TestReadyIsOver checks that an operation clears the list of the one before it.
func TestReadyIsOver(t *testing.T) {
	for name, do := range map[string]func(m *locks.Locks) (locks.Outcome, error){
		"TryLock of a Mutex":    func(m *locks.Locks) (locks.Outcome, error) { return m.TryLock(1, 1) },
		"TryLock of an RWMutex": func(m *locks.Locks) (locks.Outcome, error) { return m.TryLock(1, 2) },
		"TryRLock":              func(m *locks.Locks) (locks.Outcome, error) { return m.TryRLock(1, 2) },
		"RLock":                 func(m *locks.Locks) (locks.Outcome, error) { return m.RLock(1, 2) },
		"Add":                   func(m *locks.Locks) (locks.Outcome, error) { return m.Add(1, 3, 1) },
		"RUnlock":               func(m *locks.Locks) (locks.Outcome, error) { return m.RUnlock(1, 2) },
		"OnceDo":                func(m *locks.Locks) (locks.Outcome, error) { return m.OnceDo(1, 4) },
	} {
		m := makeAll(t, "", 2)
		if name == "RUnlock" {
			m.RLock(1, 2)
		}
		m.Add(1, 3, 1)
		m.Wait(2, 3)
		m.Done(1, 3)
		if len(m.Ready()) != 1 {
			t.Fatal("nothing is ready")
		}
		if _, err := do(m); err != nil || len(m.Ready()) != 0 {
			t.Errorf("%s: %v are ready, %v", name, m.Ready(), err)
		}
	}
}

// TestNoGoroutines checks that a model without goroutines is valid, and that nothing
// sleeps in it.
func TestNoGoroutines(t *testing.T) {
	m, err := locks.New(locks.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if err := m.Asleep(); err != nil {
		t.Error(err)
	}
}

// TestAdvanceNothing: no time may pass, in the beginning and later.
func TestAdvanceNothing(t *testing.T) {
	m := makeAll(t, "", 1)
	for _, d := range []time.Duration{0, 5, 0, 1<<63 - 6, 0} {
		if err := m.Advance(d); err != nil {
			t.Errorf("by %d from %v: %v", d, m.Now(), err)
		}
	}
	for _, d := range []time.Duration{1, -1} {
		if err := m.Advance(d); err == nil {
			t.Errorf("by %d from %v", d, m.Now())
		}
	}
}
