package service_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/autoscale"
)

// small returns an ordinary system of two services.
func small() service.Config {
	return service.Config{Services: []service.Service{{Name: "a", Calls: []service.Call{{To: "b"}}}, {Name: "b"}}, Load: service.Load{Rate: 1, Requests: 1}}
}

// TestRanges: the least and the largest accepted values, and the values just outside,
// which are refused.
func TestRanges(t *testing.T) {
	if strconv.IntSize < 64 {
		t.Skip("the table holds durations as int")
	}
	const free = math.MaxInt // no limit
	longest := service.MaxTime
	long := int(longest)
	scaled := func(c *service.Config) *service.Autoscale {
		s := &c.Services[0]
		s.Workers, s.Instances = 1, 3
		s.Autoscale = &service.Autoscale{Scaler: autoscale.Config{Max: 5, Target: 1}}
		return s.Autoscale
	}
	for _, tt := range []struct {
		what        string
		least, most int
		set         func(c *service.Config, n int)
	}{
		{"services", 1, service.MaxServices, func(c *service.Config, n int) {
			c.Services = nil
			for i := range n {
				c.Services = append(c.Services, service.Service{Name: fmt.Sprint(i)})
			}
		}},
		{"length of a name", 1, 100, func(c *service.Config, n int) { c.Services[1].Name = strings.Repeat("b", n); c.Services[0].Calls = nil }},
		{"sample", 0, long, func(c *service.Config, n int) { c.Sample = time.Duration(n) }},
		{"budget", 0, free, func(c *service.Config, n int) { c.MaxSteps = n }},
		{"instances", 0, service.MaxInstances, func(c *service.Config, n int) { c.Services[0].Instances = n }},
		{"workers", 0, service.MaxWorkers, func(c *service.Config, n int) { c.Services[0].Workers = n }},
		{"queue", -1, free, func(c *service.Config, n int) { c.Services[0].Queue = n }},
		{"calls, less one", 0, service.MaxCalls - 1, func(c *service.Config, n int) {
			c.Services[0].Calls = nil
			for range n + 1 {
				c.Services[0].Calls = append(c.Services[0].Calls, service.Call{To: "b"})
			}
		}},
		{"faults, less one", 0, service.MaxCalls - 1, func(c *service.Config, n int) { c.Services[0].Faults = make([]service.Fault, n+1) }},
		{"every of a scaler", 0, long, func(c *service.Config, n int) { scaled(c).Every = time.Duration(n) }},
		{"start of a scaler", 0, long, func(c *service.Config, n int) { scaled(c).Start = time.Duration(n) }},
		{"max of a scaler of three", 3, service.MaxInstances, func(c *service.Config, n int) { scaled(c).Scaler.Max = n }},
		{"timeout", 0, long, func(c *service.Config, n int) { c.Client.Timeout = time.Duration(n) }},
		{"deadline", 0, long, func(c *service.Config, n int) { c.Services[0].Calls[0].Deadline = time.Duration(n) }},
		{"bulkhead", 0, free, func(c *service.Config, n int) { c.Client.Bulkhead = n }},
		{"from of a fault", 0, 9, func(c *service.Config, n int) {
			c.Services[0].Faults = []service.Fault{{From: time.Duration(n), To: 10}}
		}},
		{"to of a fault from 0", 0, free, func(c *service.Config, n int) { c.Services[0].Faults = []service.Fault{{To: time.Duration(n)}} }},
		{"requests of a load", 1, free, func(c *service.Config, n int) { c.Load.Requests = n }},
		{"duration of a load", 1, long, func(c *service.Config, n int) { c.Load.Requests, c.Load.Duration = 0, time.Duration(n) }},
		{"users", 0, service.MaxUsers, func(c *service.Config, n int) { c.Load.Users = n }},
		{"time of a load", 5, long, func(c *service.Config, n int) { c.Load.Times = []time.Duration{5, time.Duration(n)} }},
		{"times, less one", 0, service.MaxTimes - 1, func(c *service.Config, n int) { c.Load.Times = make([]time.Duration, n+1) }},
	} {
		for _, n := range []int{tt.least - 1, tt.least, tt.most, tt.most + 1} {
			out := n < tt.least || n > tt.most
			if tt.most == free && n == math.MinInt || strings.HasSuffix(tt.what, "less one") && n < 0 {
				continue
			}
			c := small()
			tt.set(&c, n)
			if _, err := service.New(c); (err != nil) != out {
				t.Errorf("%s %d: %v", tt.what, n, err)
			}
		}
	}
	for _, tt := range []struct {
		what        string
		least, most float64
		set         func(c *service.Config, x float64)
	}{
		{"share", 0, 1, func(c *service.Config, x float64) { c.Services[0].Calls[0].Share = x }},
		{"share of failures", 0, 1, func(c *service.Config, x float64) { c.Services[0].Faults = []service.Fault{{Fail: x}} }},
		{"factor", 0, 1e6, func(c *service.Config, x float64) { c.Services[0].Faults = []service.Fault{{Slow: x}} }},
		{"rate", 1e-300, 1e9, func(c *service.Config, x float64) { c.Load.Rate = x }},
		{"paced rate", 1e-300, 1e9, func(c *service.Config, x float64) { c.Load.Mode, c.Load.Rate = service.PacedLoop, x }},
		{"target of the workers", 1e-300, 1, func(c *service.Config, x float64) { scaled(c).Scaler.Target = x }},
	} {
		for _, x := range []float64{-1, math.Nextafter(tt.least, -1), tt.least, tt.most, math.Nextafter(tt.most, 2e9), math.NaN()} {
			if x > 0 && x < tt.least {
				x = 0
			}
			c := small()
			tt.set(&c, x)
			if _, err := service.New(c); (err == nil) != (x >= tt.least && x <= tt.most) {
				t.Errorf("%s %v: %v", tt.what, x, err)
			}
		}
	}
}
