package marking

import (
	"fmt"

	"github.com/orrery-go/orrery/gc"
)

// Check returns an error if the state is not of this machine, if an object that the program can
// reach was or will be reclaimed, if an invariant that the algorithm promises is broken, or if
// garbage outlives a cycle.
func (m *Machine) Check(s uint64) error {
	if !m.valid(s) {
		return m.invalid(s)
	}
	if o, lost := m.lost(s); lost {
		return fmt.Errorf("%s is in use, and will be reclaimed", Name(o+1))
	}
	if m.c.Garbage && s&3 == sweeping {
		for o := range m.n {
			if s>>(m.ghosts+o)&1 != 0 && m.colour(s, o) == black {
				return fmt.Errorf("%s was garbage when the cycle began, and outlives it", Name(o+1))
			}
		}
	}
	if s&3 != marks || m.alg.Promises == gc.NoInvariant {
		return nil
	}
	unprotected := m.blackToWhite(s) &^ m.buffered(s)
	if m.alg.Promises == gc.WeakInvariant && unprotected != 0 {
		unprotected &^= m.protected(s)
	}
	if unprotected != 0 {
		for o := range m.n {
			if unprotected>>o&1 != 0 {
				return fmt.Errorf("the %v invariant is broken: %s is white, and something black points to it", m.alg.Promises, Name(o+1))
			}
		}
	}
	return nil
}

// lost finds an object that the program can reach and that was or will be reclaimed.
func (m *Machine) lost(s uint64) (o int, lost bool) {
	reached := m.reach(s)
	for o := range m.n {
		if reached>>o&1 != 0 {
			if c := m.colour(s, o); c == free || c == doomed && s&3 == sweeping {
				return o, true
			}
		}
	}
	return 0, false
}

// reach has a bit for each object that the program can reach.
func (m *Machine) reach(s uint64) uint64 {
	var roots uint64
	for i := range m.gs {
		for a := range m.gs[i].slots {
			roots |= 1 << m.slot(s, &m.gs[i], a)
		}
	}
	if m.c.Globals > 0 {
		roots |= 1 << m.ptr(s, m.global)
	}
	return m.closure(s, roots>>1, false)
}

// closure adds all objects reachable from the given ones, if so asked only through white
// objects.
func (m *Machine) closure(s, set uint64, whiteOnly bool) uint64 {
	for todo := set; todo != 0; {
		var next uint64
		for o := range m.n {
			if todo>>o&1 != 0 {
				for k := range m.f {
					if p := m.field(s, o, k); p != 0 && !(whiteOnly && m.colour(s, int(p-1)) != white) {
						next |= 1 << (p - 1)
					}
				}
			}
		}
		todo = next &^ set
		set |= next
	}
	return set
}

// blackToWhite has a bit for each white object to which a black holder points. The fields
// of an object that is being scanned are black once they were examined.
func (m *Machine) blackToWhite(s uint64) uint64 {
	var to uint64
	scanning, done := m.scanning(s)
	for o := range m.n {
		for k := range m.f {
			if m.colour(s, o) == black || o == scanning && k < done {
				to |= 1 << m.field(s, o, k)
			}
		}
	}
	if m.c.Globals > 0 && s>>m.globalScanned&1 != 0 {
		to |= 1 << m.ptr(s, m.global)
	}
	for i := range m.gs {
		if g := &m.gs[i]; s>>g.scanned&1 != 0 && !m.alg.StackRescan {
			for a := range g.slots {
				to |= 1 << m.slot(s, g, a)
			}
		}
	}
	to >>= 1
	for o := range m.n {
		if m.colour(s, o) != white {
			to &^= 1 << o
		}
	}
	return to
}

// protected has a bit for each white object that is reached through white objects from a
// grey object, the buffer, or the global before it is scanned. A stack that was not
// scanned protects nothing: its slots have no barrier.
func (m *Machine) protected(s uint64) uint64 {
	from := m.buffered(s) << 1
	scanning, done := m.scanning(s)
	for o := range m.n {
		for k := range m.f {
			if m.colour(s, o) == grey && !(o == scanning && k < done) {
				from |= 1 << m.field(s, o, k)
			}
		}
	}
	if m.c.Globals > 0 && s>>m.globalScanned&1 == 0 {
		from |= 1 << m.ptr(s, m.global)
	}
	from >>= 1
	for o := range m.n {
		if m.colour(s, o) != white {
			from &^= 1 << o
		}
	}
	return m.closure(s, from, true)
}

// scanning returns the object that is being scanned, or -1, and how many of its fields
// were examined.
func (m *Machine) scanning(s uint64) (o, done int) {
	c := m.cursorOf(s)
	if c == 0 {
		return -1, 0
	}
	return (c - 1) / m.f, (c-1)%m.f + 1
}
