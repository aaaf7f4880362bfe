package service

import (
	"time"

	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/retry"
)

// A caller is a call that is being made, with all its attempts.
type caller struct {
	gen      uint32
	next     int32 // of the calls of the same attempt, or of the free ones
	parent   int32 // the attempt that makes it, or none
	user     int32 // that has sent it, or none
	client   *client
	request  int
	key      dist.Key
	above    dist.Key      // of the attempt that makes it
	began    time.Duration // when
	due      time.Duration // when it was to be sent
	deadline retry.Deadline
	attempt  int32 // that is under way, or none
	tries    int
	delay    time.Duration // before the last
	pass     breaker.Pass
}

// newCaller takes a free one, or returns none if there are too many.
func (s *Sim) newCaller() int32 {
	if s.inFlight >= MaxInFlight {
		s.err = ErrOverload
		return none
	}
	s.inFlight++
	id := s.freeCaller
	if id == none {
		s.callers = append(s.callers, caller{})
		id = int32(len(s.callers) - 1)
	} else {
		s.freeCaller = s.callers[id].next
	}
	s.callers[id] = caller{gen: s.callers[id].gen, next: none, attempt: none}
	return id
}

func (s *Sim) endCaller(id int32) {
	c := &s.callers[id]
	c.gen++
	c.next = s.freeCaller
	s.freeCaller = id
	s.inFlight--
}

// call begins a call whose caller is filled in.
func (s *Sim) call(id int32) {
	c := &s.callers[id]
	k := c.client.call
	own := c.deadline.In(s.now, k.Deadline)
	if own != c.deadline {
		c.deadline = own
		s.plan(own.At-s.now, deadline, id, c.gen)
	}
	if b := c.client.budget.budget; b != nil {
		b.Called()
	}
	s.try(id)
}

// try makes an attempt.
func (s *Sim) try(id int32) {
	c := &s.callers[id]
	n := c.client
	c.tries++
	if n.call.Bulkhead > 0 && n.underWay >= n.call.Bulkhead {
		s.settle(id, Crowded, "bulkhead")
		return
	}
	if n.breaker != nil {
		was := n.breaker.Current()
		pass, err := n.breaker.Allow(s.now)
		s.note(err)
		s.turned(n, was)
		if c.pass = pass; !pass.OK {
			s.settle(id, Open, "breaker")
			return
		}
	}
	n.underWay++
	until := c.deadline.In(s.now, n.call.Timeout)
	if until != c.deadline {
		s.plan(until.At-s.now, timeout, id, c.gen)
	}
	if !n.call.Propagate {
		until = retry.Deadline{}
	}
	if s.tracing() {
		s.event(Event{Kind: Sent, Rule: "attempt", Request: c.request, From: s.nameOf(n.from), Service: n.to.service.Name, Try: c.tries})
	}
	s.come(id, until)
}

// attempted handles the end of the attempt for which a call waits.
func (s *Sim) attempted(id int32, st Status, degraded bool) {
	c := &s.callers[id]
	n := c.client
	n.underWay--
	c.attempt = none
	c.gen++ // its timeout is void; the deadline, if it has its own, is planned again
	if n.breaker != nil {
		r := breaker.Success
		if st != OK {
			r = breaker.Failure
		}
		s.report(n, c.pass, r)
	}
	if st == OK {
		if t := n.budget.throttle; t != nil {
			t.Succeeded()
		}
		s.called(id, OK, degraded)
		return
	}
	s.again(id, st)
}

// report tells a breaker how a request has ended.
func (s *Sim) report(n *client, p breaker.Pass, r breaker.Result) {
	was := n.breaker.Current()
	s.note(n.breaker.Done(s.now, p, r))
	s.turned(n, was)
}

