package gomap_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/gomap"
)

// skewed is a hash function that leaves the upper half of the directory to one table.
func skewed(k int, _ uint64) uint64 { return uint64(k) << 52 }

// TestNumberedEvents: events are numbered from 1 on, and name their rule.
func TestNumberedEvents(t *testing.T) {
	for _, rel := range bucketsAndTables {
		last := uint64(0)
		m := newInts(t, gomap.Config[int]{Release: rel, Trace: func(e gomap.Event) {
			if last++; e.Seq != last || e.Rule == "" {
				t.Errorf("%s: event %d is %+v", rel, last, e)
			}
		}})
		put(t, m, upTo(40)...)
		for range m.All() {
		}
		if last < 80 {
			t.Errorf("%s: %d events", rel, last)
		}
	}
}

// TestCloneOfSkewed: in a clone the places of a directory that share a table share its copy.
func TestCloneOfSkewed(t *testing.T) {
	for _, rel := range []string{"go1.24", "go1.25", "go1.26", "go1.27"} {
		m := newInts(t, gomap.Config[int]{Release: rel, Hash: skewed})
		put(t, m, upTo(1700)...)
		c, err := m.Clone()
		if err != nil {
			t.Fatal(err)
		}
		put(t, c, 4095, 3000, 2100)
		for _, k := range append(upTo(1700), 4095, 3000, 2100) {
			if v, ok, err := c.Get(k); v != -k || !ok || err != nil {
				t.Fatalf("%s: %d is %d, %t, %v in the clone", rel, k, v, ok, err)
			}
		}
		if err := c.Check(); err != nil || c.Len() != 1703 || m.Len() != 1700 {
			t.Errorf("%s: %d and %d entries, %v", rel, c.Len(), m.Len(), err)
		}
	}
}

// TestLargeHints: a hint that is negative, or beyond all memory, panics up to Go 1.8, and
// makes no room since.
func TestLargeHints(t *testing.T) {
	for _, hint := range []int64{-1, -1 << 62, 1 << 50, 1 << 62} {
		for _, rel := range []string{"go1.9", "go1.12", "go1.17", "go1.23"} {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: hint})
			if err != nil || m.Snapshot().B != 0 {
				t.Errorf("%s: a hint of %d: %v", rel, hint, err)
			}
		}
	}
	for _, rel := range []string{"go1.2", "go1.4", "go1.6", "go1.8"} {
		if _, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: -1}); err == nil {
			t.Errorf("%s: a hint of -1", rel)
		}
	}
}

// TestDirectoryGrows: entries that are there throughout are yielded once, though the
// directory doubles, more than once, while the loop runs.
func TestDirectoryGrows(t *testing.T) {
	for seed := range uint64(4) {
		m := newInts(t, gomap.Config[int]{Release: "go1.26", Seed: seed})
		put(t, m, upTo(1500)...)
		before, next := len(m.Snapshot().Directory), 10_000
		came := map[int]int{}
		for k := range m.All() {
			came[k]++
			for range 8 {
				put(t, m, next)
				next++
			}
			if next > 20_000 {
				next = 10_000
			}
		}
		if after := len(m.Snapshot().Directory); before < 2 || after < 4*before {
			t.Fatalf("directories of %d and %d", before, after)
		}
		for k := range 1500 {
			if came[k] != 1 {
				t.Fatalf("seed %d: %d came %d times", seed, k, came[k])
			}
		}
	}
}

// TestClearErrors: a nil map is clear already, and the zero Map and one that has ended the
// program cannot be cleared.
func TestClearErrors(t *testing.T) {
	for _, rel := range bucketsAndTables {
		if _, err := newInts(t, gomap.Config[int]{Release: rel, Nil: true}).Clear(); err != nil {
			t.Errorf("%s: a nil map: %v", rel, err)
		}
	}
	if _, err := new(gomap.Map[int, int]).Clear(); err == nil {
		t.Error("the zero Map is cleared")
	}
	m := newInts(t, gomap.Config[int]{Release: "go1.26"})
	put(t, m, 1)
	if err := m.BeginWrite(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := m.Clear(); err == nil || m.Crashed() == nil {
			t.Error("a map is cleared beside another goroutine's write")
		}
	}
}

