package servicelive

import (
	"context"
	"errors"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
)

// The children of keys, as in package service.
const (
	keyWork = 1
	keyFail = 2
	keyCall = 1000
	keyWait = 1000
)

// An answer is the result of an attempt.
type answer struct {
	st       service.Status
	degraded bool
}

// call makes a call with all its attempts. above is the key of the attempt that makes
// the call, whose context is ctx.
func (s *system) call(ctx context.Context, n *client, request int, key, above dist.Key) (st service.Status, degraded bool) {
	parent := ctx
	if n.Deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, n.Deadline, gaveUp{key, service.Late})
		defer cancel()
	}
	s.mu.Lock()
	if n.budget != nil {
		n.budget.Called()
	}
	s.mu.Unlock()
	before := time.Duration(0)
	for tries := 1; ; tries++ {
		s.mu.Lock()
		if n.Bulkhead > 0 && n.underWay >= n.Bulkhead {
			s.mu.Unlock()
			return service.Crowded, false
		}
		var pass breaker.Pass
		if n.breaker != nil {
			if pass, _ = n.breaker.Allow(s.now()); !pass.OK {
				s.mu.Unlock()
				return service.Open, false
			}
		}
		n.underWay++
		s.mu.Unlock()

		a := s.attempt(ctx, parent, n, request, key, above, tries)

		s.mu.Lock()
		n.underWay--
		if n.breaker != nil {
			r := breaker.Success
			switch {
			case parent.Err() != nil && a.st == service.Canceled:
				r = breaker.Excluded
			case a.st != service.OK:
				r = breaker.Failure
			}
			if err := n.breaker.Done(s.now(), pass, r); err != nil {
				panic(err)
			}
		}
		if a.st == service.Canceled && parent.Err() != nil {
			s.mu.Unlock()
			return a.st, false
		}
		if a.st == service.OK {
			if n.throttle != nil {
				n.throttle.Succeeded()
			}
			s.mu.Unlock()
			return a.st, a.degraded
		}
		may := n.throttle == nil || n.throttle.Failed()
		if a.st == service.Late || tries >= max(n.Retry.Attempts, 1) {
			s.mu.Unlock()
			return a.st, false
		}
		d, err := n.Retry.Delay(tries, before, key.Child(keyWait+uint64(tries)).Float64())
		if err != nil {
			panic(err)
		}
		if t, ok := ctx.Deadline(); ok && d >= time.Until(t) {
			may = false
		} else if may && n.budget != nil {
			may, _ = n.budget.Retry()
		}
		s.mu.Unlock()
		if !may {
			return a.st, false
		}
		before = d
		if !sleep(ctx, d) {
			return service.Canceled, false // only the parent can: the deadline is later
		}
	}
}

// attempt makes an attempt, and waits for it until the deadline.
func (s *system) attempt(ctx, parent context.Context, n *client, request int, key, above dist.Key, tries int) answer {
	if n.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, n.Timeout, gaveUp{key.Child(uint64(tries)), service.TimedOut})
		defer cancel()
	}
	told := ctx
	if !n.Propagate {
		told = context.Background()
	}
	v := &visit{s: s, server: n.to, request: request, key: key.Child(uint64(tries)), above: above, caller: key, tries: tries, answer: make(chan answer, 1)}
	s.all.Go(func() { v.serve(told) })
	select {
	case a := <-v.answer:
		return a
	case <-ctx.Done():
		s.mu.Lock()
		v.alone = true
		s.mu.Unlock()
		if parent.Err() != nil {
			return answer{st: service.Canceled}
		}
		var why gaveUp
		errors.As(context.Cause(ctx), &why)
		return answer{st: why.st}
	}
}
