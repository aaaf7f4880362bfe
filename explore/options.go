package explore

import (
	"context"
	"fmt"
	"math"
)

// MaxStates is the largest bound on states: a state is numbered by 32 bits, or
// by an int where that has fewer.
const MaxStates = min(math.MaxUint32, math.MaxInt)

// Options bound and direct a search.
type Options struct {
	// MaxStates bounds the states that are stored, from 1 to [MaxStates].
	// It has no default: it is the bound that bounds the others, and a search
	// without it could take all the memory there is.
	MaxStates int

	// MaxDepth bounds the steps from an initial state. 0 is no bound.
	MaxDepth int

	// MaxMemory bounds the bytes that the search holds for states, edges
	// and their index. 0 is no bound beyond what MaxStates implies: at most
	// 36 bytes for each uint64 state and about 0.2 MB.
	MaxMemory uint64

	// AllowDeadlock makes a deadlock no failure. Deadlocked states are
	// counted either way.
	AllowDeadlock bool

	// Symmetry explores only the states that the machine's Canonical method
	// gives. The machine must be [Symmetric]. Counts are then of such states,
	// and a counterexample is still a real run.
	Symmetry bool

	// Everywhere asks that each goal can be reached from every state, in the
	// notation of CTL AG EF goal, and not just from an initial one, EF goal.
	// The machine must have [Goals]. When all states are known, every step is
	// taken twice more, which holds 4 bytes for each transition and at most
	// 36 for each uint64 state.
	Everywhere bool

	// Progress, if not nil, is called whenever another ProgressEvery states
	// have been expanded; 0 is a million. The calls come at the same points
	// in every run.
	Progress      func(Progress)
	ProgressEvery int
}

// Progress is the progress of a search.
type Progress struct {
	States      int    `json:"states"`      // found
	Expanded    int    `json:"expanded"`    // states whose successors were taken
	Transitions uint64 `json:"transitions"` // successors taken
	Depth       int    `json:"depth"`       // steps from an initial state to the states being expanded
	Memory      uint64 `json:"memory"`      // most bytes held so far
}

func (p Progress) String() string {
	return fmt.Sprintf("%d states found, %d expanded, %d transitions, depth %d, %d bytes",
		p.States, p.Expanded, p.Transitions, p.Depth, p.Memory)
}

// A LimitError reports that a bound of [Options] ended a search, and the progress
// up to then. The result has everything that was found.
type LimitError struct {
	Limit    string // "MaxStates", "MaxDepth" or "MaxMemory"
	Max      uint64 // its value
	Progress        // when it was met
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("explore: %s of %d met: %v", e.Limit, e.Max, e.Progress)
}

func (o *Options) check() error {
	switch {
	case o.MaxStates < 1 || o.MaxStates > MaxStates:
		return fmt.Errorf("explore: MaxStates is %d: allowed are 1 to %d", o.MaxStates, uint64(MaxStates))
	case o.MaxDepth < 0:
		return fmt.Errorf("explore: MaxDepth is %d: allowed are 1 and more, and 0 for no bound", o.MaxDepth)
	case o.ProgressEvery < 0:
		return fmt.Errorf("explore: ProgressEvery is %d: allowed are 1 and more, and 0 for %d", o.ProgressEvery, defaultProgressEvery)
	}
	return nil
}

const defaultProgressEvery = 1_000_000

// stopped returns an error that says that ctx is done, and how far the search got.
func stopped(ctx context.Context, far fmt.Stringer) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("explore: stopped: %w: %v", context.Cause(ctx), far)
}
