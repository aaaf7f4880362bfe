package explore

import (
	"fmt"
	"strings"
)

// A Result is the result of a search. It is plain data: the same machine and
// options give the same bytes of JSON, on every platform.
type Result[S State] struct {
	States      int    `json:"states"`      // different states found
	Transitions uint64 `json:"transitions"` // successors taken, repetitions included
	Depth       int    `json:"depth"`       // most steps that the shortest way to a state takes
	Deadlocks   int    `json:"deadlocks"`   // states without a successor

	// Coverage has an element for each event of the machine, in its order. An
	// event that never happened is often a mistake in the machine.
	Coverage []Coverage `json:"coverage"`

	// Goals has an element for each goal of the machine, in its order.
	Goals []GoalResult `json:"goals,omitempty"`

	// Counterexample is a shortest run to a failure, or nil if the search
	// found none.
	Counterexample *Counterexample[S] `json:"counterexample,omitempty"`

	// Memory is the most bytes held at once for states, edges and their
	// index.
	Memory uint64 `json:"memory"`
}

// A Coverage says how often an event happened.
type Coverage struct {
	Label       string `json:"label"`
	Transitions uint64 `json:"transitions"`
}

// A GoalResult says where a goal holds.
type GoalResult struct {
	Goal   string `json:"goal"`
	States int    `json:"states"`         // in which it holds
	Lost   int    `json:"lost,omitempty"` // states from which no state with the goal can be reached; with Options.Everywhere
}

// A Property is the kind of a failure.
type Property string

const (
	Invariant Property = "invariant" // Check reports an error
	Deadlock  Property = "deadlock"  // no successor
	Goal      Property = "goal"      // a goal cannot be reached
)

const deadlockReason = "deadlock"

// A Counterexample is a run of the machine that ends in a failure.
type Counterexample[S State] struct {
	Property Property  `json:"property"`
	Reason   string    `json:"reason"` // of an invariant, the text of Check's error
	Start    S         `json:"start"`
	Steps    []Step[S] `json:"steps"`
}

// A Step is one step of a run.
type Step[S State] struct {
	Label string `json:"label"`
	State S      `json:"state"` // after it
}

// End returns the state in which the run fails.
func (c *Counterexample[S]) End() S {
	if len(c.Steps) == 0 {
		return c.Start
	}
	return c.Steps[len(c.Steps)-1].State
}

// String returns the reason and the events, a line each.
func (c *Counterexample[S]) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, after %d steps:\n", c.Reason, len(c.Steps))
	for i, s := range c.Steps {
		fmt.Fprintf(&b, "%3d. %s\n", i+1, s.Label)
	}
	return b.String()
}
