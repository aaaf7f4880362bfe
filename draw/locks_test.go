package draw_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/locks"
)

// someLocks returns a mutex that three goroutines want, a reader/writer mutex with a
// writer that waits for a reader, and a wait group.
func someLocks(t *testing.T) locks.Snapshot {
	m, err := locks.New(locks.Config{Release: "go1.26"})
	if err != nil {
		t.Fatal(err)
	}
	for _, make := range []func() (locks.ID, error){m.NewMutex, m.NewRWMutex, m.NewWaitGroup} {
		if _, err := make(); err != nil {
			t.Fatal(err)
		}
	}
	for range 7 {
		if _, err := m.Go(); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range []struct {
		g  locks.G
		op locks.Op
	}{
		{1, locks.Op{Verb: locks.LockVerb, ID: 1}}, {2, locks.Op{Verb: locks.LockVerb, ID: 1}}, {3, locks.Op{Verb: locks.LockVerb, ID: 1}},
		{4, locks.Op{Verb: locks.RLockVerb, ID: 2}}, {5, locks.Op{Verb: locks.LockVerb, ID: 2}}, {6, locks.Op{Verb: locks.RLockVerb, ID: 2}},
		{1, locks.Op{Verb: locks.AddVerb, ID: 3, Delta: 2}}, {7, locks.Op{Verb: locks.WaitVerb, ID: 3}},
	} {
		if _, err := m.Do(k.g, k.op); err != nil {
			t.Fatal(err)
		}
	}
	return m.Snapshot()
}

func TestLocksQueues(t *testing.T) {
	got := draw.LocksQueues(someLocks(t))
	if n := wellFormed(t, got); n != 3+2+5+3 {
		t.Errorf("%d boxes, want those of 3 locks, 2 holders, 5 that wait and the legend's 3", n)
	}
	same(t, "locks_queues.svg", got)
}

// TestLocksQueuesAny draws states that no model can have, too.
func TestLocksQueuesAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := locks.Snapshot{Release: rapid.String().Draw(t, "release"), Goroutines: []locks.GoroutineState{}}
		for range rapid.IntRange(0, 60).Draw(t, "locks") {
			s.Objects = append(s.Objects, locks.ObjectState{
				ID: locks.ID(rapid.Int32().Draw(t, "id")), Type: locks.Type(rapid.IntRange(0, 9).Draw(t, "primitive")),
				State: rapid.Int32().Draw(t, "state"), ReaderCount: rapid.Int32().Draw(t, "readers"), Holder: locks.G(rapid.IntRange(0, 3).Draw(t, "holder")),
				Waiting: make([]locks.G, rapid.IntRange(0, 30).Draw(t, "waiting")), Text: rapid.String().Draw(t, "text"),
			})
		}
		wellFormed(t, draw.LocksQueues(s))
	})
}
