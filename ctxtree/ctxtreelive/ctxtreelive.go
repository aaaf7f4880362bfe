// Package ctxtreelive performs on real contexts the operations that package ctxtree
// predicts.
package ctxtreelive

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/ctxtree"
)

// A Live performs operations on contexts of the running Go. It is used in a bubble of
// testing/synctest, where time is as virtual as a tree's.
type Live struct {
	start  time.Time
	nodes  []node // by ctxtree.Node
	errs   map[ctxtree.Reason]error
	shared <-chan struct{} // closedchan
}

// A node is the real context or function of a node of the tree.
type node struct {
	ctx    context.Context // nil for an AfterFunc
	cancel context.CancelFunc
	cause  context.CancelCauseFunc
	stop   func() bool
	custom *custom
	called *atomic.Bool
	unused bool // its stop function has returned true
}

// New returns a Live whose clock begins now.
func New() *Live {
	l := &Live{start: time.Now(), errs: map[ctxtree.Reason]error{
		ctxtree.Canceled: context.Canceled, ctxtree.DeadlineExceeded: context.DeadlineExceeded,
	}}
	l.nodes = []node{{}, {ctx: context.Background()}, {ctx: context.TODO()}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l.shared = ctx.Done()
	return l
}

// error returns the error value of a reason, the same one each time.
func (l *Live) error(r ctxtree.Reason) error {
	if r == "" {
		return nil
	}
	if l.errs[r] == nil {
		l.errs[r] = errors.New(string(r))
	}
	return l.errs[r]
}

// reason returns the reason of an error value.
func (l *Live) reason(err error) ctxtree.Reason {
	if err == nil {
		return ""
	}
	if r := ctxtree.Reason(err.Error()); l.errs[r] == err {
		return r
	}
	return ctxtree.Reason("another error: " + err.Error())
}

// Do performs an operation as [ctxtree.Tree.Do] does, except for those that only the
// model has. It returns a panic as a [*crash.Error].
func (l *Live) Do(op ctxtree.Op) (o ctxtree.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			o, err = ctxtree.Outcome{}, crash.Panic(fmt.Sprint(p))
		}
	}()
	n := &l.nodes[op.Node]
	at := l.start.Add(op.At)
	cause := l.error(op.Cause)
	var made node
	switch op.Verb {
	case ctxtree.WithCancelVerb:
		made.ctx, made.cancel = context.WithCancel(n.ctx)
	case ctxtree.WithCancelCauseVerb:
		made.ctx, made.cause = context.WithCancelCause(n.ctx)
	case ctxtree.WithDeadlineVerb:
		made.ctx, made.cancel = context.WithDeadline(n.ctx, at)
	case ctxtree.WithDeadlineCauseVerb:
		made.ctx, made.cancel = context.WithDeadlineCause(n.ctx, at, cause)
	case ctxtree.WithTimeoutVerb:
		made.ctx, made.cancel = context.WithTimeout(n.ctx, op.At)
	case ctxtree.WithTimeoutCauseVerb:
		made.ctx, made.cancel = context.WithTimeoutCause(n.ctx, op.At, cause)
	case ctxtree.WithValueVerb:
		made.ctx = context.WithValue(n.ctx, op.Key, op.Value)
	case ctxtree.WithoutCancelVerb:
		made.ctx = context.WithoutCancel(n.ctx)
	case ctxtree.AfterFuncVerb:
		called := new(atomic.Bool)
		made.called = called
		made.stop = context.AfterFunc(n.ctx, func() { called.Store(true) })
	case ctxtree.WithCustomVerb:
		made.ctx, made.custom = l.newCustom(n.ctx, *op.Custom)
	default:
		return l.act(n, op)
	}
	l.nodes = append(l.nodes, made)
	return ctxtree.Outcome{What: ctxtree.DidMake, Node: ctxtree.Node(len(l.nodes) - 1)}, nil
}

// act performs the operations that make no node.
func (l *Live) act(n *node, op ctxtree.Op) (ctxtree.Outcome, error) {
	switch op.Verb {
	case ctxtree.CancelVerb, ctxtree.CancelCauseVerb:
		o := ctxtree.Outcome{What: ctxtree.DidCancel}
		if n.ctx.Err() != nil {
			o.What = ctxtree.HadEnded
		}
		if n.cause != nil {
			n.cause(l.error(op.Cause))
		} else {
			n.cancel()
		}
		return o, nil
	case ctxtree.StopVerb:
		if n.stop() {
			n.unused = true
			return ctxtree.Outcome{What: ctxtree.DidStop}, nil
		}
		return ctxtree.Outcome{What: ctxtree.TooLate}, nil
	case ctxtree.FinishVerb:
		if n.custom.finish(l.error(op.Cause)) {
			return ctxtree.Outcome{What: ctxtree.DidFinish}, nil
		}
		return ctxtree.Outcome{What: ctxtree.HadEnded}, nil
	case ctxtree.DoneVerb:
		n.ctx.Done()
		return ctxtree.Outcome{}, nil
	case ctxtree.AdvanceVerb:
		time.Sleep(op.At)
		return ctxtree.Outcome{What: ctxtree.DidPass}, nil
	}
	return ctxtree.Outcome{}, fmt.Errorf("ctxtreelive: %v is about the model", op)
}

// End cancels and stops all nodes, the newest first, so that no goroutine is left. It
// calls wait after each, since a goroutine that finds its parent done without an error
// panics.
func (l *Live) End(wait func()) {
	for i := len(l.nodes) - 1; i > 0; i-- {
		switch n := &l.nodes[i]; {
		case n.cancel != nil:
			n.cancel()
		case n.cause != nil:
			n.cause(nil)
		case n.stop != nil:
			n.stop()
		}
		wait()
	}
}
