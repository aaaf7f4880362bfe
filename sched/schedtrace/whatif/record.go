package whatif

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// put adds an operation to a goroutine's script, and returns its place.
func (r *recorder) put(g *runner, o op) int {
	if g.system || r.ops > MaxOps {
		return -1
	}
	r.ops++
	g.ops = append(g.ops, o)
	return len(g.ops) - 1
}

// bursts ends the burst of a goroutine that runs.
func (r *recorder) bursts(g *runner, now trace.Time) {
	d := now.Sub(max(g.from, r.begin))
	g.from = now
	if d <= 0 || g.system {
		return
	}
	if n := len(g.ops); n > 0 && g.ops[n-1].verb == work { // it was preempted
		g.ops[n-1].d += d
		return
	}
	r.put(g, op{verb: work, d: d})
}

// account adds up the time that a goroutine was in its state.
func (r *recorder) account(g *runner, now trace.Time) {
	d := now.Sub(max(g.since, r.begin))
	if d <= 0 {
		return
	}
	switch {
	case g.state == trace.GoRunning && g.system:
		r.recorded.Collecting += d
	case g.state == trace.GoRunning:
		r.recorded.Work += d
	case g.state == trace.GoSyscall && !g.system:
		r.recorded.Waits += d
	}
}

// systemName reports whether a goroutine of that function is the runtime's own.
func systemName(name string) bool {
	return strings.HasPrefix(name, "runtime.") && name != "runtime.main" || strings.HasPrefix(name, "runtime/trace.")
}

// outermost returns the function that a goroutine began with, as its stack tells.
func outermost(s trace.Stack) string {
	name := ""
	for f := range s.Frames() {
		name = f.Func
	}
	return name
}

// new makes a goroutine.
func (r *recorder) new(id trace.GoID, name string) (*runner, error) {
	if len(r.order) >= MaxGoroutines {
		return nil, fmt.Errorf("more than %d goroutines: record less, or only a region with note.Run", MaxGoroutines)
	}
	g := &runner{script: &script{id: id, name: name}, system: systemName(name), block: -1, number: int32(len(r.order))}
	g.forgets()
	r.gs[id] = g
	r.order = append(r.order, g)
	return g, nil
}

// transition is an event in which a goroutine changes its state.
func (r *recorder) transition(e trace.Event, t trace.StateTransition) error {
	id, now := t.Resource.Goroutine(), e.Time()
	from, to := t.Goroutine()
	g := r.gs[id]
	if g == nil {
		name := outermost(t.Stack)
		var err error
		if g, err = r.new(id, name); err != nil {
			return err
		}
		if from == trace.GoNotExist {
			r.created(e, g)
		} else {
			g.initial = true
			r.first(e, g, to)
		}
		g.state, g.since, g.from, g.on = to, now, now, e.Proc()
		return nil
	}
	if from == to || from == trace.GoUndetermined {
		if g.name == "" {
			g.name = outermost(t.Stack)
		}
		return nil
	}
	r.account(g, now)
	switch from {
	case trace.GoRunnable:
		if d := now.Sub(g.since); to == trace.GoRunning && g.since >= r.begin && !g.system && r.begun {
			r.latency = append(r.latency, d)
			r.recorded.Switches.Starts++
			if g.on != e.Proc() && g.on != trace.NoProc {
				r.recorded.Switches.Elsewhere++
			}
		}
	case trace.GoRunning:
		r.bursts(g, now)
		switch {
		case to == trace.GoWaiting:
			g.reason = t.Reason
			r.blocks(g, whereOf(t.Stack))
		case to == trace.GoSyscall:
			g.block = r.put(g, op{verb: syscall})
		case to == trace.GoRunnable && t.Reason == "runtime.Gosched":
			r.put(g, op{verb: yield})
		}
	case trace.GoWaiting:
		r.unblocks(e, g)
	case trace.GoSyscall:
		if g.block >= 0 && !g.system {
			g.ops[g.block].d = now.Sub(max(g.since, r.begin))
		}
		g.block = -1
	}
	if to == trace.GoNotExist {
		r.goesOn(g, "")
		delete(r.gs, id)
	}
	g.state, g.since, g.from, g.on = to, now, now, e.Proc()
	return nil
}

// first is the first that the trace says of a goroutine that was there before.
func (r *recorder) first(e trace.Event, g *runner, to trace.GoState) {
	if g.id == 1 && r.main == nil && !g.system { // main, unless something else is found
		r.main, r.begun = g, true
	}
	switch to {
	case trace.GoRunning:
		if (r.main == nil || r.main.id == 1) && !g.system && (calls(e.Stack(), "runtime/trace.Start") || calls(e.StateTransition().Stack, "runtime/trace.Start")) {
			r.main, r.begun = g, true
		}
	case trace.GoWaiting:
		r.blocks(g, "")
	case trace.GoSyscall:
		g.block = r.put(g, op{verb: syscall})
	}
}

