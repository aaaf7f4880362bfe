// Package ctxadapter makes context.Contexts of a tree of package ctxtree, for tests
// that decide when a deadline passes:
//
//	a, err := ctxadapter.New(ctxtree.Config{})
//	ctx, cancel := a.Background().WithTimeout(2 * time.Second)
//	go serve(ctx)             // code under test, which takes a context.Context
//	a.Advance(2 * time.Second) // and now it is too late
//
// Only [Adapter.Advance] moves the clock, which begins at Config.Start. For code that
// compares a deadline with time.Now, set that to the time of day, or run the test in a
// bubble of testing/synctest, whose clock begins where a tree's does.
//
// A context that package context derives from a [Context] registers with it through its
// method AfterFunc, without a goroutine, and is canceled a little after it. Timers that
// package context makes are real ones.
//
// # Concurrent use
//
// Adapters and Contexts may be used by several goroutines at once.
package ctxadapter

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// An Adapter is a tree whose nodes are contexts. The zero Adapter has a tree of the zero
// [ctxtree.Config]; [New] makes one with another.
type Adapter struct {
	mu    sync.Mutex
	tree  *ctxtree.Tree
	start time.Time
	done  map[ctxtree.Node]chan struct{} // of the nodes that have one
	funcs map[ctxtree.Node]func()        // of AfterFunc
	calls []func()                       // to be started

	// Causes, as they were given: a tree tells them apart by their texts alone.
	errs    map[ctxtree.Reason]error
	reasons map[error]ctxtree.Reason
	texts   map[string]int // how many errors have had a text

	trace  func(ctxtree.Event)
	events []ctxtree.Event // to be told
}

// closed is the channel of contexts that nobody asked before they were canceled.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// New makes an adapter of a new tree. Trace, if it is set, is called after the operation
// whose steps it gets, by its goroutine, and may use the adapter; Event.Seq is the order
// of the steps. Choose is not used. New returns the errors of [ctxtree.New], and an error
// if the release has no AfterFunc, which came with Go 1.21.
func New(c ctxtree.Config) (*Adapter, error) {
	a := new(Adapter)
	if err := a.begin(c); err != nil {
		return nil, err
	}
	return a, nil
}

// begin makes the tree.
func (a *Adapter) begin(c ctxtree.Config) error {
	a.trace, c.Choose = c.Trace, nil
	c.Trace = func(e ctxtree.Event) {
		switch e.Kind {
		case ctxtree.Closed:
			if d := a.done[e.Node]; d != nil {
				close(d)
			}
		case ctxtree.Called:
			a.calls = append(a.calls, a.funcs[e.Node])
			delete(a.funcs, e.Node)
		}
		if a.trace != nil {
			a.events = append(a.events, e)
		}
	}
	if a.start = c.Start; a.start.IsZero() {
		a.start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	tree, err := ctxtree.New(c)
	if err != nil {
		return err
	}
	n, err := tree.AfterFunc(ctxtree.Background)
	if err == nil {
		_, err = tree.Stop(n)
	}
	if err != nil {
		return fmt.Errorf("ctxadapter: %w", err)
	}
	tree.Reset()
	a.events = nil
	a.tree = tree
	a.done, a.funcs = map[ctxtree.Node]chan struct{}{}, map[ctxtree.Node]func(){}
	a.errs = map[ctxtree.Reason]error{ctxtree.Canceled: context.Canceled, ctxtree.DeadlineExceeded: context.DeadlineExceeded}
	a.reasons = map[error]ctxtree.Reason{context.Canceled: ctxtree.Canceled, context.DeadlineExceeded: ctxtree.DeadlineExceeded}
	a.texts = map[string]int{}
	return nil
}

// lock takes the lock; the result lets go of it, starts the functions that are to be
// called, and tells the events.
func (a *Adapter) lock() func() {
	a.mu.Lock()
	if a.tree == nil {
		if err := a.begin(ctxtree.Config{}); err != nil {
			panic(err) // the zero Config is a good one
		}
	}
	return func() {
		calls, events, trace := a.calls, a.events, a.trace
		a.calls, a.events = nil, nil
		a.mu.Unlock()
		for _, f := range calls {
			if f != nil {
				go f()
			}
		}
		for _, e := range events {
			trace(e)
		}
	}
}

// Background returns the context that [context.Background] would be.
func (a *Adapter) Background() *Context { return &Context{a: a, n: ctxtree.Background} }

// TODO returns the context that [context.TODO] would be.
func (a *Adapter) TODO() *Context { return &Context{a: a, n: ctxtree.TODO} }

// Advance lets time pass. When it returns, all contexts whose deadlines have passed are
// canceled, and a goroutine was started for each of their functions given to AfterFunc.
// It returns an error if d is negative or the clock would go beyond 292 years.
func (a *Adapter) Advance(d time.Duration) error {
	defer a.lock()()
	return a.tree.Advance(d)
}

// Next returns the time to the next deadline, and whether there is one.
func (a *Adapter) Next() (time.Duration, bool) {
	defer a.lock()()
	at, ok := a.tree.Next()
	return at - a.tree.Now(), ok
}

// Now returns the time of day on the tree's clock.
func (a *Adapter) Now() time.Time {
	defer a.lock()()
	return a.start.Add(a.tree.Now())
}

// Snapshot returns the state of the tree.
func (a *Adapter) Snapshot() ctxtree.Snapshot {
	defer a.lock()()
	return a.tree.Snapshot()
}

// reason is a cause as a tree has it. Of different errors with the same text, the
// later ones are distinguished by a number that is not shown.
func (a *Adapter) reason(err error) ctxtree.Reason {
	if err == nil {
		return ""
	}
	if r, ok := a.known(err); ok {
		return r
	}
	text := err.Error()
	r := ctxtree.Reason(text)
	for _, taken := a.errs[r]; taken || r == ""; _, taken = a.errs[r] {
		a.texts[text]++
		r = ctxtree.Reason(fmt.Sprintf("%s #%d", text, a.texts[text]))
	}
	a.errs[r] = err
	a.keep(err, r)
	return r
}

// known finds an error that was given before. One that cannot be compared never was.
func (a *Adapter) known(err error) (r ctxtree.Reason, ok bool) {
	defer func() { _ = recover() }()
	r, ok = a.reasons[err]
	return r, ok
}

func (a *Adapter) keep(err error, r ctxtree.Reason) {
	defer func() { _ = recover() }()
	a.reasons[err] = r
}

// error returns the error of a reason.
func (a *Adapter) error(r ctxtree.Reason) error {
	if r == "" {
		return nil
	}
	return a.errs[r]
}
