package retry_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/retry"
)

// Exponential backoff without and with jitter, which spreads retries of requests that
// failed together.
func ExamplePolicy_Delay() {
	for _, j := range []retry.Jitter{retry.None, retry.Full, retry.Equal} {
		p := retry.Policy{Attempts: 5, Base: 100 * time.Millisecond, Cap: time.Second, Jitter: j}
		fmt.Print(j, ":")
		for failed := 1; failed <= 5; failed++ {
			d, err := p.Delay(failed, 0, 0.25)
			if err != nil {
				fmt.Println(err)
			}
			fmt.Print(" ", d)
		}
		fmt.Println()
	}
	// Output:
	// none: 100ms 200ms 400ms 800ms 1s
	// full: 25ms 50ms 100ms 200ms 250ms
	// equal: 62.5ms 125ms 250ms 500ms 625ms
}

// TestThrottle follows gRFC A6 (gRPC's retries): with 10 tokens and a ratio of 0.1,
// retries stop when 5 are left, and ten successes give one back.
func TestThrottle(t *testing.T) {
	th, err := retry.NewThrottle(10, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 12; i++ {
		if got, want := th.Failed(), i < 5; got != want {
			t.Errorf("after failure %d a retry: %v", i, got)
		}
	}
	if th.Tokens() != 0 {
		t.Errorf("%d tokens", th.Tokens())
	}
	for range 61 {
		th.Succeeded()
	}
	if th.Tokens() != 6100 || !th.Failed() || th.Failed() {
		t.Errorf("%d tokens", th.Tokens())
	}
	for range 1000 {
		th.Succeeded()
	}
	if th.Tokens() != 10_000 {
		t.Errorf("%d tokens of 10", th.Tokens())
	}
	if th, err := retry.NewThrottle(1000, 0.0016); err != nil || th.Failed() != true {
		t.Error(err)
	} else if th.Succeeded(); th.Tokens() != 999_001 { // three decimals count
		t.Errorf("%d", th.Tokens())
	}
}

func TestBudget(t *testing.T) {
	b, err := retry.NewBudget(0.2, 2)
	if err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		for {
			if ok, err := b.Retry(); !ok || err != nil {
				return n
			}
			n++
		}
	}
	if n := count(); n != 2 {
		t.Errorf("%d retries of a reserve of 2", n)
	}
	for range 9 {
		b.Called()
	}
	if n := count(); n != 1 {
		t.Errorf("%d retries for 9 calls", n)
	}
	for range 1000 {
		b.Called()
	}
	if n := count(); n != 2 {
		t.Errorf("%d retries after many calls", n)
	}
}

