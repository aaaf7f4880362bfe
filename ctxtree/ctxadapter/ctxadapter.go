// Package ctxadapter makes context.Contexts of a tree of package ctxtree, for tests
// that decide when a deadline passes:
//
//	a, err := ctxadapter.New(ctxtree.Config{})
//	ctx, cancel := a.Background().WithTimeout(2 * time.Second)
//	go serve(ctx)             // code under test, which takes a context.Context
//	a.Advance(2 * time.Second) // and now it is too late
//
// The clock stands still but for [Adapter.Advance]. It begins at Config.Start; code
// that compares a deadline with time.Now wants that to be the time of day, or to be
// in a bubble of testing/synctest, whose clock begins where a tree's does.
//
// What package context makes from a [Context] hangs on it by its method AfterFunc,
// without a goroutine, and is canceled a little after it. Timers that package context
// makes are real ones.
//
// # Concurrent use
//
// Everything may be used by several goroutines at once.
package ctxadapter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// An Adapter is a tree whose nodes are contexts. Get one from [New]: a method of the
// zero Adapter panics with an error that says so.
type Adapter struct {
	mu    sync.Mutex
	tree  *ctxtree.Tree
	start time.Time
	done  map[ctxtree.Node]chan struct{} // of the nodes that have one
	funcs map[ctxtree.Node]func()        // of AfterFunc
	errs  map[ctxtree.Reason]error       // causes, as they were given
	calls []func()                       // to be started
}

// closed is the channel of contexts that nobody asked before they were canceled.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// New makes an adapter of a new tree. Trace, if it is set, is called with the
// adapter's lock held, and must not use it. It returns the errors of [ctxtree.New],
// and an error if the release has no AfterFunc, which came with Go 1.21.
func New(c ctxtree.Config) (*Adapter, error) {
	a := &Adapter{
		start: c.Start,
		done:  map[ctxtree.Node]chan struct{}{},
		funcs: map[ctxtree.Node]func(){},
		errs:  map[ctxtree.Reason]error{ctxtree.Canceled: context.Canceled, ctxtree.DeadlineExceeded: context.DeadlineExceeded},
	}
	if a.start.IsZero() {
		a.start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	trace := c.Trace
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
		if trace != nil {
			trace(e)
		}
	}
	var err error
	if a.tree, err = ctxtree.New(c); err != nil {
		return nil, err
	}
	if n, err := a.tree.AfterFunc(ctxtree.Background); err != nil {
		return nil, fmt.Errorf("ctxadapter: %w", err)
	} else if _, err := a.tree.Stop(n); err != nil {
		return nil, err
	}
	return a, nil
}

// errNew is what the zero Adapter and the zero Context panic with.
var errNew = errors.New("ctxadapter: the zero Adapter has no tree: use New")

// lock takes the lock; the result lets go of it, and starts the functions that are
// to be called.
func (a *Adapter) lock() func() {
	if a == nil || a.tree == nil {
		panic(errNew)
	}
	a.mu.Lock()
	return func() {
		calls := a.calls
		a.calls = nil
		a.mu.Unlock()
		for _, f := range calls {
			go f()
		}
	}
}

// Background returns the context that [context.Background] would be.
func (a *Adapter) Background() *Context { return &Context{a, ctxtree.Background} }

// TODO returns the context that [context.TODO] would be.
func (a *Adapter) TODO() *Context { return &Context{a, ctxtree.TODO} }

// Advance lets time pass. When it returns, the contexts are canceled whose deadlines
// lie in it, and goroutines were started for what AfterFunc was given. It returns an
// error if d is negative or the clock would go beyond 292 years.
func (a *Adapter) Advance(d time.Duration) error {
	defer a.lock()()
	return a.tree.Advance(d)
}

// Next reports how long it is to the next deadline, and whether there is one.
func (a *Adapter) Next() (time.Duration, bool) {
	defer a.lock()()
	at, ok := a.tree.Next()
	return at - a.tree.Now(), ok
}

// Now reports the time of day on the tree's clock.
func (a *Adapter) Now() time.Time {
	defer a.lock()()
	return a.start.Add(a.tree.Now())
}

// Snapshot reports the state of the tree.
func (a *Adapter) Snapshot() ctxtree.Snapshot {
	defer a.lock()()
	return a.tree.Snapshot()
}

// reason is a cause as a tree has it. A tree tells causes apart by their texts, so
// of different errors with the same text, the later ones are told apart by a number
// that nobody sees.
func (a *Adapter) reason(err error) ctxtree.Reason {
	if err == nil {
		return ""
	}
	r := ctxtree.Reason(err.Error())
	for i := 1; ; i++ {
		if known, ok := a.errs[r]; !ok && r != "" {
			a.errs[r] = err
			return r
		} else if ok && same(known, err) {
			return r
		}
		r = ctxtree.Reason(fmt.Sprintf("%s #%d", err, i))
	}
}

// same reports whether two errors are one. Those that cannot be compared are not.
func same(a, b error) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return a == b
}

// error is the error of a reason.
func (a *Adapter) error(r ctxtree.Reason) error {
	if r == "" {
		return nil
	}
	return a.errs[r]
}
