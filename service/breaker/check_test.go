package breaker

import (
	"strings"
	"testing"
	"time"
)

// TestCheck breaks each invariant, and sees Check report it.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		state  State
		change func(b *Breaker)
		want   string
	}{
		{"closed", Closed, func(*Breaker) {}, ""},
		{"open", Open, func(*Breaker) {}, ""},
		{"half-open", HalfOpen, func(*Breaker) {}, ""},
		{"zero", Closed, func(b *Breaker) { b.made = false }, "use New"},
		{"the sum", Closed, func(b *Breaker) { b.counts.total.Requests++ }, "add up"},
		{"a period", Closed, func(b *Breaker) { b.counts.buckets[1].TotalExclusions++ }, "add up"},
		{"successes", Closed, func(b *Breaker) { b.counts.total.TotalSuccesses += 2; b.counts.buckets[0].TotalSuccesses += 2 }, "more results"},
		{"failures", Closed, func(b *Breaker) { b.counts.total.TotalFailures += 2; b.counts.buckets[0].TotalFailures += 2 }, "more results"},
		{"exclusions", Closed, func(b *Breaker) { b.counts.total.TotalExclusions += 2; b.counts.buckets[0].TotalExclusions += 2 }, "more results"},
		{"each once", Closed, func(b *Breaker) {
			for _, c := range []*Counts{&b.counts.total, &b.counts.buckets[0]} {
				c.TotalSuccesses, c.TotalFailures, c.TotalExclusions = 1, 1, 1
			}
		}, "more results"},
		{"too many", HalfOpen, func(b *Breaker) { b.counts.total.Requests += 2; b.counts.buckets[0].Requests += 2 }, "may go"},
		{"open and counting", Open, func(b *Breaker) { b.counts.total.Requests++; b.counts.buckets[0].Requests++ }, "open breaker counts"},
	} {
		b, err := New(Config{Failures: 1, Timeout: time.Second, Interval: 2 * time.Second, BucketPeriod: time.Second, MaxRequests: 2})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(now time.Duration, r Result) {
			p, err := b.Allow(now)
			if err == nil && p.OK {
				err = b.Done(now, p, r)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		ask(0, Success)
		if c.state != Closed {
			ask(0, Failure)
		}
		if c.state == HalfOpen {
			ask(2*time.Second, Excluded)
			if _, err := b.Allow(2 * time.Second); err != nil {
				t.Fatal(err)
			}
		}
		if b.Current() != c.state {
			t.Fatalf("%s: it is %v", c.name, b.Current())
		}
		c.change(b)
		got := ""
		if err := b.Check(); err != nil {
			got = err.Error()
		}
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: Check returns %q, want %q", c.name, got, c.want)
		}
	}
}
