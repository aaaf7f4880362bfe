package race_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/race"
)

// TestExited: as many histories of exited goroutines as the limit says are kept; with
// one more only those of the last quarter, and a race with a goroutine without a history
// is not reported.
func TestExited(t *testing.T) {
	for n, want := range map[int]int{8: 8, 9: 2} {
		l, err := race.NewLog(race.Config{Limits: race.Limits{Cells: 4, Exited: 8}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := l.Play(fmt.Sprintf("main: go g%d; g%d: write x%d; g%d: exit", i, i, i, i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range n {
			if err := l.Play(fmt.Sprintf("main: write x%d", i)); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(l.Reports()); got != want || l.Snapshot().Lost != uint64(n-want) {
			t.Errorf("%d have exited: %d reports, and %d lost, want %d", n, got, l.Snapshot().Lost, want)
		}
	}
}

// TestAtomicWhere: an atomic variable has 4 or 8 bytes and is aligned to its size.
func TestAtomicWhere(t *testing.T) {
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		addr uint64
		size int
		ok   bool
	}{{0, 4, true}, {4, 4, true}, {2, 4, false}, {8, 8, true}, {4, 8, false}, {8, 2, false}, {1 << 63, 8, false}} {
		if _, err := d.Store(race.Main, tt.addr, tt.size, 0); (err == nil) != tt.ok {
			t.Errorf("%d bytes at %#x: %v", tt.size, tt.addr, err)
		}
	}
}

// TestOneGoroutine: a log of one goroutine has exactly one interleaving. A state in
// which a goroutine has run before it was started is invalid.
func TestOneGoroutine(t *testing.T) {
	for text, valid := range map[string][]uint64{"main: write x; main: write y": {0, 1, 2}, "main: go g; g: write x": {0, 1, 3}} {
		log, err := entries(t, race.Config{}, text).Record()
		if err != nil {
			t.Fatal(err)
		}
		m, err := race.NewInterleavings(log, false)
		if err != nil {
			t.Fatal(err)
		}
		ok := map[uint64]bool{}
		for _, s := range valid {
			ok[s] = true
		}
		for s := range uint64(9) {
			if err := m.Check([8]uint64{s}); (err == nil) != ok[s] {
				t.Errorf("%s, state %d: %v", text, s, err)
			}
		}
	}
}

// TestMostCells: up to 256 reads of a variable are remembered as long as they may race;
// with one more the oldest is forgotten, and counted.
func TestMostCells(t *testing.T) {
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 258 {
		g, err := d.Go(race.Main, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Read(g, 8, 8, 0); err != nil {
			t.Fatal(err)
		}
		if want := uint64(max(0, i+1-256)); d.Evicted() != want {
			t.Fatalf("%d of %d reads were forgotten, want %d", d.Evicted(), i+1, want)
		}
	}
}

// TestNoName: an object without a name is named by its number.
func TestNoName(t *testing.T) {
	l := entries(t, race.Config{}, "main: lock mu")
	for o := race.Object(-1); o < 5; o++ {
		want := o.String()
		if o == 1 {
			want = "mu"
		}
		if got := l.ObjectName(o); got != want {
			t.Errorf("object %d is called %s, want %s", int(o), got, want)
		}
	}
}

// TestLostSlot checks that a goroutine whose slot was given to another one knows, once
// it gets a new slot, everything that it did in the old one.
func TestLostSlot(t *testing.T) {
	d, err := race.New(race.Config{Limits: race.Limits{Slots: 2}})
	if err != nil {
		t.Fatal(err)
	}
	run := func(ops ...race.Op) (races int) {
		for _, op := range ops {
			o, err := d.Do(op)
			if err != nil {
				t.Fatalf("%v: %v", op, err)
			}
			races += o.Races
		}
		return races
	}
	write := func(g race.G, addr uint64) race.Op {
		return race.Op{Verb: race.WriteVerb, G: g, Addr: addr, Size: 1}
	}
	sync := func(g race.G) race.Op { // with no other goroutine
		m, err := d.Make(race.Main, race.Raw, 0)
		if err != nil {
			t.Fatal(err)
		}
		return race.Op{Verb: race.ReleaseVerb, G: g, On: m}
	}
	start := race.Op{Verb: race.GoVerb, G: race.Main}
	// 2 has slot 1, 3 takes the slot of Main, Main at sync that of 2, and 2 that of 3.
	if n := run(start, start, write(race.Main, 8), sync(race.Main), write(race.Main, 8)); n != 0 {
		t.Errorf("%d races of Main with itself", n)
	}
	if n := run(write(3, 8)); n != 1 {
		t.Errorf("%d races of the goroutine that got the slot, want 1", n)
	}
	if n := run(write(2, 16), sync(2), write(2, 16)); n != 0 {
		t.Errorf("%d races of goroutine 2 with itself", n)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

// TestAttached checks when a goroutine gets a new slot: with its first operation that
// synchronizes after another one got its own.
func TestAttached(t *testing.T) {
	var got []string
	trace := func(e race.Event) {
		if e.Kind == race.Attached {
			got = append(got, fmt.Sprintf("%d: %v", e.Op, e))
		}
	}
	entries(t, race.Config{Limits: race.Limits{Slots: 2}, Trace: trace},
		"main: go a; main: go b; main: write x; main: read x; main: atomic store y; main: atomic store y; b: write x; a: atomic store y")
	// b got the slot of main, main that of a, and a that of b.
	want := []string{"5: attached goroutine 1", "8: attached goroutine 2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestExitedSlot checks that a goroutine which exits leaves its slot free if it still has
// it, and otherwise to the goroutine that got it.
func TestExitedSlot(t *testing.T) {
	l := entries(t, race.Config{Limits: race.Limits{Slots: 4}}, "main: go a; a: release r; main: acquire r")
	for i, want := range [][]race.Known{{{G: 2, Op: 3}}, {}} { // release r makes r first
		if got := l.Snapshot().Goroutines[0].Knows; !slices.Equal(got, want) {
			t.Errorf("main knows of %v, want %v", got, want)
		}
		if i == 0 {
			if err := l.Play("a: exit"); err != nil {
				t.Fatal(err)
			}
		}
	}
	// b has the slot of main, and c that of a. Then a gets that of b, and b that of c.
	l = entries(t, race.Config{Limits: race.Limits{Slots: 2}},
		"main: go a; main: go b; main: exit; a: go c; a: release r; b: release s; b: write x; a: write x")
	if l.Races() != 1 {
		t.Errorf("%d races of a and b, which have different slots, want 1", l.Races())
	}
	if err := l.Check(); err != nil {
		t.Error(err)
	}
}

// TestOneCell checks that also with a single cell no range is looked at that begins in
// bytes with the mark of a race.
func TestOneCell(t *testing.T) {
	for begin, want := range map[string]uint64{"0x10 16": 1, "0x18 8": 2} {
		l := entries(t, race.Config{Limits: race.Limits{Cells: 1}},
			"main: go a; main: go b; a: write 0x10; a: write 0x18; b: write 0x10; b: write range "+begin)
		if l.Races() != want {
			t.Errorf("a range from %s: %d races, want %d", begin, l.Races(), want)
		}
	}
}
