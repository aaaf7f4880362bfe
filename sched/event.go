package sched

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/internal/names"
)

// A Kind is the kind of an event.
type Kind string

// The kinds. Unless a comment says otherwise, an event is about the goroutine G on the
// thread M and the processor P, and N is a number.
const (
	Created   Kind = "created"   // G was made by By; N is 1 if a g that had ended was used again
	Started   Kind = "started"   // g0 picked G (From says where), and went on to it: gogo
	Did       Kind = "did"       // G has done the operation at PC on On; N and What are its result; what it caused follows
	Parked    Kind = "parked"    // G waits: its registers were saved, and g0 runs (mcall); What is why
	Readied   Kind = "readied"   // G is runnable; made so by By, 0 for a timer or the network; M is -1 if sysmon did it
	Yielded   Kind = "yielded"   // G gave the processor up by itself: to the global queue, or N=1, to the local one
	Preempted Kind = "preempted" // G was stopped, and went to the global queue
	Exited    Kind = "exited"    // G has ended
	Overflow  Kind = "overflow"  // the ring was full: N goroutines went to the global queue
	Batch     Kind = "batch"     // N goroutines came from the global queue
	Stole     Kind = "stole"     // M took N goroutines from P By
	Entered   Kind = "entered"   // G is in a system call; it keeps its P, or N=1, gave it up
	Left      Kind = "left"      // G is back from a system call; What is how
	Retook    Kind = "retook"    // sysmon took the P of a system call
	Asked     Kind = "asked"     // sysmon asked G to stop
	Handoff   Kind = "handoff"   // P goes to another thread
	NewM      Kind = "new m"     // M was made, spinning if N is 1
	WokeM     Kind = "woke m"    // M, which was idle, was woken, spinning if N is 1
	Spinning  Kind = "spinning"  // M looks for work
	MIdle     Kind = "m idle"    // M is idle
	PIdle     Kind = "p idle"    // P is idle
	Polls     Kind = "polls"     // M waits in netpoll
	Copied    Kind = "copied"    // G's stack was full and was copied to one of N bytes
	Stopped   Kind = "stopped"   // G has stopped the world
	Resumed   Kind = "resumed"   // the world goes on, with N Ps
	Marked    Kind = "marked"    // the program's Mark; What is its text
	ForcedGC  Kind = "forced gc" // sysmon has woken the goroutine that forces a collection
	Panicked  Kind = "panicked"  // G panicked with What
	Ended     Kind = "ended"     // the program has ended
)

// kindRules maps each kind to its row of fidelity.md; for Started, see fromRules.
var kindRules = map[Kind]string{
	Created: "runnext", Did: "language", Parked: "one-p", Readied: "runnext", Yielded: "yields", Preempted: "slice", Exited: "reuse",
	Overflow: "ring", Batch: "global", Stole: "steal", Entered: "syscall-threads", Left: "syscall-exit", Retook: "sysmon",
	Asked: "slice", Handoff: "lock-thread", NewM: "syscall-threads", WokeM: "spinning", Spinning: "spinning", MIdle: "spinning",
	PIdle: "spinning", Polls: "netpoll", Copied: "stack-copy", Stopped: "resize", Resumed: "resize", Marked: "language",
	ForcedGC: "gc-stops", Panicked: "panic-text", Ended: "deadlock",
}

// String returns the name: "new m".
func (k Kind) String() string { return string(k) }

// A From is the place where the scheduler found a goroutine.
type From uint8

// The places.
const (
	FromNext   From = 1 + iota // runnext: the time slice goes on
	FromLocal                  // the P's ring
	FromGlobal                 // the global queue, once in 61 slices
	FromBatch                  // the first of a batch from the global queue
	FromSteal                  // another P
	FromNet                    // netpoll
	FromLock                   // its locked thread runs it
	FromCall                   // a system call ended, and there was a P
	FromWorker                 // a goroutine of the runtime's own
)

var froms = []string{"", "runnext", "local queue", "global queue (1 in 61)", "global queue", "another P", "netpoll", "its locked thread", "system call", "runtime"}

// fromRules maps the place of a start to its row of fidelity.md.
var fromRules = []string{"", "runnext", "ring", "global", "global-share", "steal", "netpoll", "lock-thread", "syscall-exit", "workers"}

// String returns the name: "another P".
func (f From) String() string { return names.Of("From", froms, int(f)) }

// MarshalText returns the name, for JSON. The zero From, of events without a place, is
// the empty text.
func (f From) MarshalText() ([]byte, error) {
	if f == 0 {
		return nil, nil
	}
	return names.Marshal("From", froms, int(f))
}

// UnmarshalText reads a name that MarshalText returned.
func (f *From) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*f = 0
		return nil
	}
	i, err := names.Unmarshal("From", froms, text)
	*f = From(i)
	return err
}

