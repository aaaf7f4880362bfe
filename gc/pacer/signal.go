package pacer

import (
	"math"
	"math/rand/v2"
)

// A Signal is a series of numbers, one a cycle. A Signal has a state: after a simulation
// it goes on where that left it.
type Signal func() float64

// Constant is always c.
func Constant(c float64) Signal { return func() float64 { return c } }

// Unit is high once, then 0.
func Unit(high float64) Signal {
	return func() float64 {
		v := high
		high = 0
		return v
	}
}

// Step is 0 for cycles cycles, then high.
func Step(high float64, cycles int) Signal { return Constant(high).Delay(cycles) }

// Ramp goes from 0 to high in cycles cycles, and stays there.
func Ramp(high float64, cycles int) Signal {
	n := 0
	return func() float64 {
		if cycles <= 0 {
			return high
		}
		v := high * float64(n) / float64(cycles)
		n = min(n+1, cycles)
		return v
	}
}

// Oscillate is a sine wave of that amplitude that begins at phase and has a period of
// cycles cycles.
func Oscillate(amplitude, phase float64, period int) Signal {
	n, period := 0, max(period, 1)
	return func() float64 {
		at := float64(float64(n)/float64(period)*2*math.Pi) + phase
		n = (n + 1) % period
		return math.Sin(at) * amplitude
	}
}

// Random is uniform between -amplitude and amplitude.
func Random(amplitude float64, seed uint64) Signal {
	return Noise(amplitude, rand.New(rand.NewPCG(seed, 0)).Float64)
}

// Noise is Random from a source of numbers in [0,1).
func Noise(amplitude float64, next func() float64) Signal {
	if next == nil {
		return nil
	}
	return func() float64 { return (next() - 0.5) * 2 * amplitude }
}

// next returns the value in the next cycle; that of a nil Signal is 0.
func (s Signal) next() float64 {
	if s == nil {
		return 0
	}
	return s()
}

// Delay is 0 for cycles cycles, then s from its beginning.
func (s Signal) Delay(cycles int) Signal {
	return func() float64 {
		if cycles > 0 {
			cycles--
			return 0
		}
		return s.next()
	}
}

// Scale is s times by.
func (s Signal) Scale(by float64) Signal { return func() float64 { return s.next() * by } }

// Offset is s plus by.
func (s Signal) Offset(by float64) Signal {
	return func() float64 {
		v := s.next()
		return v + by
	}
}

// Sum returns the sum of s and all others.
func (s Signal) Sum(others ...Signal) Signal {
	return func() float64 {
		sum := s.next()
		for _, o := range others {
			sum += o.next()
		}
		return sum
	}
}

// Quantize rounds s towards 0, to a multiple of step, which is more than 0.
func (s Signal) Quantize(step float64) Signal {
	return func() float64 { return math.Trunc(s.next()/step) * step }
}

// AtLeast returns the larger of s and least.
func (s Signal) AtLeast(least float64) Signal {
	return func() float64 { return math.Max(least, s.next()) }
}

// AtMost returns the smaller of s and most.
func (s Signal) AtMost(most float64) Signal {
	return func() float64 { return math.Min(most, s.next()) }
}

// Limit is s within [least,most].
func (s Signal) Limit(least, most float64) Signal {
	return func() float64 {
		v := s.next()
		switch {
		case v < least:
			return least
		case v > most:
			return most
		}
		return v
	}
}
