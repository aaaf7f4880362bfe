package race_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/race"
)

// TestCellKinds checks what of two accesses is remembered, by their kinds: of one
// goroutine, with a release between them or not, and of two, of which the second knows of
// the first, or not. Conflicts are left out.
func TestCellKinds(t *testing.T) {
	kinds := []string{"write", "read", "atomic store", "atomic load"} // by rank: a cell is taken from the same or a higher one
	reads, atomic := func(k int) bool { return k&1 != 0 }, func(k int) bool { return k >= 2 }
	for _, mode := range []struct {
		c     race.Config
		limit bool
	}{
		{race.Config{}, false},
		{race.Config{Limits: race.Limits{Cells: 2}}, true},
		{race.Config{Limits: race.Limits{Cells: 1}}, true},
		{race.Config{Release: "go1.18", Limits: race.Limits{Cells: 2}}, true},
		{race.Config{Release: "go1.18", Limits: race.Limits{Cells: 1}}, true},
	} {
		old := mode.c.Release != ""
		for i, first := range kinds {
			for k, second := range kinds {
				for between, how := range map[string]struct{ other, epoch, known bool }{
					"":                             {false, i == 2, true}, // an atomic store releases
					"a: release r;":                {false, true, true},
					"a: release r; b: acquire r; ": {true, true, true},
					"b: acquire r;":                {true, true, i == 2 && k == 3},
				} {
					g := "a"
					if how.other {
						g = "b"
					}
					if !how.known && !(reads(i) && reads(k)) && !(atomic(i) && atomic(k)) {
						continue // a race
					}
					subset := func(x, y int) bool { return (!reads(x) || reads(y)) && (!atomic(x) || atomic(y)) }
					want := "both"
					switch {
					case !how.epoch && !mode.limit && subset(i, k), !how.epoch && mode.limit && subset(i, k) && atomic(i) == atomic(k):
						want = "first" // the second says nothing new
					case !mode.limit && how.known && subset(k, i):
						want = "second" // what races with the first races with the second
					case mode.limit && i >= k && (!how.other || old && how.known), mode.c.Limits.Cells == 1:
						want = "second"
					}
					l := entries(t, mode.c, fmt.Sprintf("main: go a; main: go b; main: make r raw; a: %s 0x18; %s %s: %s 0x18", first, between, g, second))
					words := l.Snapshot().Words
					got := "nothing"
					if len(words) == 1 && words[0].Addr == 0x18 {
						switch a := words[0].Accesses; {
						case len(a) == 2 && a[0].Verb.String() == first && a[1].Verb.String() == second:
							got = "both"
						case len(a) == 1 && a[0].Op == 4:
							got = "first"
						case len(a) == 1 && a[0].Op == l.Ops():
							got = "second"
						}
					}
					if l.Races() != 0 || got != want {
						t.Errorf("%+v: %s by a, %q, %s by %s: %s, %d races, want %s", mode.c.Limits, first, between, second, g, got, l.Races(), want)
					}
				}
			}
		}
	}
}

