package rtmutex

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/names"
)

// A thread is an M and the local variables of the function that it is in.
type thread struct {
	pc    pc
	holds bool // the lock

	// lock2 of a spinning mutex.
	v      uint64 // the word as last read
	i      int    // rounds spun
	weSpin bool   // it has the permit
	atTail bool   // it was the bottom of the stack
	next   M      // mWaitList.next: the thread that went to sleep before it
	sema   uint32 // wake-ups that it has not slept for

	// lock2 of a futex mutex: the value that the word gets with the lock.
	wait uint64

	// unlock2Wake.
	antiStarve bool
	committed  M // a thread taken out of the stack, to be woken
	wake       M // taken from the stack with the last step, to be woken
}

// A pc is the next step of a thread.
type pc uint8

// The steps. Each except the sleeps is one access to the word.
const (
	idle pc = iota

	// Up to Go 1.23.
	lockXchg   // the speculative grab
	lockRead   // of a round of spinning
	lockCas    // the word was unlocked
	lockSleep  // announce the sleep
	futexSleep // if the word is unchanged
	asleep
	unlockXchg
	futexWake

	// Since Go 1.24.
	lockXchg8   // the speculative grab
	lockOr8     // put the hint back
	lockLoad    // the word
	acquireCas  // with the permit
	acquireXchg // without
	spinCas     // for the permit
	spinYield   // and read again
	pushCas     // onto the stack
	semaSleep
	semaAsleep
	unlockXchg8
	wakeLoad
	stackCas // lock the stack
	stackLoad
	popCas
	popLoad
	semaWake
)

var pcs = [...]string{
	"idle",
	"lock: swap", "spin: read", "spin: compare-and-swap", "announce sleep", "futex: sleep if unchanged", "asleep", "unlock: swap", "futex: wake one",
	"lock: swap the low byte", "put the hint back", "read", "acquire with the permit", "acquire", "ask for the permit to spin", "spin", "push onto the stack", "semaphore: sleep", "asleep",
	"unlock: swap the low byte", "wake: read", "lock the stack", "wake: read again", "pop", "pop: read again", "semaphore: wake",
}

func (p pc) String() string {
	if int(p) < len(pcs) {
		return pcs[p]
	}
	return fmt.Sprintf("pc(%d)", uint8(p))
}

// A What is the state in which a step leaves its thread.
type What uint8

// The ends of a step.
const (
	Goes     What = iota // it has more to do
	Acquired             // it has the lock
	Asleep               // until another's step wakes it
	Released             // it has left unlock2
)

var whats = []string{"goes on", "acquired", "asleep", "released"}

// String returns the name: "acquired".
func (w What) String() string { return names.Of("What", whats, int(w)) }

// MarshalText returns the name, for JSON.
func (w What) MarshalText() ([]byte, error) { return names.Marshal("What", whats, int(w)) }

// UnmarshalText reads a name that MarshalText returned.
func (w *What) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("What", whats, text)
	*w = What(i)
	return err
}

// An Outcome is the result of a step.
type Outcome struct {
	What  What `json:"what"`
	Woken M    `json:"woken,omitempty"` // the thread that it woke
}

// String reads like "released, thread 2 wakes up".
func (o Outcome) String() string {
	s := o.What.String()
	if o.Woken != 0 {
		s += fmt.Sprintf(", thread %d wakes up", o.Woken)
	}
	return s
}

// A Kind is the kind of an event: "lock: swap", "pop".
type Kind string

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq  uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind Kind   `json:"kind"`
	Rule string `json:"rule"` // the row of fidelity.md that the step follows: "rtmutex"
	M    M      `json:"m"`
	From uint64 `json:"from,string"` // the word before
	To   uint64 `json:"to,string"`
	Outcome
}

// String reads like "thread 2: acquire: 0x2 -> 0x3: acquired".
func (e Event) String() string {
	s := fmt.Sprintf("thread %d: %s", e.M, e.Kind)
	if e.From != e.To {
		s += fmt.Sprintf(": %#x -> %#x", e.From, e.To)
	}
	if e.What != Goes {
		s += ": " + e.What.String()
	}
	if e.Woken != 0 {
		s += fmt.Sprintf(", thread %d wakes up", e.Woken)
	}
	return s
}

// Step lets a thread take its next step. It returns an error if the thread is unknown,
// idle or asleep, if Config.Choose chose out of range, or if Config.Trace or
// Config.Choose calls it.
func (l *Mutex) Step(m M) (Outcome, error) {
	t, err := l.thread(m)
	switch {
	case err != nil:
		return Outcome{}, err
	case t.pc == idle:
		return Outcome{}, fmt.Errorf("rtmutex: thread %d has nothing to do", m)
	case t.pc == asleep || t.pc == semaAsleep:
		return Outcome{}, fmt.Errorf("rtmutex: thread %d is asleep: nothing has woken it", m)
	}
	l.busy = true
	defer func() { l.busy = false }()
	e := Event{M: m, Kind: Kind(t.pc.String()), Rule: "rtmutex", From: l.key}
	if l.spinbit {
		e.Outcome, err = l.stepSpinbit(m, t)
	} else {
		e.Outcome = l.stepFutex(m, t)
	}
	if err == nil && l.trace != nil {
		l.seq++
		e.Seq, e.To = l.seq, l.key
		l.trace(e)
	}
	return e.Outcome, err
}

// Run steps a thread until it has the lock, has released it or is asleep. That takes
// few steps, as no other thread takes one meanwhile. Errors are those of
// [Mutex.Step].
func (l *Mutex) Run(m M) (Outcome, error) {
	var woken M
	for {
		o, err := l.Step(m)
		if o.Woken != 0 {
			woken = o.Woken
		}
		if err != nil || o.What != Goes {
			o.Woken = woken
			return o, err
		}
	}
}

// acquired ends lock2.
func (t *thread) acquired() Outcome {
	*t = thread{holds: true}
	return Outcome{What: Acquired}
}

// released ends unlock2.
func (t *thread) released() Outcome {
	*t = thread{}
	return Outcome{What: Released}
}
