package service

import (
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/orrery-go/orrery/service/limit"
)

// A known is a step of a known case: a call, and the answer of x/time/rate.
type known struct {
	at     time.Duration
	allow  int // or
	wants  int // of Reserve, or
	cancel int // the reservation of that step, from 1
	ok     bool
	delay  time.Duration
	tokens float64 // afterwards
}

// TestKnown has cases that people have reported about x/time/rate, with its answers
// today, which are the model's, too.
func TestKnown(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		issue string
		rate  float64
		burst int
		steps []known
	}{
		{"golang/go#56924: fewer tokens come back than were taken, since others were promised after them", 10, 20, []known{
			{at: 0, wants: 15, ok: true, tokens: 5},
			{at: 100 * ms, wants: 10, ok: true, delay: 400 * ms, tokens: -4},
			{at: 200 * ms, wants: 2, ok: true, delay: 500 * ms, tokens: -5},
			{at: 300 * ms, cancel: 2, ok: true, tokens: 4},
		}},
		{"golang/go#69419: how many come back after a second cancel", 1, 10, []known{
			{at: 0, wants: 10, ok: true, tokens: 0},
			{at: 0, wants: 5, ok: true, delay: 5 * time.Second, tokens: -5},
			{at: 0, wants: 5, ok: true, delay: 10 * time.Second, tokens: -10},
			{at: 0, cancel: 2, ok: true, tokens: -10},
			{at: 0, cancel: 3, ok: true, tokens: -5},
			{at: 0, wants: 1, ok: true, delay: 6 * time.Second, tokens: -6},
		}},
		{"golang/go#52584: one that is refused does not make the next one wait longer", 1, 2, []known{
			{at: 0, wants: 2, ok: true, tokens: 0},
			{at: 500 * ms, wants: 3, delay: limit.Never, tokens: 0.5},
			{at: 750 * ms, wants: 1, ok: true, delay: 250 * ms, tokens: -0.25},
		}},
		{"golang/go#39984, #68541: a rate of 0 lets a burst pass, once", 0, 1, []known{
			{at: 0, allow: 1, ok: true, tokens: 0},
			{at: time.Hour, allow: 1, tokens: 0},
		}},
		{"golang/go#47221: and promises what never comes", 0, 1, []known{
			{at: 0, wants: 1, ok: true, tokens: 0},
			{at: 0, wants: 1, ok: true, delay: limit.Never, tokens: -1},
		}},
		{"golang/go#43858: those that wait at once get their turn one after the other", 10, 1, []known{
			{at: 0, wants: 1, ok: true, tokens: 0},
			{at: 0, wants: 1, ok: true, delay: 100 * ms, tokens: -1},
			{at: 0, wants: 1, ok: true, delay: 200 * ms, tokens: -2},
			{at: 0, wants: 1, ok: true, delay: 300 * ms, tokens: -3},
		}},
		{"a burst of 0 lets nothing pass, at any rate but Inf", 1000, 0, []known{{at: time.Hour, allow: 1}, {at: time.Hour, allow: 0, ok: true}}},
		{"Inf passes all, whatever the burst", limit.Inf, 0, []known{{at: 0, allow: 1000, ok: true}, {at: 0, wants: 1, ok: true}}},
	} {
		real := rate.NewLimiter(rate.Limit(tt.rate), tt.burst)
		model, err := limit.NewTokenBucket(tt.rate, tt.burst)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		reals, models := make([]*rate.Reservation, len(tt.steps)), make([]limit.Reservation, len(tt.steps))
		for i, k := range tt.steps {
			at := start.Add(k.at)
			switch {
			case k.cancel > 0:
				reals[k.cancel-1].CancelAt(at)
				if err := model.Cancel(k.at, models[k.cancel-1]); err != nil {
					t.Fatal(err)
				}
			case k.wants > 0:
				reals[i] = real.ReserveN(at, k.wants)
				if models[i], err = model.Reserve(k.at, k.wants); err != nil {
					t.Fatal(err)
				}
				if got := reals[i].DelayFrom(at); got != k.delay || reals[i].OK() != k.ok {
					t.Errorf("%s: step %d: x/time/rate says %v, %v; want %v", tt.issue, i+1, reals[i].OK(), got, k.delay)
				}
				if got := models[i].Delay(k.at); got != k.delay || models[i].OK != k.ok {
					t.Errorf("%s: step %d: the model says %+v, want %v", tt.issue, i+1, models[i], k.delay)
				}
			default:
				got, err := model.Allow(k.at, k.allow)
				if err != nil || got.OK != k.ok || real.AllowN(at, k.allow) != k.ok {
					t.Errorf("%s: step %d: %v, want %v, %v", tt.issue, i+1, got, k.ok, err)
				}
			}
			got, err := model.Tokens(k.at)
			if want := real.TokensAt(at); err != nil || got != want || tt.rate != limit.Inf && got != k.tokens {
				t.Errorf("%s: step %d: %v tokens, x/time/rate has %v, want %v, %v", tt.issue, i+1, got, want, k.tokens, err)
			}
		}
	}
}
