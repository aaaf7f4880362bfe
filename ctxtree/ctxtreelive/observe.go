package ctxtreelive

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// Seen is all that can be seen of a context without changing it.
type Seen struct {
	Err, Cause  ctxtree.Reason
	Deadline    time.Duration
	HasDeadline bool
	Values      [len(Keys)]any // by key, as in Keys
	Name        string
	Func        ctxtree.FuncState // state of an AfterFunc, which has nothing else to see
	Done        ctxtree.Done      // if it was asked for
}

// Seen returns what can be seen of a node. With done it asks for the Done channel, which
// may create it.
func (l *Live) Seen(n ctxtree.Node, done bool) Seen {
	k := &l.nodes[n]
	if k.ctx == nil {
		return Seen{Func: k.state()}
	}
	s := Seen{Err: l.reason(k.ctx.Err()), Cause: l.reason(context.Cause(k.ctx)), Name: l.name(k.ctx)}
	if d, ok := k.ctx.Deadline(); ok {
		s.HasDeadline, s.Deadline = true, d.Sub(l.start)
	}
	for i, key := range Keys {
		s.Values[i] = k.ctx.Value(key)
	}
	if done {
		s.Done = l.done(k.ctx, n)
	}
	return s
}

// state returns the state of the function: one that has started counts as called once
// all goroutines have settled.
func (k *node) state() ctxtree.FuncState {
	switch {
	case k.called.Load():
		return ctxtree.FuncCalled
	case k.unused:
		return ctxtree.FuncUnused
	}
	return ctxtree.FuncWaiting
}

// done identifies a Done channel by the first node that returns it.
func (l *Live) done(ctx context.Context, n ctxtree.Node) ctxtree.Done {
	c := ctx.Done()
	var d ctxtree.Done
	if c == nil {
		return d
	}
	select {
	case <-c:
		d.Closed = true
	default:
	}
	if c == l.shared {
		d.Shared = true
		return d
	}
	for d.Of = 1; d.Of < n; d.Of++ {
		if k := &l.nodes[d.Of]; k.ctx != nil && k.ctx.Done() == c {
			break
		}
	}
	return d
}

// name returns what fmt prints, with dates in UTC and without monotonic clock readings.
func (l *Live) name(ctx context.Context) string {
	s, ok := ctx.(fmt.Stringer)
	if !ok {
		return fmt.Sprintf("%T", ctx)
	}
	const begin = ".WithDeadline("
	name := ""
	for rest := s.String(); ; {
		before, after, ok := strings.Cut(rest, begin)
		if !ok {
			return name + rest
		}
		date, left, _ := strings.Cut(after, " [")
		date, _, _ = strings.Cut(date, " m=")
		if t, err := time.Parse("2006-01-02 15:04:05.999999999 -0700 MST", date); err == nil {
			date = t.UTC().String()
		}
		name += before + begin + date + " ["
		rest = left
	}
}

// Model returns the same properties of a node of a tree.
func Model(t *ctxtree.Tree, n ctxtree.Node, done bool) (s Seen, err error) {
	if s.Func, err = t.Func(n); err == nil {
		return s, nil
	}
	if s.Err, err = t.Err(n); err != nil {
		return s, err
	}
	if s.Cause, err = t.Cause(n); err != nil {
		return s, err
	}
	if s.Deadline, s.HasDeadline, err = t.Deadline(n); err != nil {
		return s, err
	}
	if s.Name, err = t.Name(n); err != nil {
		return s, err
	}
	for i, key := range Keys {
		l, err := t.Value(n, key)
		if err != nil {
			return s, err
		}
		s.Values[i] = l.Value
	}
	if done {
		s.Done, err = t.Done(n)
		if s.Done.Shared {
			s.Done.Of = 0 // closedchan belongs to all nodes
		}
	}
	return s, err
}
