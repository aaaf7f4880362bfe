package ctxtree

import (
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/crash"
)

// A G is the number of a goroutine that the tree has started: 1, 2, 3 and so on.
type G int32

// A Task is the task of a goroutine of the tree.
type Task string

// The tasks.
const (
	Watch  Task = "watcher"   // of propagateCancel: waits for a parent of another package
	Notify Task = "notify"    // of the AfterFunc method of another package: cancels a child
	Call   Task = "call"      // of AfterFunc: calls the function
	Expire Task = "timerfunc" // of a timer that has fired: cancels its context
)

// goroutine is one of them.
type goroutine struct {
	task   Task
	node   Node // that it cancels or calls
	parent Node // of Watch and Notify
	status status
}

type status uint8

const (
	runnable status = iota
	waiting
	exited
)

var statuses = [...]string{"runnable", "waiting", "exited"}

// start adds a goroutine, which is ready.
func (t *Tree) start(g goroutine) {
	id := G(len(t.gs))
	t.gs = append(t.gs, g)
	t.ready = append(t.ready, id)
	if t.trace != nil {
		t.event(Event{Kind: Started, Rule: rule[g.task], Node: g.node, Of: g.parent, G: id})
	}
}

// rule is the row of fidelity.md for a task.
var rule = map[Task]string{Watch: "watcher", Notify: "after-func-method", Call: "after-func", Expire: "timer"}

// wake readies the goroutines that wait for a node's Done, which is closed.
func (t *Tree) wake(n Node) {
	t.hot[n].watched = false
	for _, id := range t.watchers[n] {
		if t.gs[id].status != waiting {
			continue // its other channel was closed before
		}
		t.gs[id].status = runnable
		t.ready = append(t.ready, id)
		if t.trace != nil {
			t.event(Event{Kind: Readied, Rule: "watcher", Node: n, G: id})
		}
	}
	delete(t.watchers, n)
}

// watch has a goroutine wait for a node's Done.
func (t *Tree) watch(n Node, id G) {
	if t.watchers == nil {
		t.watchers = map[Node][]G{}
	}
	list := t.watchers[n]
	if len(list) == cap(list) {
		// Before it grows, those go that do not wait any more.
		list = slices.DeleteFunc(list, func(g G) bool { return t.gs[g].status != waiting })
	}
	t.watchers[n] = append(list, id)
	t.hot[n].watched = true
}

// Ready returns the goroutines that can run, in the order in which they became
// ready. The slice is the caller's own.
func (t *Tree) Ready() []G {
	return append([]G{}, t.ready[t.head:]...)
}

// Run lets a goroutine that is ready run until it ends or waits. It returns an
// error if it is not ready, and the panic ([MissingErr]) that ends the program if
// the goroutine panics.
func (t *Tree) Run(g G) (Outcome, error) {
	if t.slow() {
		if err := t.before(Op{Verb: RunVerb, G: g}); err != nil {
			return Outcome{}, err
		}
	}
	switch {
	case g < 1 || int(g) >= len(t.gs):
		return Outcome{}, fmt.Errorf("ctxtree: goroutine %d out of range [1,%d]", g, len(t.gs)-1)
	case t.gs[g].status != runnable:
		return Outcome{}, fmt.Errorf("ctxtree: goroutine %d is %s, not %s", g, statuses[t.gs[g].status], statuses[runnable])
	}
	t.unready(t.head + slices.Index(t.ready[t.head:], g))
	return t.run(g)
}

func (t *Tree) run(id G) (o Outcome, err error) {
	g := &t.gs[id]
	if t.trace != nil {
		t.event(Event{Kind: Runs, Rule: rule[g.task], Node: g.node, Of: g.parent, G: id})
	}
	o.What = DidRun
	switch g.task {
	case Watch:
		parent, child := t.cold[g.parent].doneOf, g.node
		t.askDone(parent)
		t.askDone(child)
		over := t.hot[parent].done >= closed
		switch {
		case !over && t.hot[child].done < closed:
			g.status = waiting
			t.watch(parent, id)
			t.watch(child, id)
			if t.trace != nil {
				t.event(Event{Kind: Waits, Rule: "watcher", Node: child, Of: parent, G: id})
			}
			return Outcome{What: DoesWait}, nil
		case over && (t.hot[child].done < closed || t.pick(2) == 0):
			o.Canceled, err = t.inherit(child, g.parent)
		}
	case Notify:
		o.Canceled, err = t.inherit(g.node, g.parent)
	case Call:
		t.funcs[t.cold[g.node].data] = FuncCalled
		if t.trace != nil {
			t.event(Event{Kind: Called, Rule: "after-func", Node: g.node, G: id})
		}
	case Expire:
		o.Canceled = t.cancel(g.node, true, t.endOfDeadline(t.timer(g.node).cause))
	}
	g = &t.gs[id] // there may be more of them now
	g.status = exited
	if err != nil {
		t.dies(id, err)
		return Outcome{}, err
	}
	if t.trace != nil {
		t.event(Event{Kind: Exited, Rule: rule[g.task], Node: g.node, G: id})
	}
	return o, nil
}

// dies ends the program: a goroutine has panicked.
func (t *Tree) dies(id G, err error) {
	if t.trace != nil {
		if e, ok := err.(*crash.Error); ok {
			t.event(Event{Kind: Panicked, Rule: "missing-err", Err: Reason(e.Text), G: id})
		}
	}
	t.refuses, t.crashed = err, true
}

// runReady runs one goroutine that is ready, if there is one: the first, or which
// Choose says.
func (t *Tree) runReady() (ran bool, err error) {
	n := len(t.ready) - t.head
	if n == 0 {
		return false, nil
	}
	i := t.head
	if t.choose != nil {
		// The one that is chosen changes places with the first.
		i += t.pick(n)
		t.ready[t.head], t.ready[i] = t.ready[i], t.ready[t.head]
		i = t.head
	}
	g := t.ready[i]
	t.unready(i)
	_, err = t.run(g)
	return true, err
}

// unready takes a goroutine from those that are ready.
func (t *Tree) unready(i int) {
	if i == t.head {
		t.head++
	} else {
		t.ready = slices.Delete(t.ready, i, i+1)
	}
	if t.head == len(t.ready) {
		t.ready, t.head = t.ready[:0], 0
	}
}
