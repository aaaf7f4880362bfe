package gotrace

import (
	"errors"
	"io"
	"strings"

	"github.com/orrery-go/orrery/sched"
)

// Sysmon is the thread that watches the others, in a trace of [Run].
const Sysmon ThreadID = 1 << 31

// ID returns the number that a goroutine of a simulator has in a trace of [Run]: its own,
// or one of 1<<31 and above if it is the runtime's.
func ID(g sched.G) GoID {
	if g <= 0 {
		return 1<<31 - GoID(g)
	}
	return GoID(g)
}

// Run runs a simulator to its end and writes its events. Threads and processors have the
// numbers of the simulator. A stack is the operation that the goroutine is in, and the
// function it is of; what the program marks is a log of category "mark". A thread has its
// processor from the first event on that names both: one that is woken and finds no work
// is not seen to have one. [sched.Sim.Err] says how the program has ended. It returns an
// error if out does, or if the simulator is not from [sched.New].
func Run(out io.Writer, s *sched.Sim) error {
	if out == nil {
		return errors.New("gotrace: no writer")
	}
	if s == nil || s.Check() != nil {
		return errors.New("gotrace: a Sim that is not from New, or is broken: use sched.New")
	}
	w, err := NewWriter(out, stateOf(s))
	if err != nil {
		return err
	}
	r := &recorder{w: w, s: s}
	for e := range s.Events() {
		if r.tell(e); w.err != nil {
			return w.err
		}
	}
	return w.Close()
}

// stateOf returns what a simulator has before its next step.
func stateOf(s *sched.Sim) State {
	k := s.Snapshot()
	var state State
	for _, p := range k.Ps {
		if p.Status == "dead" { // until GOMAXPROCS is greater again
			continue
		}
		state.Procs = append(state.Procs, Proc{ID: ProcID(p.P), Thread: ThreadID(p.M)})
	}
	forcegc := false
	on := map[sched.G]sched.M{}
	for _, m := range k.Ms {
		if m.G != 0 {
			on[m.G] = m.M
		}
	}
	for _, g := range k.Gs {
		q := Goroutine{ID: ID(g.G), Thread: None}
		switch g.Status {
		case "running":
			q.Status = Running
		case "syscall":
			q.Status = Syscall
		case "runnable":
			q.Status = Runnable
		default:
			q.Status = Waiting
		}
		if m, ok := on[g.G]; ok {
			q.Thread = ThreadID(m)
		}
		name, _, _ := strings.Cut(g.Where, ": ")
		q.Start = startOf(g.G, name)
		forcegc = forcegc || g.G == -1
		state.Goroutines = append(state.Goroutines, q)
	}
	if !forcegc { // it is there in every program, and the simulator makes it when it is needed
		state.Goroutines = append(state.Goroutines, Goroutine{ID: ID(-1), Status: Waiting, Thread: None, Start: startOf(-1, "")})
	}
	return state
}

// startOf returns the function of a goroutine.
func startOf(g sched.G, name string) Frame {
	switch {
	case g > 0:
		return Frame{Func: "main." + name, File: "program", Line: 1}
	case g == -1:
		name = "runtime.forcegchelper"
	case g == -2:
		name = "runtime/trace.Start.func1"
	case g > -2000:
		name = "runtime.gcBgMarkWorker"
	case g > -3000:
		name = "runtime.timerproc"
	default:
		name = "runtime.(its own)"
	}
	return Frame{Func: name, File: "runtime", Line: 1}
}

// A recorder tells a Writer what a simulator does. The simulator's events name a thread
// and its processor. Most changes of the two have no event of their own, and show in the
// next one. So a thread that was woken, looks for work and finds none is not seen to have
// had a processor.
type recorder struct {
	w        *Writer
	s        *sched.Sim
	stopping bool // the world stops, or has stopped
}

func (r *recorder) tell(e sched.Event) {
	r.placed(e)
	w, at, m := r.w, e.At, ThreadID(e.M)
	switch e.Kind {
	case sched.PIdle, sched.Handoff:
		if p := w.procs[ProcID(e.P)]; p != nil && p.m != nil {
			w.ProcStop(at, p.m.id)
		}
	case sched.Created:
		r.create(e)
	case sched.Readied:
		if e.M < 0 {
			m = Sysmon
		}
		w.GoUnblock(at, m, ID(e.G), r.by(e.By)...)
	case sched.Started:
		if g := w.gs[ID(e.G)]; e.G < 0 && g == nil { // for these there are no events
			r.create(e)
		} else if e.G < 0 && g.status == Waiting {
			w.GoUnblock(at, m, ID(e.G))
		}
		w.GoStart(at, m, ID(e.G))
	case sched.Parked:
		w.GoBlock(at, m, reasonOf(e.What), r.stack(e)...)
	case sched.Yielded:
		reason := "runtime.Gosched"
		if e.N == 1 { // runtime/proc.go:goyield_m
			reason = "preempted"
		}
		w.GoStop(at, m, reason, r.stack(e)...)
	case sched.Preempted:
		w.GoStop(at, m, "preempted", r.stack(e)...)
	case sched.Exited:
		w.GoDestroy(at, m)
	case sched.Entered:
		w.SyscallBegin(at, m, r.stack(e)...)
		if r.stopping && e.N == 0 { // the goroutine that stops the world wants the processor
			w.ProcStop(at, m)
		}
	case sched.Retook:
		w.ProcSteal(at, Sysmon, ProcID(e.P))
	case sched.Stopped:
		r.stopping = true
		w.StopTheWorld(at, m, r.why(e))
		for _, p := range w.procList {
			if p.inCall {
				w.ProcSteal(at, m, p.id)
			}
		}
	case sched.Resumed:
		r.stopping = false
		if w.stops != nil {
			w.StartTheWorld(at, m)
		}
	case sched.Marked:
		w.Log(at, m, "mark", e.What, r.stack(e)...)
	case sched.Panicked:
		w.Log(at, m, "panic", e.What, r.stack(e)...)
	}
}

