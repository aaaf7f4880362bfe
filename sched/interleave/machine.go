package interleave

import (
	"errors"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
)

// The limits of a machine.
const (
	MaxGoroutines = 64   // at a time; fewer in a program of over a hundred operations
	MaxObjects    = 4096 // channels, locks, timers, contexts and shared variables
	maxStates     = 1 << 32
	maxEvents     = 1 << 16 // number of events that package explore accepts
)

// Config says which rules to follow.
type Config struct {
	Release string `json:"release"` // "" for the newest known, "go1.22", "running"

	// AsyncTimers is GODEBUG=asynctimerchan=1, which a go line below 1.23 in go.mod
	// implies: timers as before 1.23. Go 1.27 and later have no such setting.
	AsyncTimers bool `json:"asyncTimers"`

	Lines []int `json:"lines,omitempty"` // of the operations, as [program.Lines] reports them; nil: events have none
}

// A Machine is a program and the states met so far. It has the methods of a Machine of
// package explore, for which a state is the number of one: 0 is the first.
type Machine struct {
	program    *program.Program
	syncTimers bool // since Go 1.23 the channel of a timer holds no stale value
	lines      []int
	ops        []op
	starts     []int32 // of the functions
	locals     []int   // variables of each function
	ls         []int32 // by lock: of a Cond its L, from 1
	rlocker    []bool  // by lock: of a Cond whether its L is an RLocker
	kinds      []program.Type
	caps       []int64
	slots      int // goroutines at a time
	eventOf    []int
	perG       int // events of a goroutine

	first   uint64
	states  []string
	ids     map[string]uint64
	scratch []byte
	ends    []error // the ways to end badly, by number; 0 is none
	endOf   map[string]int32
}

// New returns the machine of a program, which must not be changed later. It returns an
// error if the release is unknown, if [program.Program.Check] does, if the release lacks
// a verb or the setting, or if the program uses something that is not explored: the words of a lock, the
// number of goroutines or of Ps, or more than [MaxObjects] objects.
func New(c Config, p *program.Program) (*Machine, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("interleave: %w", err)
	}
	if c.AsyncTimers && r.AtLeast("go1.27") {
		return nil, fmt.Errorf("interleave: %v has no asynctimerchan: the setting went with go1.27", r)
	}
	if p == nil {
		return nil, errors.New("interleave: no program")
	}
	x, err := p.Index()
	if err != nil {
		return nil, err
	}
	if need, verb := p.Since(); verb != 0 && !r.AtLeast(need) {
		return nil, fmt.Errorf("interleave: %v needs %s, and the release is %v", verb, need, r)
	}
	m := &Machine{program: p, syncTimers: r.AtLeast("go1.23") && !c.AsyncTimers, lines: c.Lines, ids: map[string]uint64{}, ends: []error{nil}, endOf: map[string]int32{}}
	for _, l := range x.Locals {
		m.locals = append(m.locals, len(l))
	}
	m.compile(x)
	for _, k := range m.ops {
		if k.Verb == program.Words || k.Verb == program.NumGoroutine || k.Verb == program.Procs && len(k.Set) > 0 {
			return nil, fmt.Errorf("interleave: %v is not explored: what it reports depends on the scheduler", k.Verb)
		}
	}
	s, err := m.begin(x)
	if err != nil {
		return nil, err
	}
	m.number()
	m.start(s, 0, nil)
	m.settle(s)
	m.first = m.intern(s)
	return m, nil
}

// begin returns the state before main starts.
func (m *Machine) begin(x *program.Index) (*state, error) {
	p, s := m.program, new(state)
	n := 0
	each := func(count int64, f func(i int)) {
		n += int(max(count, 1))
		for i := 0; i < int(max(count, 1)) && n <= MaxObjects; i++ {
			f(i)
		}
	}
	for _, v := range p.Vars {
		each(v.Count, func(int) { s.vars = append(s.vars, v.N) })
	}
	for _, c := range p.Chans {
		each(c.Count, func(int) { s.chans, m.caps = append(s.chans, channel{}), append(m.caps, c.Cap) })
	}
	for _, l := range p.Locks {
		each(l.Count, func(i int) {
			of := int32(0)
			if l.Type == program.Cond {
				of = int32(x.First(l.L)) + 1
				if p.Locks[x.Locks[l.L]].Count > 0 {
					of += int32(i)
				}
			}
			s.locks = append(s.locks, lock{counter: l.Counter})
			m.ls, m.rlocker, m.kinds = append(m.ls, of), append(m.rlocker, l.RLocker), append(m.kinds, l.Type)
		})
	}
	for _, t := range p.Timers {
		each(t.Count, func(int) { s.timers = append(s.timers, timer{ticker: t.Ticker}) })
	}
	for _, c := range p.Contexts {
		each(c.Count, func(int) { s.contexts = append(s.contexts, 0) })
	}
	if n > MaxObjects {
		return nil, fmt.Errorf("interleave: %d objects: %d are the most that are explored", n, MaxObjects)
	}
	return s, nil
}

// A way is one way in which a step of a goroutine can go. It is part of the event's name.
type way int32

