package gomap

import (
	"fmt"
	"slices"
)

// Clone copies the map: maps.Clone. In Go 1.24 entries are put into a new map, in the
// order of a range; since 1.25 the memory is copied, with its seed and its tombstones.
// The copy has no Trace. It returns an error before Go 1.21, which added maps.Clone, and
// a *[crash.Error] if another goroutine writes.
func (m *Map[K, V]) Clone() (*Map[K, V], error) {
	if err := m.usable(); err != nil {
		return nil, err
	}
	if !m.rules.clone {
		return nil, fmt.Errorf("gomap: maps.Clone came with go1.21, and the release is %v", m.release)
	}
	if m.isNil {
		return m.sibling(), nil
	}
	if m.writing {
		return nil, m.crash(CloneAndWrite)
	}
	switch {
	case !m.rules.swiss:
		return m.cloneBuckets()
	case !m.rules.cloneDeep:
		return m.cloneEntries()
	}
	c := m.sibling()
	c.used, c.seed, c.swiss = m.used, m.seed, m.swiss
	c.allocate("map", headerBytes, false)
	if m.swiss.small != nil {
		g := *m.swiss.small
		c.swiss.small = &g
		c.allocate("groups", m.shape.layout.Unit.Size, m.shape.noscan)
		c.allocateCopies(g.matchFull().count())
	}
	if n := len(m.swiss.directory); n > 0 {
		c.swiss.directory = make([]*table[K, V], n)
		c.allocate("directory", 8*int64(n), false)
	}
	for i, t := range m.swiss.directory {
		if i > 0 && t == m.swiss.directory[i-1] {
			c.swiss.directory[i] = c.swiss.directory[i-1]
			continue
		}
		copied := *t
		copied.groups = slices.Clone(t.groups)
		c.swiss.directory[i] = &copied
		c.allocate("table", tableBytes, false)
		c.allocate("groups", m.shape.layout.Unit.Size*int64(len(t.groups)), m.shape.noscan)
		c.allocateCopies(t.used)
	}
	c.blocks = Blocks{}
	return c, nil
}

// allocateCopies counts the blocks of n entries.
func (m *Map[K, V]) allocateCopies(n int) {
	if m.shape.layout.IndirectKey || m.shape.layout.IndirectElem {
		for range n {
			m.allocateEntry()
		}
	}
}

// sibling returns an empty map like m.
func (m *Map[K, V]) sibling() *Map[K, V] {
	c := &Map[K, V]{
		ready: true, isNil: m.isNil, rules: m.rules, hash: m.hash, rand: m.rand, shape: m.shape,
		keySize: m.keySize, release: m.release, sizes: m.sizes, config: m.config,
	}
	c.config.Trace = nil
	return c
}

// cloneEntries is maps.Clone of Go 1.24.
func (m *Map[K, V]) cloneEntries() (*Map[K, V], error) {
	c := m.sibling()
	if err := c.make(int64(m.used)); err != nil {
		return nil, err
	}
	it, err := m.Range()
	if err != nil {
		return nil, err
	}
	for it.Next() {
		if _, err := c.Put(it.Key(), it.Elem()); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// cloneBuckets is maps.Clone of Go 1.21 to 1.23: runtime/map.go:mapclone2. Entries are
// copied bucket by bucket, with their tophash, into an array that fits.
func (m *Map[K, V]) cloneBuckets() (*Map[K, V], error) {
	c := m.sibling()
	hint := int64(m.used)
	if m.rules.overLoad(hint, m.old.b) {
		hint = int64(m.rules.loadNum) * (1 << m.old.b / 2)
	}
	if err := c.make(hint); err != nil {
		return nil, err
	}
	c.seed = m.seed
	h, src := &c.old, &m.old
	if m.used == 0 {
		return c, nil
	}
	if h.array == nil {
		h.array = make([]bucket[K, V], 1)
		c.allocate("buckets", m.shape.layout.Unit.Size, m.noscanBuckets())
	}
	if src.b == 0 && !m.shape.layout.IndirectElem && !m.shape.layout.IndirectKey {
		h.array[0] = src.array[0]
		h.array[0].overflow = nil
		c.used = m.used
		return c, nil
	}
	for i := range 1 << h.b {
		to := target[K, V]{b: &h.array[i], n: i}
		for j := i; j < 1<<src.b; j += 1 << h.b {
			for b := &src.array[j]; b != nil; b = b.overflow {
				c.copyBucket(&to, b)
			}
		}
	}
	for i := range m.oldBuckets() {
		b := &src.old[i]
		if isEvacuated(&m.rules, b) {
			continue
		}
		if m.oldBuckets() >= 1<<h.b {
			n := i & (1<<h.b - 1)
			to := target[K, V]{b: &h.array[n], n: n}
			for to.b.overflow != nil {
				to.b = to.b.overflow
			}
			for ; b != nil; b = b.overflow {
				c.copyBucket(&to, b)
			}
			continue
		}
		for ; b != nil; b = b.overflow {
			for j, top := range b.top {
				if m.rules.isEmpty(top) {
					continue
				}
				if _, err := c.Put(b.slots[j].key, b.slots[j].elem); err != nil {
					return nil, err
				}
			}
		}
	}
	c.blocks = Blocks{}
	return c, nil
}

// copyBucket appends the entries of a bucket: runtime/map.go:moveToBmap.
func (m *Map[K, V]) copyBucket(to *target[K, V], b *bucket[K, V]) {
	for i, top := range b.top {
		if m.rules.isEmpty(top) {
			continue
		}
		for to.i < slots && !m.rules.isEmpty(to.b.top[to.i]) {
			to.i++
		}
		m.move(to, b.slots[i], top)
		m.used++
		m.allocateEntry()
	}
}
