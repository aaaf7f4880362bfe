package ctxtree

import (
	"slices"

	"github.com/orrery-go/orrery/crash"
)

// propagateCancel arranges for the child, which is new, to be canceled when the
// parent is. It returns the panic of a parent that is done without an error.
func (t *Tree) propagateCancel(parent, child Node) error {
	owner := t.cold[parent].doneOf
	switch {
	case owner == nowhere:
		return t.panics(NilDereference, "nil-parent")
	case owner == 0:
		if t.trace != nil {
			t.tell(Propagate, "parent-never", child, parent)
		}
		return nil
	}
	t.askDone(owner)
	if !t.rules.byType && t.hot[owner].done >= closed {
		if t.trace != nil {
			t.tell(Propagate, "parent-done", child, parent)
		}
		if _, err := t.inherit(child, parent); err != nil {
			return t.panics(MissingErr, "missing-err")
		}
		return nil
	}
	if p := t.parentCancelCtx(parent); p != 0 {
		if e := t.hot[p].end; e != notEnded {
			if t.trace != nil {
				t.tell(Propagate, "parent-done", child, p)
			}
			t.cancel(child, false, e)
			return nil
		}
		t.addChild(p, child)
		if t.trace != nil {
			t.tell(Propagate, "child", child, p)
		}
		return nil
	}
	if t.rules.later && t.hot[parent].form == customForm && t.custom(parent).AfterFunc {
		t.custom(parent).calls = append(t.custom(parent).calls, child)
		t.cold[child].stop = true
		if t.trace != nil {
			t.tell(Propagate, "after-func-method", child, parent)
		}
		return nil
	}
	if t.trace != nil {
		t.tell(Propagate, "watcher", child, parent)
	}
	t.start(goroutine{task: Watch, node: child, parent: parent})
	return nil
}

// inherit cancels the child for what the parent says of itself, and reports how
// many contexts that were. It returns the panic of a parent that is done and has no
// error.
func (t *Tree) inherit(child, parent Node) (int, error) {
	err := t.errOf(parent)
	if err == "" {
		return 0, MissingErr
	}
	return t.cancel(child, false, t.endIndex(t.ended(err, t.causeOf(parent)))), nil
}

// ended returns the end for an error and a cause, of which there may be none.
func (t *Tree) ended(err, cause Reason) end {
	if cause == "" || !t.rules.causes {
		cause = err
	}
	return end{err, cause}
}

// parentCancelCtx returns the cancelCtx that has the parent's Done channel, 0 if there
// is none.
func (t *Tree) parentCancelCtx(parent Node) Node {
	c := &t.cold[parent]
	if t.rules.byType || c.near == c.doneOf {
		return c.near
	}
	return 0
}

func (t *Tree) addChild(p, child Node) {
	c := &t.cold[child]
	c.reg = p
	if t.hot[p].first == 0 {
		t.hot[p].first = child
	} else {
		last := t.cold[p].last
		t.hot[last].next = child
		c.prev = last
	}
	t.cold[p].last = child
}

// removeChild takes a node that was canceled from what holds it, unless that was
// canceled, too, and has dropped its children.
func (t *Tree) removeChild(n Node) {
	c := &t.cold[n]
	if c.stop {
		k := t.custom(c.parent)
		if i := slices.Index(k.calls, n); i >= 0 {
			k.calls = slices.Delete(k.calls, i, i+1)
			if t.trace != nil {
				t.tell(Removed, "after-func-method", n, c.parent)
			}
		}
		return
	}
	p := c.reg
	if p == 0 || t.hot[p].end != notEnded {
		return
	}
	next := t.hot[n].next
	if c.prev == 0 {
		t.hot[p].first = next
	} else {
		t.hot[c.prev].next = next
	}
	if next == 0 {
		t.cold[p].last = c.prev
	} else {
		t.cold[next].prev = c.prev
	}
	c.reg, c.prev, t.hot[n].next = 0, 0, 0
	if t.trace != nil {
		t.tell(Removed, "remove-child", n, p)
	}
}

// panics reports a panic of the caller's goroutine in an event, and returns it.
func (t *Tree) panics(e *crash.Error, rule string) error {
	if t.trace != nil {
		t.event(Event{Kind: Panicked, Rule: rule, Err: Reason(e.Text)})
	}
	return e
}
