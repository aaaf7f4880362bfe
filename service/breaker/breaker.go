// Package breaker models a circuit breaker, which stops calls to a service that fails
// anyway:
//
//	closed     every request may go; failures are counted, and too many open it
//	open       no request may go, for Timeout
//	half-open  MaxRequests may go, to try: if all succeed it closes, and at the
//	           first that fails it opens again
//
// It decides as github.com/sony/gobreaker/v2 does at the same times: counts are cleared
// at each change of state and, closed, every Interval, or roll in buckets of
// BucketPeriod; a result that comes after the counts of its request are gone is ignored.
// The clock is the caller's: every method takes the time since the start.
//
// # Concurrent use
//
// A Breaker is for one goroutine at a time.
package breaker

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A State is the state of a breaker.
type State string

// The states.
const (
	Closed   State = "closed"
	HalfOpen State = "half-open"
	Open     State = "open"
)

// String returns the name.
func (s State) String() string { return string(s) }

// Config says when a breaker opens and closes. The zero Config is gobreaker's
// default: it opens at the sixth failure in a row, for a minute.
type Config struct {
	MaxRequests  uint32        `json:"maxRequests"`  // requests that may go while it is half-open; 0: 1
	Interval     time.Duration `json:"interval"`     // period after which a closed breaker clears its counts; 0: never
	BucketPeriod time.Duration `json:"bucketPeriod"` // if above 0, the counts roll: after each such period the oldest part of the Interval is forgotten
	Timeout      time.Duration `json:"timeout"`      // how long it stays open; 0: a minute

	// A closed breaker opens after Failures failures in a row, or if at least Requests
	// are counted and the share Ratio of them has failed. If all are 0, it opens after 6
	// in a row.
	Failures uint32  `json:"failures"`
	Requests uint32  `json:"requests"`
	Ratio    float64 `json:"ratio"` // in [0,1]; 0: not by a share

	ReadyToTrip func(Counts) bool `json:"-"` // instead of those three
	Trace       func(Event)       `json:"-"` // receives every step; nil costs nothing
}

// MaxBuckets is the largest number of periods of an interval.
const MaxBuckets = 1 << 16

// The defaults of gobreaker.
const (
	DefaultTimeout  = time.Minute
	DefaultFailures = 6
)

// A Result is the result of a request.
type Result string

// The results.
const (
	Success  Result = "success"
	Failure  Result = "failure"
	Excluded Result = "excluded" // it says nothing about the service, as when the caller gave up
)

// String returns the name.
func (r Result) String() string { return string(r) }

// A Breaker is a circuit breaker. Get one from [New]. The functions of its Config must
// not use it.
type Breaker struct {
	config  Config
	made    bool
	busy    bool // Trace or ReadyToTrip is running
	now     time.Duration
	seq     uint64
	state   State
	gen     uint64        // of the counts: grows when they are cleared
	start   time.Duration // when that was
	expiry  time.Duration // when the state or the counts end
	expires bool
	rolls   bool
	counts  rolling
}

var (
	errUseNew = errors.New("breaker: the zero Breaker has no configuration: use New")
	errBusy   = errors.New("breaker: a breaker cannot be used from its own Trace or ReadyToTrip")
)

