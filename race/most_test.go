package race

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// made returns a detector, as if something were so.
func made(t *testing.T, c Config, as func(d *Detector)) *Detector {
	t.Helper()
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	as(d)
	return d
}

// TestMost checks the most that a detector takes of what is too much to make in a test:
// the last one is taken, and the next one is refused.
func TestMost(t *testing.T) {
	atomics := make(atomics, MaxObjects)
	for i := range uint64(MaxObjects) {
		atomics[8*i] = nil
	}
	objects := make([]object, MaxObjects+2)
	for name, tt := range map[string]struct {
		most int
		as   func(d *Detector, n int) // with n of them
		do   func(d *Detector) error
		want string
	}{
		"objects": {
			MaxObjects, func(d *Detector, n int) { d.objects = objects[: 1+n : MaxObjects+2] },
			func(d *Detector) error { _, err := d.Make(Main, Raw, 0); return err }, "race: more than 1048576 objects",
		},
		"atomic variables": {
			MaxObjects, func(d *Detector, n int) {
				d.atomics = atomics
				delete(atomics, 8*MaxObjects)
				if delete(atomics, 0); n == MaxObjects {
					atomics[0] = nil
				}
			},
			func(d *Detector) error { _, err := d.Store(Main, 8*MaxObjects, 8, 0); return err }, "race: more than 1048576 atomic variables, or no memory",
		},
		"goroutines": {
			1<<31 - 2, func(d *Detector, n int) { d.gs.next = G(n + 1) },
			func(d *Detector) error { _, err := d.Go(Main, 0); return err }, "race: goroutine 2147483647 would be the last number",
		},
		"events": {
			MaxRecord, func(d *Detector, n int) { d.ops = uint64(n) },
			func(d *Detector) error {
				if d.ops++; d.ops > MaxRecord {
					_, err := d.Record()
					return err
				}
				return nil
			}, "race: 1048577 operations were done, and 1048576 are kept",
		},
	} {
		for n, want := range map[int]string{tt.most - 1: "", tt.most: tt.want} {
			d := made(t, Config{Record: name == "events"}, func(d *Detector) { tt.as(d, n) })
			if err := tt.do(d); fmt.Sprint(err) != want && (err != nil || want != "") {
				t.Errorf("with %d %s: %v, want %q", n, name, err, want)
			}
		}
	}
}

// TestMostKept checks how many operations and edges are kept.
func TestMostKept(t *testing.T) {
	d := made(t, Config{Record: true}, func(d *Detector) {
		d.log, d.edges = make([]Op, MaxRecord-1), make([]Edge, MaxRecord-1)
		d.ops = MaxRecord - 1
	})
	for i := range 3 {
		if _, err := d.Go(Main, 0); err != nil {
			t.Fatal(err)
		}
		if len(d.log) != MaxRecord || len(d.edges) != MaxRecord {
			t.Errorf("after %d more: %d operations and %d edges", i+1, len(d.log), len(d.edges))
		}
		if _, err := d.Record(); (err == nil) != (i == 0) {
			t.Errorf("after %d more: %v", i+1, err)
		}
	}
}

