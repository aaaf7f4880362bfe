package ctxtreelive_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

type secondKey int

// A pair is a context of package context and the node that stands for it.
type pair struct {
	ctx    context.Context
	node   ctxtree.Node
	cancel func(error)  // nil: it cannot be canceled
	stop   func() bool  // of an AfterFunc
	called *atomic.Bool // likewise
}

// TestSecondLook is an independent test: it uses package context directly, shares
// nothing with the other tests of this package, and makes trees of other shapes: one
// long spine with leaves, deadlines that pass while others are being made, functions
// registered with contexts that are canceled already, subtrees below WithoutCancel that
// are canceled from above and below, and contexts derived from ended ones.
func TestSecondLook(t *testing.T) {
	const programs, steps = 400, 60
	looks := 0
	for seed := range uint64(programs) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 77))
			tree, err := ctxtree.New(ctxtree.Config{Release: "running"})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			all := []pair{{ctx: context.Background(), node: ctxtree.Background}, {ctx: context.TODO(), node: ctxtree.TODO}}
			causes := []error{errors.New("e0"), errors.New("e1"), errors.New("e2")}
			unique := time.Duration(0) // so that no two deadlines are equal
			parent := func() pair {
				for {
					i := len(all) - 1 - r.IntN(min(len(all), 4)) // prefer the newest, for a spine
					if r.IntN(5) == 0 {
						i = r.IntN(len(all))
					}
					if all[i].ctx != nil {
						return all[i]
					}
				}
			}
			must := func(n ctxtree.Node, err error) ctxtree.Node {
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			for range steps {
				p := parent()
				unique++
				d := time.Duration(r.IntN(7)-1)*time.Second + unique
				cause := causes[r.IntN(3)]
				reason := ctxtree.Reason(cause.Error())
				switch r.IntN(12) {
				case 0:
					ctx, cancel := context.WithCancel(p.ctx)
					all = append(all, pair{ctx: ctx, node: must(tree.WithCancel(p.node)), cancel: func(error) { cancel() }})
				case 1:
					ctx, cancel := context.WithCancelCause(p.ctx)
					all = append(all, pair{ctx: ctx, node: must(tree.WithCancelCause(p.node)), cancel: cancel})
				case 2:
					ctx, cancel := context.WithTimeout(p.ctx, d)
					all = append(all, pair{ctx: ctx, node: must(tree.WithTimeout(p.node, d)), cancel: func(error) { cancel() }})
				case 3:
					ctx, cancel := context.WithTimeoutCause(p.ctx, d, cause)
					all = append(all, pair{ctx: ctx, node: must(tree.WithTimeoutCause(p.node, d, reason)), cancel: func(error) { cancel() }})
				case 4:
					at := time.Since(start) + d
					ctx, cancel := context.WithDeadlineCause(p.ctx, start.Add(at), cause)
					all = append(all, pair{ctx: ctx, node: must(tree.WithDeadlineCause(p.node, at, reason)), cancel: func(error) { cancel() }})
				case 5:
					key, value := secondKey(r.IntN(3)), r.IntN(100)
					all = append(all, pair{ctx: context.WithValue(p.ctx, key, value), node: must(tree.WithValue(p.node, key, value))})
				case 6:
					all = append(all, pair{ctx: context.WithoutCancel(p.ctx), node: must(tree.WithoutCancel(p.node))})
				case 7:
					called := new(atomic.Bool)
					stop := context.AfterFunc(p.ctx, func() { called.Store(true) })
					all = append(all, pair{node: must(tree.AfterFunc(p.node)), stop: stop, called: called})
				case 8, 9:
					k := all[r.IntN(len(all))]
					switch {
					case k.cancel != nil && r.IntN(2) == 0:
						k.cancel(cause)
						_, err := tree.CancelCause(k.node, reason)
						if err != nil { // a function without a cause
							_, err = tree.Cancel(k.node)
						}
						if err != nil {
							t.Fatal(err)
						}
					case k.stop != nil:
						o, err := tree.Stop(k.node)
						if err != nil {
							t.Fatal(err)
						}
						if got, want := o.What == ctxtree.DidStop, k.stop(); got != want {
							t.Fatalf("seed %d: stop returns %v, the model says %v (%v)", seed, want, got, o)
						}
					}
				default:
					sleep := time.Duration(r.IntN(3000)) * time.Millisecond
					time.Sleep(sleep)
					if err := tree.Advance(sleep); err != nil {
						t.Fatal(err)
					}
				}
				synctest.Wait()
				if err := tree.Settle(); err != nil {
					t.Fatal(err)
				}
				for _, k := range all {
					looks++
					secondLook(t, seed, tree, k, start)
				}
			}
			for _, k := range all {
				if k.cancel != nil {
					k.cancel(nil)
				}
			}
		})
	}
	t.Logf("%d contexts looked at, 0 mismatches", looks)
}

// secondLook compares all that can be seen of one context.
func secondLook(t *testing.T, seed uint64, tree *ctxtree.Tree, k pair, start time.Time) {
	t.Helper()
	if k.called != nil {
		state, err := tree.Func(k.node)
		if err != nil || (state == ctxtree.FuncCalled) != k.called.Load() {
			t.Fatalf("seed %d, %v: called %v, the model says %v, %v", seed, k.node, k.called.Load(), state, err)
		}
		return
	}
	text := func(err error) ctxtree.Reason {
		if err == nil {
			return ""
		}
		return ctxtree.Reason(err.Error())
	}
	reason, err := tree.Err(k.node)
	if err != nil || reason != text(k.ctx.Err()) {
		t.Fatalf("seed %d, %v: Err %v, the model says %q, %v", seed, k.node, k.ctx.Err(), reason, err)
	}
	if reason, err = tree.Cause(k.node); err != nil || reason != text(context.Cause(k.ctx)) {
		t.Fatalf("seed %d, %v: Cause %v, the model says %q, %v", seed, k.node, context.Cause(k.ctx), reason, err)
	}
	at, ok, err := tree.Deadline(k.node)
	deadline, real := k.ctx.Deadline()
	if err != nil || ok != real || ok && at != deadline.Sub(start) {
		t.Fatalf("seed %d, %v: deadline %v %v, the model says %v %v, %v", seed, k.node, deadline.Sub(start), real, at, ok, err)
	}
	for key := range secondKey(4) {
		l, err := tree.Value(k.node, key)
		if err != nil || l.Value != k.ctx.Value(key) {
			t.Fatalf("seed %d, %v: value of %d is %v, the model says %v, %v", seed, k.node, key, k.ctx.Value(key), l.Value, err)
		}
	}
	done, err := tree.Done(k.node)
	closed := false
	select {
	case <-k.ctx.Done():
		closed = true
	default:
	}
	if err != nil || done.Closed != closed || (done.Of == 0) != (k.ctx.Done() == nil) {
		t.Fatalf("seed %d, %v: Done closed %v, the model says %+v, %v", seed, k.node, closed, done, err)
	}
}
