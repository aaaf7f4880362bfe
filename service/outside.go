package service

import (
	"time"

	"github.com/orrery-go/orrery/service/dist"
)

// begin plans what comes from outside.
func (s *Sim) begin() {
	l := &s.config.Load
	switch l.Mode {
	case ClosedLoop:
		s.users = make([]user, max(l.Users, 1))
		for i := range s.users {
			// Users have thought before their first request, so that they do not all
			// come at once.
			s.users[i].due = l.Think.Draw(s.thinking(i))
			s.planSend(s.users[i].due, think, int32(i))
		}
	case PacedLoop:
		s.users = make([]user, max(l.Users, 1))
		for i := range s.users {
			s.users[i].due = s.pace(i)
			s.planSend(s.users[i].due, think, int32(i))
		}
	default:
		s.nextArrival()
	}
	if s.config.Sample > 0 {
		s.plan(s.config.Sample, sample, 0, 0)
	}
	for _, v := range s.servers {
		if v.scaler != nil {
			s.plan(v.period(), scale, int32(v.number), 0)
		}
	}
}

// Children of keys. Those of the seed are requests, from 1 on, and what comes between
// them.
const (
	keyArrival uint64 = 1 << 62 // of the seed: the time before the n-th
	keyUser    uint64 = 1 << 63 // of the seed: the n-th user
	keyWork    uint64 = 1       // of an attempt
	keyFail    uint64 = 2       // of an attempt
	keyCall    uint64 = 1000    // of an attempt: its n-th call
	keyDelay   uint64 = 1000    // of a call: before the attempt after the n-th
)

func (s *Sim) thinking(user int) dist.Key {
	return s.key.Child(keyUser + uint64(user)).Child(uint64(s.users[user].sent))
}

// pace reports when a user of a paced loop is to send its next request: the users take
// turns.
func (s *Sim) pace(user int) time.Duration {
	n := s.users[user].sent*len(s.users) + user
	return time.Duration(min(float64(n)*float64(float64(time.Second)/s.config.Load.Rate), float64(2*MaxTime)))
}

// nextArrival plans the next request of an open loop.
func (s *Sim) nextArrival() {
	l := &s.config.Load
	var at time.Duration
	switch n := uint64(s.sent + 1); {
	case l.Times != nil:
		if s.sent == len(l.Times) {
			return
		}
		at = l.Times[s.sent]
	case l.Rate > 0:
		at = s.now + time.Duration(min(float64(float64(time.Second)/l.Rate)*s.key.Child(keyArrival+n).Exp(), float64(dist.Max)))
	default:
		at = s.now + l.Every.Draw(s.key.Child(keyArrival+n))
	}
	if !s.ended(at) {
		s.planSend(at-s.now, arrive, 0)
	}
}

// planSend plans a request.
func (s *Sim) planSend(after time.Duration, w what, user int32) {
	s.planned++
	s.plan(after, w, user, 0)
}

// ended reports whether a request at that time is none of the load any more.
func (s *Sim) ended(at time.Duration) bool {
	l := &s.config.Load
	return l.Requests > 0 && s.sent >= l.Requests || l.Duration > 0 && at >= l.Duration
}

// sendOf has a user send its request.
func (s *Sim) sendOf(id int32) {
	u := &s.users[id]
	if s.ended(s.now) {
		return
	}
	due := u.due
	u.sent++
	s.send(id, due)
}

// send sends a request from outside that was to be sent at a time.
func (s *Sim) send(user int32, due time.Duration) {
	s.sent++
	id := s.newCaller()
	if id == none {
		return
	}
	c := &s.callers[id]
	c.client, c.parent, c.user = &s.outside, none, user
	c.request, c.key, c.began, c.due = s.sent, s.key.Child(uint64(s.sent)), s.now, due
	s.call(id)
}

// answered ends a request from outside.
func (s *Sim) answered(c *caller, st Status, degraded bool) {
	s.results[st]++
	if degraded && st == OK {
		s.fellBack++
	}
	s.latency.Record(s.now - c.began)
	if s.config.Sample > 0 {
		s.recent.Record(s.now - c.began)
	}
	s.intended.Record(s.now - c.due)
	if s.tracing() {
		s.event(Event{Kind: Answered, Rule: "answer", Request: c.request, Service: c.client.to.service.Name, Why: st})
	}
	if c.user == none {
		return
	}
	u := &s.users[c.user]
	wait := time.Duration(0)
	if s.config.Load.Mode == PacedLoop {
		u.due = s.pace(int(c.user))
		wait = max(u.due-s.now, 0)
	} else {
		wait = s.config.Load.Think.Draw(s.thinking(int(c.user)))
		u.due = s.now + wait
	}
	if !s.ended(s.now + wait) {
		s.planSend(wait, think, c.user)
	}
}
