// Package dist draws times from distributions: the same [Key] gives the same time, on
// every machine. A key is a place in a tree of random numbers, so that the draws of one
// request do not depend on the draws of others before it.
//
// # Concurrent use
//
// All values may be used by several goroutines at once.
package dist

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// A Key is a source of random numbers.
type Key uint64

// Child returns the n-th key below this one.
func (k Key) Child(n uint64) Key {
	// The finalizer of SplitMix64, twice, so that keys and numbers may be small.
	return Key(mix(mix(uint64(k)) + n*0x9e3779b97f4a7c15 + 0x632be59bd9b4e019))
}

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Float64 returns the key's number in [0,1).
func (k Key) Float64() float64 { return float64(mix(uint64(k)+0x9e3779b97f4a7c15)>>11) / (1 << 53) }

// IntN returns the key's number in [0,n), or 0 if n is below 1.
func (k Key) IntN(n int) int {
	hi, _ := bits.Mul64(mix(uint64(k)+0x9e3779b97f4a7c15), uint64(max(n, 1)))
	return int(hi)
}

// A Shape names a distribution.
type Shape string

// The shapes.
const (
	Constant    Shape = "constant"    // Mean
	Uniform     Shape = "uniform"     // from Mean-Spread to Mean+Spread
	Exponential Shape = "exponential" // random arrivals, and services of which nothing is known
	Erlang      Shape = "erlang"      // the sum of Stages exponential ones: less spread
	Hyper       Shape = "hyper"       // with the probability Share from a mean of Mean, else of Other: more spread, a tail
	Points      Shape = "points"      // quantiles that were measured, straight lines between them
)

// String returns the name.
func (s Shape) String() string { return string(s) }

// A Dist is a distribution of times. The zero Dist is always 0.
type Dist struct {
	Shape  Shape         `json:"shape"` // "" for Constant
	Mean   time.Duration `json:"mean"`  // in [0,Max]
	Spread time.Duration `json:"spread,omitempty"`
	Stages int           `json:"stages,omitempty"` // in [1,MaxStages]
	Share  float64       `json:"share,omitempty"`  // in [0,1]
	Other  time.Duration `json:"other,omitempty"`
	Points []Point       `json:"points,omitempty"` // of growing quantiles, the first 0 and the last 1
}

// A Point says that the share Q of all times are no longer than At.
type Point struct {
	Q  float64       `json:"q"`
	At time.Duration `json:"at"`
}

// The limits of a distribution.
const (
	Max       time.Duration = 1 << 50 // about 13 days; no time that is drawn is longer
	MaxStages               = 100
	MaxPoints               = 1000
)

// Check returns an error if a field is out of range.
func (d Dist) Check() error {
	for _, t := range []time.Duration{d.Mean, d.Spread, d.Other} {
		if t < 0 || t > Max {
			return fmt.Errorf("dist: %v out of range [0,%v]", t, Max)
		}
	}
	switch d.Shape {
	case "", Constant, Exponential:
	case Uniform:
		if d.Spread > d.Mean {
			return fmt.Errorf("dist: spread %v out of range [0,%v], the mean", d.Spread, d.Mean)
		}
	case Erlang:
		if d.Stages < 1 || d.Stages > MaxStages {
			return fmt.Errorf("dist: %d stages out of range [1,%d]", d.Stages, MaxStages)
		}
	case Hyper:
		if !(d.Share >= 0 && d.Share <= 1) {
			return fmt.Errorf("dist: share %v out of range [0,1]", d.Share)
		}
	case Points:
		return d.checkPoints()
	default:
		return fmt.Errorf("dist: shape %.40q (want constant, uniform, exponential, erlang, hyper or points)", d.Shape)
	}
	return nil
}

