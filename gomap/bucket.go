package gomap

import "math/bits"

// A bucket holds eight entries, and leads to the next of its chain.
type bucket[K comparable, V any] struct {
	top       [slots]uint8 // the high eight bits of the hashes, or a state
	slots     [slots]slot[K, V]
	overflow  *bucket[K, V]
	evacuated bool // Go 1.2, which marks it in the overflow pointer
}

// buckets is the part of a map that is of Go 1.2 to 1.23: runtime/map.go:hmap.
type buckets[K comparable, V any] struct {
	b         uint8 // there are 2^b buckets
	flags     uint8
	overflows int            // noverflow
	array     []bucket[K, V] // after the 2^b, those that are overflow buckets to be; nil: nothing was put
	next      int            // the first of them that is free; 0: there is none
	old       []bucket[K, V] // of a growth that is not done
	evacuated int            // nevacuate

	extra    bool // the header has more, for overflow buckets
	list     bool // overflow buckets without pointers are in a list
	listLen  int
	listRoom int
}

// The flags of the header. Up to Go 1.3 a range has the next two bits.
const (
	iterator     = 1 // there may be a range over the buckets
	oldIterator  = 2 // and over the old ones
	hashWriting  = 4
	sameSizeGrow = 8
)

// What a tophash says of a slot without an entry. Go 1.2 knows only 0.
const (
	emptyRest  = 0 // and none of the chain after it has an entry, since Go 1.12
	emptyOne   = 1 // since Go 1.12
	evacuatedX = 2 // the entry is in the first half of the larger array
	evacuatedY = 3 // in the second
)

// evacuatedEmpty returns the state of a slot that was empty when its bucket was
// evacuated.
func (u *rules) evacuatedEmpty() uint8 {
	if u.emptyRest {
		return 4
	}
	return 1
}

func (u *rules) isEmpty(top uint8) bool { return top == 0 || u.emptyRest && top == emptyOne }

// isEvacuated reports whether a bucket of the old array has been moved.
func isEvacuated[K comparable, V any](u *rules, b *bucket[K, V]) bool {
	if u.oldLayout {
		return b.evacuated
	}
	return !u.isEmpty(b.top[0]) && b.top[0] < u.minTop
}

func (u *rules) tophash(hash uint64) uint8 {
	top := uint8(hash >> 56)
	if top < u.minTop {
		top += u.minTop
	}
	return top
}

// overLoad reports whether n entries are too many for 2^b buckets:
// runtime/map.go:overLoadFactor.
func (u *rules) overLoad(count int64, b uint8) bool {
	if b > 58 {
		return false
	}
	return count > slots && count > int64(u.loadNum)*(1<<b/2)
}

func (m *Map[K, V]) noscanBuckets() bool { return m.shape.noscan && m.rules.freeList }

// makeBuckets is make: runtime/map.go:makemap.
func (m *Map[K, V]) makeBuckets(hint int64) error {
	if m.rules.negativePanic && (hint < 0 || m.rules.smallHint && int64(int32(hint)) != hint) {
		if m.rules.nilRuntime {
			return HintOutOfRange
		}
		return HintOutOfRange.In("makemap: size out of range")
	}
	m.seed = uint64(uint32(m.rand()))
	if !m.rules.negativePanic {
		if hi, mem := bits.Mul64(uint64(hint), uint64(m.shape.layout.Unit.Size)); hint < 0 || hi > 0 || mem > uint64(m.sizes.MaxAlloc()) {
			hint = 0
		}
	}
	b := uint8(0)
	for m.rules.overLoad(hint, b) || m.rules.hintEquals && hint >= slots && 2*hint >= int64(m.rules.loadNum)<<b {
		b++
	}
	if b == 0 {
		return nil
	}
	if err := m.checkRoom(hint, slots<<b); err != nil {
		return err
	}
	m.old.b = b
	m.makeArray(b)
	return nil
}

// arraySize reports how many buckets an array of 2^b has, with those that are overflow
// buckets to be: runtime/map.go:makeBucketArray.
func (m *Map[K, V]) arraySize(b uint8) int {
	n := int64(1) << b
	if b < 4 || !m.rules.prealloc {
		return int(n)
	}
	n += n >> 4
	unit := m.shape.layout.Unit.Size
	if up, err := m.sizes.RoundUp(unit*n, m.noscanBuckets()); err == nil && up != unit*n {
		n = up / unit
	}
	return int(n)
}

func (m *Map[K, V]) makeArray(b uint8) {
	h := &m.old
	n := m.arraySize(b)
	h.array = make([]bucket[K, V], n)
	m.allocate("buckets", m.shape.layout.Unit.Size*int64(n), m.noscanBuckets())
	if n > 1<<b {
		m.makeExtra()
		h.next = 1 << b
	}
}

