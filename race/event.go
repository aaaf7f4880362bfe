package race

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Did      Kind = "did"      // G begins an operation, the next one by number
	Started  Kind = "started"  // G, by Of
	Made     Kind = "made"     // On
	Acquired Kind = "acquired" // G knows what was released there
	Released Kind = "released" // what G has done can be known
	Waits    Kind = "waits"    // G, to do Verb with On
	Woken    Kind = "woken"    // G
	Raced    Kind = "raced"    // an access of G with an earlier one of Of
	Evicted  Kind = "evicted"  // an access of G, by one of Of: all cells were in use
	Lost     Kind = "lost"     // a race of G with Of: what Of did is no longer in its history
	Attached Kind = "attached" // G has a new slot, since another goroutine has got its own
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq   uint64 `json:"seq,string"` // 1, 2, 3, and so on
	Op    uint64 `json:"op,string"`  // the operation that it is part of
	Kind  Kind   `json:"kind"`
	Rule  string `json:"rule"` // the row of fidelity.md that the step follows
	G     G      `json:"g,omitempty"`
	Of    G      `json:"of,omitempty"` // the other one
	Verb  Verb   `json:"verb,omitempty"`
	On    Object `json:"on,omitempty"`
	Addr  uint64 `json:"addr,string,omitempty"`
	Size  int    `json:"size,omitempty"`
	Place Place  `json:"place,omitempty"`
}

// event gives the step to Config.Trace, which is set.
//
//go:noinline
func (d *Detector) event(e Event) {
	d.seq++
	e.Seq, e.Op = d.seq, d.ops
	defer d.enter()()
	d.trace(e)
}

// String reads like "acquired goroutine 2: lock".
func (e Event) String() string {
	switch e.Kind {
	case Did:
		return fmt.Sprintf("did %d: %v", e.Op, Op{Verb: e.Verb, G: e.G, On: e.On, Addr: e.Addr, Size: e.Size})
	case Started:
		return fmt.Sprintf("started goroutine %d", e.G)
	case Made:
		return fmt.Sprintf("made %v", e.On)
	case Acquired, Released:
		return fmt.Sprintf("%s goroutine %d: %s", e.Kind, e.G, e.Rule)
	case Waits:
		return fmt.Sprintf("waits goroutine %d: %s of %v", e.G, e.Verb, e.On)
	case Raced:
		return fmt.Sprintf("raced goroutine %d with %d: %s at %#x", e.G, e.Of, e.Verb, e.Addr)
	case Evicted:
		return fmt.Sprintf("evicted an access of goroutine %d at %#x", e.G, e.Addr)
	case Lost:
		return fmt.Sprintf("lost a race of goroutine %d with %d at %#x", e.G, e.Of, e.Addr)
	}
	return fmt.Sprintf("%s goroutine %d", e.Kind, e.G)
}
