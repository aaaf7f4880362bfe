package service

import (
	"strconv"
	"time"

	"github.com/orrery-go/orrery/lb"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/retry"
)

// An attempt is a request that has come to a service.
type attempt struct {
	gen        uint32
	next, prev int32 // of those that wait, or of the free ones
	caller     int32 // that waits for it, or none
	server     *server
	instance   int32
	phase      phase
	call       int  // the next to make
	open       int  // calls that are not over
	picked     bool // the instance, by the balancer
	worker     bool // it has one
	degraded   bool
	lost       bool
	tries      int
	calls      int32 // the first of its callers, or none
	request    int
	key, above dist.Key
	came       time.Duration
	began      time.Duration // its work
	deadline   retry.Deadline
}

type phase uint8

const (
	outside phase = iota // delayed by the limiter, or refused
	waits
	works
	calls
)

func (s *Sim) newAttempt() int32 {
	if s.inFlight >= MaxInFlight {
		s.err = ErrOverload
		return none
	}
	s.inFlight++
	id := s.freeAttempt
	if id == none {
		s.attempts = append(s.attempts, attempt{})
		id = int32(len(s.attempts) - 1)
	} else {
		s.freeAttempt = s.attempts[id].next
	}
	s.attempts[id] = attempt{gen: s.attempts[id].gen, next: none, prev: none, calls: none}
	return id
}

func (s *Sim) endAttempt(id int32) {
	a := &s.attempts[id]
	a.gen++
	a.next = s.freeAttempt
	s.freeAttempt = id
	s.inFlight--
}

// come has the attempt of a caller come to its service.
func (s *Sim) come(caller int32, until retry.Deadline) {
	id := s.newAttempt()
	if id == none {
		return
	}
	c := &s.callers[caller]
	c.attempt = id
	a := &s.attempts[id]
	v := c.client.to
	a.server, a.caller, a.request, a.tries = v, caller, c.request, c.tries
	a.key, a.above, a.came, a.deadline = c.key.Child(uint64(c.tries)), c.above, s.now, until
	v.counts.came++
	v.enter(s.now)
	if s.fault(v).Down {
		s.end(id, Down, "fault")
		return
	}
	if v.limiter != nil {
		o, err := v.limiter.Allow(s.now, 1)
		switch {
		case err != nil:
			s.err = err
			return
		case !o.OK:
			s.end(id, Limited, "limit")
			return
		case o.After > 0:
			s.plan(o.After, admit, id, a.gen)
			return
		}
	}
	s.admit(id)
}

// fault returns what is wrong with a service now.
func (s *Sim) fault(v *server) Fault {
	out := Fault{Slow: 1}
	for _, f := range v.service.Faults {
		if s.now >= f.From && (s.now < f.To || f.To == 0) {
			out.Down = out.Down || f.Down
			out.Fail = max(out.Fail, f.Fail)
			if f.Slow > 0 {
				out.Slow = float64(out.Slow * f.Slow)
			}
		}
	}
	return out
}

// admit has an attempt come to an instance, and wait there if all workers are busy.
func (s *Sim) admit(id int32) {
	a := &s.attempts[id]
	v := a.server
	if v.pool != nil {
		b, err := v.pool.Pick(v.ask(s.now, a.request))
		if err != nil {
			s.end(id, Down, "balance")
			return
		}
		a.instance, a.picked = int32(b), true
	}
	n := &v.instances[a.instance]
	switch {
	case n.adaptive != nil && !n.adaptive.Enter():
		s.end(id, Shed, "adaptive")
	case n.busy < v.workers:
		n.in++
		s.work(id)
	case n.waiting >= v.queue || v.queue < 0:
		if n.adaptive != nil {
			s.note(n.adaptive.Leave(0, false))
		}
		s.end(id, Full, "queue")
	default:
		n.in++
		a.phase = waits
		a.prev, a.next = n.last, none
		if n.last == none {
			n.first = id
		} else {
			s.attempts[n.last].next = id
		}
		n.last = id
		n.waiting++
		if s.tracing() {
			s.event(s.eventOf(a, Queued, "queue"))
		}
	}
}

// note keeps an error that is not possible.
func (s *Sim) note(err error) {
	if err != nil && s.err == nil {
		s.err = err
	}
}

// unqueue takes an attempt out of the queue of its instance.
func (s *Sim) unqueue(id int32) {
	a := &s.attempts[id]
	n := &a.server.instances[a.instance]
	if a.prev == none {
		n.first = a.next
	} else {
		s.attempts[a.prev].next = a.next
	}
	if a.next == none {
		n.last = a.prev
	} else {
		s.attempts[a.next].prev = a.prev
	}
	n.waiting--
}

// work gives an attempt a worker.
func (s *Sim) work(id int32) {
	a := &s.attempts[id]
	v := a.server
	n := &v.instances[a.instance]
	v.spend(s.now)
	n.spend(v, s.now)
	n.busy++
	v.counts.workers++
	a.phase, a.worker, a.began = works, true, s.now
	v.counts.waited.add(s.now - a.came)
	v.counts.began++
	d := v.service.Work.Draw(a.key.Child(keyWork))
	if len(v.service.Faults) > 0 {
		if slow := s.fault(v).Slow; slow != 1 {
			d = time.Duration(min(float64(float64(d)*slow), float64(dist.Max)))
		}
	}
	if s.tracing() {
		s.event(s.eventOf(a, Began, "worker"))
	}
	s.plan(d, worked, id, a.gen)
}

