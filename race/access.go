package race

import (
	"fmt"
	"math"

	"math/bits"
)

// Read is a read of size bytes at addr, of a number, a pointer, a string, a slice or
// anything else that is not a struct or array of several components. It returns an error
// if the goroutine cannot act, or the size is out of range. A race is not an error: it is
// in the outcome and in [Detector.Reports].
func (d *Detector) Read(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.access(Op{Verb: ReadVerb, G: g, Addr: addr, Size: size, Place: at}, reads)
}

// Write is a write of size bytes at addr. In all else it is like [Detector.Read].
func (d *Detector) Write(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.access(Op{Verb: WriteVerb, G: g, Addr: addr, Size: size, Place: at}, 0)
}

// ReadRange is a read of a struct or an array of several components: each byte counts,
// even with Limits.FirstByte.
func (d *Detector) ReadRange(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.access(Op{Verb: ReadRangeVerb, G: g, Addr: addr, Size: size, Place: at}, reads)
}

// WriteRange is a write of a struct or an array of several components: each byte counts,
// even with Limits.FirstByte.
func (d *Detector) WriteRange(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.access(Op{Verb: WriteRangeVerb, G: g, Addr: addr, Size: size, Place: at}, 0)
}

// New says that the memory at addr is new: accesses there before are forgotten. Errors
// are those of [Detector.Read].
func (d *Detector) New(g G, addr uint64, size int, at Place) error {
	if _, err := d.begin(g); err != nil {
		return err
	}
	if err := checkRange(addr, size); err != nil {
		return err
	}
	d.done(Op{Verb: NewVerb, G: g, Addr: addr, Size: size, Place: at})
	// The allocator gives out whole words, and the detector forgets them.
	for a := addr &^ 7; a < addr+uint64(size); a += 8 {
		if gr := d.shadow.find(a); gr != nil {
			gr.n = 0
		}
		d.words -= d.atomics.forget(a)
		d.lockset.forget(a)
	}
	return nil
}

// checkRange returns an error if no access can be so large, or beyond the end of
// memory.
func checkRange(addr uint64, size int) error {
	if size < 1 || size > MaxAccess {
		return fmt.Errorf("race: an access of %d bytes out of range [1,%d]", size, MaxAccess)
	}
	if addr >= own {
		return fmt.Errorf("race: address %#x out of range [0,%#x]", addr, uint64(own-1))
	}
	return nil
}

// access returns one of plain memory.
func (d *Detector) access(op Op, kind uint8) (Outcome, error) {
	me, err := d.begin(op.G)
	if err != nil {
		return Outcome{}, err
	}
	if uint(op.Size-1) >= MaxAccess || op.Addr >= own {
		return Outcome{}, checkRange(op.Addr, op.Size)
	}
	d.ops++
	if d.trace != nil || d.config.Record {
		d.ops--
		d.done(op)
	}
	size := uint64(op.Size)
	whole := op.Verb == ReadRangeVerb || op.Verb == WriteRangeVerb
	if d.config.Limits.FirstByte && !whole {
		size = 1
	}
	if d.lockset != nil {
		d.lockset.access(d, me, op, kind)
	}
	return d.touch(me, op.Addr, size, kind, op.Verb, op.Place)
}

// touch looks at the accesses to the same bytes before, and notes this one.
func (d *Detector) touch(me *goroutine, addr, size uint64, kind uint8, v Verb, at Place) (o Outcome, err error) {
	o.What = DidOp
	c := cell{op: d.ops, place: at, g: me.id, slot: me.slot, kind: kind, verb: verbIndex(v)}
	if me.lost != 0 { // to its epoch in the slot, which the next owner knows
		c.late = uint32(min(d.ops-me.lost, math.MaxUint32))
	}
	whole := v == ReadRangeVerb || v == WriteRangeVerb
	if whole && d.rules.raceEnds && d.shadow.raced(addr) {
		return o, nil // of a range that begins there nothing is looked at
	}
	traced := false
	if whole && d.config.Limits.Parts > 0 {
		c.event, traced = me.parts.add(), true // an event for all of a range
	}
	for size > 0 {
		n := min(size, 8-addr&7)
		if n < 8 && whole && d.shadow.cells > 0 && d.rules.bytewise {
			n = 1
		}
		gr := d.shadow.get(addr)
		if gr == nil {
			return o, fmt.Errorf("race: more than %d words of memory are remembered", maxGranules)
		}
		c.mask = mask(addr&7, n)
		var races int
		lost := d.lost
		if d.shadow.cells == 0 {
			races = d.exact(me, gr, c)
		} else {
			races = d.limited(me, gr, c, traced)
		}
		o.Races += races
		if (races > 0 || d.lost > lost) && d.shadow.cells > 0 && d.rules.raceEnds {
			return o, nil // the detector looks no further, even if it cannot report this race
		}
		addr, size = addr+n, size-n
	}
	return o, nil
}

