package ctxtree

import (
	"fmt"
	"time"
)

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Made         Kind = "made"          // Node, below Of
	Propagate    Kind = "propagate"     // how Node will learn that Of is canceled: see Rule
	DoneMade     Kind = "done made"     // Node's Done channel, because someone asked for it
	Lock         Kind = "lock"          // Node's mutex
	ErrSet       Kind = "err set"       // Node's Err and Cause: from now on it is canceled
	Closed       Kind = "closed"        // Node's Done channel
	Dropped      Kind = "dropped"       // Node's children
	Unlock       Kind = "unlock"        // Node's mutex
	Removed      Kind = "removed"       // Node from the children of Of
	NoEffect     Kind = "no effect"     // Node had been canceled
	TimerMade    Kind = "timer made"    // of Node
	TimerStopped Kind = "timer stopped" // of Node
	TimerFired   Kind = "timer fired"   // of Node
	Started      Kind = "started"       // goroutine G, for Node
	Waits        Kind = "waits"         // goroutine G, for the Done of Node and of Of
	Readied      Kind = "readied"       // goroutine G
	Runs         Kind = "runs"          // goroutine G
	Exited       Kind = "exited"        // goroutine G
	Called       Kind = "called"        // the function of Node, of AfterFunc
	FuncStopped  Kind = "func stopped"  // the function of Node: it will not be called
	Finished     Kind = "finished"      // Node, of another package, by itself
	Hop          Kind = "hop"           // Value has looked at Node
	Found        Kind = "found"         // Value has found the key at Node
	Advanced     Kind = "advanced"      // the clock, to At
	Panicked     Kind = "panicked"      // with Err; if G is set, that goroutine has ended the program
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq   uint64        `json:"seq"` // 1, 2, 3, and so on
	At    time.Duration `json:"at"`  // since the start
	Kind  Kind          `json:"kind"`
	Rule  string        `json:"rule"`           // the row of fidelity.md that the step follows
	Node  Node          `json:"node,omitempty"` // the context that the step changes
	Of    Node          `json:"of,omitempty"`   // the other one
	G     G             `json:"g,omitempty"`
	Err   Reason        `json:"err,omitempty"`
	Cause Reason        `json:"cause,omitempty"`
}

// event gives the step to Config.Trace, which is set.
//
//go:noinline
func (t *Tree) event(e Event) {
	t.seq++
	e.Seq, e.At = t.seq, t.now.at
	defer t.enter()()
	t.trace(e)
}

// tell is event for a step that has only a node, out of line so that its callers
// can be inlined.
//
//go:noinline
func (t *Tree) tell(k Kind, rule string, n, of Node) {
	t.event(Event{Kind: k, Rule: rule, Node: n, Of: of})
}

// String reads like "err set ctx3: context canceled".
func (e Event) String() string {
	switch e.Kind {
	case Made:
		return fmt.Sprintf("made %v below %v", e.Node, e.Of)
	case Propagate:
		return fmt.Sprintf("propagate to %v: %s%s", e.Node, e.Rule, of(" ", e.Of))
	case ErrSet:
		if e.Cause != e.Err && e.Cause != "" {
			return fmt.Sprintf("err set %v: %s, because %s", e.Node, e.Err, e.Cause)
		}
		return fmt.Sprintf("err set %v: %s", e.Node, e.Err)
	case Dropped:
		return fmt.Sprintf("dropped the children of %v", e.Node)
	case Removed:
		return fmt.Sprintf("removed %v from the children of %v", e.Node, e.Of)
	case Started:
		return fmt.Sprintf("started goroutine %d, %s of %v", e.G, e.Rule, e.Node)
	case Waits:
		return fmt.Sprintf("waits goroutine %d, for %v or %v", e.G, e.Of, e.Node)
	case Readied, Runs, Exited:
		return fmt.Sprintf("%s goroutine %d", e.Kind, e.G)
	case Finished:
		if e.Err != "" {
			return fmt.Sprintf("finished %v: %s", e.Node, e.Err)
		}
	case Advanced:
		return fmt.Sprintf("advanced to %v", e.At)
	case Panicked:
		if e.G != 0 {
			return fmt.Sprintf("panicked goroutine %d: %s", e.G, e.Err)
		}
		return fmt.Sprintf("panicked: %s", e.Err)
	}
	return fmt.Sprintf("%s %v", e.Kind, e.Node)
}

func of(space string, n Node) string {
	if n == Nil {
		return ""
	}
	return space + n.String()
}
