package gomap

// A table is a hash table of 8 to 1024 slots, with open addressing:
// internal/runtime/maps/table.go:table.
type table[K comparable, V any] struct {
	number     int // in the order in which they were made, from 1
	used       int
	capacity   int // slots
	growthLeft int // empty slots that may be filled before it grows
	localDepth uint8
	index      int // of the first place in the directory; -1: another has taken its place
	mask       uint64
	groups     []group[K, V]
}

// newTable makes a table of n slots, a power of two.
func (m *Map[K, V]) newTable(capacity, index int, localDepth uint8) *table[K, V] {
	m.swiss.made++
	t := &table[K, V]{number: m.swiss.made, capacity: capacity, index: index, localDepth: localDepth, growthLeft: maxGrowthLeft(capacity)}
	t.groups = make([]group[K, V], capacity/slots)
	t.mask = uint64(len(t.groups) - 1)
	for i := range t.groups {
		t.groups[i].ctrl = emptyWord
	}
	m.allocate("table", tableBytes, false)
	m.allocate("groups", m.shape.layout.Unit.Size*int64(len(t.groups)), m.shape.noscan)
	return t
}

// maxGrowthLeft reports how many entries fit a table of n slots.
func maxGrowthLeft(capacity int) int {
	if capacity <= slots {
		return capacity - 1
	}
	return capacity * maxAvgLoad / slots
}

func (t *table[K, V]) tombstones() int {
	return t.capacity*maxAvgLoad/slots - t.used - t.growthLeft
}

// find looks for a key: groups h1, h1+1, h1+3, h1+6 and so on, modulo their number,
// until one has an empty slot. It reports how many it looked at, too.
func (t *table[K, V]) find(hash uint64, key K) (g *group[K, V], i, at, probes int) {
	low := h2(hash)
	offset := h1(hash) & t.mask
	for n := uint64(1); ; n++ {
		g := &t.groups[offset]
		for c := g.matchH2(low); c != 0; c = c.rest() {
			if i := c.first(); g.slots[i].key == key {
				return g, i, int(offset), int(n)
			}
		}
		if g.matchEmpty() != 0 || n > t.mask {
			return nil, 0, 0, int(n)
		}
		offset = (offset + n) & t.mask
	}
}

// putNew puts an entry whose key is not there into a table without tombstones that
// has room for it: table.go:uncheckedPutSlot.
func (t *table[K, V]) putNew(hash uint64, e slot[K, V]) {
	offset := h1(hash) & t.mask
	for n := uint64(1); n <= t.mask+1; n++ {
		g := &t.groups[offset]
		if c := g.matchEmptyOrDeleted(); c != 0 {
			i := c.first()
			g.slots[i] = e
			g.set(i, h2(hash))
			t.growthLeft--
			t.used++
			return
		}
		offset = (offset + n) & t.mask
	}
}

// put puts an entry into a table. It reports false if the table has been replaced by
// a larger one, or by two: the caller starts over.
func (m *Map[K, V]) put(t *table[K, V], hash uint64, key K, elem V, out *Outcome) bool {
	low := h2(hash)
	offset := h1(hash) & t.mask
	var tomb *group[K, V] // the first group with a tombstone
	tombAt := 0
	for n := uint64(1); ; n++ {
		g := &t.groups[offset]
		for c := g.matchH2(low); c != 0; c = c.rest() {
			if i := c.first(); g.slots[i].key == key {
				g.slots[i] = slot[K, V]{key, elem}
				out.What, out.Place, out.Probes = Updated, Place{t.number, int(offset), i}, out.Probes+int(n)
				return true
			}
		}
		free := g.matchEmptyOrDeleted()
		if free != 0 && tomb == nil && g.byteAt(free.first()) == ctrlDeleted {
			tomb, tombAt = g, int(offset)
		}
		if g.matchEmpty() == 0 && n <= t.mask { // the second holds, except for hash functions with two hashes of a key
			offset = (offset + n) & t.mask
			continue
		}
		out.Probes += int(n)
		if tomb != nil {
			g, offset, free = tomb, uint64(tombAt), tomb.matchEmptyOrDeleted()
			t.growthLeft++ // it takes no empty slot
		}
		if t.growthLeft == 0 && m.prunes() {
			m.pruneTombstones(t)
		}
		if t.growthLeft == 0 || free == 0 {
			m.rehash(t)
			return false
		}
		i := free.first()
		g.slots[i] = slot[K, V]{key, elem}
		g.set(i, low)
		t.growthLeft--
		t.used++
		m.used++
		m.allocateEntry()
		out.What, out.Place = Inserted, Place{t.number, int(offset), i}
		return true
	}
}

// remove empties the slot of a key. In a group without an empty slot it leaves a
// tombstone: a search for another key may have passed here.
func (m *Map[K, V]) remove(t *table[K, V], hash uint64, key K, out *Outcome) {
	g, i, at, probes := t.find(hash, key)
	out.Probes = probes
	if g == nil {
		return
	}
	t.used--
	m.used--
	m.wipe(&g.slots[i])
	out.What, out.Place = Deleted, Place{t.number, at, i}
	if g.matchEmpty() != 0 {
		g.set(i, ctrlEmpty)
		t.growthLeft++
		return
	}
	g.set(i, ctrlDeleted)
	m.swiss.tombstone = m.rules.mayTomb
	out.Tombstone = true
}

// wipe clears what a delete clears of an entry: the element, and a key that has
// pointers.
func (m *Map[K, V]) wipe(e *slot[K, V]) {
	if m.shape.keyPointers {
		clear1(&e.key)
	}
	clear1(&e.elem)
}

func clear1[T any](p *T) {
	var zero T
	*p = zero
}

// clearTable empties a table.
func (m *Map[K, V]) clearTable(t *table[K, V]) {
	full := maxGrowthLeft(t.capacity)
	if m.rules.clearTested && t.used == 0 && t.growthLeft == full {
		return
	}
	tested := m.rules.clearTested
	if m.rules.clearBound && m.shape.layout.Slot <= 32 {
		tested = uint64(t.used)*4 <= t.mask
	}
	for i := range t.groups {
		if g := &t.groups[i]; !tested || g.matchFull() != 0 {
			*g = group[K, V]{}
		}
		t.groups[i].ctrl = emptyWord
	}
	t.used, t.growthLeft = 0, full
}
