package sched

import (
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// leave ends the innermost function or body: its deferred bodies run, and then its caller
// goes on. It returns the next action, or nil if that is at gp.pc.
func (in *interpreter) leave(gp *g) *Action {
	e := in.envs[gp.slot]
	f := &e.frames[len(e.frames)-1]
	if len(e.defers) > int(f.defers) {
		return in.runDeferred(gp, 0)
	}
	switch f.kind {
	case inGoroutine:
		return &in.code.ins[in.code.returns]
	case inDo:
		return in.onceReturn(gp, f, 0)
	case inDeferred:
		by := in.pop(gp).by
		if by == 0 {
			return in.leave(gp)
		}
		return in.deferredOf(gp, int(by))
	}
	k := in.pop(gp)
	gp.pc = k.ret
	if k.set != nil {
		if err := in.store(gp, k.set, k.result); err != nil {
			return in.panicOf(gp, err)
		}
	}
	return nil
}

// runDeferred begins the last body that the innermost function has deferred. By is
// the panic that does so, from 1, or 0.
func (in *interpreter) runDeferred(gp *g, by int) *Action {
	e := in.envs[gp.slot]
	n := len(e.defers) - 1
	pc := e.defers[n]
	e.defers = e.defers[:n]
	return in.push(gp, frame{kind: inDeferred, base: e.frames[len(e.frames)-1].base, by: int32(by)}, pc)
}

func (in *interpreter) onceReturn(gp *g, f *frame, panicked int64) *Action {
	e := in.envs[gp.slot]
	e.action = Action{Verb: program.Do, Ends: true, On: f.once, N: panicked, dyn: &onceReturned}
	e.after = gp.pc
	return &e.action
}

var onceReturned = dynamic{}

// unwind goes from function to function, for the newest panic, and runs the deferred
// bodies of each (runtime/panic.go:gopanic, runtime/panic.go:Goexit).
func (in *interpreter) unwind(gp *g) *Action {
	e := in.envs[gp.slot]
	for {
		f := &e.frames[len(e.frames)-1]
		if len(e.defers) > int(f.defers) {
			return in.runDeferred(gp, len(e.panics))
		}
		switch f.kind {
		case inGoroutine:
			if e.panics[len(e.panics)-1].goexit {
				return &Action{Verb: vGoexit}
			}
			return in.unrecovered(in.lastPanic(e.panics))
		case inDo:
			e.unwinds = true
			return in.onceReturn(gp, f, 1)
		case inDeferred:
			if f.by > 0 {
				e.panics[f.by-1].aborted = true
			}
		}
		in.pop(gp)
	}
}

// lastPanic returns the newest panic, with the text of all.
func (in *interpreter) lastPanic(list []panicking) *crash.Error {
	c := list[len(list)-1].crash
	if text := in.panicText(list); text != c.Text {
		return c.In(text)
	}
	return c
}

// deferredOf goes on after a body that panic number by, from 1, has run.
func (in *interpreter) deferredOf(gp *g, by int) *Action {
	e := in.envs[gp.slot]
	if !e.panics[by-1].recovered {
		return in.unwind(gp)
	}
	// The panics that this one has aborted end with it, except for a Goexit.
	e.panics = e.panics[:by-1]
	for n := len(e.panics); n > 0 && e.panics[n-1].aborted; n-- {
		if e.panics[n-1].goexit {
			e.panics[n-1].aborted = false
			return in.unwind(gp)
		}
		e.panics = e.panics[:n-1]
	}
	e.frames[len(e.frames)-1].result = 0
	return in.leave(gp)
}

// unrecovered ends the program with a panic, or the goroutine with a Goexit.
func (in *interpreter) unrecovered(c *crash.Error) *Action {
	if in.code.recover {
		return &Action{Verb: vGoexit}
	}
	return &Action{Verb: program.Panic, Err: c, Unrecovered: true}
}

// panicOf returns the panic of a Panic in the program.
func (in *interpreter) panicOf(gp *g, c *crash.Error) *Action {
	e := in.envs[gp.slot]
	e.action = Action{Verb: program.Panic, Err: c, Text: c.Text}
	return &e.action
}

// panicText returns what the runtime prints for unrecovered panics
// (runtime/panic.go:printpanics), without the first "panic: ". Since Go 1.25 it does not
// repeat a panic with the value of the one before.
func (in *interpreter) panicText(list []panicking) string {
	var b strings.Builder
	for i, p := range list {
		again := in.rules.repanics && i > 0 && !list[i-1].goexit && list[i-1].crash == p.crash
		if p.goexit || again {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\tpanic: ")
		}
		b.WriteString(p.crash.Text)
		same := in.rules.repanics && i+1 < len(list) && list[i+1].crash == p.crash
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
func (in *interpreter) recovers(gp *g) int64 {
	e := in.envs[gp.slot]
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
