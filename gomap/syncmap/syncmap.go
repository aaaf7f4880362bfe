package syncmap

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/release"
)

// A Config says what to model. The zero Config is an empty map of the newest release.
type Config[K comparable] struct {
	Release string `json:"release"` // "" for the newest known, "go1.17", "running"; 1.9 or later

	// Hash returns the hash of a key with a seed. nil: [gomap.Hash]. In Go a NaN has
	// another hash each time.
	Hash func(key K, seed uint64) uint64 `json:"-"`

	// Rand returns the runtime's next random number, for seeds and for where a range over
	// a map begins. nil: a PCG of math/rand/v2, seeded with Seed.
	Rand func() uint64 `json:"-"`
	Seed uint64        `json:"seed,string"`

	Trace func(Event) `json:"-"` // receives every step; nil costs nothing
}

// The crashes of a sync.Map, besides that of its keys, [gomap.Unhashable].
var (
	Uncomparable = crash.Panic("runtime error: comparing uncomparable type") // the type's name follows
	OutOfBits    = crash.Panic("internal/sync.HashTrieMap: ran out of hash bits while inserting (incorrect use of unsafe or cgo, or data race?)")

	// StillLocked is returned by an operation that needs the lock after a panic of an
	// unhashable key has left it locked, in Go 1.9 to 1.11.
	StillLocked = crash.Deadlock("all goroutines are asleep - deadlock!")
)

var (
	errUseNew = errors.New("syncmap: a Map that is not from New: use New")
	errBusy   = errors.New("syncmap: a map cannot be used from its own Trace, Hash or Rand")
)

// A Map is one sync.Map. Get one from [New].
type Map[K comparable, V any] struct {
	ready   bool // false: it is the zero Map, or at work
	config  Config[K]
	release release.Release
	sizes   *alloc.Rules
	hash    func(K, uint64) uint64
	rand    func() uint64
	seq     uint64
	total   gomap.Blocks

	trie  *trie[K, V] // since Go 1.24
	maps  *maps[K, V] // before
	taken bool        // the operation at work has taken a lock
}

// New makes a map. It returns an error if the release is unknown or has no sync.Map, or K
// cannot be the key of a [gomap.Map].
func New[K comparable, V any](c Config[K]) (*Map[K, V], error) {
	rel, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("syncmap: %w", err)
	}
	if !rel.AtLeast("go1.9") {
		return nil, fmt.Errorf("syncmap: %s has no sync.Map (since go1.9)", rel)
	}
	m := &Map[K, V]{config: c, release: rel, hash: c.Hash, rand: c.Rand}
	if m.sizes, err = alloc.ForRelease(c.Release); err != nil {
		return nil, fmt.Errorf("syncmap: %w", err)
	}
	if m.hash == nil {
		m.hash = gomap.Hash[K]()
	}
	if m.rand == nil {
		m.rand = rand.NewPCG(c.Seed, 0).Uint64
	}
	if rel.AtLeast("go1.24") {
		m.trie, err = newTrie(m)
	} else {
		m.maps, err = newMaps(m)
	}
	if err != nil {
		return nil, fmt.Errorf("syncmap: %w", err)
	}
	m.ready = true
	return m, nil
}

// A method's release is the one that brought it.
var since = map[string]string{
	"LoadAndDelete": "go1.15", "Swap": "go1.20", "CompareAndSwap": "go1.20", "CompareAndDelete": "go1.20", "Clear": "go1.23",
}

// begin begins an operation.
func (m *Map[K, V]) begin(method string) error {
	switch {
	case m.hash == nil:
		return errUseNew
	case !m.ready:
		return errBusy
	}
	if first, ok := since[method]; ok && !m.release.AtLeast(first) {
		return fmt.Errorf("syncmap: %s has no %s (since %s)", m.release, method, first)
	}
	m.ready, m.taken = false, false
	return nil
}

// end ends an operation.
func (m *Map[K, V]) end(out Outcome[V], err error) (Outcome[V], error) {
	out.Locked = m.taken
	m.ready = true
	if err != nil {
		return Outcome[V]{}, err
	}
	return out, nil
}

// An Outcome is the result of an operation.
type Outcome[V any] struct {
	Value  V    `json:"value"`  // that was loaded, or is there now; for a Swap and a deletion the one before
	OK     bool `json:"ok"`     // the result of the method: the key was there, or it was swapped, or deleted
	Locked bool `json:"locked"` // it took a lock: the map's, or since Go 1.24 a node's
}

// String reads like "7, true, locked".
func (o Outcome[V]) String() string {
	if o.Locked {
		return fmt.Sprintf("%v, %v, locked", o.Value, o.OK)
	}
	return fmt.Sprintf("%v, %v", o.Value, o.OK)
}

// Load looks a key up: m.Load(key). It returns a [*crash.Error] if the key cannot be
// hashed.
func (m *Map[K, V]) Load(key K) (Outcome[V], error) {
	if err := m.begin("Load"); err != nil {
		return Outcome[V]{}, err
	}
	if m.trie != nil {
		return m.end(m.trie.load(key))
	}
	return m.end(m.maps.load(key))
}

