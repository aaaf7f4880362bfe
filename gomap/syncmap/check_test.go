package syncmap

import (
	"strings"
	"testing"
)

// TestCheck breaks each invariant, and sees Check report it.
func TestCheck(t *testing.T) {
	entryOf := func(m *Map[int, int], key int) *entry[int] {
		for k, e := range contents(m.maps.read) {
			if k == key {
				return e
			}
		}
		t.Fatalf("read has no %d", key)
		return nil
	}
	lowest := func(m *Map[int, int]) *node[int, int] {
		n := m.trie.root
		for i := 0; i < places; i++ {
			if below := n.places[i].node; below != nil {
				n, i = below, -1
			}
		}
		return n
	}
	for _, c := range []struct {
		name, release, want string
		change              func(m *Map[int, int])
	}{
		{"unchanged", "go1.23", "", func(*Map[int, int]) {}},
		{"unchanged", "", "", func(*Map[int, int]) {}},
		{"an expunged entry with a value", "go1.23", "has a value", func(m *Map[int, int]) { entryOf(m, 1).value = new(int) }},
		{"an expunged entry and no dirty map", "go1.23", "there is a dirty map: false", func(m *Map[int, int]) { m.maps.dirty, m.maps.amended = nil, false }},
		{"an expunged entry in the dirty map", "go1.23", "in the dirty map: true, and expunged: true", func(m *Map[int, int]) { e := entryOf(m, 2); e.gone, e.value = true, nil }},
		{"an entry that the dirty map lacks", "go1.23", "in the dirty map: false, and expunged: false", func(m *Map[int, int]) { entryOf(m, 1).gone = false }},
		{"read is said to have all", "go1.23", "read is not amended", func(m *Map[int, int]) { m.maps.amended = false }},
		{"read is said to lack some", "go1.23", "there is no dirty map", func(m *Map[int, int]) { entryOf(m, 1).gone, m.maps.dirty = false, nil }},
		{"another parent", "", "another parent", func(m *Map[int, int]) { n := lowest(m); n.parent = n }},
		{"an empty node", "", "is empty", func(m *Map[int, int]) { lowest(m).places = [places]place[int, int]{} }},
		{"a node and entries", "", "has a node and entries", func(m *Map[int, int]) {
			n := lowest(m)
			for i := range n.parent.places {
				if p := &n.parent.places[i]; p.node == n {
					p.entry = &leaf[int, int]{}
				}
			}
		}},
	} {
		m, err := New[int, int](Config[int]{Release: c.release, Hash: func(k int, _ uint64) uint64 { return uint64(k) }})
		if err != nil {
			t.Fatal(err)
		}
		store := func(keys ...int) {
			for _, key := range keys {
				if _, err := m.Store(key, 7); err != nil {
					t.Fatal(err)
				}
			}
		}
		store(1, 2, 3)
		if err := m.Range(func(int, int) bool { return true }); err != nil { // promotes
			t.Fatal(err)
		}
		if _, err := m.Delete(1); err != nil {
			t.Fatal(err)
		}
		store(4) // the dirty map is made, and 1 expunged
		c.change(m)
		got := ""
		if err := m.Check(); err != nil {
			got = err.Error()
		}
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s %s: Check returns %q, want %q", c.release, c.name, got, c.want)
		}
	}
}
