package gomap

// A Snapshot is the memory of a map. It shares no memory with the model.
type Snapshot[K comparable, V any] struct {
	Release string `json:"release"`
	Design  Design `json:"design"`
	Len     int    `json:"len"`
	Seed    uint64 `json:"seed,string"` // 32 bits of it in buckets

	// Of Swiss tables.

	GlobalDepth       uint8              `json:"globalDepth"` // bits of the hash that choose the table
	TombstonePossible bool               `json:"tombstonePossible"`
	ClearSeq          uint64             `json:"clearSeq,string"`
	Directory         []int              `json:"directory"` // indices in Tables; empty in a small map
	Tables            []TableState[K, V] `json:"tables"`
	Small             []Unit[K, V]       `json:"small"` // the one group of a small map; empty if nothing was put

	// Of buckets.

	B            uint8          `json:"b"`         // there are 2^B buckets
	Flags        uint8          `json:"flags"`     // iterator 1, oldIterator 2, hashWriting 4, sameSizeGrow 8; up to Go 1.3 iterator 4, oldIterator 8
	Overflows    int            `json:"overflows"` // noverflow: overflow buckets, counted exactly for B < 16
	Evacuated    int            `json:"evacuated"` // nevacuate: number of old buckets, from the first, that are evacuated
	Buckets      [][]Unit[K, V] `json:"buckets"`   // each with its chain
	OldBuckets   [][]Unit[K, V] `json:"oldBuckets"`
	MinTop       uint8          `json:"minTop"`       // the lowest tophash of an entry: 5, 4 up to Go 1.11, 1 in Go 1.2; below it is a state
	Preallocated int            `json:"preallocated"` // overflow buckets that wait
}

// A Design is one of the two designs of Go's maps.
type Design string

// The designs.
const (
	Buckets Design = "buckets" // Go 1.2 to 1.23
	Swiss   Design = "swiss"   // since Go 1.24
)

// String returns the name.
func (d Design) String() string { return string(d) }

// A TableState is the state of a table.
type TableState[K comparable, V any] struct {
	Number     int          `json:"number"` // in the order in which they were made, from 1
	Used       int          `json:"used"`
	Capacity   int          `json:"capacity"`
	GrowthLeft int          `json:"growthLeft"`
	LocalDepth uint8        `json:"localDepth"`
	Index      int          `json:"index"` // of its first place in the directory; -1: replaced
	Groups     []Unit[K, V] `json:"groups"`
}

// A Unit is a group or a bucket.
type Unit[K comparable, V any] struct {
	// Control has a byte for each slot. Of a group: 0x80 empty, 0xFE a tombstone,
	// else full. Of a bucket the tophash: below 5 (4 up to Go 1.11, 1 in Go 1.2) it
	// is a state.
	Control [slots]uint8      `json:"control"`
	Slots   [slots]Slot[K, V] `json:"slots"`

	Evacuated bool `json:"evacuated"` // of a bucket of Go 1.2, which marks it here; later the tophashes say it
}

// A Slot is the content of a slot, stale or not. A deleted string keeps its length since
// Go 1.10; in Go 1.10 to 1.23 its text is gone.
type Slot[K comparable, V any] struct {
	Key  K `json:"key"`
	Elem V `json:"elem"`
}

// Snapshot returns the memory of the map.
func (m *Map[K, V]) Snapshot() Snapshot[K, V] {
	s := Snapshot[K, V]{
		Release: m.release.String(), Design: Buckets, Len: m.used, Seed: m.seed,
		Directory: []int{}, Tables: []TableState[K, V]{}, Small: []Unit[K, V]{}, Buckets: [][]Unit[K, V]{}, OldBuckets: [][]Unit[K, V]{},
	}
	if m.hash == nil {
		s.Release = ""
	}
	if !m.rules.swiss {
		m.bucketSnapshot(&s)
		return s
	}
	s.Design = Swiss
	s.GlobalDepth, s.TombstonePossible, s.ClearSeq = m.swiss.globalDepth, m.swiss.tombstone, m.swiss.clearSeq
	if m.swiss.small != nil {
		s.Small = append(s.Small, m.swiss.small.state())
	}
	for i, t := range m.swiss.directory {
		if i == 0 || t != m.swiss.directory[i-1] {
			s.Tables = append(s.Tables, t.state())
		}
		s.Directory = append(s.Directory, len(s.Tables)-1)
	}
	return s
}

// An IterState is the place of a range in Swiss tables: internal/runtime/maps.Iter.
type IterState struct {
	EntryOffset uint64 `json:"entryOffset,string"` // added to every EntryIndex
	DirOffset   uint64 `json:"dirOffset,string"`   // added to every DirIndex
	ClearSeq    uint64 `json:"clearSeq,string"`
	GlobalDepth uint8  `json:"globalDepth"`
	DirIndex    int    `json:"dirIndex"`          // -1: the map was small
	EntryIndex  uint64 `json:"entryIndex,string"` // of the next slot in the table
}

// State returns the place of the range; all zero if there was nothing to range over.
func (it *Iter[K, V]) State() IterState {
	s := IterState{it.entryOffset, it.dirOffset, it.clearSeq, it.globalDepth, it.dirIndex, it.entryIndex}
	if it.small != nil {
		s.DirIndex = -1
	}
	return s
}

// Table returns the table that a range is at, which may have been replaced; false if
// it is at none.
func (it *Iter[K, V]) Table() (TableState[K, V], bool) {
	if it.tab == nil {
		return TableState[K, V]{Groups: []Unit[K, V]{}}, false
	}
	return it.tab.state(), true
}

func (t *table[K, V]) state() TableState[K, V] {
	s := TableState[K, V]{t.number, t.used, t.capacity, t.growthLeft, t.localDepth, t.index, make([]Unit[K, V], len(t.groups))}
	for i := range t.groups {
		s.Groups[i] = t.groups[i].state()
	}
	return s
}

func (g *group[K, V]) state() (u Unit[K, V]) {
	for i := range g.slots {
		u.Control[i] = g.byteAt(i)
		u.Slots[i] = Slot[K, V]{g.slots[i].key, g.slots[i].elem}
	}
	return u
}

func (m *Map[K, V]) bucketSnapshot(s *Snapshot[K, V]) {
	h := &m.old
	s.B, s.Flags, s.Overflows, s.Evacuated, s.MinTop = h.b, h.flags, h.overflows, h.evacuated, m.rules.minTop
	if m.writing {
		s.Flags |= hashWriting
	}
	if h.array != nil {
		s.Buckets = chains(h.array[:1<<h.b])
	}
	if h.old != nil {
		s.OldBuckets = chains(h.old[:m.oldBuckets()])
	}
	if h.next > 0 {
		s.Preallocated = len(h.array) - h.next
	}
}

func chains[K comparable, V any](array []bucket[K, V]) [][]Unit[K, V] {
	out := make([][]Unit[K, V], len(array))
	for i := range array {
		for b := &array[i]; b != nil; b = b.overflow {
			u := Unit[K, V]{Control: b.top, Evacuated: b.evacuated}
			for j, e := range b.slots {
				u.Slots[j] = Slot[K, V]{e.key, e.elem}
			}
			out[i] = append(out[i], u)
		}
	}
	return out
}