// placed brings the thread of the event to the processor that the event says it has.
func (r *recorder) placed(e sched.Event) {
	if e.M < 0 {
		return
	}
	w, at, m := r.w, e.At, ThreadID(e.M)
	t := w.threads.get(m)
	if e.Kind == sched.Left {
		r.left(e, t)
		return
	}
	if e.Kind == sched.Resumed {
		w.Procs(at, m, int(e.N))
	}
	switch {
	case e.P < 0 && t.p != nil:
		w.ProcStop(at, m)
	case e.P >= 0 && (t.p == nil || t.p.id != ProcID(e.P)):
		g := t.g
		if t.p != nil {
			if g != nil { // another one after the number has changed (runtime/proc.go:procresize)
				w.GoStop(at, m, "runtime.Gosched")
			}
			w.ProcStop(at, m)
		}
		r.take(e)
		if g != nil {
			w.GoStart(at, m, g.id)
		}
	}
}

// take starts the event's processor on its thread, after what had it before.
func (r *recorder) take(e sched.Event) {
	w, at, m := r.w, e.At, ThreadID(e.M)
	switch p := w.procs[ProcID(e.P)]; {
	case p == nil || p.m == nil:
	case p.inCall:
		w.ProcSteal(at, m, p.id)
	default:
		w.ProcStop(at, p.m.id)
	}
	w.ProcStart(at, m, ProcID(e.P))
}

// left is the end of a system call.
func (r *recorder) left(e sched.Event, t *thread) {
	w, at, m := r.w, e.At, ThreadID(e.M)
	if t.p != nil && t.p.id == ProcID(e.P) && t.p.inCall {
		w.SyscallEnd(at, m, true)
		return
	}
	if t.p != nil {
		w.ProcStop(at, m)
	}
	if e.P >= 0 {
		r.take(e)
	}
	w.SyscallEnd(at, m, false)
	if e.P >= 0 {
		w.GoStart(at, m, ID(e.G))
	}
}

func (r *recorder) create(e sched.Event) {
	name, _, _ := strings.Cut(r.s.Where(e.G, e.PC), ": ")
	r.w.GoCreate(e.At, ThreadID(e.M), ID(e.G), startOf(e.G, name), false, r.by(e.By)...)
}

// by returns the function of a goroutine that makes or readies another.
func (r *recorder) by(g sched.G) []Frame {
	if k := r.w.gs[ID(g)]; g != 0 && k != nil && k.start != nil {
		return []Frame{*k.start}
	}
	return nil
}

// stack returns the operation that the event's goroutine is in, and its function.
func (r *recorder) stack(e sched.Event) []Frame {
	name, op, ok := strings.Cut(r.s.Where(e.G, e.PC), ": ")
	if !ok || e.G < 0 {
		return []Frame{startOf(e.G, name)}
	}
	line := int(e.PC) + 1
	return []Frame{{Func: op, File: "program", Line: line}, {Func: "main." + name, File: "program", Line: line}}
}

// why returns the reason for which the world stops, as the runtime says it
// (runtime/proc.go:stwReasonStrings).
func (r *recorder) why(e sched.Event) string {
	if _, op, _ := strings.Cut(r.s.Where(e.G, e.PC), ": "); op == "gc" {
		return "GC mark termination"
	}
	return "GOMAXPROCS"
}

// reasonOf reports why a goroutine waits, as an execution trace says it
// (runtime/traceruntime.go:traceBlockReasonStrings).
func reasonOf(what string) string {
	switch {
	case strings.HasSuffix(what, "(nil chan)"), strings.HasSuffix(what, "(no cases)"):
		return "forever"
	case what == "chan send", what == "chan receive", what == "select", what == "sleep":
		return what
	case what == "sync.Cond.Wait":
		return "sync.(*Cond).Wait"
	case strings.HasPrefix(what, "sync"):
		return "sync"
	case what == "IO wait":
		return "network"
	}
	return "system goroutine wait"
}
