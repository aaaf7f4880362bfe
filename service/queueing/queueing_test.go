package queueing_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/orrery-go/orrery/service/queueing"
)

// At a load of 90 percent, the time in the system is ten times that of an idle server
// with one server, and less than twice with ten.
func ExampleMMC() {
	for _, c := range []int{1, 10} {
		q, err := queueing.MMC(90*float64(c), 100, c)
		if err != nil {
			fmt.Println(err)
		}
		fmt.Printf("%d: %.1f ms\n", c, 1000*q.Sojourn)
	}
	// Output:
	// 1: 100.0 ms
	// 10: 16.7 ms
}

// TestMMC sums the balance equations.
func TestMMC(t *testing.T) {
	for _, c := range []int{1, 2, 3, 8, 40} {
		for _, rho := range []float64{0.1, 0.5, 0.9, 0.99} {
			a := rho * float64(c)
			p, sum, number := 1.0, 0.0, 0.0
			for n := 0; n < 100_000; n++ {
				sum += p
				number += float64(n) * p
				p *= a / float64(min(n+1, c))
				if p < 1e-300 {
					break
				}
			}
			q, err := queueing.MMC(a, 1, c)
			if err != nil || math.Abs(q.InSystem/(number/sum)-1) > 1e-9 {
				t.Errorf("%d servers, load %v: %v in the system, want %v, %v", c, rho, q.InSystem, number/sum, err)
			}
			if c > 1 {
				continue
			}
			g, err := queueing.MG1(a, 1, 1)
			if err != nil || math.Abs(g.Wait/q.Wait-1) > 1e-12 {
				t.Errorf("M/G/1 is no M/M/1: %+v, %+v, %v", g, q, err)
			}
		}
	}
}

// TestMG1: services that all take the mean leave half the wait of exponential ones, and the
// lengths are those of Little's law.
func TestMG1(t *testing.T) {
	for _, mean := range []float64{0.25, 1, 4} {
		for _, rho := range []float64{0.1, 0.5, 0.9} {
			lambda := rho / mean
			exponential, err := queueing.MM1(lambda, 1/mean)
			if err != nil {
				t.Fatal(err)
			}
			for _, variance := range []float64{0, 0.5 * mean * mean, mean * mean, 3 * mean * mean} {
				q, err := queueing.MG1(lambda, mean, variance)
				if want := exponential.Wait * (1 + variance/(mean*mean)) / 2; err != nil || math.Abs(q.Wait/want-1) > 1e-12 {
					t.Errorf("mean %v, load %v, variance %v: %v s, want %v, %v", mean, rho, variance, q.Wait, want, err)
				}
				want := queueing.Queue{Load: lambda * mean, Waits: lambda * mean, Wait: q.Wait, Sojourn: q.Wait + mean, Length: lambda * q.Wait, InSystem: lambda * (q.Wait + mean)}
				if q != want {
					t.Errorf("%+v, want %+v", q, want)
				}
			}
		}
	}
}

// TestBounds: the ends of the ranges are in them, and a load of 1 is not.
func TestBounds(t *testing.T) {
	for _, q := range []func() (queueing.Queue, error){
		func() (queueing.Queue, error) { return queueing.MMC(1, 1, 1e6) },
		func() (queueing.Queue, error) { return queueing.MM1(1e-70, 1) },
		func() (queueing.Queue, error) { return queueing.MM1(1, 1e70) },
		func() (queueing.Queue, error) { return queueing.MG1(1, 1e-70, 0) },
		func() (queueing.Queue, error) { return queueing.MG1(1e-70, 0.9e70, 1e140) },
		func() (queueing.Queue, error) { return queueing.MG1(1e-70, 1, 1e140) },
	} {
		if _, err := q(); err != nil {
			t.Error(err)
		}
	}
	for _, mean := range []float64{0.25, 1, 4} {
		for _, load := range []float64{1, 1.5, 3} {
			if q, err := queueing.MG1(load/mean, mean, 0); err == nil {
				t.Errorf("mean %v, load %v: %+v", mean, load, q)
			}
		}
	}
}

func TestBad(t *testing.T) {
	for _, rates := range [][2]float64{{0, 1}, {-1, 1}, {1, 0}, {1, 1}, {2, 1}, {math.NaN(), 1}, {1, math.Inf(1)}} {
		if q, err := queueing.MM1(rates[0], rates[1]); err == nil {
			t.Errorf("%v: %+v", rates, q)
		}
	}
	for _, c := range []int{-1, 0, 1e6 + 1} {
		if _, err := queueing.MMC(1, 2, c); err == nil {
			t.Errorf("%d servers", c)
		}
	}
	for _, v := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := queueing.MG1(1, 0.5, v); err == nil {
			t.Errorf("variance %v", v)
		}
	}
	if _, err := queueing.MG1(1, 0, 0); err == nil {
		t.Error("no mean")
	}
}

// TestFar: the results for accepted arguments are numbers, and probabilities at most 1,
// even at a load close to 1 and for extreme times; errors name the refused argument.
func TestFar(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	passed := 0
	check := func(q queueing.Queue, err error) {
		t.Helper()
		if err != nil {
			return
		}
		passed++
		for _, v := range []float64{q.Load, q.Waits, q.Wait, q.Sojourn, q.Length, q.InSystem} {
			if math.IsInf(v, 0) || !(v >= 0) || q.Waits > 1 || q.Load > 1 {
				t.Fatalf("%+v", q)
			}
		}
	}
	some := func() float64 { return math.Pow(10, 160*r.Float64()-80) }
	for range 20_000 {
		mu, c := some(), 1+r.IntN(50)
		check(queueing.MMC(math.Nextafter(mu*float64(c), 0), mu, c))
		check(queueing.MMC(mu*r.Float64(), mu, c))
		check(queueing.MG1(math.Nextafter(1/mu, 0), mu, some()*some()))
	}
	if passed < 40_000 {
		t.Errorf("%d pass", passed)
	}
	check(queueing.MM1(1e-322, 1e-320))
	check(queueing.MG1(1e-310, 1e290, 1e299))
	if _, err := queueing.MG1(0.5, 0, 0); err == nil || err.Error() != "queueing: mean 0 out of range [1e-70,1e+70]" {
		t.Error(err)
	}
}
