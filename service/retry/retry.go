// Package retry decides whether and when a failed call is repeated: how often ([Policy]),
// after what delay ([Policy.Delay]: backoff with jitter), and whether retries are allowed
// just now ([Throttle], [Budget]), without which they multiply the load on a service that
// fails already. A [Deadline] is the time left for everything, passed from call to call.
//
// # Concurrent use
//
// A Policy may be used by several goroutines, a Throttle and a Budget by one at a
// time.
package retry

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A Jitter says how a delay is made random, so that calls that failed together are not
// repeated together.
type Jitter string

// The jitters. b is the backoff: Base*Factor^(attempt-1), at most Cap.
const (
	None         Jitter = "none"         // b
	Full         Jitter = "full"         // from 0 to b
	Equal        Jitter = "equal"        // from b/2 to b
	Decorrelated Jitter = "decorrelated" // from Base to three times the delay before, at most Cap
	Proportional Jitter = "proportional" // from 0.8*b to 1.2*b, as gRPC's clients connect again
)

// String returns the name.
func (j Jitter) String() string { return string(j) }

// A Policy says how often a call is attempted, and after what delays.
type Policy struct {
	Attempts int           `json:"attempts"` // attempts in all, in [1,MaxAttempts]; 0: 1
	Base     time.Duration `json:"base"`     // the first delay
	Cap      time.Duration `json:"cap"`      // the longest; 0: there is none
	Factor   float64       `json:"factor"`   // in [1,100]; 0: 2
	Jitter   Jitter        `json:"jitter"`   // "" for None
}

// MaxAttempts is the largest number of attempts at a call.
const MaxAttempts = 100

// Check returns an error if a field is out of range.
func (p Policy) Check() error {
	switch {
	case p.Attempts < 0 || p.Attempts > MaxAttempts:
		return fmt.Errorf("retry: %d attempts out of range [1,%d]", p.Attempts, MaxAttempts)
	case p.Base < 0:
		return fmt.Errorf("retry: base %v out of range [0,%v]", p.Base, time.Duration(math.MaxInt64))
	case p.Cap < 0 || p.Cap > 0 && p.Cap < p.Base:
		return fmt.Errorf("retry: cap %v out of range [%v,%v]", p.Cap, p.Base, time.Duration(math.MaxInt64))
	case p.Factor != 0 && !(p.Factor >= 1 && p.Factor <= 100):
		return fmt.Errorf("retry: factor %v out of range [1,100]", p.Factor)
	}
	switch p.Jitter {
	case "", None, Full, Equal, Decorrelated, Proportional:
		return nil
	}
	return fmt.Errorf("retry: jitter %.40q (want none, full, equal, decorrelated or proportional)", p.Jitter)
}

// Delay returns the delay after the given number of failed attempts, from 1. before is
// the delay before the last one, which Decorrelated needs; u is a random number in [0,1).
// It returns the error of [Policy.Check], and an error if an argument is out of range.
func (p Policy) Delay(failed int, before time.Duration, u float64) (time.Duration, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	switch {
	case failed < 1 || failed > MaxAttempts:
		return 0, fmt.Errorf("retry: %d failed attempts out of range [1,%d]", failed, MaxAttempts)
	case before < 0:
		return 0, fmt.Errorf("retry: a delay of %v before", before)
	case !(u >= 0 && u < 1):
		return 0, fmt.Errorf("retry: random number %v out of range [0,1)", u)
	}
	return p.delay(failed, before, u), nil
}

func (p Policy) delay(failed int, before time.Duration, u float64) time.Duration {
	top := p.Cap
	if top == 0 {
		top = math.MaxInt64
	}
	if p.Jitter == Decorrelated {
		high := top
		if from := max(before, p.Base); from <= top/3 {
			high = 3 * from
		}
		return p.Base + part(high-p.Base, u)
	}
	factor := p.Factor
	if factor == 0 {
		factor = 2
	}
	b := float64(p.Base)
	for range failed - 1 {
		b = float64(b * factor)
	}
	d := top
	if b < float64(top) {
		d = time.Duration(b)
	}
	switch p.Jitter {
	case Full:
		return part(d, u)
	case Equal:
		return d/2 + part(d-d/2, u)
	case Proportional:
		low := part(d, 0.8)
		if d > math.MaxInt64-part(d, 0.2) {
			return d
		}
		return low + part(part(d, 0.4), u)
	}
	return d
}

// part returns a share of a duration, rounded down. Since u is below 1, so is the product
// below float64(d): it is in range.
func part(d time.Duration, u float64) time.Duration { return time.Duration(float64(float64(d) * u)) }

// A Deadline is the time at which a caller gives up, after which there is no use in going
// on. The zero Deadline is none.
type Deadline struct {
	Set bool          `json:"set"`
	At  time.Duration `json:"at"`
}

// In returns the deadline of a call made now with the timeout, on behalf of a call with
// deadline d: the earlier of the two. A timeout of 0 or less is none.
func (d Deadline) In(now, timeout time.Duration) Deadline {
	if timeout <= 0 || timeout > math.MaxInt64-max(now, 0) || d.Set && d.At <= now+timeout {
		return d
	}
	return Deadline{Set: true, At: now + timeout}
}

// Left returns the time left, 0 after the deadline, and false if there is no deadline.
func (d Deadline) Left(now time.Duration) (time.Duration, bool) {
	if d.Set && now < 0 && d.At > math.MaxInt64+now {
		return math.MaxInt64, true
	}
	return max(d.At-now, 0), d.Set
}

// Past reports whether the deadline has passed, as it has at the deadline itself.
func (d Deadline) Past(now time.Duration) bool { return d.Set && d.At <= now }

var errUseNew = errors.New("retry: the zero value allows nothing: use its New")
