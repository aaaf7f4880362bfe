package breaker_test

import (
	"fmt"
	"math"
	"testing"
	"time"

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

// TestRow: in a rolling window failures in a row are forgotten with their periods, and
// otherwise all at once.
func TestRow(t *testing.T) {
	for _, period := range []time.Duration{0, time.Second} {
		b, err := breaker.New(breaker.Config{Interval: 3 * time.Second, BucketPeriod: period, Failures: 4})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			ask(t, b, time.Duration(i)*time.Second, breaker.Failure)
		}
		ask(t, b, 3*time.Second+1, breaker.Failure)
		want := map[time.Duration]uint32{0: 1, time.Second: 3}[period]
		if got := b.Snapshot().Counts.ConsecutiveFailures; got != want {
			t.Errorf("period %v: %d failures in a row, want %d", period, got, want)
		}
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
	if b.Done(6, p, "maybe") == nil || b.Done(6, breaker.Pass{}, breaker.Success) == nil || b.Done(6, breaker.Pass{OK: true, Generation: 9}, breaker.Success) == nil {
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
	began := time.Now()
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
	if took := time.Since(began); took > time.Minute {
		t.Errorf("100 jumps over %d periods took %v", breaker.MaxBuckets-1, took)
	}
}
