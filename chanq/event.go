package chanq

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The steps of an operation.
const (
	Made    Kind = "made"    // a channel
	Lock    Kind = "lock"    // of a channel is taken
	Unlock  Kind = "unlock"  //
	Put     Kind = "put"     // a value into a slot of the buffer
	Take    Kind = "take"    // a value out of a slot
	Hand    Kind = "hand"    // a value between the acting and a waiting goroutine
	Poll    Kind = "poll"    // a case of a select
	Enqueue Kind = "enqueue" // a goroutine joins a queue
	Park    Kind = "park"    // a goroutine
	Ready   Kind = "ready"   // a goroutine becomes
	Woken   Kind = "woken"   // a goroutine goes on
	Closed  Kind = "closed"  // a channel
	Fire    Kind = "fire"    // a timer
	Drain   Kind = "drain"   // the value of a timer that was not received
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// kindRules maps each kind to its row of fidelity.md.
var kindRules = map[Kind]string{
	Made: "hchan-bytes", Lock: "lock", Unlock: "lock", Put: "operations", Take: "operations", Hand: "operations",
	Poll: "select-uniform", Enqueue: "operations", Park: "operations", Ready: "operations", Woken: "barging",
	Closed: "close-order", Fire: "timer-channels", Drain: "timer-channels",
}

// An Event is one step.
type Event struct {
	Seq   uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind  Kind   `json:"kind"`
	Rule  string `json:"rule"`        // the row of fidelity.md that the step follows
	G     G      `json:"g,omitempty"` // the goroutine that the step changes
	Chan  Chan   `json:"chan,omitempty"`
	Slot  int64  `json:"slot,omitempty"`         // of Put and Take
	Case  int32  `json:"case,omitempty"`         // of Poll
	Value int64  `json:"value,omitempty,string"` // of Put, Take, Hand and Enqueue
}

// event passes the step to Config.Trace, which must be set.
func (m *Chans) event(e Event) {
	m.seq++
	e.Seq, e.Rule = m.seq, kindRules[e.Kind]
	m.calling = true
	m.trace(e)
	m.calling = false
}

// The functions that trace are not inlined, so that their callers can be, and a
// step costs nothing without a Trace.

//go:noinline
func (m *Chans) locked(c *hchan) { m.event(Event{Kind: Lock, Chan: c.number}) }

//go:noinline
func (m *Chans) unlocked(c *hchan) { m.event(Event{Kind: Unlock, Chan: c.number}) }

//go:noinline
func (m *Chans) slot(k Kind, c *hchan, slot, v int64) {
	m.event(Event{Kind: k, Chan: c.number, Slot: slot, Value: v})
}

//go:noinline
func (m *Chans) meets(k Kind, gp *goroutine, c *hchan, v int64) {
	m.event(Event{Kind: k, G: gp.id, Chan: c.id(), Value: v})
}

//go:noinline
func (m *Chans) allReady() {
	for _, g := range m.ready {
		m.event(Event{Kind: Ready, G: g})
	}
}

// String reads like "put 7 into slot 2 of c1".
func (e Event) String() string {
	switch e.Kind {
	case Put:
		return fmt.Sprintf("put %d into slot %d of %v", e.Value, e.Slot, e.Chan)
	case Take:
		return fmt.Sprintf("take %d from slot %d of %v", e.Value, e.Slot, e.Chan)
	case Hand:
		return fmt.Sprintf("hand %d over %v, goroutine %d waited", e.Value, e.Chan, e.G)
	case Poll:
		return fmt.Sprintf("poll case %d, %v", e.Case, e.Chan)
	case Enqueue:
		return fmt.Sprintf("enqueue goroutine %d on %v", e.G, e.Chan)
	case Park, Ready, Woken:
		return fmt.Sprintf("%s goroutine %d", e.Kind, e.G)
	}
	return fmt.Sprintf("%s %v", e.Kind, e.Chan)
}
