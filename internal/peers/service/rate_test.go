package service

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/orrery-go/orrery/service/limit"
)

// someRate returns a random rate, sometimes an odd one.
func someRate(r *rand.Rand) float64 {
	switch r.IntN(12) {
	case 0:
		return 0
	case 1:
		return limit.Inf
	case 2:
		return 1e-5
	case 3:
		return 1e9
	case 4:
		return 1.0 / 3
	case 5:
		return 5e-324
	case 6:
		return 1e18
	}
	return r.Float64() * 1000
}

// someStep returns a time to pass, often as much as a few tokens take.
func someStep(r *rand.Rand) time.Duration {
	switch r.IntN(8) {
	case 0:
		return 0
	case 1:
		return 1
	case 2:
		return time.Duration(r.Int64N(int64(100 * time.Hour)))
	case 3:
		return time.Duration(r.Int64N(int64(time.Second)))
	}
	return time.Duration(r.Int64N(int64(20 * time.Millisecond)))
}

// TestRate checks the token bucket against x/time/rate at given times: AllowN, ReserveN
// and its delays, CancelAt of any earlier reservation, SetLimitAt, SetBurstAt, TokensAt.
func TestRate(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	ops, yes, waits := 0, 0, 0
	for trial := range 3000 {
		limited, burst := someRate(r), r.IntN(20)
		real := rate.NewLimiter(rate.Limit(limited), burst)
		model, err := limit.NewTokenBucket(limited, burst)
		if err != nil {
			t.Fatal(err)
		}
		var now time.Duration
		type pair struct {
			real  *rate.Reservation
			model limit.Reservation
		}
		var made []pair
		for range 40 {
			now += someStep(r)
			at := start.Add(now)
			n := r.IntN(burst + 3)
			ops++
			switch r.IntN(8) {
			case 0, 1, 2:
				got, err := model.Allow(now, n)
				if err != nil {
					t.Fatal(err)
				}
				if want := real.AllowN(at, n); got.OK != want {
					t.Fatalf("trial %d, %v: Allow(%d) of %v, %d is %v, want %v", trial, now, n, limited, burst, got, want)
				}
				if got.OK {
					yes++
				}
			case 3, 4:
				got, err := model.Reserve(now, n)
				if err != nil {
					t.Fatal(err)
				}
				want := real.ReserveN(at, n)
				made = append(made, pair{want, got})
				if got.OK != want.OK() || got.Delay(now) != want.DelayFrom(at) {
					t.Fatalf("trial %d, %v: Reserve(%d) of %v, %d is %+v, want %v %v", trial, now, n, limited, burst, got, want.OK(), want.DelayFrom(at))
				}
				if got.Wait > 0 {
					waits++
				}
				later := now + someStep(r)
				if got.Delay(later) != want.DelayFrom(start.Add(later)) {
					t.Fatalf("trial %d: the delay at %v is %v, want %v", trial, later, got.Delay(later), want.DelayFrom(start.Add(later)))
				}
			case 5:
				if len(made) > 0 {
					p := made[r.IntN(len(made))]
					p.real.CancelAt(at)
					if err := model.Cancel(now, p.model); err != nil {
						t.Fatal(err)
					}
				}
			case 6:
				limited = someRate(r)
				real.SetLimitAt(at, rate.Limit(limited))
				if err := model.SetRate(now, limited); err != nil {
					t.Fatal(err)
				}
			case 7:
				burst = r.IntN(20)
				real.SetBurstAt(at, burst)
				if err := model.SetBurst(now, burst); err != nil {
					t.Fatal(err)
				}
			}
			got, err := model.Tokens(now)
			if want := real.TokensAt(at); err != nil || got != want {
				t.Fatalf("trial %d, %v: %v tokens, want %v, %v", trial, now, got, want, err)
			}
		}
	}
	t.Logf("%d operations, %d passed, %d waits, 0 mismatches", ops, yes, waits)
	if ops < 50_000 || yes < 5000 || waits < 5000 {
		t.Error("too tame")
	}
}

// TestRateWait checks ReserveWithin against Wait, in bubbles: which wait, for how long,
// and which are refused for their deadline.
func TestRateWait(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	refused := 0
	for range 500 {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			limited, burst := r.Float64()*100, 1+r.IntN(5)
			real := rate.NewLimiter(rate.Limit(limited), burst)
			model, err := limit.NewTokenBucket(limited, burst)
			if err != nil {
				t.Fatal(err)
			}
			for range 10 {
				time.Sleep(time.Duration(r.Int64N(int64(50 * time.Millisecond))))
				n, most := 1+r.IntN(burst), time.Duration(r.Int64N(int64(200*time.Millisecond)))
				now := time.Since(start)
				want, err := model.ReserveWithin(now, n, most)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), most)
				err = real.WaitN(ctx, n)
				cancel()
				took := time.Since(start) - now
				if want.OK != (err == nil) || want.OK && took != want.Wait || !want.OK && took != 0 {
					t.Fatalf("%d within %v: waits %v, %v; want %+v", n, most, took, err, want)
				}
				if !want.OK {
					refused++
				}
			}
		})
	}
	if refused < 100 || refused > 4900 {
		t.Errorf("%d of 5000 refused", refused)
	}
}

func BenchmarkAllow(b *testing.B) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	b.Run("rate", func(b *testing.B) {
		real := rate.NewLimiter(1e6, 10)
		at := start
		for b.Loop() {
			at = at.Add(700)
			real.AllowN(at, 1)
		}
	})
	b.Run("model", func(b *testing.B) {
		model, err := limit.NewTokenBucket(1e6, 10)
		if err != nil {
			b.Fatal(err)
		}
		var at time.Duration
		for b.Loop() {
			at += 700
			if _, err := model.Allow(at, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}
