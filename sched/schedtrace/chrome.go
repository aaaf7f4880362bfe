// Package schedtrace writes runs of the simulator of package sched in formats that other
// tools show. [Chrome] writes the trace-event format, which Perfetto and chrome://tracing
// open: a track for each P with its time slices, an arrow from what made a goroutine
// runnable to where it runs, a track for each thread that is in a system call, and the
// lengths of the run queues and the spinning threads as curves.
//
// The format is described in "Trace Event Format" of the Chromium project. Times are in
// microseconds, with the nanoseconds as a fraction.
//
// # Concurrent use
//
// Chrome may be called by several goroutines at once, each with a Sim of its own.
package schedtrace

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/orrery-go/orrery/sched"
)

// The tracks of a trace are of two processes in the format's sense.
const (
	processors = 1
	threads    = 2
)

// An entry is an event of the format.
type entry struct {
	Name string         `json:"name"`
	Ph   string         `json:"ph"` // X a slice, s and f the ends of an arrow, C a curve, M a name, i a mark
	Pid  int            `json:"pid"`
	Tid  int32          `json:"tid"`
	Ts   micros         `json:"ts"`
	Dur  *micros        `json:"dur,omitempty"`
	Cat  string         `json:"cat,omitempty"`
	ID   uint64         `json:"id,omitempty"`
	Bp   string         `json:"bp,omitempty"`
	S    string         `json:"s,omitempty"`
	Args map[string]any `json:"args,omitempty"`
}

// micros is a time in microseconds.
type micros time.Duration

func (t micros) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%03d", t/1000, t%1000), nil
}

// Chrome runs a simulator to its end and writes its events. [sched.Sim.Err] says how the
// program has ended. It returns an error if w does, or if the simulator is not from
// [sched.New]. Its memory is bounded by the goroutines and threads that exist at a time.
func Chrome(w io.Writer, s *sched.Sim) error {
	if w == nil {
		return errors.New("schedtrace: no writer")
	}
	if s == nil || s.Check() != nil {
		return errors.New("schedtrace: a Sim that is not from New, or is broken: use sched.New")
	}
	t := &tracer{out: bufio.NewWriter(w), sim: s, open: map[sched.P]slice{}, calls: map[sched.M]slice{}, wakes: map[sched.G]uint64{}, names: map[sched.G]string{}, queues: map[sched.P]int{}, tracks: map[[2]int32]bool{}}
	t.raw(`{"displayTimeUnit":"ns","traceEvents":[`)
	t.put(entry{Name: "process_name", Ph: "M", Pid: processors, Args: map[string]any{"name": "processors"}})
	t.put(entry{Name: "process_name", Ph: "M", Pid: threads, Args: map[string]any{"name": "threads in system calls"}})
	for e := range s.Events() {
		if t.event(e); t.err != nil {
			return t.err
		}
	}
	for p := range t.open {
		t.end(p, s.Now(), sched.Ended)
	}
	for m := range t.calls {
		t.endCall(m, s.Now(), "the program has ended")
	}
	t.raw("\n]}\n")
	if t.err == nil {
		t.err = t.out.Flush()
	}
	return t.err
}

// A slice is one that has not ended.
type slice struct {
	g    sched.G
	name string
	from time.Duration
	args map[string]any
}

type tracer struct {
	out    *bufio.Writer
	err    error
	sim    *sched.Sim
	some   bool // an entry was written
	open   map[sched.P]slice
	calls  map[sched.M]slice
	wakes  map[sched.G]uint64 // arrows that have begun
	arrows uint64
	names  map[sched.G]string
	queues map[sched.P]int
	spin   int
	tracks map[[2]int32]bool
}

func (t *tracer) raw(text string) {
	if t.err == nil {
		_, t.err = t.out.WriteString(text)
	}
}

func (t *tracer) put(e entry) {
	if t.some {
		t.raw(",")
	}
	t.some = true
	t.raw("\n")
	data, err := json.Marshal(e)
	if err != nil && t.err == nil {
		t.err = err
	}
	t.raw(string(data))
}

// track names a track when it is used for the first time.
func (t *tracer) track(pid int, tid int32, name string) {
	if k := [2]int32{int32(pid), tid}; !t.tracks[k] {
		t.tracks[k] = true
		t.put(entry{Name: "thread_name", Ph: "M", Pid: pid, Tid: tid, Args: map[string]any{"name": fmt.Sprintf("%s %d", name, tid)}})
	}
}

