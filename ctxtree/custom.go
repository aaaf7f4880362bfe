package ctxtree

import (
	"fmt"
	"time"
)

// A Method says what a method of a context of another package does.
type Method string

// The kinds of methods.
const (
	Inherited Method = ""    // it is the embedded parent's
	Own       Method = "own" // it has an answer of its own
	None      Method = "nil" // it returns nil, or reports that there is none
)

// A Custom is a context of another package: a struct that embeds its parent, a
// context.Context, and has some methods of its own. The zero Custom has none.
type Custom struct {
	Name     string        `json:"name,omitempty"`     // of its type: "*main.ctx"; "" is "custom"
	Done     Method        `json:"done,omitempty"`     // Own: a channel that Finish closes
	Err      Method        `json:"err,omitempty"`      // Own: the reason given to Finish
	Value    Method        `json:"value,omitempty"`    // None: it knows no keys. Own is not allowed
	Deadline Method        `json:"deadline,omitempty"` // Own: At
	At       time.Duration `json:"at,string"`          // since the start

	// AfterFunc: it has a method AfterFunc(func()) func() bool, which package context
	// uses since Go 1.21. Finish starts each of those functions as a goroutine. Done
	// must be Own.
	AfterFunc bool `json:"afterFunc,omitempty"`
}

// custom is a Custom in the tree.
type custom struct {
	Custom
	finished bool
	err      Reason
	calls    []Node // functions to call when it is finished, by AfterFunc
}

// custom returns that of a node which is one.
func (t *Tree) custom(n Node) *custom { return &t.customs[t.cold[n].data] }

// check returns what is wrong with it.
func (c Custom) check() error {
	for _, m := range []struct {
		name string
		is   Method
	}{{"Done", c.Done}, {"Err", c.Err}, {"Value", c.Value}, {"Deadline", c.Deadline}} {
		if m.is != Inherited && m.is != None && (m.is != Own || m.name == "Value") {
			return fmt.Errorf("ctxtree: a custom context's %s cannot be %.40q", m.name, m.is)
		}
	}
	switch {
	case c.AfterFunc && c.Done != Own:
		return fmt.Errorf("ctxtree: a custom context's AfterFunc needs a Done that is %q, not %.40q", Own, c.Done)
	case len(c.Name) > 1000:
		return fmt.Errorf("ctxtree: a custom context's name of %d bytes is longer than 1000", len(c.Name))
	}
	return nil
}

// WithCustom makes a context of another package. It returns an error if the parent is
// Nil, unknown or not a context, or the Custom is contradictory.
func (t *Tree) WithCustom(parent Node, c Custom) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithCustomVerb, Node: parent, Custom: &c}); err != nil {
			return Nil, err
		}
	}
	switch err := c.check(); {
	case err != nil:
		return Nil, err
	case parent == Nil && len(t.hot) > 0:
		return Nil, fmt.Errorf("ctxtree: a custom context embeds a context: its parent cannot be nil")
	case !t.has(parent):
		return Nil, t.notContext(parent)
	}
	n, err := t.add(customForm, parent, int32(len(t.customs)))
	if err != nil {
		return Nil, err
	}
	t.customs = append(t.customs, custom{Custom: c})
	k := &t.cold[n]
	k.doneOf = c.Done.pick(k.doneOf, n)
	k.errOf = c.Err.pick(k.errOf, n)
	k.deadOf = c.Deadline.pick(k.deadOf, n)
	if t.rules.byType || c.Value == None {
		k.near = 0 // a type that package context does not know
	}
	if c.Done == Own {
		t.hot[n].done = open
	}
	if t.trace != nil {
		t.tell(Made, "custom", n, parent)
	}
	return n, nil
}

// pick is whose answer a method gives.
func (m Method) pick(inherited, self Node) Node {
	switch m {
	case Own:
		return self
	case None:
		return 0
	}
	return inherited
}

// Finish ends a context of another package from inside: its Err, if that is its own, is
// the reason from now on, and its Done channel, if that is its own, is closed. An empty
// reason breaks the contract of context.Context, and Go panics when it notices. Finish
// returns an error if the node is not such a context, or neither of the two is its own.
func (t *Tree) Finish(n Node, err Reason) (Outcome, error) {
	if t.slow() {
		if err := t.before(Op{Verb: FinishVerb, Node: n, Cause: err}); err != nil {
			return Outcome{}, err
		}
	}
	if !t.has(n) {
		return Outcome{}, t.notContext(n)
	}
	if t.hot[n].form != customForm {
		return Outcome{}, fmt.Errorf("ctxtree: %v is a %s: only a custom context finishes by itself", n, t.typeOf(n))
	}
	c := t.custom(n)
	switch {
	case c.Done != Own && c.Err != Own:
		return Outcome{}, fmt.Errorf("ctxtree: %v has no Done and no Err of its own", n)
	case c.finished:
		return Outcome{What: HadEnded}, nil
	}
	c.finished, c.err = true, err
	if t.trace != nil {
		t.event(Event{Kind: Finished, Rule: "custom", Node: n, Err: err})
	}
	if c.Done == Own {
		t.hot[n].done = closed
		if t.trace != nil {
			t.tell(Closed, "custom", n, Nil)
		}
		if t.hot[n].watched {
			t.wake(n)
		}
	}
	calls := c.calls
	c.calls = nil
	for _, child := range calls {
		t.start(goroutine{task: Notify, node: child, parent: n})
	}
	return Outcome{What: DidFinish}, nil
}
