package gomap

import "iter"

// An Iter is a range over a map. Between its steps the map may be changed, as by the body
// of the loop. Get one from [Map.Range].
type Iter[K comparable, V any] struct {
	m     *Map[K, V] // nil: there is nothing to range over
	entry slot[K, V]
	at    Place
	err   error
	done  bool

	clearSeq uint64

	// In Swiss tables: internal/runtime/maps/table.go:Iter.
	entryOffset uint64
	dirOffset   uint64
	globalDepth uint8
	small       *group[K, V] // of a map that was small
	dirIndex    int
	tab         *table[K, V]
	entryIndex  uint64

	old bucketIter[K, V]
}

// Range begins a range over the map. It draws two random numbers that decide where it
// begins (one in Go 1.2 to 1.23); an empty map needs none since Go 1.24, and a nil map
// never. It returns a *[crash.Error] if another goroutine writes ([Map.BeginWrite]);
// before Go 1.8 a range does not notice that.
func (m *Map[K, V]) Range() (*Iter[K, V], error) {
	it := new(Iter[K, V])
	return it, it.Init(m)
}

// Init begins a range, as [Map.Range] does, in an Iter that was used before.
func (it *Iter[K, V]) Init(m *Map[K, V]) error {
	*it = Iter[K, V]{}
	if m == nil {
		return errUseNew
	}
	if err := m.usable(); err != nil {
		return err
	}
	if m.isNil || m.used == 0 {
		return nil
	}
	if !m.rules.swiss {
		return it.beginBuckets(m)
	}
	it.m = m
	it.entryOffset, it.dirOffset = m.rand(), m.rand()
	it.globalDepth = m.swiss.globalDepth
	it.clearSeq = m.swiss.clearSeq
	if len(m.swiss.directory) == 0 {
		it.small = m.swiss.small
	}
	if m.tells {
		m.event(Event{Kind: Began, Unit: int(it.dirOffset & uint64(max(len(m.swiss.directory), 1)-1)), Slot: int(it.entryOffset % slots)})
	}
	return nil
}

// Key returns the key of the entry that Next has reached.
func (it *Iter[K, V]) Key() K { return it.entry.key }

// Elem returns the element of that entry.
func (it *Iter[K, V]) Elem() V { return it.entry.elem }

// At returns the place from which the entry came: in the old table, if that has grown
// since.
func (it *Iter[K, V]) At() Place { return it.at }

// Err reports the fatal error that has ended the range, or nil.
func (it *Iter[K, V]) Err() error { return it.err }

// All yields the entries of a range. A fatal error ends it, which [Map.Crashed] then
// returns.
func (m *Map[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		it, err := m.Range()
		if err != nil {
			return
		}
		for it.Next() && yield(it.entry.key, it.entry.elem) {
		}
	}
}

// Next goes on to the next entry, and reports whether there is one.
func (it *Iter[K, V]) Next() bool {
	m := it.m
	if m == nil || it.done {
		return false
	}
	if !m.ready || m.writing {
		if it.err = it.blocked(); it.err != nil {
			it.end()
			return false
		}
	}
	if !m.rules.swiss {
		return it.nextBucket()
	}
	if it.small != nil {
		return it.nextSmall()
	}
	return it.nextTable()
}

// blocked says why a range cannot go on.
func (it *Iter[K, V]) blocked() error {
	m := it.m
	if err := m.usable(); err != nil || !m.rules.detectsRange {
		return err
	}
	return m.crash(RangeAndWrite)
}

func (it *Iter[K, V]) end() {
	it.done = true
	it.entry, it.at = slot[K, V]{}, Place{}
}

// yield is a step that has come to an entry.
func (it *Iter[K, V]) yield(e *slot[K, V], at Place) bool {
	it.entry, it.at = *e, at
	if it.m.tells {
		it.m.event(Event{Kind: Yielded, Table: at.Table, Unit: at.Unit, Slot: at.Slot})
	}
	return true
}