// TestMostReports checks how many races and suspects are kept; all are counted.
func TestMostReports(t *testing.T) {
	d := made(t, Config{Lockset: true}, func(*Detector) {})
	g, err := d.Go(Main, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(MaxReports + 2) {
		for _, g := range []G{Main, g} {
			if _, err := d.Write(g, 8*i, 8, 0); err != nil {
				t.Fatal(err)
			}
		}
		if n := min(int(i)+1, MaxReports); len(d.Reports()) != n || len(d.Lockset()) != n || d.Races() != i+1 {
			t.Fatalf("of %d races %d are kept, %d counted, and there are %d suspects", i+1, len(d.Reports()), d.Races(), len(d.Lockset()))
		}
	}
}

// TestMostNames checks how many variables and places of a log have names.
func TestMostNames(t *testing.T) {
	l, err := NewLog(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxNames - 1 {
		name := strconv.Itoa(i)
		l.vars[Name(name)], l.places[name] = 0, 0
	}
	if err := l.Play("main: read x"); err != nil {
		t.Fatal(err)
	}
	if err := l.Play("main: read x; main: read y"); err == nil || err.Error() != "race: more than 1048576 variables" {
		t.Error(err)
	}
	e := Entry{G: "main", Verb: ReadVerb, Var: "x", At: "a.go:1"}
	for range 2 {
		if _, err := l.Do(e); err != nil {
			t.Fatal(err)
		}
	}
	e.At = "a.go:2"
	if _, err := l.Do(e); err == nil || err.Error() != "race: more than 1048576 places" {
		t.Error(err)
	}
	for g, want := range map[G]string{maxNames - 1: "g", maxNames: "goroutine 1048576"} {
		l.goroutineNames, l.gs.next = make([]Name, g), g
		if err := l.Play(fmt.Sprintf("main: go %s", "g"+strings.Repeat("'", int(g&1)^1))); err != nil {
			t.Fatal(err)
		}
		if got := l.Goroutine(g); got != want {
			t.Errorf("goroutine %d is called %s, want %s", g, got, want)
		}
	}
}

// TestPages checks the pages in which goroutines are found: one of which all have exited
// is used again, unless the next goroutine would come into it.
func TestPages(t *testing.T) {
	const all = 1 << pageBits
	d := made(t, Config{}, func(*Detector) {})
	grow := func(to G) {
		t.Helper()
		for d.gs.next <= to {
			if _, err := d.Go(Main, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	exit := func(from, to G) {
		t.Helper()
		for g := from; g <= to; g++ {
			if err := d.Exit(g, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func(when string, spare int, pages ...bool) {
		t.Helper()
		for i, there := range pages {
			if (d.gs.pages[i] != nil) != there {
				t.Errorf("%s: page %d is there: %v", when, i, !there)
			}
		}
		if len(d.gs.pages) != len(pages) || len(d.gs.spare) != spare {
			t.Errorf("%s: %d pages, %d spare, want %d and %d", when, len(d.gs.pages), len(d.gs.spare), len(pages), spare)
		}
		for g := G(-1); g < 5*all; g++ {
			me, live := d.gs.find(g), false
			for _, other := range d.gs.list {
				live = live || other.id == g
			}
			if (me != nil) != live || live && me.id != g {
				t.Fatalf("%s: goroutine %d is found: %v", when, g, me)
			}
		}
		if err := d.Check(); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	look("with Main", 0, true)
	grow(2*all - 2)
	look("almost two pages", 0, true, true)
	exit(all, 2*all-3)
	look("one in page 1", 0, true, true)
	exit(2*all-2, 2*all-2)
	look("none in page 1, but the next", 0, true, true)
	grow(2*all - 1)
	look("the last of page 1", 0, true, true)
	exit(2*all-1, 2*all-1)
	look("no more in page 1", 1, true, false)
	grow(3 * all)
	look("page 2 and 3", 0, true, false, true, true)
	exit(2*all, 3*all-1)
	look("none in page 2", 1, true, false, false, true)
	exit(2, all-1)
	look("Main and one in page 3", 1, true, false, false, true)
	if n := len(d.gs.old); n != 2*all-2 {
		t.Errorf("%d goroutines can be used again", n)
	}
	one := d.gs.old[len(d.gs.old)-1]
	grow(3*all + 1)
	if d.gs.find(3*all+1) != one || one.id != 3*all+1 || one.waits != "" || one.lost != 0 || one.parts != (history{}) {
		t.Errorf("%+v was not made of one that has exited", d.gs.find(3*all+1))
	}
	if grow(5*all - 2); len(d.gs.old) != 0 {
		t.Errorf("%d goroutines were not used again", len(d.gs.old))
	}
	look("all used again", 0, true, false, false, true, true)
}

// TestSweep checks when slots of goroutines that have exited are looked for: with the
// start of a goroutine, if there are more than 64, one for each live goroutine, and one
// for each 64 places of the table of words.
func TestSweep(t *testing.T) {
	for _, live := range []int{1, 10} {
		for _, words := range []int{0, 1, 1000} {
			d := made(t, Config{}, func(*Detector) {})
			for range live - 1 {
				if _, err := d.Go(Main, 0); err != nil {
					t.Fatal(err)
				}
			}
			for i := range words {
				if _, err := d.Write(Main, uint64(8*i), 8, 0); err != nil {
					t.Fatal(err)
				}
			}
			most := 64 + live + len(d.shadow.table)/64
			for i := range 2 * most {
				g, err := d.Go(Main, 0)
				if err != nil {
					t.Fatal(err)
				}
				if err := d.Exit(g, 0); err != nil {
					t.Fatal(err)
				}
				// From then on each start takes a free one.
				if len(d.slots) != live+min(i+1, most+1) {
					t.Fatalf("%d live, %d words, %d have exited: %d slots", live, words, i+1, len(d.slots))
				}
			}
			if err := d.Check(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestSweepAgain checks that no slots are looked for while there is a free one, nor
// while fewer have ended than live.
func TestSweepAgain(t *testing.T) {
	d := made(t, Config{}, func(*Detector) {})
	for i, tt := range []struct{ start, exit, free, dead int }{{200, 200, 0, 200}, {1, 0, 199, 0}, {100, 100, 99, 100}, {99, 0, 0, 100}, {1, 0, 0, 100}, {1, 65, 0, 165}, {1, 0, 164, 0}} {
		for range tt.start {
			if _, err := d.Go(Main, 0); err != nil {
				t.Fatal(err)
			}
		}
		for range tt.exit {
			if err := d.Exit(d.gs.list[len(d.gs.list)-1].id, 0); err != nil {
				t.Fatal(err)
			}
		}
		if len(d.free) != tt.free || d.dead != tt.dead {
			t.Errorf("step %d: %d slots are free, and %d not looked at, want %d and %d", i, len(d.free), d.dead, tt.free, tt.dead)
		}
		if err := d.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestTable checks the size of the table of words: when it is three quarters full, it gets
// the first power of 2 that is more than twice the words of which something is remembered.
func TestTable(t *testing.T) {
	for _, tt := range []struct{ words, forgotten, more, size int }{
		{1, 0, 0, 64}, {48, 0, 0, 64}, {48, 0, 1, 128}, {96, 0, 0, 128}, {96, 0, 1, 256}, {48, 18, 1, 64}, {48, 17, 1, 64}, {48, 16, 1, 128},
		{96, 65, 1, 64}, {96, 33, 1, 128}, {96, 32, 1, 256},
	} {
		d := made(t, Config{}, func(*Detector) {})
		for i := range tt.words + tt.more {
			if i == tt.words && tt.forgotten > 0 {
				if err := d.New(Main, 0, 8*tt.forgotten, 0); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := d.Write(Main, uint64(8*i), 8, 0); err != nil {
				t.Fatal(err)
			}
		}
		if n := tt.words - tt.forgotten + tt.more; len(d.shadow.table) != tt.size || len(d.Snapshot().Words) != n {
			t.Errorf("%+v: a table of %d, and %d words, want %d", tt, len(d.shadow.table), len(d.Snapshot().Words), n)
		}
	}
}

// TestSweepCells compares which accesses a sweep forgets with their list: those that are not
// after the floor of their slot. What stood in a place before says nothing.
func TestSweepCells(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 2000 {
		var g granule
		for range r.IntN(9) {
			g.add(cell{op: 1, mask: 1}) // an earlier one
		}
		for g.n > 0 {
			g.remove(int(g.n) - 1)
		}
		var want []uint64
		used := make([]bool, 3)
		floor := []uint64{uint64(r.IntN(9)), uint64(r.IntN(9)), uint64(r.IntN(9))}
		for op := range uint64(r.IntN(9)) {
			c := cell{op: op, slot: int32(r.IntN(3)), mask: uint8(r.IntN(4))}
			g.add(c)
			if c.mask == 0 || op > floor[c.slot] {
				want = append(want, op)
				used[c.slot] = used[c.slot] || c.mask != 0
			}
		}
		g.key = 1
		s := shadow{table: []granule{{}, g}}
		told := make([]bool, 3)
		s.sweep(floor, told)
		var got []uint64
		for i := range int(s.table[1].n) {
			got = append(got, s.table[1].at(i).op)
		}
		if slices.Sort(got); !slices.Equal(got, want) || !slices.Equal(told, used) {
			t.Fatalf("%v stay, in slots %v, want %v in %v", got, told, want, used)
		}
	}
}

// TestHistoryEvents checks what counts as an event of a history: an access that says
// something new in a word, and a range as a whole.
func TestHistoryEvents(t *testing.T) {
	for text, want := range map[string]uint32{
		"":                                  0,
		"main: read 0x10":                   1,
		"main: read 0x10; main: read 0x10":  1,
		"main: read 0x10; main: write 0x10": 2,
		"main: read 0x14 8":                 2,
		"main: read range 0x10 64":          1,
		"main: read range 0x10 64; main: read range 0x10 64": 2,
		"main: write range 0x14 3":                           1,
		"main: atomic load 0x10":                             1,
		"main: lock mu; main: unlock mu":                     0,
	} {
		l, err := NewLog(Config{Limits: Limits{Cells: 4, Parts: 2, PartSize: 8}})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Play(text); err != nil {
			t.Fatal(err)
		}
		if got := l.gs.find(Main).parts.events; got != want {
			t.Errorf("%s: %d events, want %d", text, got, want)
		}
	}
}