// TestCellBytes checks what is remembered of accesses to different bytes: each cell as its
// verb, its first byte and the number of bytes.
func TestCellBytes(t *testing.T) {
	for _, tt := range []struct {
		c          race.Config
		text, want string
	}{
		// Without limits an access forgets what it covers of earlier ones.
		{race.Config{}, "a: write 0x10 8; a: write 0x12 2", "write 0+8"},
		{race.Config{}, "a: write 0x10 8; a: release r; a: write 0x12 2", "write 0+6, write 2+2"},
		{race.Config{}, "a: write 0x12 2; a: release r; a: write 0x10 8", "write 0+8"},
		{race.Config{}, "a: write 0x12 2; a: write 0x10 8", "write 0+8"},
		{race.Config{}, "a: read 0x10 4; a: write 0x12 4", "read 0+2, write 2+4"},
		{race.Config{}, "a: write 0x12 4; a: read 0x10 4", "write 2+4, read 0+4"},
		{race.Config{}, "a: write 0x16 4", "write 6+2; write 8+2"},
		{race.Config{}, "a: write 0x10 1; a: write 0x11 1; a: write 0x12 1; a: write 0x13 1; a: write 0x14 1; a: write 0x15 1", "write 0+1, write 1+1, write 2+1, write 3+1, write 4+1, write 5+1"},
		{race.Config{}, "a: write 0x10 1; a: write 0x11 1; a: write 0x12 1; a: release r; a: write 0x10 2", "write 2+1, write 0+2"},
		// With limits only the same bytes count.
		{race.Config{Limits: race.Limits{Cells: 4}}, "a: write 0x10 8; a: write 0x12 2", "write 0+8, write 2+2"},
		{race.Config{Limits: race.Limits{Cells: 4}}, "a: write 0x10 8; a: write 0x12 2; a: release r; a: write 0x12 2; a: write 0x10 8", "write 0+8, write 2+2"},
		{race.Config{Limits: race.Limits{Cells: 1}}, "a: write 0x10 8; a: write 0x12 2", "write 2+2"},
		{race.Config{Limits: race.Limits{Cells: 4, FirstByte: true}}, "a: write 0x12 8; a: write range 0x16 8", "write 2+1, write range 6+2; write range 8+6"},
		{race.Config{Release: "go1.18", Limits: race.Limits{Cells: 4}}, "a: write range 0x16 10", "write range 6+1, write range 7+1; write range 8+8"},
		// Up to 1.18, the first of several cells is taken, and the others are empty: the next access takes one.
		{race.Config{Release: "go1.18", Limits: race.Limits{Cells: 4}}, threeReads + "a: write 0x10 1", "write 0+1"},
		{race.Config{Release: "go1.18", Limits: race.Limits{Cells: 4}}, threeReads + "a: write 0x10 1; a: write 0x11 1; a: write 0x12 1; a: write 0x13 1", "write 0+1, write 1+1, write 2+1, write 3+1"},
		{race.Config{Release: "go1.18", Limits: race.Limits{Cells: 3}}, threeReads + "a: write 0x10 1; a: write 0x11 1; a: write 0x12 1; a: write 0x13 1", "write 3+1, write 1+1, write 2+1"},
		{race.Config{Limits: race.Limits{Cells: 4}}, threeReads + "a: write 0x10 1", "write 0+1, read 0+1, read 0+1"},
		// After a race only a mark is there, which takes a cell.
		{race.Config{Limits: race.Limits{Cells: 2}}, "a: write 0x10 8; b: write 0x10 8", "mark"},
		{race.Config{Limits: race.Limits{Cells: 2}}, "a: write 0x10 8; b: write 0x10 8; a: write 0x10 8", "mark, write 0+8"},
		{race.Config{Limits: race.Limits{Cells: 2}}, "a: write 0x10 8; b: write 0x10 8; a: write 0x10 8; a: write 0x14 1", "write 4+1, write 0+8"},
		{race.Config{Release: "go1.18", Limits: race.Limits{Cells: 2}}, "a: write 0x10 8; b: write 0x10 8", "write 0+8"},
		// New memory is forgotten, by whole words.
		{race.Config{}, "a: write 0x10 32; b: new 0x1f 2", "write 0+8; write 24+8"},
		{race.Config{}, "a: write 0x10 32; b: new 0x18 8", "write 0+8; write 16+8; write 24+8"},
		{race.Config{}, "a: write 0x10 32; b: new 0x18 9", "write 0+8; write 24+8"},
	} {
		l := entries(t, tt.c, "main: make r raw; main: go a; main: go b; main: go c; "+tt.text)
		var words []string
		for _, w := range l.Snapshot().Words {
			var cells []string
			if w.Wasted {
				cells = append(cells, "mark")
			}
			for _, a := range w.Accesses {
				if a.Addr>>3 != w.Addr>>3 {
					t.Errorf("%s: %v is not in the word at %#x", tt.text, a, w.Addr)
				}
				cells = append(cells, fmt.Sprintf("%s %d+%d", a.Verb, a.Addr-0x10, a.Size))
			}
			words = append(words, strings.Join(cells, ", "))
		}
		if got := strings.Join(words, "; "); got != tt.want {
			t.Errorf("%s %+v, %s: %s, want %s", tt.c.Release, tt.c.Limits, tt.text, got, tt.want)
		}
		if err := l.Check(); err != nil {
			t.Error(err)
		}
	}
}

// threeReads are of the same byte, and a knows of all.
const threeReads = "a: read 0x10 1; b: read 0x10 1; b: release merge r; c: read 0x10 1; c: release merge r; a: acquire r; "

// TestMarkEvicted checks that the mark of a race is no access that is forgotten, when
// another one gets its cell.
func TestMarkEvicted(t *testing.T) {
	for more, want := range map[string]uint64{"": 0, "; b: write 0x10 1": 0, "; b: write 0x10 1; b: write 0x11 1": 1} {
		var kinds []race.Kind
		l := entries(t, race.Config{Limits: race.Limits{Cells: 1}, Trace: func(e race.Event) {
			if e.Kind == race.Evicted {
				kinds = append(kinds, e.Kind)
			}
		}}, "main: go a; main: go b; a: write 0x10; b: write 0x10"+more)
		if l.Evicted() != want || len(kinds) != int(want) {
			t.Errorf("%q: %d accesses were forgotten, %d events, want %d", more, l.Evicted(), len(kinds), want)
		}
	}
}

