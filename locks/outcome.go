package locks

import (
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/names"
)

// A What is the kind of an outcome: how an operation ended.
type What uint8

// The ends of an operation.
const (
	Proceeded What = iota // it is done
	Handed                // it is done: the mutex was handed over in starvation mode
	Parked                // the goroutine waits; Resume has the end once it is ready
	Yielded               // it is done except for a yield: the goroutine is runnable, after all others
	NotReady              // it would have to wait, and did not
	Panicked              // the error is a [*crash.Error], and the goroutine goes on
	Crashed               // the error is a [*crash.Error], and the program has ended
)

var whats = []string{"proceeded", "handed", "parked", "yielded", "not ready", "panicked", "crashed"}

// String returns the name: "handed".
func (w What) String() string { return names.Of("What", whats, int(w)) }

// MarshalText returns the name, for JSON.
func (w What) MarshalText() ([]byte, error) { return names.Marshal("What", whats, int(w)) }

// UnmarshalText reads a name that MarshalText returned.
func (w *What) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("What", whats, text)
	*w = What(i)
	return err
}

// An Outcome is the result of an operation. [Locks.Ready] lists the goroutines
// that it made runnable.
type Outcome struct {
	What What `json:"what"`
	OK   bool `json:"ok"` // a try succeeded; of OnceDo: the goroutine runs f
}

// String reads like "proceeded" and "proceeded, ok".
func (o Outcome) String() string {
	if o.OK {
		return o.What.String() + ", ok"
	}
	return o.What.String()
}

// Ready lists the goroutines that the last operation made runnable, in the order
// in which the runtime readies them. It is empty after an operation that was
// refused, and valid until the next operation. A goroutine that has yielded is not
// in the list: it runs after the goroutines that are.
func (m *Locks) Ready() []G { return m.ready }

// The panics of package sync. Operations return them as errors; the goroutine has
// recovered and goes on.
var (
	NegativeCounter = crash.Panic("sync: negative WaitGroup counter")
	AddDuringWait   = crash.Panic("sync: WaitGroup misuse: Add called concurrently with Wait")
	Reused          = crash.Panic("sync: WaitGroup is reused before previous Wait has returned")
	Copied          = crash.Panic("sync.Cond is copied")
)

// Unlocking a lock that is not locked is a fatal error since Go 1.8. Up to Go 1.7, and
// for a mutex in Go 1.9 too, it is a panic: see the Kind of the error.
var (
	UnlockOfUnlocked  = crash.Fatal("sync: unlock of unlocked mutex")
	WUnlockOfUnlocked = crash.Fatal("sync: Unlock of unlocked RWMutex")
	RUnlockOfUnlocked = crash.Fatal("sync: RUnlock of unlocked RWMutex")
)

// AllAsleep is the error of [Locks.Asleep].
var AllAsleep = crash.Deadlock("all goroutines are asleep - deadlock!")

// misuse ends an operation that unlocked a lock that was not locked.
func (m *Locks) misuse(o *object, crashed *crash.Error) (Outcome, error) {
	o.misused = true
	fatal := m.rules.fatal
	if crashed == UnlockOfUnlocked {
		fatal = m.rules.fatalMutex
	}
	if !fatal {
		return Outcome{What: Panicked}, crashed.OfKind(crash.KindPanic)
	}
	m.crashed = crashed
	for _, gp := range m.gs[1:] {
		gp.status = dead
	}
	return Outcome{What: Crashed}, crashed
}