func (d Dist) checkPoints() error {
	n := len(d.Points)
	if n < 2 || n > MaxPoints || d.Points[0].Q != 0 || d.Points[n-1].Q != 1 {
		return fmt.Errorf("dist: %d points, want 2 to %d, from 0 to 1", n, MaxPoints)
	}
	for i, p := range d.Points {
		if p.At < 0 || p.At > Max || i > 0 && (!(p.Q > d.Points[i-1].Q) || p.At < d.Points[i-1].At) {
			return fmt.Errorf("dist: point %d, %v at %v, is not above the one before, or out of range [0,%v]", i, p.Q, p.At, Max)
		}
	}
	return nil
}

// Draw returns the key's time, in [0,Max]. It is 0 if [Dist.Check] returns an error.
func (d *Dist) Draw(k Key) time.Duration {
	switch d.Shape {
	case "", Constant:
		return max(min(d.Mean, Max), 0)
	case Exponential:
		return times(d.Mean, k.Exp())
	}
	return d.drawRare(k)
}

func (d *Dist) drawRare(k Key) time.Duration {
	if d.Check() != nil {
		return 0
	}
	switch d.Shape {
	case Uniform:
		return d.Mean - d.Spread + times(2*d.Spread, k.Float64())
	case Erlang:
		sum := 0.0
		for i := range d.Stages {
			sum += k.Child(uint64(i)).Exp()
		}
		return times(d.Mean, sum/float64(d.Stages))
	case Hyper:
		if k.Child(0).Float64() < d.Share {
			return times(d.Mean, k.Child(1).Exp())
		}
		return times(d.Other, k.Child(1).Exp())
	}
	u := k.Float64()
	i := 1
	for u >= d.Points[i].Q {
		i++
	}
	a, b := d.Points[i-1], d.Points[i]
	return a.At + times(b.At-a.At, (u-a.Q)/(b.Q-a.Q))
}

// Moments returns the mean and the variance, in seconds and their square, as they are
// before times are cut at Max. Errors are those of [Dist.Check].
func (d Dist) Moments() (mean, variance float64, err error) {
	if err := d.Check(); err != nil {
		return 0, 0, err
	}
	m := d.Mean.Seconds()
	switch d.Shape {
	case Uniform:
		return m, d.Spread.Seconds() * d.Spread.Seconds() / 3, nil
	case Exponential:
		return m, m * m, nil
	case Erlang:
		return m, m * m / float64(d.Stages), nil
	case Hyper:
		o := d.Other.Seconds()
		mean = d.Share*m + (1-d.Share)*o
		return mean, 2*d.Share*m*m + 2*(1-d.Share)*o*o - mean*mean, nil
	case Points:
		square := 0.0
		for i := 1; i < len(d.Points); i++ {
			a, b, w := d.Points[i-1].At.Seconds(), d.Points[i].At.Seconds(), d.Points[i].Q-d.Points[i-1].Q
			mean += w * (a + b) / 2
			square += w * (a*a + a*b + b*b) / 3
		}
		return mean, max(square-mean*mean, 0), nil
	}
	return m, 0, nil
}

// times multiplies, and rounds down to a nanosecond.
func times(d time.Duration, x float64) time.Duration {
	t := float64(float64(d) * x)
	if !(t < float64(Max)) {
		return Max
	}
	return time.Duration(t)
}

// Exp returns the key's number from the exponential distribution of mean 1.
func (k Key) Exp() float64 { return -ln(1 - k.Float64()) }

// ln returns the natural logarithm of a number above 0. That of package math differs in
// the last bit between processors.
func ln(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	// ln m is 2*artanh(s), a series in s*s, which is at most 0.03.
	s := (m - 1) / (m + 1)
	z := float64(s * s)
	p := 1.0 / 21
	for n := 19; n >= 1; n -= 2 {
		p = float64(p*z) + inverse[n]
	}
	return float64(float64(e)*math.Ln2) + float64(2*float64(s*p))
}

var inverse = [20]float64{1: 1, 3: 1.0 / 3, 5: 1.0 / 5, 7: 1.0 / 7, 9: 1.0 / 9, 11: 1.0 / 11, 13: 1.0 / 13, 15: 1.0 / 15, 17: 1.0 / 17, 19: 1.0 / 19}
