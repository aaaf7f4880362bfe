// Package syncmaplive does the operations of package syncmap on real sync.Maps, and
// compares the memory of the two after each.
//
// Of the running Go, whose sync.Map is a trie, every node and entry is compared, with
// the real hash function, or with one that it is given to make hashes collide. Older
// releases answer through the probe.
//
// # Concurrent use
//
// Several programs may run at once.
package syncmaplive

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"unsafe"

	"github.com/orrery-go/orrery/gomap/syncmap"
)

// A trie is internal/sync.HashTrieMap[any, any].
type trie struct {
	inited   uint32
	initMu   [2]uint32
	root     *node
	keyHash  func(unsafe.Pointer, uintptr) uintptr
	valEqual func(unsafe.Pointer, unsafe.Pointer) bool
	seed     uintptr
}

// A node is internal/sync.indirect[any, any].
type node struct {
	isEntry  bool
	dead     uint32
	mu       [2]uint32
	parent   *node
	children [16]*node // or entries, as isEntry says
}

// An entry is internal/sync.entry[any, any].
type entry struct {
	isEntry  bool
	overflow *entry
	key      any
	value    any
}

// ErrLayout says that sync.Map has another layout than expected, as in another release.
var ErrLayout = errors.New("syncmaplive: sync.Map has another layout than is known")

// trieOf returns the memory of a map. It checks its layout as far as reflect can.
func trieOf(m *sync.Map) (*trie, error) {
	t := reflect.TypeOf(m).Elem()
	field, ok := t.FieldByName("m")
	if !ok || field.Type.Size() != unsafe.Sizeof(trie{}) || field.Offset != 0 {
		return nil, ErrLayout
	}
	want := reflect.TypeFor[trie]()
	for i := range want.NumField() {
		f, ok := field.Type.FieldByName(want.Field(i).Name)
		if !ok || f.Offset != want.Field(i).Offset {
			return nil, ErrLayout
		}
	}
	return (*trie)(unsafe.Pointer(m)), nil
}

// Counts counts the operations of programs.
type Counts struct {
	Programs, Operations, Comparisons int
	Nodes, Entries, Chained, Deep     int // compared; in chains; nodes below the fourth level
	Ranges, Locked                    int
}

// A twin is a real map and its model.
type twin struct {
	real   *sync.Map
	memory *trie
	model  *syncmap.Map[any, any]
	own    bool // the hash function is its own
	over   bool // a panic has left a node locked
	choose *rand.Rand
	keys   int
	nodes  map[*node]int
	Counts
}

// A Hash selects the hash function of a real map.
type Hash string

// The hash functions: the map's own, and replacements.
const (
	Real Hash = "real"
	Same Hash = "same" // for all keys
	Low  Hash = "low"  // differs in the lowest bits, so that nodes are deep
	Few  Hash = "few"  // differs in six bits
)

// Hashes returns all hash functions.
func Hashes() []Hash { return []Hash{Real, Same, Low, Few} }

func (h Hash) of(key any) uint64 {
	n, _ := key.(int)
	switch h {
	case Low:
		return uint64(n) * 0x9E3779B97F4A7C15 >> 56
	case Few:
		return uint64(n) * 0x9E3779B97F4A7C15 >> 58 * 0xD6E8FEB86659FD93
	}
	return 0x123456789ABCDEF0
}

// Run performs a program of a number of operations and returns the first difference.
func Run(seed uint64, operations int, hash Hash) (Counts, error) {
	t := &twin{real: new(sync.Map), choose: rand.New(rand.NewPCG(seed, 4)), nodes: map[*node]int{}}
	var err error
	if t.memory, err = trieOf(t.real); err != nil {
		return t.Counts, err
	}
	t.keys = []int{5, 30, 300, 1000}[t.choose.IntN(4)]
	config := syncmap.Config[any]{Release: "running", Hash: t.realHash, Rand: func() uint64 { return uint64(t.memory.seed) }}
	if hash != Real {
		config.Hash = func(key any, seed uint64) uint64 { return hash.of(key) }
		t.real.Load(1) // the map gets its own with the first operation
		t.memory.keyHash = func(p unsafe.Pointer, seed uintptr) uintptr { return uintptr(hash.of(*(*any)(p))) }
	}
	if t.model, err = syncmap.New[any, any](config); err != nil {
		return t.Counts, err
	}
	if hash != Real {
		t.model.Load(1)
	}
	t.own = hash == Real
	t.Programs = 1
	for i := 0; i < operations && !t.over; i++ {
		if err := t.step(); err != nil {
			return t.Counts, fmt.Errorf("%s hash, seed %d, operation %d: %w", hash, seed, i, err)
		}
	}
	return t.Counts, nil
}

