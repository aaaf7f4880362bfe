package breaker

import (
	"errors"
	"fmt"
	"time"
)

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Passed      Kind = "passed"      // a request may go
	Refused     Kind = "refused"     // a request may not go
	Counted     Kind = "counted"     // a result
	Ignored     Kind = "ignored"     // a result that came too late
	Cleared     Kind = "cleared"     // the counts, at the end of an interval
	Opened      Kind = "opened"      //
	HalfOpened  Kind = "half-opened" //
	ClosedAgain Kind = "closed"      //
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq    uint64        `json:"seq"` // 1, 2, 3, and so on
	At     time.Duration `json:"at"`
	Kind   Kind          `json:"kind"`
	Rule   string        `json:"rule"` // the row of service/fidelity.md that the step follows
	State  State         `json:"state"`
	Counts Counts        `json:"counts"`
}

// String reads like "2s opened".
func (e Event) String() string {
	if e.Kind == Opened || e.Kind == HalfOpened || e.Kind == ClosedAgain {
		return fmt.Sprintf("%v %s", e.At, e.Kind)
	}
	return fmt.Sprintf("%v %s, %s: %d requests, %d failures in a row", e.At, e.Kind, e.State, e.Counts.Requests, e.Counts.ConsecutiveFailures)
}

func (b *Breaker) tell(k Kind, rule string) {
	b.seq++
	if b.config.Trace == nil {
		return
	}
	was := b.busy
	defer func() { b.busy = was }()
	b.busy = true
	b.config.Trace(Event{Seq: b.seq, At: b.now, Kind: k, Rule: rule, State: b.state, Counts: b.counts.total})
}

// A Snapshot is the state of a breaker. It shares no memory with the model.
type Snapshot struct {
	Now        time.Duration `json:"now"`
	State      State         `json:"state"`
	Generation uint64        `json:"generation,string"`
	Counts     Counts        `json:"counts"`
	Expires    bool          `json:"expires"` // the state, or its counts, end at a time
	Expiry     time.Duration `json:"expiry"`  // that time: they end after it, not at it
	Buckets    []Counts      `json:"buckets"` // by period, modulo their number
}

// Snapshot returns the state at the time of the last call.
func (b *Breaker) Snapshot() Snapshot {
	s := Snapshot{Now: b.now, State: b.state, Generation: b.gen, Counts: b.counts.total, Expires: b.expires, Buckets: append([]Counts{}, b.counts.buckets...)}
	if b.expires {
		s.Expiry = b.expiry
	}
	return s
}

// Check returns an error if an invariant is broken. The invariants: a request has at most
// one result, the periods' counts add up to the sum, and a half-open breaker lets no more
// than MaxRequests go.
func (b *Breaker) Check() error {
	var sum Counts
	for _, c := range b.counts.buckets {
		sum.Requests += c.Requests
		sum.TotalSuccesses += c.TotalSuccesses
		sum.TotalFailures += c.TotalFailures
		sum.TotalExclusions += c.TotalExclusions
	}
	sum.ConsecutiveSuccesses, sum.ConsecutiveFailures = b.counts.total.ConsecutiveSuccesses, b.counts.total.ConsecutiveFailures
	switch c := b.counts.total; {
	case !b.made:
		return errUseNew
	case c != sum:
		return fmt.Errorf("breaker: the periods' counts add up to %+v, and the sum is %+v", sum, c)
	case uint64(c.TotalSuccesses)+uint64(c.TotalFailures)+uint64(c.TotalExclusions) > uint64(c.Requests):
		return errors.New("breaker: more results than requests")
	case b.state == HalfOpen && c.valid() > b.config.MaxRequests:
		return fmt.Errorf("breaker: %d requests in a half-open breaker, and %d may go", c.valid(), b.config.MaxRequests)
	case b.state == Open && c != Counts{}:
		return errors.New("breaker: an open breaker counts")
	}
	return nil
}
