package gomap

import "math/bits"

// The bytes of a control word; a full slot has the low seven bits of its hash there:
// internal/runtime/maps/group.go:ctrl.
const (
	ctrlEmpty   = 0x80
	ctrlDeleted = 0xFE // a tombstone

	slots = 8 // of a group, and of a bucket

	lowBits    = 0x0101010101010101
	highBits   = 0x8080808080808080
	emptyWord  = ctrlEmpty * lowBits
	maxTable   = 1024 // slots: internal/runtime/maps/table.go:maxTableCapacity
	maxAvgLoad = 7    // entries of a group, on average
)

// A slot holds an entry.
type slot[K comparable, V any] struct {
	key  K
	elem V
}

// A group is a control word and eight slots. Byte i of the word is of slot i.
type group[K comparable, V any] struct {
	ctrl  uint64
	slots [slots]slot[K, V]
}

// A match is a set of slots: the high bit of byte i says that slot i is in it.
type match uint64

// first returns the first slot of a set that is not empty.
func (m match) first() int { return bits.TrailingZeros64(uint64(m)) >> 3 }

// rest returns the set without its first slot.
func (m match) rest() match { return m & (m - 1) }

func (m match) count() int { return bits.OnesCount64(uint64(m)) }

// matchH2 returns the slots whose hash may end so, and now and then a full one after
// such a slot: the caller compares keys.
func (g *group[K, V]) matchH2(h2 uint64) match {
	v := g.ctrl ^ lowBits*h2
	return match((v - lowBits) &^ v & highBits)
}

func (g *group[K, V]) matchEmpty() match          { return match(g.ctrl &^ (g.ctrl << 6) & highBits) }
func (g *group[K, V]) matchEmptyOrDeleted() match { return match(g.ctrl & highBits) }
func (g *group[K, V]) matchFull() match           { return match(^g.ctrl & highBits) }

func (g *group[K, V]) set(i int, c uint64) {
	shift := uint(i) * 8
	g.ctrl = g.ctrl&^(0xFF<<shift) | c<<shift
}

func (g *group[K, V]) byteAt(i int) uint8 { return uint8(g.ctrl >> (uint(i) * 8)) }

// h1 chooses the first group, h2 stands in the control word.
func h1(hash uint64) uint64 { return hash >> 7 }
func h2(hash uint64) uint64 { return hash & 0x7F }
