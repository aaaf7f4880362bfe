package gomap

import "fmt"

// rehash makes room: a table of twice the size, or two of the greatest.
func (m *Map[K, V]) rehash(t *table[K, V]) {
	m.busy()
	defer m.idle()
	if 2*t.capacity <= maxTable {
		m.grow(t)
		return
	}
	m.split(t)
}

// grow replaces a table by one of twice the size: table.go:grow. The entries come
// there in the order of their slots, and the old table stays as it is, for the
// ranges that are on their way through it.
func (m *Map[K, V]) grow(t *table[K, V]) {
	bigger := m.newTable(2*t.capacity, t.index, t.localDepth)
	for e := range t.full() {
		bigger.putNew(m.hash(e.key, m.seed), *e)
	}
	m.install(bigger)
	t.index = -1
	m.event(Event{Kind: Grew, Table: bigger.number, Of: t.number, N: bigger.capacity})
}

// split divides a table by the next bit of its hashes, from the top: table.go:split.
func (m *Map[K, V]) split(t *table[K, V]) {
	s := &m.swiss
	depth := t.localDepth + 1
	if t.localDepth == s.globalDepth && 2*len(s.directory) > maxDirectory || depth > 64 {
		m.fault = fmt.Errorf("gomap: the hash function puts too many keys together: a directory of over %d tables is not modelled", maxDirectory)
		return
	}
	left, right := m.newTable(maxTable, -1, depth), m.newTable(maxTable, -1, depth)
	for e := range t.full() {
		hash := m.hash(e.key, m.seed)
		if hash>>(64-depth)&1 == 0 {
			left.putNew(hash, *e)
		} else {
			right.putNew(hash, *e)
		}
	}
	if t.localDepth == s.globalDepth {
		m.doubleDirectory()
	}
	left.index = t.index
	m.install(left)
	right.index = left.index + 1<<(s.globalDepth-depth)
	m.install(right)
	t.index = -1
	m.event(Event{Kind: Split, Table: left.number, And: right.number, Of: t.number, N: left.used})
}

// doubleDirectory has every table twice in the directory: map.go:installTableSplit.
func (m *Map[K, V]) doubleDirectory() {
	s := &m.swiss
	doubled := make([]*table[K, V], 2*len(s.directory))
	for i, t := range s.directory {
		doubled[2*i], doubled[2*i+1] = t, t
		if t.index == i {
			t.index = 2 * i
		}
	}
	m.allocate("directory", 8*int64(len(doubled)), false)
	s.directory = doubled
	s.globalDepth++
	m.event(Event{Kind: Doubled, N: len(doubled)})
}

// install puts a table at its places in the directory.
func (m *Map[K, V]) install(t *table[K, V]) {
	for i := range 1 << (m.swiss.globalDepth - t.localDepth) {
		m.swiss.directory[t.index+i] = t
	}
}

// growToTable makes a table of a small map's group: map.go:growToTable.
func (m *Map[K, V]) growToTable() {
	m.busy()
	defer m.idle()
	t := m.newTable(2*slots, 0, 0)
	g := m.swiss.small
	for c := g.matchFull(); c != 0; c = c.rest() {
		e := g.slots[c.first()]
		t.putNew(m.hash(e.key, m.seed), e)
	}
	m.allocate("directory", 8, false)
	m.swiss.small, m.swiss.directory, m.swiss.globalDepth = nil, []*table[K, V]{t}, 0
	m.event(Event{Kind: Grew, Table: t.number, N: t.capacity})
}

// full yields the entries of a table, in the order of their slots.
func (t *table[K, V]) full() func(yield func(*slot[K, V]) bool) {
	return func(yield func(*slot[K, V]) bool) {
		for i := range t.groups {
			g := &t.groups[i]
			for c := g.matchFull(); c != 0; c = c.rest() {
				if !yield(&g.slots[c.first()]) {
					return
				}
			}
		}
	}
}
