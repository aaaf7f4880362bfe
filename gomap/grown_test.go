package gomap_test

import (
	"slices"
	"testing"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/release"
)

// TestOverflowsOfBuckets: each overflow bucket is of the bucket that its event names, also
// if it is made while a growth moves entries to the upper half.
func TestOverflowsOfBuckets(t *testing.T) {
	few := []uint64{0xFF, 0x0F, 3, 0x80}
	for _, rel := range bucketReleases(t, "go1.2") {
		var of map[int]int
		m := newInts(t, gomap.Config[int]{
			Release: rel, Hash: func(k int, _ uint64) uint64 { return uint64(k)<<56 | few[k%4] },
			Trace: func(e gomap.Event) {
				switch e.Kind {
				case gomap.Grew, gomap.SameSize:
					of = map[int]int{}
				case gomap.Overflow:
					of[e.Unit]++
				}
			},
		})
		of = map[int]int{}
		most := 0
		for k := range 120 {
			put(t, m, k)
			s := m.Snapshot()
			for i, chain := range s.Buckets {
				if of[i] != len(chain)-1 {
					t.Fatalf("%s: %d entries, bucket %d of %d: %d overflow buckets, of which events name %d", rel, k+1, i, 1<<s.B, len(chain)-1, of[i])
				}
				most = max(most, of[i])
			}
		}
		if most < 2 {
			t.Errorf("%s: chains of %d", rel, most+1)
		}
	}
}

// TestOverflowList: the list of overflow buckets grows as any []*T does in the release.
func TestOverflowList(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.9") {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		want := []int64{24, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 10240}
		switch {
		case r.AtLeast("go1.22"): // there are malloc headers
			want = []int64{24, 8, 16, 32, 64, 128, 256, 512, 1152, 2304, 4864, 8192, 12288}
		case r.AtLeast("go1.18"):
			want = []int64{24, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 6784, 10240}
		case !r.AtLeast("go1.16"):
			want[0] = 32 // there is no size class of 24 bytes
		}
		var got []int64
		m := newInts(t, gomap.Config[int]{
			Release: rel, Hash: func(k int, _ uint64) uint64 { return uint64(k%1025) | uint64(k)<<56 },
			Trace: func(e gomap.Event) {
				switch {
				case e.Kind == gomap.Grew, e.Kind == gomap.SameSize:
					got = nil
				case e.Kind == gomap.Allocated && e.What == "overflow list":
					got = append(got, int64(e.N))
				}
			},
		})
		put(t, m, upTo(9*1025)...)
		if s := m.Snapshot(); s.B != 11 || s.Overflows != 1025 || !slices.Equal(got, want) {
			t.Errorf("%s: 2^%d buckets, %d overflow buckets, lists of %v, want %v", rel, s.B, s.Overflows, got, want)
		}
	}
}

// TestStaleOld: what is left in an old bucket that has been evacuated: in Go 1.2 its
// entries, from Go 1.3 nothing, and from Go 1.10 entries without pointers.
func TestStaleOld(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.2") {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		m := newInts(t, gomap.Config[int]{Release: rel})
		p, err := gomap.New[int, *int](gomap.Config[int]{Release: rel})
		if err != nil {
			t.Fatal(err)
		}
		for k := 1; m.Snapshot().Evacuated == 0 || len(m.Snapshot().OldBuckets) == 0; k++ {
			put(t, m, k)
		}
		for k := 1; p.Snapshot().Evacuated == 0 || len(p.Snapshot().OldBuckets) == 0; k++ {
			if _, err := p.Put(k, new(int)); err != nil {
				t.Fatal(err)
			}
		}
		kept, keptPointers := 0, 0
		for _, u := range m.Snapshot().OldBuckets[0] {
			for _, s := range u.Slots {
				if s.Key != 0 && s.Elem == -s.Key {
					kept++
				}
			}
		}
		for _, u := range p.Snapshot().OldBuckets[0] {
			for _, s := range u.Slots {
				if s.Key != 0 && s.Elem != nil {
					keptPointers++
				}
			}
		}
		never := !r.AtLeast("go1.3")
		if (kept > 0) != (never || r.AtLeast("go1.10")) || (keptPointers > 0) != never {
			t.Errorf("%s: an evacuated bucket has %d numbers, %d pointers", rel, kept, keptPointers)
		}
	}
}

