package sched

import (
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// leave ends the innermost function or body: its deferred bodies run, and then its caller
// goes on. It returns the next action, or nil if that is at gp.pc.
func (s *Sim) leave(gp *g) *Action {
	e := s.envs[gp.slot]
	f := &e.frames[len(e.frames)-1]
	if len(e.defers) > int(f.defers) {
		return s.runDeferred(gp, 0)
	}
	switch f.kind {
	case inGoroutine:
		return &s.code.ins[s.code.returns]
	case inDo:
		return s.onceReturn(gp, f, 0)
	case inDeferred:
		by := s.pop(gp).by
		if by == 0 {
			return s.leave(gp)
		}
		return s.deferredOf(gp, int(by))
	}
	k := s.pop(gp)
	gp.pc = k.ret
	if k.set != nil {
		if err := s.store(gp, k.set, k.result); err != nil {
			return s.panicOf(gp, err)
		}
	}
	return nil
}

// runDeferred begins the last body that the innermost function has deferred. By is
// the panic that does so, from 1, or 0.
func (s *Sim) runDeferred(gp *g, by int) *Action {
	e := s.envs[gp.slot]
	n := len(e.defers) - 1
	pc := e.defers[n]
	e.defers = e.defers[:n]
	return s.push(gp, frame{kind: inDeferred, base: e.frames[len(e.frames)-1].base, by: int32(by)}, pc)
}

func (s *Sim) onceReturn(gp *g, f *frame, panicked int64) *Action {
	e := s.envs[gp.slot]
	e.action = Action{Verb: vOnceReturn, On: f.once, N: panicked, dyn: &onceReturned}
	e.after = gp.pc
	return &e.action
}

var onceReturned = dynamic{}

// unwind goes from function to function, for the newest panic, and runs the deferred
// bodies of each (runtime/panic.go:gopanic, runtime/panic.go:Goexit).
func (s *Sim) unwind(gp *g) *Action {
	e := s.envs[gp.slot]
	for {
		f := &e.frames[len(e.frames)-1]
		if len(e.defers) > int(f.defers) {
			return s.runDeferred(gp, len(e.panics))
		}
		switch f.kind {
		case inGoroutine:
			if e.panics[len(e.panics)-1].goexit {
				return &Action{Verb: vGoexit}
			}
			return s.unrecovered(s.lastPanic(e.panics))
		case inDo:
			e.unwinds = true
			return s.onceReturn(gp, f, 1)
		case inDeferred:
			if f.by > 0 {
				e.panics[f.by-1].aborted = true
			}
		}
		s.pop(gp)
	}
}

// lastPanic returns the newest panic, with the text of all.
func (s *Sim) lastPanic(list []panicking) *crash.Error {
	c := list[len(list)-1].crash
	if text := s.panicText(list); text != c.Text {
		return c.In(text)
	}
	return c
}

// deferredOf goes on after a body that panic number by, from 1, has run.
func (s *Sim) deferredOf(gp *g, by int) *Action {
	e := s.envs[gp.slot]
	if !e.panics[by-1].recovered {
		return s.unwind(gp)
	}
	// The panics that this one has aborted end with it, except for a Goexit.
	e.panics = e.panics[:by-1]
	for n := len(e.panics); n > 0 && e.panics[n-1].aborted; n-- {
		if e.panics[n-1].goexit {
			e.panics[n-1].aborted = false
			return s.unwind(gp)
		}
		e.panics = e.panics[:n-1]
	}
	e.frames[len(e.frames)-1].result = 0
	return s.leave(gp)
}

// unrecovered ends the program with a panic, or the goroutine with a Goexit.
func (s *Sim) unrecovered(c *crash.Error) *Action {
	if s.code.recover {
		return &Action{Verb: vGoexit}
	}
	return &Action{Verb: program.Panic, Err: c, Unrecovered: true}
}

// panicOf returns the panic of a Panic in the program.
func (s *Sim) panicOf(gp *g, c *crash.Error) *Action {
	e := s.envs[gp.slot]
	e.action = Action{Verb: program.Panic, Err: c, Text: c.Text}
	return &e.action
}

// panicText returns what the runtime prints for unrecovered panics
// (runtime/panic.go:printpanics), without the first "panic: ". Since Go 1.25 it does not
// repeat a panic with the value of the one before.
func (s *Sim) panicText(list []panicking) string {
	var b strings.Builder
	for i, p := range list {
		again := s.rules.repanics && i > 0 && !list[i-1].goexit && list[i-1].crash == p.crash
		if p.goexit || again {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\tpanic: ")
		}
		b.WriteString(p.crash.Text)
		same := s.rules.repanics && i+1 < len(list) && list[i+1].crash == p.crash
		switch {
		case p.recovered && same:
			b.WriteString(" [recovered, repanicked]")
		case p.recovered:
			b.WriteString(" [recovered]")
		}
	}
	return b.String()
}

// recovers is recover, called by the innermost function.
func (s *Sim) recovers(gp *g) int64 {
	e := s.envs[gp.slot]
	f := &e.frames[len(e.frames)-1]
	if f.kind != inDeferred || f.by == 0 {
		return 0
	}
	p := &e.panics[f.by-1]
	if p.goexit || p.recovered {
		return 0
	}
	p.recovered = true
	return 1
}
