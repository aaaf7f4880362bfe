package marking

import (
	"errors"
	"fmt"
	"math/bits"
)

var errNew = errors.New("gc/marking: a Machine that is not from New: use New")

// bounds holds the largest values of fields of a state that are not adjacent: adding add
// makes each field that is too large overflow into the bit above it.
type bounds struct{ mask, add, over uint64 }

// limit sets the largest value of a field. It is called for the fields in the order of
// their places.
func (m *Machine) limit(at, width, most int) {
	b := &m.bounds[m.limits%len(m.bounds)]
	m.limits++
	b.mask |= (1<<width - 1) << at
	b.add |= uint64(1<<width-1-most) << at
	if at+width < 64 {
		b.over |= 1 << (at + width)
	}
}

func (b *bounds) hold(s uint64) bool {
	sum, carry := bits.Add64(s&b.mask, b.add, 0)
	return sum&b.over|carry == 0
}

// valid reports whether the objects, stores and fields in a state exist. It does not ask
// whether a run leads to the state.
func (m *Machine) valid(s uint64) bool {
	if m.n == 0 || m.bits < 64 && s>>m.bits != 0 || !m.bounds[0].hold(s) || !m.bounds[1].hold(s) {
		return false
	}
	for i := range m.gs {
		g := &m.gs[i]
		if p := m.pendingOf(s, g); p != 0 {
			if into, _, _ := m.storeOf(g, p-1); into >= 0 && m.slot(s, g, into) == 0 {
				return false
			}
		}
	}
	return true
}

// invalid returns the error for a state that is not valid.
func (m *Machine) invalid(s uint64) error {
	if m.n == 0 {
		return errNew
	}
	return fmt.Errorf("gc/marking: state %#x is not one of this machine", s)
}
