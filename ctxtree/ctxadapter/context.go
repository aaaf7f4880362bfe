package ctxadapter

import (
	"context"
	"sync"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// A Context is a node as a context.Context. Get one from [Adapter.Background] and the
// methods that derive one; the zero Context is the Background of an Adapter of its own.
// Where functions of package context panic, the methods do, too, with an error of the
// same text; they also panic if the tree is full.
type Context struct {
	once sync.Once // of the zero Context
	a    *Adapter
	n    ctxtree.Node
}

var _ context.Context = (*Context)(nil)

// must panics with an error of the tree: a method of a context has no place for it.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// lock takes the adapter's lock.
func (c *Context) lock() func() {
	c.once.Do(func() {
		if c.a == nil {
			c.a, c.n = new(Adapter), ctxtree.Background
		}
	})
	return c.a.lock()
}

// Node returns the context's number in the tree.
func (c *Context) Node() ctxtree.Node {
	defer c.lock()()
	return c.n
}

// Deadline implements [context.Context], on the tree's clock.
func (c *Context) Deadline() (time.Time, bool) {
	defer c.lock()()
	d, ok, err := c.a.tree.Deadline(c.n)
	if must(ok, err) {
		return c.a.start.Add(d), true
	}
	return time.Time{}, false
}

// Done implements [context.Context].
func (c *Context) Done() <-chan struct{} {
	defer c.lock()()
	d := must(c.a.tree.Done(c.n))
	switch {
	case d.Of == 0:
		return nil
	case d.Shared:
		return closed
	}
	// A context that is closed and not shared was asked before, by the tree if not
	// by the caller.
	if c.a.done[d.Of] == nil {
		ch := make(chan struct{})
		if d.Closed {
			close(ch)
		}
		c.a.done[d.Of] = ch
	}
	return c.a.done[d.Of]
}

// Err implements [context.Context].
func (c *Context) Err() error {
	defer c.lock()()
	return c.a.error(must(c.a.tree.Err(c.n)))
}

// Value implements [context.Context]. It panics if it has to compare two keys that cannot
// be compared.
func (c *Context) Value(key any) any {
	defer c.lock()()
	return must(c.a.tree.Value(c.n, key)).Value
}

// Cause returns what [context.Cause] would return if it knew the tree.
func (c *Context) Cause() error {
	defer c.lock()()
	return c.a.error(must(c.a.tree.Cause(c.n)))
}

// String returns what fmt prints for a context of package context.
func (c *Context) String() string {
	defer c.lock()()
	return must(c.a.tree.Name(c.n))
}

// AfterFunc is [context.AfterFunc], and the method that [context.AfterFunc] calls if its
// context has it.
func (c *Context) AfterFunc(f func()) (stop func() bool) {
	defer c.lock()()
	n := must(c.a.tree.AfterFunc(c.n))
	c.a.funcs[n] = f
	must(0, c.a.tree.Settle())
	return func() bool {
		defer c.lock()()
		o := must(c.a.tree.Stop(n))
		if o.What == ctxtree.DidStop {
			delete(c.a.funcs, n)
		}
		return o.What == ctxtree.DidStop
	}
}

// derive makes a context and its CancelFunc.
func (c *Context) derive(make func(*ctxtree.Tree) (ctxtree.Node, error)) (*Context, context.CancelFunc) {
	defer c.lock()()
	n := must(make(c.a.tree))
	must(0, c.a.tree.Settle())
	return &Context{a: c.a, n: n}, func() {
		defer c.lock()()
		must(c.a.tree.Cancel(n))
		must(0, c.a.tree.Settle())
	}
}

// WithCancel is [context.WithCancel].
func (c *Context) WithCancel() (*Context, context.CancelFunc) {
	return c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) { return t.WithCancel(c.n) })
}

// WithCancelCause is [context.WithCancelCause].
func (c *Context) WithCancelCause() (*Context, context.CancelCauseFunc) {
	ctx, _ := c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) { return t.WithCancelCause(c.n) })
	return ctx, func(cause error) {
		defer c.lock()()
		must(c.a.tree.CancelCause(ctx.n, c.a.reason(cause)))
		must(0, c.a.tree.Settle())
	}
}

// WithTimeout is [context.WithTimeout], on the tree's clock.
func (c *Context) WithTimeout(d time.Duration) (*Context, context.CancelFunc) {
	return c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) { return t.WithTimeout(c.n, d) })
}

// WithTimeoutCause is [context.WithTimeoutCause], on the tree's clock.
func (c *Context) WithTimeoutCause(d time.Duration, cause error) (*Context, context.CancelFunc) {
	return c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) { return t.WithTimeoutCause(c.n, d, c.a.reason(cause)) })
}

// WithDeadline is [context.WithDeadline], on the tree's clock. A time more than 292 years
// from the start counts as 292 years.
func (c *Context) WithDeadline(d time.Time) (*Context, context.CancelFunc) {
	return c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) { return t.WithDeadline(c.n, d.Sub(c.a.start)) })
}

// WithDeadlineCause is [context.WithDeadlineCause], on the tree's clock, like
// [Context.WithDeadline].
func (c *Context) WithDeadlineCause(d time.Time, cause error) (*Context, context.CancelFunc) {
	return c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) {
		return t.WithDeadlineCause(c.n, d.Sub(c.a.start), c.a.reason(cause))
	})
}

// WithValue is [context.WithValue]. It panics if the key is nil or its type is not
// comparable.
func (c *Context) WithValue(key, val any) *Context {
	ctx, _ := c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) { return t.WithValue(c.n, key, val) })
	return ctx
}

// WithoutCancel is [context.WithoutCancel].
func (c *Context) WithoutCancel() *Context {
	ctx, _ := c.derive(func(t *ctxtree.Tree) (ctxtree.Node, error) { return t.WithoutCancel(c.n) })
	return ctx
}