// makeExtra adds to the header what it needs for overflow buckets.
func (m *Map[K, V]) makeExtra() {
	if !m.old.extra {
		m.old.extra = true
		bytes := int64(24)
		if !m.rules.prealloc {
			bytes = 16 // two lists
		}
		m.allocate("extra", bytes, false)
	}
}

// makeList makes the list of overflow buckets.
func (m *Map[K, V]) makeList() {
	m.makeExtra()
	if h := &m.old; !h.list {
		h.list, h.listLen, h.listRoom = true, 0, 0
		m.allocate("overflow list", 24, false)
	}
}

// newOverflow adds a bucket to a chain: runtime/map.go:newoverflow.
func (m *Map[K, V]) newOverflow(b *bucket[K, V], of int) *bucket[K, V] {
	h := &m.old
	var o *bucket[K, V]
	if h.next > 0 {
		o = &h.array[h.next]
		if h.next++; h.next == len(h.array) {
			h.next = 0
		}
	} else {
		o = new(bucket[K, V])
		m.allocate("overflow bucket", m.shape.layout.Unit.Size, m.noscanBuckets())
	}
	if m.rules.sameSize {
		if h.b < 16 || uint32(m.rand())&(1<<(h.b-15)-1) == 0 {
			h.overflows++
		}
	}
	if m.noscanBuckets() {
		m.makeList()
		m.appendOverflow()
	}
	b.overflow = o
	m.event(Event{Kind: Overflow, Unit: of, N: h.overflows})
	return o
}

// appendOverflow is the append to the list: its array grows as any other.
func (m *Map[K, V]) appendOverflow() {
	h := &m.old
	if h.listLen == h.listRoom {
		room := int64(h.listRoom)
		threshold := int64(1024)
		if m.rules.smoothAppend {
			threshold = 256
		}
		switch {
		case room == 0:
			room = 1
		case room < threshold:
			room *= 2
		case m.rules.smoothAppend:
			room += (room + 3*256) / 4
		default:
			room += room / 4
		}
		if up, err := m.sizes.RoundUp(8*room, false); err == nil {
			room = up / 8
		}
		h.listRoom = int(room)
		m.allocate("overflow list", 8*room, false)
	}
	h.listLen++
}

// chain returns the first bucket for a hash where its entry may be: an old one as long as
// that has not been evacuated.
func (m *Map[K, V]) chain(hash uint64) (*bucket[K, V], int) {
	h := &m.old
	n := hash & (1<<h.b - 1)
	if h.old != nil {
		o := n & uint64(m.oldBuckets()-1)
		if b := &h.old[o]; !isEvacuated(&m.rules, b) {
			return b, int(o)
		}
	}
	return &h.array[n], int(n)
}

// findBucket looks for a key in a map that is not empty.
func (m *Map[K, V]) findBucket(hash uint64, key K) (*slot[K, V], Place, int) {
	b, n := m.chain(hash)
	top := m.rules.tophash(hash)
	at := 0
	for ; b != nil; b = b.overflow {
		at++
		for i, t := range &b.top {
			if t == top && b.slots[i].key == key {
				return &b.slots[i], Place{at - 1, n, i}, at
			}
			if t == emptyRest && m.rules.emptyRest {
				return nil, Place{}, at
			}
		}
	}
	return nil, Place{}, at
}

// putBucket assigns: runtime/map.go:mapassign.
func (m *Map[K, V]) putBucket(key K, elem V) (out Outcome, err error) {
	h := &m.old
	hash := m.hash(key, m.seed)
	if h.array == nil {
		h.array = make([]bucket[K, V], 1)
		m.allocate("buckets", m.shape.layout.Unit.Size, m.noscanBuckets())
	}
	for {
		n := int(hash & (1<<h.b - 1))
		if h.old != nil {
			m.growWork(n)
		}
		free, freeAt, last, done := m.putInChain(n, hash, slot[K, V]{key, elem}, &out)
		if done {
			return m.done(out)
		}
		over := m.rules.overLoad(int64(m.used)+1, h.b)
		if h.old != nil && over && m.rules.stopsGrow {
			return Outcome{}, m.crash(GrowthTooSlow)
		}
		if h.old == nil && (over || m.tooManyOverflows()) {
			if !over {
				h.flags |= sameSizeGrow
			}
			m.hashGrow(over)
			continue
		}
		if free == nil {
			free = m.newOverflow(last, n)
			freeAt = Place{out.Probes, n, 0}
		}
		m.allocateEntry()
		free.slots[freeAt.Slot] = slot[K, V]{key, elem}
		free.top[freeAt.Slot] = m.rules.tophash(hash)
		m.used++
		out.What, out.Place = Inserted, freeAt
		return m.done(out)
	}
}

