package locks_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
)

var releases = []string{"go1.2", "go1.4", "go1.5", "go1.8", "go1.9", "go1.13", "go1.14", "go1.17", "go1.18", "go1.26", ""}

// makeAll makes an object of each kind, and gs goroutines.
func makeAll(t rapid.TB, release string, gs int) *locks.Locks {
	t.Helper()
	m, err := locks.New(locks.Config{Release: release})
	if err != nil {
		t.Fatal(err)
	}
	ids := []func() (locks.ID, error){
		m.NewMutex, m.NewRWMutex, m.NewWaitGroup, m.NewOnce,
		func() (locks.ID, error) { return m.NewCond(1) },
		func() (locks.ID, error) { return m.NewRCond(2) },
		func() (locks.ID, error) { return m.NewSema(1) },
	}
	for i, f := range ids {
		if id, err := f(); err != nil || int(id) != i+1 {
			t.Fatal(id, err)
		}
	}
	for range gs {
		if _, err := m.Go(); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// TestInvariants performs balanced operations in any order, with any goroutine that can
// act or resume, and checks the invariants after each.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const gs = 4
		m := makeAll(t, rapid.SampledFrom(releases).Draw(t, "release"), gs)
		held := make([][]locks.Op, gs+1) // the locks that each goroutine still has to unlock
		in := make([]*locks.Op, gs+1)    // the operation that each goroutine is in
		inside := map[locks.ID]int{}     // number of goroutines that hold the mutex or write
		reading := 0
		finish := func(g locks.G, op locks.Op, o locks.Outcome) {
			in[g] = nil
			switch op.Verb {
			case locks.LockVerb, locks.TryLockVerb:
				if o.What == locks.NotReady {
					return
				}
				if inside[op.ID]++; inside[op.ID] > 1 || op.ID == 2 && reading > 0 {
					t.Fatalf("%d goroutines are inside %d", inside[op.ID], op.ID)
				}
				held[g] = append(held[g], locks.Op{Verb: locks.UnlockVerb, ID: op.ID})
			case locks.RLockVerb:
				if reading++; inside[2] > 0 {
					t.Fatal("a reader and a writer")
				}
				held[g] = append(held[g], locks.Op{Verb: locks.RUnlockVerb, ID: op.ID})
			case locks.AcquireVerb:
				held[g] = append(held[g], locks.Op{Verb: locks.ReleaseVerb, ID: op.ID})
			case locks.WaitVerb:
				if op.ID == 5 {
					inside[1]++
				}
			case locks.OnceDoVerb:
				if o.OK {
					held[g] = append(held[g], locks.Op{Verb: locks.OnceReturnVerb, ID: op.ID})
				}
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			g := locks.G(rapid.IntRange(1, gs).Draw(t, "g"))
			var o locks.Outcome
			var err error
			var op locks.Op
			switch status := m.Snapshot().Goroutines[g-1].Status; status {
			case "waiting", "dead":
				if _, err := m.Lock(g, 1); err == nil {
					t.Fatalf("goroutine %d is %s and acts", g, status)
				}
				continue
			case "runnable":
				op = *in[g]
				o, err = m.Resume(g)
			default:
				ops := []locks.Op{
					{Verb: locks.LockVerb, ID: 1}, {Verb: locks.LockVerb, ID: 2}, {Verb: locks.RLockVerb, ID: 2},
					{Verb: locks.OnceDoVerb, ID: 4}, {Verb: locks.AcquireVerb, ID: 7},
					{Verb: locks.SignalVerb, ID: 5}, {Verb: locks.BroadcastVerb, ID: 5}, {Verb: locks.AddVerb, ID: 3, Delta: 1},
				}
				if r := m.Snapshot().Release; r == "go1.18" || r == "go1.26" || r == "go1.27" {
					ops = append(ops, locks.Op{Verb: locks.TryLockVerb, ID: 1}, locks.Op{Verb: locks.TryLockVerb, ID: 2})
				}
				if n := len(held[g]); n > 0 {
					ops = append(ops[:0:0], held[g][n-1], held[g][n-1], ops[5])
					if held[g][n-1] == (locks.Op{Verb: locks.UnlockVerb, ID: 1}) {
						ops = append(ops, locks.Op{Verb: locks.WaitVerb, ID: 5})
					}
				}
				op = rapid.SampledFrom(ops).Draw(t, "op")
				if n := len(held[g]); n > 0 && op == held[g][n-1] {
					held[g] = held[g][:n-1]
					if op.Verb == locks.UnlockVerb {
						inside[op.ID]--
					} else if op.Verb == locks.RUnlockVerb {
						reading--
					}
				} else if op.Verb == locks.WaitVerb {
					inside[1]--
				}
				in[g] = &op
				o, err = m.Do(g, op)
			}
			if err != nil {
				t.Fatalf("goroutine %d, %v: %v, %v", g, op, o, err)
			}
			if o.What != locks.Parked && o.What != locks.Yielded {
				finish(g, op, o)
			}
			for _, r := range m.Ready() {
				if m.Snapshot().Goroutines[r-1].Status != "runnable" {
					t.Fatalf("goroutine %d is not ready", r)
				}
			}
			if err := m.Check(); err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 9).Draw(t, "advance") == 0 {
				if err := m.Advance(2 * time.Millisecond); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestErrors(t *testing.T) {
	if _, err := locks.New(locks.Config{Release: "go2"}); err == nil {
		t.Error("go2 is a release")
	}
	m := makeAll(t, "go1.17", 2)
	for _, f := range []func() (locks.Outcome, error){
		func() (locks.Outcome, error) { return m.Lock(0, 1) },
		func() (locks.Outcome, error) { return m.Lock(3, 1) },
		func() (locks.Outcome, error) { return m.Lock(-1, 1) },
		func() (locks.Outcome, error) { return m.Lock(1, 0) },
		func() (locks.Outcome, error) { return m.Lock(1, 8) },
		func() (locks.Outcome, error) { return m.Lock(1, 3) },
		func() (locks.Outcome, error) { return m.RLock(1, 1) },
		func() (locks.Outcome, error) { return m.Add(1, 1, 1) },
		func() (locks.Outcome, error) { return m.Wait(1, 1) },
		func() (locks.Outcome, error) { return m.Signal(1, 1) },
		func() (locks.Outcome, error) { return m.OnceDo(1, 1) },
		func() (locks.Outcome, error) { return m.Acquire(1, 1) },
		func() (locks.Outcome, error) { return m.TryLock(1, 1) }, // in Go 1.17
		func() (locks.Outcome, error) { return m.TryRLock(1, 2) },
		func() (locks.Outcome, error) { return m.TryLock(1, 2) },
		func() (locks.Outcome, error) { return m.Resume(1) },
		func() (locks.Outcome, error) { return m.Do(1, locks.Op{Verb: 99}) },
		func() (locks.Outcome, error) { return locks.Outcome{}, m.Advance(-1) },
		func() (locks.Outcome, error) { _, err := m.NewCond(3); return locks.Outcome{}, err },
		func() (locks.Outcome, error) { _, err := m.NewRCond(1); return locks.Outcome{}, err },
		func() (locks.Outcome, error) { _, err := m.Copy(9); return locks.Outcome{}, err },
	} {
		if o, err := f(); err == nil || !strings.HasPrefix(err.Error(), "locks: ") || o != (locks.Outcome{}) {
			t.Errorf("got %v, %v", o, err)
		}
	}
	if err := m.Advance(math.MaxInt64); err != nil {
		t.Error(err)
	}
	if err := m.Advance(1); err == nil {
		t.Error("time wraps around")
	}
	if s := m.Snapshot(); slices.ContainsFunc(s.Goroutines, func(g locks.GoroutineState) bool { return g.Status != "running" }) {
		t.Errorf("errors changed something: %+v", s.Goroutines)
	}
}

// TestMisuse checks each misuse in a release that panics and in one that ends the
// program with a fatal error.
func TestMisuse(t *testing.T) {
	for _, k := range []struct {
		op   locks.Op
		text string
	}{
		{locks.Op{Verb: locks.UnlockVerb, ID: 1}, "sync: unlock of unlocked mutex"},
		{locks.Op{Verb: locks.UnlockVerb, ID: 2}, "sync: Unlock of unlocked RWMutex"},
		{locks.Op{Verb: locks.RUnlockVerb, ID: 2}, "sync: RUnlock of unlocked RWMutex"},
		{locks.Op{Verb: locks.WaitVerb, ID: 5}, "sync: unlock of unlocked mutex"},
		{locks.Op{Verb: locks.WaitVerb, ID: 6}, "sync: RUnlock of unlocked RWMutex"},
	} {
		m := makeAll(t, "go1.7", 2)
		o, err := m.Do(1, k.op)
		if p, ok := errors.AsType[*crash.Error](err); !ok || p.Kind != crash.KindPanic || p.Text != k.text || o.What != locks.Panicked {
			t.Errorf("go1.7, %v: %v, %v", k.op, o, err)
		}
		m = makeAll(t, "", 2)
		o, err = m.Do(1, k.op)
		if p, ok := errors.AsType[*crash.Error](err); !ok || p.Kind != crash.KindFatal || p.Text != k.text || o.What != locks.Crashed {
			t.Errorf("%v: %v, %v", k.op, o, err)
		}
		if _, err := m.Lock(2, 1); err == nil || !strings.Contains(err.Error(), "the program has ended") {
			t.Errorf("after a crash: %v", err)
		}
	}
	m := makeAll(t, "", 2)
	if _, err := m.Add(1, 3, -1); err != locks.NegativeCounter {
		t.Errorf("got %v", err)
	}
	if o, err := m.Lock(1, 1); err != nil || o.What != locks.Proceeded {
		t.Errorf("after a panic: %v, %v", o, err)
	}
	c, _ := m.Copy(1)
	if o, err := m.Lock(2, c); err != nil || o.What != locks.Parked {
		t.Errorf("a copy of a locked mutex: %v, %v", o, err)
	}
}

func TestAsleep(t *testing.T) {
	m := makeAll(t, "", 3)
	m.Lock(1, 1)
	m.Lock(1, 1)
	m.Lock(2, 1)
	if err := m.Asleep(); err != nil {
		t.Errorf("goroutine 3 runs: %v", err)
	}
	if err := m.Exit(3); err != nil || m.Asleep() != locks.AllAsleep {
		t.Errorf("got %v, %v", err, m.Asleep())
	}
}

// TestEvents checks that the events have each change of the state word, and that tracing
// changes no result.
func TestEvents(t *testing.T) {
	var texts []string
	state := int32(0)
	m, err := locks.New(locks.Config{Trace: func(e locks.Event) {
		texts = append(texts, e.String())
		if e.Kind == locks.State {
			if e.From != state {
				t.Errorf("%v: from %d, it was %d", e, e.From, state)
			}
			state = e.To
		}
		if int(e.Seq) != len(texts) {
			t.Errorf("%v: number %d of %d", e, e.Seq, len(texts))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := m.NewMutex()
	m.Go()
	m.Go()
	m.Lock(1, id)
	m.Lock(2, id)
	m.Unlock(1, id)
	m.Resume(2)
	if want := "enqueue goroutine 2 on 1, at the back"; len(texts) != 9 || texts[2] != want {
		t.Errorf("got %q", texts)
	}
	if s, _ := m.Look(id); s.State != state {
		t.Errorf("the word is %d, the trace says %d", s.State, state)
	}
	if _, err := json.Marshal(m.Snapshot()); err != nil {
		t.Error(err)
	}
}

// TestHandOff checks that no other goroutine gets a mutex between the unlock in
// starvation mode and the first step of the goroutine to which it was handed.
func TestHandOff(t *testing.T) {
	m := makeAll(t, "", 3)
	m.Lock(1, 1)
	m.Lock(2, 1)
	m.Advance(2 * time.Millisecond)
	m.Unlock(1, 1)
	m.Lock(1, 1)
	m.Resume(2)
	if o, err := m.Unlock(1, 1); err != nil || o.What != locks.Yielded || !slices.Equal(m.Ready(), []locks.G{2}) {
		t.Fatalf("unlock: %v, %v, ready %v", o, err, m.Ready())
	}
	if o, err := m.TryLock(3, 1); err != nil || o.What != locks.NotReady {
		t.Errorf("TryLock: %v, %v", o, err)
	}
	if o, err := m.Lock(3, 1); err != nil || o.What != locks.Parked {
		t.Errorf("Lock: %v, %v", o, err)
	}
	if o, err := m.Resume(2); err != nil || o.What != locks.Handed {
		t.Errorf("the waiter: %v, %v", o, err)
	}
}

// TestTraceSees: when an event announces a state word, the word is already in memory.
func TestTraceSees(t *testing.T) {
	var m *locks.Locks
	seen := 0
	m, err := locks.New(locks.Config{Trace: func(e locks.Event) {
		if e.Kind != locks.State {
			return
		}
		seen++
		if got := m.Snapshot().Objects[0].State; got != e.To {
			t.Errorf("%v: the word is %d", e, got)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := m.NewMutex()
	g, _ := m.Go()
	m.Lock(g, id)
	m.Unlock(g, id)
	if seen != 2 {
		t.Errorf("%d events", seen)
	}
}
