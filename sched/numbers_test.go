package sched_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// TestWaiters: a Snapshot names the goroutines that wait for channels and locks, and the
// holder of a lock, by the numbers of the scheduler.
func TestWaiters(t *testing.T) {
	gen := rapid.Custom(programs)
	waits, holds := 0, 0
	for i := range 300 {
		p := sleepers(rand.New(rand.NewPCG(uint64(i), 11)))
		crossed := len(p.Locks) > 2
		if i%2 == 0 {
			if other := gen.Example(i); goroutines(other) < 100 {
				p, crossed = other, false
			}
		}
		s, err := sched.New(sched.Config{Procs: 1 + i%3, Seed: uint64(i), MaxEvents: 2000}, *p)
		if err != nil {
			t.Fatal(err)
		}
		for more := true; more; {
			more, _ = s.Step()
			waits += waitersOf(t, s.Snapshot())
		}
		if end := s.Snapshot(); crossed {
			for k, where := range []string{"holdsx: lock y", "holdsy: lock x"} {
				at := slices.IndexFunc(end.Gs, func(g sched.GState) bool { return g.Where == where && g.Status == "waiting" })
				if at < 0 {
					continue // it waits for its first lock, or has not reached it
				}
				holds++
				if o := end.Locks.Objects[2+k]; sched.G(o.Holder) != end.Gs[at].G {
					t.Errorf("program %d: goroutine %d has lock %d, not %d", i, end.Gs[at].G, o.ID, o.Holder)
				}
			}
		}
	}
	if waits < 1000 || holds < 50 {
		t.Errorf("only %d goroutines waited, %d held a lock", waits, holds)
	}
}

// TestHolderAfterWait: a goroutine that comes back from the Wait of a Cond has its lock again.
func TestHolderAfterWait(t *testing.T) {
	p, err := program.Parse("mutex m\ncond k m\nmain:\ngo w\nlock m\nwait k\nmark back\nw:\nlock m\nsignal k\nunlock m\n")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sched.New(sched.Config{}, *p)
	if err != nil {
		t.Fatal(err)
	}
	var holders []locks.G
	for e := range s.Events() {
		if e.Kind == sched.Did && (e.What == "signal" || e.What == "wait") || e.Kind == sched.Marked {
			holders = append(holders, s.Snapshot().Locks.Objects[0].Holder)
		}
	}
	if want := []locks.G{2, 1, 1}; !slices.Equal(holders, want) {
		t.Errorf("%v have it, want %v", holders, want)
	}
}

// waitersOf checks that the parts of a Snapshot agree on the waiting goroutines.
func waitersOf(t *testing.T, s sched.Snapshot) (waits int) {
	all, inChans, inLocks := map[sched.G]sched.GState{}, map[sched.G]bool{}, map[sched.G]bool{}
	for _, g := range s.Gs {
		all[g.G] = g
	}
	for _, k := range s.Chans.Goroutines {
		g := sched.G(k.G)
		inChans[g] = true
		if why := all[g].Reason; k.Status == "waiting" && all[g].Status == "waiting" && why != "chan" && why != "select" {
			t.Fatalf("goroutine %d waits in the channels, and %q is why", g, why)
		}
	}
	for _, k := range s.Locks.Goroutines {
		inLocks[sched.G(k.G)] = true
		if g, ok := all[sched.G(k.G)]; !ok || k.Status == "waiting" && g.Reason != "lock" {
			t.Fatalf("goroutine %d waits in the locks: %+v", k.G, g)
		}
	}
	for _, g := range s.Gs {
		if g.Status != "waiting" {
			continue
		}
		switch g.Reason {
		case "chan", "select":
			waits++
			if !inChans[g.G] && g.Reason == "chan" {
				t.Fatalf("goroutine %d waits for a channel that does not know it: %+v", g.G, s.Chans)
			}
		case "lock":
			waits++
			if !inLocks[g.G] {
				t.Fatalf("goroutine %d waits for a lock that does not know it: %+v", g.G, s.Locks)
			}
		}
	}
	for _, c := range s.Chans.Chans {
		for _, w := range append(c.Recvq, c.Sendq...) {
			if g := all[sched.G(w.G)]; !w.Stale && g.Reason != "chan" && g.Reason != "select" {
				t.Fatalf("goroutine %d is in a queue of channel %d: %+v", w.G, c.Chan, g)
			}
		}
	}
	for _, o := range s.Locks.Objects {
		for _, w := range o.Waiting {
			if g := all[sched.G(w)]; g.Reason != "lock" {
				t.Fatalf("goroutine %d is in a queue of lock %d: %+v", w, o.ID, g)
			}
		}
	}
	return waits
}
