package race_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/race"
)

var releases = []string{"go1.1", "go1.10.8", "go1.11", "go1.15.15", "go1.18", "go1.19", "go1.26", ""}

var allVerbs = []race.Verb{
	race.GoVerb, race.ExitVerb, race.MakeVerb, race.ReadVerb, race.WriteVerb, race.ReadRangeVerb, race.WriteRangeVerb, race.NewVerb,
	race.LoadVerb, race.StoreVerb, race.ModifyVerb, race.FailVerb, race.LockVerb, race.UnlockVerb, race.RLockVerb, race.RUnlockVerb,
	race.SendVerb, race.RecvVerb, race.CloseVerb, race.AddVerb, race.WaitVerb, race.OnceDoVerb, race.OnceReturnVerb,
	race.WaitCondVerb, race.SignalVerb, race.BroadcastVerb, race.AcquireVerb, race.ReleaseVerb, race.ReleaseMergeVerb, race.ReleaseAcquireVerb,
}

var allTypes = []race.Type{race.Mutex, race.Chan, race.WaitGroup, race.Once, race.Cond, race.Raw}

func drawOp(t *rapid.T) race.Op {
	return race.Op{
		Verb: rapid.SampledFrom(allVerbs).Draw(t, "verb"), G: race.G(rapid.IntRange(0, 5).Draw(t, "g")),
		On: race.Object(rapid.IntRange(0, 9).Draw(t, "on")), Addr: uint64(rapid.IntRange(0, 40).Draw(t, "addr")),
		Size: rapid.SampledFrom([]int{1, 2, 4, 8, 8, 12, 0}).Draw(t, "size"), N: rapid.Int64Range(-1, 2).Draw(t, "n"),
		Type: rapid.SampledFrom(allTypes).Draw(t, "type"), Place: race.Place(rapid.IntRange(0, 3).Draw(t, "place")),
	}
}

// TestInvariants performs any operations, with any limits, and checks what always holds.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := race.Config{
			Release: rapid.SampledFrom(releases).Draw(t, "release"), Strict: rapid.Bool().Draw(t, "strict"),
			Lockset: rapid.Bool().Draw(t, "lockset"), Record: true,
			Limits: race.Limits{Cells: rapid.IntRange(0, 4).Draw(t, "cells"), Slots: rapid.SampledFrom([]int{0, 0, 2, 255}).Draw(t, "slots"), FirstByte: rapid.Bool().Draw(t, "first byte")},
			Choose: func(n int) int { return rapid.IntRange(-1, n).Draw(t, "choice") },
		}
		var d *race.Detector
		seq := uint64(0)
		snapshots := map[uint64]race.Snapshot{}
		c.Trace = func(e race.Event) {
			if seq++; e.Seq != seq || e.Op != d.Ops() {
				t.Fatalf("event %+v, want %d of %d", e, seq, d.Ops())
			}
			snapshots[e.Seq] = d.Snapshot()
			if _, err := d.Do(race.Op{Verb: race.ReadVerb, G: race.Main, Size: 1}); err == nil {
				t.Fatal("Trace can use the detector")
			}
		}
		d, err := race.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 60).Draw(t, "operations") {
			op := drawOp(t)
			before := d.Snapshot()
			o, err := d.Do(op)
			if cerr := d.Check(); cerr != nil {
				t.Fatalf("after %v: %v", op, cerr)
			}
			after := d.Snapshot()
			var panics *crash.Error
			if err != nil && !errors.As(err, &panics) {
				if diff := cmp.Diff(before, after); diff != "" {
					t.Fatalf("%v failed (%v) and changed\n%s", op, err, diff)
				}
				if !strings.HasPrefix(err.Error(), "race: ") {
					t.Fatalf("%v: %v", op, err)
				}
				continue
			}
			if after.Found != before.Found+uint64(o.Races) && err == nil {
				t.Fatalf("%v: %d races, and %d were found", op, o.Races, after.Found-before.Found)
			}
			for _, r := range after.Races[len(before.Races):] {
				checkReport(t, d, r)
			}
		}
		for n, want := range snapshots {
			if n%7 != 0 {
				continue
			}
			got, err := d.At(n)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Fatalf("At(%d): %v (-then +now)\n%s", n, err, diff)
			}
		}
		g, err := d.Graph()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []any{d.Snapshot(), g} {
			text, err := json.Marshal(v)
			if err != nil || strings.Contains(string(text), "null") {
				t.Fatalf("%v: %s", err, text)
			}
			back := reflect.New(reflect.TypeOf(v))
			if err := json.Unmarshal(text, back.Interface()); err != nil || !cmp.Equal(back.Elem().Interface(), v) {
				t.Fatalf("%v: JSON changes it", err)
			}
		}
	})
}

