package iface

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/orrery-go/orrery/layout"
)

// A Config says what to model.
type Config struct {
	Release string          `json:"release"`     // "go1.17.13"; "" is the newest known, "running" the calling program's
	Seed    uint64          `json:"seed,string"` // of the random choices
	Choose  func(n int) int `json:"-"`           // a number in [0,n): a random choice; nil: from Seed
	Trace   func(Event)     `json:"-"`           // receives every step; nil costs nothing
}

// A Runtime holds types, values and itabs. Get one from [New].
type Runtime struct {
	rules  rules
	layout *layout.Rules
	choose func(n int) int
	trace  func(Event)
	seq    uint64
	busy   bool // in Trace or Choose

	types      []*Type
	byText     map[string][]*Type
	byNamed    map[*layout.Named]*Type
	declared   map[any][]Method
	unfinished []*Type

	memory *memory
	itabs  itabTable
	real   map[any]*Type // types of the running program, by reflect.Type
}

// New makes a Runtime with the rules of a release on amd64. It returns an error if the
// release is unknown.
func New(c Config) (*Runtime, error) {
	r, err := rulesFor(c.Release)
	if err != nil {
		return nil, err
	}
	l, err := layout.ForRelease(c.Release)
	if err != nil {
		return nil, fmt.Errorf("iface: %w", err)
	}
	m := &Runtime{
		rules: r, layout: l, choose: c.Choose, trace: c.Trace,
		byText: map[string][]*Type{}, byNamed: map[*layout.Named]*Type{}, declared: map[any][]Method{},
		memory: newMemory(), itabs: newItabTable(r.itabChains), real: map[any]*Type{},
	}
	if m.choose == nil {
		m.choose = rand.New(rand.NewPCG(c.Seed, 0)).IntN
	}
	return m, nil
}

// Release is the release whose rules these are.
func (m *Runtime) Release() string {
	if m.memory == nil {
		return ""
	}
	return m.rules.release.String()
}

var errBusy = errors.New("iface: a Runtime is called from its own Trace or Choose")

// enter begins an operation.
func (m *Runtime) enter() error {
	switch {
	case m.memory == nil:
		return errUseNew
	case m.busy:
		return errBusy
	}
	m.busy = true
	return nil
}

func (m *Runtime) leave() { m.busy = false }

// pick takes one of n.
func (m *Runtime) pick(n int) (int, error) {
	i := m.choose(n)
	if i < 0 || i >= n {
		return 0, fmt.Errorf("iface: Choose returns %d, out of range [0,%d)", i, n)
	}
	return i, nil
}

// A Snapshot is the state of a Runtime. It shares no memory with the model.
type Snapshot struct {
	Release string      `json:"release"`
	Types   int         `json:"types"`
	Objects int         `json:"objects"` // on the heap and the stack
	Bytes   int64       `json:"bytes"`   // of all memory
	Table   int         `json:"table"`   // entries of the itab table, or its lists
	Itabs   []ItabState `json:"itabs"`   // in the order in which they were made
}

// An ItabState is an itab: for a type and an interface, the functions to call.
type ItabState struct {
	Inter  string   `json:"inter"`
	Type   string   `json:"type"`
	Addr   uint64   `json:"addr,string"`
	Slot   int      `json:"slot"`   // in the table
	Funs   []string `json:"funs"`   // in the order of the interface's methods
	Misses string   `json:"misses"` // the first method that the type lacks; "" if it has all
}

// Snapshot returns the state.
func (m *Runtime) Snapshot() Snapshot {
	s := Snapshot{Itabs: []ItabState{}}
	if m.memory == nil {
		return s
	}
	s.Release, s.Types, s.Objects, s.Bytes, s.Table = m.rules.release.String(), len(m.types), len(m.memory.heap), m.memory.bytes, m.itabs.size()
	for _, tab := range m.itabs.all {
		s.Itabs = append(s.Itabs, ItabState{tab.inter.name, tab.typ.name, tab.addr, m.itabs.slotOf(tab), append([]string{}, tab.funs...), tab.misses})
	}
	return s
}

// Check returns an error if an invariant is broken. The invariants: types have their
// places, and every itab can be found in the table, which is at most three quarters full.
func (m *Runtime) Check() error {
	if m.memory == nil {
		return errUseNew
	}
	for i, t := range m.types {
		if m.typeAt(t.addr) != t || t.addr != typeBase+typeStep*uint64(i) {
			return fmt.Errorf("iface: %.80s is not at its address", t)
		}
	}
	return m.itabs.check()
}
