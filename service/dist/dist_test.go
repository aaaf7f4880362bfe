package dist

import (
	"math"
	"slices"
	"testing"
	"time"
)

// shapes has one distribution of each shape.
var shapes = []Dist{
	{},
	{Mean: time.Millisecond},
	{Shape: Uniform, Mean: 10 * time.Millisecond, Spread: 4 * time.Millisecond},
	{Shape: Exponential, Mean: 10 * time.Millisecond},
	{Shape: Erlang, Mean: 10 * time.Millisecond, Stages: 4},
	{Shape: Hyper, Mean: time.Millisecond, Other: 100 * time.Millisecond, Share: 0.9},
	{Shape: Hyper, Mean: 10 * time.Millisecond, Other: 20 * time.Millisecond, Share: 0.5},
	{Shape: Points, Points: []Point{{0, time.Millisecond}, {0.5, 10 * time.Millisecond}, {0.99, 200 * time.Millisecond}, {1, time.Second}}},
}

// TestMoments: random numbers have the right mean and variance.
func TestMoments(t *testing.T) {
	const n = 200_000
	for _, d := range shapes {
		mean, variance, err := d.Moments()
		if err != nil {
			t.Fatal(err)
		}
		var sum, square float64
		for i := range uint64(n) {
			x := d.Draw(Key(7).Child(i)).Seconds()
			sum += x
			square += x * x
		}
		got := sum / n
		if math.Abs(got-mean) > 6*math.Sqrt(variance/n)+2e-9 {
			t.Errorf("%+v: mean %v, want %v", d, got, mean)
		}
		if v := square/n - got*got; math.Abs(v-variance) > 0.05*variance+1e-15 {
			t.Errorf("%+v: variance %v, want %v", d, v, variance)
		}
	}
}

// TestSame: the draws are the same forever. A key's number is the first of a SplitMix64
// with that seed, whose reference gives 0xe220a8397b1dcdaf for the seed 0.
func TestSame(t *testing.T) {
	const first = 0xe220a8397b1dcdaf
	if got := Key(0).Float64(); got != float64(uint64(first)>>11)/(1<<53) {
		t.Errorf("the number of key 0 is %v", got)
	}
	if got := Key(0).IntN(1000); got != first>>32*1000>>32 {
		t.Errorf("of 1000 key 0 has %d", got)
	}
	for key, want := range map[[2]uint64]Key{{0, 0}: 0x6db6ca64564daeaa, {1, 2}: 0x26c3287ebe7ae79a, {7, 1 << 40}: 0x55ace405d348451f} {
		if got := Key(key[0]).Child(key[1]); got != want {
			t.Errorf("child %d of key %d is %#x, want %#x", key[1], key[0], uint64(got), uint64(want))
		}
	}
	var got []time.Duration
	for _, d := range shapes {
		got = append(got, d.Draw(5))
	}
	if want := []time.Duration{0, 1000000, 9094144, 4890120, 10696279, 1655976, 16559768, 7961824}; !slices.Equal(got, want) {
		t.Errorf("key 5 draws %d, want %d", got, want)
	}
}

func TestLn(t *testing.T) {
	for i := range uint64(100_000) {
		x := 1 - Key(i).Float64()
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 4e-16*max(math.Abs(want), 1e-3) && math.Abs(got-want) > 1e-15*math.Abs(want) {
			t.Fatalf("ln(%v) = %v, want %v", x, got, want)
		}
	}
	if got := ln(0x1p-53); got != math.Log(0x1p-53) {
		t.Errorf("ln(2^-53) = %v", got)
	}
}

func TestKeys(t *testing.T) {
	seen := map[Key]bool{}
	for i := range uint64(300) {
		for j := range uint64(300) {
			seen[Key(i).Child(j)] = true
		}
	}
	if len(seen) != 90_000 {
		t.Errorf("%d keys of 90000", len(seen))
	}
	count := [10]int{}
	for i := range uint64(100_000) {
		count[Key(3).Child(i).IntN(10)]++
	}
	chi := 0.0
	for _, c := range count {
		chi += float64((c-10_000)*(c-10_000)) / 10_000
	}
	if chi > 45 { // 9 degrees of freedom, alpha 1e-6
		t.Errorf("IntN: %v, chi squared %v", count, chi)
	}
}

func TestCheck(t *testing.T) {
	for _, d := range []Dist{
		{Mean: -1}, {Mean: Max + 1}, {Shape: "bell"}, {Shape: Uniform, Mean: 1, Spread: 2}, {Shape: Erlang}, {Shape: Erlang, Stages: 101},
		{Shape: Hyper, Share: math.NaN()}, {Shape: Hyper, Share: 1.5}, {Shape: Points}, {Shape: Points, Points: []Point{{0, 2}, {1, 1}}},
		{Shape: Points, Points: []Point{{0, 1}, {math.NaN(), 1}, {1, 2}}}, {Shape: Points, Points: []Point{{1, 1}}},
		{Shape: Points, Points: []Point{{0.1, 1}, {1, 1}}}, {Shape: Points, Points: []Point{{0, 1}, {0.9, 1}}}, {Shape: Points, Points: []Point{{0, 1}, {0.5, 1}, {0.5, 1}, {1, 1}}},
		{Shape: Points, Points: []Point{{0, -1}, {1, 1}}}, {Shape: Points, Points: []Point{{0, 1}, {1, Max + 1}}}, {Shape: Points, Points: line(MaxPoints + 1)},
	} {
		if d.Check() == nil {
			t.Errorf("%+v passes", d)
		}
		if got := d.Draw(1); got < 0 || got > Max {
			t.Errorf("%+v draws %v", d, got)
		}
	}
}

// line has n points on a straight line.
func line(n int) (all []Point) {
	for i := range n {
		all = append(all, Point{float64(i) / float64(n-1), time.Duration(i)})
	}
	return all
}

// TestBounds: the ends of the ranges are in them.
func TestBounds(t *testing.T) {
	for _, d := range []Dist{
		{Mean: Max}, {Shape: Uniform, Mean: Max, Spread: Max}, {Shape: Erlang, Stages: 1}, {Shape: Erlang, Stages: MaxStages}, {Shape: Hyper, Share: 1},
		{Shape: Points, Points: []Point{{0, 0}, {1, Max}}}, {Shape: Points, Points: []Point{{0, 5}, {0.5, 5}, {1, 5}}}, {Shape: Points, Points: line(MaxPoints)},
	} {
		if err := d.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, d := range []Dist{{}, {Mean: -5}} {
		if got := d.Draw(1); got != 0 {
			t.Errorf("%+v draws %v", d, got)
		}
	}
	if got := (&Dist{Mean: Max + 1}).Draw(1); got != Max {
		t.Errorf("a mean above Max draws %v", got)
	}
}

func BenchmarkExponential(b *testing.B) {
	d := Dist{Shape: Exponential, Mean: time.Millisecond}
	k := Key(1)
	var sum time.Duration
	for b.Loop() {
		k++
		sum += d.Draw(k)
	}
	_ = sum
}
