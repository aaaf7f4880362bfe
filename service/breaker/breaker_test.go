package breaker_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/cputime"
	"github.com/orrery-go/orrery/service/breaker"
)

// The breaker opens at the third failure in a row, tries after a second, and closes when
// the try succeeds.
func Example() {
	b, err := breaker.New(breaker.Config{Failures: 3, Timeout: time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, r := range []breaker.Result{breaker.Failure, breaker.Failure, breaker.Failure, breaker.Failure, breaker.Success, breaker.Success} {
		now := time.Duration(i) * 300 * time.Millisecond
		if i > 3 {
			now += time.Second
		}
		pass, _ := b.Allow(now)
		fmt.Print(now, ": ", pass)
		if pass.OK {
			if err := b.Done(now, pass, r); err != nil {
				fmt.Println(err)
			}
			fmt.Print("; ", r)
		}
		fmt.Println("; then", b.Current())
	}
	// Output:
	// 0s: yes, closed; failure; then closed
	// 300ms: yes, closed; failure; then closed
	// 600ms: yes, closed; failure; then open
	// 900ms: no, open; then open
	// 2.2s: yes, half-open; success; then closed
	// 2.5s: yes, closed; success; then closed
}

// ask makes a request and ends it at once.
func ask(t *testing.T, b *breaker.Breaker, now time.Duration, r breaker.Result) bool {
	t.Helper()
	p, err := b.Allow(now)
	if err != nil {
		t.Fatal(err)
	}
	if p.OK {
		if err := b.Done(now, p, r); err != nil {
			t.Fatal(err)
		}
	}
	return p.OK
}

func state(t *testing.T, b *breaker.Breaker, now time.Duration, want breaker.State) {
	t.Helper()
	if got, err := b.State(now); err != nil || got != want {
		t.Fatalf("at %v it is %v, want %v, %v", now, got, want, err)
	}
}

// TestHalfOpenOnce: with MaxRequests of 5, half-open and one request at a time, a single
// failure opens it again (sony/gobreaker#53).
func TestHalfOpenOnce(t *testing.T) {
	b, err := breaker.New(breaker.Config{MaxRequests: 5, Failures: 1, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ask(t, b, 0, breaker.Failure)
	state(t, b, time.Second, breaker.Open) // at the end of that time it is still open
	state(t, b, time.Second+1, breaker.HalfOpen)
	if !ask(t, b, 2*time.Second, breaker.Failure) || ask(t, b, 2*time.Second, breaker.Success) {
		t.Error("more than one was tried")
	}
	for i := range 5 {
		state(t, b, 4*time.Second, breaker.HalfOpen)
		if !ask(t, b, 4*time.Second, breaker.Success) {
			t.Errorf("try %d is refused", i)
		}
	}
	state(t, b, 4*time.Second, breaker.Closed)
}

// TestTooMany: half-open, it refuses a request for lack of room only while others are in
// progress (sony/gobreaker#30, #49).
func TestTooMany(t *testing.T) {
	b, err := breaker.New(breaker.Config{MaxRequests: 3, Failures: 1, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ask(t, b, 0, breaker.Failure)
	var passes []breaker.Pass
	for i := range 4 {
		p, err := b.Allow(2 * time.Second)
		if err != nil || p.OK != (i < 3) || p.State != breaker.HalfOpen {
			t.Fatalf("try %d: %v, %v", i, p, err)
		}
		passes = append(passes, p)
	}
	if err := b.Check(); err != nil {
		t.Fatal(err)
	}
	// A request that ends without a result makes room for another.
	if err := b.Done(2*time.Second, passes[0], breaker.Excluded); err != nil {
		t.Fatal(err)
	}
	if p, _ := b.Allow(2 * time.Second); !p.OK {
		t.Error("there is no room after an exclusion")
	}
}

// TestLate: requests in progress are not stopped, and their failures after the breaker
// has changed its state are ignored (sony/gobreaker#91).
func TestLate(t *testing.T) {
	kinds := map[breaker.Kind]int{}
	b, err := breaker.New(breaker.Config{Failures: 1, Timeout: time.Second, Trace: func(e breaker.Event) { kinds[e.Kind]++ }})
	if err != nil {
		t.Fatal(err)
	}
	var passes []breaker.Pass
	for range 100 {
		p, err := b.Allow(0)
		if err != nil || !p.OK {
			t.Fatal(p, err)
		}
		passes = append(passes, p)
	}
	for i, p := range passes {
		if err := b.Done(time.Duration(i), p, breaker.Failure); err != nil {
			t.Fatal(err)
		}
	}
	if kinds[breaker.Opened] != 1 || kinds[breaker.Ignored] != 99 {
		t.Error(kinds)
	}
}

// TestRow: in a rolling window results in a row are forgotten with their periods, and
// otherwise all at once. Two periods are enough to roll.
func TestRow(t *testing.T) {
	for _, r := range []breaker.Result{breaker.Failure, breaker.Success} {
		for period, want := range map[time.Duration]uint32{0: 1, 3 * time.Second: 1, 1500 * time.Millisecond: 2, time.Second: 3} {
			b, err := breaker.New(breaker.Config{Interval: 3 * time.Second, BucketPeriod: period, Failures: 4})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				ask(t, b, time.Duration(i)*time.Second, r)
			}
			ask(t, b, 3*time.Second+1, r)
			c := b.Snapshot().Counts
			if got := c.ConsecutiveFailures + c.ConsecutiveSuccesses; got != want || c.Requests != want {
				t.Errorf("period %v: %d of %d %vs in a row, want %d", period, got, c.Requests, r, want)
			}
		}
	}
}

// TestBrokenRow: of a row that began after the oldest period nothing is forgotten with it.
func TestBrokenRow(t *testing.T) {
	for _, r := range [][2]breaker.Result{{breaker.Failure, breaker.Success}, {breaker.Success, breaker.Failure}} {
		b, err := breaker.New(breaker.Config{Interval: 3 * time.Second, BucketPeriod: time.Second, Failures: 4})
		if err != nil {
			t.Fatal(err)
		}
		ask(t, b, 0, r[0])
		ask(t, b, time.Second, r[1])
		ask(t, b, time.Second, r[0])
		ask(t, b, 2*time.Second, r[0])
		for at, want := range []uint32{2: 2, 3: 2, 4: 1, 5: 0} {
			if want == 0 && at != 5 {
				continue
			}
			state(t, b, time.Duration(at)*time.Second, breaker.Closed)
			c := b.Snapshot().Counts
			if got := c.ConsecutiveFailures + c.ConsecutiveSuccesses; got != want {
				t.Errorf("at %d s %d %vs in a row, want %d", at, got, r[0], want)
			}
		}
	}
}

// TestAllForgotten: an interval after a period nothing of it and those before counts, not
// even a row that results of an older period have broken.
func TestAllForgotten(t *testing.T) {
	for _, after := range []time.Duration{3, 4, 100} {
		b, err := breaker.New(breaker.Config{Interval: 3, BucketPeriod: 1, Failures: 4})
		if err != nil {
			t.Fatal(err)
		}
		late, err := b.Allow(0)
		if err != nil {
			t.Fatal(err)
		}
		ask(t, b, 1, breaker.Success)
		if err := b.Done(1, late, breaker.Failure); err != nil {
			t.Fatal(err)
		}
		ask(t, b, 1, breaker.Success)
		if c := b.Snapshot().Counts; c.Requests != 3 || c.ConsecutiveSuccesses != 1 {
			t.Errorf("%+v", c)
		}
		state(t, b, 1+after, breaker.Closed)
		if c := b.Snapshot().Counts; c != (breaker.Counts{}) {
			t.Errorf("%d periods later %+v", after, c)
		}
		ask(t, b, 1+after, breaker.Failure)
		if c := b.Snapshot().Counts; c.Requests != 1 || c.TotalFailures != 1 {
			t.Errorf("%d periods later, with one more, %+v", after, c)
		}
	}
}

// TestTrips: results that open the breaker, one by one: s and f, of which the last opens
// it.
func TestTrips(t *testing.T) {
	for _, tt := range []struct {
		c    breaker.Config
		asks string
	}{
		{breaker.Config{}, "ffffff"},
		{breaker.Config{Failures: 3}, "ffsfff"},
		{breaker.Config{Failures: 1}, "sssf"},
		{breaker.Config{Ratio: 0.5, Requests: 4}, "fsf" + "f"},
		{breaker.Config{Ratio: 0.5, Requests: 4}, "fssf"},
		{breaker.Config{Ratio: 0.5, Requests: 4}, "sssfff"},
		{breaker.Config{Ratio: 1, Requests: 2}, "ff"},
		{breaker.Config{Ratio: 1e-9}, "f"},
		{breaker.Config{Ratio: 0.9, Failures: 2}, "sssff"},
		{breaker.Config{ReadyToTrip: func(c breaker.Counts) bool { return c.TotalFailures == 2 }}, "fsf"},
	} {
		b, err := breaker.New(tt.c)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range tt.asks {
			if b.Current() != breaker.Closed {
				t.Errorf("%+v: after %s it is %v", tt.c, tt.asks[:i], b.Current())
				break
			}
			ask(t, b, 0, map[rune]breaker.Result{'s': breaker.Success, 'f': breaker.Failure}[c])
		}
		if b.Current() != breaker.Open {
			t.Errorf("%+v: after %s it is %v", tt.c, tt.asks, b.Current())
		}
	}
}

// TestTrace follows a breaker through its states, event by event. A state ends after its
// time, and neither that in which a breaker tries, nor counts that roll.
func TestTrace(t *testing.T) {
	var got []string
	var b *breaker.Breaker
	busy := func() {
		if _, err := b.Allow(100 * time.Second); err == nil || b.Done(0, breaker.Pass{OK: true, Generation: 1}, breaker.Failure) == nil {
			t.Error("it is used from its own Trace or ReadyToTrip")
		}
	}
	seq := uint64(0)
	c := breaker.Config{Interval: 1, Timeout: 1, Trace: func(e breaker.Event) {
		busy()
		if seq++; e.Seq != seq {
			t.Errorf("event %d has the number %d", seq, e.Seq)
		}
		got = append(got, fmt.Sprintf("%v (%s)", e, e.Rule))
	}, ReadyToTrip: func(c breaker.Counts) bool {
		busy()
		return c.ConsecutiveFailures == 2
	}}
	b, err := breaker.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if s := b.Snapshot(); !s.Expires || s.Expiry != 1 {
		t.Errorf("closed: %+v", s)
	}
	for _, r := range []breaker.Result{breaker.Success, breaker.Excluded, breaker.Failure, breaker.Failure} {
		ask(t, b, 1, r)
	}
	if s := b.Snapshot(); !s.Expires || s.Expiry != 2 || s.Generation != 2 {
		t.Errorf("open: %+v", s)
	}
	ask(t, b, 2, breaker.Success)
	state(t, b, 3, breaker.HalfOpen)
	if s := b.Snapshot(); s.Expires || s.Generation != 3 {
		t.Errorf("half-open: %+v", s)
	}
	ask(t, b, 3, breaker.Success)
	ask(t, b, 5, breaker.Failure)
	want := []string{
		"1ns passed, closed: 1 requests, 0 failures in a row (breaker-pass)",
		"1ns counted, closed: 1 requests, 0 failures in a row (breaker-count)",
		"1ns passed, closed: 2 requests, 0 failures in a row (breaker-pass)",
		"1ns counted, closed: 2 requests, 0 failures in a row (breaker-excluded)",
		"1ns passed, closed: 3 requests, 0 failures in a row (breaker-pass)",
		"1ns counted, closed: 3 requests, 1 failures in a row (breaker-count)",
		"1ns passed, closed: 4 requests, 1 failures in a row (breaker-pass)",
		"1ns counted, closed: 4 requests, 2 failures in a row (breaker-count)",
		"1ns opened (breaker-open)",
		"2ns refused, open: 0 requests, 0 failures in a row (breaker-refuse)",
		"3ns half-opened (breaker-half-open)",
		"3ns passed, half-open: 1 requests, 0 failures in a row (breaker-pass)",
		"3ns counted, half-open: 1 requests, 0 failures in a row (breaker-count)",
		"3ns closed (breaker-close)",
		"5ns cleared, closed: 0 requests, 0 failures in a row (breaker-interval)",
		"5ns passed, closed: 1 requests, 0 failures in a row (breaker-pass)",
		"5ns counted, closed: 1 requests, 1 failures in a row (breaker-count)",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	rolls, err := breaker.New(breaker.Config{Interval: 4, BucketPeriod: 2})
	if err != nil {
		t.Fatal(err)
	}
	if s := rolls.Snapshot(); s.Expires || len(s.Buckets) != 2 {
		t.Errorf("rolling: %+v", s)
	}
}

func TestBad(t *testing.T) {
	for _, c := range []breaker.Config{{Interval: -1}, {Timeout: -1}, {BucketPeriod: -1}, {Ratio: 1.1}, {Ratio: math.NaN()}, {Interval: time.Hour, BucketPeriod: 1}} {
		if _, err := breaker.New(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	var zero breaker.Breaker
	if _, err := zero.Allow(0); err == nil || zero.Check() == nil {
		t.Error("the zero Breaker allows")
	}
	b, err := breaker.New(breaker.Config{Interval: math.MaxInt64, Timeout: math.MaxInt64})
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Allow(5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Allow(4); err == nil {
		t.Error("a time that goes back is accepted")
	}
	if b.Done(6, p, "maybe") == nil || b.Done(6, breaker.Pass{}, breaker.Success) == nil || b.Done(6, breaker.Pass{OK: true}, breaker.Success) == nil ||
		b.Done(6, breaker.Pass{Generation: 1}, breaker.Success) == nil || b.Done(6, breaker.Pass{OK: true, Generation: 1, Age: 1}, breaker.Success) == nil || b.Done(6, breaker.Pass{OK: true, Generation: 9}, breaker.Success) == nil {
		t.Error("an invalid argument is accepted")
	}
	if _, err := b.Allow(math.MaxInt64); err != nil {
		t.Error(err)
	}
}

// FuzzBreaker lets time pass and requests begin and end as the bytes choose.
func FuzzBreaker(f *testing.F) {
	f.Add(int64(0), int64(0), int64(0), uint32(1), []byte{1, 2, 3, 200, 100})
	f.Add(int64(time.Second), int64(time.Millisecond), int64(5), uint32(0), []byte{255, 254, 253, 9, 8, 7, 6})
	f.Fuzz(func(t *testing.T, interval, period, timeout int64, most uint32, script []byte) {
		b, err := breaker.New(breaker.Config{Interval: time.Duration(interval), BucketPeriod: time.Duration(period), Timeout: time.Duration(timeout), MaxRequests: most})
		if err != nil {
			return
		}
		var now time.Duration
		var passes []breaker.Pass
		for i, c := range script {
			if i == 2000 {
				break
			}
			if d := time.Duration(c) << (c % 50); now+d >= now {
				now += d
			}
			if c%3 == 0 && len(passes) > 0 {
				p := passes[0]
				passes = passes[1:]
				if err := b.Done(now, p, []breaker.Result{breaker.Success, breaker.Failure, breaker.Excluded}[c/3%3]); err != nil {
					t.Fatal(err)
				}
			} else if p, err := b.Allow(now); err != nil {
				t.Fatal(err)
			} else if p.OK {
				passes = append(passes, p)
			}
			if err := b.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What is forgotten at once may be nearly all of a long interval: each period in a time
// that does not grow with their number. (Each walking through all took 2 s a jump.)
func TestLongInterval(t *testing.T) {
	b, err := breaker.New(breaker.Config{Interval: breaker.MaxBuckets * time.Second, BucketPeriod: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	began := cputime.Process()
	now := time.Duration(0)
	for range 100 {
		now += (breaker.MaxBuckets - 1) * time.Second
		pass, err := b.Allow(now)
		if err == nil {
			err = b.Done(now, pass, breaker.Success)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Check(); err != nil {
		t.Error(err)
	}
	if took := cputime.Process() - began; took > time.Minute {
		t.Errorf("100 jumps over %d periods took %v", breaker.MaxBuckets-1, took)
	}
}
