package gclive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/orrery-go/orrery/gc"
)

// Predicted is what the model says of a program of acts.
type Predicted struct {
	Seen   []Seen
	Stacks []int       // goroutines whose stacks are scanned, in order
	Scans  map[int]int // how often each object with pointers is scanned
	InSpan map[int]int // and how often with others of its span
	Kinds  []int       // of the objects
}

// PredictActs performs the acts in the model. It returns an error if one of them cannot be
// done.
func PredictActs(release string, acts []Act) (Predicted, error) {
	m, err := newActsModel(release)
	if err != nil {
		return Predicted{}, err
	}
	var p Predicted
	for i, a := range acts {
		s, err := m.do(a)
		if err != nil {
			return Predicted{}, fmt.Errorf("act %d: %w", i, err)
		}
		p.Seen = append(p.Seen, s)
	}
	p.Stacks, p.Scans, p.InSpan, p.Kinds = m.stacks, m.scans, m.inSpan, m.kinds
	return p, nil
}

type actsModel struct {
	h       *gc.Heap
	refs    []gc.Ref // by number of the object, less 1
	number  map[gc.Ref]int
	weaks   []gc.Weak
	stacks  []int
	scans   map[int]int
	inSpan  map[int]int
	kinds   []int // of the objects
	black   []int // that became black in this step, by their numbers
	last    gc.Event
	swept   bool
	flushed bool
	odd     bool // a span scan that did not say all that it scanned
	ended   bool
}

