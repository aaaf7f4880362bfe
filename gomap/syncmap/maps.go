package syncmap

import (
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/layout"
)

// maps are the two maps of Go 1.9 to 1.23: sync/map.go:Map.
type maps[K comparable, V any] struct {
	*Map[K, V]
	none    *gomap.Map[K, *entry[V]] // a nil map
	read    *gomap.Map[K, *entry[V]]
	amended bool
	dirty   *gomap.Map[K, *entry[V]] // nil: there is none
	misses  int

	locked bool // for good: a panic has left it
	made   int  // entries
}

// An entry is what both maps lead to.
type entry[V any] struct {
	number int
	value  *V // nil: it was deleted
	gone   bool
	// gone: it is expunged. Its key is not in the dirty map.
}

func newMaps[K comparable, V any](m *Map[K, V]) (*maps[K, V], error) {
	s := &maps[K, V]{Map: m}
	var err error
	s.none, err = s.inner(0, true)
	s.read = s.none
	return s, err
}

// inner makes a map.
func (s *maps[K, V]) inner(hint int, isNil bool) (*gomap.Map[K, *entry[V]], error) {
	return gomap.New[K, *entry[V]](gomap.Config[K]{
		Release: s.release.Name(), Hint: int64(hint), Nil: isNil, Hash: s.hash, Rand: s.rand,
		Key: &layout.Interface{}, Elem: &layout.Pointer{Elem: layout.Int},
	})
}

// lock takes the lock.
func (s *maps[K, V]) lock() error {
	if s.locked {
		return StillLocked
	}
	s.taken = true
	return nil
}

// find looks into one of the maps. Under the lock, which no defer would release, an
// error leaves it locked.
func (s *maps[K, V]) find(in *gomap.Map[K, *entry[V]], key K, under bool) (*entry[V], bool, error) {
	if in == nil {
		in = s.none
	}
	e, ok, err := in.Get(key)
	s.locked = s.locked || under && err != nil
	return e, ok, err
}

// miss counts, and promotes the dirty map when that has cost as much as a copy:
// sync/map.go:missLocked.
func (s *maps[K, V]) miss() {
	s.misses++
	n := 0
	if s.dirty != nil {
		n = s.dirty.Len()
	}
	s.event(Event{Kind: Missed, N: s.misses, Of: n})
	if s.misses >= n {
		s.promote()
	}
}

func (s *maps[K, V]) promote() {
	n := 0
	s.read, s.amended = s.none, false
	if s.dirty != nil {
		s.read, n = s.dirty, s.dirty.Len()
	}
	s.dirty, s.misses = nil, 0
	s.event(Event{Kind: Promoted, N: n})
}

// lookup finds the entry of a key in either map. With counts, looking into the dirty one
// is a miss in any case.
func (s *maps[K, V]) lookup(key K, counts bool) (*entry[V], error) {
	e, ok, err := s.find(s.read, key, false)
	if ok || err != nil || !s.amended {
		return e, err
	}
	if err := s.lock(); err != nil {
		return nil, err
	}
	if e, _, err = s.find(s.dirty, key, true); err == nil && counts {
		s.miss()
	}
	return e, err
}

func (s *maps[K, V]) load(key K) (Outcome[V], error) {
	e, err := s.lookup(key, true)
	return e.outcome(), err
}

func (e *entry[V]) outcome() (out Outcome[V]) {
	if e != nil && e.value != nil {
		out.Value, out.OK = *e.value, true
	}
	return out
}

// swap is Swap and Store: sync/map.go:Swap.
func (s *maps[K, V]) swap(key K, value V) (out Outcome[V], err error) {
	e, ok, err := s.find(s.read, key, false)
	if err != nil {
		return out, err
	}
	if ok && !e.gone {
		out = e.outcome()
		e.value = &value
		return out, nil
	}
	if err := s.lock(); err != nil {
		return out, err
	}
	if ok {
		return out, s.revive(key, e, value)
	}
	if e, ok, err = s.find(s.dirty, key, true); err != nil {
		return out, err
	}
	if ok {
		out = e.outcome()
		e.value = &value
		return out, nil
	}
	return out, s.add(key, value)
}

// revive stores to an expunged entry, which the dirty map gets again.
func (s *maps[K, V]) revive(key K, e *entry[V], value V) error {
	e.gone, e.value = false, &value
	_, err := s.dirty.Put(key, e)
	s.event(Event{Kind: Revived, N: e.number})
	return err
}