// An Event is one step of a simulation.
type Event struct {
	Seq  uint64        `json:"seq"` // 1, 2, 3, and so on
	At   time.Duration `json:"at"`  // virtual time, in nanoseconds
	Kind Kind          `json:"kind"`
	Rule string        `json:"rule"` // the row of fidelity.md that the step follows
	From From          `json:"from,omitempty"`
	G    G             `json:"g,omitempty"`
	By   G             `json:"by,omitempty"`   // a goroutine; of Stole, a P
	M    M             `json:"m"`              // -1 for none
	P    P             `json:"p"`              // -1 for none
	PC   int32         `json:"pc"`             // of Did, Parked and Started: the operation, counted through all functions
	On   string        `json:"on,omitempty"`   // of Did: the object or function, as the program names it, "c[2]"; of a Source, its number
	With G             `json:"with,omitempty"` // of Did: the one goroutine that the operation readied, or that readied it; 0 for none or several
	Case int32         `json:"case,omitempty"` // of a select; -1 is default
	N    int64         `json:"n,omitempty"`
	What string        `json:"what,omitempty"`
}

// event counts an event, and passes it to Config.Trace if that is set.
func (s *Sim) event(e Event) {
	s.seq++
	if s.trace != nil {
		s.emit(&e)
	}
}

//go:noinline
func (s *Sim) emit(e *Event) {
	e.Seq, e.At, e.Rule = s.seq, s.now, kindRules[e.Kind]
	if e.Kind == Started && int(e.From) < len(fromRules) {
		e.Rule = fromRules[e.From]
	}
	s.telling = true
	s.trace(*e)
	s.telling = false
}

// on returns the M and P of a thread, for an event.
func (m *m) on() (M, P) { return M(m.id), P(m.p) }

// happens is [Sim.event] with the most common fields.
func (s *Sim) happens(k Kind, m *m, gp *g, n int64, what string) {
	s.seq++
	if s.trace != nil {
		s.emitOf(k, m, gp, n, what)
	}
}

// did is [Sim.happens] for the goroutine's operation, whose name is looked up for a Trace
// only.
func (s *Sim) did(m *m, gp *g, n int64) {
	s.seq++
	if s.trace != nil {
		s.emitOf(Did, m, gp, n, s.word(gp))
	}
}

//go:noinline
func (s *Sim) emitOf(k Kind, m *m, gp *g, n int64, what string) {
	e := Event{Kind: k, N: n, What: what, M: none, P: none}
	if m != nil {
		e.M, e.P = m.on()
	}
	if gp != nil {
		e.G, e.PC = gp.id, gp.pc
	}
	if k == Did {
		e.On = s.objectOf(gp, -1)
	}
	s.emit(&e)
}

// objectOf names the object of the operation that the goroutine is at, or of a case of
// its select.
func (s *Sim) objectOf(gp *g, selected int32) string {
	i := s.action(gp)
	on := i.On
	if selected >= 0 {
		on = int32(i.Cases[selected].Chan)
	}
	if gp.pc == s.code.outside {
		if on == 0 {
			return ""
		}
		return strconv.Itoa(int(on))
	}
	if i.Ends {
		return "" // like an end
	}
	op := s.code.ops[gp.pc]
	name, place := op.On, (*operand)(nil)
	if d := i.dyn; d != nil {
		place = d.on
	}
	if selected >= 0 && int(selected) < len(op.Cases) {
		name, place = op.Cases[selected].Chan, nil
		if d := i.dyn; d != nil && int(selected) < len(d.cases) {
			place = d.cases[selected].on
		}
	}
	if base, _, ok := strings.Cut(name, "["); ok && place != nil {
		if n := int64(on) - 1 - place.n; 0 <= n && n < place.count {
			name = fmt.Sprintf("%s[%d]", base, n)
		}
	}
	return name
}

// String reads like "g2 on m0, p0: parked, chan receive".
func (e Event) String() string {
	text := ""
	if e.G != 0 {
		text = fmt.Sprintf("g%d ", e.G)
	}
	switch {
	case e.M >= 0 && e.P >= 0:
		text += fmt.Sprintf("on m%d, p%d: ", e.M, e.P)
	case e.M >= 0:
		text += fmt.Sprintf("m%d: ", e.M)
	case e.P >= 0:
		text += fmt.Sprintf("p%d: ", e.P)
	}
	switch e.Kind {
	case Created, Readied:
		text += fmt.Sprintf("%v by g%d", e.Kind, e.By)
		if e.By == 0 {
			text = text[:len(text)-len(" by g0")]
		}
		if e.Kind == Created && e.N == 1 {
			text += ", in a g that had ended"
		}
	case Started:
		text += fmt.Sprintf("g0 picks it from %v, gogo", e.From)
	case Parked:
		text += fmt.Sprintf("registers saved, mcall: parked, %s", e.What)
	case Yielded:
		text += "registers saved, mcall: yielded to the global queue"
		if e.N == 1 {
			text = text[:len(text)-len("global queue")] + "local queue"
		}
	case Stole:
		text += fmt.Sprintf("stole %d from p%d", e.N, e.By)
	case Overflow, Batch, Copied, Resumed:
		text += fmt.Sprintf("%v %d", e.Kind, e.N)
	case Did:
		verb, rest, more := strings.Cut(e.What, ",")
		text += verb
		if e.On != "" {
			text += " " + e.On
		}
		if more {
			text += "," + rest
		}
		if e.N != 0 {
			text += fmt.Sprintf(" (%d)", e.N)
		}
		if e.With != 0 {
			text += fmt.Sprintf(", with g%d", e.With)
		}
	default:
		text += e.Kind.String()
		if e.What != "" {
			text += " " + e.What
		}
	}
	return text
}
