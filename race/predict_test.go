package race_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/race"
)

// entries plays entries in words, and records them.
func entries(t *testing.T, c race.Config, text string) *race.Log {
	t.Helper()
	c.Record = true
	l, err := race.NewLog(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Play(text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return l
}

// predict searches the other interleavings of a log for a race. It returns the order of
// operations that leads to it, with the racing ones last, or nil.
func predict(t *testing.T, log []race.Op, anyValue bool) []race.Op {
	t.Helper()
	m, err := race.NewInterleavings(log, anyValue)
	if err != nil {
		t.Fatal(err)
	}
	r, err := explore.Run(t.Context(), m, explore.Options{MaxStates: 200_000, AllowDeadlock: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Counterexample == nil {
		return nil
	}
	states := [][8]uint64{r.Counterexample.Start}
	for _, s := range r.Counterexample.Steps {
		states = append(states, s.State)
	}
	if _, ok := m.Racing(states[len(states)-1]); !ok {
		t.Fatalf("no race at the end of\n%v", r.Counterexample)
	}
	order, _, err := m.Order(states)
	if err != nil {
		t.Fatal(err)
	}
	return order
}

func TestPredict(t *testing.T) {
	for _, tt := range []struct {
		name, text    string
		now, same, in bool // a race in this order; in another one that reads the same values; or with any values
	}{
		{"the lock orders by chance", "main: go g; main: write x; main: lock mu; main: unlock mu; g: lock mu; g: unlock mu; g: write x", false, true, true},
		{"the lock protects", "main: go g; main: lock mu; main: write x; main: unlock mu; g: lock mu; g: write x; g: unlock mu", false, false, false},
		{"in the section y says whose turn it is", "main: go g; main: write x; main: lock mu; main: write y; main: unlock mu; g: lock mu; g: read y; g: unlock mu; g: write x", false, false, true},
		{"a flag", "main: go g; main: write x; main: atomic store f; g: atomic load f; g: read x", false, false, false},
		{"Add inside the goroutine", "main: add 1 wg; main: go g; g: write x; main: add -1 wg; main: wait wg; main: read x", true, true, true},
		{"a semaphore of 2", "main: make c chan 2; main: go g; main: send c; main: write x; main: recv c; g: send c; g: write x; g: recv c", true, true, true},
		{"a signal", "main: go g; main: lock mu; main: make c cond mu; main: cond wait c; g: lock mu; g: write x; g: signal c; g: unlock mu; main: read x; main: unlock mu", false, false, false},
		{"after a wait for a signal", "main: go g; main: lock mu; main: make c cond mu; main: cond wait c; g: lock mu; g: signal c; g: unlock mu; main: unlock mu; main: write x; g: write x", true, true, true},
		{"once", "main: go g; g: once o; g: write x; g: ran o; main: once o; main: read x", false, false, false},
		{"unbuffered", "main: make c chan 0; main: go g; g: write x; g: send c; main: recv c; main: read x", false, false, false},
		{"two readers", "main: go g; main: rlock mu; main: write x; main: runlock mu; g: lock mu; g: unlock mu; g: write x", false, true, true},
		{"closed", "main: make c chan 0; main: go g; main: write x; main: close c; g: recv c; g: write x", false, false, false},
		{"a read after a write of its own", "main: go g; main: write y; main: lock mu; main: write x; main: unlock mu; g: lock mu; g: write x; g: read x; g: unlock mu; g: write y", false, false, true},
		{"a write after a read of its own", "main: go g; main: lock mu; main: read x; main: write y; main: unlock mu; g: lock mu; g: read x; g: write x; g: unlock mu; g: write y", false, false, true},
		{"sends in sections", "main: make c chan 2; main: go g; main: lock mu; main: send c; main: write x; main: unlock mu; g: lock mu; g: send c; g: unlock mu; g: write x", false, false, false},
		{"sends in sections, and a close", "main: make c chan 2; main: go g; main: lock mu; main: send c; main: write x; main: unlock mu; g: lock mu; g: send c; g: unlock mu; g: write x; g: close c", false, false, false},
		{"a buffer of 1", "main: make c chan 1; main: go g; g: write x; g: send c; main: recv c; main: read x", false, false, false},
		{"after a close", "main: make c chan 0; main: go g; main: close c; g: recv c; g: write x; main: write x", true, true, true},
		{"a lock that only the goroutine uses", "main: go g; g: lock mu; g: unlock mu; g: write x; main: write x", true, true, true},
		{"in the section a byte is read, and one beside it written", "main: go g; main: write x; main: lock mu; main: write 0x100 8; main: unlock mu; g: lock mu; g: read 0x108 8; g: unlock mu; g: write x", false, true, true},
		{"in the section the last byte that was written is read", "main: go g; main: write x; main: lock mu; main: write 0x100 8; main: unlock mu; g: lock mu; g: read 0x107 1; g: unlock mu; g: write x", false, false, true},
	} {
		l := entries(t, race.Config{}, tt.text)
		log, err := l.Record()
		if err != nil {
			t.Fatal(err)
		}
		if now := l.Races() > 0; now != tt.now {
			t.Errorf("%s: a race in the log's order: %v", tt.name, now)
		}
		for _, any := range []bool{false, true} {
			want := tt.same
			if any {
				want = tt.in
			}
			order := predict(t, log, any)
			if (order != nil) != want {
				t.Errorf("%s, any values %v: found %v", tt.name, any, order)
			}
			if order != nil {
				replay(t, order)
			}
		}
	}
}

// replay checks that an order that was found ends in a race.
func replay(t *testing.T, order []race.Op) {
	t.Helper()
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var last race.Outcome
	for i, op := range order {
		if last, err = d.Do(op); err != nil {
			t.Fatalf("%d of %v: %v", i, order, err)
		}
	}
	if last.Races == 0 {
		t.Errorf("no race at the end of %v", order)
	}
}

// TestPredictAll checks, for random logs, that a race in their own order is found, and
// that each race that is found is one in the reported order.
func TestPredictAll(t *testing.T) {
	now, found := 0, 0
	for seed := range uint64(400) {
		log, raced := randomLog(t, seed)
		order := predict(t, log, false)
		if raced {
			now++
			if order == nil {
				t.Errorf("seed %d: %v\nraces, and no interleaving does", seed, log)
			}
		}
		if order != nil {
			found++
			replay(t, order)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, log)
		}
	}
	t.Logf("%d logs race as they are, %d in some order", now, found)
	if now < 20 || found <= now {
		t.Error("the logs are too tame")
	}
}

// randomLog returns a log of three goroutines, up to the first race.
func randomLog(t *testing.T, seed uint64) ([]race.Op, bool) {
	r := rand.New(rand.NewPCG(seed, 2))
	d, err := race.New(race.Config{Record: true, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	must := func(op race.Op) race.Outcome {
		o, err := d.Do(op)
		if err != nil {
			t.Fatal(op, err)
		}
		return o
	}
	mk := func(typ race.Type, n int64) race.Object {
		return must(race.Op{Verb: race.MakeVerb, G: 1, Type: typ, N: n, Size: 8}).Object
	}
	mu, c, u, wg, once, raw := mk(race.Mutex, 0), mk(race.Chan, 2), mk(race.Chan, 0), mk(race.WaitGroup, 0), mk(race.Once, 0), mk(race.Raw, 0)
	must(race.Op{Verb: race.AddVerb, G: 1, On: wg, N: 3})
	must(race.Op{Verb: race.GoVerb, G: 1})
	must(race.Op{Verb: race.GoVerb, G: 1})
	running := race.G(0)
	for range 22 {
		var ready []race.G
		for _, g := range d.Snapshot().Goroutines {
			if g.Waits == "" {
				ready = append(ready, g.G)
			}
		}
		if len(ready) == 0 {
			break
		}
		g := ready[r.IntN(len(ready))]
		op := race.Op{G: g}
		held := d.Snapshot().Objects[mu-1]
		switch r.IntN(13) {
		case 0, 1, 2:
			op.Verb, op.Addr, op.Size = []race.Verb{race.ReadVerb, race.WriteVerb}[r.IntN(2)], 64*uint64(r.IntN(7)), 8
		case 3:
			op.Verb, op.Addr, op.Size = []race.Verb{race.LoadVerb, race.StoreVerb, race.ModifyVerb}[r.IntN(3)], 1024, 8
		case 4, 5, 6:
			op.On, op.Verb = mu, race.LockVerb
			if held.Writer == g {
				op.Verb = race.UnlockVerb
			} else if held.Readers > 0 || held.Writer != 0 {
				continue
			}
		case 7:
			// One receiver: with two, the order of their receives is not an edge in the
			// model, but is in the log.
			op.On, op.Verb = c, race.SendVerb
			if g == race.Main {
				op.Verb = race.RecvVerb
			}
		case 8, 9:
			op.On, op.Verb = u, []race.Verb{race.SendVerb, race.RecvVerb}[r.IntN(2)]
		case 10:
			// Only the first goroutine adds: a Done needs an earlier Add, which is not
			// an edge.
			op.On, op.Verb, op.N = wg, race.AddVerb, -1
			if n := d.Snapshot().Objects[wg-1].Counter; n == 0 || g == race.Main {
				op.Verb, op.N = race.WaitVerb, 0
			}
		case 11:
			op.On, op.Verb = once, race.OnceDoVerb
			if running == g {
				op.Verb = race.OnceReturnVerb
			}
		case 12:
			op.On, op.Verb = raw, []race.Verb{race.AcquireVerb, race.ReleaseVerb}[r.IntN(2)]
		}
		o := must(op)
		switch {
		case o.What == race.DoesRun:
			running = g
		case op.Verb == race.OnceReturnVerb:
			running = 0
		}
		if o.Races > 0 {
			break
		}
	}
	log, err := d.Record()
	if err != nil {
		t.Fatal(err)
	}
	return log, d.Races() > 0
}

// TestLabels checks the names of operations: those of a cond wait are its beginning and its
// end.
func TestLabels(t *testing.T) {
	log, err := entries(t, race.Config{}, "main: lock mu; main: make c cond mu; main: go g; main: cond wait c; g: signal c").Record()
	if err != nil {
		t.Fatal(err)
	}
	m, err := race.NewInterleavings(log, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2: goroutine 1: lock object 1", "4: goroutine 1: go", "5: goroutine 1: cond wait object 2", "5: goroutine 1: cond wait object 2 ends", "6: goroutine 2: signal object 2", "end"}
	if got := m.Labels(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWaitsForever checks that an operation that waits at the end of a log does not come
// in any other order, either, and that no run has an end then.
func TestWaitsForever(t *testing.T) {
	for text, waits := range map[string]string{
		"main: make c chan 0; main: go g; g: recv c; main: write x":                                      "3: goroutine 2: recv object 1",
		"main: make c chan 0; main: go g; g: send c; main: write x":                                      "3: goroutine 2: send object 1",
		"main: make c chan 1; main: go g; main: go h; g: recv c; h: recv c; main: send c; main: write x": "5: goroutine 3: recv object 1",
		"main: go g; main: once o; g: once o; main: write x":                                             "4: goroutine 2: once object 1",
		"main: go g; main: lock mu; main: make c cond mu; main: cond wait c; g: lock mu; g: unlock mu":   "5: goroutine 1: cond wait object 2 ends",
	} {
		log, err := entries(t, race.Config{}, text).Record()
		if err != nil {
			t.Fatal(err)
		}
		m, err := race.NewInterleavings(log, false)
		if err != nil {
			t.Fatal(err)
		}
		came := map[int]bool{}
		seen := map[[8]uint64]bool{}
		for todo := m.Initial(); len(todo) > 0; {
			s := todo[0]
			todo = todo[1:]
			if seen[s] {
				continue
			}
			seen[s] = true
			m.Successors(s, func(event int, to [8]uint64) {
				came[event] = true
				todo = append(todo, to)
			})
		}
		var never []string
		for i, label := range m.Labels() {
			if !came[i] {
				never = append(never, label)
			}
		}
		if want := []string{waits, "end"}; !slices.Equal(never, want) {
			t.Errorf("%s: %q never come, want %q", text, never, want)
		}
	}
}
