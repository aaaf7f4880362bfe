package service_test

import (
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/dist"
)

// BenchmarkSim takes a step of a million requests to one service, and of a chain of
// three with timeouts.
func BenchmarkSim(b *testing.B) {
	exponential := func(d time.Duration) dist.Dist { return dist.Dist{Shape: dist.Exponential, Mean: d} }
	call := func(to string) []service.Call { return []service.Call{{To: to, Timeout: 50 * time.Millisecond}} }
	for _, bb := range []struct {
		name   string
		config service.Config
	}{
		{"one", service.Config{Services: []service.Service{{Name: "s", Workers: 1, Work: exponential(time.Millisecond)}}, Load: service.Load{Rate: 700}}},
		{"chain", service.Config{Services: []service.Service{
			{Name: "web", Workers: 50, Work: exponential(time.Millisecond), Calls: call("app")},
			{Name: "app", Workers: 20, Work: exponential(time.Millisecond), Calls: call("db")},
			{Name: "db", Workers: 4, Work: exponential(time.Millisecond)},
		}, Load: service.Load{Rate: 2500}}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			c := bb.config
			c.MaxSteps, c.Load.Duration = math.MaxInt, service.MaxTime
			s, err := service.New(c)
			if err != nil {
				b.Fatal(err)
			}
			for range 100_000 { // until memory for the largest number at once is allocated
				if _, err := s.Step(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Step(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
		})
	}
}
