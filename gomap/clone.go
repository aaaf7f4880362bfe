package gomap

import (
	"fmt"
	"slices"
)

// Clone copies the map: maps.Clone. In Go 1.24 entries are put into a new map, in
// the order of a range; since 1.25 the memory is copied, with its seed and its
// tombstones. The copy has no Trace. It returns an error before Go 1.21, which
// brought maps.Clone, and a [*crash.Error] if another goroutine writes.
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

// allocateCopies counts the blocks of so many entries.
func (m *Map[K, V]) allocateCopies(n int) {
	if m.shape.layout.IndirectKey || m.shape.layout.IndirectElem {
		for range n {
			m.allocateEntry()
		}
	}
}

// sibling is an empty map like m.
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