// checkReport checks what holds for every race.
func checkReport(t *rapid.T, d *race.Detector, r race.Report) {
	if r.First.G == r.Second.G || r.First.Op >= r.Second.Op || r.Known >= r.First.Op {
		t.Fatalf("no race: %+v", r)
	}
	if r.Addr < max(r.First.Addr, r.Second.Addr) || r.Addr+uint64(r.Size) > min(r.First.Addr+uint64(r.First.Size), r.Second.Addr+uint64(r.Second.Size)) {
		t.Fatalf("%d bytes at %#x are not common: %+v", r.Size, r.Addr, r)
	}
	if _, err := d.Why(r); err != nil {
		t.Fatal(err)
	}
}

// TestNaive compares the detector without limits with one that remembers every access
// and every operation's whole past, for the orders that a mutex, go and channels
// establish.
func TestNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, err := race.New(race.Config{Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		type access struct {
			op race.Op
			g  race.G
			i  int
		}
		var all []access
		knows := map[race.G]map[int]bool{race.Main: {}}
		at := map[race.Object]map[int]bool{} // operations that happened before an unlock
		join := func(to, from map[int]bool) {
			for k := range from {
				to[k] = true
			}
		}
		mutexes := []race.Object{}
		for range 2 {
			m, err := d.Make(race.Main, race.Mutex, 0)
			if err != nil {
				t.Fatal(err)
			}
			mutexes = append(mutexes, m)
			at[m] = map[int]bool{}
		}
		for range rapid.IntRange(1, 80).Draw(t, "operations") {
			live := d.Snapshot().Goroutines
			g := live[rapid.IntRange(0, len(live)-1).Draw(t, "g")].G
			m := mutexes[rapid.IntRange(0, 1).Draw(t, "mutex")]
			holder := d.Snapshot().Objects[m-1].Writer
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				if len(live) == 6 {
					continue
				}
				child, err := d.Go(g, 0)
				if err != nil {
					t.Fatal(err)
				}
				knows[child] = map[int]bool{}
				join(knows[child], knows[g])
			case 1, 2:
				if holder == g {
					if err := d.Unlock(g, m, 0); err != nil {
						t.Fatal(err)
					}
					at[m] = map[int]bool{}
					join(at[m], knows[g])
				} else if holder == 0 {
					if _, err := d.Lock(g, m, 0); err != nil {
						t.Fatal(err)
					}
					join(knows[g], at[m])
				}
			default:
				op := race.Op{G: g, Addr: uint64(rapid.IntRange(0, 19).Draw(t, "addr")), Size: rapid.IntRange(1, 9).Draw(t, "size")}
				op.Verb = rapid.SampledFrom([]race.Verb{race.ReadVerb, race.WriteVerb}).Draw(t, "verb")
				if op.Size == 4 || op.Size == 8 {
					op.Verb = rapid.SampledFrom([]race.Verb{race.LoadVerb, race.StoreVerb, race.ReadVerb, race.WriteVerb}).Draw(t, "atomic")
					op.Addr -= op.Addr % uint64(op.Size)
				}
				if op.Verb == race.LoadVerb || op.Verb == race.StoreVerb {
					op.Addr += 64 // addresses of their own, so that their orders do not matter
					if op.Verb == race.StoreVerb {
						continue
					}
				}
				o, err := d.Do(op)
				if err != nil {
					t.Fatal(err)
				}
				races := false
				for _, a := range all {
					wrote := a.op.Verb == race.WriteVerb || op.Verb == race.WriteVerb
					if a.g != g && wrote && !knows[g][a.i] && a.op.Addr < op.Addr+uint64(op.Size) && op.Addr < a.op.Addr+uint64(a.op.Size) {
						races = true
					}
				}
				if races != (o.Races > 0) {
					t.Fatalf("%v: the detector says %d races, the definition %v", op, o.Races, races)
				}
				if races {
					return // reported accesses are forgotten
				}
				knows[g][len(all)] = true
				all = append(all, access{op: op, g: g, i: len(all)})
			}
		}
	})
}