// TestLostSlotKnows checks what a goroutine without a slot knows of the one that has got
// it: what it did itself.
func TestLostSlotKnows(t *testing.T) {
	l := entries(t, race.Config{Limits: race.Limits{Slots: 3}}, "main: go a; main: go b; main: read x; main: go c; main: go d; main: go e")
	// c got the slot of main, main at the next go that of a, d that of b, and e that of c.
	got := ""
	for _, g := range l.Snapshot().Goroutines {
		got += fmt.Sprintf("%d: %v; ", g.G, g.Knows)
	}
	if want := "1: [{6 4}]; 2: [{1 1} {6 1}]; 3: [{5 2} {6 2}]; 4: [{6 4}]; 5: [{1 5} {6 4}]; 6: [{1 6}]; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestBusy checks that a detector cannot be used from its own Trace and Choose, and can
// be used again after them.
func TestBusy(t *testing.T) {
	const busy = "race: a detector cannot be used from its own Trace or Choose"
	var l *race.Log
	calls := 0
	inside := func() {
		calls++
		_, at := l.At(1)
		_, do := l.Do(race.Entry{G: "main", Verb: race.ExitVerb})
		for _, err := range []error{at, do, l.Exit(race.Main, 0)} {
			if textOf(err) != busy {
				t.Errorf("%v", err)
			}
		}
	}
	l, err := race.NewLog(race.Config{Record: true, Limits: race.Limits{Cells: 2},
		Trace: func(race.Event) { inside() }, Choose: func(int) int { inside(); return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Play("main: go g; main: read 0x10 1; main: read 0x11 1; main: read 0x12 1"); err != nil {
		t.Fatal(err)
	}
	if calls != 5+2 { // events, the last of which is Evicted, and a choice
		t.Errorf("%d calls", calls)
	}
	if _, err := l.At(1); err != nil {
		t.Error(err)
	}
}

// TestChoices checks what Choose is asked, and what its results mean: the cell, modulo
// the number of cells.
func TestChoices(t *testing.T) {
	for chosen, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 0, 4: 1, 5: 2, -1: 2, -2: 1, -3: 0} {
		var asked []int
		l := entries(t, race.Config{Limits: race.Limits{Cells: 3}, Choose: func(n int) int { asked = append(asked, n); return chosen }},
			"main: read 0x10 1; main: read 0x11 1; main: read 0x12 1; main: read 0x13 1")
		if a := l.Snapshot().Words[0].Accesses; len(a) != 3 || a[want].Addr != 0x13 || fmt.Sprint(asked) != "[3]" {
			t.Errorf("%d is chosen of %v: %v, want cell %d", chosen, asked, a, want)
		}
	}
	entries(t, race.Config{Limits: race.Limits{Cells: 1}, Choose: func(n int) int { t.Error("a choice of one"); return 0 }}, "main: read 0x10 1; main: read 0x11 1")
}

// TestNotARun checks that Order refuses states that are not those of a run.
func TestNotARun(t *testing.T) {
	// Main starts two goroutines, of which each has two operations; so does Main, then.
	log, err := entries(t, race.Config{}, "main: go a; main: go b; a: read x; a: read x; b: read x; b: read x").Record()
	if err != nil {
		t.Fatal(err)
	}
	m, err := race.NewInterleavings(log, false)
	if err != nil {
		t.Fatal(err)
	}
	state := func(main, a, b uint64) [8]uint64 { return [8]uint64{main | a<<2 | b<<4} }
	for _, tt := range []struct {
		from, to [8]uint64
		want     int // operations, or -1
	}{
		{state(0, 0, 0), state(0, 0, 0), 0},
		{state(0, 0, 0), state(1, 0, 0), 1},
		{state(0, 0, 0), state(2, 0, 0), -1},
		{state(1, 0, 0), state(0, 0, 0), -1},
		{state(2, 0, 0), state(2, 1, 1), 2},
		{state(2, 1, 0), state(2, 0, 1), -1},
		{state(2, 0, 0), state(2, 1, 2), -1},
		{state(1, 0, 0), state(2, 1, 0), 2},
		{state(1, 0, 0), state(2, 1, 1), -1},
		{state(2, 2, 2), state(2, 2, 3), -1},
		{state(0, 1, 0), state(1, 1, 0), -1}, // a was not started
		{[8]uint64{}, [8]uint64{64}, -1},
		{[8]uint64{}, [8]uint64{0, 1}, -1},
	} {
		order, was, err := m.Order([][8]uint64{tt.from, tt.to})
		if (err == nil) != (tt.want >= 0) || err == nil && (len(order) != tt.want || len(was) != tt.want) {
			t.Errorf("%v to %v: %v, %v (%v), want %d operations", tt.from, tt.to, order, was, err, tt.want)
		}
	}
}
