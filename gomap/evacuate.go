package gomap

// hashGrow begins a growth, to twice the buckets or to as many: runtime/map.go:hashGrow.
// Nothing moves yet.
func (m *Map[K, V]) hashGrow(bigger bool) {
	h := &m.old
	flags := h.flags &^ (iterator | oldIterator)
	if h.flags&iterator != 0 {
		flags |= oldIterator
	}
	h.flags = flags
	h.old = h.array
	h.list, h.listLen, h.listRoom = false, 0, 0 // the list is that of the old buckets now
	kind := SameSize
	if bigger {
		h.b++
		kind = Grew
	}
	h.evacuated, h.overflows, h.next = 0, 0, 0
	m.makeArray(h.b)
	m.event(Event{Kind: kind, N: 1 << h.b})
}

// oldBuckets returns the number of old buckets; 0 if there is no growth.
func (m *Map[K, V]) oldBuckets() int {
	h := &m.old
	switch {
	case h.old == nil:
		return 0
	case h.flags&sameSizeGrow != 0:
		return 1 << h.b
	}
	return 1 << (h.b - 1)
}

// growWork evacuates the old bucket of the one that is about to be used, and one more:
// runtime/map.go:growWork. Assignments and deletes do it, lookups never.
func (m *Map[K, V]) growWork(n int) {
	m.busy()
	defer m.idle()
	m.evacuate(n & (m.oldBuckets() - 1))
	if m.old.old != nil {
		m.evacuate(m.old.evacuated)
	}
}

// A target is the place to which the next entry of one half goes.
type target[K comparable, V any] struct {
	b *bucket[K, V]
	i int
	n int // of the bucket
}

// evacuate moves the entries of an old bucket and its chain, in their order:
// runtime/map.go:evacuate.
func (m *Map[K, V]) evacuate(n int) {
	h := &m.old
	count := m.oldBuckets()
	first := &h.old[n]
	if !isEvacuated(&m.rules, first) {
		xy := [2]target[K, V]{{b: &h.array[n], n: n}}
		same := h.flags&sameSizeGrow != 0
		if !same {
			xy[1] = target[K, V]{b: &h.array[n+count], n: n + count}
		}
		moved := 0
		for b := first; b != nil; b = b.overflow {
			b.evacuated = m.rules.oldLayout
			for i, top := range b.top {
				if m.rules.isEmpty(top) {
					if !m.rules.oldLayout {
						b.top[i] = m.rules.evacuatedEmpty()
					}
					continue
				}
				half := 0
				if !same {
					half, top = m.half(&b.slots[i], top, uint64(count))
				}
				if !m.rules.oldLayout {
					b.top[i] = evacuatedX + uint8(half)
				}
				m.move(&xy[half], b.slots[i], top)
				moved++
			}
		}
		m.zeroOld(first)
		m.event(Event{Kind: Evacuated, Unit: n, N: moved})
	}
	if n == h.evacuated {
		m.advance(count)
	}
}

// half says to which half an entry goes. The hash of a NaN cannot be had again, so if
// there may be a range, which must be able to tell, the lowest bit of its tophash
// decides, and it gets a new one.
func (m *Map[K, V]) half(e *slot[K, V], top uint8, bit uint64) (int, uint8) {
	hash := m.hash(e.key, m.seed)
	if m.old.flags&iterator != 0 && e.key != e.key {
		return int(top & 1), m.rules.tophash(hash)
	}
	if hash&bit != 0 {
		return 1, top
	}
	return 0, top
}

func (m *Map[K, V]) move(t *target[K, V], e slot[K, V], top uint8) {
	if t.i == slots {
		t.b, t.i = m.newOverflow(t.b, t.n), 0
	}
	t.b.top[t.i], t.b.slots[t.i] = top, e
	t.i++
}

// zeroOld clears an evacuated bucket, unless a range may want it.
func (m *Map[K, V]) zeroOld(b *bucket[K, V]) {
	if m.old.flags&oldIterator != 0 {
		return
	}
	switch {
	case m.rules.oldLayout:
		b.overflow = nil
	case m.rules.zeroOld == zeroAlways, m.rules.zeroOld == zeroPointers && !m.noscanBuckets():
		b.slots, b.overflow = [slots]slot[K, V]{}, nil
	}
}

// advance moves the mark below which all old buckets are evacuated:
// runtime/map.go:advanceEvacuationMark.
func (m *Map[K, V]) advance(count int) {
	h := &m.old
	h.evacuated++
	if m.rules.runsAhead {
		for stop := min(h.evacuated+1024, count); h.evacuated != stop && isEvacuated(&m.rules, &h.old[h.evacuated]); {
			h.evacuated++
		}
	}
	if h.evacuated == count {
		h.old = nil
		h.flags &^= sameSizeGrow
		m.event(Event{Kind: Finished})
	}
}