// New makes a closed breaker at time 0. It returns an error if a duration is
// negative, the ratio is out of [0,1], or an interval has too many periods.
func New(c Config) (*Breaker, error) {
	for _, d := range []struct {
		name string
		is   time.Duration
	}{{"interval", c.Interval}, {"bucket period", c.BucketPeriod}, {"timeout", c.Timeout}} {
		if d.is < 0 {
			return nil, fmt.Errorf("breaker: %s %v out of range [0,%v]", d.name, d.is, time.Duration(math.MaxInt64))
		}
	}
	if !(c.Ratio >= 0 && c.Ratio <= 1) {
		return nil, fmt.Errorf("breaker: ratio %v out of range [0,1]", c.Ratio)
	}
	if c.MaxRequests == 0 {
		c.MaxRequests = 1
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Failures == 0 && c.Ratio == 0 {
		c.Failures = DefaultFailures
	}
	buckets := time.Duration(1)
	if c.Interval > 0 && c.BucketPeriod > 0 {
		// An interval is of whole periods.
		buckets = (c.Interval-1)/c.BucketPeriod + 1
		if buckets > MaxBuckets {
			return nil, fmt.Errorf("breaker: %v has %d periods of %v, out of range [1,%d]", c.Interval, buckets, c.BucketPeriod, MaxBuckets)
		}
		c.Interval = min(c.BucketPeriod, math.MaxInt64/buckets) * buckets
	}
	b := &Breaker{config: c, made: true, state: Closed, rolls: buckets >= 2}
	b.counts.buckets = make([]Counts, buckets)
	b.renew(0)
	return b, nil
}

// A Pass is the permission of a request, to be given back with its result.
type Pass struct {
	OK         bool   `json:"ok"`
	State      State  `json:"state"` // at that time
	Generation uint64 `json:"generation,string"`
	Age        uint64 `json:"age,string"` // the period that it was counted in
}

// String reads like "yes, half-open" or "no, open".
func (p Pass) String() string {
	if p.OK {
		return "yes, " + string(p.State)
	}
	return "no, " + string(p.State)
}

// Allow asks whether a request may go. The Pass is not OK if the breaker is open, or is
// half-open and MaxRequests have gone (gobreaker's ErrOpenState and ErrTooManyRequests).
// It returns an error if the time goes back.
func (b *Breaker) Allow(now time.Duration) (Pass, error) {
	if err := b.to(now); err != nil {
		return Pass{}, err
	}
	p := Pass{State: b.state, Generation: b.gen, Age: b.counts.age}
	if b.state == Open || b.state == HalfOpen && b.counts.total.valid() >= b.config.MaxRequests {
		b.tell(Refused, "breaker-refuse")
		return p, nil
	}
	p.OK = true
	b.counts.request()
	b.tell(Passed, "breaker-pass")
	return p, nil
}

// Done reports to the breaker how a request that was allowed to go has ended. It returns
// an error if the time goes back, the result is unknown, or no request got that pass.
func (b *Breaker) Done(now time.Duration, p Pass, r Result) error {
	if r != Success && r != Failure && r != Excluded {
		return fmt.Errorf("breaker: result %.40q (want success, failure or excluded)", r)
	}
	if err := b.to(now); err != nil {
		return err
	}
	if !p.OK || p.Generation == 0 || p.Generation > b.gen || p.Generation == b.gen && p.Age > b.counts.age {
		return errors.New("breaker: no request has that pass")
	}
	if p.Generation != b.gen {
		b.tell(Ignored, "breaker-generation")
		return nil
	}
	switch {
	case r == Excluded:
		b.counts.end(p.Age, (*Counts).excluded)
		b.tell(Counted, "breaker-excluded")
	case r == Success:
		b.counts.end(p.Age, (*Counts).success)
		b.tell(Counted, "breaker-count")
		if b.state == HalfOpen && b.counts.total.ConsecutiveSuccesses >= b.config.MaxRequests {
			b.become(Closed, now)
		}
	case b.state == Closed:
		b.counts.end(p.Age, (*Counts).failure)
		b.tell(Counted, "breaker-count")
		if b.trips() {
			b.become(Open, now)
		}
	default:
		b.become(Open, now)
	}
	return nil
}

// trips reports whether a closed breaker opens.
func (b *Breaker) trips() bool {
	c, n := &b.config, b.counts.total
	if c.ReadyToTrip != nil {
		defer func() { b.busy = false }()
		b.busy = true
		return c.ReadyToTrip(n)
	}
	return c.Failures > 0 && n.ConsecutiveFailures >= c.Failures ||
		c.Ratio > 0 && n.Requests > 0 && n.Requests >= c.Requests && float64(n.TotalFailures) >= c.Ratio*float64(n.Requests)
}

// State returns the state at a time. It returns an error if the time goes back.
func (b *Breaker) State(now time.Duration) (State, error) {
	err := b.to(now)
	return b.state, err
}

// Current returns the state at the time of the last call.
func (b *Breaker) Current() State { return b.state }

// to lets time pass, and with it what ends.
func (b *Breaker) to(now time.Duration) error {
	switch {
	case !b.made:
		return errUseNew
	case b.busy:
		return errBusy
	case now < b.now:
		return fmt.Errorf("breaker: the time goes back from %v to %v", b.now, now)
	}
	b.now = now
	switch {
	case b.state == Closed && b.rolls:
		b.counts.grow(uint64((now - b.start) / b.config.BucketPeriod))
	case b.expires && b.expiry < now && b.state == Closed:
		b.renew(now)
		b.tell(Cleared, "breaker-interval")
	case b.expires && b.expiry < now && b.state == Open:
		b.become(HalfOpen, now)
	}
	return nil
}

// become changes the state.
func (b *Breaker) become(s State, now time.Duration) {
	b.state = s
	b.renew(now)
	switch s {
	case Open:
		b.tell(Opened, "breaker-open")
	case HalfOpen:
		b.tell(HalfOpened, "breaker-half-open")
	case Closed:
		b.tell(ClosedAgain, "breaker-close")
	}
}

// renew clears the counts, and says when they end.
func (b *Breaker) renew(now time.Duration) {
	b.gen++
	b.start = now
	b.counts.clear(0)
	d := time.Duration(0)
	switch {
	case b.state == Closed && !b.rolls:
		d = b.config.Interval
	case b.state == Open:
		d = b.config.Timeout
	}
	b.expires, b.expiry = d > 0 && d <= math.MaxInt64-now, now+d // what is later than time can be never comes
}
