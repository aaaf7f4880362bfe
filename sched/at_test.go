package sched_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/sched"
)

// TestAt compares the states that At returns with those of the run itself, in the middle
// of steps too, with the caller's choices and without.
func TestAt(t *testing.T) {
	gen := rapid.Custom(programs)
	compared := 0
	for i := range 60 {
		p := sleepers(rand.New(rand.NewPCG(uint64(i), 13)))
		if i%2 == 0 {
			if other := gen.Example(i); goroutines(other) < 60 {
				p = other
			}
		}
		c := sched.Config{Procs: 1 + i%4, Seed: uint64(i), MaxEvents: 400}
		if i%3 == 0 {
			c.Choose = rand.New(rand.NewPCG(uint64(i), 17)).IntN
		}
		var s *sched.Sim
		states := map[uint64]sched.Snapshot{}
		first, last := []uint64{0}, uint64(0)
		c.Trace = func(e sched.Event) {
			last = e.Seq
			if s == nil {
				first = append(first, e.Seq)
			} else {
				states[e.Seq] = s.Snapshot()
			}
		}
		s, err := sched.New(c, *p)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range first {
			states[n] = s.Snapshot()
		}
		s.Run()
		for n, want := range states {
			if n%7 != uint64(i)%7 && n > 3 {
				continue
			}
			got, err := s.At(n)
			if err != nil {
				t.Fatalf("program %d, event %d: %v", i, n, err)
			}
			compared++
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("program %d, event %d:\n%+v\nthe run had\n%+v", i, n, got, want)
			}
		}
		if _, err := s.At(last + 1); err == nil || !strings.Contains(err.Error(), "out of range [0,") {
			t.Errorf("an event that was not: %v", err)
		}
	}
	if compared < 1000 {
		t.Errorf("only %d states", compared)
	}
	if _, err := new(sched.Sim).At(1); err == nil {
		t.Error("a Sim that is not from New")
	}
}
