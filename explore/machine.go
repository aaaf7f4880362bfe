package explore

import (
	"fmt"
	"math/bits"
)

// A State is one state of a machine, packed into words: every variable and
// every program counter in some bits of it. Two states are the same state
// exactly when they are equal.
//
// A uint64 holds most small machines and is the fastest. The arrays are for
// larger ones; word 0 holds bits 0 to 63, word 1 bits 64 to 127, and so on.
type State interface {
	uint64 | [2]uint64 | [3]uint64 | [4]uint64 | [8]uint64
}

// A Machine is a transition system and its invariants.
//
// Its methods are pure: the same argument gives the same answer, in the same
// order, for as long as a search lasts. [Run] expands some states twice and
// reports a machine that breaks this. A panic in a method is not caught.
//
// No method names a type of this package, so that a machine can be written
// without importing it.
type Machine[S State] interface {
	// Bits returns the number of low bits that states use, from 1 to the size of
	// S in bits. A state with a higher bit set is out of range and ends the
	// search with an error: most often a packed field has overflowed.
	Bits() int

	// Labels names the events, at least one and at most [MaxLabels]. The
	// index of a name is what Successors passes to step.
	Labels() []string

	// Initial lists the states a run may start in, at least one.
	Initial() []S

	// Successors calls step once for every step that can be taken in s, with
	// the event that happens and the state that it leads to. A state without
	// steps is deadlocked; a machine that may rightly stop gives its end states
	// a step to themselves. step must not be kept for later, and a state may
	// have at most [MaxSuccessors] steps.
	Successors(s S, step func(event int, to S))

	// Check reports which invariant s breaks, or nil. It is called once for
	// every state found.
	Check(s S) error
}

// Goals is a [Machine] that also has goals: each must hold in some state that can be
// reached, and if [Options].Everywhere is set, some such state must stay reachable
// from every state.
type Goals[S State] interface {
	Machine[S]

	// Goals names the goals, at most [MaxGoals].
	Goals() []string

	// Goal reports whether the goal of that index holds in s.
	Goal(goal int, s S) bool
}

// Symmetric is a [Machine] in which some states differ only in the names of
// interchangeable parts. With [Options].Symmetry, only one state of each such set is
// explored.
type Symmetric[S State] interface {
	Machine[S]

	// Canonical picks the state that stands for s and for all that are
	// symmetric to it. A wrong one (not idempotent, or merging states that
	// behave differently) makes the search unsound; the search returns an error
	// if it notices.
	Canonical(s S) S
}

// The limits of a machine.
const (
	MaxLabels     = 1 << 16
	MaxGoals      = 1 << 10
	MaxSuccessors = 1 << 20 // of one state
)

// A spec is a machine together with the answers that are read from it once.
type spec[S State] struct {
	Machine[S]
	events    []string
	initial   []S // as the machine gave them, repetitions included
	unused    []uint64
	canonical func(S) S // nil: states stand for themselves
}

func newSpec[S State](m Machine[S]) (*spec[S], error) {
	if m == nil {
		return nil, fmt.Errorf("explore: machine is nil")
	}
	p := &spec[S]{Machine: m, events: m.Labels(), initial: m.Initial()}
	if n := len(p.events); n < 1 || n > MaxLabels {
		return nil, fmt.Errorf("explore: machine names %d events: allowed are 1 to %d", n, MaxLabels)
	}
	if len(p.initial) == 0 {
		return nil, fmt.Errorf("explore: machine has no initial state: at least 1 is needed")
	}
	size := 64 * words[S]()
	used := m.Bits()
	if used < 1 || used > size {
		return nil, fmt.Errorf("explore: machine uses %d bits of a state: allowed are 1 to %d", used, size)
	}
	p.unused = make([]uint64, words[S]())
	for i := range p.unused {
		p.unused[i] = ^uint64(0)
		if low := used - 64*i; low > 0 {
			p.unused[i] <<= low // a shift by 64 or more leaves 0
		}
	}
	for _, s := range p.initial {
		if err := p.inRange(s); err != nil {
			return nil, fmt.Errorf("explore: initial state %w", err)
		}
	}
	return p, nil
}

// useSymmetry makes p stand for the machine's canonical states only.
func (p *spec[S]) useSymmetry() error {
	sym, ok := p.Machine.(Symmetric[S])
	if !ok {
		return fmt.Errorf("explore: Symmetry is set, but %T has no method Canonical(%T) %[2]T", p.Machine, *new(S))
	}
	p.canonical = sym.Canonical
	return nil
}

// canon returns the state that is stored for s.
func (p *spec[S]) canon(s S) S {
	if p.canonical == nil {
		return s
	}
	return p.canonical(s)
}

// inRange returns an error if s has a bit that is not one of the machine's Bits.
func (p *spec[S]) inRange(s S) error {
	var hash [1]uint64
	if hashInto(hash[:], []S{s}, p.unused) == 0 {
		return nil
	}
	top := -1
	for i, w := range split(s) {
		if w != 0 {
			top = 64*i + bits.Len64(w) - 1
		}
	}
	return fmt.Errorf("%#x out of range: bit %d is set, and the machine uses %d bits", s, top, p.Bits())
}

// An edge is one step of a machine.
type edge[S State] struct {
	event int
	to    S
}

// successors lists the steps out of s, and checks them. It serves the places that
// look at single steps; the search itself takes them in batches.
func (p *spec[S]) successors(s S, buf []edge[S]) ([]edge[S], error) {
	var err error
	buf = buf[:0]
	p.Successors(s, func(event int, to S) {
		switch {
		case err != nil:
		case event < 0 || event >= len(p.events):
			err = p.badEvent(event, s)
		case len(buf) == MaxSuccessors:
			err = tooMany(s)
		default:
			if rerr := p.inRange(to); rerr != nil {
				err = fmt.Errorf("explore: event %q leads to state %w", p.events[event], rerr)
				return
			}
			buf = append(buf, edge[S]{event, to})
		}
	})
	return buf, err
}

func (p *spec[S]) badEvent(event int, s S) error {
	return fmt.Errorf("explore: event %d in state %#x out of range [0,%d)", event, s, len(p.events))
}

func tooMany[S State](s S) error {
	return fmt.Errorf("explore: state %#x has more than %d successors", s, MaxSuccessors)
}