func (t *twin) realHash(key any, seed uint64) uint64 {
	return uint64(t.memory.keyHash(unsafe.Pointer(&key), uintptr(seed)))
}

// key returns a number, or now and then a key of another type.
func (t *twin) key() any {
	switch n := t.choose.IntN(t.keys); {
	case t.own && t.choose.IntN(50) == 0:
		return []int{n}
	case t.choose.IntN(10) > 0:
		return n
	case n%4 == 0:
		return fmt.Sprint(n)
	case n%4 == 1:
		return [2]any{n, "x"}
	case n%4 == 2:
		return 0.0
	}
	return negativeZero
}

var negativeZero = math.Copysign(0, -1)

// value returns a small number, so that comparisons often succeed, or a value that
// cannot be compared.
func (t *twin) value() any {
	if t.choose.IntN(100) == 0 {
		return []int{1}
	}
	return t.choose.IntN(3)
}

// A result is the result of a method, or its panic.
type result struct {
	Value any
	OK    bool
	Text  string
}

// do performs an operation on both.
func (t *twin) do(name string, real func() (any, bool), model func() (syncmap.Outcome[any], error)) error {
	t.Operations++
	var got, want result
	func() {
		defer func() {
			if r := recover(); r != nil {
				want = result{Text: fmt.Sprint(r)}
			}
		}()
		want.Value, want.OK = real()
	}()
	out, err := model()
	if err != nil {
		got.Text = err.Error()
	} else {
		got.Value, got.OK = out.Value, out.OK
	}
	if out.Locked {
		t.Locked++
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("%s: real %+v, model %+v", name, want, got)
	}
	if err := t.compare(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// step performs a random operation.
func (t *twin) step() error {
	k, v, old := t.key(), t.value(), t.value()
	none := func(f func()) func() (any, bool) { return func() (any, bool) { f(); return nil, false } }
	switch n := t.choose.IntN(100); {
	case n < 25:
		return t.do("Store", func() (any, bool) { t.real.Store(k, v); return v, false }, func() (syncmap.Outcome[any], error) { return t.model.Store(k, v) })
	case n < 35:
		return t.do("Load", func() (any, bool) { return t.real.Load(k) }, func() (syncmap.Outcome[any], error) { return t.model.Load(k) })
	case n < 50:
		return t.do("LoadOrStore", func() (any, bool) { return t.real.LoadOrStore(k, v) }, func() (syncmap.Outcome[any], error) { return t.model.LoadOrStore(k, v) })
	case n < 60:
		return t.do("Delete", none(func() { t.real.Delete(k) }), func() (syncmap.Outcome[any], error) { return t.model.Delete(k) })
	case n < 70:
		return t.do("LoadAndDelete", func() (any, bool) { return t.real.LoadAndDelete(k) }, func() (syncmap.Outcome[any], error) { return t.model.LoadAndDelete(k) })
	case n < 75:
		return t.do("Swap", func() (any, bool) { return t.real.Swap(k, v) }, func() (syncmap.Outcome[any], error) { return t.model.Swap(k, v) })
	case n < 85:
		return t.do("CompareAndSwap", func() (any, bool) {
			if t.real.CompareAndSwap(k, old, v) {
				return v, true
			}
			return nil, false
		}, func() (syncmap.Outcome[any], error) { return t.model.CompareAndSwap(k, old, v) })
	case n < 93:
		return t.do("CompareAndDelete", func() (any, bool) {
			if t.real.CompareAndDelete(k, old) {
				return old, true
			}
			return nil, false
		}, func() (syncmap.Outcome[any], error) { return t.model.CompareAndDelete(k, old) })
	case n < 94:
		return t.do("Clear", none(t.real.Clear), t.model.Clear)
	}
	return t.ranges()
}

// ranges ranges over both, with changes in the loop's body.
func (t *twin) ranges() error {
	t.Ranges++
	type pair struct{ key, value any }
	var want, got []pair
	stop := t.choose.IntN(2*t.keys + 1)
	seed := t.choose.Uint64()
	t.real.Range(func(k, v any) bool {
		want = append(want, pair{k, v})
		change(seed, len(want), k, t.keys, t.real.Delete, t.real.Store, t.real.Clear)
		return len(want) < stop
	})
	var failed error
	note := func(_ syncmap.Outcome[any], err error) { failed = errors.Join(failed, err) }
	err := t.model.Range(func(k, v any) bool {
		got = append(got, pair{k, v})
		change(seed, len(got), k, t.keys, func(k any) { note(t.model.Delete(k)) }, func(k, v any) { note(t.model.Store(k, v)) }, func() { note(t.model.Clear()) })
		return len(got) < stop
	})
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("range: real %v, model %v", want, got)
	}
	return t.compare()
}

// change performs the operations of a range's body after n pairs.
func change(seed uint64, n int, k any, keys int, remove func(any), store func(k, v any), clear func()) {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	switch r.IntN(40) {
	case 0, 1:
		remove(k)
	case 2:
		remove(r.IntN(keys))
	case 3, 4, 5:
		store(r.IntN(keys), n)
	case 6:
		store(k, n)
	case 7:
		if r.IntN(10) == 0 {
			clear()
		}
	}
}

// compare compares the two tries as a whole.
func (t *twin) compare() error {
	t.Comparisons++
	if err := t.model.Check(); err != nil {
		return err
	}
	s := t.model.Snapshot()
	if s.Seed != uint64(t.memory.seed) || (t.memory.root == nil) != (len(s.Nodes) == 0) {
		return fmt.Errorf("seed: real %d, model %d; the root: real %v, model has %d nodes", t.memory.seed, s.Seed, t.memory.root, len(s.Nodes))
	}
	if t.memory.root == nil {
		return nil
	}
	if err := t.node(t.memory.root, nil, &s, 0, 1); err != nil {
		return err
	}
	if len(s.Nodes) != 0 || len(s.Trie) != 0 {
		return fmt.Errorf("the model has %d nodes and %d entries more", len(s.Nodes), len(s.Trie))
	}
	return nil
}

// node compares a node and all its descendants, and removes them from the snapshot.
func (t *twin) node(n, parent *node, s *syncmap.Snapshot[any, any], place, depth int) error {
	t.Nodes++
	if depth > 4 {
		t.Deep++
	}
	if len(s.Nodes) == 0 {
		return errors.New("the model has fewer nodes")
	}
	m := s.Nodes[0]
	s.Nodes = s.Nodes[1:]
	above := 0
	if parent != nil {
		above = t.nodes[parent]
	}
	locked := n.mu[0]&1 != 0
	t.over = t.over || locked
	if n.isEntry || n.dead != 0 || n.parent != parent || m.Parent != above || m.Place != place || m.Locked != locked {
		return fmt.Errorf("node at place %d, locked %t, dead %d: the model has %+v, and its parent is %d", place, locked, n.dead, m, above)
	}
	if number, ok := t.nodes[n]; ok && number != m.Number {
		return fmt.Errorf("node %d is not where it was", m.Number)
	}
	t.nodes[n] = m.Number
	for i, child := range n.children {
		if child == nil {
			continue
		}
		if !child.isEntry {
			if err := t.node(child, n, s, i, depth+1); err != nil {
				return err
			}
			continue
		}
		chain := 0
		for e := (*entry)(unsafe.Pointer(child)); e != nil; e = e.overflow {
			if len(s.Trie) == 0 {
				return errors.New("the model has fewer entries")
			}
			m := s.Trie[0]
			s.Trie = s.Trie[1:]
			want := syncmap.TrieEntry[any, any]{Node: t.nodes[n], Place: i, Chain: chain, Key: e.key, Value: e.value}
			if !reflect.DeepEqual(m, want) || !sameBits(m.Key, want.Key) {
				return fmt.Errorf("entry: real %+v, model %+v", want, m)
			}
			chain++
			t.Entries++
			if chain > 1 {
				t.Chained++
			}
		}
	}
	return nil
}

// sameBits compares floats by their bits, so that the two zeros differ.
func sameBits(a, b any) bool {
	x, _ := a.(float64)
	y, _ := b.(float64)
	return 1/x == 1/y
}
