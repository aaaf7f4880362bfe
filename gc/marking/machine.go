package marking

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/gc"
)

// A Config describes the machine.
type Config struct {
	Algorithm gc.Algorithm `json:"-"`
	Objects   int          `json:"objects"` // from 1 to [MaxObjects]
	Fields    int          `json:"fields"`  // pointers of each, from 1 to [MaxFields]
	Slots     []int        `json:"slots"`   // stack slots of each goroutine; nil: one with two
	Globals   int          `json:"globals"` // 0 or 1

	// Garbage makes Check also check that no object that is garbage when a cycle begins
	// outlives the cycle.
	Garbage bool `json:"garbage"`
}

// The bounds of a [Config]. Besides, a state must fit into 64 bits.
const (
	MaxObjects    = 6
	MaxFields     = 3
	MaxGoroutines = 3
	MaxSlots      = 3 // of a goroutine
)

// The phases of a cycle.
const (
	idle     = iota // no collection: new objects are white
	marks           // the barrier is on
	final           // the world is stopped
	sweeping        // the garbage is known
)

// The codes of an object. In the sweep, grey stands for an object that is to be
// reclaimed, black for one that is to become white, white for one that was swept
// or is new.
const (
	free = iota
	white
	grey
	black
	doomed = grey
)

// A Machine is all interleavings of a collector and a few goroutines that do
// whatever they can, forever. It has the methods of a Machine of package explore,
// and of its Symmetric.
type Machine struct {
	c      Config
	alg    gc.Algorithm
	n, f   int      // objects, fields
	gs     []layout // of the goroutines
	events []string
	bits   int
	bounds [2]bounds
	limits int // that are in bounds

	// Layout of a state.
	ptrBits                   int
	ptrMask                   uint64
	globalScanned, global     int
	cursor, cursorBits        int
	colours, fields           int
	buffer, ghosts            int
	evStart, evGlobals        int
	evShade, evBlacken        int
	evFlush, evStop, evFinish int
	evSweep                   int
}

// A layout is the place of a goroutine in a state, and of its events.
type layout struct {
	slots   int // how many
	shift   int // of the first
	scanned int // the bit
	pending int // the store whose barrier has run: 1 + its index among the stores
	bits    int // of pending

	evAlloc, evDrop, evLoad, evStore, evBarrier, evLoadGlobal, evScan int
}

// New returns a machine. It returns an error if the configuration is out of bounds.
func New(c Config) (*Machine, error) {
	if c.Slots == nil {
		c.Slots = []int{2}
	}
	switch {
	case c.Objects < 1 || c.Objects > MaxObjects:
		return nil, fmt.Errorf("gc/marking: %d objects out of range [1,%d]", c.Objects, MaxObjects)
	case c.Fields < 1 || c.Fields > MaxFields:
		return nil, fmt.Errorf("gc/marking: %d fields out of range [1,%d]", c.Fields, MaxFields)
	case len(c.Slots) < 1 || len(c.Slots) > MaxGoroutines:
		return nil, fmt.Errorf("gc/marking: %d goroutines out of range [1,%d]", len(c.Slots), MaxGoroutines)
	case c.Globals < 0 || c.Globals > 1:
		return nil, fmt.Errorf("gc/marking: %d globals out of range [0,1]", c.Globals)
	case c.Algorithm.Buffered && c.Algorithm.Barrier == nil:
		return nil, errors.New("gc/marking: a buffer without a barrier")
	}
	for _, n := range c.Slots {
		if n < 1 || n > MaxSlots {
			return nil, fmt.Errorf("gc/marking: %d stack slots out of range [1,%d]", n, MaxSlots)
		}
	}
	m := &Machine{c: c, alg: c.Algorithm, n: c.Objects, f: c.Fields}
	m.place()
	if m.bits > 64 {
		return nil, fmt.Errorf("gc/marking: a state would take %d bits: there are 64", m.bits)
	}
	m.name()
	return m, nil
}

// Bits reports how many bits of a state are used.
func (m *Machine) Bits() int { return max(m.bits, 1) }

// Labels names the steps.
func (m *Machine) Labels() []string { return append([]string(nil), m.events...) }

// Initial returns the empty heap, before the first cycle.
func (m *Machine) Initial() []uint64 { return []uint64{0} }

// Successors calls step for every step that can be taken in s. There is none in a state
// that is not of this machine.
func (m *Machine) Successors(s uint64, step func(event int, to uint64)) {
	if !m.valid(s) || step == nil {
		return
	}
	switch phase := s & 3; phase {
	case final:
		if !m.mark(s, step) {
			step(m.evFinish, m.finish(s))
		}
		return
	case marks:
		m.mutate(s, step)
		m.markConcurrently(s, step)
	case sweeping:
		m.mutate(s, step)
		m.sweep(s, step)
	default:
		m.mutate(s, step)
		if !m.pendingStore(s) {
			step(m.evStart, m.start(s))
		}
	}
}

