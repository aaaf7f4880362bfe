package marking

import "github.com/orrery-go/orrery/gc"

// mutate offers the steps of the goroutines. A goroutine whose barrier has run can only
// do the store next: the runtime does not preempt it there.
func (m *Machine) mutate(s uint64, step func(event int, to uint64)) {
	for i := range m.gs {
		g := &m.gs[i]
		if p := m.pendingOf(s, g); p != 0 {
			step(g.evStore+p-1, m.store(m.setPending(s, g, 0), g, p-1))
			continue
		}
		m.act(s, g, step)
	}
}

func (m *Machine) act(s uint64, g *layout, step func(event int, to uint64)) {
	for a := range g.slots {
		for o := range m.n {
			if m.colour(s, o) == free {
				c := uint64(white)
				if m.alg.AllocateBlack && s&3 == marks {
					c = black
				}
				step(g.evAlloc+a*m.n+o, m.setColour(m.setSlot(s, g, a, uint64(o+1)), o, c))
			}
		}
		if m.slot(s, g, a) != 0 {
			step(g.evDrop+a, m.setSlot(s, g, a, 0))
		}
		for b := range g.slots {
			if from := m.slot(s, g, b); from != 0 {
				for k := range m.f {
					step(g.evLoad+(a*g.slots+b)*m.f+k, m.setSlot(s, g, a, m.field(s, int(from-1), k)))
				}
			}
		}
		if m.c.Globals > 0 {
			step(g.evLoadGlobal+a, m.setSlot(s, g, a, m.ptr(s, m.global)))
		}
	}
	for st := range m.stores(g) {
		into, k, from := m.storeOf(g, st)
		var holder uint64
		if into >= 0 {
			if holder = m.slot(s, g, into); holder == 0 {
				continue
			}
		}
		if s&3 != marks || m.alg.Barrier == nil {
			step(g.evStore+st, m.store(s, g, st))
			continue
		}
		old := m.ptr(s, m.global)
		if holder != 0 {
			old = m.field(s, int(holder-1), k)
		}
		t := m.barrier(s, g, holder, old, m.slot(s, g, from))
		step(g.evBarrier+st, m.setPending(t, g, st+1))
	}
}

// stores returns the number of stores that a goroutine can do: of any slot, into a field
// of the object that any slot points to, or into the global.
func (m *Machine) stores(g *layout) int { return (g.slots*m.f + m.c.Globals) * g.slots }

// storeOf decodes the index of a store. Into is -1 for the global.
func (m *Machine) storeOf(g *layout, st int) (into, field, from int) {
	place := st / g.slots
	if place == g.slots*m.f {
		return -1, 0, st % g.slots
	}
	return place / m.f, place % m.f, st % g.slots
}

func (m *Machine) store(s uint64, g *layout, st int) uint64 {
	into, k, from := m.storeOf(g, st)
	p := m.slot(s, g, from)
	if into < 0 {
		return m.setPtr(s, m.global, p)
	}
	return m.setField(s, int(m.slot(s, g, into)-1), k, p)
}

// barrier runs the algorithm's barrier.
func (m *Machine) barrier(s uint64, g *layout, holder, old, new uint64) uint64 {
	w := gc.Write{Holder: gc.Grey, Old: m.colourOf(s, old), New: m.colourOf(s, new), Stack: gc.Grey}
	if holder != 0 {
		w.Holder = m.colourOf(s, holder)
	} else if s>>m.globalScanned&1 != 0 {
		w.Holder = gc.Black
	}
	if s>>g.scanned&1 != 0 {
		w.Stack = gc.Black
	}
	shade := m.alg.Barrier.Shade(w)
	if shade&gc.ShadeOld != 0 {
		s = m.shadeByBarrier(s, old)
	}
	if shade&gc.ShadeNew != 0 {
		s = m.shadeByBarrier(s, new)
	}
	if shade&gc.ShadeHolder != 0 && holder != 0 && m.colour(s, int(holder-1)) >= grey {
		s = m.setColour(s, int(holder-1), grey)
		if c := m.cursorOf(s); c != 0 && (c-1)/m.f == int(holder-1) {
			s = m.setCursor(s, 0) // it is scanned from the beginning again
		}
	}
	return s
}

func (m *Machine) shadeByBarrier(s, p uint64) uint64 {
	if !m.alg.Buffered {
		return m.shade(s, p)
	}
	if p != 0 && m.colour(s, int(p-1)) == white {
		s |= 1 << (m.buffer + int(p-1))
	}
	return s
}

// colourOf returns the colour of the object that p points to.
func (m *Machine) colourOf(s, p uint64) gc.Colour {
	if p == 0 {
		return gc.None
	}
	return gc.Colour(m.colour(s, int(p-1)))
}
