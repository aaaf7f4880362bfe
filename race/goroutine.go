package race

import (
	"fmt"
	"slices"
)

// A G is the number of a goroutine: [Main], 2, 3, and so on, in the order of their start.
// A number is never used again.
type G int32

// Main is the goroutine that exists from the beginning.
const Main G = 1

// A Place is a place in a program, by a number of the caller's, such as that of a line; 0
// is none.
type Place int32

// A goroutine is the state of a goroutine that has not exited.
type goroutine struct {
	id    G
	slot  int32  // the component of clocks that counts its operations
	clock clock  // what it knows to have happened
	rel   uint64 // its last operation that others can know of; what comes after is one epoch
	lost  uint64 // with Limits.Slots: the operation that gave its slot to another one, or 0
	waits Verb   // what it waits to do; "" if it can go on
	on    Object // for
	since uint64 // operation
	place Place  // of it
	next  G      // the next one in a queue
	reads bool   // it waits for a read lock
	parts history
}

// slot is a component of clocks.
type slot struct {
	owner  G // 0: none
	exited bool
}

// gtable finds goroutines by number, in memory that grows with those that live:
// pages of 256, which are used again when all of a page have exited.
type gtable struct {
	pages []*page
	spare []*page
	list  []*goroutine // live ones, in no order
	old   []*goroutine // to be used again
	next  G            // the number of the next one
}

const pageBits = 8

type page struct {
	live int
	gs   [1 << pageBits]*goroutine
}

func (t *gtable) find(g G) *goroutine {
	if i := int(uint32(g) >> pageBits); i < len(t.pages) && t.pages[i] != nil {
		return t.pages[i].gs[g&(1<<pageBits-1)]
	}
	return nil
}

// add makes the next one.
func (t *gtable) add() *goroutine {
	if t.next == 0 {
		t.next = Main
	}
	var me *goroutine
	if n := len(t.old); n > 0 {
		me, t.old = t.old[n-1], t.old[:n-1]
		*me = goroutine{clock: me.clock[:0]}
	} else {
		me = new(goroutine)
	}
	me.id = t.next
	t.next++
	i := int(me.id >> pageBits)
	for len(t.pages) <= i {
		t.pages = append(t.pages, nil)
	}
	if t.pages[i] == nil {
		if n := len(t.spare); n > 0 {
			t.pages[i], t.spare = t.spare[n-1], t.spare[:n-1]
		} else {
			t.pages[i] = new(page)
		}
	}
	t.pages[i].gs[me.id&(1<<pageBits-1)] = me
	t.pages[i].live++
	t.list = append(t.list, me)
	return me
}

// remove forgets one that has exited.
func (t *gtable) remove(me *goroutine) {
	i := int(me.id >> pageBits)
	t.pages[i].gs[me.id&(1<<pageBits-1)] = nil
	if t.pages[i].live--; t.pages[i].live == 0 && me.id>>pageBits != t.next>>pageBits {
		t.spare = append(t.spare, t.pages[i])
		t.pages[i] = nil
	}
	j := slices.Index(t.list, me)
	t.list[j] = t.list[len(t.list)-1]
	t.list = t.list[:len(t.list)-1]
	t.old = append(t.old, me)
}

// Go starts a goroutine: all that g has done happens before all that it does. It returns
// the number of the goroutine, and an error if g cannot act, or there would be too many.
func (d *Detector) Go(g G, at Place) (G, error) {
	me, err := d.begin(g)
	if err != nil {
		return 0, err
	}
	if d.gs.next == 1<<31-1 {
		return 0, fmt.Errorf("race: goroutine %d would be the last number", d.gs.next)
	}
	if d.config.Limits.Slots == 0 && len(d.free) == 0 {
		if d.dead > 64+len(d.gs.list)+len(d.shadow.table)/64 {
			d.sweep()
		}
		if len(d.free) == 0 && !d.room(len(d.slots)+1) {
			return 0, fmt.Errorf("race: %d goroutines, live or not waited for, need too much memory", len(d.slots))
		}
	}
	d.done(Op{Verb: GoVerb, G: g, Place: at})
	d.relock(me)
	child := d.start(g)
	d.words -= len(child.clock)
	child.clock = append(child.clock[:0], me.clock...)
	d.words += len(child.clock)
	child.clock = d.grow(child.clock, int(child.slot)+1)
	child.clock = d.grow(child.clock, int(me.slot)+1)
	d.release1(me)
	child.clock[me.slot] = d.ops
	child.clock[child.slot] = d.ops
	child.rel = d.ops
	if d.trace != nil {
		d.event(Event{Kind: Started, Rule: "go", G: child.id, Of: g})
	}
	d.edge(d.ops, child)
	return child.id, nil
}

// start makes a goroutine, and gives it a slot.
func (d *Detector) start(parent G) *goroutine {
	me := d.gs.add()
	if d.config.Limits.Slots > 0 {
		d.attach(me)
		return me
	}
	if n := len(d.free); n > 0 {
		me.slot, d.free = d.free[n-1], d.free[:n-1]
	} else {
		me.slot = int32(len(d.slots))
		d.slots = append(d.slots, slot{})
	}
	d.slots[me.slot] = slot{owner: me.id}
	return me
}

// attach gives a goroutine the slot that was given longest ago. From then on it
// takes all that was done in that slot for its own.
func (d *Detector) attach(me *goroutine) {
	me.slot = int32(d.queue)
	if d.queue++; d.queue == len(d.slots) {
		d.queue = 0
	}
	if was := d.gs.find(d.slots[me.slot].owner); was != nil && was != me {
		was.lost = d.ops
	}
	d.slots[me.slot] = slot{owner: me.id}
	me.clock = d.grow(me.clock, int(me.slot)+1)
	me.clock[me.slot] = d.ops
	me.rel, me.lost = d.ops, 0
}

// relock is the start of an operation that synchronizes: if the goroutine's slot was
// given to another one, it gets a new one. What it did in the old one, it knows.
func (d *Detector) relock(me *goroutine) {
	if me.lost != 0 {
		me.clock[me.slot] = me.lost
		d.attach(me)
		if d.trace != nil {
			d.event(Event{Kind: Attached, Rule: "slots", G: me.id})
		}
	}
}

// Exit ends a goroutine. That orders nothing. It returns an error if the goroutine cannot
// act.
func (d *Detector) Exit(g G, at Place) error {
	me, err := d.begin(g)
	if err != nil {
		return err
	}
	d.done(Op{Verb: ExitVerb, G: g, Place: at})
	if d.config.Limits.Slots == 0 {
		d.slots[me.slot] = slot{exited: true}
		d.dead++
	} else if d.slots[me.slot].owner == g {
		d.slots[me.slot] = slot{}
	}
	d.words -= len(me.clock)
	d.exits(g)
	d.gs.remove(me)
	return nil
}

// sweep finds slots of goroutines that have exited that no cell refers to any more, and
// forgets cells that nothing can race with: what all living goroutines know of.
func (d *Detector) sweep() {
	floor := make([]uint64, len(d.slots))
	for i := range floor {
		for j, me := range d.gs.list {
			if c := me.clock.get(int32(i)); j == 0 || c < floor[i] {
				floor[i] = c
			}
		}
		if len(d.gs.list) == 0 {
			floor[i] = d.ops
		}
	}
	used := make([]bool, len(d.slots))
	d.shadow.sweep(floor, used)
	for i := range d.slots {
		if d.slots[i].exited && !used[i] {
			d.slots[i] = slot{}
			d.free = append(d.free, int32(i))
			d.dead--
		}
	}
}
