package draw_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/retry"
)

// stormSamples returns the samples of a retry storm that a breaker ends.
func stormSamples(t *testing.T) []service.Sample {
	t.Helper()
	r, err := service.Simulate(service.Config{
		Seed: 1, Sample: 500 * time.Millisecond,
		Client: service.Call{Timeout: 100 * time.Millisecond, Retry: retry.Policy{Attempts: 3, Base: 50 * time.Millisecond, Jitter: retry.Full}, Breaker: &breaker.Config{Failures: 20, Timeout: time.Second}},
		Services: []service.Service{{
			Name: "db", Workers: 10, Work: dist.Dist{Shape: dist.Exponential, Mean: 10 * time.Millisecond},
			Faults: []service.Fault{{From: 3 * time.Second, To: 5 * time.Second, Slow: 20}},
		}},
		Load: service.Load{Rate: 800, Duration: 12 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Samples
}

func TestServiceSeries(t *testing.T) {
	samples := stormSamples(t)
	got := draw.ServiceSeries("a retry storm, and a breaker", "", samples)
	wellFormed(t, got)
	same(t, "service_series.svg", got)
	for _, id := range []string{"service-3-ok", "service-8-failed", "service-8-breaker"} {
		if !strings.Contains(got, `id="`+id+`"`) {
			t.Errorf("no %s", id)
		}
	}
	wellFormed(t, draw.ServiceSeries("", "db", samples))
	wellFormed(t, draw.ServiceSeries("\x00", "none", nil))
	many := make([]service.Sample, 1_000_000)
	many[3] = service.Sample{Came: math.MaxInt, OK: -1, Failed: math.MinInt, In: math.MaxInt, P99: math.MaxInt64, At: math.MinInt64, Breaker: "other"}
	if got := draw.ServiceSeries("many", "", many); len(got) > 300<<10 {
		t.Errorf("%d bytes", len(got))
	}
}