// again makes another attempt after a delay, if there may be one.
func (s *Sim) again(id int32, st Status) {
	c := &s.callers[id]
	p := &c.client.call.Retry
	may := c.client.budget.failed() // also if it was the last attempt: it has failed
	if st == Late || c.tries >= max(p.Attempts, 1) {
		s.called(id, st, false)
		return
	}
	delay, err := p.Delay(c.tries, c.delay, c.key.Child(keyDelay+uint64(c.tries)).Float64())
	if err != nil {
		s.err = err
		return
	}
	if c.deadline.Set && delay >= c.deadline.At-s.now {
		s.settle(id, st, "retry-deadline")
		return
	}
	if !may || !c.client.budget.retry() {
		s.settle(id, st, "retry-budget")
		return
	}
	c.delay = delay
	if s.tracing() {
		s.event(Event{Kind: Retried, Rule: "retry", Request: c.request, From: s.nameOf(c.client.from), Service: c.client.to.service.Name, Try: c.tries + 1, After: delay, Why: st})
	}
	c.client.to.counts.retries++
	s.plan(delay, try, id, c.gen)
	s.replanDeadline(id)
}

// failed counts a failure, and reports whether the throttle allows a retry.
func (b *budget) failed() bool { return b.throttle == nil || b.throttle.Failed() }

// retry takes a retry out of the budget, if there is one.
func (b *budget) retry() bool {
	if b.budget == nil {
		return true
	}
	ok, err := b.budget.Retry()
	return ok && err == nil
}

// replanDeadline plans the deadline again, for a caller whose generation has changed.
func (s *Sim) replanDeadline(id int32) {
	if c := &s.callers[id]; c.client.call.Deadline > 0 && c.deadline.Set {
		s.plan(max(c.deadline.At-s.now, 0), deadline, id, c.gen)
	}
}

// settle ends a call that fails without another attempt.
func (s *Sim) settle(id int32, st Status, rule string) {
	c := &s.callers[id]
	if s.tracing() {
		s.event(Event{Kind: GaveUp, Rule: rule, Request: c.request, From: s.nameOf(c.client.from), Service: c.client.to.service.Name, Try: c.tries, Why: st})
	}
	switch st {
	case Open:
		c.client.to.counts.open++
	case Crowded:
		c.client.to.counts.crowded++
	}
	s.called(id, st, false)
}

// called ends a call, and tells the attempt or the user that made it.
func (s *Sim) called(id int32, st Status, degraded bool) {
	c := s.callers[id] // a copy: what follows may make callers
	s.endCaller(id)
	if c.parent == none {
		s.answered(&c, st, degraded)
		return
	}
	s.unlink(c.parent, id, c.next)
	if st != OK && c.client.call.Optional {
		st, degraded = OK, true
		if s.tracing() {
			s.event(Event{Kind: Degraded, Rule: "degrade", Request: c.request, From: s.nameOf(c.client.from), Service: c.client.to.service.Name})
		}
	}
	s.calledBy(c.parent, st, degraded)
}

// giveUp ends the attempt that a call waits for, or the wait for the next.
func (s *Sim) giveUp(id int32, st Status) {
	c := &s.callers[id]
	if c.attempt == none { // it waits to try again
		s.settle(id, st, "deadline")
		return
	}
	if s.tracing() {
		rule := "timeout"
		if st == Late {
			rule = "deadline"
		}
		s.event(Event{Kind: GaveUp, Rule: rule, Request: c.request, From: s.nameOf(c.client.from), Service: c.client.to.service.Name, Try: c.tries, Why: st})
	}
	s.leave(id, st)
	s.attempted(id, st, false)
}

// leave has a call wait for its attempt no longer. If the service knows the deadline,
// it stops working on it; else it goes on in vain.
func (s *Sim) leave(id int32, st Status) {
	c := &s.callers[id]
	a := c.attempt
	s.attempts[a].caller = none
	if c.client.call.Propagate {
		s.cancel(a, st)
	}
}

// abandon ends a call whose caller is canceled itself.
func (s *Sim) abandon(id int32) {
	c := &s.callers[id]
	if c.attempt != none {
		c.client.underWay--
		if c.client.breaker != nil {
			s.report(c.client, c.pass, breaker.Excluded)
		}
		s.leave(id, Canceled)
	}
	s.endCaller(id)
}

func (s *Sim) nameOf(server int) string {
	if server < 0 {
		return ""
	}
	return s.servers[server].service.Name
}
