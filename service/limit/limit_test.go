package limit_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/limit"
)

const ms = time.Millisecond

// allow asks n times at once, and counts the answers.
func allow(t testing.TB, l limit.Limiter, now time.Duration, n int) (yes int, last limit.Outcome) {
	t.Helper()
	for range n {
		o, err := l.Allow(now, 1)
		if err != nil {
			t.Fatal(err)
		}
		if o.OK {
			yes++
		}
		last = o
	}
	return yes, last
}

func made(t testing.TB, c limit.Config) limit.Limiter {
	t.Helper()
	l, err := limit.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Ten a second, and a burst of two: three at once are one too many.
func ExampleNew() {
	for _, c := range []limit.Config{
		{Algorithm: limit.Token, Rate: 10, Burst: 2},
		{Algorithm: limit.Leaky, Rate: 10, Burst: 2},
		{Algorithm: limit.Fixed, Burst: 2, Window: 200 * time.Millisecond},
	} {
		l, err := limit.New(c)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(c.Algorithm, ":")
		for _, at := range []time.Duration{0, 0, 0, 0, 150 * time.Millisecond} {
			o, _ := l.Allow(at, 1)
			fmt.Print(" ", o, ";")
		}
		fmt.Println()
	}
	// Output:
	// token: yes; yes; no, again after 100ms; no, again after 100ms; yes;
	// leaky: yes; yes, after 100ms; yes, after 200ms; no, again after 100ms; yes, after 150ms;
	// fixed: yes; yes; no, again after 200ms; no, again after 200ms; no, again after 50ms;
}

// TestNginx has the examples of nginx's article on rate limits.
func TestNginx(t *testing.T) {
	l := made(t, limit.Config{Algorithm: limit.Leaky, Rate: 10})
	if yes, _ := allow(t, l, 0, 2); yes != 1 {
		t.Errorf("without a burst %d pass at once", yes)
	}
	if yes, _ := allow(t, l, 99*ms, 1); yes != 0 {
		t.Error("after 99 ms one passes")
	}
	if yes, _ := allow(t, l, 100*ms, 1); yes != 1 {
		t.Error("after 100 ms none passes")
	}

	// burst=20: 21 at once pass, the last after two seconds.
	l = made(t, limit.Config{Algorithm: limit.Leaky, Rate: 10, Burst: 20})
	if yes, last := allow(t, l, 0, 21); yes != 21 || last.After != 2*time.Second {
		t.Errorf("%d of 21 pass, the last %v", yes, last)
	}
	// nodelay: 101 ms later one more passes, or with 501 ms five.
	l = made(t, limit.Config{Algorithm: limit.Leaky, Rate: 10, Burst: 20, Delay: 20})
	if yes, last := allow(t, l, 0, 25); yes != 21 || last.OK {
		t.Errorf("%d of 25 pass", yes)
	}
	if yes, _ := allow(t, l, 101*ms, 20); yes != 1 {
		t.Errorf("after 101 ms %d pass", yes)
	}
	if yes, last := allow(t, l, 602*ms, 20); yes != 5 || last.OK {
		t.Errorf("501 ms later %d pass", yes)
	}
	// rate=5r/s burst=12 delay=8: the first and 8 more at once, 4 delayed, and no more.
	l = made(t, limit.Config{Algorithm: limit.Leaky, Rate: 5, Burst: 12, Delay: 8})
	at := map[time.Duration]int{}
	for range 15 {
		if o, err := l.Allow(0, 1); err != nil {
			t.Fatal(err)
		} else if o.OK {
			at[o.After]++
		}
	}
	if at[0] != 9 || at[200*ms] != 1 || at[400*ms] != 1 || at[600*ms] != 1 || at[800*ms] != 1 || len(at) != 5 {
		t.Errorf("after how long: %v", at)
	}
}

// TestCloudflare has the example of an article on counting with two windows: 42 requests
// in the minute before, 18 in this one, a quarter of it over, and a limit of 50 a
// minute.
func TestCloudflare(t *testing.T) {
	l := made(t, limit.Config{Algorithm: limit.Sliding, Burst: 50, Window: time.Minute})
	allow(t, l, 10*time.Second, 42)
	// 42*0.75 + 18 = 49.5, and one more would be 50.5.
	if yes, last := allow(t, l, 75*time.Second, 19); yes != 18 || last.OK {
		t.Errorf("%d pass", yes)
	} else if yes, _ := allow(t, l, 75*time.Second+last.After-1, 1); yes != 0 {
		t.Errorf("one passes before %v are over", last.After)
	} else if yes, _ := allow(t, l, 75*time.Second+last.After, 1); yes != 1 {
		t.Errorf("none passes after %v", last.After)
	}
}

// TestBorder: around the border of two fixed windows twice the limit passes; the log of
// a sliding window never has more than the limit.
func TestBorder(t *testing.T) {
	for a, want := range map[limit.Algorithm]int{limit.Fixed: 20, limit.Sliding: 10, limit.Log: 10} {
		l := made(t, limit.Config{Algorithm: a, Burst: 10, Window: time.Second})
		one, _ := allow(t, l, 999*ms, 10)
		two, _ := allow(t, l, 1001*ms, 10)
		if one+two != want {
			t.Errorf("%s: %d pass within 2 ms, want %d", a, one+two, want)
		}
	}
}

// TestAfter: the time that After returns is right: earlier the answer is no, then it is
// yes. The log is compared with a count.
func TestAfter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		c := limit.Config{
			Algorithm: []limit.Algorithm{limit.Token, limit.Leaky, limit.Fixed, limit.Sliding, limit.Log}[r.IntN(5)],
			Rate:      float64(1 + r.IntN(1000)), Burst: 1 + r.IntN(10), Window: time.Duration(1 + r.Int64N(int64(time.Second))),
		}
		var passed []time.Duration
		now := time.Duration(0)
		l := made(t, c)
		replay := func() limit.Limiter {
			l := made(t, c)
			for _, at := range passed {
				if o, err := l.Allow(at, 1); err != nil || !o.OK {
					t.Fatal(o, err)
				}
			}
			return l
		}
		for range 30 {
			now += time.Duration(r.Int64N(int64(50 * ms)))
			o, err := l.Allow(now, 1)
			if err != nil {
				t.Fatal(err)
			}
			if c.Algorithm == limit.Log {
				n := 0
				for _, at := range passed {
					if at > now-c.Window {
						n++
					}
				}
				if o.OK != (n < c.Burst) {
					t.Fatalf("%d in the log of %d, and %v", n, c.Burst, o)
				}
			}
			if o.OK {
				passed = append(passed, now)
				continue
			}
			if c.Algorithm == limit.Leaky && o.After > 0 {
				o.After += ms - (now+o.After)%ms // it counts in whole milliseconds
				if yes, _ := allow(t, replay(), now+o.After, 1); yes != 1 {
					t.Fatalf("%+v at %v: no after %v", c, now, o.After)
				}
				continue
			}
			slack := time.Duration(0)
			if c.Algorithm == limit.Token {
				slack = 1 // its wait is rounded down to a nanosecond
			}
			if yes, _ := allow(t, replay(), now+o.After+slack, 1); yes != 1 {
				t.Fatalf("%+v at %v: no after %v", c, now, o.After)
			}
			if yes, _ := allow(t, replay(), now+o.After-1-slack, 1); yes != 0 {
				t.Fatalf("%+v at %v: yes before %v", c, now, o.After)
			}
		}
	}
}

