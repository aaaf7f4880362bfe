package gomap

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// A Config says what to model. The zero Config is an empty map of the newest release.
type Config[K comparable] struct {
	Release string `json:"release"`     // "" for the newest known, "go1.17", "running"
	Hint    int64  `json:"hint,string"` // of make; a negative one panics up to Go 1.8 and counts as 0 since
	Nil     bool   `json:"nil"`         // a nil map, which make has not made

	// Key and Elem are the types that determine the memory and the runtime's path, if not
	// K and V: a Map[string, string] may stand for a map[int64]struct{}.
	Key  layout.Type `json:"-"`
	Elem layout.Type `json:"-"`

	// [Hash] returns the hash of a key with a seed. nil: [Hash]. In Go a NaN has another
	// hash each time.
	Hash func(key K, seed uint64) uint64 `json:"-"`

	// Rand returns the runtime's next random number, for seeds and for where a range
	// begins. nil: a PCG of math/rand/v2, seeded with Seed.
	Rand func() uint64 `json:"-"`
	Seed uint64        `json:"seed,string"`

	Trace func(Event) `json:"-"` // receives every step; nil costs nothing
}

// Bounds of what is modelled.
const (
	maxBytes     = 1 << 20 // of a key or an element
	maxDirectory = 1 << 20 // tables
	maxRoom      = 1 << 28 // bytes that a hint makes room for
)

const (
	headerBytes = 48 // of a map's header, in both designs
	tableBytes  = 32
)

// A Map is one map. Get one from [New].
type Map[K comparable, V any] struct {
	ready    bool // false: it is the zero Map, has ended the program, or is at work
	isNil    bool
	writing  bool // a write of another goroutine is on its way, or a panic has left the mark
	tells    bool // trace is set
	reflects bool // the assignment comes from package reflect

	used  int
	seed  uint64
	rules rules
	swiss swiss[K, V]
	old   buckets[K, V]

	hash    func(key K, seed uint64) uint64
	rand    func() uint64
	trace   func(Event)
	shape   shape
	keySize [2]int64 // bytes of K and V
	release release.Release
	sizes   *alloc.Rules
	config  Config[K]

	seq     uint64
	blocks  Blocks // that the operation at work has allocated
	total   Blocks
	fault   error
	crashed error
}

// swiss is the part of a map that is of Go 1.24 and later:
// internal/runtime/maps/map.go:Map.
type swiss[K comparable, V any] struct {
	small       *group[K, V]   // of a map that has no table yet; nil: nothing was put
	directory   []*table[K, V] // by the first globalDepth bits of the hash
	globalDepth uint8
	tombstone   bool // there may be one
	clearSeq    uint64
	made        int // tables
}

// Blocks counts blocks of memory on the heap.
type Blocks struct {
	Mallocs int   `json:"mallocs"`
	Bytes   int64 `json:"bytes"` // rounded up to size classes
}

var (
	errUseNew = errors.New("gomap: the zero Map is none: use New")
	errBusy   = errors.New("gomap: a map cannot be used from its own Trace, Hash or Rand")
)

// New makes a map. It returns an error if the release is unknown, K cannot be a key, a
// key or an element has over 1 MiB, or the hint asks for over 256 MiB, unless the runtime
// takes it for 0. It returns a *[crash.Error] if make panics, as it did with a negative
// hint up to Go 1.8.
func New[K comparable, V any](c Config[K]) (*Map[K, V], error) {
	rel, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("gomap: %w", err)
	}
	m := &Map[K, V]{config: c, release: rel, rules: rulesOf(rel), hash: c.Hash, rand: c.Rand, trace: c.Trace, tells: c.Trace != nil, isNil: c.Nil}
	if m.sizes, err = alloc.ForRelease(c.Release); err != nil {
		return nil, fmt.Errorf("gomap: %w", err)
	}
	if err := m.setShape(c); err != nil {
		return nil, err
	}
	if m.hash == nil {
		m.hash = Hash[K]()
	}
	if m.rand == nil {
		m.rand = rand.NewPCG(c.Seed, 0).Uint64
	}
	if !c.Nil {
		if err := m.make(c.Hint); err != nil {
			return nil, err
		}
	}
	m.ready = true
	return m, nil
}

