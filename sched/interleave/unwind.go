package interleave

import (
	"strings"

	"github.com/orrery-go/orrery/crash"
)

// leave ends the innermost function or body: its deferred bodies run, and then its caller
// goes on.
func (m *Machine) leave(s *state, slot int) {
	g := &s.gs[slot]
	f := g.top()
	if len(f.defers) > 0 {
		g.runDeferred(0)
		return
	}
	if f.kind == inGoroutine {
		if slot == 0 && !s.goexits {
			g.status = ending
		} else {
			*g = goroutine{}
		}
		return
	}
	last := *f
	g.frames = g.frames[:len(g.frames)-1]
	switch last.kind {
	case inDo:
		s.onceDone(last.once)
		g.pc = last.ret
	case inDeferred:
		if last.by == 0 {
			m.leave(s, slot)
		} else {
			m.deferredBy(s, slot, int(last.by))
		}
	default:
		g.pc = last.call
		if err := s.gives(g, &m.ops[g.pc], last.result); err != nil {
			m.raise(s, slot, err)
		}
	}
}

// gives ends an operation with its results. Another goroutine can see when a variable
// that they share gets one: that is a step by itself.
func (s *state) gives(g *goroutine, k *op, values ...int64) *crash.Error {
	for _, o := range k.sets {
		if o.shared() {
			g.status, g.results = stores, values
			return nil
		}
	}
	g.pc++
	return s.set(g, k, values...)
}

// shared reports whether the operand is a variable that goroutines share, or an element
// whose index is one.
func (o *operand) shared() bool { return o != nil && (o.named || o.index.shared()) }

// stored stores the results of an operation in its variables.
func (m *Machine) stored(s *state, slot int) {
	g := &s.gs[slot]
	values := g.results
	g.status, g.results = ready, nil
	err := s.set(g, &m.ops[g.pc], values...)
	if g.pc++; err != nil {
		m.raise(s, slot, err)
	}
}

// runDeferred begins the last body that the innermost function has deferred. By is the
// panic that does so, from 1, or 0.
func (g *goroutine) runDeferred(by int) {
	f := g.top()
	pc := f.defers[len(f.defers)-1]
	f.defers = f.defers[:len(f.defers)-1]
	g.frames = append(g.frames, frame{kind: inDeferred, by: int32(by)})
	g.pc = pc + 1
}

// raise starts a panic.
func (m *Machine) raise(s *state, slot int, err *crash.Error) {
	g := &s.gs[slot]
	if err.Kind == crash.KindFatal {
		s.crash = m.badly(err)
		return
	}
	g.status, g.awaits = ready, nil
	g.panics = append(g.panics, panicking{crash: m.badly(err)})
	m.unwind(s, slot)
}

// unwind goes from function to function, for the newest panic or Goexit, and runs the
// deferred bodies of each (runtime/panic.go:gopanic, runtime/panic.go:Goexit).
func (m *Machine) unwind(s *state, slot int) {
	g := &s.gs[slot]
	for {
		f := g.top()
		if len(f.defers) > 0 {
			g.runDeferred(len(g.panics))
			return
		}
		switch f.kind {
		case inGoroutine:
			if g.panics[len(g.panics)-1].crash != 0 && !m.program.Recover {
				g.status, g.crash = ending, m.lastPanic(g.panics)
				return
			}
			s.goexits = s.goexits || slot == 0
			*g = goroutine{}
			return
		case inDo:
			s.onceDone(f.once)
		case inDeferred:
			if f.by > 0 {
				g.panics[f.by-1].aborted = true
			}
		}
		g.frames = g.frames[:len(g.frames)-1]
	}
}

// deferredBy goes on after a body that panic number by, from 1, has run.
func (m *Machine) deferredBy(s *state, slot, by int) {
	g := &s.gs[slot]
	if !g.panics[by-1].recovered {
		m.unwind(s, slot)
		return
	}
	// The panics that this one has aborted end with it, except for a Goexit.
	g.panics = g.panics[:by-1]
	for n := len(g.panics); n > 0 && g.panics[n-1].aborted; n-- {
		if g.panics[n-1].crash == 0 {
			g.panics[n-1].aborted = false
			m.unwind(s, slot)
			return
		}
		g.panics = g.panics[:n-1]
	}
	g.top().result = 0
	m.leave(s, slot)
}

// recovers is recover, called by the innermost function.
func (g *goroutine) recovers() int64 {
	f := g.top()
	if f.kind != inDeferred || f.by == 0 {
		return 0
	}
	p := &g.panics[f.by-1]
	if p.crash == 0 || p.recovered {
		return 0
	}
	p.recovered = true
	return 1
}

// lastPanic returns the newest panic, with the text of all
// (runtime/panic.go:printpanics).
func (m *Machine) lastPanic(list []panicking) int32 {
	var texts []string
	for _, p := range list {
		if p.crash == 0 {
			continue
		}
		text := m.ends[p.crash].Error()
		if p.recovered {
			text += " [recovered]"
		}
		texts = append(texts, text)
	}
	last := list[len(list)-1].crash
	if len(texts) < 2 {
		return last
	}
	return m.badly(m.ends[last].(*crash.Error).In(strings.Join(texts, "\n\tpanic: ")))
}

func (s *state) onceDone(at int32) { s.locks[at].done, s.locks[at].held = true, false }
