package ctxtree

import "fmt"

// A Node is the number of a context. New contexts get 3, 4, 5, and so on.
type Node int32

// The nodes that every tree has.
const (
	Nil        Node = 0 // no context: a nil parent
	Background Node = 1
	TODO       Node = 2
)

// MaxNodes is the largest number of nodes of a tree.
const MaxNodes = 1 << 22

// String returns background, todo, nil, or ctx3, ctx4 and so on.
func (n Node) String() string {
	switch n {
	case Nil:
		return "nil"
	case Background:
		return "background"
	case TODO:
		return "todo"
	}
	return fmt.Sprintf("ctx%d", int32(n))
}

// A Type is the type of a context, as package context names it.
type Type string

// The types.
const (
	EmptyCtx         Type = "emptyCtx"         // Background and TODO before Go 1.21
	BackgroundCtx    Type = "backgroundCtx"    //
	TodoCtx          Type = "todoCtx"          //
	CancelCtx        Type = "cancelCtx"        // of WithCancel, and of a deadline later than the parent's
	TimerCtx         Type = "timerCtx"         // of WithDeadline and WithTimeout
	ValueCtx         Type = "valueCtx"         //
	WithoutCancelCtx Type = "withoutCancelCtx" //
	AfterFuncCtx     Type = "afterFuncCtx"     // the node that AfterFunc adds to the tree; no caller gets it as a context
	CustomCtx        Type = "custom"           // of another package
)

// form is a Type in a byte. Those from timerForm on have something to do when
// they were canceled.
type form uint8

const (
	noForm form = iota
	emptyForm
	cancelForm
	valueForm
	withoutForm
	customForm
	timerForm
	funcForm
)

var types = [...]Type{"", EmptyCtx, CancelCtx, ValueCtx, WithoutCancelCtx, CustomCtx, TimerCtx, AfterFuncCtx}

// typeOf returns the type of a node.
func (t *Tree) typeOf(n Node) Type {
	switch {
	case !t.rules.later:
	case n == Background:
		return BackgroundCtx
	case n == TODO:
		return TodoCtx
	}
	return types[t.hot[n].form]
}

// hot is what cancelling a node touches. It is kept small, and apart from the
// rest, so that a million children take a few milliseconds.
type hot struct {
	end     int32 // why it was canceled, an index into ends; 0: it was not
	first   Node  // of its children: of those that cancel reaches
	next    Node  // child of the same parent
	form    form
	done    chanState
	watched bool // goroutines wait for its Done channel
}

// cold is the rest of a node.
type cold struct {
	parent Node // as it was given

	// near is the nearest cancelCtx, as the release looks for it; the node itself
	// if it is one. 0: there is none.
	near Node

	// The nodes whose channel Done returns, whose error Err returns and whose
	// deadline Deadline returns: the node itself, or one above it. 0: there is none;
	// nowhere: it ends at a nil parent.
	doneOf, errOf, deadOf Node

	reg        Node  // the cancelCtx among whose children it is or was; 0: none
	prev, last Node  // child of the same parent; the last of its own children
	data       int32 // index of its value, timer, custom or function
	stop       bool  // it hangs on its parent's AfterFunc method
	causeFunc  bool  // it is of WithCancelCause
}

// nowhere is whose Done and Err are asked where unknown: the chain ends at a nil parent.
const nowhere Node = -1

// chanState is the state of a Done channel.
type chanState uint8

const (
	unmade chanState = iota // nobody has asked for it
	open
	closed
	shared // closedchan: it was canceled before anyone asked
)

// add appends a node. Its parent exists, or is Nil in a release that has it.
func (t *Tree) add(f form, parent Node, data int32) (Node, error) {
	n := len(t.hot)
	if n > MaxNodes {
		return Nil, fmt.Errorf("ctxtree: %d nodes are the most there can be", MaxNodes)
	}
	self := Node(n)
	up := &t.cold[parent]
	c := cold{parent: parent, near: up.near, doneOf: up.doneOf, errOf: up.errOf, deadOf: up.deadOf, data: data}
	h := hot{form: f}
	switch f {
	case cancelForm, timerForm, funcForm:
		c.near, c.doneOf, c.errOf = self, self, self
		if f == timerForm {
			c.deadOf = self
		}
		if t.rules.eagerDone {
			h.done = open
		}
	case withoutForm:
		c.near, c.doneOf, c.errOf, c.deadOf = 0, 0, 0, 0
	}
	t.hot = append(t.hot, h)
	t.cold = append(t.cold, c)
	return self, nil
}

// drop takes back the node that was added last: what made it has panicked.
func (t *Tree) drop() {
	t.hot = t.hot[:len(t.hot)-1]
	t.cold = t.cold[:len(t.cold)-1]
}

// has reports whether the node exists and is a context.
func (t *Tree) has(n Node) bool {
	return uint(n) < uint(len(t.hot)) && t.hot[n].form != funcForm && n != Nil
}

// notContext reports why has is false.
func (t *Tree) notContext(n Node) error {
	switch {
	case len(t.hot) == 0:
		return errUseNew
	case n == Nil:
		return NilDereference
	case n < 0 || int(n) >= len(t.hot):
		return fmt.Errorf("ctxtree: node %d out of range [0,%d]", n, len(t.hot)-1)
	}
	return fmt.Errorf("ctxtree: %v is of AfterFunc, and no context", n)
}
