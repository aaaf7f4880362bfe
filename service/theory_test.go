package service_test

import (
	"math"
	"os"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/underrace"
	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/queueing"
)

// one returns a single service with a million requests at a rate.
func one(rate float64, workers int, work dist.Dist) service.Config {
	return service.Config{
		Seed: 2, MaxSteps: 10_000_000,
		Services: []service.Service{{Name: "s", Workers: workers, Work: work}},
		Load:     service.Load{Rate: rate, Requests: 1_000_000},
	}
}

// TestNoBias: over many runs at a higher load, which differ by more than a percent, the
// mean is closer.
func TestNoBias(t *testing.T) {
	if underrace.On {
		t.Skip("millions of requests, and no goroutine")
	}
	runs, requests := uint64(10), 100_000
	if os.Getenv("ORRERY_FULL") != "" {
		runs, requests = 40, 1_000_000
	}
	for _, workers := range []int{1, 8} {
		rate := 800 * float64(workers)
		want, err := queueing.MMC(rate, 1000, workers)
		if err != nil {
			t.Fatal(err)
		}
		var sum, square float64
		for seed := range runs {
			c := one(rate, workers, dist.Dist{Shape: dist.Exponential, Mean: time.Millisecond})
			c.Seed, c.Load.Requests = 100+seed, requests
			r, err := service.Simulate(c)
			if err != nil {
				t.Fatal(err)
			}
			x := r.Services[0].Wait/want.Wait - 1
			sum += x
			square += x * x
		}
		n := float64(runs)
		mean := sum / n
		dev := math.Sqrt((square/n - mean*mean) / (n - 1))
		t.Logf("%d workers: off by %.3f%%, of which the standard error is %.3f%%", workers, 100*mean, 100*dev)
		if math.Abs(mean) > 5*dev {
			t.Errorf("%d workers: off by %.3f%%", workers, 100*mean)
		}
	}
}

// TestTheory: where queueing theory has the answer, the model agrees within 2 percent.
func TestTheory(t *testing.T) {
	if underrace.On {
		t.Skip("millions of requests, and no goroutine")
	}
	exponential := dist.Dist{Shape: dist.Exponential, Mean: time.Millisecond}
	for _, tt := range []struct {
		name    string
		rate    float64
		workers int
		work    dist.Dist
	}{
		{"M/M/1, load 0.3", 300, 1, exponential},
		{"M/M/1, load 0.6", 600, 1, exponential},
		{"M/M/2, load 0.6", 1200, 2, exponential},
		{"M/M/4, load 0.6", 2400, 4, exponential},
		{"M/D/1, load 0.7", 700, 1, dist.Dist{Mean: time.Millisecond}},
		{"M/U/1, load 0.6", 600, 1, dist.Dist{Shape: dist.Uniform, Mean: time.Millisecond, Spread: time.Millisecond}},
		{"M/E4/1, load 0.6", 600, 1, dist.Dist{Shape: dist.Erlang, Mean: time.Millisecond, Stages: 4}},
		{"M/H2/1, load 0.5", 500, 1, dist.Dist{Shape: dist.Hyper, Mean: time.Millisecond / 2, Other: 3 * time.Millisecond, Share: 0.8}},
	} {
		s, err := service.New(one(tt.rate, tt.workers, tt.work))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		mean, variance, err := tt.work.Moments()
		if err != nil {
			t.Fatal(err)
		}
		var want queueing.Queue
		if tt.work.Shape == dist.Exponential {
			want, err = queueing.MMC(tt.rate, 1/mean, tt.workers)
		} else {
			want, err = queueing.MG1(tt.rate, mean, variance)
		}
		if err != nil {
			t.Fatal(err)
		}
		got := s.Report().Services[0]
		off := func(got, want float64) float64 { return math.Abs(got/want - 1) }
		t.Logf("%s: wait %.6fs, theory %.6fs, off by %.2f%%", tt.name, got.Wait, want.Wait, 100*off(got.Wait, want.Wait))
		if off(got.Wait, want.Wait) > 0.02 || off(got.Stay, want.Sojourn) > 0.02 || off(got.InSystem, want.InSystem) > 0.02 || off(got.Utilization, want.Load) > 0.02 {
			t.Errorf("%s: %+v, want %+v", tt.name, got, want)
		}
	}
}
