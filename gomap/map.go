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
	errUseNew = errors.New("gomap: a Map that is not from New: use New")
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