// start stops the world, switches the barrier on, and starts the world again; if
// the algorithm says so the stacks are scanned meanwhile.
func (m *Machine) start(s uint64) uint64 {
	if m.c.Garbage {
		reached := m.reach(s)
		for o := range m.n {
			if m.colour(s, o) != free && reached>>o&1 == 0 {
				s |= 1 << (m.ghosts + o)
			}
		}
	}
	if m.alg.Concurrent && !m.alg.StackSnapshot {
		return s + marks - idle
	}
	for i := range m.gs {
		s = m.scanStack(s, i)
	}
	if m.c.Globals > 0 {
		s = m.scanGlobal(s)
	}
	if m.alg.Concurrent {
		return s + marks - idle
	}
	return s + final - idle
}

func (m *Machine) scanStack(s uint64, i int) uint64 {
	g := &m.gs[i]
	for a := range g.slots {
		s = m.shade(s, m.ptr(s, g.shift+a*m.ptrBits))
	}
	return s | 1<<g.scanned
}

func (m *Machine) scanGlobal(s uint64) uint64 {
	return m.shade(s, m.ptr(s, m.global)) | 1<<m.globalScanned
}

// markConcurrently offers the steps that the collector can take while the program runs.
func (m *Machine) markConcurrently(s uint64, step func(event int, to uint64)) {
	scanned := true
	for i := range m.gs {
		if g := &m.gs[i]; s>>g.scanned&1 == 0 {
			scanned = false
			if m.pendingOf(s, g) == 0 {
				step(g.evScan, m.scanStack(s, i))
			}
		}
	}
	if m.c.Globals > 0 && s>>m.globalScanned&1 == 0 {
		scanned = false
		step(m.evGlobals, m.scanGlobal(s))
	}
	more := m.mark(s, step)
	if b := m.buffered(s); b != 0 {
		more = true
		t := s
		for o := range m.n {
			if b>>o&1 != 0 {
				t = m.shade(t, uint64(o+1))
			}
		}
		step(m.evFlush, t)
	}
	if scanned && !more && !m.pendingStore(s) {
		t := s + final - marks
		if m.alg.StackRescan {
			for i := range m.gs {
				t = m.scanStack(t, i)
			}
		}
		step(m.evStop, t)
	}
}

// mark offers to examine the next field of the object that is being scanned, or to begin
// with any grey object, and reports whether there is something to mark. An object stays
// grey until all of it was examined.
func (m *Machine) mark(s uint64, step func(event int, to uint64)) (more bool) {
	if c := m.cursorOf(s); c != 0 {
		o, k := (c-1)/m.f, (c-1)%m.f+1
		if k == m.f {
			step(m.evBlacken+o, m.setCursor(m.setColour(s, o, black), 0))
		} else {
			step(m.evShade+o*m.f+k, m.setCursor(m.shade(s, m.field(s, o, k)), c+1))
		}
		return true
	}
	for o := range m.n {
		if m.colour(s, o) == grey {
			more = true
			step(m.evShade+o*m.f, m.setCursor(m.shade(s, m.field(s, o, 0)), o*m.f+1))
		}
	}
	return more
}

// finish ends the marking: the white objects are doomed.
func (m *Machine) finish(s uint64) uint64 {
	s = s&^3 | sweeping
	for i := range m.gs {
		s &^= 1 << m.gs[i].scanned
	}
	if m.c.Globals > 0 {
		s &^= 1 << m.globalScanned
	}
	for o := range m.n {
		if m.colour(s, o) == white {
			s = m.setColour(s, o, doomed)
		}
	}
	if m.alg.SweepInPause {
		for o := range m.n {
			s = m.sweepObject(s, o)
		}
	}
	return m.endOfSweep(s)
}

func (m *Machine) sweep(s uint64, step func(event int, to uint64)) {
	for o := range m.n {
		if c := m.colour(s, o); c == doomed || c == black {
			step(m.evSweep+o, m.endOfSweep(m.sweepObject(s, o)))
		}
	}
}

func (m *Machine) sweepObject(s uint64, o int) uint64 {
	switch m.colour(s, o) {
	case doomed:
		s = m.setColour(s, o, free)
		for k := range m.f {
			s = m.setField(s, o, k, 0)
		}
	case black:
		s = m.setColour(s, o, white)
	}
	if m.c.Garbage {
		s &^= 1 << (m.ghosts + o)
	}
	return s
}

// endOfSweep ends the cycle when everything is swept.
func (m *Machine) endOfSweep(s uint64) uint64 {
	for o := range m.n {
		if c := m.colour(s, o); c == doomed || c == black {
			return s
		}
	}
	return s &^ 3 // idle
}