// add puts a new key into the dirty map, which is made if there is none.
func (s *maps[K, V]) add(key K, value V) error {
	if !s.amended {
		if err := s.makeDirty(); err != nil {
			return err
		}
		s.amended = true
	}
	s.made++
	_, err := s.dirty.Put(key, &entry[V]{number: s.made, value: &value})
	s.locked = s.locked || err != nil
	return err
}

// makeDirty copies the read map, and expunges what was deleted: sync/map.go:dirtyLocked.
func (s *maps[K, V]) makeDirty() (err error) {
	if s.dirty != nil {
		return nil
	}
	if s.dirty, err = s.inner(s.read.Len(), false); err != nil {
		return err
	}
	expunged := 0
	for key, e := range s.read.All() {
		if e.value == nil {
			e.gone = true
			expunged++
			continue
		}
		if _, err := s.dirty.Put(key, e); err != nil {
			return err
		}
	}
	s.event(Event{Kind: Copied, N: s.dirty.Len(), Of: s.read.Len()})
	if expunged > 0 {
		s.event(Event{Kind: Expunged, N: expunged})
	}
	return nil
}

func (s *maps[K, V]) loadOrStore(key K, value V) (Outcome[V], error) {
	stored := Outcome[V]{Value: value}
	e, ok, err := s.find(s.read, key, false)
	if err != nil {
		return stored, err
	}
	if ok && !e.gone {
		if e.value == nil {
			e.value = &value
			return stored, nil
		}
		return e.outcome(), nil
	}
	if err := s.lock(); err != nil {
		return stored, err
	}
	if ok {
		return stored, s.revive(key, e, value)
	}
	if e, ok, err = s.find(s.dirty, key, true); err != nil {
		return stored, err
	}
	if !ok {
		return stored, s.add(key, value)
	}
	if e.value != nil {
		stored = e.outcome()
	} else {
		e.value = &value
	}
	s.miss()
	return stored, nil
}

// remove is Delete and LoadAndDelete. Since Go 1.15 it counts misses.
func (s *maps[K, V]) remove(key K) (out Outcome[V], err error) {
	e, ok, err := s.find(s.read, key, false)
	if err != nil {
		return out, err
	}
	if !ok && s.amended {
		if err := s.lock(); err != nil {
			return out, err
		}
		if e, _, err = s.find(s.dirty, key, true); err != nil {
			return out, err
		}
		if _, err = s.dirty.Delete(key); err != nil {
			return out, err
		}
		if s.release.AtLeast("go1.15") {
			s.miss()
		}
	}
	out = e.outcome()
	if e != nil {
		e.value = nil
	}
	return out, nil
}

func (s *maps[K, V]) compareAndSwap(key K, old, value V) (out Outcome[V], err error) {
	e, ok, err := s.find(s.read, key, false)
	if err != nil || !ok && !s.amended {
		return out, err
	}
	missed := false
	if !ok {
		if err := s.lock(); err != nil {
			return out, err
		}
		if e, missed, err = s.find(s.dirty, key, true); err != nil {
			return out, err
		}
	}
	if out.OK, err = e.is(old); err != nil {
		return out, err // the lock is released by a defer
	}
	if out.OK {
		e.value, out.Value = &value, value
	}
	if missed { // only a key that is there counts
		s.miss()
	}
	return out, nil
}

func (s *maps[K, V]) compareAndDelete(key K, old V) (out Outcome[V], err error) {
	e, err := s.lookup(key, true)
	if err != nil {
		return out, err
	}
	if out.OK, err = e.is(old); out.OK {
		out.Value, e.value = *e.value, nil // its key stays in the dirty map
	}
	return out, err
}

// is reports whether the entry has the value.
func (e *entry[V]) is(old V) (bool, error) {
	if e == nil || e.value == nil {
		return false, nil
	}
	return equal(*e.value, old)
}

func (s *maps[K, V]) clear() (out Outcome[V], err error) {
	if s.read.Len() == 0 && !s.amended {
		return out, nil
	}
	if err := s.lock(); err != nil {
		return out, err
	}
	s.read, s.amended, s.misses = s.none, false, 0
	if s.dirty != nil {
		_, err = s.dirty.Clear()
	}
	return out, err
}

// all is Range: sync/map.go:Range.
func (s *maps[K, V]) all(yield func(K, V) bool) error {
	if s.amended {
		if err := s.lock(); err != nil {
			return err
		}
		s.promote()
	}
	it, err := s.read.Range()
	if err != nil {
		return err
	}
	for it.Next() {
		if e := it.Elem(); e.value != nil && !yield(it.Key(), *e.value) {
			return nil
		}
	}
	return it.Err()
}
