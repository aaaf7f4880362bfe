package gomaplive

import (
	"bytes"
	"fmt"
	"unsafe"

	"github.com/orrery-go/orrery/gomap"
)

// A header is internal/runtime/maps.Map.
type header struct {
	used              uint64
	seed              uintptr
	dirPtr            unsafe.Pointer
	dirLen            int
	globalDepth       uint8
	globalShift       uint8
	writing           uint8
	tombstonePossible bool
	clearSeq          uint64
}

// A table is internal/runtime/maps.table.
type table struct {
	used, capacity, growthLeft uint16
	localDepth                 uint8
	index                      int
	groups                     unsafe.Pointer
	lengthMask                 uint64
}

// An iterator is internal/runtime/maps.Iter.
type iterator struct {
	key, elem              unsafe.Pointer
	typ, m                 unsafe.Pointer
	entryOffset, dirOffset uint64
	clearSeq               uint64
	globalDepth            uint8
	dirIdx                 int
	tab                    *table
	group                  unsafe.Pointer
	entryIdx               uint64
}

// A group has the layout of the compiler's groups: K and V are pointers where the map
// stores pointers to keys or elements.
type group[K, V any] struct {
	_     [8]uint8 // the control word
	slots [8]struct {
		key  K
		elem V
	}
}

const hasherOffset = 72 // of abi.MapType.Hasher

// hasherOf returns the hash function of a map's type.
func hasherOf(m any) func(unsafe.Pointer, uintptr) uintptr {
	typ := *(*unsafe.Pointer)(unsafe.Pointer(&m))
	return *(*func(unsafe.Pointer, uintptr) uintptr)(unsafe.Add(typ, hasherOffset))
}

func headerOf[K comparable, V any](m map[K]V) *header { return *(**header)(unsafe.Pointer(&m)) }

func memoryOf[T any](p *T) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), unsafe.Sizeof(*p)) }

func same[T any](a, b *T) bool {
	if unsafe.Sizeof(*a) == 8 {
		return *(*uint64)(unsafe.Pointer(a)) == *(*uint64)(unsafe.Pointer(b))
	}
	return bytes.Equal(memoryOf(a), memoryOf(b))
}

// A reader compares the memory of maps of one type.
type reader[K comparable, V any] struct {
	indirectKey, indirectElem bool
	tables                    map[int]*table // by the model's numbers
	Slots                     int            // number compared
}

func (r *reader[K, V]) groupSize() uintptr {
	switch {
	case r.indirectKey && r.indirectElem:
		return unsafe.Sizeof(group[*K, *V]{})
	case r.indirectKey:
		return unsafe.Sizeof(group[*K, V]{})
	case r.indirectElem:
		return unsafe.Sizeof(group[K, *V]{})
	}
	return unsafe.Sizeof(group[K, V]{})
}

// offsets returns the offsets of slot i's key and element in a group.
func (r *reader[K, V]) offsets(i int) (key, elem uintptr) {
	switch {
	case r.indirectKey && r.indirectElem:
		g := (*group[*K, *V])(nil)
		return unsafe.Offsetof(g.slots) + uintptr(i)*unsafe.Sizeof(g.slots[0]), unsafe.Offsetof(g.slots[0].elem)
	case r.indirectKey:
		g := (*group[*K, V])(nil)
		return unsafe.Offsetof(g.slots) + uintptr(i)*unsafe.Sizeof(g.slots[0]), unsafe.Offsetof(g.slots[0].elem)
	case r.indirectElem:
		g := (*group[K, *V])(nil)
		return unsafe.Offsetof(g.slots) + uintptr(i)*unsafe.Sizeof(g.slots[0]), unsafe.Offsetof(g.slots[0].elem)
	}
	g := (*group[K, V])(nil)
	return unsafe.Offsetof(g.slots) + uintptr(i)*unsafe.Sizeof(g.slots[0]), unsafe.Offsetof(g.slots[0].elem)
}

