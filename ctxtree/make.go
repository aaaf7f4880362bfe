package ctxtree

import "time"

// WithCancel makes a context that [Tree.Cancel] cancels. Like every method that makes a
// context, it returns the panic of the release if the parent is [Nil] ([NilParent]), and
// an error if the parent is unknown or not a context, or the tree is full.
func (t *Tree) WithCancel(parent Node) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithCancelVerb, Node: parent}); err != nil {
			return Nil, err
		}
	}
	return t.withCancel(parent)
}

// WithCancelCause makes a context that [Tree.CancelCause] cancels. It came with
// Go 1.20.
func (t *Tree) WithCancelCause(parent Node) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithCancelCauseVerb, Node: parent}); err != nil {
			return Nil, err
		}
	}
	if !t.rules.causes {
		return Nil, t.since("WithCancelCause", "go1.20")
	}
	n, err := t.withCancel(parent)
	if err == nil {
		t.cold[n].causeFunc = true
	}
	return n, err
}

func (t *Tree) withCancel(parent Node) (Node, error) {
	if !t.has(parent) {
		return Nil, t.badParent(parent)
	}
	n, err := t.add(cancelForm, parent, 0)
	if err != nil {
		return Nil, err
	}
	if t.trace != nil {
		t.tell(Made, "new-node", n, parent)
	}
	if err := t.propagateCancel(parent, n); err != nil {
		t.drop()
		return Nil, err
	}
	return n, nil
}

// badParent reports why a node cannot be a parent. Nil gets the panic of the release.
func (t *Tree) badParent(parent Node) error {
	if parent == Nil && len(t.hot) > 0 {
		if t.rules.nilParent {
			return t.panics(NilParent, "nil-parent")
		}
		return t.panics(NilParent.In(NilDereference.Text), "nil-parent")
	}
	return t.notContext(parent)
}

// WithDeadline makes a context that is canceled when the clock reaches d, counted
// from the start; it may lie in the past. If the parent's deadline is earlier, the
// context is like one of WithCancel.
func (t *Tree) WithDeadline(parent Node, d time.Duration) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithDeadlineVerb, Node: parent, At: d}); err != nil {
			return Nil, err
		}
	}
	return t.withDeadline(parent, moment{at: d}, "")
}

// WithTimeout is WithDeadline with a time counted from now. A time that the clock does
// not reach in its 292 years is kept exactly, and reported as the last that the clock
// has.
func (t *Tree) WithTimeout(parent Node, d time.Duration) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithTimeoutVerb, Node: parent, At: d}); err != nil {
			return Nil, err
		}
	}
	return t.withDeadline(parent, t.now.add(d), "")
}

// WithDeadlineCause is WithDeadline with the cause that the context gets when the
// deadline passes; "" is the same as none. It came with Go 1.21.
func (t *Tree) WithDeadlineCause(parent Node, d time.Duration, cause Reason) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithDeadlineCauseVerb, Node: parent, At: d, Cause: cause}); err != nil {
			return Nil, err
		}
	}
	if !t.rules.later {
		return Nil, t.since("WithDeadlineCause", "go1.21")
	}
	return t.withDeadline(parent, moment{at: d}, cause)
}

// WithTimeoutCause is WithDeadlineCause with a time counted from now. It came with Go
// 1.21.
func (t *Tree) WithTimeoutCause(parent Node, d time.Duration, cause Reason) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithTimeoutCauseVerb, Node: parent, At: d, Cause: cause}); err != nil {
			return Nil, err
		}
	}
	if !t.rules.later {
		return Nil, t.since("WithTimeoutCause", "go1.21")
	}
	return t.withDeadline(parent, t.now.add(d), cause)
}

func (t *Tree) withDeadline(parent Node, d moment, cause Reason) (Node, error) {
	if !t.has(parent) {
		return Nil, t.badParent(parent)
	}
	switch cur, ok, err := t.deadline(parent); {
	case err != nil:
		return Nil, err
	case ok && cur.before(d):
		// The parent will be canceled first: no timer, and no cause.
		return t.withCancel(parent)
	}
	n, err := t.add(timerForm, parent, int32(len(t.timers)))
	if err != nil {
		return Nil, err
	}
	t.timers = append(t.timers, timer{when: d, cause: cause})
	if t.trace != nil {
		t.tell(Made, "new-node", n, parent)
	}
	if err := t.propagateCancel(parent, n); err != nil {
		t.timers = t.timers[:len(t.timers)-1]
		t.drop()
		return Nil, err
	}
	if !t.now.before(d) {
		if t.trace != nil {
			t.tell(Propagate, "deadline-past", n, Nil)
		}
		t.cancel(n, true, t.endOfDeadline(cause))
		return n, nil
	}
	if t.hot[n].end == notEnded {
		t.startTimer(n)
	}
	return n, nil
}

// endOfDeadline reports how a context ends whose deadline is there.
func (t *Tree) endOfDeadline(cause Reason) int32 {
	if cause == "" || !t.rules.causes {
		return endDeadline
	}
	return t.endIndex(end{DeadlineExceeded, cause})
}

// WithoutCancel makes a context with its parent's values that is never canceled
// and has no deadline. It came with Go 1.21.
func (t *Tree) WithoutCancel(parent Node) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithoutCancelVerb, Node: parent}); err != nil {
			return Nil, err
		}
	}
	switch {
	case !t.rules.later:
		return Nil, t.since("WithoutCancel", "go1.21")
	case !t.has(parent):
		return Nil, t.badParent(parent)
	}
	n, err := t.add(withoutForm, parent, 0)
	if err == nil && t.trace != nil {
		t.tell(Made, "without-cancel", n, parent)
	}
	return n, err
}
