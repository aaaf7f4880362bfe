package ctxtreelive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// Experiment is the import path of the program that answers a [Question].
const Experiment = "github.com/orrery-go/orrery/ctxtree/ctxtreelive/child"

// A Question is a question to the child.
type Question struct {
	End     bool // end by a context that is done without an error
	Watched bool // a goroutine watches the context, rather than making a child of it
	Seed    uint64
	Rounds  int // rounds of Stress
}

// End makes a context that is done and has no error, and a child of it: before it is
// done, so that a goroutine of package context finds out, or afterwards.
func End(watched bool) {
	l := New()
	ctx, k := l.newCustom(context.Background(), ctxtree.Custom{Done: ctxtree.Own})
	if watched {
		_, cancel := context.WithCancel(ctx)
		defer cancel()
		k.finish(nil)
		time.Sleep(10 * time.Second)
	}
	k.finish(nil)
	_, cancel := context.WithCancel(ctx)
	cancel()
}

// Stress makes random trees and uses each from eight goroutines at once, which cancel,
// stop, finish, ask for values, and make nodes. It returns the number of operations, and
// an error if in the end a context is not canceled although an ancestor of it is.
func Stress(seed uint64, rounds int) (operations int, err error) {
	for round := range uint64(rounds) {
		m, err := ctxtree.New(ctxtree.Config{Release: "running"})
		if err != nil {
			return operations, err
		}
		l, s := New(), NewSource(seed+round)
		s.Sane = true
		for m.Len() < 40 {
			op := s.Next(m)
			switch op.Verb {
			case ctxtree.FinishVerb, ctxtree.AdvanceVerb:
				continue
			case ctxtree.WithCustomVerb:
				op.Custom.Err = op.Custom.Done // sensible ones
			}
			if _, err := m.Do(op); err != nil {
				continue
			}
			if _, err := l.Do(op); err != nil {
				return operations, err
			}
		}
		const users, each = 8, 100
		var wg sync.WaitGroup
		start := make(chan bool)
		for u := range uint64(users) {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(seed+round, u))
				<-start
				for range each {
					l.use(r)
				}
			})
		}
		close(start)
		wg.Wait()
		operations += users * each
		if err := l.settled(); err != nil {
			return operations, err
		}
		l.End(func() {})
	}
	return operations, nil
}

// use performs a random operation on one of the contexts.
func (l *Live) use(r *rand.Rand) {
	n := &l.nodes[1+r.IntN(len(l.nodes)-1)]
	switch k := r.IntN(20); {
	case n.ctx == nil:
		if k == 0 {
			n.stop()
		}
	case k == 0 && n.cancel != nil:
		n.cancel()
	case k == 0 && n.cause != nil:
		n.cause(context.Canceled)
	case k == 0 && n.custom != nil && n.custom.is.Done == ctxtree.Own:
		n.custom.finish(context.Canceled)
	case k < 4:
		_ = n.ctx.Err()
	case k < 7:
		_ = context.Cause(n.ctx)
	case k < 9:
		n.ctx.Value(Keys[r.IntN(len(Keys))])
	case k < 11:
		n.ctx.Deadline()
	case k < 13:
		select {
		case <-n.ctx.Done():
		default:
		}
	case k < 15:
		ctx, cancel := context.WithCancel(n.ctx)
		defer cancel()
		defer context.AfterFunc(ctx, func() {})()
		_ = context.WithValue(ctx, intKey(1), 1).Err()
	case k < 17:
		ctx, cancel := context.WithTimeout(n.ctx, time.Duration(r.IntN(3))*time.Microsecond)
		defer cancel()
		_ = ctx.Err()
	case k < 18:
		_ = context.WithoutCancel(n.ctx).Value(intKey(1))
	default:
		_ = l.name(n.ctx)
	}
}

// settled waits until cancellations have reached all descendants, and returns an error
// if they do not.
func (l *Live) settled() error {
	for i := range l.nodes {
		n := &l.nodes[i]
		if n.ctx == nil || n.cancel == nil && n.cause == nil {
			continue
		}
		child, cancel := context.WithCancel(n.ctx)
		if n.ctx.Err() != nil {
			select {
			case <-child.Done():
			case <-time.After(10 * time.Second):
				cancel()
				return fmt.Errorf("ctxtreelive: context %d is canceled, and a child of it not", i)
			}
		}
		cancel()
	}
	return nil
}