func (t *tracer) event(e sched.Event) {
	switch e.Kind {
	case sched.Created, sched.Readied:
		t.wakes[e.G] = 0
		if e.P >= 0 && e.By != 0 {
			t.arrows++
			t.wakes[e.G] = t.arrows
			t.put(entry{Name: e.Kind.String(), Ph: "s", Cat: "wake", Pid: processors, Tid: int32(e.P), Ts: micros(e.At), ID: t.arrows})
		}
	case sched.Started:
		t.begin(e, map[string]any{"from": e.From.String(), "rule": e.Rule})
	case sched.Parked, sched.Yielded, sched.Preempted, sched.Exited, sched.Retook:
		t.end(e.P, e.At, e.Kind)
		if e.Kind == sched.Exited {
			delete(t.names, e.G)
			delete(t.wakes, e.G)
		}
	case sched.Entered:
		t.end(e.P, e.At, e.Kind)
		t.track(threads, int32(e.M), "M")
		t.calls[e.M] = slice{g: e.G, name: t.name(e.G), from: e.At}
		if e.N == 0 { // the P waits
			t.open[e.P] = slice{g: e.G, name: "system call of " + t.name(e.G), from: e.At}
		}
	case sched.Left:
		t.endCall(e.M, e.At, e.What)
		if e.P >= 0 {
			t.end(e.P, e.At, e.Kind)
			t.begin(e, map[string]any{"from": "system call", "rule": e.Rule})
		}
	case sched.Marked:
		t.put(entry{Name: e.What, Ph: "i", S: "t", Pid: processors, Tid: int32(e.P), Ts: micros(e.At)})
	case sched.Stole:
		t.put(entry{Name: fmt.Sprintf("stole %d from P %d", e.N, e.By), Ph: "i", S: "t", Pid: processors, Tid: int32(e.P), Ts: micros(e.At)})
	}
	t.counters(e)
}

// counters writes the curves that have changed.
func (t *tracer) counters(e sched.Event) {
	look := func(p sched.P, name string) {
		if n := t.sim.QueueLen(p); n != t.queues[p] {
			t.queues[p] = n
			t.put(entry{Name: name, Ph: "C", Pid: processors, Ts: micros(e.At), Args: map[string]any{"goroutines": n}})
		}
	}
	look(-1, "global queue")
	if e.P >= 0 {
		look(e.P, fmt.Sprintf("run queue of P %d", e.P))
	}
	if e.Kind == sched.Stole {
		look(sched.P(e.By), fmt.Sprintf("run queue of P %d", e.By))
	}
	if n, _ := t.sim.Spinning(); n != t.spin {
		t.spin = n
		t.put(entry{Name: "spinning threads", Ph: "C", Pid: processors, Ts: micros(e.At), Args: map[string]any{"threads": n}})
	}
}

func (t *tracer) begin(e sched.Event, args map[string]any) {
	if e.Kind == sched.Started && t.names[e.G] == "" {
		name, _, _ := strings.Cut(t.sim.Where(e.G, e.PC), ":")
		t.names[e.G] = fmt.Sprintf("g%d %s", e.G, name)
	}
	t.track(processors, int32(e.P), "P")
	args["m"] = e.M
	t.open[e.P] = slice{g: e.G, name: t.name(e.G), from: e.At, args: args}
	if id := t.wakes[e.G]; id != 0 {
		t.put(entry{Name: "wake", Ph: "f", Bp: "e", Cat: "wake", Pid: processors, Tid: int32(e.P), Ts: micros(e.At), ID: id})
		t.wakes[e.G] = 0
	}
}

func (t *tracer) name(g sched.G) string {
	if n := t.names[g]; n != "" {
		return n
	}
	return fmt.Sprintf("g%d", g)
}

func (t *tracer) end(p sched.P, at time.Duration, why sched.Kind) {
	k, ok := t.open[p]
	if !ok {
		return
	}
	delete(t.open, p)
	if k.args == nil {
		k.args = map[string]any{}
	}
	k.args["end"] = why
	dur := micros(at - k.from)
	t.put(entry{Name: k.name, Ph: "X", Cat: "slice", Pid: processors, Tid: int32(p), Ts: micros(k.from), Dur: &dur, Args: k.args})
}

func (t *tracer) endCall(m sched.M, at time.Duration, how string) {
	k, ok := t.calls[m]
	if !ok {
		return
	}
	delete(t.calls, m)
	dur := micros(at - k.from)
	t.put(entry{Name: "system call of " + k.name, Ph: "X", Cat: "syscall", Pid: threads, Tid: int32(m), Ts: micros(k.from), Dur: &dur, Args: map[string]any{"end": how}})
}
