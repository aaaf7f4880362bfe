package limit

import (
	"fmt"
	"math"
	"time"
)

// A TokenBucket fills at a rate, and requests that pass take tokens out. It decides as
// golang.org/x/time/rate's Limiter does at the same times. Get one from [NewTokenBucket].
type TokenBucket struct {
	made   bool
	rate   float64
	burst  int
	tokens float64       // below 0 if some are promised
	last   time.Duration // when tokens was right
	event  moment        // the latest time for which something was promised
	number uint64        // of reservations
}

// A moment is the sum of its parts, which may be more than a Duration can say:
// when something was asked, how long it waits, and how far back from there.
type moment struct{ at, wait, back time.Duration }

// epoch stands for the start, in the arithmetic of package time.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (m moment) time() time.Time { return epoch.Add(m.at).Add(m.wait).Add(m.back) }

// NewTokenBucket makes a full bucket. It returns an error if the rate, a second, is
// out of [0,Inf] or no number, or the burst out of [0,MaxBurst].
func NewTokenBucket(rate float64, burst int) (*TokenBucket, error) {
	b := &TokenBucket{made: true, rate: rate, burst: burst, tokens: float64(burst)}
	return b, b.check(rate, burst)
}

func (b *TokenBucket) check(rate float64, burst int) error {
	switch {
	case !b.made:
		return errUseNew
	case !(rate >= 0 && rate <= Inf):
		return fmt.Errorf("limit: rate %v out of range [0,%v]", rate, Inf)
	case burst < 0 || burst > MaxBurst:
		return fmt.Errorf("limit: burst %d out of range [0,%d]", burst, MaxBurst)
	}
	return nil
}

// Allow takes n tokens if they are there.
func (b *TokenBucket) Allow(now time.Duration, n int) (Outcome, error) {
	if !b.made || now < b.last || n < 0 {
		return Outcome{}, b.refuse(now, n)
	}
	if b.rate == Inf {
		return Outcome{OK: true}, nil
	}
	left := b.at(now) - float64(n)
	if n > b.burst {
		return Outcome{After: Never}, nil
	}
	if left < 0 {
		// A wait of less than a nanosecond is none.
		if wait := b.duration(-left); wait > 0 {
			return Outcome{After: wait}, nil
		}
	}
	b.last, b.tokens, b.event = now, left, moment{at: now}
	return Outcome{OK: true}, nil
}

// refuse says what is wrong with the arguments.
func (b *TokenBucket) refuse(now time.Duration, n int) error {
	if !b.made {
		return errUseNew
	}
	return asked(now, b.last, n)
}

// A Reservation is a promise of tokens.
type Reservation struct {
	OK     bool          `json:"ok"`
	At     time.Duration `json:"at"`            // when it was made
	Wait   time.Duration `json:"wait"`          // from then until it may be used; [Never] if tokens are missing and the rate is 0
	N      int           `json:"n"`             // tokens
	Rate   float64       `json:"rate"`          // when it was made
	Number uint64        `json:"number,string"` // 1, 2, 3, and so on, of its bucket
}

// Delay returns the time to wait at the time now, or Never if the reservation was
// refused.
func (r Reservation) Delay(now time.Duration) time.Duration {
	if !r.OK {
		return Never
	}
	return max(moment{at: r.At, wait: r.Wait}.time().Sub(epoch.Add(now)), 0)
}

// Reserve reserves n tokens for the time at which they will be there. The reservation is
// refused if n is more than the burst. Errors are those of [TokenBucket.Allow].
func (b *TokenBucket) Reserve(now time.Duration, n int) (Reservation, error) {
	return b.ReserveWithin(now, n, Never)
}

