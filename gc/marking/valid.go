package marking

import (
	"errors"
	"fmt"
)

var errNew = errors.New("gc/marking: a Machine that is not from New: use New")

// valid reports a state that is none of this machine: one with a pointer to an
// object, a store or a field that there is not. Whether a run leads to it is another
// question.
func (m *Machine) valid(s uint64) error {
	if m.n == 0 {
		return errNew
	}
	ok := m.bits >= 64 || s>>m.bits == 0
	most := uint64(m.n)
	for i := range m.gs {
		g := &m.gs[i]
		for a := range g.slots {
			ok = ok && m.slot(s, g, a) <= most
		}
		if p := m.pendingOf(s, g); ok && p != 0 {
			ok = p <= m.stores(g)
			if into, _, _ := m.storeOf(g, p-1); ok && into >= 0 {
				ok = m.slot(s, g, into) != 0
			}
		}
	}
	if m.c.Globals > 0 {
		ok = ok && m.ptr(s, m.global) <= most
	}
	ok = ok && m.cursorOf(s) <= m.n*m.f
	if m.ptrMask != most { // otherwise every pattern is an object or nil
		for at := range m.n * m.f {
			ok = ok && m.ptr(s, m.fields+at*m.ptrBits) <= most
		}
	}
	if !ok {
		return fmt.Errorf("gc/marking: state %#x is none of this machine", s)
	}
	return nil
}
