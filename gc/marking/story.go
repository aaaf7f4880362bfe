package marking

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/gc"
)

// Story tells a run, given as the names of its events and the states that they lead to,
// with a frame for each step. It returns an error if the machine cannot take a step.
func (m *Machine) Story(start uint64, events []string, states []uint64) ([]gc.Frame, error) {
	if len(events) != len(states) {
		return nil, fmt.Errorf("gc/marking: %d events and %d states", len(events), len(states))
	}
	var frames []gc.Frame
	s := start
	for i, name := range events {
		event := -1
		m.Successors(s, func(e int, to uint64) {
			if m.events[e] == name && to == states[i] {
				event = e
			}
		})
		if event < 0 {
			return nil, fmt.Errorf("gc/marking: step %d of the run: %.60q does not lead from %#x to %#x", i+1, name, s, states[i])
		}
		f := m.tell(event, s, states[i])
		f.State = m.Snapshot(states[i])
		s = states[i]
		frames = append(frames, f)
	}
	return frames, nil
}

// A teller builds the frame of one step.
type teller struct {
	m     *Machine
	s, t  uint64 // before it and after it
	frame gc.Frame
}

func (m *Machine) tell(event int, s, t uint64) gc.Frame {
	k := &teller{m: m, s: s, t: t}
	if !k.mutator(event) {
		k.collector(event)
	}
	if s&3 == marks && t&3 == marks {
		k.onlyBlack()
	}
	return k.frame
}

func (k *teller) say(format string, args ...any) { k.frame.Text += fmt.Sprintf(format, args...) }

// object returns a name with the colour, "B (white)".
func (k *teller) object(s, p uint64) string {
	if p == 0 {
		return "nil"
	}
	if s&3 != marks && s&3 != final {
		return Name(int(p))
	}
	return fmt.Sprintf("%s (%v)", Name(int(p)), k.m.colourOf(s, p))
}

func (k *teller) stack(s uint64, g *layout) string {
	switch {
	case s&3 != marks:
		return "the stack"
	case s>>g.scanned&1 != 0:
		return "the stack, which is black and has no barrier"
	}
	return "the stack, which is not scanned yet"
}

// mutator describes a goroutine's step. It returns false if the step was the collector's.
func (k *teller) mutator(event int) bool {
	m, s, t := k.m, k.s, k.t
	for i := range m.gs {
		g := &m.gs[i]
		who := "the program"
		if len(m.gs) > 1 {
			who = fmt.Sprint("goroutine ", i+1)
		}
		switch e := event; {
		case e >= g.evAlloc && e < g.evDrop:
			k.say("%s allocates %s into s%d", who, k.object(t, uint64((e-g.evAlloc)%m.n+1)), (e-g.evAlloc)/m.n)
		case e >= g.evDrop && e < g.evLoad:
			k.say("%s drops %s from s%d", who, k.object(s, m.slot(s, g, e-g.evDrop)), e-g.evDrop)
		case e >= g.evLoad && e < g.evLoadGlobal:
			a, b, f := (e-g.evLoad)/m.f/g.slots, (e-g.evLoad)/m.f%g.slots, (e-g.evLoad)%m.f
			from := m.slot(s, g, b)
			k.say("%s loads %s from f%d of %s into s%d, on %s", who, k.object(s, m.field(s, int(from-1), f)), f, k.object(s, from), a, k.stack(s, g))
		case e >= g.evLoadGlobal && e < g.evStore:
			k.say("%s loads %s from the global into s%d, on %s", who, k.object(s, m.ptr(s, m.global)), e-g.evLoadGlobal, k.stack(s, g))
		case e >= g.evStore && e < g.evBarrier:
			k.say("%s stores ", who)
			k.store(g, e-g.evStore)
		case e >= g.evBarrier && e < g.evBarrier+m.stores(g):
			k.say("%s is about to store ", who)
			k.store(g, e-g.evBarrier)
			k.barrier(g, e-g.evBarrier)
		default:
			continue
		}
		return true
	}
	return false
}

func (k *teller) store(g *layout, st int) {
	m, s := k.m, k.s
	into, f, from := m.storeOf(g, st)
	old := m.ptr(s, m.global)
	place := "the global"
	if into >= 0 {
		holder := m.slot(s, g, into)
		old = m.field(s, int(holder-1), f)
		place = fmt.Sprintf("f%d of %s", f, k.object(s, holder))
	}
	k.say("%s into %s", k.object(s, m.slot(s, g, from)), place)
	if old != 0 {
		k.say(", over %s", k.object(s, old))
	}
}

// barrier describes the effect of the barrier.
func (k *teller) barrier(g *layout, st int) {
	m := k.m
	into, _, _ := m.storeOf(g, st)
	if into >= 0 {
		k.frame.Holder = gc.Ref(m.slot(k.s, g, into))
	}
	k.became()
}

// became lists the objects that the step has made grey, or put into the buffer.
func (k *teller) became() {
	m := k.m
	var grey, buffered []string
	for o := range m.n {
		switch {
		case m.colourOf(k.s, uint64(o+1)) != gc.Grey && m.colourOf(k.t, uint64(o+1)) == gc.Grey:
			grey = append(grey, Name(o+1))
			k.frame.Shaded = append(k.frame.Shaded, gc.Ref(o+1))
		case m.buffered(k.t)&^m.buffered(k.s)>>o&1 != 0:
			buffered = append(buffered, Name(o+1))
			k.frame.Shaded = append(k.frame.Shaded, gc.Ref(o+1))
		}
	}
	if len(buffered) > 0 {
		k.say(": the barrier buffers %s", strings.Join(buffered, " and "))
	}
	if len(grey) > 0 {
		k.say(": %s becomes grey", strings.Join(grey, " and "))
	}
	if len(grey)+len(buffered) == 0 {
		k.say(": nothing becomes grey")
	}
}

