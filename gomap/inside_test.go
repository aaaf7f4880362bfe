package gomap_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/gomap"
)

func newInts(t *testing.T, c gomap.Config[int]) *gomap.Map[int, int] {
	t.Helper()
	m, err := gomap.New[int, int](c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func put(t *testing.T, m *gomap.Map[int, int], keys ...int) {
	t.Helper()
	for _, k := range keys {
		if _, err := m.Put(k, -k); err != nil {
			t.Fatal(err)
		}
	}
}

func upTo(n int) (keys []int) {
	for i := range n {
		keys = append(keys, i)
	}
	return keys
}

// bucketsAndTables are releases of both designs.
var bucketsAndTables = []string{"go1.2", "go1.3", "go1.4", "go1.9", "go1.12", "go1.17", "go1.23", "go1.24", "go1.25", "go1.26", "go1.27"}

// TestMany: in a map with several tables each entry is found, updated and deleted where it
// was put, and is not found once it is deleted.
func TestMany(t *testing.T) {
	for _, rel := range bucketsAndTables {
		m := newInts(t, gomap.Config[int]{Release: rel})
		for i := range 5000 {
			few := i < 9 // the ninth makes a small map a table; later a put may look at a table that is too full first
			o, err := m.Put(i, i)
			if err != nil || o.What != gomap.Inserted {
				t.Fatal(o, err)
			}
			if f, err := m.Find(i); err != nil || f.What != gomap.Found || f.Place != o.Place || few && f.Probes != o.Probes {
				t.Fatalf("%s: %d was put at %v by looking at %d, and is found at %v by looking at %d, %v", rel, i, o.Place, o.Probes, f.Place, f.Probes, err)
			}
		}
		if err := m.Check(); err != nil {
			t.Error(err)
		}
		for i := range 5000 {
			f, err := m.Find(i)
			if err != nil || f.What != gomap.Found {
				t.Fatalf("%s: %d is lost: %v, %v", rel, i, f, err)
			}
			u, errU := m.Put(i, -i)
			d, errD := m.Delete(i)
			if errU != nil || errD != nil || u.What != gomap.Updated || d.What != gomap.Deleted || u.Place != f.Place || d.Place != f.Place || u.Probes != f.Probes || d.Probes != f.Probes {
				t.Fatalf("%s: %d is found at %v by looking at %d, %v by looking at %d, %v by looking at %d; %v, %v", rel, i, f.Place, f.Probes, u, u.Probes, d, d.Probes, errU, errD)
			}
			if f, err := m.Find(i); err != nil || f.What != gomap.Absent {
				t.Fatalf("%s: %d was deleted: %v, %v", rel, i, f, err)
			}
		}
		if m.Len() != 0 {
			t.Errorf("%s: %d are left", rel, m.Len())
		}
		if s := m.Snapshot(); s.Release != m.Release() {
			t.Errorf("a map of %s is one of %s in its snapshot", m.Release(), s.Release)
		}
	}
	if s := new(gomap.Map[int, int]).Snapshot(); s.Release != "" {
		t.Errorf("the zero Map is one of %s", s.Release)
	}
}

// TestFindErrors lists the errors of Put, Find, Delete and Get.
func TestFindErrors(t *testing.T) {
	for _, rel := range bucketsAndTables {
		m := newInts(t, gomap.Config[int]{Release: rel, Nil: true})
		if o, err := m.Find(1); err != nil || o.What != gomap.Absent {
			t.Errorf("%s: in a nil map: %v, %v", rel, o, err)
		}
		if o, err := m.Delete(1); err != nil || o.What != gomap.Absent {
			t.Errorf("%s: from a nil map: %v, %v", rel, o, err)
		}
	}
	zero := new(gomap.Map[int, int])
	if _, err := zero.Find(1); err == nil {
		t.Error("a zero Map finds something")
	}
	if _, err := zero.Delete(1); err == nil {
		t.Error("a zero Map deletes something")
	}
	for what, op := range map[string]func(m *gomap.Map[int, int]) error{
		"find":   func(m *gomap.Map[int, int]) error { _, err := m.Find(1); return err },
		"get":    func(m *gomap.Map[int, int]) error { _, _, err := m.Get(1); return err },
		"delete": func(m *gomap.Map[int, int]) error { _, err := m.Delete(1); return err },
		"put":    func(m *gomap.Map[int, int]) error { _, err := m.Put(1, 1); return err },
	} {
		m := newInts(t, gomap.Config[int]{Release: "go1.26"})
		put(t, m, 1, 2)
		if err := m.BeginWrite(); err != nil {
			t.Fatal(err)
		}
		if err := op(m); err == nil {
			t.Errorf("%s beside another goroutine's write", what)
		}
		anys, err := gomap.New[any, int](gomap.Config[any]{Release: "go1.26"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := anys.Put(1, 1); err != nil {
			t.Fatal(err)
		}
		_, of := anys.Find([]int{1})
		_, od := anys.Delete([]int{1})
		_, op := anys.Put([]int{1}, 1)
		if of == nil || od == nil || op == nil {
			t.Errorf("a key that cannot be hashed: %v, %v, %v", of, od, op)
		}
	}
}

// TestHash: keys that differ in a byte or a type have different hashes, and equal keys have
// equal hashes.
func TestHash(t *testing.T) {
	seen := map[uint64]string{}
	text := strings.Repeat("a", 20)
	hash := gomap.Hash[string]()
	for n := range len(text) + 1 {
		for at := range n + 1 {
			key := []byte(text[:n])
			if at < n {
				key[at] = 'b'
			}
			h := hash(string(key), 7)
			if other, ok := seen[h]; ok {
				t.Errorf("%q and %q have the same hash", key, other)
			}
			if seen[h] = string(key); h != hash(string(key), 7) || h == hash(string(key), 8) {
				t.Errorf("%q: the hash is of the key and the seed", key)
			}
		}
	}
	deep := func(levels int, core any) any {
		for range levels {
			core = [1]any{core}
		}
		return core
	}
	anys := gomap.Hash[any]()
	for _, levels := range []int{0, 1, 10, 400} { // of a thousand, two a level
		if anys(deep(levels, 1), 0) == anys(deep(levels, 2), 0) {
			t.Errorf("what is %d levels deep does not count", levels)
		}
	}
	if anys(deep(2000, 1), 0) != anys(deep(2000, 2), 0) {
		t.Error("what is 2,000 levels deep counts")
	}
	if anys(true, 0) == anys(false, 0) || anys(int32(1), 0) == anys(int64(1), 0) || anys([2]any{1, 2}, 0) == anys([2]any{2, 1}, 0) || anys(0.0, 0) != anys(math.Copysign(0, -1), 0) {
		t.Error("keys of one hash")
	}
}

// TestClone: a clone has the entries, and goes its own way.
func TestClone(t *testing.T) {
	for _, rel := range []string{"go1.21", "go1.23", "go1.24", "go1.25", "go1.26", "go1.27"} {
		for _, n := range []int{0, 1, 8, 9, 100, 3000} {
			m := newInts(t, gomap.Config[int]{Release: rel})
			put(t, m, upTo(n)...)
			c, err := m.Clone()
			if err != nil {
				t.Fatal(err)
			}
			put(t, m, n, n+1)
			if _, err := m.Delete(0); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(c.Check(), m.Check()); err != nil || c.Len() != n {
				t.Errorf("%s: of %d entries %d are cloned, %v", rel, n, c.Len(), err)
			}
			for i := range n + 2 {
				if v, ok, err := c.Get(i); ok != (i < n) || ok && v != -i || err != nil {
					t.Fatalf("%s: a clone of %d: %d, %t, %v for %d", rel, n, v, ok, err, i)
				}
			}
		}
	}
}

// TestHints: a hint makes room at once, and one that is too large for the runtime makes
// none. New returns an error if the runtime would make more room than is modelled.
func TestHints(t *testing.T) {
	for _, rel := range []string{"go1.9", "go1.17", "go1.23"} {
		m := newInts(t, gomap.Config[int]{Release: rel, Hint: 100})
		if n := len(m.Snapshot().Buckets); n != 16 {
			t.Errorf("%s: %d buckets for 100 entries", rel, n)
		}
	}
	for _, rel := range []string{"go1.24", "go1.26"} {
		m := newInts(t, gomap.Config[int]{Release: rel, Hint: 100})
		if s := m.Snapshot(); len(s.Tables) != 1 || s.Tables[0].Capacity != 128 {
			t.Errorf("%s: %d tables for 100 entries", rel, len(s.Tables))
		}
		for hint, none := range map[int64]bool{1 << 20: false, 1 << 44: true, 1 << 50: true, 1 << 62: true} {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: hint})
			if err != nil || none != (len(m.Snapshot().Tables) == 0) {
				t.Errorf("%s: a hint of %d: %v", rel, hint, err)
			}
		}
		if _, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: 1 << 30}); err == nil {
			t.Errorf("%s: room for 1<<30 entries", rel)
		}
	}
}

