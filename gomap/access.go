package gomap

// Put assigns to a key: m[key] = elem. It returns a [*crash.Error] if the map is nil,
// the key cannot be hashed, or another goroutine writes.
func (m *Map[K, V]) Put(key K, elem V) (Outcome, error) {
	if !m.ready || m.isNil || m.writing || m.shape.dynamic {
		if err := m.before(write, key); err != nil {
			return Outcome{}, err
		}
	}
	if m.rules.swiss {
		return m.putSwiss(key, elem)
	}
	return m.putBucket(key, elem)
}

// SetMapIndex assigns as reflect.Value.SetMapIndex does: of the fast paths, it has only
// that for strings. Errors are those of Put.
func (m *Map[K, V]) SetMapIndex(key K, elem V) (Outcome, error) {
	m.reflects = true
	defer func() { m.reflects = false }()
	return m.Put(key, elem)
}

func (m *Map[K, V]) putSwiss(key K, elem V) (out Outcome, err error) {
	s := &m.swiss
	hash := m.hash(key, m.seed)
	if len(s.directory) == 0 {
		done := m.putSmall(hash, key, elem, &out)
		if done {
			return m.done(out)
		}
		m.growToTable()
	}
	for !m.put(s.directory[m.directoryIndex(hash)], hash, key, elem, &out) {
		if m.fault != nil {
			return m.done(out)
		}
	}
	return m.done(out)
}

// putSmall puts an entry into a small map: map.go:putSlotSmall. It reports false if
// the map is to become a table first: with a ninth key, and up to Go 1.26 with any
// assignment to a full one.
func (m *Map[K, V]) putSmall(hash uint64, key K, elem V, out *Outcome) bool {
	s := &m.swiss
	if s.small == nil {
		m.allocate("groups", m.shape.layout.Unit.Size, m.shape.noscan)
		s.small = &group[K, V]{ctrl: emptyWord}
	}
	if m.used == slots && m.rules.updateGrows {
		return false
	}
	out.Probes = 1
	g := s.small
	for c := g.matchH2(h2(hash)); c != 0; c = c.rest() {
		if i := c.first(); g.slots[i].key == key {
			g.slots[i] = slot[K, V]{key, elem}
			out.What, out.Place = Updated, Place{Slot: i}
			return true
		}
	}
	c := g.matchEmptyOrDeleted()
	if c == 0 {
		out.Probes = 0
		return false
	}
	i := c.first()
	g.slots[i] = slot[K, V]{key, elem}
	g.set(i, h2(hash))
	m.used++
	m.allocateEntry()
	out.What, out.Place = Inserted, Place{Slot: i}
	return true
}

func (m *Map[K, V]) directoryIndex(hash uint64) uint64 {
	if len(m.swiss.directory) == 1 {
		return 0
	}
	return hash >> (64 - m.swiss.globalDepth)
}

// done ends an operation.
func (m *Map[K, V]) done(out Outcome) (Outcome, error) {
	out.Mallocs, out.Bytes = m.blocks.Mallocs, m.blocks.Bytes
	m.blocks = Blocks{}
	if m.fault != nil {
		err := m.fault
		m.fault = nil
		return Outcome{}, err
	}
	if m.tells {
		m.event(Event{Kind: Kind(out.What), Table: out.Place.Table, Unit: out.Place.Unit, Slot: out.Place.Slot, N: out.Probes})
	}
	return out, nil
}

// Get looks a key up: elem, ok := m[key]. It returns a [*crash.Error] if the key
// cannot be hashed, or another goroutine writes.
func (m *Map[K, V]) Get(key K) (elem V, ok bool, err error) {
	if !m.ready || m.isNil || m.writing || m.shape.dynamic {
		if err := m.before(read, key); err != nil {
			return elem, false, err
		}
	}
	if m.used == 0 {
		return elem, false, nil
	}
	if !m.rules.swiss {
		e, _, _ := m.findBucket(m.hash(key, m.seed), key)
		if e == nil {
			return elem, false, nil
		}
		return e.elem, true, nil
	}
	hash := m.hash(key, m.seed)
	if len(m.swiss.directory) == 0 {
		g := m.swiss.small
		for c := g.matchH2(h2(hash)); c != 0; c = c.rest() {
			if e := &g.slots[c.first()]; e.key == key {
				return e.elem, true, nil
			}
		}
		return elem, false, nil
	}
	if g, i, _, _ := m.swiss.directory[m.directoryIndex(hash)].find(hash, key); g != nil {
		return g.slots[i].elem, true, nil
	}
	return elem, false, nil
}

