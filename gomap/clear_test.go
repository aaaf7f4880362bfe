package gomap_test

import (
	"math"
	"testing"

	"github.com/orrery-go/orrery/gomap"
)

// TestClearOfFew: in a table with few entries clear visits only groups that have some, and
// keeps nothing of the entries.
func TestClearOfFew(t *testing.T) {
	for _, rel := range []string{"go1.24", "go1.25", "go1.26", "go1.27"} {
		m := newInts(t, gomap.Config[int]{Release: rel})
		for i := range 100 {
			put(t, m, 1000+i)
		}
		for i := range 98 {
			if _, err := m.Delete(1000 + i); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Clear(); err != nil {
			t.Fatal(err)
		}
		for _, table := range m.Snapshot().Tables {
			for _, u := range table.Groups {
				for i, k := range u.Slots {
					if u.Control[i] != 0x80 || k.Elem != 0 || k.Key >= 1098 {
						t.Errorf("%s: after clear a slot has %#x, %d, %d", rel, u.Control[i], k.Key, k.Elem)
					}
				}
			}
		}
	}
}

// TestNaNInGrowth: a range yields a NaN of an old bucket that has not moved in the half that
// the lowest bit of its tophash selects.
func TestNaNInGrowth(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.4") {
		s := newShape(t, rel, 1, 0, nil)
		for n := 0; n < 40 || len(s.Snapshot().OldBuckets) == 0; n++ {
			k := math.NaN()
			if n%2 == 0 {
				k = float64(n)
			}
			s.put(k, n)
		}
		snapshot, tops := s.Snapshot(), map[int]uint8{}
		for _, chain := range snapshot.OldBuckets {
			for _, u := range chain {
				for i, k := range u.Slots {
					if u.Control[i] >= snapshot.MinTop && k.Key != k.Key {
						tops[k.Elem] = u.Control[i]
					}
				}
			}
		}
		it, err := s.Range()
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for it.Next() {
			if top, ok := tops[it.Elem()]; ok {
				if seen++; it.At().Unit>>(snapshot.B-1) != int(top&1) {
					t.Errorf("%s: a NaN with tophash %#x comes in bucket %d of %d", rel, top, it.At().Unit, 1<<snapshot.B)
				}
			}
		}
		if seen == 0 || seen != len(tops) {
			t.Errorf("%s: of %d NaNs %d come", rel, len(tops), seen)
		}
	}
}
