package race_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/race"
)

// TestLimits checks the least and the largest value of each limit, and the values beside
// them.
func TestLimits(t *testing.T) {
	for name, tt := range map[string]struct {
		set func(l *race.Limits, n int)
		max int
	}{
		"Cells":    {func(l *race.Limits, n int) { l.Cells = n }, race.MaxCells},
		"Slots":    {func(l *race.Limits, n int) { l.Slots = n }, race.MaxSlots},
		"Parts":    {func(l *race.Limits, n int) { l.Parts, l.PartSize = n, min(max(n, 0), 1) }, race.MaxParts},
		"PartSize": {func(l *race.Limits, n int) { l.Parts, l.PartSize = min(max(n, 0), 1), n }, 1 << 30},
		"Exited":   {func(l *race.Limits, n int) { l.Exited = n }, 1024},
	} {
		for n, ok := range map[int]bool{-1: false, 0: true, 1: true, tt.max: true, tt.max + 1: false} {
			var l race.Limits
			tt.set(&l, n)
			if _, err := race.New(race.Config{Limits: l}); (err == nil) != ok {
				t.Errorf("%s %d: %v", name, n, err)
			}
		}
	}
	for _, l := range []race.Limits{{Parts: 1}, {PartSize: 1}} {
		if _, err := race.New(race.Config{Limits: l}); err == nil {
			t.Errorf("%+v: no error, and one needs the other", l)
		}
	}
}

// TestHistory checks how long the history of a goroutine is: an access can be reported
// while it is in one of the last two parts, of three events each.
func TestHistory(t *testing.T) {
	for before, most := range []int{4, 3, 2, 4} { // events before the access, and those after it that it outlasts
		for after := range 7 {
			l, err := race.NewLog(race.Config{Limits: race.Limits{Cells: 4, Parts: 2, PartSize: 3}})
			if err != nil {
				t.Fatal(err)
			}
			text := "main: go g;"
			for i := range before {
				text += fmt.Sprintf("g: read a%d;", i)
			}
			text += "g: write x;"
			for i := range after {
				text += fmt.Sprintf("g: read b%d;", i)
			}
			if err := l.Play(text + "main: write x"); err != nil {
				t.Fatal(err)
			}
			races, lost := uint64(1), uint64(0)
			if after > most {
				races, lost = 0, 1
			}
			if s := l.Snapshot(); s.Found != races || s.Lost != lost {
				t.Errorf("%d events, a write, and %d more: %d races and %d lost, want %d and %d", before, after, s.Found, s.Lost, races, lost)
			}
		}
	}
}

