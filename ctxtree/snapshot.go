package ctxtree

import "time"

// A Snapshot is the state of a tree. It shares no memory with the model.
type Snapshot struct {
	Release    string           `json:"release"`
	Now        time.Duration    `json:"now"`
	Nodes      []NodeState      `json:"nodes"` // by number, without Nil
	Goroutines []GoroutineState `json:"goroutines"`
}

// A NodeState is the state of a context, or of the node that an AfterFunc added to the
// tree.
type NodeState struct {
	Node        Node          `json:"node"`
	Type        Type          `json:"type"`
	Parent      Node          `json:"parent"`   // Nil for the roots
	Err         Reason        `json:"err"`      // what Err returns; "" is nil
	Cause       Reason        `json:"cause"`    // what Cause returns; "" before Go 1.20
	Done        DoneState     `json:"done"`     // the channel that Done returns
	DoneOf      Node          `json:"doneOf"`   // the context that has it
	Children    []Node        `json:"children"` // contexts that its cancellation reaches directly
	Calls       []Node        `json:"calls"`    // contexts that registered with its method AfterFunc, if it is a Custom with one
	HasDeadline bool          `json:"hasDeadline"`
	Deadline    time.Duration `json:"deadline,string"`
	Timer       TimerState    `json:"timer"`
	Func        FuncState     `json:"func"`             // of an AfterFunc
	Key         string        `json:"key"`              // of a valueCtx, as Go source would write it, or its type
	Value       string        `json:"value"`            // the same
	Custom      *Custom       `json:"custom,omitempty"` // of a context of another package
}

// A DoneState is the state of the channel that the method Done of a context returns.
type DoneState string

// The states.
const (
	DoneNil    DoneState = "nil"    // there is none
	DoneUnmade DoneState = "unmade" // nobody has asked for it
	DoneOpen   DoneState = "open"
	DoneClosed DoneState = "closed"
	DoneShared DoneState = "shared" // closed, and that of all contexts that nobody asked before they were canceled
	DoneLost   DoneState = "lost"   // unknown: the chain ends at a nil parent
)

var doneStates = [...]DoneState{unmade: DoneUnmade, open: DoneOpen, closed: DoneClosed, shared: DoneShared}

// A TimerState is the state of the timer of a context.
type TimerState string

// The states.
const (
	TimerNone TimerState = ""     // it has none
	TimerRuns TimerState = "runs" //
	TimerDone TimerState = "done" // it was stopped or has fired
)

var timerStates = [...]TimerState{noTimer: TimerNone, timerRuns: TimerRuns, timerDone: TimerDone}

// A GoroutineState is a goroutine of the tree that has not ended.
type GoroutineState struct {
	G      G      `json:"g"`
	Task   Task   `json:"task"`
	Node   Node   `json:"node"`   // the context that it is for
	Parent Node   `json:"parent"` // the context that it watches, or that started it
	Status string `json:"status"` // runnable or waiting
}

// Snapshot returns the state. It may be called from Trace, and then shows the state in
// the middle of an operation.
func (t *Tree) Snapshot() Snapshot {
	s := Snapshot{Release: t.release.String(), Now: t.now.at, Nodes: make([]NodeState, 0, t.Len()), Goroutines: []GoroutineState{}}
	for n := Background; int(n) < len(t.hot); n++ {
		s.Nodes = append(s.Nodes, t.state(n))
	}
	for i, g := range t.gs {
		if i > 0 && g.status != exited {
			s.Goroutines = append(s.Goroutines, GoroutineState{G(i), g.task, g.node, g.parent, statuses[g.status]})
		}
	}
	return s
}

func (t *Tree) state(n Node) NodeState {
	h, c := &t.hot[n], &t.cold[n]
	s := NodeState{Node: n, Type: t.typeOf(n), Parent: c.parent, Err: t.errOf(n), Cause: t.causeOf(n), Done: DoneNil, Children: []Node{}, Calls: []Node{}}
	if o := c.errOf; o > 0 && t.hot[o].end != notEnded && t.hot[o].done < closed && !t.rules.errEarly {
		s.Err, s.Cause = "", "" // in the middle of a cancel, a call of Err waits
	}
	switch {
	case c.doneOf == nowhere:
		s.Done = DoneLost
	case c.doneOf > 0:
		s.Done, s.DoneOf = doneStates[t.hot[c.doneOf].done], c.doneOf
	}
	for k := h.first; k != 0; k = t.hot[k].next {
		s.Children = append(s.Children, k)
	}
	if d, ok, err := t.deadline(n); err == nil && ok {
		s.HasDeadline, s.Deadline = true, d.at
	}
	switch h.form {
	case timerForm:
		s.Timer = timerStates[t.timer(n).state]
	case funcForm:
		s.Func = t.funcs[c.data]
	case valueForm:
		s.Key, s.Value = text(t.values[c.data].key), text(t.values[c.data].val)
	case customForm:
		k := t.custom(n).Custom
		s.Custom = &k
		s.Calls = append(s.Calls, t.custom(n).calls...)
	}
	return s
}
