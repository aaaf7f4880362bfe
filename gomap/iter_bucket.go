package gomap

// bucketIter is the place of a range over buckets: runtime/map.go:hiter.
type bucketIter[K comparable, V any] struct {
	b       uint8
	array   []bucket[K, V] // when the range began
	at      *bucket[K, V]  // nil: the next bucket is due
	i       int            // slots of it that were looked at
	n       int            // the next bucket
	unit    int            // the bucket whose chain at is in
	depth   int            // buckets before it in the chain
	start   int
	offset  int
	wrapped bool
	check   int // only entries that will move to this bucket come; -1: all
}

// beginBuckets begins a range: runtime/map.go:mapiterinit.
func (it *Iter[K, V]) beginBuckets(m *Map[K, V]) error {
	if m.writing && m.rules.detectsRange {
		return m.crash(RangeAndWrite)
	}
	h := &m.old
	it.m = m
	o := &it.old
	o.b, o.array = h.b, h.array
	if m.noscanBuckets() {
		m.makeList()
		m.blocks = Blocks{}
	}
	r := m.rand()
	mask := uint64(1)<<h.b - 1
	switch {
	case !m.rules.randomSlot: // Go 1.2
		o.start = int(r & mask)
	case !m.rules.randomBucket: // Go 1.3
		o.offset = int(r & (slots - 1))
	default:
		o.start, o.offset = int(r&mask), int(r>>h.b&(slots-1))
	}
	o.n = o.start
	h.flags |= iterator | oldIterator
	if m.tells {
		m.event(Event{Kind: Began, Unit: o.start, Slot: o.offset})
	}
	return nil
}

// nextBucket goes on: runtime/map.go:mapiternext.
func (it *Iter[K, V]) nextBucket() bool {
	m, o := it.m, &it.old
	h := &m.old
	for {
		if o.at == nil {
			if o.n == o.start && o.wrapped {
				it.end()
				return false
			}
			o.at, o.check = &o.array[o.n], -1
			if h.old != nil && o.b == h.b {
				if b := &h.old[o.n&(m.oldBuckets()-1)]; !isEvacuated(&m.rules, b) {
					o.at, o.check = b, o.n
				}
			}
			o.unit, o.depth = o.n, 0
			if o.n++; o.n == 1<<o.b {
				o.n, o.wrapped = 0, true
			}
			o.i = 0
		}
		for b := o.at; o.i < slots; {
			i := (o.i + o.offset) & (slots - 1)
			o.i++
			if top := b.top[i]; m.rules.isEmpty(top) || !m.rules.oldLayout && top == m.rules.evacuatedEmpty() || !it.wanted(b, i) {
				continue
			}
			if e := it.current(b, i); e != nil {
				return it.yield(e, Place{o.depth, o.unit, i})
			}
		}
		o.at, o.i = o.at.overflow, 0
		o.depth++
	}
}

// wanted reports whether an entry of an old bucket will move to the bucket that the
// range is at.
func (it *Iter[K, V]) wanted(b *bucket[K, V], i int) bool {
	m, o := it.m, &it.old
	if o.check < 0 || m.old.flags&sameSizeGrow != 0 {
		return true
	}
	key := b.slots[i].key
	if key != key {
		return o.check>>(o.b-1) == int(b.top[i]&1)
	}
	return int(m.hash(key, m.seed)&(1<<o.b-1)) == o.check
}

// current returns the entry of a slot, wherever it lies now; nil if it is gone.
func (it *Iter[K, V]) current(b *bucket[K, V], i int) *slot[K, V] {
	m := it.m
	e := &b.slots[i]
	moved := b.top[i] == evacuatedX || b.top[i] == evacuatedY
	if m.rules.oldLayout {
		moved = b.evacuated
	}
	if !moved || e.key != e.key {
		return e
	}
	if m.used > 0 {
		if e, _, _ := m.findBucket(m.hash(e.key, m.seed), e.key); e != nil {
			return e
		}
	}
	m.event(Event{Kind: Skipped})
	return nil
}
