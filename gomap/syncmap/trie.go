package syncmap

import "github.com/orrery-go/orrery/gomap"

const (
	bitsALevel = 4
	places     = 1 << bitsALevel
	hashBits   = 64
	nodeBytes  = 152
	entryBytes = 48 // of interfaces
)

// A trie is a map of Go 1.24 and later: internal/sync/hashtriemap.go:HashTrieMap.
type trie[K comparable, V any] struct {
	*Map[K, V]
	root *node[K, V] // nil: nothing was done
	seed uint64
	made int                     // nodes
	keys *gomap.Map[K, struct{}] // what it says of a key's hash
	hash func(K, uint64) uint64
}

// A node has sixteen places.
type node[K comparable, V any] struct {
	number int
	parent *node[K, V]
	locked bool // for good: a panic has left it
	places [places]place[K, V]
}

// A place has a node, a list of entries whose hash is the same, or nothing.
type place[K comparable, V any] struct {
	node  *node[K, V]
	entry *leaf[K, V]
}

// A leaf is an entry.
type leaf[K comparable, V any] struct {
	next  *leaf[K, V]
	key   K
	value V
}

func newTrie[K comparable, V any](m *Map[K, V]) (*trie[K, V], error) {
	keys, err := gomap.New[K, struct{}](gomap.Config[K]{Release: m.release.Name(), Hash: func(K, uint64) uint64 { return 0 }})
	if err != nil {
		return nil, err
	}
	_, err = keys.Put(*new(K), struct{}{})
	return &trie[K, V]{Map: m, keys: keys, hash: m.hash}, err
}

// start makes the root if it is the first operation, which draws the seed.
func (t *trie[K, V]) start() {
	if t.root == nil {
		t.root = t.newNode(nil)
		t.seed = t.rand()
	}
}

func (t *trie[K, V]) newNode(parent *node[K, V]) *node[K, V] {
	t.made++
	t.allocate(nodeBytes)
	return &node[K, V]{number: t.made, parent: parent}
}

func (t *trie[K, V]) newLeaf(key K, value V) *leaf[K, V] {
	t.allocate(entryBytes)
	return &leaf[K, V]{key: key, value: value}
}

// A spot is the place at which a search has ended: a place without a node, which the bits
// of the hash from shift up have led to.
type spot[K comparable, V any] struct {
	hash  uint64
	shift uint
	node  *node[K, V]
	place *place[K, V]
}

// find goes down by the hash of a key. A key that cannot be hashed is the error.
func (t *trie[K, V]) find(key K) (spot[K, V], error) {
	t.start()
	if _, _, err := t.keys.Get(key); err != nil {
		return spot[K, V]{}, err
	}
	s := spot[K, V]{hash: t.hash(key, t.seed), shift: hashBits, node: t.root}
	for {
		s.shift -= bitsALevel
		s.place = &s.node.places[s.hash>>s.shift%places]
		if s.place.node == nil {
			return s, nil
		}
		s.node = s.place.node
	}
}

// look finds a key in a list: where it hangs, nil if it is not there.
func (p *place[K, V]) look(key K) **leaf[K, V] {
	for at := &p.entry; *at != nil; at = &(*at).next {
		if (*at).key == key {
			return at
		}
	}
	return nil
}

func (t *trie[K, V]) load(key K) (out Outcome[V], err error) {
	s, err := t.find(key)
	if err != nil {
		return out, err
	}
	if at := s.place.look(key); at != nil {
		out.Value, out.OK = (*at).value, true
	}
	return out, nil
}

// swap is Swap and Store. It makes a new entry in any case.
func (t *trie[K, V]) swap(key K, value V) (out Outcome[V], err error) {
	s, err := t.find(key)
	if err != nil {
		return out, err
	}
	if err := t.lock(s.node); err != nil {
		return out, err
	}
	if at := s.place.look(key); at != nil {
		out.Value, out.OK = (*at).value, true
		t.replace(at, key, value)
		return out, nil
	}
	return out, t.insert(s, key, value)
}

// lock takes the lock of a node.
func (t *trie[K, V]) lock(n *node[K, V]) error {
	if n.locked {
		return StillLocked
	}
	t.taken = true
	return nil
}

// replace puts a new entry in the place of one, with the key as it is given now.
func (t *trie[K, V]) replace(at **leaf[K, V], key K, value V) {
	e := t.newLeaf(key, value)
	e.next = (*at).next
	*at = e
}

func (t *trie[K, V]) loadOrStore(key K, value V) (out Outcome[V], err error) {
	s, err := t.find(key)
	if err != nil {
		return out, err
	}
	if at := s.place.look(key); at != nil {
		return Outcome[V]{Value: (*at).value, OK: true}, nil
	}
	if err := t.lock(s.node); err != nil {
		return out, err
	}
	return Outcome[V]{Value: value}, t.insert(s, key, value)
}

