package explore_test

import (
	"errors"
	"fmt"
)

// marking is tri-colour marking of a heap of four objects with one field each,
// by a collector that runs beside one mutator with two stack slots. Its twin is
// testdata/marking.pml.
//
// A state holds, from bit 0: the phase (2 bits), the two slots (3 bits each, 0
// is nil and i+1 is object i), the four colours (2 bits each), the four fields
// (3 bits each, as the slots), and the store whose barrier has run (3 bits, 0
// is none). Between a barrier and its store the collector can mark, and the
// cycle cannot change its phase: the runtime takes no goroutine off there.
type marking struct {
	barrier barrier
}

type barrier int

const (
	noBarrier barrier = iota
	insertion         // shade the new pointer (Dijkstra); the stack is not scanned again
	deletion          // shade the old pointer (Yuasa); the stack is scanned late, without a snapshot
	hybrid            // both, the new one while the stack is not scanned (Go 1.8)
)

// The phases of a cycle.
const (
	idle    = iota // no collection: no barrier, new objects are white
	grey           // marking, stack not scanned: new objects are black from here
	black          // marking, stack scanned
	stopped        // marking has ended: only the sweep can happen
)

// The colours of an object.
const (
	free = iota
	whiteObject
	greyObject
	blackObject
)

const (
	slots, objects = 2, 4
	slotShift      = 2
	colourShift    = slotShift + 3*slots
	fieldShift     = colourShift + 2*objects
	pendingShift   = fieldShift + 3*objects
	markingBits    = pendingShift + 3
)

func slot(s uint64, i int) uint64        { return s >> (slotShift + 3*i) & 7 }
func colour(s uint64, obj uint64) uint64 { return s >> (colourShift + 2*obj) & 3 }
func field(s uint64, obj uint64) uint64  { return s >> (fieldShift + 3*obj) & 7 }

func setSlot(s uint64, i int, p uint64) uint64 {
	return s&^(7<<(slotShift+3*i)) | p<<(slotShift+3*i)
}
func setColour(s, obj, c uint64) uint64 {
	return s&^(3<<(colourShift+2*obj)) | c<<(colourShift+2*obj)
}
func setField(s, obj, p uint64) uint64 {
	return s&^(7<<(fieldShift+3*obj)) | p<<(fieldShift+3*obj)
}

// shade makes the object that p points to grey if it is white.
func shade(s, p uint64) uint64 {
	if p != 0 && colour(s, p-1) == whiteObject {
		return setColour(s, p-1, greyObject)
	}
	return s
}

// The events, in groups of one for each slot, pair of slots, or object.
const (
	evAlloc   = 0
	evDrop    = evAlloc + slots
	evLoad    = evDrop + slots
	evStore   = evLoad + slots*slots
	evBarrier = evStore + slots*slots
	evStart   = evBarrier + slots*slots
	evScan    = evStart + 1
	evMark    = evScan + 1
	evFinish  = evMark + objects
	evSweep   = evFinish + 1
)

func (m marking) Bits() int         { return markingBits }
func (m marking) Initial() []uint64 { return []uint64{0} }

func (m marking) Labels() []string {
	var names []string
	for a := range slots {
		names = append(names, fmt.Sprintf("slot%d = new object", a))
	}
	for a := range slots {
		names = append(names, fmt.Sprintf("slot%d = nil", a))
	}
	for a := range slots {
		for b := range slots {
			names = append(names, fmt.Sprintf("slot%d = slot%d.field", a, b))
		}
	}
	for a := range slots {
		for b := range slots {
			names = append(names, fmt.Sprintf("slot%d.field = slot%d", a, b))
		}
	}
	for a := range slots {
		for b := range slots {
			names = append(names, fmt.Sprintf("write barrier for slot%d.field = slot%d", a, b))
		}
	}
	names = append(names, "start marking", "scan the stack")
	for i := range objects {
		names = append(names, fmt.Sprintf("mark object %d", i))
	}
	return append(names, "end marking", "sweep")
}

func (m marking) Successors(s uint64, step func(event int, to uint64)) {
	switch {
	case s>>pendingShift != 0:
		finishStore(s, step)
		mark(s, step)
		return
	case s&3 == stopped:
		step(evSweep, sweep(s))
		return
	}
	m.mutate(s, step)
	anyGrey := mark(s, step)
	switch s & 3 {
	case idle:
		step(evStart, s+grey-idle)
	case grey:
		step(evScan, shade(shade(s, slot(s, 0)), slot(s, 1))+black-grey)
	case black:
		if !anyGrey {
			step(evFinish, s+stopped-black)
		}
	}
}

func (m marking) mutate(s uint64, step func(event int, to uint64)) {
	for a := range slots {
		for obj := range uint64(objects) {
			if colour(s, obj) == free {
				c := uint64(whiteObject)
				if s&3 != idle {
					c = blackObject
				}
				step(evAlloc+a, setColour(setSlot(s, a, obj+1), obj, c))
			}
		}
		to := slot(s, a)
		if to != 0 {
			step(evDrop+a, setSlot(s, a, 0))
		}
		for b := range slots {
			from := slot(s, b)
			if from != 0 {
				step(evLoad+a*slots+b, setSlot(s, a, field(s, from-1)))
			}
			if to == 0 {
				continue
			}
			if s&3 == idle {
				step(evStore+a*slots+b, setField(s, to-1, from))
			} else {
				t := m.shadeForStore(s, field(s, to-1), from)
				step(evBarrier+a*slots+b, t|uint64(1+a*slots+b)<<pendingShift)
			}
		}
	}
}

// shadeForStore is the write barrier for a store of new over old.
func (m marking) shadeForStore(s, old, new uint64) uint64 {
	t := s
	if m.barrier == deletion || m.barrier == hybrid {
		t = shade(t, old)
	}
	if m.barrier == insertion || m.barrier == hybrid && s&3 == grey {
		t = shade(t, new)
	}
	return t
}

// finishStore performs the store whose barrier has run.
func finishStore(s uint64, step func(event int, to uint64)) {
	store := int(s>>pendingShift) - 1
	a, b := store/slots, store%slots
	step(evStore+store, setField(s&(1<<pendingShift-1), slot(s, a)-1, slot(s, b)))
}

// mark offers to mark each grey object, and reports whether there is one.
func mark(s uint64, step func(event int, to uint64)) (any bool) {
	for obj := range uint64(objects) {
		if colour(s, obj) == greyObject {
			any = true
			step(evMark+int(obj), setColour(shade(s, field(s, obj)), obj, blackObject))
		}
	}
	return any
}

// sweep frees white objects, and makes black ones white.
func sweep(s uint64) uint64 {
	s &^= 3
	for obj := range uint64(objects) {
		switch colour(s, obj) {
		case whiteObject:
			s = setField(setColour(s, obj, free), obj, 0)
		case blackObject:
			s = setColour(s, obj, whiteObject)
		}
	}
	return s
}

var errLost = errors.New("an object in use is about to be freed")

// Check checks the objects that the mutator can reach when marking has ended.
func (m marking) Check(s uint64) error {
	if s&3 != stopped {
		return nil
	}
	for a := range slots {
		for p, n := slot(s, a), 0; p != 0 && n < objects; p, n = field(s, p-1), n+1 {
			if colour(s, p-1) != blackObject {
				return errLost
			}
		}
	}
	return nil
}
