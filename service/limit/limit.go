// Package limit models rate limiters: a token bucket, a leaky bucket, a fixed window, a
// sliding window and a sliding log.
//
//	b, err := limit.New(limit.Config{Algorithm: limit.Token, Rate: 10, Burst: 5})
//	o, err := b.Allow(200*time.Millisecond, 1)
//
// The [TokenBucket] decides as golang.org/x/time/rate does, to the nanosecond, and the
// [LeakyBucket] as nginx's limit_req. The clock is the caller's: every method takes the
// time since the start.
//
// # Concurrent use
//
// A limiter is for one goroutine at a time.
package limit

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// An Algorithm is an algorithm of rate limiting.
type Algorithm string

// The algorithms.
const (
	Token   Algorithm = "token"   // a bucket that fills at Rate, of Burst tokens: see TokenBucket
	Leaky   Algorithm = "leaky"   // a bucket that leaks at Rate, as nginx's limit_req: see LeakyBucket
	Fixed   Algorithm = "fixed"   // Burst in each Window: see FixedWindow
	Sliding Algorithm = "sliding" // about Burst in any Window, by two counters: see SlidingWindow
	Log     Algorithm = "log"     // Burst in any Window, by the time of each: see SlidingLog
)

// String returns the name.
func (a Algorithm) String() string { return string(a) }

// A Config says what to model.
type Config struct {
	Algorithm Algorithm     `json:"algorithm"` // "" for Token
	Rate      float64       `json:"rate"`      // a second, in [0,Inf]; for Leaky in [1,1e6]; of Token and Leaky
	Burst     int           `json:"burst"`     // in [0,MaxBurst]: the tokens of a full bucket, the requests that wait in a leaky one, the requests of a window
	Delay     int           `json:"delay"`     // of Leaky, in [0,Burst]: requests of a burst that pass at once; the others wait for their turn
	Window    time.Duration `json:"window"`    // of Fixed, Sliding and Log, above 0
}

// Inf is the rate that stands for no limit.
const Inf = math.MaxFloat64

// The limits of a model.
const (
	MaxBurst = 1<<31 - 1
	MaxLog   = 1 << 20 // Burst of a SlidingLog, which remembers each
)

// Never stands for a wait without end: asking again is of no use.
const Never time.Duration = math.MaxInt64

// An Outcome is the decision of a Limiter.
type Outcome struct {
	OK    bool          `json:"ok"`
	After time.Duration `json:"after"` // if OK, the time to wait before passing; otherwise the time after which to ask again, or [Never]
}

// String reads like "yes, after 20ms".
func (o Outcome) String() string {
	switch {
	case o.OK && o.After > 0:
		return fmt.Sprintf("yes, after %v", o.After)
	case o.OK:
		return "yes"
	case o.After == Never:
		return "no"
	}
	return fmt.Sprintf("no, again after %v", o.After)
}

// A Limiter is a rate limiter.
type Limiter interface {
	// Allow asks whether n requests may pass now. It returns an error if now is before
	// the time of an earlier call, or n is negative.
	Allow(now time.Duration, n int) (Outcome, error)
}

var errUseNew = errors.New("limit: the zero limiter lets nothing pass: use New")

// New makes a limiter. It returns an error if the algorithm is unknown, or a number is
// out of range.
func New(c Config) (Limiter, error) {
	if c.Burst < 0 || c.Burst > MaxBurst {
		return nil, fmt.Errorf("limit: burst %d out of range [0,%d]", c.Burst, MaxBurst)
	}
	switch c.Algorithm {
	case Token, "":
		return NewTokenBucket(c.Rate, c.Burst)
	case Leaky:
		return newLeaky(c)
	case Fixed, Sliding, Log:
		if c.Window <= 0 {
			return nil, fmt.Errorf("limit: window %v out of range (0,%v]", c.Window, Never)
		}
		switch c.Algorithm {
		case Fixed:
			return &FixedWindow{limit: c.Burst, window: c.Window}, nil
		case Sliding:
			return &SlidingWindow{FixedWindow: FixedWindow{limit: c.Burst, window: c.Window}}, nil
		}
		if c.Burst > MaxLog {
			return nil, fmt.Errorf("limit: burst %d out of range [0,%d]: a log remembers each", c.Burst, MaxLog)
		}
		return &SlidingLog{limit: c.Burst, window: c.Window}, nil
	}
	return nil, fmt.Errorf("limit: algorithm %.40q (want token, leaky, fixed, sliding or log)", c.Algorithm)
}

// asked checks the arguments of Allow.
func asked(now, last time.Duration, n int) error {
	if now < last {
		return fmt.Errorf("limit: the time goes back from %v to %v", last, now)
	}
	if n < 0 {
		return fmt.Errorf("limit: %d out of range [0,%d]", n, math.MaxInt)
	}
	return nil
}
