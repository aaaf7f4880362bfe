package service

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/service/breaker"
)

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Sent       Kind = "sent"        // an attempt, From to Service
	Queued     Kind = "queued"      // it waits for a worker
	Began      Kind = "began"       // a worker works on it
	Ended      Kind = "ended"       // it has left the service: Why says how
	Retried    Kind = "retried"     // there will be another attempt, After a delay
	GaveUp     Kind = "gave up"     // the caller does not wait, or does not try, any longer
	Degraded   Kind = "degraded"    // the caller goes on without it
	Answered   Kind = "answered"    // a request from outside has ended
	Opened     Kind = "opened"      // the breaker of From for Service
	HalfOpened Kind = "half-opened" //
	ClosedUp   Kind = "closed"      //
	Scaled     Kind = "scaled"      // Service, to the number Replicas
	Ready      Kind = "ready"       // a new Instance of Service
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq      uint64        `json:"seq"` // 1, 2, 3, and so on
	At       time.Duration `json:"at"`
	Kind     Kind          `json:"kind"`
	Rule     string        `json:"rule"`              // the row of fidelity.md that the step follows
	Request  int           `json:"request,omitempty"` // number of the request from outside: 1, 2, 3, and so on
	From     string        `json:"from,omitempty"`    // the service that calls; "" for the outside
	Service  string        `json:"service"`           // the service that is called
	Instance int           `json:"instance,omitempty"`
	Try      int           `json:"try,omitempty"` // which attempt: 1, 2, 3, and so on
	After    time.Duration `json:"after,omitempty"`
	Why      Status        `json:"why,omitempty"`
	Replicas int           `json:"replicas,omitempty"`
}

// String reads like "1.2s request 3: ended at db, try 2: timeout".
func (e Event) String() string {
	from := e.From
	if from == "" {
		from = "client"
	}
	switch e.Kind {
	case Opened, HalfOpened, ClosedUp:
		return fmt.Sprintf("%v %s the breaker of %s for %s", e.At, e.Kind, from, e.Service)
	case Scaled:
		return fmt.Sprintf("%v scaled %s to %d", e.At, e.Service, e.Replicas)
	case Ready:
		return fmt.Sprintf("%v ready: %s #%d", e.At, e.Service, e.Instance)
	}
	text := fmt.Sprintf("%v request %d: %s", e.At, e.Request, e.Kind)
	switch e.Kind {
	case Sent:
		text += fmt.Sprintf(" from %s to %s", from, e.Service)
	case Queued, Began, Ended:
		text += " at " + e.Service
		if e.Instance > 0 {
			text += fmt.Sprintf(" #%d", e.Instance)
		}
	case Retried:
		return text + fmt.Sprintf(" %s after %s, in %v", e.Service, e.Why, e.After)
	case GaveUp:
		return text + fmt.Sprintf(" on %s: %s", e.Service, e.Why)
	case Degraded:
		return text + fmt.Sprintf(": %s without %s", from, e.Service)
	case Answered:
		return text + ": " + e.Why.String()
	}
	if e.Try > 1 {
		text += fmt.Sprintf(", try %d", e.Try)
	}
	if e.Kind == Ended {
		text += ": " + e.Why.String()
	}
	return text
}

// tracing reports whether anybody wants events.
func (s *Sim) tracing() bool {
	s.seq++ // they are counted in any case
	return s.config.Trace != nil || s.caught != nil
}

// event tells an event, after tracing has said that somebody wants it.
func (s *Sim) event(e Event) {
	e.Seq, e.At = s.seq, s.now
	if s.caught != nil {
		s.caught(e)
	}
	if s.config.Trace != nil {
		defer s.enter()()
		s.config.Trace(e)
	}
}

// enter marks that the Sim calls its user, and returns what ends that.
func (s *Sim) enter() func() {
	was := s.busy
	s.busy = true
	return func() { s.busy = was }
}

// eventOf returns an event about an attempt.
func (s *Sim) eventOf(a *attempt, k Kind, rule string) Event {
	return Event{Kind: k, Rule: rule, Request: a.request, Service: a.server.service.Name, Instance: int(a.instance), Try: a.tries}
}

// turned tells that a breaker has turned, if it has.
func (s *Sim) turned(c *client, was breaker.State) {
	now := c.breaker.Current()
	if now == was || !s.tracing() {
		return
	}
	kind := map[breaker.State]Kind{breaker.Open: Opened, breaker.HalfOpen: HalfOpened, breaker.Closed: ClosedUp}[now]
	s.event(Event{Kind: kind, Rule: "breaker", From: s.nameOf(c.from), Service: c.to.service.Name})
}
