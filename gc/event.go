package gc

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The steps.
const (
	CycleBegins    Kind = "cycle begins"
	CycleEnds      Kind = "cycle ends" // the sweep may go on
	PauseBegins    Kind = "pause begins"
	PauseEnds      Kind = "pause ends" // N: what it cost
	BarrierOn      Kind = "barrier on"
	BarrierOff     Kind = "barrier off"
	GlobalsScanned Kind = "globals scanned" // N: slots
	StackScanned   Kind = "stack scanned"   // N: slots
	RootShaded     Kind = "root shaded"     // an object that a root points to
	Greyed         Kind = "greyed"          //
	Blackened      Kind = "blackened"       //
	SpanScanned    Kind = "span scanned"    // N: objects
	BarrierFired   Kind = "barrier fired"   // Why: its half, "old", "new" or "holder"
	Flushed        Kind = "buffer flushed"  // N: pointers, nil or not
	Assist         Kind = "assist"          // N: words
	SpanSwept      Kind = "span swept"      // N: objects reclaimed
	Reclaimed      Kind = "reclaimed"       //
	Revived        Kind = "revived"         // its finalizer is to run
	CleanupQueued  Kind = "cleanup queued"  // N: number of the cleanup
	WeakCleared    Kind = "weak cleared"    //
	Allocated      Kind = "allocated"       // N: bytes
	Stored         Kind = "stored"          // Object into Slot of From, or into a global
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// kindRules maps each kind to its row of fidelity.md.
var kindRules = map[Kind]string{
	CycleBegins: "pauses", CycleEnds: "pauses", PauseBegins: "pauses", PauseEnds: "pauses",
	BarrierOn: "barrier", BarrierOff: "barrier", BarrierFired: "barrier", Stored: "barrier", Flushed: "barrier-buffer",
	GlobalsScanned: "roots", StackScanned: "roots", RootShaded: "roots",
	Greyed: "liveness", Blackened: "liveness", SpanScanned: "greentea", Assist: "assist",
	SpanSwept: "sweep", Reclaimed: "sweep", Allocated: "alloc-black",
	Revived: "finalizer", CleanupQueued: "cleanup", WeakCleared: "weak",
}

// An Event is one step.
type Event struct {
	Seq    uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind   Kind   `json:"kind"`
	Rule   string `json:"rule"` // the row of fidelity.md that the step follows
	Cycle  uint64 `json:"cycle,omitempty,string"`
	G      G      `json:"g,omitempty"`      // the goroutine that acts, or that has the stack
	Object Ref    `json:"object,omitempty"` //
	From   Ref    `json:"from,omitempty"`   // the object that is stored into
	Slot   int    `json:"slot,omitempty"`
	Span   uint32 `json:"span,omitempty"`
	N      uint64 `json:"n,omitempty,string"`
	Why    string `json:"why,omitempty"`
}

func (h *Heap) emit(e Event) {
	h.seq++
	e.Seq, e.Cycle, e.Rule = h.seq, h.cycle, kindRules[e.Kind]
	h.telling = true
	h.trace(e)
	h.telling = false
}

// note is emit for callers that need not check first whether Trace is set.
func (h *Heap) note(e Event) {
	if h.trace != nil {
		h.emit(e)
	}
}

// String reads like "object 3 becomes grey".
func (e Event) String() string {
	switch e.Kind {
	case CycleBegins, CycleEnds:
		return fmt.Sprintf("cycle %d %s", e.Cycle, string(e.Kind)[len("cycle "):])
	case PauseBegins:
		return "the world stops: " + e.Why
	case PauseEnds:
		return fmt.Sprintf("the world starts: %s, cost %d", e.Why, e.N)
	case BarrierOn, BarrierOff:
		return "the write " + string(e.Kind)
	case GlobalsScanned:
		return fmt.Sprintf("the globals are black: %d slots", e.N)
	case StackScanned:
		return fmt.Sprintf("stack of goroutine %d is black: %d slots", e.G, e.N)
	case RootShaded:
		if e.Why != "" {
			return fmt.Sprintf("object %d is found from a root: %s", e.Object, e.Why)
		}
		return fmt.Sprintf("object %d is found from a root", e.Object)
	case Greyed:
		return fmt.Sprintf("object %d becomes grey", e.Object)
	case Blackened:
		return fmt.Sprintf("object %d becomes black", e.Object)
	case SpanScanned:
		return fmt.Sprintf("span %d: %d objects scanned at once", e.Span, e.N)
	case BarrierFired:
		return fmt.Sprintf("barrier of goroutine %d, %s: object %d", e.G, e.Why, e.Object)
	case Flushed:
		return fmt.Sprintf("the barrier's buffer is flushed: %d pointers", e.N)
	case Assist:
		return fmt.Sprintf("goroutine %d assists: %d words", e.G, e.N)
	case SpanSwept:
		return fmt.Sprintf("span %d is swept: %d objects reclaimed", e.Span, e.N)
	case Reclaimed:
		return fmt.Sprintf("object %d is reclaimed", e.Object)
	case Revived:
		return fmt.Sprintf("object %d stays: its finalizer is to run", e.Object)
	case CleanupQueued:
		return fmt.Sprintf("object %d: a cleanup is to run", e.Object)
	case WeakCleared:
		return fmt.Sprintf("weak pointers to object %d become nil", e.Object)
	case Allocated:
		return fmt.Sprintf("goroutine %d allocates object %d: %d bytes", e.G, e.Object, e.N)
	case Stored:
		to := "nil"
		if e.Object != Nil {
			to = fmt.Sprintf("object %d", e.Object)
		}
		if e.From == Nil {
			return fmt.Sprintf("goroutine %d: global %d = %s", e.G, e.Slot, to)
		}
		return fmt.Sprintf("goroutine %d: slot %d of object %d = %s", e.G, e.Slot, e.From, to)
	}
	return string(e.Kind)
}