// TestTooManyTogether: a Put for which the directory would be too large returns an error, and
// changes nothing; the map can be used after it.
func TestTooManyTogether(t *testing.T) {
	m := newInts(t, gomap.Config[int]{Release: "go1.26", Hash: func(k int, _ uint64) uint64 { return uint64(k) >> 20 }})
	n := 0
	for ; n < 2000; n++ {
		if _, err := m.Put(n, n); err != nil {
			break
		}
	}
	if n != 896 {
		t.Errorf("one table has %d entries", n)
	}
	for range 2 {
		if _, err := m.Put(n, n); err == nil || !strings.Contains(err.Error(), "too many keys together") {
			t.Errorf("one more: %v", err)
		}
		if o, err := m.Put(7, 8); err != nil || o.What != gomap.Updated {
			t.Errorf("another one: %v, %v", o, err)
		}
	}
	if err := m.Check(); err != nil || m.Len() != n {
		t.Errorf("%d entries, want %d; %v", m.Len(), n, err)
	}
}

// TestHashInGrowth: a hash function that uses the map while that grows gets an error.
func TestHashInGrowth(t *testing.T) {
	for _, rel := range bucketsAndTables {
		var m *gomap.Map[int, int]
		calls, told := 0, 0
		m = newInts(t, gomap.Config[int]{Release: rel, Hash: func(k int, seed uint64) uint64 {
			if calls++; calls == 2 { // the first is that of the key that is put
				if _, _, err := m.Get(k); err != nil {
					told++
				} else {
					t.Errorf("%s: a map is used while it grows", rel)
				}
			}
			return gomap.Hash[int]()(k, seed)
		}})
		for k := range 200 {
			calls = 0
			put(t, m, k)
		}
		if told == 0 {
			t.Errorf("%s: a map of 200 has not grown", rel)
		}
	}
}

// TestHashInPruning: nor may it use the map while that looks for tombstones.
func TestHashInPruning(t *testing.T) {
	for _, rel := range []string{"go1.25", "go1.26", "go1.27"} {
		var m *gomap.Map[int, int]
		calls, told, pruned := 0, 0, false
		m = newInts(t, gomap.Config[int]{
			Release: rel, Hint: 9,
			Hash: func(k int, _ uint64) uint64 {
				if calls++; m != nil && calls > 1 {
					if _, err := m.Find(k); err == nil {
						t.Fatalf("%s: a map is used while it is pruned", rel)
					}
					told++
				}
				return uint64(k/8) << 7
			},
			Trace: func(e gomap.Event) { pruned = pruned || e.Kind == gomap.Pruned },
		})
		for k := range 14 {
			calls = 0
			put(t, m, k)
		}
		for k := range 4 {
			calls = 0
			if o, err := m.Delete(k); err != nil || !o.Tombstone {
				t.Fatal(o, err)
			}
		}
		calls = 0
		put(t, m, 14)
		if !pruned || told != 10 || m.Snapshot().Tables[0].Capacity != 16 {
			t.Errorf("%s: pruned: %t, %d hashes of 10 keys", rel, pruned, told)
		}
	}
}

// TestOverflowsCounted: of a map of 2^15 buckets and more the header counts an overflow
// bucket where the last bits of a random number are 0: one more bit of it for each doubling
// from there (runtime/map.go:incrnoverflow).
func TestOverflowsCounted(t *testing.T) {
	for _, rel := range []string{"go1.8", "go1.12", "go1.23"} {
		for b, every := range map[uint8]uint64{15: 1, 16: 2, 17: 4} {
			counted, made, drawn := 0, 0, uint64(0)
			m, err := gomap.New[uint16, uint8](gomap.Config[uint16]{
				Release: rel, Hint: 6 << b, Hash: func(uint16, uint64) uint64 { return 0 },
				Rand: func() uint64 { return drawn },
				Trace: func(e gomap.Event) {
					if e.Kind == gomap.Overflow {
						if made++; drawn%every == 0 {
							counted++
						}
						if drawn++; e.N != counted {
							t.Errorf("%s: of %d overflow buckets beside 2^%d buckets %d are counted, want %d", rel, made, b, e.N, counted)
						}
					}
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			for k := range uint16(200) {
				if _, err := m.Put(k, 0); err != nil {
					t.Fatal(err)
				}
			}
			if made != 24 {
				t.Errorf("%s: 200 keys of one hash are in %d overflow buckets beside 2^%d buckets", rel, made, b)
			}
		}
	}
}