// worked goes on from the work of an attempt to its calls.
func (s *Sim) worked(id int32) {
	a := &s.attempts[id]
	v := a.server
	if len(v.service.Faults) > 0 {
		if f := s.fault(v); f.Fail > 0 && a.key.Child(keyFail).Float64() < f.Fail {
			s.end(id, Failed, "fault")
			return
		}
	}
	if len(v.service.Calls) == 0 {
		s.end(id, OK, "worker")
		return
	}
	a.phase = calls
	if v.service.Async {
		gen := a.gen
		s.free(id)
		if s.attempts[id].gen != gen {
			return
		}
	}
	if !v.service.Parallel {
		s.nextCall(id)
		return
	}
	// One more is open until all are begun, so that it does not end too early.
	a.open = 1
	gen := a.gen
	for i := range v.clients {
		if s.err != nil {
			return
		}
		s.beginCall(id, i)
		if s.attempts[id].gen != gen {
			return
		}
	}
	s.calledBy(id, OK, false)
}

// nextCall makes the next of the calls that are made one after another.
func (s *Sim) nextCall(id int32) {
	for {
		a := &s.attempts[id]
		if a.call == len(a.server.clients) {
			s.end(id, OK, "worker")
			return
		}
		a.call++
		if s.beginCall(id, a.call-1) {
			return
		}
	}
}

// beginCall makes a call of an attempt, unless by chance it is not needed.
func (s *Sim) beginCall(id int32, i int) bool {
	a := &s.attempts[id]
	n := &a.server.clients[i]
	key := a.key.Child(keyCall + uint64(i))
	if share := n.call.Share; share > 0 && key.Float64() >= share {
		return false
	}
	c := s.newCaller()
	if c == none {
		return true
	}
	a.open++
	k := &s.callers[c]
	k.client, k.parent, k.user = n, id, none
	k.request, k.key, k.above, k.began, k.due, k.deadline = a.request, key, a.key, s.now, s.now, a.deadline
	k.next = a.calls
	a.calls = c
	s.call(c)
	return true
}

// unlink takes a caller out of the list of its attempt.
func (s *Sim) unlink(id, caller, next int32) {
	p := &s.attempts[id].calls
	for *p != caller {
		p = &s.callers[*p].next
	}
	*p = next
}

// calledBy handles the end of a call of an attempt.
func (s *Sim) calledBy(id int32, st Status, degraded bool) {
	a := &s.attempts[id]
	a.open--
	a.degraded = a.degraded || degraded
	a.lost = a.lost || st != OK
	switch {
	case a.server.service.Parallel && a.open > 0:
	case a.lost:
		s.end(id, Lost, "worker")
	case a.server.service.Parallel:
		s.end(id, OK, "worker")
	default:
		s.nextCall(id)
	}
}

// end ends an attempt and tells its caller.
func (s *Sim) end(id int32, st Status, rule string) {
	a := s.attempts[id] // a copy: what follows may make attempts
	s.settleAttempt(id, st, rule)
	if a.caller == none {
		a.server.counts.wasted++
		return
	}
	s.attempted(a.caller, st, a.degraded)
}

// cancel ends an attempt that nobody waits for, and all that it has begun.
func (s *Sim) cancel(id int32, why Status) {
	for s.attempts[id].calls != none {
		c := s.attempts[id].calls
		s.attempts[id].calls = s.callers[c].next
		s.abandon(c)
	}
	s.settleAttempt(id, why, "cancel")
}

// settleAttempt takes an attempt out of its instance.
func (s *Sim) settleAttempt(id int32, st Status, rule string) {
	a := &s.attempts[id]
	v := a.server
	n := &v.instances[a.instance]
	v.leave(s.now, s.now-a.came)
	v.counts.ended[st]++
	if a.degraded && st == OK {
		v.counts.degraded++
	}
	if s.config.Sample > 0 {
		v.recent.Record(s.now - a.came)
	}
	if s.tracing() {
		e := s.eventOf(a, Ended, rule)
		e.Why = st
		s.event(e)
	}
	s.span(a, st)
	if a.phase != outside {
		n.in--
		if n.adaptive != nil {
			s.note(n.adaptive.Leave(s.now-a.came, st == OK || st == Canceled))
		}
	}
	if a.phase == waits {
		s.unqueue(id)
	}
	if a.picked {
		s.note(v.pool.Done(lb.Backend(a.instance), lb.Response{At: s.now, Latency: s.now - a.came, Failed: st != OK && st != Canceled}))
	}
	worker, instance := a.worker, a.instance
	s.endAttempt(id)
	if worker {
		s.freeWorker(v, int(instance))
	}
}

// free gives the worker of an attempt back.
func (s *Sim) free(id int32) {
	a := &s.attempts[id]
	a.worker = false
	s.freeWorker(a.server, int(a.instance))
}

// freeWorker gives a worker to the next that waits and is not dropped.
func (s *Sim) freeWorker(v *server, instance int) {
	v.spend(s.now)
	n := &v.instances[instance]
	n.spend(v, s.now)
	n.busy--
	v.counts.workers--
	for n.first != none && n.busy < v.workers {
		id := n.first
		s.unqueue(id)
		a := &s.attempts[id]
		a.phase = works
		if n.codel != nil {
			drop, err := n.codel.Dequeue(s.now, a.came, n.waiting)
			s.note(err)
			if drop {
				s.end(id, Dropped, "codel")
				continue
			}
		}
		s.work(id)
	}
}

// ask returns what a balancer is asked: requests from outside differ in their client, and
// in what they ask for.
func (v *server) ask(now time.Duration, request int) lb.Request {
	r := lb.Request{At: now, Source: lb.IPv4(10, byte(request>>16), byte(request>>8), byte(request))}
	switch v.service.Balance {
	case lb.RoundRobinMethod, lb.SmoothMethod, lb.LeastConnMethod, lb.IPHashMethod:
	default:
		r.Key = strconv.Itoa(request)
	}
	return r
}
