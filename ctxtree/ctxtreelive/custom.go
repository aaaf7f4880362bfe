package ctxtreelive

import (
	"context"
	"sync"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// custom is a context of a package other than context. It has its own Done, Err, Value
// and Deadline or inherits them, as its Custom says.
type custom struct {
	context.Context
	is    ctxtree.Custom
	at    time.Time
	mu    sync.Mutex
	done  chan struct{}
	ended bool
	err   error
	calls map[*func()]bool
}

// withAfterFunc also has the method AfterFunc.
type withAfterFunc struct{ *custom }

func (l *Live) newCustom(parent context.Context, c ctxtree.Custom) (context.Context, *custom) {
	k := &custom{Context: parent, is: c, at: l.start.Add(c.At), done: make(chan struct{}), calls: map[*func()]bool{}}
	if c.AfterFunc {
		return withAfterFunc{k}, k
	}
	return k, k
}

func (c *custom) Done() <-chan struct{} {
	switch c.is.Done {
	case ctxtree.Own:
		return c.done
	case ctxtree.None:
		return nil
	}
	return c.Context.Done()
}

func (c *custom) Err() error {
	switch c.is.Err {
	case ctxtree.Own:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.err
	case ctxtree.None:
		return nil
	}
	return c.Context.Err()
}

func (c *custom) Value(key any) any {
	if c.is.Value == ctxtree.None {
		return nil
	}
	return c.Context.Value(key)
}

func (c *custom) Deadline() (time.Time, bool) {
	switch c.is.Deadline {
	case ctxtree.Own:
		return c.at, true
	case ctxtree.None:
		return time.Time{}, false
	}
	return c.Context.Deadline()
}

// AfterFunc registers a function, as context.AfterFunc expects.
func (c withAfterFunc) AfterFunc(f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		go f()
		return func() bool { return false }
	}
	key := &f
	c.calls[key] = true
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		was := c.calls[key]
		delete(c.calls, key)
		return was
	}
}

// finish ends the context, and reports whether this call did.
func (c *custom) finish(err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.ended, c.err = true, err
	if c.is.Done == ctxtree.Own {
		close(c.done)
	}
	for f := range c.calls {
		go (*f)()
	}
	clear(c.calls)
	return true
}
