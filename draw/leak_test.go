package draw_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/sched/leak"
)

// TestLeakGraph draws two goroutines that lock two mutexes in opposite orders, and one
// that a sleeper can still wake.
func TestLeakGraph(t *testing.T) {
	s := leak.State{
		Objects: []leak.Object{{Type: leak.Mutex, Name: "m", Holder: 1}, {Type: leak.Mutex, Name: "n", Holder: 2}, {Type: leak.Chan, Name: "c"}, {Type: leak.Struct, Name: "x", Refs: []int{3}}},
		Goroutines: []leak.Goroutine{
			{Reason: leak.Lock, On: []leak.Case{{Object: 2}}, Refs: []int{1}}, {Reason: leak.Lock, On: []leak.Case{{Object: 1}}, Refs: []int{2}},
			{Reason: leak.Recv, On: []leak.Case{{Object: 3}}}, {Reason: leak.Sleep, Refs: []int{4}},
		},
	}
	r, err := leak.Find(s)
	if err != nil {
		t.Fatal(err)
	}
	got := draw.LeakGraph(s, r)
	if n := wellFormed(t, got); n != 11 {
		t.Errorf("%d boxes, want 11 with the legend's", n)
	}
	same(t, "leak.svg", got)
}

// TestLeakGraphAny draws states that are invalid or too large.
func TestLeakGraphAny(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	s := leak.State{Objects: make([]leak.Object, 50_000), Goroutines: make([]leak.Goroutine, 50_000), Globals: []int{-1, 0, 1 << 30}}
	for i := range s.Objects {
		s.Objects[i] = leak.Object{Type: leak.Type(i), Refs: []int{-1, 0, 1, 2, 60_000}, Name: long}
		s.Goroutines[i] = leak.Goroutine{Reason: leak.Reason(i), Refs: []int{-5, 9, 1 << 30}, On: []leak.Case{{Object: -1}, {Object: 3}, {Object: 1 << 30}}, Name: long}
	}
	r := leak.Report{Leaked: make([]leak.Leak, 1000), Marked: []int{-1, 5}}
	got := draw.LeakGraph(s, r)
	if wellFormed(t, got); len(got) > 300<<10 {
		t.Errorf("%d bytes", len(got))
	}
	wellFormed(t, draw.LeakGraph(leak.State{}, leak.Report{}))
}
