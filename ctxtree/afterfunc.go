package ctxtree

import "fmt"

// A FuncState is the state of a function that was given to AfterFunc.
type FuncState string

// The states.
const (
	FuncWaiting FuncState = "waiting" // for the context
	FuncStarted FuncState = "started" // its goroutine was started, and has yet to run
	FuncCalled  FuncState = "called"
	FuncUnused  FuncState = "stopped" // it will never be called
)

// AfterFunc arranges for a function to be called, in a goroutine of its own, after the
// context is canceled. It returns the node that stands for the function, which
// [Tree.Stop] stops. The call itself is for the caller to make, at the event [Called]. It
// came with Go 1.21. A nil context is a nil dereference, not [NilParent].
func (t *Tree) AfterFunc(ctx Node) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: AfterFuncVerb, Node: ctx}); err != nil {
			return Nil, err
		}
	}
	switch {
	case !t.rules.later:
		return Nil, t.since("AfterFunc", "go1.21")
	case ctx == Nil && len(t.hot) > 0:
		return Nil, t.panics(NilDereference, "nil-parent")
	case !t.has(ctx):
		return Nil, t.notContext(ctx)
	}
	n, err := t.add(funcForm, ctx, int32(len(t.funcs)))
	if err != nil {
		return Nil, err
	}
	t.funcs = append(t.funcs, FuncWaiting)
	if t.trace != nil {
		t.tell(Made, "after-func", n, ctx)
	}
	if err := t.propagateCancel(ctx, n); err != nil {
		t.funcs = t.funcs[:len(t.funcs)-1]
		t.drop()
		return Nil, err
	}
	return n, nil
}

// Stop calls the stop function that AfterFunc returned. Its outcome is [DidStop] if
// this call has kept the function from being called, and [TooLate] otherwise.
func (t *Tree) Stop(n Node) (Outcome, error) {
	if t.slow() {
		if err := t.before(Op{Verb: StopVerb, Node: n}); err != nil {
			return Outcome{}, err
		}
	}
	f, err := t.fn(n)
	if err != nil {
		return Outcome{}, err
	}
	if *f != FuncWaiting {
		return Outcome{What: TooLate}, nil
	}
	*f = FuncUnused
	if t.trace != nil {
		t.tell(FuncStopped, "after-func-stop", n, Nil)
	}
	t.cancel(n, true, endCanceled)
	return Outcome{What: DidStop}, nil
}

// Func returns the state of the function of an AfterFunc. It returns an error if the node
// is not one of an AfterFunc.
func (t *Tree) Func(n Node) (FuncState, error) {
	f, err := t.fn(n)
	if err != nil {
		return "", err
	}
	return *f, nil
}

func (t *Tree) fn(n Node) (*FuncState, error) {
	switch {
	case len(t.hot) == 0:
		return nil, errUseNew
	case n < 1 || int(n) >= len(t.hot):
		return nil, fmt.Errorf("ctxtree: node %d out of range [1,%d]", n, len(t.hot)-1)
	case t.hot[n].form != funcForm:
		return nil, fmt.Errorf("ctxtree: %v is a %s, not of AfterFunc", n, t.typeOf(n))
	}
	return &t.funcs[t.cold[n].data], nil
}

// startFunc has the function of a node that was canceled called, unless it was
// stopped.
func (t *Tree) startFunc(n Node) {
	f := &t.funcs[t.cold[n].data]
	if *f != FuncWaiting {
		return
	}
	*f = FuncStarted
	t.start(goroutine{task: Call, node: n})
}
