//go:build go1.7
// +build go1.7

package main

import (
	"context"
	"time"
)

// A ctx is a context.Context and its cancel function.
type ctx struct {
	c      context.Context
	cancel func()
	due    time.Time
}

func (c *ctx) done() <-chan struct{} { return c.c.Done() }

func (c *ctx) end() {
	if c.cancel != nil {
		c.cancel()
	}
}

func (c *compiler) context(name string) func(f *frame) *ctx {
	base, at := c.index(name)
	list := c.p.contexts[base]
	return func(f *frame) *ctx { return list[at(f)] }
}

// parent returns the context of that name, or else the background.
func (c *compiler) parent(name string) func(f *frame) context.Context {
	if name == "" {
		return func(*frame) context.Context { return context.Background() }
	}
	of := c.context(name)
	return func(f *frame) context.Context { return of(f).c }
}

func init() {
	verbs["withcancel"] = func(c *compiler, x *op) func(*frame) entry {
		of, parent := c.context(x.On), c.parent(x.Of)
		return func(f *frame) entry {
			k := of(f)
			k.c, k.cancel = context.WithCancel(parent(f))
			return did
		}
	}
	verbs["withtimeout"] = func(c *compiler, x *op) func(*frame) entry {
		of, parent, d := c.context(x.On), c.parent(x.Of), c.duration(x.Var, x.D)
		return func(f *frame) entry {
			k := of(f)
			k.due = time.Now().Add(d(f))
			k.c, k.cancel = context.WithTimeout(parent(f), d(f))
			return did
		}
	}
	verbs["cancel"] = func(c *compiler, x *op) func(*frame) entry {
		of := c.context(x.On)
		return func(f *frame) entry { of(f).cancel(); return did }
	}
	verbs["ctxerr"] = func(c *compiler, x *op) func(*frame) entry {
		of := c.context(x.On)
		return tells(x, func(f *frame) int64 {
			switch of(f).c.Err() {
			case context.Canceled:
				return 1
			case context.DeadlineExceeded:
				return 2
			}
			return 0
		})
	}
}
