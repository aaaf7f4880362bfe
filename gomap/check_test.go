package gomap

import "testing"

// TestCheckNotices: Check returns an error for each count or place that is wrong, in
// whichever table or bucket.
func TestCheckNotices(t *testing.T) {
	type ints = Map[int, int]
	for _, tt := range []struct {
		what    string
		release string
		entries int
		harm    func(m *ints)
	}{
		{"nothing", "go1.26", 5, nil},
		{"nothing", "go1.26", 5000, nil},
		{"nothing", "go1.23", 5000, nil},
		{"the length of a small map", "go1.26", 5, func(m *ints) { m.used++ }},
		{"the length", "go1.26", 5000, func(m *ints) { m.used++ }},
		{"the depth of the directory", "go1.26", 5000, func(m *ints) { m.swiss.globalDepth++ }},
		{"a table's place", "go1.26", 5000, func(m *ints) { last(m).index++ }},
		{"a table's depth", "go1.26", 5000, func(m *ints) { last(m).localDepth = 20 }},
		{"the number of places", "go1.26", 5000, func(m *ints) { last(m).localDepth-- }},
		{"the entries of the first table", "go1.26", 5000, func(m *ints) { m.swiss.directory[0].used++; m.used++ }},
		{"the entries of the last table", "go1.26", 5000, func(m *ints) { last(m).used++; m.used++ }},
		{"the room of the first table", "go1.26", 5000, func(m *ints) { m.swiss.directory[0].growthLeft-- }},
		{"the room of the last table", "go1.26", 5000, func(m *ints) { last(m).growthLeft++ }},
		{"the lack of an empty slot", "go1.26", 20, func(m *ints) {
			k := last(m)
			for i := range k.groups {
				for slot := range slots {
					if g := &k.groups[i]; g.byteAt(slot) == ctrlEmpty {
						g.set(slot, ctrlDeleted)
						k.growthLeft--
					}
				}
			}
			m.swiss.tombstone = true
		}},
		{"the length of a map of buckets", "go1.23", 5000, func(m *ints) { m.used-- }},
		{"a tophash", "go1.23", 5000, func(m *ints) { m.old.array[3].top[0] = emptyOne }},
		{"an entry's bucket", "go1.23", 5000, func(m *ints) { m.old.array[3], m.old.array[4] = m.old.array[4], m.old.array[3] }},
		{"a key", "go1.8", 8, func(m *ints) { m.old.array[0].slots[2].key = 1000 }},
		{"the mark of evacuation", "go1.23", 0, func(m *ints) {
			for k := 0; m.old.old == nil; k++ {
				if _, err := m.Put(k, k); err != nil {
					t.Fatal(err)
				}
			}
			m.old.evacuated = m.oldBuckets()
		}},
	} {
		m, err := New[int, int](Config[int]{Release: tt.release})
		if err != nil {
			t.Fatal(err)
		}
		for k := range tt.entries {
			if _, err := m.Put(k, k); err != nil {
				t.Fatal(err)
			}
		}
		if tt.harm != nil {
			tt.harm(m)
		}
		if err := m.Check(); (err != nil) != (tt.harm != nil) {
			t.Errorf("%s, with %d entries: %s is wrong: %v", tt.release, tt.entries, tt.what, err)
		}
	}
}

func last(m *Map[int, int]) *table[int, int] {
	return m.swiss.directory[len(m.swiss.directory)-1]
}
