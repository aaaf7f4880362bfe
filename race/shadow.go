package race

import "math/bits"

// cell is an access to some of 8 bytes.
type cell struct {
	op    uint64 // its number
	place Place
	g     G
	slot  int32
	event uint32 // of the goroutine's history, with Limits.Parts
	late  uint32 // operations since its goroutine lost the slot, with Limits.Slots
	mask  uint8  // the bytes
	kind  uint8
	verb  uint8 // in accessVerbs
}

// epoch is the operation up to which others need to know of the slot, to know of the
// access.
func (c *cell) epoch() uint64 { return c.op - uint64(c.late) }

// The kinds of accesses are sets of these: a plain write is none, and conflicts with
// all. Two accesses that both read, or both are atomic, do not conflict.
const (
	reads  = 1 << 0
	atomic = 1 << 1
)

func conflict(a, b uint8) bool { return a&b == 0 }

// covers reports whether every access that conflicts with b conflicts with a.
func covers(a, b uint8) bool { return a&^b == 0 }

// A granule holds the remembered accesses to 8 bytes.
type granule struct {
	key   uint64 // their address / 8, plus 1; 0: the place in the table is free
	first [4]cell
	more  []cell // those that do not fit into first
	n     int32
}

func (g *granule) at(i int) *cell {
	if i < len(g.first) {
		return &g.first[i]
	}
	return &g.more[i-len(g.first)]
}

func (g *granule) add(c cell) {
	if int(g.n) < len(g.first) {
		g.first[g.n] = c
	} else {
		g.more = append(g.more[:int(g.n)-len(g.first)], c)
	}
	g.n++
}

// remove puts the last cell in the place of cell i.
func (g *granule) remove(i int) {
	g.n--
	*g.at(i) = *g.at(int(g.n))
}

// shadow finds granules by address: a table with linear probing.
type shadow struct {
	table []granule // a power of 2, at most 3/4 full
	used  int
	cells int // Limits.Cells
}

func (s *shadow) slot(key uint64) int {
	return int(key * 0x9e3779b97f4a7c15 >> (64 - uint(bits.TrailingZeros(uint(len(s.table))))))
}

// find returns the granule of an address, or nil.
func (s *shadow) find(addr uint64) *granule {
	if len(s.table) == 0 {
		return nil
	}
	key := addr>>3 + 1
	for i := s.slot(key); ; i = (i + 1) & (len(s.table) - 1) {
		switch g := &s.table[i]; g.key {
		case key:
			return g
		case 0:
			return nil
		}
	}
}

// raced reports whether the mark that a race leaves is still in the granule of an
// address.
func (s *shadow) raced(addr uint64) bool {
	if s.cells == 0 {
		return false
	}
	g := s.find(addr)
	return g != nil && g.n > 0 && g.first[0].mask == 0
}

// get returns the granule of an address, new if need be, or nil if there are too
// many.
func (s *shadow) get(addr uint64) *granule {
	if g := s.find(addr); g != nil {
		return g
	}
	if s.used*4 >= len(s.table)*3 && !s.resize() {
		return nil
	}
	key := addr>>3 + 1
	i := s.slot(key)
	for s.table[i].key != 0 {
		i = (i + 1) & (len(s.table) - 1)
	}
	s.used++
	s.table[i].key = key
	return &s.table[i]
}

// resize makes the table larger, without granules that remember nothing. It
// reports false if there are too many.
func (s *shadow) resize() bool {
	live := 0
	for i := range s.table {
		if g := &s.table[i]; g.n > 0 {
			live++
		}
	}
	if live >= maxGranules {
		return false
	}
	size := 64
	for size < 2*live+2 {
		size *= 2
	}
	old := s.table
	s.table, s.used = make([]granule, size), 0
	for i := range old {
		if g := &old[i]; g.n > 0 {
			j := s.slot(g.key)
			for s.table[j].key != 0 {
				j = (j + 1) & (size - 1)
			}
			s.table[j] = *g
			s.used++
		}
	}
	return true
}

// sweep forgets cells that are not after floor in their slot, and notes which slots
// the others are in.
func (s *shadow) sweep(floor []uint64, used []bool) {
	for i := range s.table {
		g := &s.table[i]
		for j := int(g.n) - 1; j >= 0; j-- {
			if c := g.at(j); c.mask == 0 {
				continue // the mark of a race
			} else if c.op <= floor[c.slot] {
				g.remove(j)
			} else {
				used[c.slot] = true
			}
		}
	}
}

// mask returns the bytes of a granule from first on, n of them.
func mask(first, n uint64) uint8 { return uint8(0xff >> (8 - n) << first) }