// TestForgetsKnown checks that the detector forgets accesses which all goroutines know
// of, however many variables there are.
func TestForgetsKnown(t *testing.T) {
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Make(race.Main, race.Raw, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		o, err := d.Do(race.Op{Verb: race.GoVerb, G: race.Main})
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range []race.Op{
			{Verb: race.WriteVerb, G: o.G, Addr: uint64(8 * i), Size: 8},
			{Verb: race.ReleaseVerb, G: o.G, On: r}, {Verb: race.AcquireVerb, G: race.Main, On: r}, {Verb: race.ExitVerb, G: o.G},
		} {
			if _, err := d.Do(op); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(d.Snapshot().Words); n > 80 {
			t.Fatalf("accesses to %d words are remembered after %d goroutines", n, i+1)
		}
	}
}

// TestMostPredicted checks how many operations, bytes and bits of a state there may be in
// a log whose other orders are looked at.
func TestMostPredicted(t *testing.T) {
	logs := map[string]func(n int) []race.Op{
		"operations": func(n int) []race.Op {
			return slices.Repeat([]race.Op{{Verb: race.MakeVerb, G: race.Main, Type: race.Raw}}, n)
		},
		"bytes": func(n int) (log []race.Op) {
			for ; n > 0; n -= race.MaxAccess {
				log = append(log, race.Op{Verb: race.ReadRangeVerb, G: race.Main, Size: min(n, race.MaxAccess)})
			}
			return log
		},
		// What elements need is not accessed.
		"bytes of elements": func(n int) []race.Op {
			return slices.Repeat([]race.Op{{Verb: race.MakeVerb, G: race.Main, Type: race.Chan, Size: 1<<16 - 1}}, n)
		},
		// Each goroutine but Main has one operation, and needs one bit.
		"goroutines": func(n int) (log []race.Op) {
			for range n {
				log = append(log, race.Op{Verb: race.GoVerb, G: race.Main})
			}
			for i := range n {
				log = append(log, race.Op{Verb: race.ExitVerb, G: race.Main + 1 + race.G(i)})
			}
			return log
		},
	}
	for name, most := range map[string]int{"operations": race.MaxPredicted - 1, "bytes": 1 << 22, "bytes of elements": race.MaxPredicted - 1, "goroutines": 512 - 9} {
		for n, ok := range map[int]bool{most: true, most + 1: false} {
			m, err := race.NewInterleavings(logs[name](n), true)
			if (err == nil) != ok {
				t.Errorf("%d %s: %v", n, name, err)
			}
			if err == nil && m.Check(m.Initial()[0]) != nil {
				t.Errorf("%d %s: a race in the beginning", n, name)
			}
		}
	}
}

// TestLargeState checks a run of many goroutines, whose positions lie in all words of a
// state: at their beginning, at their end, and in two of them.
func TestLargeState(t *testing.T) {
	var log []race.Op
	const n = 220
	for range n {
		log = append(log, race.Op{Verb: race.GoVerb, G: race.Main})
	}
	for i := range n {
		g := race.Main + 1 + race.G(i)
		for k := range 1 + i%5 {
			log = append(log, race.Op{Verb: race.WriteVerb, G: g, Addr: uint64(i), Size: 1, Place: race.Place(k)})
		}
	}
	m, err := race.NewInterleavings(log, false)
	if err != nil {
		t.Fatal(err)
	}
	if m.Bits() <= 448 {
		t.Fatalf("%d bits do not need all words", m.Bits())
	}
	states := m.Initial()
	for range log {
		s := states[len(states)-1]
		next := s
		m.Successors(s, func(_ int, to [8]uint64) { next = to }) // the last goroutine that can go on
		states = append(states, next)
	}
	order, was, err := m.Order(states)
	if err != nil {
		t.Fatal(err)
	}
	if len(order) != len(log) {
		t.Fatalf("%d of %d operations are in the run", len(order), len(log))
	}
	done := map[race.G]race.Place{}
	for i, op := range order {
		if op.Verb == race.WriteVerb {
			if op.Place != done[op.G] {
				t.Fatalf("%v of goroutine %d has place %d, want %d", op, was[i], op.Place, done[op.G])
			}
			done[op.G]++
		}
	}
	if len(done) != n {
		t.Errorf("%d of %d goroutines wrote", len(done), n)
	}
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range order {
		if _, err := d.Do(op); err != nil {
			t.Fatal(err)
		}
	}
}

// TestElementSize checks the least and the largest size of a channel's elements, and the
// sizes beside them.
func TestElementSize(t *testing.T) {
	for size, ok := range map[int]bool{-1: false, 0: true, 1<<16 - 1: true, 1 << 16: false} {
		d, err := race.New(race.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.MakeChan(race.Main, 1, size, 0); (err == nil) != ok {
			t.Errorf("elements of %d bytes: %v", size, err)
		}
	}
}

// TestManyVariables checks that the accesses to each of many variables, at any addresses,
// are remembered.
func TestManyVariables(t *testing.T) {
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := d.Go(race.Main, 0)
	if err != nil {
		t.Fatal(err)
	}
	const n = 1000
	r := rand.New(rand.NewPCG(1, 2))
	addrs := map[uint64]bool{}
	for len(addrs) < n {
		addrs[8*r.Uint64N(1<<40)] = true
	}
	for _, writer := range []race.G{g, race.Main} {
		for addr := range addrs {
			if _, err := d.Write(writer, addr, 8, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s := d.Snapshot(); d.Races() != n || len(s.Words) != n {
		t.Errorf("%d races of %d variables, and %d words are remembered", d.Races(), n, len(s.Words))
	}
}

// TestRemembersUnknown checks that an access of a goroutine that has exited is remembered
// as long as another one can race with it, however many goroutines come and go.
func TestRemembersUnknown(t *testing.T) {
	l := entries(t, race.Config{}, "main: go a; a: write x; a: exit"+strings.Repeat("; main: go b; b: exit", 200)+"; main: write x")
	if l.Races() != 1 {
		t.Errorf("%d races, want 1", l.Races())
	}
}

// TestLostRace checks that a race is not counted in the outcome of the access, either, if
// the first access is no longer in the history.
func TestLostRace(t *testing.T) {
	for more, want := range map[string]int{"": 1, "; g: read y": 0} {
		l := entries(t, race.Config{Limits: race.Limits{Cells: 4, Parts: 2, PartSize: 1}}, "main: go g; g: write x"+more)
		o, err := l.Do(race.Entry{G: "main", Verb: race.WriteVerb, Var: "x"})
		if s := l.Snapshot(); err != nil || o.Races != want || s.Found != uint64(want) || s.Lost != uint64(1-want) {
			t.Errorf("%q: the outcome has %d races, and %d are found and %d lost (%v), want %d", more, o.Races, s.Found, s.Lost, err, want)
		}
	}
}

// TestLostRaceEnds checks that a range is not looked at beyond a race, even if that is not
// reported because a history is gone. Up to 1.18 it is.
func TestLostRaceEnds(t *testing.T) {
	for _, tt := range []struct {
		rel, begin string
		want       uint64
	}{{"", "0x10 16", 0}, {"", "0x18 16", 1}, {"go1.18", "0x10 16", 1}} {
		l := entries(t, race.Config{Release: tt.rel, Limits: race.Limits{Cells: 4, Parts: 2, PartSize: 1}},
			"main: go a; main: go b; a: write 0x10; a: read y; b: write 0x18; main: write range "+tt.begin)
		if l.Races() != tt.want {
			t.Errorf("release %q, a range from %s: %d races, want %d", tt.rel, tt.begin, l.Races(), tt.want)
		}
	}
}
