package service

import (
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sony/gobreaker/v2"

	"github.com/orrery-go/orrery/service/breaker"
)

var (
	errFailed   = errors.New("failed")
	errExcluded = errors.New("excluded")
)

// TestBreaker checks the breaker against gobreaker in bubbles: every decision, state and
// count, with requests under way while others begin and end.
func TestBreaker(t *testing.T) {
	ops, passed, refused, states := 0, 0, 0, map[breaker.State]int{}
	for seed := range uint64(1500) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 9))
			c := breaker.Config{MaxRequests: uint32(r.IntN(4)), Failures: uint32(r.IntN(7))}
			if r.IntN(2) == 0 {
				c.Interval = time.Duration(1 + r.Int64N(int64(time.Second)))
			}
			if r.IntN(2) == 0 {
				c.BucketPeriod = time.Duration(1 + r.Int64N(int64(300*time.Millisecond)))
				if r.IntN(3) == 0 {
					c.BucketPeriod = 100 * time.Millisecond
				}
			}
			if r.IntN(4) != 0 {
				c.Timeout = time.Duration(1 + r.Int64N(int64(time.Second)))
			}
			if r.IntN(3) == 0 {
				c.Failures, c.Ratio, c.Requests = 0, float64(1+r.IntN(10))/10, uint32(r.IntN(10))
			}
			model, err := breaker.New(c)
			if err != nil {
				t.Fatal(err)
			}
			s := gobreaker.Settings{
				MaxRequests: c.MaxRequests, Interval: c.Interval, BucketPeriod: c.BucketPeriod, Timeout: c.Timeout,
				IsExcluded: func(err error) bool { return errors.Is(err, errExcluded) },
			}
			switch {
			case c.Ratio > 0:
				s.ReadyToTrip = func(n gobreaker.Counts) bool {
					return n.Requests > 0 && n.Requests >= c.Requests && float64(n.TotalFailures) >= c.Ratio*float64(n.Requests)
				}
			case c.Failures > 0:
				s.ReadyToTrip = func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= c.Failures }
			}
			real := gobreaker.NewTwoStepCircuitBreaker[int](s)
			start := time.Now()
			type flight struct {
				done func(error)
				pass breaker.Pass
			}
			var flights []flight
			for range 80 {
				if r.IntN(2) == 0 {
					d := time.Duration(r.Int64N(int64(60 * time.Millisecond)))
					switch r.IntN(30) {
					case 0:
						d = c.Timeout
					case 1:
						d = c.Interval
					case 2:
						d = c.BucketPeriod
					case 3:
						d *= 30
					}
					time.Sleep(d)
				}
				now := time.Since(start)
				ops++
				if len(flights) == 0 || r.IntN(2) == 0 {
					done, err := real.Allow()
					pass, e := model.Allow(now)
					if e != nil {
						t.Fatal(e)
					}
					want := breaker.Open
					if errors.Is(err, gobreaker.ErrTooManyRequests) {
						want = breaker.HalfOpen
					}
					if pass.OK != (err == nil) || !pass.OK && pass.State != want {
						t.Fatalf("seed %d, %v: %v, want %v; %+v %+v", seed, now, pass, err, c, model.Snapshot())
					}
					if pass.OK {
						passed++
						flights = append(flights, flight{done, pass})
					} else {
						refused++
					}
				} else {
					i := r.IntN(len(flights))
					f := flights[i]
					flights = append(flights[:i], flights[i+1:]...)
					result, e := breaker.Success, error(nil)
					switch r.IntN(9) {
					case 0, 1, 2, 3:
						result, e = breaker.Failure, errFailed
					case 4:
						result, e = breaker.Excluded, errExcluded
					}
					f.done(e)
					if err := model.Done(now, f.pass, result); err != nil {
						t.Fatal(err)
					}
				}
				if r.IntN(2) == 0 { // looking at a breaker lets time pass, too
					st, err := model.State(now)
					if err != nil || string(st) != real.State().String() {
						t.Fatalf("seed %d, %v: %v, want %v, %v", seed, now, st, real.State(), err)
					}
					states[st]++
				}
				if err := model.Check(); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(breaker.Counts(real.Counts()), model.Snapshot().Counts); diff != "" {
					t.Fatalf("seed %d, %v (-gobreaker +model):\n%s", seed, now, diff)
				}
			}
		})
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d operations, %d passed, %d refused, %v, 0 mismatches", ops, passed, refused, states)
	if ops < 50_000 || refused < 5000 || states[breaker.HalfOpen] < 1000 {
		t.Error("too tame")
	}
}

func BenchmarkBreaker(b *testing.B) {
	b.Run("gobreaker", func(b *testing.B) {
		real := gobreaker.NewTwoStepCircuitBreaker[int](gobreaker.Settings{})
		for b.Loop() {
			done, err := real.Allow()
			if err != nil {
				b.Fatal(err)
			}
			done(nil)
		}
	})
	b.Run("model", func(b *testing.B) {
		model, err := breaker.New(breaker.Config{})
		if err != nil {
			b.Fatal(err)
		}
		var now time.Duration
		for b.Loop() {
			now += 100
			pass, err := model.Allow(now)
			if err != nil || !pass.OK {
				b.Fatal(err)
			}
			if err := model.Done(now, pass, breaker.Success); err != nil {
				b.Fatal(err)
			}
		}
	})
}
