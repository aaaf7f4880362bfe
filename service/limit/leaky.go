package limit

import (
	"fmt"
	"math"
	"time"
)

// A LeakyBucket is nginx's limit_req: requests that come too early fill the bucket, which
// leaks at a rate, and those that do not fit are refused. It counts in thousandths of a
// request and in whole milliseconds. Get one from [New].
type LeakyBucket struct {
	made         bool
	begun        bool
	rate         int64 // thousandths a second
	burst, delay int64 // thousandths
	excess       int64 // thousandths that are in the bucket
	last         time.Duration
	at           int64 // the millisecond in which excess was right
}

func newLeaky(c Config) (*LeakyBucket, error) {
	if !(c.Rate >= 1 && c.Rate <= 1e6) || c.Rate != math.Trunc(c.Rate) {
		return nil, fmt.Errorf("limit: rate %v of a leaky bucket is no whole number in [1,1000000]", c.Rate)
	}
	if c.Delay < 0 || c.Delay > c.Burst {
		return nil, fmt.Errorf("limit: delay %d out of range [0,%d]", c.Delay, c.Burst)
	}
	return &LeakyBucket{made: true, rate: int64(c.Rate) * 1000, burst: int64(c.Burst) * 1000, delay: int64(c.Delay) * 1000}, nil
}

// Allow asks for n requests, one at a time: if one is refused, all are. After in the
// Outcome is the wait of the last one.
func (b *LeakyBucket) Allow(now time.Duration, n int) (Outcome, error) {
	if !b.made {
		return Outcome{}, errUseNew
	}
	if err := asked(now, b.last, n); err != nil {
		return Outcome{}, err
	}
	b.last = now
	if n == 0 {
		return Outcome{OK: true}, nil
	}
	ms := int64(now / time.Millisecond)
	excess, came := int64(0), int64(n)
	if b.begun {
		excess = max(b.excess-b.leaked(ms-b.at), -1000) // the first finds the bucket at its lowest, as the ones of a new client do
	} else {
		excess = -1000
	}
	if came > (b.burst-excess)/1000 {
		if came > 1+b.burst/1000 {
			return Outcome{After: Never}, nil
		}
		// With this number of thousandths less it would fit.
		lack := excess + came*1000 - b.burst
		return Outcome{After: time.Duration((lack*1000+b.rate-1)/b.rate) * time.Millisecond}, nil
	}
	excess += came * 1000
	b.begun, b.excess = true, excess
	b.at = ms
	if excess <= b.delay {
		return Outcome{OK: true}, nil
	}
	return Outcome{OK: true, After: time.Duration((excess-b.delay)*1000/b.rate) * time.Millisecond}, nil
}

// leaked returns what has left in a number of milliseconds. In a longer time than a full
// bucket needs it is not more: the product would be too large.
func (b *LeakyBucket) leaked(ms int64) int64 {
	return b.rate * min(ms, (b.burst+2000)*1000/b.rate+1) / 1000
}