func (k *teller) collector(event int) {
	m := k.m
	marked := false
	switch e := event; {
	case e == m.evStart:
		k.say("the collector starts marking")
		marked = k.s&3 == idle && (m.alg.StackSnapshot || !m.alg.Concurrent)
		if marked {
			k.say(", and scans the roots before the world goes on")
		}
	case e >= m.gs[0].evScan && e < m.evGlobals:
		k.say("the collector scans the stack")
		if len(m.gs) > 1 {
			k.say(" of goroutine %d", e-m.gs[0].evScan+1)
		}
		marked = true
	case e == m.evGlobals:
		k.say("the collector scans the global")
		marked = true
	case e >= m.evShade && e < m.evBlacken:
		k.say("the collector looks at f%d of %s", (e-m.evShade)%m.f, Name((e-m.evShade)/m.f+1))
		marked = true
	case e >= m.evBlacken && e < m.evFlush:
		k.say("%s is black: the collector will not look at it again", Name(e-m.evBlacken+1))
	case e == m.evFlush:
		k.say("the buffer is flushed")
		marked = true
	case e == m.evStop:
		k.say("nothing is grey: the world stops")
		if marked = m.alg.StackRescan; marked {
			k.say(", and the stacks are scanned again")
		}
	case e == m.evFinish:
		k.say("marking ends")
		if o, lost := m.lost(k.t); lost {
			k.say(": %s is white, so it is garbage; but the program still uses it", Name(o+1))
		}
	default:
		k.say("the collector sweeps %s", Name(e-m.evSweep+1))
	}
	if marked {
		k.became()
		k.frame.Shaded = nil // it was not a barrier
	}
}

// onlyBlack says so if since this step only black holders, or examined fields, point to a
// white object in use.
func (k *teller) onlyBlack() {
	now, before := k.unprotected(k.t), k.unprotected(k.s)
	for o := range k.m.n {
		if now>>o&1 != 0 && before>>o&1 == 0 {
			k.say("; only %s %s to %s now, which is white, and the collector has looked there", strings.Join(k.pointers(o), " and "), verb(k.pointers(o)), Name(o+1))
		}
	}
}

func verb(of []string) string {
	if len(of) == 1 {
		return "points"
	}
	return "point"
}

// unprotected returns the white objects in use to which only black holders point.
func (k *teller) unprotected(s uint64) uint64 {
	m := k.m
	set := m.reach(s) & m.blackToWhite(s) &^ m.buffered(s) &^ m.protected(s)
	for i := range m.gs {
		if g := &m.gs[i]; s>>g.scanned&1 == 0 || m.alg.StackRescan {
			for a := range g.slots {
				set &^= 1 << m.slot(s, g, a) >> 1
			}
		}
	}
	return set
}

// pointers returns the holders that point to the object after the step.
func (k *teller) pointers(o int) (out []string) {
	m, s := k.m, k.t
	for i := range m.gs {
		for a := range m.gs[i].slots {
			if m.slot(s, &m.gs[i], a) == uint64(o+1) {
				out = append(out, fmt.Sprintf("s%d", a))
			}
		}
	}
	if m.c.Globals > 0 && m.ptr(s, m.global) == uint64(o+1) {
		out = append(out, "the global")
	}
	for p := range m.n {
		for f := range m.f {
			if m.colour(s, p) != free && m.field(s, p, f) == uint64(o+1) && !slices.Contains(out, Name(p+1)) {
				out = append(out, Name(p+1))
			}
		}
	}
	return out
}

// Snapshot returns a state as a heap would report it. Objects have the numbers 1, 2 and
// so on, for A, B and so on.
func (m *Machine) Snapshot(s uint64) gc.Snapshot {
	phase := s & 3
	out := gc.Snapshot{Algorithm: m.alg.Name, Stage: [...]string{"off", "mark", "mark termination", "sweep"}[phase]}
	if phase == final {
		out.Pause = "mark termination"
	}
	for o := range m.n {
		c := m.colour(s, o)
		if c == free {
			continue
		}
		k := gc.ObjectState{Object: gc.Ref(o + 1), Colour: gc.Colour(c)}
		if phase == sweeping && c == doomed {
			k.Colour, k.Doomed = gc.White, true
		}
		for f := range m.f {
			k.Slots = append(k.Slots, gc.Ref(m.field(s, o, f)))
		}
		out.Objects = append(out.Objects, k)
		if m.buffered(s)>>o&1 != 0 {
			out.Buffer = append(out.Buffer, gc.Ref(o+1))
		}
	}
	is := func(scanned int) gc.Colour {
		switch {
		case phase != marks && phase != final:
			return gc.None
		case s>>scanned&1 != 0:
			return gc.Black
		}
		return gc.Grey
	}
	for i := range m.gs {
		g := &m.gs[i]
		k := gc.GoroutineState{G: gc.G(i + 1), Colour: is(g.scanned)}
		for a := range g.slots {
			k.Slots = append(k.Slots, gc.Ref(m.slot(s, g, a)))
		}
		out.Goroutines = append(out.Goroutines, k)
	}
	if m.c.Globals > 0 {
		out.Globals, out.GlobalsAre = []gc.Ref{gc.Ref(m.ptr(s, m.global))}, is(m.globalScanned)
	}
	return out
}
