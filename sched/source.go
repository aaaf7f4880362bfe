package sched

import (
	"errors"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// A Source gives the actions of goroutines, one after the other. [Compile] makes one of a
// [Program]; another may interpret anything else, as long as its answers depend only on its
// arguments: the same answers make the same simulation. [NewFrom] runs a Source.
//
// The source keeps the variables, calls and deferred functions of its goroutines. When an
// action panics, Outcome.Err is set, and the source unwinds: it next gives the actions of
// deferred functions, and then, unless one has recovered, an action with the verb
// [program.Panic] and Unrecovered set.
type Source interface {
	// Begin announces a goroutine before its first Next: by is the action Go that has
	// started it, or nil for main.
	Begin(g G, by *Action)

	// Next returns the next action of the goroutine, given the outcome of its last one,
	// which is the zero Outcome in the beginning. The action must not change until the
	// goroutine's next Next. Next is not called after a Return or an Exit.
	Next(g G, last Outcome) *Action

	// Where returns the place of the goroutine in its program, for people.
	Where(g G) string
}

// An Action is an operation whose operands are known. For the scheduler, the verbs of
// package program about variables and bodies only take time: [program.Set], If, While,
// Break, Continue, Call, Defer, Recover, and the atomics.
type Action struct {
	Verb    program.Verb
	Default bool   // of Select
	On      int32  // a channel, lock, timer or context, as [Objects] gave it, 0 for the nil channel
	N       int64  // a value, delta, number or duration in nanoseconds; for Go the number of goroutines; of Loop and the like only told in events
	Text    string // of Mark and Panic
	Cases   []chanq.Case

	// Err is the panic of a Panic that needs more than a text, such as a runtime error.
	// Unrecovered says that no deferred function has recovered: the program ends.
	Err         *crash.Error
	Unrecovered bool

	// Start is for the source: the function that Go, or a timer of AfterFunc, starts, and
	// its arguments.
	Start int32
	Args  []int64

	// Ends says that a Do is the end of the Once's function, which the goroutine runs since a
	// Do whose Outcome was OK; then N is 1 if the function has panicked, or called Goexit.
	Ends bool

	// Inner says that a Return ends a call, or has deferred functions to run: the goroutine
	// goes on. Idle says that a While is a turn of a loop without operations, which waits for
	// others to change a variable.
	Inner, Idle bool

	// Parent is the context of which WithCancel and WithTimeout make a new one; 0 for
	// the background.
	Parent int32

	dyn *dynamic // of the interpreter: operands to look up
}

// An Outcome is the result of an action.
type Outcome struct {
	Value int64        `json:"value,string"`  // received value, or result of Len, Cap, Procs, NumGoroutine and CtxErr
	Err   *crash.Error `json:"err,omitempty"` // it panicked
	Case  int32        `json:"case"`          // of a select; -1 is default
	OK    bool         `json:"ok"`            // a sent value was received; a lock was locked; the goroutine runs the Once's function; a timer was active
	Ready bool         `json:"ready"`         // a TrySend or TryRecv did not have to wait
}

// String reads like "3, ok" or "panic: close of nil channel".
func (o Outcome) String() string {
	if o.Err != nil {
		return o.Err.Line()
	}
	text := fmt.Sprint(o.Value)
	if o.OK {
		text += ", ok"
	}
	if o.Ready {
		text += ", ready"
	}
	return text
}

// An Objects makes the objects that goroutines use, and returns the numbers by which an
// [Action] names them. An object is never removed.
type Objects struct{ s *Sim }

var errObjects = errors.New("sched: Objects that is not from NewFrom")

// Chan makes a channel of int64 with a buffer of size values. The result is also the
// number of its Case in a Select.
func (o *Objects) Chan(size int64) (int32, error) {
	if o == nil || o.s == nil {
		return 0, errObjects
	}
	c, err := o.s.chans.m.Make(chanq.Elem{Size: 8}, size)
	return int32(c), err
}

// Lock makes a mutex or another object of package sync. For a Cond, l is the number of
// its lock, and rlocker says that its L is l.RLocker().
func (o *Objects) Lock(k program.Type, l int32, rlocker bool) (int32, error) {
	if o == nil || o.s == nil {
		return 0, errObjects
	}
	switch k {
	case program.Mutex, program.RWMutex, program.WaitGroup, program.Once, program.Cond:
	default:
		return 0, fmt.Errorf("sched: no kind %.40q of lock (want mutex, rwmutex, waitgroup, cond or once)", k)
	}
	id, err := o.s.locks.one(program.Lock{Type: k, RLocker: rlocker}, locks.ID(l))
	return int32(id), err
}

// Timer makes a variable for a timer, or for a ticker, that is nil. When NewTimer or
// NewTicker has made one, Outcome.Value is the number of its channel.
func (o *Objects) Timer(ticker bool) (int32, error) {
	if o == nil || o.s == nil {
		return 0, errObjects
	}
	if len(o.s.timerVars) == maxVars {
		return 0, fmt.Errorf("sched: %d timers are the most there can be", maxVars)
	}
	o.s.timerVars = append(o.s.timerVars, timerVar{ticker: ticker})
	return int32(len(o.s.timerVars)), nil
}

// Context makes a variable for a context that is nil. When WithCancel or WithTimeout
// has made one, Outcome.Value is the number of its channel.
func (o *Objects) Context() (int32, error) {
	if o == nil || o.s == nil {
		return 0, errObjects
	}
	if len(o.s.contextVars) == maxVars {
		return 0, fmt.Errorf("sched: %d contexts are the most there can be", maxVars)
	}
	o.s.contextVars = append(o.s.contextVars, 0)
	return int32(len(o.s.contextVars)), nil
}

// maxVars bounds the variables for timers, and for contexts.
const maxVars = 1 << 20

// After is time.After: it makes a timer, for the next action alone of the goroutine that
// the source is asked for, and returns the number of its channel. It is called by
// [Source].Next only.
func (o *Objects) After(d time.Duration) (int32, error) {
	if o == nil || o.s == nil || o.s.asked == nil || o.s.source == nil {
		return 0, errObjects
	}
	c, err := o.s.after(min(d, program.MaxDuration))
	return int32(c), err
}

// ask asks a Source for the next action.
func (s *Sim) ask(gp *g, e *env) *Action {
	a := s.source.Next(gp.id, e.out)
	e.after = gp.pc
	switch {
	case a == nil:
		return &s.code.ins[s.code.returns]
	case a.Verb < program.Go || a.Verb > program.AtomicCompare:
		s.end(fmt.Errorf("sched: verb %d out of range [%d,%d]", a.Verb, program.Go, program.AtomicCompare))
	}
	return a
}