// ReserveWithin is Reserve for a caller that waits at most the time most, as
// x/time/rate's Wait does before a deadline. The reservation is refused if the wait would
// be longer.
func (b *TokenBucket) ReserveWithin(now time.Duration, n int, most time.Duration) (Reservation, error) {
	if err := b.refuse(now, n); err != nil {
		return Reservation{}, err
	}
	if b.rate == Inf {
		b.number++
		return Reservation{OK: true, At: now, N: n, Number: b.number}, nil
	}
	left := b.at(now) - float64(n)
	var wait time.Duration
	if left < 0 {
		wait = b.duration(-left)
	}
	if n > b.burst || wait > most {
		return Reservation{At: now, Rate: b.rate}, nil
	}
	b.last, b.tokens, b.event = now, left, moment{at: now, wait: wait}
	b.number++
	return Reservation{OK: true, At: now, Wait: wait, N: n, Rate: b.rate, Number: b.number}, nil
}

// Cancel gives back the tokens of a reservation that is not used yet, except those that
// later reservations depend on. It returns an error if the reservation is not this
// bucket's, or the time goes back.
func (b *TokenBucket) Cancel(now time.Duration, r Reservation) error {
	if err := b.refuse(now, 0); err != nil {
		return err
	}
	if !r.OK {
		return nil
	}
	if r.Number == 0 || r.Number > b.number || r.N < 0 || r.N > MaxBurst || r.At < 0 || r.At > now || r.Wait < 0 || !(r.Rate >= 0 && r.Rate <= Inf) {
		return fmt.Errorf("limit: reservation %d is not one of this bucket's %d", r.Number, b.number)
	}
	act := moment{at: r.At, wait: r.Wait}
	if b.rate == Inf || r.N == 0 || act.time().Before(epoch.Add(now)) {
		return nil
	}
	back := float64(r.N) - tokens(r.Rate, b.event.time().Sub(act.time()))
	if back <= 0 {
		return nil
	}
	b.tokens, b.last = min(b.at(now)+back, float64(b.burst)), now
	if act.time().Equal(b.event.time()) {
		act.back = durationOf(float64(-r.N), r.Rate)
		if !act.time().Before(epoch.Add(now)) {
			b.event = act
		}
	}
	return nil
}

// SetRate changes the rate. Reservations stay valid. Errors are those of
// TokenBucket.Allow and NewTokenBucket.
func (b *TokenBucket) SetRate(now time.Duration, rate float64) error {
	if err := b.set(now, rate, b.burst); err != nil {
		return err
	}
	b.rate = rate
	return nil
}

// SetBurst changes the number of tokens of a full bucket. Errors are those of
// TokenBucket.Allow and NewTokenBucket.
func (b *TokenBucket) SetBurst(now time.Duration, burst int) error {
	if err := b.set(now, b.rate, burst); err != nil {
		return err
	}
	b.burst = burst
	return nil
}

func (b *TokenBucket) set(now time.Duration, rate float64, burst int) error {
	if err := b.check(rate, burst); err != nil {
		return err
	}
	if err := asked(now, b.last, 0); err != nil {
		return err
	}
	b.tokens, b.last = b.at(now), now
	return nil
}

// Tokens returns the number of tokens at the time now, below 0 if more are reserved than
// there are. It returns an error if the time goes back.
func (b *TokenBucket) Tokens(now time.Duration) (float64, error) {
	if err := b.refuse(now, 0); err != nil {
		return 0, err
	}
	return b.at(now), nil
}

// at returns what is in the bucket, which is filled by now.
func (b *TokenBucket) at(now time.Duration) float64 {
	return min(b.tokens+tokens(b.rate, now-b.last), float64(b.burst))
}

func (b *TokenBucket) duration(n float64) time.Duration { return durationOf(n, b.rate) }

// tokens reports how many come in a time. The conversions keep processors that can from
// adding and multiplying in one rounding.
func tokens(rate float64, d time.Duration) float64 { return float64(d.Seconds() * rate) }

// durationOf reports how long it takes for n tokens to come.
func durationOf(n, rate float64) time.Duration {
	if rate <= 0 {
		return Never
	}
	d := float64(float64(n/rate) * float64(time.Second))
	switch {
	case d >= math.MaxInt64:
		return Never
	case d <= math.MinInt64:
		return math.MinInt64
	}
	return time.Duration(d)
}