// nextSmall goes on in a map that was small when the range began.
func (it *Iter[K, V]) nextSmall() bool {
	m := it.m
	for it.entryIndex < slots {
		k := int((it.entryIndex + it.entryOffset) % slots)
		it.entryIndex++
		if it.small.byteAt(k)&ctrlEmpty != 0 {
			continue
		}
		e := &it.small.slots[k]
		if len(m.swiss.directory) > 0 { // it has grown: the old group says which keys come
			if e = it.now(e); e == nil {
				continue
			}
		}
		return it.yield(e, Place{Slot: k})
	}
	it.end()
	return false
}

// now returns what the map holds for the key of an old entry: nil if it is gone. A NaN
// cannot be found, nor deleted but by clear, so it comes as it was:
// table.go:grownKeyElem.
func (it *Iter[K, V]) now(old *slot[K, V]) *slot[K, V] {
	m := it.m
	if m.used > 0 {
		if e, _, _ := m.lookup(old.key); e != nil {
			return e
		}
	}
	if it.clearSeq == m.swiss.clearSeq && old.key != old.key {
		return old
	}
	m.event(Event{Kind: Skipped})
	return nil
}

// nextTable goes on through the tables of the directory.
func (it *Iter[K, V]) nextTable() bool {
	s := &it.m.swiss
	if it.globalDepth != s.globalDepth {
		orders := s.globalDepth - it.globalDepth
		it.dirIndex <<= orders
		it.dirOffset <<= orders
		it.globalDepth = s.globalDepth
	}
	for it.dirIndex < len(s.directory) {
		if it.tab == nil {
			i := int((uint64(it.dirIndex) + it.dirOffset) & uint64(len(s.directory)-1))
			t := s.directory[i]
			it.dirOffset -= uint64(i - t.index) // the range begins at a table's first place
			it.tab = t
		}
		if it.nextSlot() {
			return true
		}
		it.dirIndex += 1 << (s.globalDepth - it.tab.localDepth)
		it.tab, it.entryIndex = nil, 0
	}
	it.end()
	return false
}

// nextSlot goes on through the slots of a table, from the same offset in each. What it
// has come to by looking at a control word, it leaves for the next full slot that it
// saw there: what is put between the two by the loop's body does not come.
func (it *Iter[K, V]) nextSlot() bool {
	t := it.tab
	mask := uint64(t.capacity - 1)
	if it.entryIndex > mask {
		return false
	}
	at := (it.entryIndex + it.entryOffset) & mask
	it.entryIndex++
	if g, i := &t.groups[at/slots], int(at%slots); g.byteAt(i)&ctrlEmpty == 0 {
		if e := it.entryOf(t, &g.slots[i]); e != nil {
			return it.yield(e, Place{t.number, int(at / slots), i})
		}
	}
	var seen match
	for it.entryIndex <= mask {
		at := (it.entryIndex + it.entryOffset) & mask
		g, i := &t.groups[at/slots], int(at%slots)
		if seen == 0 {
			if seen = g.matchFull() >> (8 * i) << (8 * i); seen == 0 {
				it.entryIndex += uint64(slots - i)
				continue
			}
			first := seen.first()
			if it.entryIndex += uint64(first - i); it.entryIndex > mask {
				break
			}
			i = first
		}
		e := it.entryOf(t, &g.slots[i])
		if seen = seen.rest(); seen == 0 {
			it.entryIndex += uint64(slots - i)
		} else {
			it.entryIndex += uint64(seen.first() - i)
		}
		if e != nil {
			return it.yield(e, Place{t.number, int(at / slots), i})
		}
	}
	return false
}

// entryOf returns what a full slot stands for, nil if its entry is gone.
func (it *Iter[K, V]) entryOf(t *table[K, V], e *slot[K, V]) *slot[K, V] {
	if t.index == -1 { // another table has taken its place
		return it.now(e)
	}
	return e
}