// TestWiped: the memory of a map keeps no pointers of deleted or cleared entries.
func TestWiped(t *testing.T) {
	for _, n := range []int{5, 100} {
		m, err := gomap.New[string, *int](gomap.Config[string]{Release: "go1.26"})
		if err != nil {
			t.Fatal(err)
		}
		for _, clears := range []bool{false, true} {
			for i := range n {
				if _, err := m.Put(fmt.Sprint("key ", i), new(int)); err != nil {
					t.Fatal(err)
				}
			}
			if clears {
				_, err = m.Clear()
			} else {
				for i := range n {
					if _, err = m.Delete(fmt.Sprint("key ", i)); err != nil {
						break
					}
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			s := m.Snapshot()
			units := s.Small
			for _, t := range s.Tables {
				units = append(units, t.Groups...)
			}
			for _, u := range units {
				for _, k := range u.Slots {
					if k.Elem != nil || k.Key != "" {
						t.Fatalf("of %d, clear %v: %q is kept", n, clears, k.Key)
					}
				}
			}
		}
	}
}

// TestDrawnTables: the text of a table names its places in the directory.
func TestDrawnTables(t *testing.T) {
	for want, hash := range map[string]func(k int, _ uint64) uint64{
		"1700 entries\ntable 12 at 0: 512 of 1024 slots, room for 384\n  group 0 0 1 2": func(k int, _ uint64) uint64 { return uint64(k) << 52 },
		// The lower half of the hashes stays empty.
		"at 0-3: 0 of 1024 slots, room for 896\n  group 0 . . .": func(k int, _ uint64) uint64 { return uint64(4095-k) << 52 },
	} {
		m := newInts(t, gomap.Config[int]{Release: "go1.26", Hash: hash})
		put(t, m, upTo(1700)...)
		if text := m.Snapshot().String(); !strings.Contains(text, want) || len(m.Snapshot().Directory) != 8 {
			t.Errorf("no %q in\n%.300s", want, text)
		}
	}
}
