package marking

// Canonical returns the state that stands for s and all states that differ from it only
// in the names of objects. Reachable objects are named in the order in which they are met
// from the roots, the others in the order that gives the least state; free objects come
// last. A state that is not of this machine stands for itself.
func (m *Machine) Canonical(s uint64) uint64 {
	if !m.valid(s) {
		return s
	}
	var order [MaxObjects]int // the object of each new name
	n := 0
	named := uint64(0)
	meet := func(p uint64) {
		if p != 0 && named>>(p-1)&1 == 0 {
			named |= 1 << (p - 1)
			order[n] = int(p - 1)
			n++
		}
	}
	for i := range m.gs {
		for a := range m.gs[i].slots {
			meet(m.slot(s, &m.gs[i], a))
		}
	}
	if m.c.Globals > 0 {
		meet(m.ptr(s, m.global))
	}
	if o, _ := m.scanning(s); o >= 0 {
		meet(uint64(o + 1))
	}
	for i := 0; i < n; i++ {
		for k := range m.f {
			meet(m.field(s, order[i], k))
		}
	}
	met := n
	for o := range m.n {
		if named>>o&1 == 0 && m.colour(s, o) != free {
			order[n] = o
			n++
		}
	}
	used := n
	for o := range m.n {
		if named>>o&1 == 0 && m.colour(s, o) == free {
			order[n] = o
			n++
		}
	}
	if used-met < 2 {
		return m.rename(s, &order)
	}
	return m.least(s, &order, met, used, ^uint64(0))
}

// least returns the least state over all orders of the objects from i to end-1.
func (m *Machine) least(s uint64, order *[MaxObjects]int, i, end int, best uint64) uint64 {
	if i == end {
		return min(best, m.rename(s, order))
	}
	for j := i; j < end; j++ {
		order[i], order[j] = order[j], order[i]
		best = m.least(s, order, i+1, end, best)
		order[i], order[j] = order[j], order[i]
	}
	return best
}

// rename names each object by its place in the order.
func (m *Machine) rename(s uint64, order *[MaxObjects]int) uint64 {
	var name [MaxObjects + 1]uint64 // of a pointer
	for i := range m.n {
		name[order[i]+1] = uint64(i + 1)
	}
	t := s & (1<<m.fields - 1) &^ ((1<<(2*m.n) - 1) << m.colours)
	for i := range m.gs {
		g := &m.gs[i]
		for a := range g.slots {
			t = m.setSlot(t, g, a, name[m.slot(s, g, a)])
		}
	}
	if m.c.Globals > 0 {
		t = m.setPtr(t, m.global, name[m.ptr(s, m.global)])
	}
	if o, done := m.scanning(s); o >= 0 {
		t = m.setCursor(t, int(name[o+1]-1)*m.f+done)
	}
	for i := range m.n {
		o := order[i]
		t |= m.colour(s, o) << (m.colours + 2*i)
		for k := range m.f {
			t |= name[m.field(s, o, k)] << (m.fields + (i*m.f+k)*m.ptrBits)
		}
		if m.alg.Buffered {
			t |= s >> (m.buffer + o) & 1 << (m.buffer + i)
		}
		if m.c.Garbage {
			t |= s >> (m.ghosts + o) & 1 << (m.ghosts + i)
		}
	}
	return t
}