// TestNewAtomic: new memory at the address of an atomic variable does not inherit its
// clock.
func TestNewAtomic(t *testing.T) {
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(3) {
		if _, err := d.Store(1, 4*i, 4, 0); err != nil {
			t.Fatal(err)
		}
		if err := d.New(1, 4*i, 1, 0); err != nil {
			t.Fatal(err)
		}
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAfterRace checks the state after a race: from 1.19 on there is a mark, and
// accesses that begin there are not checked, not even the bytes after it; before, the
// cells stay as they were.
func TestAfterRace(t *testing.T) {
	const program = "main: go a; main: go b; a: write range 0x10 8; a: write range 0x18 8; b: write 0x10; "
	for _, tt := range []struct {
		rel, more string
		want      uint64
	}{
		{"go1.18", "", 1},
		{"", "", 1},
		{"go1.18", "b: write range 0x10 16", 3},
		{"", "b: write range 0x10 16", 1},
		{"", "b: write range 0x14 16", 1},
		{"", "b: write range 0x18 8", 2},
		{"", "b: write 0x10; b: write range 0x8 16; b: write 0x18", 2},
		{"", "b: new 0x10 8; b: write range 0x10 16", 2},
	} {
		l, err := race.NewLog(race.Config{Release: tt.rel, Limits: race.Limits{Cells: 4, FirstByte: true}})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Play(program + tt.more); err != nil {
			t.Fatal(err)
		}
		if l.Races() != tt.want {
			t.Errorf("release %q, %q: %d races, want %d", tt.rel, tt.more, l.Races(), tt.want)
		}
	}
}

// TestEmptyCells checks that up to 1.18 a write after two reads of the same bytes leaves
// one of their cells empty.
func TestEmptyCells(t *testing.T) {
	for rel, want := range map[string]uint64{"go1.18": 0, "go1.19": 2} {
		l, err := race.NewLog(race.Config{Release: rel, Limits: race.Limits{Cells: 4, FirstByte: true}})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Play("main: make r raw; main: go a; main: go b; main: go c; a: read 0x10 1; a: release merge r; b: read 0x10 1; b: release merge r;" +
			"c: acquire r; c: write 0x10 1; c: write 0x11 1; c: write 0x12 1; c: write 0x13 1"); err != nil {
			t.Fatal(err)
		}
		if err := l.Check(); err != nil || l.Evicted() != want {
			t.Errorf("%s: %d accesses were forgotten (%v), want %d", rel, l.Evicted(), err, want)
		}
	}
}

// TestOnceWaiters checks that, when two goroutines wait for a Once, the first one's
// earlier operations happen before the second one's later ones: they lock the mutex
// inside one after the other.
func TestOnceWaiters(t *testing.T) {
	for strict, want := range map[bool]uint64{false: 0, true: 1} {
		l, err := race.NewLog(race.Config{Strict: strict})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Play("main: go a; main: go b; main: once o; a: write x; a: once o; b: once o; main: ran o; b: read x"); err != nil {
			t.Fatal(err)
		}
		if l.Races() != want {
			t.Errorf("strict %v: %d races, want %d", strict, l.Races(), want)
		}
	}
}
