package ctxtree

import "fmt"

// Cancel calls the CancelFunc of a context of WithCancel, WithDeadline or
// WithTimeout, or the CancelCauseFunc of one of WithCancelCause with nil. It returns
// an error if the context has neither.
func (t *Tree) Cancel(n Node) (Outcome, error) {
	if t.slow() {
		if err := t.before(Op{Verb: CancelVerb, Node: n}); err != nil {
			return Outcome{}, err
		}
	}
	return t.cancelFunc(n, endCanceled)
}

// CancelCause calls the CancelCauseFunc of a context of WithCancelCause: its Cause
// is then the cause, or Canceled if that is "". It came with Go 1.20.
func (t *Tree) CancelCause(n Node, cause Reason) (Outcome, error) {
	if t.slow() {
		if err := t.before(Op{Verb: CancelCauseVerb, Node: n, Cause: cause}); err != nil {
			return Outcome{}, err
		}
	}
	if !t.rules.causes {
		return Outcome{}, t.since("CancelCauseFunc", "go1.20")
	}
	if t.has(n) && (t.hot[n].form == cancelForm || t.hot[n].form == timerForm) && !t.cold[n].causeFunc {
		return Outcome{}, fmt.Errorf("ctxtree: the CancelFunc of %v takes no cause: it is not of WithCancelCause", n)
	}
	return t.cancelFunc(n, t.endIndex(t.ended(Canceled, cause)))
}

func (t *Tree) cancelFunc(n Node, e int32) (Outcome, error) {
	if !t.has(n) {
		return Outcome{}, t.notContext(n)
	}
	if f := t.hot[n].form; f != cancelForm && f != timerForm {
		return Outcome{}, fmt.Errorf("ctxtree: %v is a %s, and has no CancelFunc", n, t.typeOf(n))
	}
	if count := t.cancel(n, true, e); count > 0 {
		return Outcome{What: DidCancel, Canceled: count}, nil
	}
	return Outcome{What: HadEnded}, nil
}

// cancel cancels a node and all below it, and reports how many that were. If
// remove is set, it also leaves its parent.
//
// The real one is recursive. This one goes down by first, on by next, and back up
// by reg, so that a chain of a million is no deeper than one of two. Children come
// after their parent; what a child does once it is canceled, after its own
// children.
func (t *Tree) cancel(root Node, remove bool, e int32) (count int) {
	if t.hot[root].end != notEnded {
		if t.trace != nil {
			t.tell(NoEffect, "first-wins", root, Nil)
		}
		return 0
	}
	n := root
	for {
		h := &t.hot[n]
		if t.trace != nil {
			t.tell(Lock, "cancel-order", n, Nil)
		}
		h.end = e
		count++
		if t.trace != nil {
			t.errSet(n)
		}
		if h.done == unmade {
			h.done = shared
		} else {
			h.done = closed
			if h.watched {
				t.wake(n)
			}
		}
		if t.trace != nil {
			t.tell(Closed, "cancel-order", n, Nil)
		}
		if h.first != 0 {
			if t.choose != nil {
				t.shuffle(n)
			}
			n = h.first
			continue
		}
		for had := false; ; had = true {
			if t.trace != nil {
				t.dropped(n, had)
			}
			if n == root {
				if remove {
					t.removeChild(n)
				}
				t.after(n)
				return count
			}
			if t.hot[n].form >= timerForm {
				t.after(n)
			}
			if next := t.hot[n].next; next != 0 {
				n = next
				break
			}
			n = t.cold[n].reg
			t.hot[n].first = 0
		}
	}
}

// after is what a node does once it is canceled, and its children are.
func (t *Tree) after(n Node) {
	switch t.hot[n].form {
	case timerForm:
		t.stopTimer(n)
	case funcForm:
		t.startFunc(n)
	}
}

// shuffle puts a node's children in an order that Choose says.
func (t *Tree) shuffle(n Node) {
	all := t.scratch[:0]
	for c := t.hot[n].first; c != 0; c = t.hot[c].next {
		all = append(all, c)
	}
	t.scratch = all
	for i := range all {
		j := i + t.pick(len(all)-i)
		all[i], all[j] = all[j], all[i]
	}
	t.hot[n].first = all[0]
	for i, c := range all {
		t.hot[c].next = 0
		if i+1 < len(all) {
			t.hot[c].next = all[i+1]
		}
	}
}

// errSet reports the error in an event. Until the channel is closed, too, a call of Err waits:
// for the lock up to Go 1.24, for the channel since 1.25.2, and between the two it
// does not.
//
//go:noinline
func (t *Tree) errSet(n Node) {
	e := t.ends[t.hot[n].end]
	if !t.rules.causes {
		e.cause = ""
	}
	rule := "err-after-done"
	if t.rules.errEarly {
		rule = "err-early"
	}
	t.event(Event{Kind: ErrSet, Rule: rule, Node: n, Err: e.err, Cause: e.cause})
}

//go:noinline
func (t *Tree) dropped(n Node, had bool) {
	if had {
		t.tell(Dropped, "cancel-order", n, Nil)
	}
	t.tell(Unlock, "cancel-order", n, Nil)
}
