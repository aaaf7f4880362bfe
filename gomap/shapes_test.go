package gomap_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// bucketReleases returns the releases, from the given one on, whose maps consist of
// buckets.
func bucketReleases(t *testing.T, from string) (out []string) {
	t.Helper()
	for _, rel := range release.Known() {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		if r.AtLeast(from) && !r.AtLeast("go1.24") {
			out = append(out, rel)
		}
	}
	return out
}

// A shape is a map in which NaNs have another hash each time, as in Go. It counts its
// growths.
type shape struct {
	*gomap.Map[float64, int]
	t           *testing.T
	grew, equal int
}

func newShape(t *testing.T, rel string, seed uint64, hint int64, hash func(k float64, seed uint64) uint64) *shape {
	t.Helper()
	s := &shape{t: t}
	mixer, calls := gomap.Hash[uint64](), seed<<32
	if hash == nil {
		hash = gomap.Hash[float64]()
	}
	m, err := gomap.New[float64, int](gomap.Config[float64]{
		Release: rel, Hint: hint, Seed: seed,
		Hash: func(k float64, seed uint64) uint64 {
			if k != k {
				calls++
				return mixer(calls, seed)
			}
			return hash(k, seed)
		},
		Trace: func(e gomap.Event) {
			switch e.Kind {
			case gomap.Grew:
				s.grew++
			case gomap.SameSize:
				s.equal++
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Map = m
	return s
}

func (s *shape) put(k float64, v int) {
	s.t.Helper()
	if _, err := s.Put(k, v); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shape) remove(k float64) {
	s.t.Helper()
	if _, err := s.Delete(k); err != nil {
		s.t.Fatal(err)
	}
}

// once ranges, and checks that each of the elements 0 to n-1 is yielded once, among any
// others. The body is called after the first.
func (s *shape) once(n int, body func()) {
	s.t.Helper()
	it, err := s.Range()
	if err != nil {
		s.t.Fatal(err)
	}
	came := map[int]int{}
	for it.Next() {
		came[it.Elem()]++
		if body != nil {
			body()
			body = nil
		}
	}
	for v := range n {
		if came[v] != 1 {
			s.t.Errorf("%s: element %d of %d came %d times", s.Release(), v, n, came[v])
			return
		}
	}
}

// TestRangeOverGrowths: entries that are there throughout are yielded once, NaNs too,
// while the loop's body makes the map grow twice, and is in the middle of the second
// growth when the range continues.
func TestRangeOverGrowths(t *testing.T) {
	for _, rel := range append(bucketReleases(t, "go1.4"), "go1.24", "go1.25", "go1.26", "go1.27") {
		for seed := range uint64(8) {
			s := newShape(t, rel, seed, 0, nil)
			for i := range 70 {
				if k := float64(i); i%3 == 0 {
					s.put(math.NaN(), i)
				} else {
					s.put(k, i)
				}
			}
			before, next := s.grew, 1000
			s.once(70, func() {
				for s.grew < before+2 {
					s.put(float64(next), next)
					next++
				}
			})
		}
	}
}

// crowd makes a map of 16 buckets with NaNs and begins a growth to the same size: each
// bucket gets more than its eight slots, and loses them.
func crowd(t *testing.T, rel string, seed uint64) *shape {
	t.Helper()
	s := newShape(t, rel, seed, 60, func(k float64, _ uint64) uint64 { return uint64(k)%16 | uint64(k)<<57 })
	for i := range 20 {
		s.put(math.NaN(), i)
	}
	for b := 0; s.equal == 0 && b < 64; b++ {
		for n := 1; n <= 24 && s.equal == 0; n++ {
			s.put(float64(16*n+b%16), 1000)
		}
		for n := 1; n <= 24 && s.equal == 0; n++ {
			s.remove(float64(16*n + b%16))
		}
	}
	if snapshot := s.Snapshot(); s.equal == 0 || snapshot.Flags&8 == 0 {
		t.Fatalf("%s: no growth to the same size: flags %d", rel, snapshot.Flags)
	}
	return s
}

// TestRangeInSameSize: a range that begins during a growth to the same size yields every
// NaN once.
func TestRangeInSameSize(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.8") {
		for seed := range uint64(8) {
			crowd(t, rel, seed).once(20, nil)
		}
	}
}

// TestClearInSameSize: a clear ends a growth to the same size, and leaves the map like a
// new one.
func TestClearInSameSize(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.21") { // before, floats are deleted one by one
		s := crowd(t, rel, 1)
		if _, err := s.Clear(); err != nil {
			t.Fatal(err)
		}
		if flags := s.Snapshot().Flags; flags&8 != 0 {
			t.Errorf("%s: flags %d after a clear", rel, flags)
		}
		for i := range 300 {
			s.put(float64(i), i)
		}
		s.once(300, nil)
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestNaNHalf: without a range that began during the growth, a bit of the new hash of a
// NaN selects the half to which it goes, and its tophash stays: runtime/map.go:evacuate.
func TestNaNHalf(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.4") {
		for _, ranges := range []bool{false, true} {
			next := uint64(0xF1) << 56
			m, err := gomap.New[float64, int](gomap.Config[float64]{Release: rel, Hash: func(k float64, _ uint64) uint64 {
				if k != k {
					return next
				}
				return 0
			}})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 8 {
				k := float64(i)
				if i == 3 {
					k = math.NaN()
				}
				if _, err := m.Put(k, i); err != nil {
					t.Fatal(err)
				}
			}
			if ranges {
				it, err := m.Range()
				if err != nil {
					t.Fatal(err)
				}
				it.Next()
			}
			next = 0x80 << 56 // another tophash, and the first half
			if _, err := m.Put(9, 9); err != nil {
				t.Fatal(err)
			}
			half, top := -1, uint8(0)
			for b, chain := range m.Snapshot().Buckets {
				for _, u := range chain {
					for i := range u.Slots {
						if u.Slots[i].Key != u.Slots[i].Key {
							half, top = b, u.Control[i]
						}
					}
				}
			}
			if half != 0 || top != 0xF1 {
				t.Errorf("%s, a range: %t: the NaN is in half %d with tophash %#x, want 0, 0xF1", rel, ranges, half, top)
			}
		}
	}
}

// TestFirstRange: the first range over buckets without pointers makes the list that
// keeps overflow buckets alive, in two blocks.
func TestFirstRange(t *testing.T) {
	for _, rel := range bucketReleases(t, "go1.2") {
		m, err := gomap.New[int, int](gomap.Config[int]{Release: rel})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Put(1, 1); err != nil {
			t.Fatal(err)
		}
		var blocks [2]int
		for i := range blocks {
			before := m.Allocated().Mallocs
			if _, err := m.Range(); err != nil {
				t.Fatal(err)
			}
			blocks[i] = m.Allocated().Mallocs - before
		}
		want := [2]int{2, 0}
		if r, err := release.Parse(rel); err != nil || !r.AtLeast("go1.5") {
			want[0] = 0
		}
		if blocks != want {
			t.Errorf("%s: ranges allocate %d blocks, want %d", rel, blocks, want)
		}
	}
}

// TestPrunes: which assignments prune tombstones, by release, type of the key and package
// reflect.
func TestPrunes(t *testing.T) {
	pointer := &layout.Pointer{Elem: layout.Int}
	for _, k := range []struct {
		key      layout.Type
		put, set string // the first releases in which m[k] = v and SetMapIndex prune
	}{
		{layout.Uint64, "go1.25", ""},
		{layout.Uint32, "go1.25", ""},
		{layout.String, "go1.25", "go1.25"},
		{pointer, "go1.27", ""},
		{layout.Float64, "", ""},
		{&layout.Array{Len: 2, Elem: layout.Uint64}, "", ""},
	} {
		for _, rel := range []string{"go1.24", "go1.25", "go1.26", "go1.27"} {
			for how, since := range []string{k.put, k.set} {
				r, err := release.Parse(rel)
				if err != nil {
					t.Fatal(err)
				}
				want := since != "" && r.AtLeast(since)
				if got := prunes(t, rel, k.key, how == 1); got != want {
					t.Errorf("%s, keys %v, by reflect: %t: prunes: %t, want %t", rel, k.key, how == 1, got, want)
				}
			}
		}
	}
}

// prunes makes four tombstones in the first group of two, which no search needs, with no
// room left, and puts one more key in the second. One key there is a NaN whose hash has
// changed: no search finds it, so its probe sequence is not needed.
func prunes(t *testing.T, rel string, key layout.Type, reflects bool) bool {
	t.Helper()
	pruned, later := false, false
	m, err := gomap.New[float64, int](gomap.Config[float64]{
		Release: rel, Hint: 9, Key: key,
		Hash: func(k float64, _ uint64) uint64 {
			if k < 8 || k != k && later {
				return 0
			}
			return 1 << 7
		},
		Trace: func(e gomap.Event) {
			if e.Kind == gomap.Pruned {
				if pruned = true; e.N != 4 {
					t.Errorf("%s, keys %v: %d tombstones are pruned, want 4", rel, key, e.N)
				}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, math.NaN()} {
		if _, err := m.Put(k, 1); err != nil {
			t.Fatal(err)
		}
	}
	for k := range 4 {
		if o, err := m.Delete(float64(k)); err != nil || !o.Tombstone {
			t.Fatal(o, err)
		}
	}
	later = true
	put := m.Put
	if reflects {
		put = m.SetMapIndex
	}
	if o, err := put(14, 1); err != nil || o.What != gomap.Inserted {
		t.Fatal(o, err)
	}
	if pruned != (m.Snapshot().Tables[0].Capacity == 16) {
		t.Error(fmt.Sprint("pruned: ", pruned, ", and the table has ", m.Snapshot().Tables[0].Capacity, " slots"))
	}
	return pruned
}

// TestFloatInStruct: a key with a NaN in it is not equal to itself, so a loop that deletes all
// keys, which clear is before Go 1.21, does not find it.
func TestFloatInStruct(t *testing.T) {
	type key struct {
		f float64
		n int
	}
	for _, rel := range bucketReleases(t, "go1.2") {
		m, err := gomap.New[key, int](gomap.Config[key]{Release: rel})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range []key{{math.NaN(), 1}, {2, 3}, {math.NaN(), 1}} {
			if _, err := m.Put(k, 1); err != nil {
				t.Fatal(err)
			}
		}
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		want := 2
		if r.AtLeast("go1.21") {
			want = 0
		}
		if _, err := m.Clear(); err != nil || m.Len() != want {
			t.Errorf("%s: %d entries are left, %v, want %d", rel, m.Len(), err, want)
		}
	}
}

// TestStructKeys: a struct is compared as its only field is, if that has a name, and else as
// memory, if all of it counts: cmd/compile/internal/types/alg.go:setAlg.
func TestStructKeys(t *testing.T) {
	for want, paths := range map[gomap.Path][]gomap.Path{
		gomap.FastString: {
			pathOf[struct{ s string }](t), pathOf[struct{ s struct{ s string } }](t), pathOf[struct{ s [1]string }](t),
		},
		gomap.Fast32: {
			pathOf[struct{ n uint32 }](t), pathOf[struct{ a, b uint16 }](t),
		},
		gomap.Fast64: {
			pathOf[struct{ a, b uint32 }](t), pathOf[struct {
				z struct{}
				n uint64
			}](t), pathOf[struct {
				n uint32
				b [4]uint8
			}](t),
		},
		gomap.Fast64Ptr: {pathOf[struct{ p *int }](t)},
		gomap.Generic: {
			pathOf[struct{ _ string }](t), pathOf[struct{ _ uint32 }](t), pathOf[struct{ a, _ uint32 }](t),
			pathOf[struct{ f float32 }](t), pathOf[struct{ a, b float32 }](t), pathOf[struct {
				n uint32
				f float32
			}](t), pathOf[struct {
				f float32
				n uint32
			}](t), pathOf[struct {
				a uint8
				b uint16
			}](t), pathOf[struct {
				s string
				z struct{}
			}](t), pathOf[struct {
				n uint32
				z struct{}
			}](t), pathOf[struct {
				p *int
				z struct{}
			}](t),
		},
	} {
		for i, got := range paths {
			if got != want {
				t.Errorf("key %d of those with the path %s has %s", i, want, got)
			}
		}
	}
}

func pathOf[K comparable](t *testing.T) gomap.Path {
	t.Helper()
	m, err := gomap.New[K, int](gomap.Config[K]{})
	if err != nil {
		t.Fatal(err)
	}
	return m.Path()
}

// TestDeepKey: how deep a key lies in structs and named types says nothing about its path,
// and each type is looked at once.
func TestDeepKey(t *testing.T) {
	pathOf := func(k layout.Type) gomap.Path {
		m, err := gomap.New[uint64, int](gomap.Config[uint64]{Key: k})
		if err != nil {
			t.Fatal(err)
		}
		return m.Path()
	}
	var one layout.Type = layout.Uint64
	for i := range 1000 {
		if i%2 == 0 {
			one = &layout.Struct{Fields: []layout.Field{{Name: "a", Type: one}}}
		} else {
			one = &layout.Named{Name: "T", Underlying: one}
		}
	}
	if got := pathOf(one); got != gomap.Fast64 {
		t.Errorf("a uint64 in 500 structs: %v", got)
	}
	var two layout.Type = &layout.Struct{}
	for range 100 {
		two = &layout.Struct{Fields: []layout.Field{{Name: "a", Type: two}, {Name: "b", Type: two}}}
	}
	if got := pathOf(two); got != gomap.Generic {
		t.Errorf("nothing, 1<<100 times: %v", got)
	}
}