// putInChain updates an entry, and reports whether it did; else where the first empty
// slot is, and the last bucket.
func (m *Map[K, V]) putInChain(n int, hash uint64, e slot[K, V], out *Outcome) (free *bucket[K, V], freeAt Place, last *bucket[K, V], done bool) {
	top := m.rules.tophash(hash)
	out.Probes = 0
	for b := &m.old.array[n]; b != nil; b = b.overflow {
		last = b
		out.Probes++
		for i, t := range &b.top {
			if t == top && b.slots[i].key == e.key {
				b.slots[i] = e
				out.What, out.Place = Updated, Place{out.Probes - 1, n, i}
				return nil, Place{}, nil, true
			}
			if free == nil && m.rules.isEmpty(t) {
				free, freeAt = b, Place{out.Probes - 1, n, i}
			}
			if t == emptyRest && m.rules.emptyRest {
				return free, freeAt, last, false
			}
		}
	}
	return free, freeAt, last, false
}

// tooManyOverflows reports whether there are as many overflow buckets as buckets.
func (m *Map[K, V]) tooManyOverflows() bool {
	return m.rules.sameSize && m.old.overflows >= 1<<min(m.old.b, 15)
}

// deleteBucket deletes from a map that is not empty: runtime/map.go:mapdelete.
func (m *Map[K, V]) deleteBucket(key K) (Outcome, error) {
	h := &m.old
	hash := m.hash(key, m.seed)
	n := int(hash & (1<<h.b - 1))
	if h.old != nil {
		m.growWork(n)
	}
	out := Outcome{What: Absent}
	top := m.rules.tophash(hash)
	first := &h.array[n]
	for b := first; b != nil; b = b.overflow {
		out.Probes++
		for i, t := range &b.top {
			if t == emptyRest && m.rules.emptyRest {
				return m.done(out)
			}
			if t != top || b.slots[i].key != key {
				continue
			}
			m.wipeOld(&b.slots[i])
			b.top[i] = 0
			if m.rules.emptyRest {
				markEmpty(first, b, i)
			}
			out.What, out.Place = Deleted, Place{out.Probes - 1, n, i}
			if m.used--; m.used == 0 && m.rules.reseeds {
				m.reseedOld()
			}
			return m.done(out)
		}
	}
	return m.done(out)
}

func (m *Map[K, V]) reseedOld() {
	m.seed = uint64(uint32(m.rand()))
	m.event(Event{Kind: Reseeded})
}

// wipeOld clears what a delete clears of an entry. A string key loses its text and
// keeps its length: it stays here, for the length's sake.
func (m *Map[K, V]) wipeOld(e *slot[K, V]) {
	if !m.rules.keepKeys || m.shape.keyPointers && m.shape.path != FastString {
		clear1(&e.key)
	}
	if !m.rules.keepElems || m.shape.elemPointers {
		clear1(&e.elem)
	}
}

// markEmpty marks a slot empty, and if no entry comes after it in the chain, all empty
// ones before it, too: so searches end there.
func markEmpty[K comparable, V any](first, b *bucket[K, V], i int) {
	b.top[i] = emptyOne
	if i == slots-1 {
		if b.overflow != nil && b.overflow.top[0] != emptyRest {
			return
		}
	} else if b.top[i+1] != emptyRest {
		return
	}
	for {
		b.top[i] = emptyRest
		if i == 0 {
			if b == first {
				return
			}
			c := b
			for b = first; b.overflow != c; b = b.overflow {
			}
			i = slots - 1
		} else {
			i--
		}
		if b.top[i] != emptyOne {
			return
		}
	}
}

// clearBuckets deletes all entries: runtime/map.go:mapclear, or a loop of deletes.
func (m *Map[K, V]) clearBuckets() (Outcome, error) {
	out := Outcome{What: Cleared}
	if m.used == 0 {
		return m.done(out)
	}
	if !m.rules.mapclear || !m.rules.clearFunc && !m.shape.reflexive {
		return out, m.deleteAll()
	}
	h := &m.old
	if m.rules.marksOnClear {
		for i := range 1 << h.b {
			markCleared(&h.array[i])
		}
		for i := range m.oldBuckets() {
			markCleared(&h.old[i])
		}
	}
	h.flags &^= sameSizeGrow
	h.old, h.evacuated, h.overflows, h.next = nil, 0, 0, 0
	h.list, h.listLen, h.listRoom = false, 0, 0
	clear(h.array)
	if n := len(h.array); n > 1<<h.b {
		h.next = 1 << h.b
	}
	m.used = 0
	if m.rules.reseeds {
		m.reseedOld()
	}
	return m.done(out)
}

func markCleared[K comparable, V any](b *bucket[K, V]) {
	for ; b != nil; b = b.overflow {
		b.top = [slots]uint8{}
	}
}

// deleteAll is the loop that was the way to clear a map before Go 1.21. A NaN stays.
func (m *Map[K, V]) deleteAll() error {
	it, err := m.Range()
	if err != nil {
		return err
	}
	for it.Next() {
		if _, err := m.Delete(it.Key()); err != nil {
			return err
		}
	}
	return nil
}
