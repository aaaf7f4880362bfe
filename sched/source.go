package sched

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// A Source says what goroutines do, one action after the other. A [Program] is
// compiled to one; another may interpret anything else, as long as what it says
// depends on nothing but what it is told: the same answers make the same
// simulation. [NewFrom] runs one.
//
// The source keeps what its goroutines have: variables, calls, deferred functions.
// When an action panics, Outcome.Err is set, and it is for the source to unwind: to
// say next what deferred functions do, and then, unless one has recovered, an
// action with the verb [program.Panic] and Unrecovered set.
type Source interface {
	// Begin tells of a goroutine before its first Next: by is the action Go that has
	// started it, or nil for main.
	Begin(g G, by *Action)

	// Next is the next action of the goroutine, given what its last one came to,
	// which is the zero Outcome in the beginning. The action must stay as it is until
	// the goroutine's next Next. After a Return or an Exit there is none.
	Next(g G, last Outcome) *Action

	// Where tells people where the goroutine stands.
	Where(g G) string
}

// An Action is an operation whose operands are known. Of the verbs of package
// program, those about variables and bodies are here steps of which only the time is
// the scheduler's business: [program.Set], If, While, Break, Continue, Call, Defer,
// Recover, and the atomics.
type Action struct {
	Verb    program.Verb
	Default bool   // of Select
	On      int32  // a channel, lock, timer or context, as [Objects] gave it, 0 for the nil channel
	N       int64  // a value, delta, number or duration in nanoseconds; of Go how many, of Loop and the like nothing
	Text    string // of Mark and Panic
	Cases   []chanq.Case

	// Err is the panic of a Panic whose text alone does not tell it, such as a runtime
	// error. Unrecovered says that no deferred function has recovered: the program
	// ends.
	Err         *crash.Error
	Unrecovered bool

	// Start is for the source: which function Go, or a timer of AfterFunc, starts,
	// and with which arguments.
	Start int32
	Args  []int64

	// Parent is the context of which WithCancel and WithTimeout make a new one; 0 for
	// the background.
	Parent int32

	dyn *dynamic // of a compiled program: what has to be looked up
}

// An Outcome is the result of an action.
type Outcome struct {
	Value int64        `json:"value,string"`  // received, or the number that Len, Cap, Procs, NumGoroutine and CtxErr give
	Err   *crash.Error `json:"err,omitempty"` // it panicked
	Case  int32        `json:"case"`          // of a select; -1 is default
	OK    bool         `json:"ok"`            // a value was received that was sent; a lock was locked; the goroutine is the one that does a Once's function; a timer was active
	Ready bool         `json:"ready"`         // a TrySend or TryRecv did not have to wait
}

// Objects make what goroutines use, and give it the number that an [Action] names it
// by. There is no end to a thing that was made.
type Objects struct{ s *Sim }

var errObjects = errors.New("sched: the zero Objects makes nothing: NewFrom gives one to its Source")

// Chan makes a channel of int64 with a buffer of size values. What it returns is also
// the number of its Case in a Select.
func (o *Objects) Chan(size int64) (int32, error) {
	if o == nil || o.s == nil {
		return 0, errObjects
	}
	c, err := o.s.chans.m.Make(chanq.Elem{Size: 8}, size)
	return int32(c), err
}

// Lock makes a mutex or another thing of package sync. Of a Cond, l is the number of
// its lock, and rlocker says that its L is l.RLocker().
func (o *Objects) Lock(k program.Kind, l int32, rlocker bool) (int32, error) {
	if o == nil || o.s == nil {
		return 0, errObjects
	}
	switch k {
	case program.Mutex, program.RWMutex, program.WaitGroup, program.Once, program.Cond:
	default:
		return 0, fmt.Errorf("sched: no kind %q of lock (want mutex, rwmutex, waitgroup, cond or once)", k)
	}
	id, err := o.s.locks.one(program.Lock{Kind: k, RLocker: rlocker}, locks.ID(l))
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