// Store assigns to a key. Errors are those of Load.
func (m *Map[K, V]) Store(key K, value V) (Outcome[V], error) {
	out, err := m.swap("Store", key, value)
	return Outcome[V]{Value: value, Locked: out.Locked}, err
}

// Swap assigns to a key, and returns the value before. Errors are those of Load, and one
// if the release has no Swap.
func (m *Map[K, V]) Swap(key K, value V) (Outcome[V], error) { return m.swap("Swap", key, value) }

func (m *Map[K, V]) swap(method string, key K, value V) (Outcome[V], error) {
	if err := m.begin(method); err != nil {
		return Outcome[V]{}, err
	}
	if m.trie != nil {
		return m.end(m.trie.swap(key, value))
	}
	return m.end(m.maps.swap(key, value))
}

// LoadOrStore looks a key up, and assigns to it if it is not there. Errors are those
// of Load.
func (m *Map[K, V]) LoadOrStore(key K, value V) (Outcome[V], error) {
	if err := m.begin("LoadOrStore"); err != nil {
		return Outcome[V]{}, err
	}
	if m.trie != nil {
		return m.end(m.trie.loadOrStore(key, value))
	}
	return m.end(m.maps.loadOrStore(key, value))
}

// Delete deletes a key. Errors are those of Load.
func (m *Map[K, V]) Delete(key K) (Outcome[V], error) {
	out, err := m.remove("Delete", key)
	return Outcome[V]{Locked: out.Locked}, err
}

// LoadAndDelete deletes a key, and returns its value. Errors are those of Load, and one
// if the release has no LoadAndDelete.
func (m *Map[K, V]) LoadAndDelete(key K) (Outcome[V], error) { return m.remove("LoadAndDelete", key) }

func (m *Map[K, V]) remove(method string, key K) (Outcome[V], error) {
	if err := m.begin(method); err != nil {
		return Outcome[V]{}, err
	}
	if m.trie != nil {
		return m.end(m.trie.remove(key, nil))
	}
	return m.end(m.maps.remove(key))
}

// CompareAndSwap assigns to a key if its value is old. It returns a *[crash.Error] if it
// has to compare values that cannot be compared, and an error if the release has no
// CompareAndSwap. Other errors are those of Load.
func (m *Map[K, V]) CompareAndSwap(key K, old, value V) (Outcome[V], error) {
	if err := m.begin("CompareAndSwap"); err != nil {
		return Outcome[V]{}, err
	}
	if m.trie != nil {
		return m.end(m.trie.compareAndSwap(key, old, value))
	}
	return m.end(m.maps.compareAndSwap(key, old, value))
}

// CompareAndDelete deletes a key if its value is old. Errors are those of
// CompareAndSwap.
func (m *Map[K, V]) CompareAndDelete(key K, old V) (Outcome[V], error) {
	if err := m.begin("CompareAndDelete"); err != nil {
		return Outcome[V]{}, err
	}
	if m.trie != nil {
		return m.end(m.trie.remove(key, &old))
	}
	return m.end(m.maps.compareAndDelete(key, old))
}

// Clear deletes all keys. It returns an error if the release has no Clear.
func (m *Map[K, V]) Clear() (Outcome[V], error) {
	if err := m.begin("Clear"); err != nil {
		return Outcome[V]{}, err
	}
	if m.trie != nil {
		return m.end(m.trie.clear())
	}
	return m.end(m.maps.clear())
}

// Range calls yield for each key and value until it returns false. Yield may use the map,
// as it may in Go. It returns an error if yield is nil.
func (m *Map[K, V]) Range(yield func(key K, value V) bool) error {
	if yield == nil {
		return errors.New("syncmap: Range wants a function")
	}
	if err := m.begin("Range"); err != nil {
		return err
	}
	outside := func(key K, value V) bool {
		m.ready = true
		defer func() { m.ready = false }()
		return yield(key, value)
	}
	var err error
	if m.trie != nil {
		m.trie.all(outside)
	} else {
		err = m.maps.all(outside)
	}
	m.ready = true
	return err
}

// Release returns the release whose rules these are.
func (m *Map[K, V]) Release() string { return m.release.String() }

// Allocated returns the blocks that the map has allocated for its nodes and entries,
// without those of keys and values: none before Go 1.24.
func (m *Map[K, V]) Allocated() gomap.Blocks { return m.total }

func (m *Map[K, V]) allocate(bytes int64) {
	if p, err := m.sizes.Place(bytes, false); err == nil {
		m.total.Mallocs++
		m.total.Bytes += p.Bytes
	}
}

// equal is old == value of two interfaces, which panics if their type is the same and
// cannot be compared.
func equal[V any](a, b V) (same bool, err error) {
	defer func() {
		if r, ok := recover().(error); ok {
			err = Uncomparable.Textf("%v", r)
		}
	}()
	return any(a) == any(b), nil
}
