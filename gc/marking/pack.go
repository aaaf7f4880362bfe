package marking

import (
	"fmt"
	"math/bits"
)

// place lays out a state. The phase is in bits 0 and 1.
func (m *Machine) place() {
	at := 2
	take := func(n int) int { at += n; return at - n }
	m.ptrBits = bits.Len(uint(m.n)) // 0 is nil, 1 the first object
	m.ptrMask = 1<<m.ptrBits - 1
	m.gs = make([]layout, len(m.c.Slots))
	for i, n := range m.c.Slots {
		g := &m.gs[i]
		g.slots = n
		g.scanned = take(1)
		g.bits = bits.Len(uint(m.stores(g)))
		g.pending = take(g.bits)
		m.limit(g.pending, g.bits, m.stores(g))
		g.shift = take(0)
		for range n {
			m.limit(take(m.ptrBits), m.ptrBits, m.n)
		}
	}
	if m.c.Globals > 0 {
		m.globalScanned = take(1)
		m.global = take(m.ptrBits)
		m.limit(m.global, m.ptrBits, m.n)
	}
	m.cursorBits = bits.Len(uint(m.n * m.f))
	m.cursor = take(m.cursorBits)
	m.limit(m.cursor, m.cursorBits, m.n*m.f)
	m.colours = take(2 * m.n)
	m.fields = take(0)
	for range m.n * m.f {
		m.limit(take(m.ptrBits), m.ptrBits, m.n)
	}
	if m.alg.Buffered {
		m.buffer = take(m.n)
	}
	if m.c.Garbage {
		m.ghosts = take(m.n)
	}
	m.bits = at
}

func (m *Machine) ptr(s uint64, at int) uint64 { return s >> at & m.ptrMask }
func (m *Machine) setPtr(s uint64, at int, p uint64) uint64 {
	return s&^(m.ptrMask<<at) | p<<at
}
func (m *Machine) slot(s uint64, g *layout, a int) uint64 { return m.ptr(s, g.shift+a*m.ptrBits) }
func (m *Machine) setSlot(s uint64, g *layout, a int, p uint64) uint64 {
	return m.setPtr(s, g.shift+a*m.ptrBits, p)
}
func (m *Machine) field(s uint64, o, k int) uint64 { return m.ptr(s, m.fields+(o*m.f+k)*m.ptrBits) }
func (m *Machine) setField(s uint64, o, k int, p uint64) uint64 {
	return m.setPtr(s, m.fields+(o*m.f+k)*m.ptrBits, p)
}
func (m *Machine) colour(s uint64, o int) uint64 { return s >> (m.colours + 2*o) & 3 }
func (m *Machine) setColour(s uint64, o int, c uint64) uint64 {
	return s&^(3<<(m.colours+2*o)) | c<<(m.colours+2*o)
}
func (m *Machine) cursorOf(s uint64) int { return int(s >> m.cursor & (1<<m.cursorBits - 1)) }
func (m *Machine) setCursor(s uint64, c int) uint64 {
	return s&^((1<<m.cursorBits-1)<<m.cursor) | uint64(c)<<m.cursor
}
func (m *Machine) pendingOf(s uint64, g *layout) int { return int(s >> g.pending & (1<<g.bits - 1)) }
func (m *Machine) setPending(s uint64, g *layout, p int) uint64 {
	return s&^((1<<g.bits-1)<<g.pending) | uint64(p)<<g.pending
}

func (m *Machine) pendingStore(s uint64) bool {
	for i := range m.gs {
		if m.pendingOf(s, &m.gs[i]) != 0 {
			return true
		}
	}
	return false
}

// buffered has a bit for each object in the barrier's buffer.
func (m *Machine) buffered(s uint64) uint64 {
	if !m.alg.Buffered {
		return 0
	}
	return s >> m.buffer & (1<<m.n - 1)
}

// shade makes the object that p points to grey if it is white. Then it need not be in the
// buffer.
func (m *Machine) shade(s, p uint64) uint64 {
	if p == 0 || m.colour(s, int(p-1)) != white {
		return s
	}
	if m.alg.Buffered {
		s &^= 1 << (m.buffer + int(p-1))
	}
	return m.setColour(s, int(p-1), grey)
}

// Name returns the letter of an object, counted from 1; "nil" for 0.
func Name(object int) string {
	if object == 0 {
		return "nil"
	}
	return string(rune('A' + object - 1))
}

// name names the steps.
func (m *Machine) name() {
	add := func(format string, args ...any) { m.events = append(m.events, fmt.Sprintf(format, args...)) }
	for i := range m.gs {
		g := &m.gs[i]
		who := fmt.Sprintf("G%d: ", i+1)
		if len(m.gs) == 1 {
			who = ""
		}
		g.evAlloc = len(m.events)
		for a := range g.slots {
			for o := range m.n {
				add("%ss%d = new %s", who, a, Name(o+1))
			}
		}
		g.evDrop = len(m.events)
		for a := range g.slots {
			add("%ss%d = nil", who, a)
		}
		g.evLoad = len(m.events)
		for a := range g.slots {
			for b := range g.slots {
				for k := range m.f {
					add("%ss%d = s%d.f%d", who, a, b, k)
				}
			}
		}
		g.evLoadGlobal = len(m.events)
		if m.c.Globals > 0 {
			for a := range g.slots {
				add("%ss%d = global", who, a)
			}
		}
		g.evStore = len(m.events)
		for st := range m.stores(g) {
			add("%s%s", who, m.storeName(g, st))
		}
		g.evBarrier = len(m.events)
		for st := range m.stores(g) {
			add("%sbarrier before %s", who, m.storeName(g, st))
		}
	}
	for i := range m.gs {
		m.gs[i].evScan = len(m.events)
		add("scan the stack of G%d", i+1)
	}
	m.evGlobals = len(m.events)
	add("scan the global")
	m.evStart = len(m.events)
	add("start marking")
	m.evShade = len(m.events)
	for o := range m.n {
		for k := range m.f {
			add("look at %s.f%d", Name(o+1), k)
		}
	}
	m.evBlacken = len(m.events)
	for o := range m.n {
		add("blacken %s", Name(o+1))
	}
	m.evFlush = len(m.events)
	add("flush the buffer")
	m.evStop = len(m.events)
	add("stop the world")
	m.evFinish = len(m.events)
	add("end marking")
	m.evSweep = len(m.events)
	for o := range m.n {
		add("sweep %s", Name(o+1))
	}
}

func (m *Machine) storeName(g *layout, st int) string {
	into, k, from := m.storeOf(g, st)
	if into < 0 {
		return fmt.Sprintf("global = s%d", from)
	}
	return fmt.Sprintf("s%d.f%d = s%d", into, k, from)
}
