package gomap

import "fmt"

// Check returns an error for the first broken invariant.
func (m *Map[K, V]) Check() error {
	if m.hash == nil {
		return nil
	}
	if !m.rules.swiss {
		return m.checkBuckets()
	}
	s := &m.swiss
	if len(s.directory) == 0 {
		n := 0
		if s.small != nil {
			n = s.small.matchFull().count()
		}
		if n != m.used {
			return fmt.Errorf("gomap: a small map of length %d has %d full slots", m.used, n)
		}
		return nil
	}
	if len(s.directory) != 1<<s.globalDepth {
		return fmt.Errorf("gomap: a directory of depth %d has %d places", s.globalDepth, len(s.directory))
	}
	total := 0
	for i := 0; i < len(s.directory); {
		t := s.directory[i]
		if t.index != i || t.localDepth > s.globalDepth {
			return fmt.Errorf("gomap: table %d is at place %d of the directory and has index %d, depth %d", t.number, i, t.index, t.localDepth)
		}
		for range 1 << (s.globalDepth - t.localDepth) {
			if i >= len(s.directory) || s.directory[i] != t {
				return fmt.Errorf("gomap: table %d has too few places in the directory", t.number)
			}
			i++
		}
		if err := m.checkTable(t); err != nil {
			return err
		}
		total += t.used
	}
	if total != m.used {
		return fmt.Errorf("gomap: the tables have %d entries, the map has %d", total, m.used)
	}
	return nil
}

// checkTable checks a table by itself: table_debug.go:checkInvariants.
func (m *Map[K, V]) checkTable(t *table[K, V]) error {
	used, deleted := 0, 0
	for i := range t.groups {
		g := &t.groups[i]
		used += g.matchFull().count()
		free, empty := g.matchEmptyOrDeleted().count(), g.matchEmpty().count()
		deleted += free - empty
		if empty > 0 && empty < free {
			return fmt.Errorf("gomap: group %d of table %d has empty slots and tombstones", i, t.number)
		}
	}
	switch {
	case used != t.used:
		return fmt.Errorf("gomap: table %d has %d full slots and counts %d", t.number, used, t.used)
	case t.growthLeft != maxGrowthLeft(t.capacity)-used-deleted:
		return fmt.Errorf("gomap: table %d may grow by %d, with %d entries and %d tombstones of %d", t.number, t.growthLeft, used, deleted, t.capacity)
	case deleted > 0 && m.rules.mayTomb && !m.swiss.tombstone:
		return fmt.Errorf("gomap: table %d has tombstones that the header denies", t.number)
	case used+deleted == t.capacity:
		return fmt.Errorf("gomap: table %d has no empty slot", t.number)
	}
	return nil
}

// checkBuckets checks that every entry is where a search finds it, and that the
// counts are right.
func (m *Map[K, V]) checkBuckets() error {
	h := &m.old
	n := 0
	var lost error
	count := func(b *bucket[K, V]) {
		for ; b != nil; b = b.overflow {
			for i, top := range b.top {
				if top < m.rules.minTop {
					continue
				}
				n++
				key := b.slots[i].key
				if key != key { // nothing finds a NaN
					continue
				}
				if e, _, _ := m.findBucket(m.hash(key, m.seed), key); e != &b.slots[i] && lost == nil {
					lost = fmt.Errorf("gomap: a search does not find the entry of %v", key)
				}
			}
		}
	}
	if h.array != nil {
		for i := range 1 << h.b {
			count(&h.array[i])
		}
	}
	for i := range m.oldBuckets() {
		switch evacuated := isEvacuated(&m.rules, &h.old[i]); {
		case !evacuated && i < h.evacuated:
			return fmt.Errorf("gomap: old bucket %d is below the mark, %d, and not evacuated", i, h.evacuated)
		case !evacuated:
			count(&h.old[i])
		}
	}
	if n != m.used {
		return fmt.Errorf("gomap: the buckets have %d entries, the map has %d", n, m.used)
	}
	return lost
}
