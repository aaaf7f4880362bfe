package locks

import (
	"fmt"
	"time"
)

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	State   Kind = "state"   // a mutex's state word changes
	Enqueue Kind = "enqueue" // a goroutine joins the queue of a semaphore
	Park    Kind = "park"    // a goroutine
	Ready   Kind = "ready"   // a goroutine becomes
	Woken   Kind = "woken"   // a goroutine goes on
	Yield   Kind = "yield"   // a goroutine, after all others that are runnable
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// kindRules maps each kind to its row of fidelity.md.
var kindRules = map[Kind]string{
	State: "mutex-words", Enqueue: "semaphore", Park: "semaphore", Ready: "semaphore", Woken: "semaphore", Yield: "starvation",
}

// An Event is one step.
type Event struct {
	Seq   uint64        `json:"seq"` // 1, 2, 3, and so on
	At    time.Duration `json:"at"`  // virtual time
	Kind  Kind          `json:"kind"`
	Rule  string        `json:"rule"`           // the row of fidelity.md that the step follows
	G     G             `json:"g"`              // the goroutine that the step changes, or that changes the state
	ID    ID            `json:"id"`             // of the object of the goroutine's operation
	From  int32         `json:"from"`           // of State
	To    int32         `json:"to"`             // of State
	Front bool          `json:"front,omitzero"` // of Enqueue: at the front of the queue
}

// event passes the step to Config.Trace, which must be set.
func (m *Locks) event(e Event) {
	m.seq++
	e.Seq, e.At, e.Rule = m.seq, m.now, kindRules[e.Kind]
	m.calling = true
	m.trace(e)
	m.calling = false
}

// String reads like "goroutine 2: 1 goes from locked to locked, 1 waiter", with
// the bits of a current release.
func (e Event) String() string {
	switch e.Kind {
	case State:
		return fmt.Sprintf("goroutine %d: %d goes from %s to %s", e.G, e.ID, describe(e.From, 3), describe(e.To, 3))
	case Enqueue:
		end := "back"
		if e.Front {
			end = "front"
		}
		return fmt.Sprintf("enqueue goroutine %d on %d, at the %s", e.G, e.ID, end)
	}
	return fmt.Sprintf("%s goroutine %d", e.Kind, e.G)
}

// describe describes a mutex's state word in English.
func describe(state int32, shift int) string {
	text := "unlocked"
	if state&MutexLocked != 0 {
		text = "locked"
	}
	if state&MutexWoken != 0 {
		text += ", woken"
	}
	if shift > 2 && state&MutexStarving != 0 {
		text += ", starving"
	}
	switch n := state >> shift; n {
	case 0:
	case 1:
		text += ", 1 waiter"
	default:
		text += fmt.Sprintf(", %d waiters", n)
	}
	return text
}
