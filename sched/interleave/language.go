package interleave

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// maxUnseen bounds the operations in one step that no other goroutine can see. A
// goroutine with more of them goes on in another step, so that a loop without end makes
// steps.
const maxUnseen = 1 << 12

// maxDepth bounds nested calls, their deferred bodies and their panics.
const maxDepth = 1 << 8

// start starts a goroutine that runs a function.
func (m *Machine) start(s *state, fn int32, args []int64) {
	slot := 0
	for slot < len(s.gs) && s.gs[slot].status != free {
		slot++
	}
	if slot == len(s.gs) {
		if slot >= m.slots {
			s.crash = m.badly(fmt.Errorf("interleave: over %d goroutines at a time: that is the most that is explored", m.slots))
			return
		}
		s.gs = append(s.gs, goroutine{})
	}
	locals := make([]int64, m.locals[fn])
	copy(locals, args)
	s.gs[slot] = goroutine{status: ready, pc: m.starts[fn], frames: []frame{{kind: inGoroutine, call: fn, locals: locals}}}
}

// settle makes every goroutine perform operations that no other can see, up to the first
// that another can.
func (m *Machine) settle(s *state) {
	for slot := 0; slot < len(s.gs); slot++ { // there may be more of them after each
		for n := 0; s.gs[slot].status == ready && !s.gs[slot].spins && !m.ops[s.gs[slot].pc].visible; n++ {
			if n == maxUnseen {
				s.gs[slot].spins = true
				break
			}
			if m.do(s, slot); s.crash != 0 {
				return
			}
		}
	}
	for n := len(s.gs); n > 0 && s.gs[n-1].status == free; n-- {
		s.gs = s.gs[:n-1]
	}
}

// do performs the next operation of a goroutine if it is about variables and bodies.
func (m *Machine) do(s *state, slot int) {
	g := &s.gs[slot]
	k := &m.ops[g.pc]
	var err *crash.Error
	var v int64
	switch k.Verb {
	case program.Go:
		m.doGo(s, slot, k)
		return
	case program.Loop:
		err = m.doLoop(s, g, k)
	case program.End:
		m.doEnd(s, slot, k)
		return
	case program.Else:
		g.pc = k.end + 1
	case program.If, program.While:
		if v, err = s.expression(g, k); v == 0 {
			g.pc = k.end
		}
		g.pc++
	case program.Break, program.Continue:
		m.leaveTurn(g, k)
	case program.Set:
		switch v, err = s.expression(g, k); {
		case err != nil:
		case k.x.shared() || k.y.shared(): // it is loaded now, and stored later
			err = s.gives(g, k, v)
		default:
			err = s.set(g, k, v)
			g.pc++
		}
	case program.Defer:
		f := g.top()
		f.defers = append(f.defers, g.pc)
		g.pc = k.end + 1
	case program.Call:
		err = m.doCall(s, g, k)
	case program.Return:
		v, err = s.value(g, k.n)
		g.top().result = v
		if err == nil {
			m.leave(s, slot)
		}
	case program.Exit:
		g.panics = append(g.panics, panicking{})
		m.unwind(s, slot)
	case program.Panic:
		var text string
		if text, err = s.say(g, k); err == nil {
			err = crash.Panic(text)
		}
	case program.Recover:
		err = s.gives(g, k, g.recovers())
	default: // it takes time, and does nothing else
		g.pc++
	}
	if err != nil {
		m.raise(s, slot, err)
	}
}

func (g *goroutine) top() *frame { return &g.frames[len(g.frames)-1] }

func (m *Machine) doGo(s *state, slot int, k *op) {
	g := &s.gs[slot]
	n, err := s.value(g, k.n)
	var args []int64
	if err == nil {
		args, err = s.values(g, k.args)
	}
	if err != nil {
		m.raise(s, slot, err)
		return
	}
	if k.Var == "" {
		n = max(n, 1)
	}
	g.pc++
	for ; n > 0 && s.crash == 0; n-- {
		m.start(s, k.target, args)
	}
}

func (m *Machine) doLoop(s *state, g *goroutine, k *op) *crash.Error {
	turns := int64(-1)
	if k.N != 0 || k.Var != "" {
		v, err := s.value(g, k.n)
		if err != nil {
			return err
		}
		turns = max(v, 0)
	}
	if turns == 0 {
		g.pc = k.end + 1
		return nil
	}
	f := g.top()
	f.loops = append(f.loops, loop{begin: g.pc, turns: turns})
	g.pc++
	return s.set(g, k, 0)
}

// doEnd is the end of a body.
func (m *Machine) doEnd(s *state, slot int, k *op) {
	g := &s.gs[slot]
	begin := &m.ops[k.end]
	switch begin.Verb {
	case program.While:
		g.pc = k.end
	case program.Do, program.Defer:
		m.leave(s, slot)
	case program.Loop:
		f := g.top()
		l := &f.loops[len(f.loops)-1]
		if l.turns >= 0 || len(begin.sets) > 0 { // else the turns need not be told apart
			l.turn++
		}
		if l.turns >= 0 && l.turn >= l.turns {
			f.loops = f.loops[:len(f.loops)-1]
			g.pc++
			return
		}
		turn := l.turn
		g.pc = l.begin + 1
		if err := s.set(g, begin, turn); err != nil {
			m.raise(s, slot, err)
		}
	default:
		g.pc++
	}
}

// leaveTurn is break and continue.
func (m *Machine) leaveTurn(g *goroutine, k *op) {
	of := &m.ops[k.end]
	switch {
	case k.Verb == program.Continue && of.Verb == program.Loop:
		g.pc = of.end
	case k.Verb == program.Continue:
		g.pc = k.end
	default:
		if of.Verb == program.Loop {
			f := g.top()
			f.loops = f.loops[:len(f.loops)-1]
		}
		g.pc = of.end + 1
	}
}

func (m *Machine) doCall(s *state, g *goroutine, k *op) *crash.Error {
	args, err := s.values(g, k.args)
	if err != nil {
		return err
	}
	if len(g.frames) >= maxDepth {
		s.crash = m.badly(fmt.Errorf("interleave: over %d calls inside each other: that is the most that is explored", maxDepth))
		return nil
	}
	locals := make([]int64, m.locals[k.target])
	copy(locals, args)
	g.frames = append(g.frames, frame{kind: inCall, call: g.pc, ret: g.pc + 1, locals: locals})
	g.pc = m.starts[k.target]
	return nil
}

// say returns a text with the values of variables in it.
func (s *state) say(g *goroutine, k *op) (string, *crash.Error) {
	var b strings.Builder
	for i, part := range k.words {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		v, err := s.value(g, k.said[i/2])
		if err != nil {
			return "", err
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	return b.String(), nil
}