// maxCells bounds what is remembered of 8 bytes. That number is needed only if as many
// goroutines have read them and none knows of another.
const maxCells = 256

// exact forgets only what does not matter: accesses that happened before this one,
// if all that can race with them can race with this one; and those that were reported.
func (d *Detector) exact(me *goroutine, gr *granule, c cell) (races int) {
	store := true
	for i := int(gr.n) - 1; i >= 0; i-- {
		old := gr.at(i)
		if old.mask&c.mask == 0 {
			continue
		}
		if old.slot == c.slot {
			if old.g == c.g && old.op > me.rel && old.mask&c.mask == c.mask && covers(old.kind, c.kind) {
				store = false // of the same epoch, and as good
				continue
			}
		} else if old.epoch() > me.clock.get(old.slot) {
			if !conflict(old.kind, c.kind) {
				continue
			}
			d.report(me, gr, *old, c)
			races++
			// What races with the old one later will race with this one, or has seen
			// it: one of the two is enough to find that the variable is racy.
		}
		if covers(c.kind, old.kind) {
			if old.mask &^= c.mask; old.mask == 0 {
				gr.remove(i)
			}
		}
	}
	if !store {
		return races
	}
	if gr.n >= maxCells {
		gr.remove(0)
		d.evicted++
	}
	gr.add(c)
	return races
}

// limited has as many cells as the detector of go build -race, and fills them as it
// does. tsan_rtl_access.cpp: ContainsSameAccess, CheckRaces.
func (d *Detector) limited(me *goroutine, gr *granule, c cell, traced bool) int {
	n := int(gr.n)
	for i := range n {
		if old := gr.at(i); old.g == c.g && old.slot == c.slot && old.mask == c.mask && old.op > me.rel && old.kind|c.kind&reads == c.kind {
			return 0 // it says nothing new
		}
	}
	if d.config.Limits.Parts > 0 && !traced {
		c.event = me.parts.add()
	}
	if d.rules.overOthers {
		return d.limited2(me, gr, c)
	}
	rewrite := -1
	for i := range n {
		old := gr.at(i)
		if old.mask&c.mask == 0 {
			continue
		}
		if old.slot == c.slot {
			if old.mask == c.mask && old.kind >= c.kind && rewrite < 0 {
				rewrite = i
			}
			continue
		}
		known := old.epoch() <= me.clock.get(old.slot)
		if conflict(old.kind, c.kind) && !known {
			was := *old
			gr.n = 1 // the accesses to these bytes are forgotten, and a cell is lost
			*gr.at(0) = cell{}
			return d.reportKnown(me, gr, was, c)
		}
	}
	switch {
	case rewrite >= 0:
		*gr.at(rewrite) = c
	case n < d.shadow.cells:
		gr.add(c)
	default:
		d.evict(me, gr, c)
	}
	return 0
}

// limited2 is limited up to 1.18: an access also takes the cells of others that happened
// before, all that it can, and leaves those but the first empty; and what raced stays.
// tsan_update_shadow_word_inl.h.
func (d *Detector) limited2(me *goroutine, gr *granule, c cell) int {
	stored := false
	for i := range int(gr.n) {
		old := gr.at(i)
		if old.mask&c.mask == 0 {
			if old.mask == 0 && !stored {
				*old, stored = c, true
			}
			continue
		}
		if old.slot != c.slot && old.epoch() > me.clock.get(old.slot) {
			if conflict(old.kind, c.kind) {
				return d.reportKnown(me, gr, *old, c)
			}
			continue
		}
		if old.mask == c.mask && old.kind >= c.kind {
			if stored {
				*old = cell{}
			} else {
				*old, stored = c, true
			}
		}
	}
	switch {
	case stored:
	case int(gr.n) < d.shadow.cells:
		gr.add(c)
	default:
		d.evict(me, gr, c)
	}
	return 0
}

// evict gives an access the cell of another one.
func (d *Detector) evict(me *goroutine, gr *granule, c cell) {
	i := d.pick(d.shadow.cells)
	old := gr.at(i)
	if old.mask == 0 { // the mark of a race is no access
		*old = c
		return
	}
	d.evicted++
	if d.trace != nil {
		d.event(Event{Kind: Evicted, Rule: "cells", G: old.g, Place: old.place, Addr: gr.address(old.mask), Size: bits.OnesCount8(old.mask), Of: me.id})
	}
	*old = c
}

// address returns that of the first byte of a mask.
func (g *granule) address(mask uint8) uint64 {
	return (g.key-1)<<3 + uint64(bits.TrailingZeros8(mask))
}
