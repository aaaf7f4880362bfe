package escape

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Batched Kind = "batched" // Count functions that refer to each other, Name the first
	Located Kind = "located" // Location, for Name
	Flowed  Kind = "flowed"  // Location's value, Derefs times dereferenced, is assigned to To
	Walked  Kind = "walked"  // from Location to all that reaches it
	Escaped Kind = "escaped" // Location, because its address reaches To
	Leaked  Kind = "leaked"  // the parameter Location, to To
	Tagged  Kind = "tagged"  // the function Name, for its callers
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq      uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind     Kind   `json:"kind"`
	Rule     string `json:"rule"` // the row of fidelity.md that the step follows
	Name     string `json:"name,omitempty"`
	Location int    `json:"location,omitempty"` // 1 is the heap
	To       int    `json:"to,omitempty"`
	Derefs   int    `json:"derefs,omitempty"` // -1: the address
	Count    int    `json:"count,omitempty"`
}

// String reads like "12 flowed 7 to 1 derefs=-1".
func (e Event) String() string {
	s := fmt.Sprintf("%d %s", e.Seq, e.Kind)
	if e.Name != "" {
		s += " " + e.Name
	}
	if e.Location != 0 {
		s += fmt.Sprintf(" %d", e.Location)
	}
	if e.To != 0 {
		s += fmt.Sprintf(" to %d", e.To)
	}
	if e.Kind == Flowed || e.Kind == Escaped || e.Kind == Leaked {
		s += fmt.Sprintf(" derefs=%d", e.Derefs)
	}
	if e.Count != 0 {
		s += fmt.Sprintf(" (%d)", e.Count)
	}
	return s
}