// insert puts a new key where the search has ended.
func (t *trie[K, V]) insert(s spot[K, V], key K, value V) error {
	e := t.newLeaf(key, value)
	if s.place.entry == nil {
		s.place.entry = e
		t.event(Event{Kind: Inserted, N: s.node.number, Place: int(s.hash >> s.shift % places)})
		return nil
	}
	return t.expand(s, e)
}

// expand makes room for two entries at one place: a node for each level at which their
// hashes go the same way, or a list: internal/sync/hashtriemap.go:expand.
func (t *trie[K, V]) expand(s spot[K, V], e *leaf[K, V]) error {
	old := s.place.entry
	hash := t.hash(old.key, t.seed)
	if hash == s.hash {
		e.next = old
		s.place.entry = e
		t.event(Event{Kind: Chained, N: s.node.number, Place: int(s.hash >> s.shift % places)})
		return nil
	}
	top := t.newNode(s.node)
	n := top
	for shift := s.shift; ; {
		if shift == 0 { // hashes of a key that differ
			if t.release.AtLeast("go1.26") {
				return OutOfBits
			}
			return OutOfBits.In("internal/sync.HashTrieMap: ran out of hash bits while inserting")
		}
		shift -= bitsALevel
		oi, ni := hash>>shift%places, s.hash>>shift%places
		if oi != ni {
			n.places[oi].entry, n.places[ni].entry = old, e
			break
		}
		next := t.newNode(n)
		n.places[oi].node = next
		n = next
	}
	s.place.node, s.place.entry = top, nil
	t.event(Event{Kind: Expanded, N: top.number, Of: s.node.number, Place: int(s.hash >> s.shift % places)})
	return nil
}

func (t *trie[K, V]) compareAndSwap(key K, old, value V) (out Outcome[V], err error) {
	s, err := t.find(key)
	if err != nil {
		return out, err
	}
	at, err := s.place.with(key, old)
	if at == nil || err != nil {
		return out, err
	}
	if err := t.lock(s.node); err != nil {
		return out, err
	}
	t.replace(at, key, value)
	return Outcome[V]{Value: value, OK: true}, nil
}

// with finds a key with a value.
func (p *place[K, V]) with(key K, old V) (**leaf[K, V], error) {
	at := p.look(key)
	if at == nil {
		return nil, nil
	}
	if same, err := equal((*at).value, old); !same {
		return nil, err
	}
	return at, nil
}

// remove is Delete, LoadAndDelete and, with a value, CompareAndDelete, which takes the
// lock before it compares.
func (t *trie[K, V]) remove(key K, old *V) (out Outcome[V], err error) {
	s, err := t.find(key)
	if err != nil {
		return out, err
	}
	at := s.place.look(key)
	if at == nil {
		return out, nil
	}
	if err := t.lock(s.node); err != nil {
		return out, err
	}
	if old != nil {
		if at, err = s.place.with(key, *old); at == nil {
			s.node.locked = err != nil // no defer unlocks it
			return out, err
		}
	}
	out.Value, out.OK = (*at).value, true
	*at = (*at).next
	if s.place.entry == nil {
		return out, t.collapse(s)
	}
	return out, nil
}

// collapse removes nodes that have become empty, except for the root.
func (t *trie[K, V]) collapse(s spot[K, V]) error {
	for n := s.node; n.parent != nil && n.empty(); n = n.parent {
		if err := t.lock(n.parent); err != nil {
			n.locked = true
			return err
		}
		s.shift += bitsALevel
		n.parent.places[s.hash>>s.shift%places].node = nil
		t.event(Event{Kind: Collapsed, N: n.number, Of: n.parent.number, Place: int(s.hash >> s.shift % places)})
	}
	return nil
}

func (n *node[K, V]) empty() bool { return n.places == [places]place[K, V]{} }

func (t *trie[K, V]) clear() (Outcome[V], error) {
	t.start()
	t.root = t.newNode(nil)
	return Outcome[V]{}, nil
}

func (t *trie[K, V]) all(yield func(K, V) bool) {
	t.start()
	t.root.all(yield)
}

func (n *node[K, V]) all(yield func(K, V) bool) bool {
	for i := range n.places {
		if below := n.places[i].node; below != nil {
			if !below.all(yield) {
				return false
			}
			continue
		}
		for e := n.places[i].entry; e != nil; e = e.next {
			if !yield(e.key, e.value) {
				return false
			}
		}
	}
	return true
}
