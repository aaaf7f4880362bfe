package gomap_test

import (
	"math"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/gomap"
)

// TestRangeEnds: a range that a concurrent write has ended does not continue.
func TestRangeEnds(t *testing.T) {
	m := newInts(t, gomap.Config[int]{Release: "go1.26"})
	put(t, m, 10, 11, 12, 13, 14)
	it, err := m.Range()
	if err != nil || !it.Next() || !it.Next() || it.Elem() != -it.Key() {
		t.Fatal(err)
	}
	if err := m.BeginWrite(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if it.Next() || it.Err() == nil || it.Key() != 0 || it.Elem() != 0 || it.At() != (gomap.Place{}) {
			t.Errorf("the range goes on, or keeps its entry: %d, %v", it.Key(), it.Err())
		}
	}
}

// TestRangeBegins: over all seeds ranges begin at every slot and every bucket, as the event
// of their beginning tells.
func TestRangeBegins(t *testing.T) {
	for _, rel := range bucketsAndTables {
		slots, units := map[int]bool{}, map[int]bool{}
		for seed := range uint64(200) {
			var began gomap.Event
			m := newInts(t, gomap.Config[int]{Release: rel, Seed: seed, Hint: 60, Trace: func(e gomap.Event) {
				if e.Kind == gomap.Began {
					began = e
				}
			}})
			put(t, m, upTo(60)...)
			if _, err := m.Range(); err != nil {
				t.Fatal(err)
			}
			slots[began.Slot], units[began.Unit] = true, true
		}
		want := [2]int{8, 16} // any bucket of 16, and any slot in it
		switch rel {
		case "go1.2":
			want[0] = 1
		case "go1.3":
			want[1] = 1
		case "go1.24", "go1.25", "go1.26", "go1.27":
			want[1] = 1 // there is one table
		}
		if len(slots) != want[0] || len(units) != want[1] {
			t.Errorf("%s: ranges begin at %d slots and %d buckets, want %d", rel, len(slots), len(units), want)
		}
	}
	// Eight entries lie in the order in which they were put; a range goes round from its
	// first slot.
	for seed := range uint64(20) {
		first := -1
		m := newInts(t, gomap.Config[int]{Release: "go1.26", Seed: seed, Trace: func(e gomap.Event) {
			if e.Kind == gomap.Began {
				first = e.Slot
			}
		}})
		put(t, m, upTo(8)...)
		var got, want []int
		for k := range m.All() {
			got = append(got, k)
		}
		for i := range 8 {
			want = append(want, (first+i)%8)
		}
		if !slices.Equal(got, want) {
			t.Errorf("a range from slot %d: %v", first, got)
		}
	}
}

// TestRangeOfOne: the only entry of a table is yielded, wherever the range begins.
func TestRangeOfOne(t *testing.T) {
	for seed := range uint64(200) {
		m := newInts(t, gomap.Config[int]{Release: "go1.26", Seed: seed, Hint: 9, Hash: func(int, uint64) uint64 { return 0 }})
		put(t, m, 1)
		n := 0
		for range m.All() {
			n++
		}
		if n != 1 {
			t.Errorf("seed %d: the entry comes %d times", seed, n)
		}
	}
}

// TestDeletedDoesNotCome: an entry that the loop's body deletes is not yielded, even if the
// map grows in between. Then the range comes to it in an old table, and an event tells that
// it is gone.
func TestDeletedDoesNotCome(t *testing.T) {
	for _, rel := range bucketsAndTables {
		for _, n := range []int{8, 14, 100, 800} {
			for seed := range uint64(8) {
				skipped := 0
				m := newInts(t, gomap.Config[int]{Release: rel, Seed: seed, Trace: func(e gomap.Event) {
					if e.Kind == gomap.Skipped {
						skipped++
					}
				}})
				put(t, m, upTo(n)...)
				it, err := m.Range()
				if err != nil || !it.Next() {
					t.Fatal(err)
				}
				for i := range 2 * n {
					put(t, m, 10_000+i)
				}
				gone := map[int]bool{}
				for i := range n {
					if i%2 == 0 && i != it.Key() {
						gone[i] = true
						if _, err := m.Delete(i); err != nil {
							t.Fatal(err)
						}
					}
				}
				for it.Next() {
					if gone[it.Key()] {
						t.Fatalf("%s: %d of %d was deleted, and comes", rel, it.Key(), n)
					}
				}
				if tables := len(m.Snapshot().Tables); tables > 0 && skipped != len(gone) {
					t.Errorf("%s: %d of %d were deleted, and %d events say so", rel, len(gone), n, skipped)
				}
			}
		}
	}
}

// TestRangeInGrowth: a range that begins in the middle of a growth yields every entry once,
// NaNs too.
func TestRangeInGrowth(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.2") {
		for seed := range uint64(8) {
			s := newShape(t, rel, seed, 0, nil)
			n := 0
			for ; n < 40 || len(s.Snapshot().OldBuckets) == 0; n++ {
				if n%3 == 0 {
					s.put(math.NaN(), n)
				} else {
					s.put(float64(n), n)
				}
			}
			s.once(n, nil)
		}
	}
}