// TestDecimals: exactly three decimals of a ratio count.
func TestDecimals(t *testing.T) {
	given := func(ratio float64) [2]int {
		t.Helper()
		th, err := retry.NewThrottle(1000, ratio)
		if err != nil {
			t.Fatal(err)
		}
		b, err := retry.NewBudget(ratio, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			th.Failed()
			if ok, err := b.Retry(); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
		th.Succeeded()
		b.Called()
		return [2]int{th.Tokens() - 990_000, b.Tokens() - 990_000}
	}
	for k := 1; k < 10_000; k++ {
		if got := given(float64(k) / 1000); got != [2]int{k, k} {
			t.Errorf("ratio %v gives %d thousandths", float64(k)/1000, got)
		}
		if k == 1 {
			continue
		}
		if got := given(math.Nextafter(float64(k)/1000, 0)); got != [2]int{k - 1, k - 1} {
			t.Errorf("next to ratio %v gives %d thousandths", float64(k)/1000, got)
		}
	}
}

// TestDelay: no delay is out of bounds, for any policy and any attempt.
func TestDelay(t *testing.T) {
	for _, base := range []time.Duration{0, 1, 7, time.Second, math.MaxInt64 / 2, math.MaxInt64} {
		for _, top := range []time.Duration{0, base, math.MaxInt64} {
			for _, j := range []retry.Jitter{"", retry.None, retry.Full, retry.Equal, retry.Decorrelated, retry.Proportional} {
				for _, factor := range []float64{0, 1, 1.6, 100} {
					p := retry.Policy{Attempts: 9, Base: base, Cap: top, Factor: factor, Jitter: j}
					before := time.Duration(0)
					for failed := 1; failed <= retry.MaxAttempts; failed++ {
						for _, u := range []float64{0, 0.3, 1 - 0x1p-53} {
							d, err := p.Delay(failed, before, u)
							if err != nil {
								t.Fatal(err)
							}
							most := top
							if top == 0 {
								most = math.MaxInt64
							}
							if j == retry.Proportional && most <= math.MaxInt64/2 {
								most += most/5 + 1000 // the rounding of floating-point numbers
							}
							if d < 0 || d > most {
								t.Fatalf("%+v, %d failed, %v, %v: %v", p, failed, before, u, d)
							}
							before = d
						}
					}
				}
			}
		}
	}
	for _, p := range []retry.Policy{{}, {Attempts: 100}, {Base: 1, Cap: 1}, {Factor: 1}, {Factor: 100}} {
		if _, err := p.Delay(retry.MaxAttempts, 0, 0); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, p := range []retry.Policy{{Attempts: -1}, {Attempts: 101}, {Base: -1}, {Base: 2, Cap: 1}, {Factor: 0.5}, {Factor: math.NaN()}, {Jitter: "some"}} {
		if _, err := p.Delay(1, 0, 0); err == nil {
			t.Errorf("%+v passes", p)
		}
	}
	var p retry.Policy
	for _, err := range []error{third(p.Delay(0, 0, 0)), third(p.Delay(1, -1, 0)), third(p.Delay(1, 0, 1)), third(p.Delay(1, 0, math.NaN()))} {
		if err == nil {
			t.Error("a bad argument passes")
		}
	}
}

// TestJitter: the delays of each jitter, by its formula.
func TestJitter(t *testing.T) {
	for _, tt := range []struct {
		p      retry.Policy
		failed int
		before time.Duration
		u      float64
		want   time.Duration
	}{
		{retry.Policy{Base: 1000}, 3, 0, 0.5, 4000},
		{retry.Policy{Base: 1000, Factor: 3}, 3, 0, 0.5, 9000},
		{retry.Policy{Base: 1000, Cap: 4000}, 3, 0, 0.5, 4000},
		{retry.Policy{Base: 1000, Cap: 3999}, 3, 0, 0.5, 3999},
		{retry.Policy{Base: 1000, Jitter: retry.Full}, 2, 0, 0.25, 500},
		{retry.Policy{Base: 1000, Jitter: retry.Equal}, 2, 0, 0.25, 1250},
		{retry.Policy{Base: 1000, Jitter: retry.Proportional}, 2, 0, 0, 1600},
		{retry.Policy{Base: 1000, Jitter: retry.Proportional}, 2, 0, 0.25, 1800},
		{retry.Policy{Base: 1000, Jitter: retry.Proportional}, 2, 0, 0.75, 2200},
		{retry.Policy{Base: math.MaxInt64, Jitter: retry.Proportional}, 1, 0, 0.75, math.MaxInt64},
		{retry.Policy{Base: 1000, Jitter: retry.Decorrelated}, 9, 0, 0.5, 2000},
		{retry.Policy{Base: 1000, Jitter: retry.Decorrelated}, 1, 3000, 0.5, 5000},
		{retry.Policy{Base: 1000, Cap: 9000, Jitter: retry.Decorrelated}, 1, 3000, 0.5, 5000},
		{retry.Policy{Base: 1, Cap: 10, Jitter: retry.Decorrelated}, 1, 3, 0.9, 8}, // at most 9, not the cap
		{retry.Policy{Base: 1000, Cap: 7000, Jitter: retry.Decorrelated}, 1, 3000, 0.5, 4000},
	} {
		if got, err := tt.p.Delay(tt.failed, tt.before, tt.u); err != nil || got != tt.want {
			t.Errorf("%+v, %d failed, %v, %v: %d, want %d, %v", tt.p, tt.failed, tt.before, tt.u, got, tt.want, err)
		}
	}
}

func third(_ time.Duration, err error) error { return err }

func TestDeadline(t *testing.T) {
	var none retry.Deadline
	d := none.In(10, 100)
	if d != (retry.Deadline{Set: true, At: 110}) || d.In(50, 100) != d || d.In(50, 20).At != 70 || d.In(50, 0) != d || none.In(5, math.MaxInt64) != none {
		t.Error(d)
	}
	if left, ok := d.Left(100); left != 10 || !ok || d.Past(109) || !d.Past(110) || none.Past(math.MaxInt64) {
		t.Error(left, ok)
	}
	if left, ok := d.Left(200); left != 0 || !ok {
		t.Error(left, ok)
	}
	if left, ok := d.Left(math.MinInt64); left < 0 || !ok {
		t.Error(left, ok)
	}
}

func TestBad(t *testing.T) {
	for _, x := range []float64{-1, 0, math.NaN(), 1001} {
		if _, err := retry.NewThrottle(10, x); err == nil {
			t.Errorf("a throttle of %v", x)
		}
		if _, err := retry.NewBudget(x, 0); err == nil {
			t.Errorf("a budget of %v and no reserve", x)
		}
		if _, err := retry.NewBudget(x, 1); err == nil && x != 0 {
			t.Errorf("a budget of %v", x)
		}
	}
	for most, ok := range map[int]bool{-1: false, 0: false, 1: true, 1000: true, 1001: false} {
		if _, err := retry.NewThrottle(most, 1); (err == nil) != ok {
			t.Errorf("a throttle of %d tokens: %v", most, err)
		}
	}
	for reserve, ok := range map[int]bool{-1: false, 0: false, 1: true, 1e6: true, 1e6 + 1: false} {
		if _, err := retry.NewBudget(0, reserve); (err == nil) != ok {
			t.Errorf("a budget with a reserve of %d: %v", reserve, err)
		}
	}
	for _, x := range []float64{0.001, 1000} {
		if _, err := retry.NewThrottle(1, x); err != nil {
			t.Error(err)
		}
		if _, err := retry.NewBudget(x, 1); err != nil {
			t.Error(err)
		}
	}
	var b retry.Budget
	if ok, err := b.Retry(); ok || err == nil {
		t.Error("the zero Budget has retries")
	}
	var th retry.Throttle
	if th.Failed() {
		t.Error("the zero Throttle has retries")
	}
}