// Find looks a key up as Get does, and reports where it lies and how many groups or
// buckets the search took. Errors are those of Get.
func (m *Map[K, V]) Find(key K) (Outcome, error) {
	if !m.ready || m.isNil || m.writing || m.shape.dynamic {
		if err := m.before(read, key); err != nil {
			return Outcome{}, err
		}
	}
	out := Outcome{What: Absent}
	if m.used == 0 {
		return m.done(out)
	}
	e, at, probes := m.lookup(key)
	out.Probes = probes
	if e != nil {
		out.What, out.Place = Found, at
	}
	return m.done(out)
}

// lookup finds an entry in a map that is not empty.
func (m *Map[K, V]) lookup(key K) (*slot[K, V], Place, int) {
	hash := m.hash(key, m.seed)
	if !m.rules.swiss {
		return m.findBucket(hash, key)
	}
	if len(m.swiss.directory) == 0 {
		g := m.swiss.small
		for c := g.matchH2(h2(hash)); c != 0; c = c.rest() {
			if i := c.first(); g.slots[i].key == key {
				return &g.slots[i], Place{Slot: i}, 1
			}
		}
		return nil, Place{}, 1
	}
	t := m.swiss.directory[m.directoryIndex(hash)]
	g, i, at, probes := t.find(hash, key)
	if g == nil {
		return nil, Place{}, probes
	}
	return &g.slots[i], Place{t.number, at, i}, probes
}

// Delete deletes a key: delete(m, key). A nil map is empty. Errors are those of Put.
func (m *Map[K, V]) Delete(key K) (Outcome, error) {
	if !m.ready || m.isNil || m.writing || m.shape.dynamic {
		if err := m.before(remove, key); err != nil {
			return Outcome{}, err
		}
	}
	out := Outcome{What: Absent}
	switch {
	case m.used == 0:
		return m.done(out)
	case !m.rules.swiss:
		return m.deleteBucket(key)
	}
	hash := m.hash(key, m.seed)
	if len(m.swiss.directory) > 0 {
		m.remove(m.swiss.directory[m.directoryIndex(hash)], hash, key, &out)
	} else {
		out.Probes = 1
		g := m.swiss.small
		for c := g.matchH2(h2(hash)); c != 0; c = c.rest() {
			if i := c.first(); g.slots[i].key == key {
				m.used--
				m.wipe(&g.slots[i])
				g.set(i, ctrlEmpty)
				out.What, out.Place = Deleted, Place{Slot: i}
				break
			}
		}
	}
	if m.used == 0 {
		m.reseed()
	}
	return m.done(out)
}

// reseed draws a new seed.
func (m *Map[K, V]) reseed() {
	m.seed = m.rand()
	m.event(Event{Kind: Reseeded})
}

// Clear deletes all entries: clear(m). Before Go 1.21, which added clear, it is a loop
// that deletes every key. It returns a [*crash.Error] if another goroutine writes.
func (m *Map[K, V]) Clear() (Outcome, error) {
	if !m.ready || m.isNil || m.writing {
		if err := m.free(remove); err != nil {
			return Outcome{}, err
		}
	}
	out := Outcome{What: Cleared}
	if !m.rules.swiss {
		return m.clearBuckets()
	}
	s := &m.swiss
	if m.used == 0 && !s.tombstone {
		return m.done(out)
	}
	if len(s.directory) == 0 {
		*s.small = group[K, V]{ctrl: emptyWord}
	} else {
		for i, t := range s.directory {
			if i == 0 || t != s.directory[i-1] {
				m.clearTable(t)
			}
		}
		s.tombstone = false
	}
	m.used = 0
	s.clearSeq++
	m.reseed()
	return m.done(out)
}
