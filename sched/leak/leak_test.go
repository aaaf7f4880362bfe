package leak_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/sched/leak"
)

// random makes a state of goroutines that wait to receive from channels, to which
// objects refer.
func random(r *rand.Rand) leak.State {
	var s leak.State
	n := 1 + r.IntN(20)
	refs := func(most int) (list []int) {
		for range r.IntN(most + 1) {
			list = append(list, 1+r.IntN(n))
		}
		return list
	}
	for range n {
		if r.IntN(2) == 0 {
			s.Objects = append(s.Objects, leak.Object{Type: leak.Chan})
		} else {
			s.Objects = append(s.Objects, leak.Object{Type: leak.Mutex, Refs: refs(3)})
		}
	}
	s.Globals, s.Timers = refs(1), refs(1)
	for range r.IntN(20) {
		o := 1 + r.IntN(n)
		g := leak.Goroutine{Reason: leak.Recv, On: []leak.Case{{Object: o}}, Refs: refs(3)}
		if s.Objects[o-1].Type == leak.Mutex {
			g.Reason = leak.Lock
		}
		if r.IntN(6) == 0 {
			g.Reason, g.On = leak.Sleep, nil
		}
		s.Goroutines = append(s.Goroutines, g)
	}
	return s
}

// naive finds the leaked goroutines by a definition without rounds: a goroutine is not
// leaked if there is a path to an object that it waits for from a root or from the stack
// of a goroutine that is not leaked.
func naive(s leak.State) (leaked []int) {
	live := make([]bool, len(s.Goroutines))
	for i, g := range s.Goroutines {
		live[i] = g.Reason == leak.Sleep
	}
	reaches := func(from []int, to int) bool {
		seen := map[int]bool{}
		for len(from) > 0 {
			o := from[0]
			from = slices.Clone(from[1:])
			if o == to {
				return true
			}
			if !seen[o] {
				seen[o] = true
				from = append(from, s.Objects[o-1].Refs...)
			}
		}
		return false
	}
	for again := true; again; {
		again = false
		for i, g := range s.Goroutines {
			if live[i] {
				continue
			}
			roots := append(slices.Clone(s.Globals), s.Timers...)
			for k, other := range s.Goroutines {
				if live[k] {
					roots = append(append(roots, other.Refs...), on(other)...)
				}
			}
			if reaches(roots, g.On[0].Object) {
				live[i], again = true, true
			}
		}
	}
	for i := range live {
		if !live[i] {
			leaked = append(leaked, i+1)
		}
	}
	return leaked
}

func on(g leak.Goroutine) (list []int) {
	for _, k := range g.On {
		list = append(list, k.Object)
	}
	return list
}

func numbers(r leak.Report) (list []int) {
	for _, l := range r.Leaked {
		list = append(list, l.Goroutine)
	}
	return list
}

