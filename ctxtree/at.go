package ctxtree

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/orrery-go/orrery/internal/choice"
)

// Clone returns a tree in the same state, without the Trace, the Choose and the record.
func (t *Tree) Clone() *Tree {
	c := *t
	c.choose, c.trace = nil, nil
	c.config.Choose, c.config.Trace, c.config.Record = nil, nil, false
	c.hot, c.cold = slices.Clone(t.hot), slices.Clone(t.cold)
	c.values, c.timers, c.funcs = slices.Clone(t.values), slices.Clone(t.timers), slices.Clone(t.funcs)
	c.customs = slices.Clone(t.customs)
	for i := range c.customs {
		c.customs[i].calls = slices.Clone(c.customs[i].calls)
	}
	c.ends, c.endOf = slices.Clone(t.ends), maps.Clone(t.endOf)
	c.gs, c.ready, c.heap = slices.Clone(t.gs), slices.Clone(t.ready), slices.Clone(t.heap)
	c.watchers = maps.Clone(t.watchers)
	for n, list := range c.watchers {
		c.watchers[n] = slices.Clone(list)
	}
	c.log, c.draws, c.scratch = nil, nil, nil
	return &c
}

// Record returns the operations so far, if the tree was made with Config.Record.
func (t *Tree) Record() []Op { return slices.Clone(t.log) }

// At returns the state after event n, which may lie in the middle of an operation, and
// for 0 the state in the beginning: it performs the recorded operations again, up to
// there. It returns an error if the tree was made without Config.Record, or there was no
// such event.
func (t *Tree) At(n uint64) (Snapshot, error) {
	if !t.config.Record {
		return Snapshot{}, fmt.Errorf("ctxtree: At needs Config.Record")
	}
	if t.refuses == errBusy {
		return Snapshot{}, errBusy
	}
	c := t.config
	c.Record = false
	if c.Choose != nil {
		c.Choose = choice.Again(t.draws)
	}
	var again *Tree
	var at *Snapshot
	c.Trace = func(e Event) {
		if e.Seq == n {
			s := again.Snapshot()
			at = &s
		}
	}
	again, err := New(c)
	if err != nil {
		return Snapshot{}, err
	}
	if n == 0 {
		return again.Snapshot(), nil
	}
	for _, op := range t.log {
		// What failed, failed then, too.
		if _, _ = again.Do(op); at != nil {
			return *at, nil
		}
	}
	return Snapshot{}, fmt.Errorf("ctxtree: event %d out of range [0,%d]", n, again.seq)
}

// Commute reports whether it makes no difference which of two operations comes first, and
// whether goroutines run between them: it performs them in each of these ways on copies
// of the tree, lets all goroutines run, and compares the contexts' states and the results
// of Stop. It returns an error if one of the operations fails.
func (t *Tree) Commute(a, b Op) (bool, error) {
	if t.refuses != nil {
		return false, t.refuses
	}
	if len(t.hot) == 0 {
		return false, errUseNew
	}
	var ways []both
	for _, ops := range [][2]Op{{a, b}, {b, a}} {
		for _, settle := range []bool{false, true} {
			w, err := t.inOrder(ops, settle)
			if err != nil {
				return false, err
			}
			ways = append(ways, w)
		}
	}
	return ways[0].same(ways[1], false) && ways[0].same(ways[2], true) && ways[0].same(ways[3], true), nil
}

// both is the result of two operations.
type both struct {
	nodes []NodeState
	made  [2]Node
	what  [2]What // of Stop
}

// inOrder does two operations, and lets goroutines run at the end, or after each.
func (t *Tree) inOrder(ops [2]Op, settle bool) (both, error) {
	c := t.Clone()
	var out both
	for i, op := range ops {
		o, err := c.Do(op)
		if err != nil {
			return out, err
		}
		out.made[i] = o.Node
		if op.Verb == StopVerb {
			out.what[i] = o.What
		}
		if settle || i == 1 {
			if err := c.Settle(); err != nil {
				return out, err
			}
		}
	}
	out.nodes = c.Snapshot().Nodes
	return out, nil
}

// same compares with the same operations in the same or the other order. What the
// two have made has its number from the order.
func (w both) same(o both, swapped bool) bool {
	if swapped {
		o.made[0], o.made[1] = o.made[1], o.made[0]
		o.what[0], o.what[1] = o.what[1], o.what[0]
	}
	if w.what != o.what || len(w.nodes) != len(o.nodes) {
		return false
	}
	rename := func(n Node) Node {
		for i, m := range w.made {
			if m == n && m != 0 {
				return o.made[i]
			}
		}
		return n
	}
	for _, n := range w.nodes {
		m := o.nodes[rename(n.Node)-1]
		kids := []Node{}
		for _, k := range n.Children {
			kids = append(kids, rename(k))
		}
		n.Node, n.Parent, n.DoneOf = rename(n.Node), rename(n.Parent), rename(n.DoneOf)
		mine, its := slices.Sorted(slices.Values(kids)), slices.Sorted(slices.Values(m.Children))
		n.Children, m.Children, n.Custom, m.Custom = nil, nil, nil, nil
		n.Calls, m.Calls = n.Calls[:0], m.Calls[:0] // what hangs on them is said by its Err
		if !slices.Equal(mine, its) || !reflect.DeepEqual(n, m) {
			return false
		}
	}
	return true
}