func TestBad(t *testing.T) {
	over := int64(limit.MaxBurst) + 1 // in 32 bits it is negative, and refused, too
	for _, c := range []limit.Config{
		{Algorithm: "sand"}, {Rate: -1}, {Rate: math.NaN()}, {Rate: math.Inf(1)}, {Rate: 1, Burst: -1}, {Rate: 1, Burst: int(over)},
		{Algorithm: limit.Leaky}, {Algorithm: limit.Leaky, Rate: 1.5}, {Algorithm: limit.Leaky, Rate: 1, Delay: 1}, {Algorithm: limit.Fixed, Burst: 1},
		{Algorithm: limit.Sliding, Burst: 1, Window: -1}, {Algorithm: limit.Log, Burst: limit.MaxLog + 1, Window: 1},
	} {
		if l, err := limit.New(c); err == nil {
			t.Errorf("%+v makes %v", c, l)
		}
	}
	for _, l := range []limit.Limiter{new(limit.TokenBucket), new(limit.LeakyBucket), new(limit.FixedWindow), new(limit.SlidingWindow), new(limit.SlidingLog)} {
		if o, err := l.Allow(0, 1); err == nil {
			t.Errorf("the zero %T says %v", l, o)
		}
	}
	for _, a := range []limit.Algorithm{limit.Token, limit.Leaky, limit.Fixed, limit.Sliding, limit.Log} {
		l := made(t, limit.Config{Algorithm: a, Rate: 1, Burst: 3, Window: time.Second})
		allow(t, l, 5, 1)
		if _, err := l.Allow(4, 1); err == nil {
			t.Errorf("%s: the time goes back", a)
		}
		if _, err := l.Allow(5, -1); err == nil {
			t.Errorf("%s: -1 pass", a)
		}
		if o, err := l.Allow(5, 100); err != nil || o.OK || o.After != limit.Never {
			t.Errorf("%s: 100 of 3 pass: %v, %v", a, o, err)
		}
		if o, err := l.Allow(math.MaxInt64, 2); err != nil || !o.OK {
			t.Errorf("%s at the end of time: %v, %v", a, o, err)
		}
	}
	b, err := limit.NewTokenBucket(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if b.Cancel(0, limit.Reservation{OK: true, Number: 1}) == nil || b.SetRate(0, -1) == nil || b.SetBurst(0, -1) == nil {
		t.Error("an invalid argument is accepted")
	}
}

// TestBounds: the ends of the ranges are in them.
func TestBounds(t *testing.T) {
	for _, c := range []limit.Config{
		{Rate: 0}, {Rate: limit.Inf}, {Rate: 1, Burst: limit.MaxBurst}, {Algorithm: limit.Leaky, Rate: 1}, {Algorithm: limit.Leaky, Rate: 1e6, Burst: limit.MaxBurst, Delay: limit.MaxBurst},
		{Algorithm: limit.Log, Burst: limit.MaxLog, Window: 1}, {Algorithm: limit.Fixed, Window: 1}, {Algorithm: limit.Sliding, Window: limit.Never},
	} {
		made(t, c)
	}
	for _, a := range []limit.Algorithm{limit.Token, limit.Leaky, limit.Fixed, limit.Sliding, limit.Log} {
		if l, err := limit.New(limit.Config{Algorithm: a, Rate: 1, Burst: -1, Window: 1}); err == nil {
			t.Errorf("%s: a burst of -1 makes %v", a, l)
		}
		// As many as can ever pass are not refused forever, and one more are.
		most := 3
		if a == limit.Leaky {
			most = 4
		}
		l := made(t, limit.Config{Algorithm: a, Rate: 1, Burst: 3, Window: time.Second})
		allow(t, l, 0, 1)
		if o, err := l.Allow(0, 0); err != nil || !o.OK {
			t.Errorf("%s: none more: %v, %v", a, o, err)
		}
		if o, err := l.Allow(0, most); err != nil || o.OK || o.After == limit.Never {
			t.Errorf("%s: %d more: %v, %v", a, most, o, err)
		}
		if o, err := l.Allow(0, most+1); err != nil || o.OK || o.After != limit.Never {
			t.Errorf("%s: %d more: %v, %v", a, most+1, o, err)
		}
	}
}

// TestLongPause: after any pause a leaky bucket is at its lowest.
func TestLongPause(t *testing.T) {
	for _, rate := range []float64{1, 1000, 1e6} {
		for shift := 20; shift < 63; shift++ {
			l := made(t, limit.Config{Algorithm: limit.Leaky, Rate: rate, Burst: 3})
			if yes, _ := allow(t, l, 0, 5); yes != 4 {
				t.Fatalf("rate %v: %d pass at once", rate, yes)
			}
			now := 10*time.Second + 1<<shift
			if yes, _ := allow(t, l, now, 5); yes != 4 {
				t.Errorf("rate %v: %d pass after %v", rate, yes, now)
			}
		}
	}
}

// FuzzLimit asks at any times: no panic, and no more than the limit.
func FuzzLimit(f *testing.F) {
	f.Add(uint8(0), 10.0, 5, int64(time.Second), []byte{1, 2, 3})
	f.Add(uint8(1), 1000000.0, 2147483647, int64(1), []byte{255, 0, 255})
	f.Add(uint8(3), 0.0, 1048576, int64(math.MaxInt64), []byte{255, 255})
	f.Fuzz(func(t *testing.T, a uint8, rate float64, burst int, window int64, script []byte) {
		c := limit.Config{Algorithm: []limit.Algorithm{limit.Token, limit.Leaky, limit.Fixed, limit.Sliding, limit.Log}[a%5], Rate: rate, Burst: burst, Window: time.Duration(window)}
		l, err := limit.New(c)
		if err != nil {
			return
		}
		var now time.Duration
		for i, b := range script {
			if i == 1000 {
				break
			}
			now += time.Duration(b) << (b % 56)
			o, err := l.Allow(now, int(b%7))
			if err != nil && now >= 0 {
				t.Fatal(err)
			}
			if err == nil && (o.After < 0 || !o.OK && o.After == 0) {
				t.Fatalf("%+v at %v: %+v", c, now, o)
			}
			if err != nil {
				return
			}
		}
	})
}