// created is a go statement.
func (r *recorder) created(e trace.Event, g *runner) {
	by := r.gs[e.Goroutine()]
	if g.name == "runtime/trace.Start.func1" && !r.recorded.Region { // the last that trace.Start does
		if by != nil {
			r.main = by
		}
		g.state = trace.GoRunnable
		r.restart(e, r.main, false)
		return
	}
	if g.system {
		return
	}
	if by == nil || by.system {
		g.initial = true
		return
	}
	r.bursts(by, e.Time())
	r.put(by, op{verb: start, on: g.number})
}

// blocks is the beginning of a wait. That of an operation with a note is the operation's.
func (r *recorder) blocks(g *runner, where string) {
	g.where = where
	g.block = -1
	if where == noted {
		r.recorded.Noted++
		if g.condWait >= 0 && strings.Contains(g.reason, "Cond") {
			r.begins(g)
		}
		return
	}
	g.passed()
	if g.selects >= 0 && (strings.HasPrefix(g.reason, "select") || strings.HasPrefix(g.reason, "chan ")) {
		r.recorded.Noted++
		g.waits = true
		return
	}
	g.block = r.put(g, op{verb: forever})
}

// noted stands for a place in package note.
const noted = "note"

// inside are the packages in which a goroutine waits for others, or for time.
var inside = []string{"runtime.", "sync.", "time.", "syscall.", "internal/"}

// whereOf returns the innermost function of a stack that is of none of the packages
// inside, or noted if that is of package note: its operations wait there, and what it
// calls does not.
func whereOf(s trace.Stack) string {
	n := 0
	for f := range s.Frames() {
		if strings.Contains(f.Func, frames) {
			return noted
		}
		if !slices.ContainsFunc(inside, func(p string) bool { return strings.HasPrefix(f.Func, p) }) {
			return fmt.Sprintf("%s:%d", f.Func, f.Line)
		}
		if n++; n == 64 {
			break
		}
	}
	return ""
}

// unblocks is the end of a wait.
func (r *recorder) unblocks(e trace.Event, g *runner) {
	if g.system {
		return
	}
	by := r.gs[e.Goroutine()]
	switch {
	case g.waits:
		g.waits = false
		if by != nil && r.reaches(by, g) {
			return
		}
		g.block, g.selects, g.replaced = g.selects, -1, true
		r.recorded.Noted--
	case g.condWait >= 0 && strings.Contains(g.reason, "Cond"):
		if by != nil && r.signalled(by, g) {
			return
		}
		if g.block = r.uncondition(g); g.block < 0 {
			return
		}
		r.recorded.Noted--
	case g.block < 0:
		return
	}
	o, d := &g.ops[g.block], e.Time().Sub(max(g.since, r.begin))
	g.block = -1
	switch {
	case strings.HasPrefix(g.reason, "GC") || by != nil && by.system:
		*o = op{verb: work} // the collector's doing
	case g.reason == "sleep" || by == nil && g.reason != "network":
		*o = op{verb: sleep, d: sleepOf(d)}
		r.recorded.Waits += d
	case by == nil:
		*o = op{verb: network, d: d}
		r.recorded.Waits += d
	default:
		*o = op{verb: await}
		r.bursts(by, e.Time())
		r.put(by, op{verb: wake, on: g.number})
		g.wakes++
		r.recorded.Unnoted++
		if g.where != "" {
			r.unknown[g.where]++
		}
	}
}

// late is how late a thread that waits for a time is woken.
const late = 150 * time.Microsecond

// sleepOf returns the duration of a sleep that took d. A thread without work waits for
// whole milliseconds (runtime/netpoll_epoll.go:netpoll), and is woken late: when the
// simulator does so, too, the sleep takes d again.
func sleepOf(d time.Duration) time.Duration {
	if whole := d.Truncate(time.Millisecond); whole > 0 && d-whole < late {
		return whole
	}
	return d
}

// idle reports whether the goroutine does nothing that matters for others: it waited from
// the beginning to the end.
func (s *script) idle() bool {
	if !s.initial {
		return false
	}
	for _, o := range s.ops {
		if o.verb != forever && (o.verb != work || o.d > 0) && (o.verb != syscall || o.d > time.Hour) {
			return false
		}
	}
	return true
}