// TestFind compares the search with the definition, and checks what must hold for
// reports.
func TestFind(t *testing.T) {
	for i := range 2000 {
		s := random(rand.New(rand.NewPCG(uint64(i), 18)))
		r, err := leak.Find(s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(naive(s), numbers(r)); diff != "" {
			t.Fatalf("%+v: definition and search: %s", s, diff)
		}
		seen := map[int]bool{}
		for _, round := range r.Rounds {
			for _, g := range round {
				if seen[g] || slices.Contains(numbers(r), g) {
					t.Fatalf("%+v: goroutine %d was found twice, or is leaked", s, g)
				}
				seen[g] = true
			}
		}
		for _, l := range r.Leaked {
			for _, o := range on(s.Goroutines[l.Goroutine-1]) {
				if slices.Contains(r.Marked, o) {
					t.Fatalf("%+v: goroutine %d waits for %d, which is marked", s, l.Goroutine, o)
				}
			}
			if slices.Contains(l.Knowing, l.Goroutine) {
				t.Fatalf("%+v: goroutine %d knows what it waits for itself", s, l.Goroutine)
			}
			for _, g := range l.Knowing {
				if !slices.Contains(numbers(r), g) {
					t.Fatalf("%+v: goroutine %d knows what %d waits for, and is not leaked", s, g, l.Goroutine)
				}
			}
		}
		// One more root never makes a goroutine leak.
		s.Globals = append(slices.Clone(s.Globals), 1)
		more, err := leak.Find(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range numbers(more) {
			if !slices.Contains(numbers(r), g) {
				t.Fatalf("%+v: goroutine %d is leaked since a global refers to object 1", s, g)
			}
		}
	}
}

// TestErrors lists invalid states.
func TestErrors(t *testing.T) {
	c, m := leak.Object{Type: leak.Chan}, leak.Object{Type: leak.Mutex}
	one := []leak.Case{{Object: 1}}
	for name, s := range map[string]leak.State{
		"object 0":                       {Objects: []leak.Object{c}, Globals: []int{0}},
		"object 2 of 1":                  {Objects: []leak.Object{c}, Timers: []int{2}},
		"no type":                        {Objects: []leak.Object{{}}},
		"type 9":                         {Objects: []leak.Object{{Type: 9}}},
		"holder -1":                      {Objects: []leak.Object{{Type: leak.Mutex, Holder: -1}}},
		"refs out of range":              {Objects: []leak.Object{{Type: leak.Struct, Refs: []int{7}}}},
		"finalizer of nothing":           {Finalizers: []leak.Finalizer{{}}},
		"no operation":                   {Goroutines: []leak.Goroutine{{}}},
		"operation 99":                   {Goroutines: []leak.Goroutine{{Reason: 99}}},
		"a receive from nothing":         {Goroutines: []leak.Goroutine{{Reason: leak.Recv}}},
		"a receive from a mutex":         {Objects: []leak.Object{m}, Goroutines: []leak.Goroutine{{Reason: leak.Recv, On: one}}},
		"a lock of a channel":            {Objects: []leak.Object{c}, Goroutines: []leak.Goroutine{{Reason: leak.Lock, On: one}}},
		"a sleep on a channel":           {Objects: []leak.Object{c}, Goroutines: []leak.Goroutine{{Reason: leak.Sleep, On: one}}},
		"a receive from two":             {Objects: []leak.Object{c, c}, Goroutines: []leak.Goroutine{{Reason: leak.Recv, On: []leak.Case{{Object: 1}, {Object: 2}}}}},
		"a receive where there is some":  {Objects: []leak.Object{{Type: leak.Chan, Refs: []int{1}}}, Goroutines: []leak.Goroutine{{Reason: leak.Recv, On: one}}},
		"a sender and a receiver":        {Objects: []leak.Object{c}, Goroutines: []leak.Goroutine{{Reason: leak.Recv, On: one}, {Reason: leak.Send, On: one}}},
		"a goroutine refers to nothing":  {Goroutines: []leak.Goroutine{{Reason: leak.Sleep, Refs: []int{1}}}},
		"a select case that is no chan":  {Objects: []leak.Object{m}, Goroutines: []leak.Goroutine{{Reason: leak.Select, On: one}}},
		"a select that meets a receiver": {Objects: []leak.Object{c}, Goroutines: []leak.Goroutine{{Reason: leak.Recv, On: one}, {Reason: leak.Select, On: []leak.Case{{Object: 1, Send: true}}}}},
	} {
		if _, err := leak.Find(s); err == nil || !strings.HasPrefix(err.Error(), "leak: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r, err := leak.Find(leak.State{}); err != nil || len(r.Leaked) > 0 {
		t.Errorf("nothing: %v, %v", r, err)
	}
}

// TestNumbersOfErrors: an error names the object or the goroutine that is wrong, from 1.
func TestNumbersOfErrors(t *testing.T) {
	c := leak.Object{Type: leak.Chan}
	for want, s := range map[string]leak.State{
		"leak: object 2 has type 9 out of range [1,6]":            {Objects: []leak.Object{c, {Type: 9}}},
		"leak: object 2 is held by goroutine -1: want 0 or more":  {Objects: []leak.Object{c, {Type: leak.Mutex, Holder: -1}}},
		"leak: object 2 refers to object 7 out of range [1,2]":    {Objects: []leak.Object{c, {Type: leak.Struct, Refs: []int{7}}}},
		"leak: goroutine 2 refers to object 3 out of range [1,1]": {Objects: []leak.Object{c}, Goroutines: []leak.Goroutine{{Reason: leak.Sleep}, {Reason: leak.Sleep, Refs: []int{3}}}},
		"leak: goroutine 2 waits for object 3 out of range [1,1]": {Objects: []leak.Object{c}, Goroutines: []leak.Goroutine{{Reason: leak.Sleep}, {Reason: leak.Recv, On: []leak.Case{{Object: 3}}}}},
	} {
		if _, err := leak.Find(s); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestWhy: what a report says of a select, and of several goroutines that refer to a channel.
func TestWhy(t *testing.T) {
	s := leak.State{Objects: []leak.Object{{Type: leak.Chan}, {Type: leak.Chan}}}
	s.Goroutines = append(s.Goroutines, leak.Goroutine{Reason: leak.Select, On: []leak.Case{{Object: 1}, {Object: 2, Send: true}}})
	for range 3 {
		s.Goroutines = append(s.Goroutines, leak.Goroutine{Reason: leak.Recv, On: []leak.Case{{Object: 1}}, Refs: []int{1, 2}})
	}
	r, err := leak.Find(s)
	if err != nil || len(r.Leaked) != 4 {
		t.Fatal(r, err)
	}
	for i, want := range []string{
		"waits for a send to channel 1, or its close, or a receive from channel 2; only goroutines 2, 3 and 4 refer to it, and are leaked, too",
		"waits for a send to channel 1, or its close; only goroutines 3 and 4 refer to it, and are leaked, too",
	} {
		if r.Leaked[i].Why != want {
			t.Errorf("%s, want %s", r.Leaked[i].Why, want)
		}
	}
	s.Goroutines = s.Goroutines[:3]
	if r, err = leak.Find(s); err != nil || !strings.HasSuffix(r.Leaked[0].Why, "; only goroutines 2 and 3 refer to it, and are leaked, too") {
		t.Errorf("%s, %v", r.Leaked[0].Why, err)
	}
}

// TestCrowd has a hundred thousand goroutines that wait for one channel: the report must
// not take long.
func TestCrowd(t *testing.T) {
	s := leak.State{Objects: []leak.Object{{Type: leak.Chan}}}
	for range 100_000 {
		s.Goroutines = append(s.Goroutines, leak.Goroutine{Reason: leak.Recv, On: []leak.Case{{Object: 1}}, Refs: []int{1}})
	}
	r, err := leak.Find(s)
	if err != nil || len(r.Leaked) != 100_000 || len(r.Leaked[0].Knowing) != 10 {
		t.Errorf("%d leaked, %v", len(r.Leaked), err)
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte(`{"objects":[{"type":"chan"},{"type":"mutex","refs":[1]}],"goroutines":[{"op":"chan receive","on":[{"object":1}]},{"op":"sleep","refs":[2]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s leak.State
		if json.Unmarshal(data, &s) != nil {
			return
		}
		r, err := leak.Find(s)
		if err != nil {
			return
		}
		out, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again leak.Report
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// BenchmarkFind searches ten thousand goroutines, one in ten of which sleeps.
func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var s leak.State
	for range 10_000 {
		s.Objects = append(s.Objects, leak.Object{Type: leak.Mutex, Refs: []int{1 + r.IntN(10_000), 1 + r.IntN(10_000)}})
		g := leak.Goroutine{Reason: leak.Lock, On: []leak.Case{{Object: 1 + r.IntN(10_000)}}, Refs: []int{1 + r.IntN(10_000)}}
		if r.IntN(10) == 0 {
			g.Reason, g.On = leak.Sleep, nil
		}
		s.Goroutines = append(s.Goroutines, g)
	}
	for b.Loop() {
		if _, err := leak.Find(s); err != nil {
			b.Fatal(err)
		}
	}
}