// TestCloneInGrowth: a map that is cloned amid a growth, to twice the buckets or to as many,
// has a clone with its entries, also if that has fewer buckets.
func TestCloneInGrowth(t *testing.T) {
	for _, rel := range []string{"go1.21", "go1.22", "go1.23"} {
		equal, larger := 0, 0
		m := newInts(t, gomap.Config[int]{Release: rel, Hash: func(k int, _ uint64) uint64 { return uint64(k/32) | uint64(k)<<56 }})
		first := 0
		for next := 1; next < 1200; next++ {
			put(t, m, next-1)
			window := 60
			if next > 200 {
				window = 12 + next%40
			}
			for ; next-first > window; first++ {
				if _, err := m.Delete(first); err != nil {
					t.Fatal(err)
				}
			}
			s := m.Snapshot()
			switch {
			case len(s.OldBuckets) == 0:
				continue
			case len(s.OldBuckets) == len(s.Buckets):
				equal++
			default:
				larger++
			}
			c, err := m.Clone()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Check(); err != nil || c.Len() != next-first || m.Len() != next-first {
				t.Fatalf("%s: %d entries of %d are cloned, %v", rel, c.Len(), m.Len(), err)
			}
			for k := first; k < next; k++ {
				if v, ok, err := c.Get(k); v != -k || !ok || err != nil {
					t.Fatalf("%s: of %d to %d, %d is %d, %t, %v in the clone", rel, first, next-1, k, v, ok, err)
				}
			}
		}
		if equal == 0 || larger == 0 {
			t.Errorf("%s: %d clones in growths to the same size, %d in others", rel, equal, larger)
		}
	}
}

// TestCloneOfFew: a map of sixteen buckets has had long chains, and a growth to as many has
// begun; a clone has four, so that the entries of moved and of old buckets meet.
func TestCloneOfFew(t *testing.T) {
	for _, rel := range []string{"go1.21", "go1.22", "go1.23"} {
		m := newInts(t, gomap.Config[int]{Release: rel, Hash: func(k int, _ uint64) uint64 { return uint64(k%16) | uint64(k)<<56 }})
		put(t, m, upTo(64)...)
		for k := range 64 {
			if _, err := m.Delete(k); err != nil {
				t.Fatal(err)
			}
		}
		has := map[int]bool{}
		clones := 0
		for bucket := range 16 {
			for i := range 17 {
				k := 16*i + bucket
				put(t, m, k)
				has[k] = true
				s := m.Snapshot()
				if len(s.OldBuckets) == 0 {
					continue
				}
				if clones++; len(s.OldBuckets) != 16 || len(s.Buckets) != 16 {
					t.Fatalf("%s: a growth from %d to %d buckets", rel, len(s.OldBuckets), len(s.Buckets))
				}
				c, err := m.Clone()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Check(); err != nil || c.Len() != len(has) || len(c.Snapshot().Buckets) >= 16 {
					t.Fatalf("%s: %d entries of %d are cloned to %d buckets, %v", rel, c.Len(), len(has), len(c.Snapshot().Buckets), err)
				}
				for k := range has {
					if v, ok, err := c.Get(k); v != -k || !ok || err != nil {
						t.Fatalf("%s: %d is %d, %t, %v in the clone", rel, k, v, ok, err)
					}
				}
			}
			for i := 2; i < 17; i++ {
				k := 16*i + bucket
				if _, err := m.Delete(k); err != nil {
					t.Fatal(err)
				}
				delete(has, k)
			}
		}
		if clones == 0 {
			t.Errorf("%s: there was no growth", rel)
		}
	}
}

// TestClonedBlocks: a clone of a small map allocates what the map has.
func TestClonedBlocks(t *testing.T) {
	for _, rel := range []string{"go1.21", "go1.22", "go1.23", "go1.24", "go1.25", "go1.26", "go1.27"} {
		for n := 1; n <= 8; n++ {
			m := newInts(t, gomap.Config[int]{Release: rel})
			put(t, m, upTo(n)...)
			c, err := m.Clone()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := c.Allocated(), m.Allocated(); got != want {
				t.Errorf("%s: %d entries: the clone allocates %+v, want %+v", rel, n, got, want)
			}
		}
	}
}

// TestHintOfAllMemory: a hint for exactly as many buckets as the address space has room for
// is not too large for the runtime, and one more is.
func TestHintOfAllMemory(t *testing.T) {
	const all = int64(1 << 48 / 32) // the buckets have 32 bytes
	for _, rel := range bucketReleases(t, "go1.12") {
		if _, err := gomap.New[uint8, uint8](gomap.Config[uint8]{Release: rel, Hint: all}); err == nil {
			t.Errorf("%s: there is room for %d buckets", rel, all)
		}
		if m, err := gomap.New[uint8, uint8](gomap.Config[uint8]{Release: rel, Hint: all + 1}); err != nil || m.Snapshot().B != 0 {
			t.Errorf("%s: a hint of %d: %v", rel, all+1, err)
		}
	}
}
