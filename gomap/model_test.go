package gomap_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/release"
)

// TestMap: whatever the operations, the model is a map, its invariants hold, and a range
// yields each entry that was there throughout exactly once.
func TestMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rel := rapid.SampledFrom(releases()).Draw(t, "release")
		bits := rapid.SampledFrom([]int{0, 3, 10, 64}).Draw(t, "bits of the hash")
		mixer := gomap.Hash[int]()
		m, err := gomap.New[int, int](gomap.Config[int]{
			Release: rel, Hint: rapid.Int64Range(0, 100).Draw(t, "hint"),
			Seed: rapid.Uint64().Draw(t, "seed"),
			Hash: func(k int, seed uint64) uint64 {
				h := mixer(k, seed)
				return h >> (64 - bits) * 0x9E3779B97F4A7C15
			},
		})
		if err != nil {
			t.Skip(err)
		}
		want := map[int]int{}
		key := rapid.IntRange(0, rapid.SampledFrom([]int{10, 40, 400}).Draw(t, "keys"))
		ranging := false
		var ops map[string]func(*rapid.T)
		ops = map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				k, v := key.Draw(t, "k"), rapid.Int().Draw(t, "v")
				o, err := m.Put(k, v)
				if _, ok := want[k]; err != nil || (o.What == gomap.Updated) != ok {
					t.Fatalf("%v, %v: the key was there: %t", o, err, ok)
				}
				want[k] = v
			},
			"delete": func(t *rapid.T) {
				k := key.Draw(t, "k")
				o, err := m.Delete(k)
				if _, ok := want[k]; err != nil || (o.What == gomap.Deleted) != ok {
					t.Fatalf("%v, %v: the key was there: %t", o, err, ok)
				}
				delete(want, k)
			},
			"clear": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "really") > 0 {
					return
				}
				if _, err := m.Clear(); err != nil {
					t.Fatal(err)
				}
				clear(want)
			},
			"range": func(t *rapid.T) {
				if ranging {
					return
				}
				ranging = true
				defer func() { ranging = false }()
				stay, came := map[int]bool{}, map[int]bool{}
				for k := range want {
					stay[k] = true
				}
				it, err := m.Range()
				if err != nil {
					t.Fatal(err)
				}
				for it.Next() {
					if v, ok := want[it.Key()]; !ok || v != it.Elem() || came[it.Key()] {
						t.Fatalf("%d: %d came, twice: %t; the map has %d, %t", it.Key(), it.Elem(), came[it.Key()], v, ok)
					}
					came[it.Key()] = true
					if rapid.IntRange(0, 3).Draw(t, "change") == 0 {
						ops[rapid.SampledFrom([]string{"put", "delete"}).Draw(t, "op")](t)
						for k := range stay {
							if _, ok := want[k]; !ok {
								delete(stay, k)
							}
						}
						for k := range came { // an entry that is deleted and put again may come again
							if _, ok := want[k]; !ok {
								delete(came, k)
							}
						}
					}
				}
				for k := range stay {
					if !came[k] {
						t.Fatalf("%d did not come", k)
					}
				}
			},
			"": func(t *rapid.T) {
				if err := m.Check(); err != nil {
					t.Fatal(err)
				}
				if m.Len() != len(want) {
					t.Fatalf("length %d, want %d", m.Len(), len(want))
				}
				for k := range 401 {
					v, ok, err := m.Get(k)
					if w, there := want[k]; err != nil || v != w || ok != there {
						t.Fatalf("%d: %d, %t, %v; want %d, %t", k, v, ok, err, w, there)
					}
				}
			},
		}
		t.Repeat(ops)
	})
}

func releases() []string { return append(slices.Clone(release.Known()), "") }

// TestSnapshot: a snapshot shares nothing with the map.
func TestSnapshot(t *testing.T) {
	m, err := gomap.New[int, int](gomap.Config[int]{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		m.Put(i, i)
	}
	a, b := m.Snapshot(), m.Snapshot()
	for i := range 2000 {
		m.Put(i, -i)
		m.Delete(i + 7)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

// TestDeterministic: the same configuration gives the same events, on every machine.
func TestDeterministic(t *testing.T) {
	var first []gomap.Event
	for range 2 {
		var events []gomap.Event
		m, err := gomap.New[string, int](gomap.Config[string]{Release: "go1.26", Seed: 3, Trace: func(e gomap.Event) { events = append(events, e) }})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			m.Put(string(rune('a'+i)), i)
		}
		if o, err := m.Find("c"); err != nil || o.Place != (gomap.Place{Table: 3, Unit: 1, Slot: 1}) {
			t.Errorf("%v, %v", o, err)
		}
		if first == nil {
			first = events
		} else if diff := cmp.Diff(first, events); diff != "" {
			t.Error(diff)
		}
	}
}
