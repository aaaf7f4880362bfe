package gomap

// prunes reports whether an assignment looks for tombstones that nobody needs: the
// generic one does not.
func (m *Map[K, V]) prunes() bool {
	switch m.shape.path {
	case Generic:
		return false
	case Fast64Ptr:
		return m.rules.prunePtr && !m.reflects
	}
	return m.rules.prune && (!m.reflects || m.shape.path == FastString)
}

// pruneTombstones makes the tombstones of a group empty slots if no search for a key
// that is there passes the group: table.go:pruneTombstones. It does so only if that
// gives a tenth of the table back.
func (m *Map[K, V]) pruneTombstones(t *table[K, V]) {
	if t.tombstones()*10 < t.capacity {
		return
	}
	m.busy()
	defer m.idle()
	var needed [maxTable / slots]bool
	for i := range t.groups {
		g := &t.groups[i]
		for c := g.matchFull(); c != 0; c = c.rest() {
			key := g.slots[c.first()].key
			if key != key {
				continue // a NaN, which no search finds
			}
			offset := h1(m.hash(key, m.seed)) & t.mask
			for n := uint64(1); offset != uint64(i) && n <= t.mask+1; n++ {
				if t.groups[offset].matchEmptyOrDeleted() != 0 {
					needed[offset] = true
				}
				offset = (offset + n) & t.mask
			}
		}
		if g.matchEmpty() != 0 {
			needed[i] = true
		}
	}
	count := 0
	for i := range t.groups {
		if !needed[i] {
			count += t.groups[i].matchEmptyOrDeleted().count()
		}
	}
	if count*10 < t.capacity {
		return
	}
	for i := range t.groups {
		g := &t.groups[i]
		for c := g.matchEmptyOrDeleted(); c != 0 && !needed[i]; c = c.rest() {
			g.set(c.first(), ctrlEmpty)
			t.growthLeft++
		}
	}
	m.event(Event{Kind: Pruned, Table: t.number, N: count})
}