func (m *Map[K, V]) setShape(c Config[K]) error {
	sizes, err := layout.ForRelease(c.Release)
	if err != nil {
		return fmt.Errorf("gomap: %w", err)
	}
	k, v := reflect.TypeFor[K](), reflect.TypeFor[V]()
	m.keySize = [2]int64{int64(k.Size()), int64(v.Size())}
	if max(m.keySize[0], m.keySize[1]) > maxBytes {
		return fmt.Errorf("gomap: keys and elements of over %d bytes are not modelled", maxBytes)
	}
	if c.Key == nil {
		if c.Key, err = layout.FromReflect(k); err != nil {
			return fmt.Errorf("gomap: %w", err)
		}
	}
	if c.Elem == nil {
		if c.Elem, err = layout.FromReflect(v); err != nil {
			return fmt.Errorf("gomap: %w", err)
		}
	}
	if m.shape, err = shapeOf(sizes, c.Key, c.Elem); err != nil {
		return fmt.Errorf("gomap: %w", err)
	}
	m.shape.dynamic = mayPanic(k)
	return nil
}

// make is what make does: internal/runtime/maps/map.go:NewMap, and
// runtime/map.go:makemap before.
func (m *Map[K, V]) make(hint int64) error {
	m.allocate("map", headerBytes, false)
	m.blocks = Blocks{}
	if m.rules.swiss {
		m.seed = m.rand()
		return m.makeTables(hint)
	}
	return m.makeBuckets(hint)
}

// makeTables makes room for what a hint promises. One of at most eight, or too
// large, makes none.
func (m *Map[K, V]) makeTables(hint int64) error {
	if hint <= slots {
		return nil
	}
	if hint > 1<<61/slots { // it overflows, or needs more memory than there is
		return nil
	}
	target := uint64(hint) * slots / maxAvgLoad
	size := alignUpPow2((target + maxTable - 1) / maxTable)
	if unit := uint64(m.shape.layout.Unit.Size); size > 1<<48/maxTable || size*maxTable > uint64(m.sizes.MaxAlloc())/unit {
		return nil
	}
	capacity := int(alignUpPow2(max(slots, target/size)))
	if err := m.checkRoom(hint, int64(size)*int64(capacity)); err != nil {
		return err
	}
	s := &m.swiss
	for 1<<s.globalDepth < size {
		s.globalDepth++
	}
	s.directory = make([]*table[K, V], size)
	m.allocate("directory", 8*int64(size), false)
	for i := range s.directory {
		s.directory[i] = m.newTable(capacity, i, s.globalDepth)
	}
	return nil
}

// checkRoom refuses hints for which the real map would take what the model does not.
func (m *Map[K, V]) checkRoom(hint, entries int64) error {
	if bytes := m.keySize[0] + m.keySize[1] + 1; entries > maxRoom/bytes {
		return fmt.Errorf("gomap: a hint of %d wants room for %d entries, and over %d bytes are not modelled", hint, entries, maxRoom)
	}
	return nil
}

func alignUpPow2(n uint64) uint64 {
	p := uint64(1)
	for p < n {
		p *= 2
	}
	return p
}

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

// Len returns the number of entries: len(m).
func (m *Map[K, V]) Len() int { return m.used }

// Release returns the release whose rules these are.
func (m *Map[K, V]) Release() string { return m.release.String() }

// Path reports which functions of the runtime the compiler calls for the map.
func (m *Map[K, V]) Path() Path { return m.shape.path }

// Allocated reports what the map has allocated on the heap since it was made, its
// header included, had it escaped.
func (m *Map[K, V]) Allocated() Blocks { return m.total }

// allocate counts a block, and tells.
func (m *Map[K, V]) allocate(what string, bytes int64, noscan bool) {
	p, err := m.sizes.Place(bytes, noscan)
	if err != nil || bytes == 0 {
		return
	}
	for _, b := range []*Blocks{&m.blocks, &m.total} {
		b.Mallocs++
		b.Bytes += p.Bytes
	}
	if m.tells {
		m.event(Event{Kind: Allocated, What: what, N: int(p.Bytes)})
	}
}

// allocateEntry counts the blocks of a key and an element that are not in the map.
func (m *Map[K, V]) allocateEntry() {
	if m.shape.layout.IndirectKey {
		m.allocate("key", m.shape.key.Size, m.shape.key.PtrBytes == 0)
	}
	if m.shape.layout.IndirectElem {
		m.allocate("element", m.shape.elem.Size, m.shape.elem.PtrBytes == 0)
	}
}

// busy says that the map is in between, and must not be used by what it calls.
func (m *Map[K, V]) busy() { m.ready = false }
func (m *Map[K, V]) idle() { m.ready = true }

// String reads like "4 blocks, 376 bytes".
func (b Blocks) String() string { return fmt.Sprintf("%d blocks, %d bytes", b.Mallocs, b.Bytes) }
