package locks

import "fmt"

// What says what became of an operation.
type What uint8

// The ends of an operation.
const (
	Proceeded What = iota // it is done
	Handed                // it is done: the mutex was handed over in starvation mode
	Parked                // the goroutine waits; Resume has the end once it is ready
	Yielded               // it is done but for a yield: the goroutine is runnable, behind all others
	NotReady              // it would have had to wait, and did not
	Panicked              // the error is a [Panic], and the goroutine goes on
	Crashed               // the error is a [Fatal], and the program has ended
)

var whats = [...]string{"proceeded", "handed", "parked", "yielded", "not ready", "panicked", "crashed"}

func (w What) String() string {
	if int(w) < len(whats) {
		return whats[w]
	}
	return fmt.Sprintf("What(%d)", uint8(w))
}

// MarshalText gives the name, for JSON.
func (w What) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// An Outcome is what an operation came to. Whom it made ready says
// [Locks.Ready].
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

// Ready reports the goroutines that the last operation made ready, in the order
// in which the runtime readies them. It is valid until the next operation. One
// that has yielded is not among them: it goes behind them.
func (m *Locks) Ready() []G { return m.ready }

// A Panic is the text of a panic of package sync. Operations return it as an
// error; the goroutine has recovered and goes on.
type Panic string

// Error is the panic's text.
func (p Panic) Error() string { return string(p) }

// The panics.
const (
	NegativeCounter Panic = "sync: negative WaitGroup counter"
	AddDuringWait   Panic = "sync: WaitGroup misuse: Add called concurrently with Wait"
	Reused          Panic = "sync: WaitGroup is reused before previous Wait has returned"
	Copied          Panic = "sync.Cond is copied"
)

// A Fatal is the text of an error that no program can recover from.
type Fatal string

// Error is the text behind "fatal error: ".
func (f Fatal) Error() string { return string(f) }

// AllAsleep is what [Locks.Asleep] reports.
const AllAsleep Fatal = "all goroutines are asleep - deadlock!"

// The texts of unlocking what is not locked: a [Panic] up to Go 1.7, a [Fatal]
// since. Of a mutex it is a Panic in Go 1.9 too.
const (
	UnlockOfUnlocked  = "sync: unlock of unlocked mutex"
	WUnlockOfUnlocked = "sync: Unlock of unlocked RWMutex"
	RUnlockOfUnlocked = "sync: RUnlock of unlocked RWMutex"
)

// misuse is the end of an operation that unlocked what was not locked.
func (m *Locks) misuse(o *object, text string) (Outcome, error) {
	o.misused = true
	fatal := m.rules.fatal
	if text == UnlockOfUnlocked {
		fatal = m.rules.fatalMutex
	}
	if !fatal {
		return Outcome{What: Panicked}, Panic(text)
	}
	m.crash = Fatal(text)
	for _, gp := range m.gs[1:] {
		gp.status = dead
	}
	return Outcome{What: Crashed}, m.crash
}
