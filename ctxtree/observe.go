package ctxtree

import "time"

// Err returns what the context's method Err returns: "" while it is not canceled. It
// returns an error if the node is unknown or not a context, and the panic of a chain that
// ends at a nil parent. ([Tree.Crashed] reports what ended the tree.)
func (t *Tree) Err(n Node) (Reason, error) {
	if err := t.readable(n); err != nil {
		return "", err
	}
	if t.cold[n].errOf == nowhere {
		return "", NilDereference
	}
	return t.errOf(n), nil
}

// errOf is Err of a context whose chain does not end at a nil parent.
func (t *Tree) errOf(n Node) Reason {
	owner := t.cold[n].errOf
	switch {
	case owner <= 0:
		return ""
	case t.hot[owner].form == customForm:
		return t.custom(owner).err
	}
	return t.ends[t.hot[owner].end].err
}

// Cause returns what context.Cause returns for the context. It came with Go 1.20. Errors
// are those of [Tree.Err].
func (t *Tree) Cause(n Node) (Reason, error) {
	if len(t.hot) > 0 && !t.rules.causes {
		return "", t.since("Cause", "go1.20")
	}
	if err := t.readable(n); err != nil {
		return "", err
	}
	return t.causeOf(n), nil
}

// causeOf is Cause of a context: "" in releases that have none.
func (t *Tree) causeOf(n Node) Reason {
	u := &t.rules
	if !u.causes {
		return ""
	}
	err := t.errOf(n)
	if u.errFirst && err == "" {
		return ""
	}
	if near := t.cold[n].near; near != 0 {
		if cause := t.ends[t.hot[near].end].cause; cause != "" || !u.causeFallsTwo {
			return cause
		}
		return err
	}
	if u.causeFalls {
		return err
	}
	return ""
}

// A Done is the channel that the method Done of a context returns.
type Done struct {
	// Of is the context that has the channel: several that derive from it return
	// the same one. 0: there is no channel, since the context is never canceled.
	Of Node `json:"of"`

	// Shared: it is the one channel that all contexts share that were canceled
	// before anyone asked for theirs (since Go 1.9).
	Shared bool `json:"shared"`

	Closed bool `json:"closed"`
}

// Done returns the channel that the context's method Done returns; it makes it if nobody
// has asked for it before. Errors are those of [Tree.Err].
func (t *Tree) Done(n Node) (Done, error) {
	if t.slow() {
		if err := t.before(Op{Verb: DoneVerb, Node: n}); err != nil {
			return Done{}, err
		}
	}
	if err := t.readable(n); err != nil {
		return Done{}, err
	}
	owner := t.cold[n].doneOf
	switch {
	case owner == nowhere:
		return Done{}, NilDereference
	case owner == 0:
		return Done{}, nil
	}
	t.askDone(owner)
	state := t.hot[owner].done
	return Done{Of: owner, Shared: state == shared, Closed: state >= closed}, nil
}

// askDone makes a node's Done channel, if it has one and it is not there.
func (t *Tree) askDone(owner Node) {
	if t.hot[owner].done == unmade {
		t.hot[owner].done = open
		if t.trace != nil {
			t.tell(DoneMade, "lazy-done", owner, Nil)
		}
	}
}

// Deadline returns the context's deadline, counted from the start, and whether it has
// one. Errors are those of [Tree.Err].
func (t *Tree) Deadline(n Node) (d time.Duration, ok bool, err error) {
	if err := t.readable(n); err != nil {
		return 0, false, err
	}
	m, ok, err := t.deadline(n)
	return m.at, ok, err
}

func (t *Tree) deadline(n Node) (m moment, ok bool, err error) {
	owner := t.cold[n].deadOf
	switch {
	case owner == nowhere:
		return moment{}, false, NilDereference
	case owner == 0:
		return moment{}, false, nil
	case t.hot[owner].form == customForm:
		return moment{at: t.custom(owner).At}, true, nil
	}
	return t.timer(owner).when, true, nil
}

// readable reports why nothing can be read of a node.
func (t *Tree) readable(n Node) error {
	switch {
	case t.refuses == errBusy:
		return errBusy
	case !t.has(n):
		return t.notContext(n)
	}
	return nil
}