// compare compares a whole map with the model's memory.
func (r *reader[K, V]) compare(real map[K]V, s gomap.Snapshot[K, V]) error {
	h := headerOf(real)
	got := header{uint64(s.Len), uintptr(s.Seed), h.dirPtr, len(s.Directory), s.GlobalDepth, h.globalShift, 0, s.TombstonePossible, s.ClearSeq}
	if *h != got {
		return fmt.Errorf("header: real %+v, model %+v", *h, got)
	}
	if h.dirLen > 0 && h.globalShift != 64-h.globalDepth {
		return fmt.Errorf("globalShift is %d", h.globalShift)
	}
	if h.dirLen == 0 {
		if (h.dirPtr == nil) != (len(s.Small) == 0) {
			return fmt.Errorf("the group of a small map: real %v, model has %d", h.dirPtr, len(s.Small))
		}
		if h.dirPtr != nil {
			return r.group(h.dirPtr, &s.Small[0], false)
		}
		return nil
	}
	directory := unsafe.Slice((**table)(h.dirPtr), h.dirLen)
	for i, t := range directory {
		state := &s.Tables[s.Directory[i]]
		if old := r.tables[state.Number]; old != nil && old != t {
			return fmt.Errorf("table %d is not where it was", state.Number)
		}
		r.tables[state.Number] = t
		if i > 0 && t == directory[i-1] {
			if s.Directory[i] != s.Directory[i-1] {
				return fmt.Errorf("directory: places %d and %d share a table in memory", i-1, i)
			}
			continue
		}
		if i > 0 && s.Directory[i] == s.Directory[i-1] {
			return fmt.Errorf("directory: places %d and %d share a table in the model", i-1, i)
		}
		if err := r.table(t, state); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader[K, V]) table(t *table, s *gomap.TableState[K, V]) error {
	want := table{uint16(s.Used), uint16(s.Capacity), uint16(s.GrowthLeft), s.LocalDepth, s.Index, t.groups, uint64(len(s.Groups) - 1)}
	if *t != want {
		return fmt.Errorf("table %d: real %+v, model %+v", s.Number, *t, want)
	}
	for i := range s.Groups {
		if err := r.group(unsafe.Add(t.groups, uintptr(i)*r.groupSize()), &s.Groups[i], s.Index == -1); err != nil {
			return fmt.Errorf("table %d, group %d: %w", s.Number, i, err)
		}
	}
	return nil
}

// group compares a group. Of a table that was replaced, keys and elements in blocks of
// their own are not compared, since they now belong to the new table.
func (r *reader[K, V]) group(p unsafe.Pointer, u *gomap.Unit[K, V], stale bool) error {
	if ctrl := *(*[8]uint8)(p); ctrl != u.Control {
		return fmt.Errorf("control word: real %x, model %x", ctrl, u.Control)
	}
	for i := range u.Slots {
		keyAt, elemAt := r.offsets(i)
		full := u.Control[i] < 0x80
		key, elem := unsafe.Add(p, keyAt), unsafe.Add(p, keyAt+elemAt)
		if err := word(key, &u.Slots[i].Key, r.indirectKey, full, stale); err != nil {
			return fmt.Errorf("key of slot %d: %w", i, err)
		}
		if err := word(elem, &u.Slots[i].Elem, r.indirectElem, full, stale); err != nil {
			return fmt.Errorf("element of slot %d: %w", i, err)
		}
	}
	r.Slots += len(u.Slots)
	return nil
}

func word[T any](p unsafe.Pointer, model *T, indirect, full, stale bool) error {
	if indirect {
		if stale {
			return nil
		}
		if p = *(*unsafe.Pointer)(p); (p != nil) != full {
			return fmt.Errorf("a block is there: %t, the slot is full: %t", p != nil, full)
		}
		if p == nil {
			return nil
		}
	}
	if real := (*T)(p); !same(real, model) {
		return fmt.Errorf("real %x, model %x", memoryOf(real), memoryOf(model))
	}
	return nil
}
