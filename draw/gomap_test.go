package draw_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/gomap"
)

// mapOf returns a map of n entries; two others were deleted before the last was put.
func mapOf(t testing.TB, release string, n int) gomap.Snapshot[int, int] {
	t.Helper()
	m, err := gomap.New[int, int](gomap.Config[int]{Release: release, Hash: func(k int, _ uint64) uint64 { return uint64(k/12)<<7 | uint64(k)<<57 | uint64(k) }})
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= n+2; i++ {
		if i == n+2 {
			for k := 1; k < 2*n && m.Len() > n-1; k += n - 2 {
				if _, err := m.Delete(k); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := m.Put(i, i); err != nil {
			t.Fatal(err)
		}
	}
	return m.Snapshot()
}

// midGrowth returns a map of buckets, some of which have moved.
func midGrowth(t testing.TB) gomap.Snapshot[int, int] {
	t.Helper()
	m, err := gomap.New[int, int](gomap.Config[int]{Release: "go1.23", Hash: func(k int, _ uint64) uint64 { return uint64(k)<<57 | uint64(k) }})
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 28; i++ {
		if i == 27 {
			if _, err := m.Delete(2); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Put(i, i); err != nil {
			t.Fatal(err)
		}
	}
	return m.Snapshot()
}

func TestGomapSlots(t *testing.T) {
	got := draw.GomapSlots("Two designs", midGrowth(t), mapOf(t, "go1.24", 12))
	wellFormed(t, got)
	same(t, "gomap_slots.svg", got)
	for _, sign := range []string{`class="warm"`, `class="grey"`, "(2)", "FE", "old 0"} {
		if !strings.Contains(got, sign) {
			t.Errorf("no %s", sign)
		}
	}
	wellFormed(t, draw.GomapSlots[int, int]("none"))
	wellFormed(t, draw.GomapSlots("zero", make([]gomap.Snapshot[string, int], 1000)...))
	wellFormed(t, draw.GomapSlots("many tables", mapOf(t, "go1.26", 5000)))
	wellFormed(t, draw.GomapSlots("all releases", mapOf(t, "go1.2", 50), mapOf(t, "go1.11", 50), mapOf(t, "go1.12", 50)))
	unhashable := gomap.Snapshot[any, int]{Design: gomap.Swiss, Small: make([]gomap.Unit[any, int], 1)}
	unhashable.Small[0].Slots[0].Key = []int{1}
	wellFormed(t, draw.GomapSlots("no key", unhashable))
}
