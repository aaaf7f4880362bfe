package syncmap_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/gomap/syncmap"
	"github.com/orrery-go/orrery/release"
)

// TestMap: whatever the operations, the model is a map, its invariants hold, and a range
// yields each entry once.
func TestMap(t *testing.T) {
	known := slices.DeleteFunc(release.Known(), func(rel string) bool {
		r, err := release.Parse(rel)
		return err != nil || !r.AtLeast("go1.9")
	})
	rapid.Check(t, func(t *rapid.T) {
		rel := rapid.SampledFrom(known).Draw(t, "release")
		r, _ := release.Parse(rel)
		shift := rapid.SampledFrom([]int{0, 56, 63}).Draw(t, "shift")
		m, err := syncmap.New[int, int](syncmap.Config[int]{Release: rel, Hash: func(k int, _ uint64) uint64 { return uint64(k) * 0x9E3779B97F4A7C15 >> shift }})
		if err != nil {
			t.Fatal(err)
		}
		want := map[int]int{}
		key, value := rapid.IntRange(0, 20), rapid.IntRange(0, 2)
		agree := func(t *rapid.T, out syncmap.Outcome[int], err error, v int, ok bool) {
			if err != nil || out.OK != ok || ok && out.Value != v {
				t.Fatalf("%+v, %v; want %d, %t", out, err, v, ok)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"store": func(t *rapid.T) {
				k, v := key.Draw(t, "k"), value.Draw(t, "v")
				if _, err := m.Store(k, v); err != nil {
					t.Fatal(err)
				}
				want[k] = v
			},
			"load": func(t *rapid.T) {
				k := key.Draw(t, "k")
				out, err := m.Load(k)
				v, ok := want[k]
				agree(t, out, err, v, ok)
			},
			"loadOrStore": func(t *rapid.T) {
				k, v := key.Draw(t, "k"), value.Draw(t, "v")
				out, err := m.LoadOrStore(k, v)
				old, ok := want[k]
				agree(t, out, err, old, ok)
				if !ok {
					want[k] = v
				}
			},
			"delete": func(t *rapid.T) {
				k := key.Draw(t, "k")
				if r.AtLeast("go1.15") {
					out, err := m.LoadAndDelete(k)
					v, ok := want[k]
					agree(t, out, err, v, ok)
				} else if _, err := m.Delete(k); err != nil {
					t.Fatal(err)
				}
				delete(want, k)
			},
			"compare": func(t *rapid.T) {
				if !r.AtLeast("go1.20") {
					return
				}
				k, old, v := key.Draw(t, "k"), value.Draw(t, "old"), value.Draw(t, "v")
				was, ok := want[k]
				ok = ok && was == old
				if rapid.Bool().Draw(t, "delete") {
					out, err := m.CompareAndDelete(k, old)
					agree(t, out, err, old, ok)
					if ok {
						delete(want, k)
					}
					return
				}
				out, err := m.CompareAndSwap(k, old, v)
				agree(t, out, err, v, ok)
				if ok {
					want[k] = v
				}
			},
			"range": func(t *rapid.T) {
				got := map[int]int{}
				err := m.Range(func(k, v int) bool {
					if _, twice := got[k]; twice {
						t.Fatalf("%d came twice", k)
					}
					got[k] = v
					return true
				})
				if diff := cmp.Diff(got, want); diff != "" || err != nil {
					t.Fatal(err, diff)
				}
			},
			"": func(t *rapid.T) {
				if err := m.Check(); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

// TestReleases: operations that a release lacks are refused.
func TestReleases(t *testing.T) {
	if _, err := syncmap.New[int, int](syncmap.Config[int]{Release: "go1.8"}); err == nil {
		t.Error("go1.8 has a sync.Map")
	}
	m, err := syncmap.New[int, int](syncmap.Config[int]{Release: "go1.14"})
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"LoadAndDelete":    func() error { _, err := m.LoadAndDelete(1); return err },
		"Swap":             func() error { _, err := m.Swap(1, 1); return err },
		"CompareAndSwap":   func() error { _, err := m.CompareAndSwap(1, 1, 1); return err },
		"CompareAndDelete": func() error { _, err := m.CompareAndDelete(1, 1); return err },
		"Clear":            func() error { _, err := m.Clear(); return err },
		"Range(nil)":       func() error { return m.Range(nil) },
	} {
		if call() == nil {
			t.Errorf("go1.14 has %s", name)
		}
	}
	var zero syncmap.Map[int, int]
	if _, err := zero.Load(1); err == nil {
		t.Error("the zero Map loads")
	}
}

// TestSnapshot: a snapshot shares nothing with the map.
func TestSnapshot(t *testing.T) {
	for _, rel := range []string{"go1.23", ""} {
		m, err := syncmap.New[int, int](syncmap.Config[int]{Release: rel})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			m.Store(i, i)
		}
		m.Range(func(int, int) bool { return false })
		a, b := m.Snapshot(), m.Snapshot()
		for i := range 100 {
			m.Store(i, -i)
			m.Delete(i + 7)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Error(diff)
		}
	}
}
