package leaklive_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/sched/leak"
	"github.com/orrery-go/orrery/sched/leak/leaklive"
)

func start(t *testing.T) *leaklive.Real {
	t.Helper()
	p, err := leaklive.Start(context.Background())
	if errors.Is(err, leaklive.ErrNone) || errors.Is(err, child.ErrCannotBuild) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// random makes a state. The direction of values through a channel is drawn once, so that
// no two waiting goroutines could have met.
func random(r *rand.Rand) leak.State {
	var s leak.State
	n := 1 + r.IntN(12)
	refs := func(most int) (list []int) {
		for range r.IntN(most + 1) {
			list = append(list, 1+r.IntN(n))
		}
		return list
	}
	send := make([]bool, n)
	of := map[leak.Type][]int{}
	for i := range n {
		o := leak.Object{Type: leak.Type(1 + r.IntN(6))}
		if r.IntN(3) == 0 {
			o.Type = leak.Chan
		}
		send[i] = r.IntN(2) == 0
		if o.Type != leak.Chan || send[i] {
			o.Refs = refs(2)
		}
		s.Objects = append(s.Objects, o)
		of[o.Type] = append(of[o.Type], i+1)
	}
	any := func(types ...leak.Type) (int, bool) {
		var list []int
		for _, t := range types {
			list = append(list, of[t]...)
		}
		if len(list) == 0 {
			return 0, false
		}
		return list[r.IntN(len(list))], true
	}
	if r.IntN(2) == 0 {
		s.Globals = refs(1)
	}
	if r.IntN(4) == 0 {
		s.Timers = refs(2)
	}
	if o, ok := any(leak.Struct, leak.Mutex, leak.WaitGroup); ok && r.IntN(5) == 0 {
		s.Finalizers = append(s.Finalizers, leak.Finalizer{Of: o, Refs: refs(2), Cleanup: r.IntN(2) == 0})
	}
	for range 1 + r.IntN(8) {
		g := leak.Goroutine{Refs: refs(3)}
		switch r.IntN(12) {
		case 0:
			g.Reason = leak.Sleep
			switch r.IntN(4) {
			case 0:
				g.Reason = leak.IOWait
			case 1:
				g.Reason = leak.Coroutine
			}
		case 1:
			g.Reason = leak.NilChan + leak.Reason(r.IntN(2))
		case 2, 3:
			g.Reason = leak.Select
			for range 1 + r.IntN(3) {
				if c, ok := any(leak.Chan); ok {
					g.On = append(g.On, leak.Case{Object: c, Send: send[c-1]})
				}
			}
		case 4:
			g.Reason = leak.Lock
			if o, ok := any(leak.Mutex, leak.RWMutex); ok {
				g.On = []leak.Case{{Object: o}}
			}
		case 5:
			g.Reason = leak.RLock
			if o, ok := any(leak.RWMutex); ok {
				g.On = []leak.Case{{Object: o}}
			}
		case 6, 7:
			g.Reason = leak.Wait
			if o, ok := any(leak.WaitGroup, leak.Cond); ok {
				g.On = []leak.Case{{Object: o}}
			}
		default:
			if c, ok := any(leak.Chan); ok {
				g.On = []leak.Case{{Object: c}}
				if g.Reason = leak.Recv; send[c-1] {
					g.Reason = leak.Send
				}
			}
		}
		if g.Reason >= leak.Send && len(g.On) == 0 || g.Reason == 0 {
			g.Reason, g.On = leak.Sleep, nil
		}
		s.Goroutines = append(s.Goroutines, g)
	}
	return s
}

func leaked(t testing.TB, s leak.State) []int {
	t.Helper()
	r, err := leak.Find(s)
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	out := []int{}
	for _, l := range r.Leaked {
		out = append(out, l.Goroutine)
	}
	return out
}

// TestLeaks compares the model with the profile: the goroutines of 1,500 random states,
// or of 20,000 in the full run.
func TestLeaks(t *testing.T) {
	p := start(t)
	batches := 1
	if os.Getenv("ORRERY_FULL") != "" {
		batches = 14
	}
	programs, leaks, goroutines, late, saved := 0, 0, 0, 0, 0
	for b := range batches {
		var states []leak.State
		for i := range 1500 {
			states = append(states, random(rand.New(rand.NewPCG(uint64(b), uint64(i)))))
		}
		got, err := p.Leaked(states)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range states {
			want := leaked(t, s)
			if diff := cmp.Diff(want, got[i]); diff != "" {
				t.Fatalf("state %d of batch %d, %+v: model and profile: %s", i, b, s, diff)
			}
			programs++
			goroutines += len(s.Goroutines)
			leaks += len(want)
			r, _ := leak.Find(s)
			for k, round := range r.Rounds {
				saved += len(round)
				if k > 0 {
					late += len(round)
				}
			}
		}
	}
	t.Logf("%d states, %d goroutines: %d leaked, %d saved by what is marked, %d of them in a later round", programs, goroutines, leaks, saved, late)
	if leaks < programs/2 || late < programs/50 {
		t.Error("too few of a kind to tell anything")
	}
}

// A record is a release's answer for the classics, by name, and for the first random
// states.
type record struct {
	Classics map[string][]int `json:"classics"`
	Random   [][]int          `json:"random"`
}

var update = flag.Bool("update", false, "write what the Go at hand says to testdata")

// TestClassics compares known leaks in the model with the profile, and both with the
// recorded answers of Go 1.27.
func TestClassics(t *testing.T) {
	file := filepath.Join("testdata", "go1.27.json")
	var want record
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &want)
	}
	if err != nil && !*update {
		t.Fatal(err)
	}
	list := leaklive.Classics()
	states := []leak.State{}
	for _, c := range list {
		if diff := cmp.Diff(c.Leaked, leaked(t, c.State)); diff != "" {
			t.Errorf("%s: expected and model: %s", c.Name, diff)
		}
		if diff := cmp.Diff(want.Classics[c.Name], c.Leaked); diff != "" && !*update {
			t.Errorf("%s: 1.27 and expected: %s", c.Name, diff)
		}
		states = append(states, c.State)
	}
	for i := range 200 {
		s := random(rand.New(rand.NewPCG(27, uint64(i))))
		states = append(states, s)
		if *update {
			continue
		}
		if i >= len(want.Random) {
			t.Fatalf("%d random states on record", len(want.Random))
		}
		if diff := cmp.Diff(want.Random[i], leaked(t, s)); diff != "" {
			t.Errorf("state %d: 1.27 and model: %s", i, diff)
		}
	}
	got, err := start(t).Leaked(states)
	if err != nil {
		t.Fatal(err)
	}
	told := record{Classics: map[string][]int{}, Random: got[len(list):]}
	for i, c := range list {
		if diff := cmp.Diff(c.Leaked, got[i]); diff != "" {
			t.Errorf("%s: expected and profile: %s", c.Name, diff)
		}
		told.Classics[c.Name] = got[i]
	}
	if *update {
		data, err := json.Marshal(told)
		if err == nil {
			err = os.WriteFile(file, append(data, '\n'), 0o644)
		}
		if err != nil {
			t.Error(err)
		}
		return
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("1.27 and the Go at hand: %s", diff)
	}
}
