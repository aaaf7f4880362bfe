package sched

import (
	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
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
	N       int64  // a value, delta, number or duration in nanoseconds, as [program.Op] has them
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

// An Outcome is what an action came to.
type Outcome struct {
	Value int64        // received, or the number that Len, Cap, Procs, NumGoroutine and CtxErr give
	Err   *crash.Error // it panicked
	Case  int32        // of a select; -1 is default
	OK    bool         // a value was received that was sent; a lock was locked; the goroutine is the one that does a Once's function; a timer was active
	Ready bool         // a TrySend or TryRecv did not have to wait
}