const (
	plain     way = iota
	waits         // in the queues of channels
	otherwise     // the default of a select
	goesOn        // the rest of a Wait
	relock        // of the L of a Cond
	panics
	returns // main does
	result  // of an operation, into shared variables
	spins
	firstCase // of a select, and then the others
)

var ways = []string{"", ": waits", ": default", ": goes on", ": locks again", ": panics", ": main returns", ": stores", ": goes on for long"}

// number gives the events their numbers: those of a goroutine for each operation in
// each way, and after those of all goroutines the timers, deadlines and the end.
func (m *Machine) number() {
	for _, k := range m.ops {
		m.eventOf = append(m.eventOf, m.perG)
		m.perG += int(firstCase) + len(k.cases)
	}
	rest := 2
	for _, t := range m.program.Timers {
		rest += int(max(t.Count, 1))
	}
	m.slots = max(1, min(MaxGoroutines, (maxEvents-rest)/max(m.perG, 1)))
}

func (m *Machine) event(slot int, pc int32, w way) int {
	return slot*m.perG + m.eventOf[pc] + int(w)
}

// Labels names the events: "g2 worker: send c 7 (line 12)".
//
// A Machine that is not from [New] has one name, which says so.
func (m *Machine) Labels() []string {
	if m.program == nil {
		return []string{"the machine is not from New"}
	}
	var out []string
	for slot := range m.slots {
		for pc := range m.ops {
			k := &m.ops[pc]
			text := fmt.Sprintf("g%d %s", slot+1, m.where(int32(pc)))
			for w := range int(firstCase) + len(k.cases) {
				name := text
				if w < len(ways) {
					name += ways[w]
				} else {
					name += fmt.Sprintf(": case %d", w-int(firstCase))
				}
				out = append(out, name)
			}
		}
	}
	for _, t := range m.program.Timers {
		for i := range max(t.Count, 1) {
			if name := t.Name; t.Count > 0 {
				out = append(out, fmt.Sprintf("%s[%d] fires", name, i))
			} else {
				out = append(out, name+" fires")
			}
		}
	}
	return append(out, "a deadline passes", "the program has ended")
}

// where returns an operation and its line: "worker: send c 7 (line 12)".
func (m *Machine) where(pc int32) string {
	k := &m.ops[pc]
	text := m.program.Funcs[k.f].Name + ": "
	if int(pc) == int(m.starts[k.f])+len(m.program.Funcs[k.f].Ops) {
		text += "return"
	} else {
		text += k.Op.String()
	}
	if int(pc) < len(m.lines) {
		text += fmt.Sprintf(" (line %d)", m.lines[pc])
	}
	return text
}

// Initial returns the first state.
func (m *Machine) Initial() []uint64 { return []uint64{m.first} }

// Check reports how the program ends badly in a state: a [*crash.Error], or an error
// that says which bound of the machine it exceeds.
func (m *Machine) Check(id uint64) error {
	s := m.state(id)
	if s == nil {
		return fmt.Errorf("interleave: no state has the number %d: use New, and the states that it leads to", id)
	}
	return m.ends[s.crash]
}

// Successors calls step with every step that can be taken.
func (m *Machine) Successors(id uint64, step func(event int, to uint64)) {
	s := m.state(id)
	if s == nil || step == nil {
		return
	}
	end := m.slots*m.perG + len(s.timers) + 1
	if s.ended || s.crash != 0 {
		step(end, id)
		return
	}
	for slot := range s.gs {
		for _, w := range m.waysOf(s, slot) {
			next := m.state(id)
			pc := next.gs[slot].pc
			m.take(next, slot, w)
			m.settle(next)
			step(m.event(slot, pc, w), m.intern(next))
		}
	}
	for t := range s.timers {
		if s.timers[t].active {
			next := m.state(id)
			m.fire(next, t)
			m.settle(next)
			step(m.slots*m.perG+t, m.intern(next))
		}
	}
	for c, x := range s.made {
		if x.timed && x.err == 0 {
			next := m.state(id)
			next.cancel(int32(c)+1, 2)
			step(end-1, m.intern(next))
		}
	}
}

// Tell returns a line for each goroutine of a state: what it waits for, or does next.
func (m *Machine) Tell(id uint64) []string {
	s := m.state(id)
	if s == nil {
		return nil
	}
	var out []string
	for slot := range s.gs {
		g := &s.gs[slot]
		if g.status == free {
			continue
		}
		verb := "is at"
		if len(m.waysOf(s, slot)) == 0 {
			verb = "waits in"
		}
		name := m.program.Funcs[g.frames[0].call].Name
		text := fmt.Sprintf("g%d %s %s %s", slot+1, name, verb, m.where(g.pc))
		out = append(out, strings.Replace(text, " "+verb+" "+name+": ", " "+verb+" ", 1))
	}
	return out
}

// badly returns the number of a bad end.
func (m *Machine) badly(err error) int32 {
	if n, ok := m.endOf[err.Error()]; ok {
		return n
	}
	m.ends = append(m.ends, err)
	n := int32(len(m.ends) - 1)
	m.endOf[err.Error()] = n
	return n
}
