package shed

import (
	"fmt"
	"math"
	"time"
)

// An AdaptiveConfig says how an Adaptive finds its limit.
type AdaptiveConfig struct {
	Min     int           `json:"min"`     // in [1,Max]; 0: 1
	Max     int           `json:"max"`     // in [1,MaxLimit]; 0: MaxLimit
	Initial int           `json:"initial"` // in [Min,Max]; 0: Min
	Slow    time.Duration `json:"slow"`    // a request that takes longer counts as failed; 0: none does
	Backoff float64       `json:"backoff"` // in (0,1): the part of the limit that is left after a failure; 0: 0.9
}

// MaxLimit is the largest limit.
const MaxLimit = 1 << 20

// An Adaptive is a limit of concurrent requests that rises by 1 for each round of
// requests that went well while at least half of the limit was in use, and falls by a
// part when one did not: additive increase, multiplicative decrease, as in TCP. Get one
// from [NewAdaptive].
type Adaptive struct {
	c     AdaptiveConfig
	limit float64
	in    int
}

// NewAdaptive makes an Adaptive. It returns an error if a field is out of range.
func NewAdaptive(c AdaptiveConfig) (*Adaptive, error) {
	if c.Min == 0 {
		c.Min = 1
	}
	if c.Max == 0 {
		c.Max = MaxLimit
	}
	if c.Initial == 0 {
		c.Initial = c.Min
	}
	if c.Backoff == 0 {
		c.Backoff = 0.9
	}
	switch {
	case c.Max < 1 || c.Max > MaxLimit:
		return nil, fmt.Errorf("shed: max %d out of range [1,%d]", c.Max, MaxLimit)
	case c.Min < 1 || c.Min > c.Max:
		return nil, fmt.Errorf("shed: min %d out of range [1,%d]", c.Min, c.Max)
	case c.Initial < c.Min || c.Initial > c.Max:
		return nil, fmt.Errorf("shed: initial limit %d out of range [%d,%d]", c.Initial, c.Min, c.Max)
	case c.Slow < 0:
		return nil, fmt.Errorf("shed: slow %v out of range [0,%v]", c.Slow, time.Duration(math.MaxInt64))
	case !(c.Backoff > 0 && c.Backoff < 1):
		return nil, fmt.Errorf("shed: backoff %v out of range (0,1)", c.Backoff)
	}
	return &Adaptive{c: c, limit: float64(c.Initial)}, nil
}

// Enter lets a request in, if there is room, and reports whether it did.
func (a *Adaptive) Enter() bool {
	if a.in >= a.Limit() {
		return false
	}
	a.in++
	return true
}

// Leave ends a request that took the given time; ok says whether it went well. It returns
// an error if no request is inside, or the time is negative.
func (a *Adaptive) Leave(took time.Duration, ok bool) error {
	if a.in == 0 {
		return fmt.Errorf("shed: nobody is in")
	}
	if took < 0 {
		return fmt.Errorf("shed: it took %v", took)
	}
	busy := 2*a.in >= a.Limit()
	a.in--
	switch {
	case !ok || a.c.Slow > 0 && took > a.c.Slow:
		a.limit = max(a.limit*a.c.Backoff, float64(a.c.Min))
	case busy:
		a.limit = min(a.limit+1/a.limit, float64(a.c.Max))
	}
	return nil
}

// Limit returns the largest number of requests that may be inside now.
func (a *Adaptive) Limit() int { return int(a.limit) }

// In returns the number of requests inside.
func (a *Adaptive) In() int { return a.in }
