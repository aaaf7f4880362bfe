package limit_test

import (
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/limit"
)

const s = time.Second

// bucket makes a token bucket, from which all but left tokens are taken at time 0.
func bucket(t *testing.T, rate float64, burst, left int) *limit.TokenBucket {
	t.Helper()
	b, err := limit.NewTokenBucket(rate, burst)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := b.Allow(0, burst-left); err != nil || !o.OK {
		t.Fatal(o, err)
	}
	return b
}

func tokens(t *testing.T, b *limit.TokenBucket, now time.Duration, want float64) {
	t.Helper()
	if got, err := b.Tokens(now); err != nil || math.Abs(got-want) > 1e-10 {
		t.Errorf("at %v there are %v tokens, want %v, %v", now, got, want, err)
	}
}

// TestReserve: a reservation may be used when its tokens are there, is refused if that is
// too late or they are more than the burst, and has a number of its own.
func TestReserve(t *testing.T) {
	b := bucket(t, 2, 10, 3)
	for _, tt := range []struct {
		now  time.Duration
		n    int
		most time.Duration
		want limit.Reservation
		left float64
	}{
		{0, 3, 0, limit.Reservation{OK: true, N: 3, Rate: 2, Number: 1}, 0},
		{0, 0, 0, limit.Reservation{OK: true, Rate: 2, Number: 2}, 0},
		{0, 1, s / 2, limit.Reservation{OK: true, Wait: s / 2, N: 1, Rate: 2, Number: 3}, -1},
		{0, 1, s - 1, limit.Reservation{Rate: 2}, -1},
		{0, 11, limit.Never, limit.Reservation{Rate: 2}, -1},
		{s, 10, limit.Never, limit.Reservation{OK: true, At: s, Wait: 4*s + s/2, N: 10, Rate: 2, Number: 4}, -9},
	} {
		got, err := b.ReserveWithin(tt.now, tt.n, tt.most)
		if tt.want.At = tt.now; err != nil || got != tt.want {
			t.Errorf("%d at %v: %+v, want %+v, %v", tt.n, tt.now, got, tt.want, err)
		}
		tokens(t, b, tt.now, tt.left)
		if d, want := got.Delay(tt.now+s/4), max(tt.want.Wait-s/4, 0); tt.want.OK && d != want || !tt.want.OK && d != limit.Never {
			t.Errorf("a quarter of a second later %+v has a delay of %v", got, d)
		}
	}
	if r, err := b.Reserve(0, 1); err == nil {
		t.Errorf("the time goes back: %+v", r)
	}
	if got, err := b.Tokens(0); err == nil || got != 0 {
		t.Errorf("the time goes back: %v tokens", got)
	}
	tokens(t, b, 100*s, 10)

	// Without a rate no token comes, nor in a wait of 2^63 ns.
	none := bucket(t, 0, 2, 0)
	tokens(t, none, 0, 0)
	tokens(t, none, 10*s, 0)
	if r, err := none.Reserve(10*s, 1); err != nil || r.Wait != limit.Never || !r.OK {
		t.Errorf("%+v, %v", r, err)
	}
	slow := bucket(t, 1e9/(1<<33), 1<<30, 0)
	if r, err := slow.Reserve(0, 1<<30); err != nil || r.Wait != limit.Never {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestCancel: tokens come back unless they are used, or promised to later reservations.
func TestCancel(t *testing.T) {
	reserve := func(b *limit.TokenBucket, now time.Duration, n int) limit.Reservation {
		t.Helper()
		r, err := b.Reserve(now, n)
		if err != nil || !r.OK {
			t.Fatal(r, err)
		}
		return r
	}
	cancel := func(b *limit.TokenBucket, now time.Duration, r limit.Reservation, want float64) {
		t.Helper()
		if err := b.Cancel(now, r); err != nil {
			t.Error(err)
		}
		tokens(t, b, now, want)
	}
	b := bucket(t, 1, 10, 0)
	cancel(b, 0, reserve(b, 0, 0), 0)
	cancel(b, 0, reserve(b, 0, 1), 0)
	first, second := reserve(b, 0, 3), reserve(b, 0, 4)
	cancel(b, 0, second, -3)
	cancel(b, 0, first, 0) // no other depends on it any more
	first, second = reserve(b, 0, 3), reserve(b, 0, 2)
	cancel(b, 0, first, -4) // the second depends on two of the three
	cancel(b, 4*s, second, 2)

	b = bucket(t, 1, 10, 0)
	first = reserve(b, 0, 2)
	cancel(b, 2*s+1, first, 1e-9) // it could be used since 2 s
	first = reserve(b, 3*s, 3)
	cancel(b, 3*s+s/2, limit.Reservation{}, -1.5)
	cancel(b, 3*s+s/2, first, 1.5)

	// What was promised before the last reservation, and is over, is promised no more.
	b = bucket(t, 1, 10, 2)
	first = reserve(b, 0, 3)
	cancel(b, s/2, first, 2.5)
	first = reserve(b, s/2, 3)
	cancel(b, s/2, first, 2.5)

	// Without a limit nothing was taken.
	b = bucket(t, 1, 10, 0)
	if err := b.SetRate(0, limit.Inf); err != nil {
		t.Fatal(err)
	}
	first = reserve(b, 0, 5)
	if again := reserve(b, 0, 5); first.Number != 1 || again.Number != 2 || first.Wait != 0 {
		t.Errorf("%+v, %+v", first, again)
	}
	cancel(b, 0, first, 0)

	b = bucket(t, 1, limit.MaxBurst, 0)
	cancel(b, 0, reserve(b, 0, limit.MaxBurst), 0)

	b = bucket(t, 1, 10, 0)
	good := reserve(b, s, 3)
	for name, change := range map[string]func(r *limit.Reservation){
		"no number":        func(r *limit.Reservation) { r.Number = 0 },
		"a later number":   func(r *limit.Reservation) { r.Number = 2 },
		"less than none":   func(r *limit.Reservation) { r.N = -1 },
		"too many":         func(r *limit.Reservation) { r.N += limit.MaxBurst },
		"before the start": func(r *limit.Reservation) { r.At = -1 },
		"in the future":    func(r *limit.Reservation) { r.At = s + 1 },
		"a wait below 0":   func(r *limit.Reservation) { r.Wait = -1 },
		"a rate below 0":   func(r *limit.Reservation) { r.Rate = -1 },
		"no rate":          func(r *limit.Reservation) { r.Rate = math.NaN() },
		"a rate above Inf": func(r *limit.Reservation) { r.Rate = math.Inf(1) },
	} {
		r := good
		change(&r)
		if err := b.Cancel(s, r); err == nil {
			t.Errorf("%s: %+v is cancelled", name, r)
		}
	}
	cancel(b, s, good, 1)
}

// TestSet: until a rate or burst changes, tokens come at the old rate and up to the old
// burst.
func TestSet(t *testing.T) {
	b := bucket(t, 1, 10, 0)
	if err := b.SetRate(2*s, 3); err != nil {
		t.Fatal(err)
	}
	tokens(t, b, 3*s, 5)
	if err := b.SetBurst(4*s, 4); err != nil {
		t.Fatal(err)
	}
	tokens(t, b, 4*s, 4)
	tokens(t, b, 5*s, 4)
	if err := b.SetBurst(5*s, 20); err != nil {
		t.Fatal(err)
	}
	tokens(t, b, 6*s, 7)
	if b.SetBurst(s, 5) == nil || b.SetRate(s, 5) == nil {
		t.Error("the time goes back")
	}
	tokens(t, b, 7*s, 10)
}