func newActsModel(release string) (*actsModel, error) {
	m := &actsModel{number: map[gc.Ref]int{}, scans: map[int]int{}, inSpan: map[int]int{}}
	h, err := gc.New(gc.Config{Release: release, Globals: Globals, Trace: m.event})
	if err != nil {
		return nil, err
	}
	m.h = h
	for range Actors {
		if _, err := h.Go(0, Slots); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *actsModel) event(e gc.Event) {
	m.last = e
	switch e.Kind {
	case gc.StackScanned:
		m.stacks = append(m.stacks, int(e.G))
	case gc.Blackened:
		if n := m.number[e.Object]; ActKinds[m.kinds[n-1]].Slots > 0 {
			m.scans[n]++
			m.black = append(m.black, n)
		}
	case gc.SpanScanned: // the last event of a step that has scanned its objects
		for _, n := range m.black {
			m.inSpan[n]++
		}
		if uint64(len(m.black)) != e.N {
			m.odd = true
		}
	case gc.SpanSwept:
		m.swept = true
	case gc.Flushed:
		m.flushed = true
	case gc.CycleEnds:
		m.ended = true
	}
}

func (m *actsModel) colours() string {
	colours := make([]byte, len(m.refs))
	for i, r := range m.refs {
		o, err := m.h.Look(r)
		if err != nil { // it was reclaimed
			o.Colour = gc.None
		}
		colours[i] = "nwgb"[o.Colour]
	}
	return string(colours)
}

func (m *actsModel) grey() bool {
	for _, c := range m.colours() {
		if c == 'g' {
			return true
		}
	}
	return false
}

// stackLeft reports whether a stack is to be scanned.
func (m *actsModel) stackLeft() bool {
	return slices.ContainsFunc(m.h.Snapshot().Goroutines, func(g gc.GoroutineState) bool { return g.Colour == gc.Grey })
}

var errNot = errors.New("gclive: not now")

// do performs an act.
func (m *actsModel) do(a Act) (s Seen, err error) {
	h, g := m.h, gc.G(a.G)
	before := len(h.Snapshot().Buffer)
	m.swept, m.flushed = false, false
	var r gc.Ref
	slot := func(n int) int {
		if n < 0 {
			return gc.NoSlot
		}
		return n
	}
	switch Do(a.Verb) {
	case DoAlloc:
		if r, err = h.Alloc(g, a.A, ActKinds[a.B]); err == nil {
			m.refs = append(m.refs, r)
			m.number[r] = len(m.refs)
			m.kinds = append(m.kinds, a.B)
		}
	case DoFill:
		if err = h.Call(g, 1); err != nil {
			break
		}
		for range a.C {
			if _, err = h.Alloc(g, 0, ActKinds[a.B]); err != nil {
				return s, err
			}
		}
		err = h.Return(g, gc.NoSlot, gc.NoSlot)
	case DoLoad:
		r, err = h.Load(g, a.A, a.B, a.C)
	case DoStore:
		err = h.Store(g, a.A, a.B, slot(a.C))
	case DoMove:
		err = h.Move(g, a.A, slot(a.B))
	case DoGet:
		r, err = h.LoadGlobal(g, a.A, a.B)
	case DoPut:
		err = h.StoreGlobal(g, a.A, slot(a.B))
	case DoWeak:
		var w gc.Weak
		if w, err = h.MakeWeak(g, a.A); err == nil && w == 0 {
			err = errNot
		} else if err == nil {
			m.weaks = append(m.weaks, w)
			r, err = h.PeekWeak(w)
		}
	case DoStrong:
		r, err = h.WeakValue(g, a.A, m.weaks[a.B])
		s.Swept = m.swept
	case DoGo:
		_, err = h.Go(g, Slots, a.A)
	case DoExit:
		err = h.Exit(g)
	case DoStart:
		if err = h.Start(); err == nil {
			err = m.until(func() bool { return m.last.Kind == gc.PauseEnds })
		}
	case DoGlobals, DoKept, DoStack:
		want := map[Do]gc.Kind{DoGlobals: gc.GlobalsScanned, DoStack: gc.StackScanned}[Do(a.Verb)]
		if _, err = h.Step(); err == nil && want != "" && m.last.Kind != want || m.last.Kind == gc.StackScanned && a.G > 0 && int(m.last.G) != a.G {
			err = errNot
		}
	case DoDrain:
		if m.stackLeft() {
			err = errNot
			break
		}
		for m.grey() && err == nil {
			m.black = m.black[:0]
			_, err = h.Step()
		}
		if m.odd {
			err = errors.New("gclive: a span has other objects")
		}
	case DoFlush:
		if m.grey() {
			return s, errNot
		}
		if before > 0 {
			err = m.until(func() bool { return m.flushed })
		}
		before = 0
	case DoFinish:
		err = m.until(func() bool { return m.ended })
		s.Object = 1
		return s, err
	}
	if err != nil {
		return s, err
	}
	s.Object = m.number[r]
	state := h.Snapshot()
	if m.flushed && Do(a.Verb) != DoFlush {
		s.Entries = []int{-2}
	} else if !m.flushed {
		for _, r := range state.Buffer[before:] {
			s.Entries = append(s.Entries, m.number[r])
		}
	}
	if state.Stage == "mark" {
		s.Colours = m.colours()
	}
	return s, nil
}

func (m *actsModel) until(done func() bool) error {
	for !done() {
		m.black = m.black[:0]
		if more, err := m.h.Step(); err != nil || !more {
			return errors.Join(errNot, err)
		}
	}
	return nil
}

// RandomActs returns a program of acts: some before a cycle, the cycle with others between
// its steps, and afterwards the values of the weak pointers.
func RandomActs(release string, seed uint64) ([]Act, error) {
	m, err := newActsModel(release)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(seed, 13))
	var acts []Act
	try := func(a Act) bool {
		if _, err := m.do(a); err != nil {
			return false
		}
		acts = append(acts, a)
		return true
	}
	weaks, gs, marking := 0, Actors, false
	var there []int // goroutines
	for g := 1; g <= Actors; g++ {
		there = append(there, g)
	}
	some := func(n int) {
		for range n {
			g := there[r.IntN(len(there))]
			slot := func() int { return r.IntN(Slots) }
			orNil := func() int { return r.IntN(Slots+1) - 1 }
			switch k := r.IntN(26); {
			case k < 6:
				try(Act{int(DoAlloc), g, slot(), r.IntN(len(ActKinds)), 0})
			case k < 9:
				try(Act{int(DoLoad), g, slot(), slot(), r.IntN(4)})
			case k < 14:
				try(Act{int(DoStore), g, slot(), r.IntN(4), orNil()})
			case k < 16:
				try(Act{int(DoMove), g, slot(), orNil(), 0})
			case k < 18:
				try(Act{int(DoGet), g, slot(), r.IntN(Globals), 0})
			case k < 21:
				try(Act{int(DoPut), g, r.IntN(Globals), orNil(), 0})
			case k < 22 && !marking:
				if weaks < 6 && try(Act{Verb: int(DoWeak), G: g, A: slot()}) {
					weaks++
				}
			case k < 23 && marking && weaks > 0:
				try(Act{int(DoStrong), g, slot(), r.IntN(weaks), 0})
			case k < 25 && gs < Actors+Started:
				if try(Act{Verb: int(DoGo), G: g, A: slot()}) {
					gs++
					there = append(there, gs)
				}
			case k < 26 && g > Actors:
				if try(Act{Verb: int(DoExit), G: g}) {
					there = slices.DeleteFunc(there, func(n int) bool { return n == g })
				}
			}
		}
	}
	some(20 + r.IntN(60))
	if r.IntN(2) == 0 { // the objects, except for the least, are no longer in spans from which is allocated
		for kind, l := range ActKinds {
			if l.Bytes > 8 && !try(Act{int(DoFill), 1, 0, kind, int(2 * 8192 / l.Bytes)}) {
				return nil, errNot
			}
		}
	}
	if !try(Act{Verb: int(DoStart)}) {
		return nil, errNot
	}
	marking = true
	some(r.IntN(6))
	for _, v := range []Do{DoGlobals, DoKept} {
		if !try(Act{Verb: int(v)}) {
			return nil, errNot
		}
		some(r.IntN(8))
	}
	for m.stackLeft() {
		if _, err := m.do(Act{Verb: int(DoStack)}); err != nil {
			return nil, err
		}
		acts = append(acts, Act{Verb: int(DoStack), G: int(m.last.G)})
		some(r.IntN(8))
	}
	for range 1 + r.IntN(3) {
		for _, v := range []Do{DoDrain, DoFlush} {
			if !try(Act{Verb: int(v)}) {
				return nil, errNot
			}
		}
		if r.IntN(2) == 0 {
			some(r.IntN(10))
		}
	}
	for _, v := range []Do{DoDrain, DoFlush, DoDrain, DoFinish} {
		if !try(Act{Verb: int(v)}) {
			return nil, errNot
		}
	}
	for w := range weaks {
		try(Act{int(DoStrong), 1, 0, w, 0})
	}
	return acts, nil
}
