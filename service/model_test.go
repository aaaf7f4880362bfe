package service_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/lb"
	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/autoscale"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/service/retry"
	"github.com/orrery-go/orrery/service/shed"
)

const ms = time.Millisecond

// anyCall draws a call.
func anyCall(t *rapid.T, to string) service.Call {
	c := service.Call{
		To: to, Propagate: rapid.Bool().Draw(t, "propagate"), Optional: rapid.Bool().Draw(t, "optional"),
		Timeout: time.Duration(rapid.IntRange(0, 5).Draw(t, "timeout")) * 10 * ms, Deadline: time.Duration(rapid.IntRange(0, 3).Draw(t, "deadline")) * 40 * ms,
		Retry:    retry.Policy{Attempts: rapid.IntRange(0, 4).Draw(t, "attempts"), Base: time.Duration(rapid.IntRange(0, 2).Draw(t, "base")) * ms},
		Bulkhead: rapid.IntRange(0, 3).Draw(t, "bulkhead"),
	}
	if rapid.Bool().Draw(t, "breaker") {
		c.Breaker = &breaker.Config{Failures: 2, Timeout: 20 * ms}
	}
	if rapid.Bool().Draw(t, "budget") {
		c.Budget = &service.Budget{Ratio: 0.2, Reserve: 2, Throttle: rapid.Bool().Draw(t, "throttle")}
	}
	return c
}

// anySystem draws a system with many simultaneous events.
func anySystem(t *rapid.T) service.Config {
	c := service.Config{Seed: rapid.Uint64().Draw(t, "seed"), Sample: time.Duration(rapid.IntRange(0, 1).Draw(t, "sample")) * 10 * ms}
	n := rapid.IntRange(1, 4).Draw(t, "services")
	for i := range n {
		v := service.Service{
			Name: string(rune('a' + i)), Instances: rapid.IntRange(0, 3).Draw(t, "instances"), Workers: rapid.IntRange(0, 2).Draw(t, "workers"), Queue: rapid.IntRange(-1, 3).Draw(t, "queue"),
			Work: dist.Dist{Mean: time.Duration(rapid.IntRange(0, 8).Draw(t, "work")) * ms}, Async: rapid.Bool().Draw(t, "async"), Parallel: rapid.Bool().Draw(t, "parallel"),
			Balance: rapid.SampledFrom([]lb.Method{lb.RoundRobinMethod, lb.SmoothMethod, lb.LeastConnMethod}).Draw(t, "balance"), MaxFails: rapid.IntRange(0, 2).Draw(t, "fails"), FailTimeout: time.Second,
		}
		if rapid.Bool().Draw(t, "random") {
			v.Work.Shape = dist.Exponential
		}
		if v.Workers > 0 && rapid.Bool().Draw(t, "scales") {
			v.Autoscale = &service.Autoscale{Scaler: autoscale.Config{Max: 5, Target: 0.5, Down: autoscale.Direction{Window: -1}}, Every: 10 * ms, Start: time.Duration(rapid.IntRange(0, 15).Draw(t, "start")) * ms}
		}
		for j := i + 1; j < n; j++ {
			for range rapid.IntRange(0, 2).Draw(t, "calls") {
				v.Calls = append(v.Calls, anyCall(t, string(rune('a'+j))))
			}
		}
		if rapid.Bool().Draw(t, "faulty") {
			v.Faults = []service.Fault{{From: 20 * ms, To: 60 * ms, Fail: 0.5, Slow: 3, Down: rapid.Bool().Draw(t, "down")}}
		}
		switch rapid.IntRange(0, 5).Draw(t, "limit") {
		case 0:
			v.Limit = &limit.Config{Rate: 100, Burst: 3}
		case 1:
			v.Limit = &limit.Config{Algorithm: limit.Leaky, Rate: 100, Burst: 3}
		case 2:
			v.CoDel = &shed.CoDelConfig{Target: ms, Interval: 5 * ms}
			v.Queue = 0
		case 3:
			v.Adaptive = &shed.AdaptiveConfig{Max: 4}
		}
		c.Services = append(c.Services, v)
	}
	c.Client = anyCall(t, "a")
	c.Load = service.Load{
		Mode: rapid.SampledFrom([]service.Mode{service.OpenLoop, service.ClosedLoop, service.PacedLoop}).Draw(t, "mode"), Rate: 300, Requests: rapid.IntRange(1, 60).Draw(t, "requests"),
		Users: rapid.IntRange(0, 5).Draw(t, "users"), Think: dist.Dist{Mean: ms},
	}
	return c
}

// TestInvariants checks Check after every step, that no request is left at the end of a
// run, that the events agree with it, and that it can be repeated.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anySystem(t)
		var events []service.Event
		spans := 0
		c.Trace = func(e service.Event) { events = append(events, e) }
		c.Span = func(p service.Span) {
			spans++
			if p.End < p.Start || p.Wait < 0 || p.Start+p.Wait > p.End {
				t.Fatalf("%+v", p)
			}
			if id, parent, sampled, err := service.ParseTraceparent(p.Traceparent()); err != nil || id != p.TraceID || parent != p.SpanID || !sampled {
				t.Fatalf("%s: %v", p.Traceparent(), err)
			}
		}
		s, err := service.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for {
			more, err := s.Step()
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
		}
		r := s.Report()
		ended, came := 0, 0
		for _, n := range r.Result.Ended {
			ended += n
		}
		if ended != r.Result.Requests || r.Result.Requests != c.Load.Requests {
			t.Fatalf("%d requests were sent of %d, and %d ended", r.Result.Requests, c.Load.Requests, ended)
		}
		kinds := map[service.Kind]int{}
		for i, e := range events {
			kinds[e.Kind]++
			if e.Seq != uint64(i+1) || i > 0 && e.At < events[i-1].At {
				t.Fatalf("event %d: %v", i, e)
			}
		}
		for _, v := range r.Services {
			came += v.Came
			if v.In != 0 {
				t.Fatalf("%d are left at %s", v.In, v.Service)
			}
		}
		if kinds[service.Answered] != ended || kinds[service.Ended] != came || spans != came || kinds[service.Sent] != came {
			t.Fatalf("%v, %d came", kinds, came)
		}
		n := uint64(rapid.IntRange(0, len(events)).Draw(t, "n"))
		at, err := s.At(n)
		if err != nil || at.Seq != n {
			t.Fatalf("At(%d): %d, %v", n, at.Seq, err)
		}
		c.Span, c.Trace = nil, nil
		again, err := service.Simulate(c)
		if diff := cmp.Diff(r, again); err != nil || diff != "" {
			t.Fatalf("without Trace: %v\n%s", err, diff)
		}
		untraced, err := service.New(c)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for e := range untraced.Events() {
			if e != events[i] {
				t.Fatalf("event %d: %v, want %v", i, e, events[i])
			}
			i++
		}
		if i != len(events) || untraced.Err() != nil {
			t.Fatalf("%d events of %d, %v", i, len(events), untraced.Err())
		}
	})
}

// TestBad: the error for an invalid configuration has the reason.
func TestBad(t *testing.T) {
	good := func() service.Config {
		return service.Config{Services: []service.Service{{Name: "a", Calls: []service.Call{{To: "b"}}}, {Name: "b"}}, Load: service.Load{Rate: 1, Requests: 1}}
	}
	for want, change := range map[string]func(*service.Config){
		"0 services":              func(c *service.Config) { c.Services = nil },
		"two services":            func(c *service.Config) { c.Services[1].Name = "a" },
		"a name of 0":             func(c *service.Config) { c.Services[1].Name = "" },
		"not one of the services": func(c *service.Config) { c.Services[0].Calls[0].To = "x" },
		"a circle: a, b, a":       func(c *service.Config) { c.Services[1].Calls = []service.Call{{To: "a"}} },
		"a circle: a, a":          func(c *service.Config) { c.Services[0].Calls[0].To = "a" },
		"the client calls \"x\"":  func(c *service.Config) { c.Client.To = "x" },
		"no end":                  func(c *service.Config) { c.Load.Requests = 0 },
		"-1 requests a second":    func(c *service.Config) { c.Load.Rate = -1 },
		"NaN requests":            func(c *service.Config) { c.Load.Rate = math.NaN() },
		"0 requests a second":     func(c *service.Config) { c.Load.Rate = 0 },
		"load mode \"half\"":      func(c *service.Config) { c.Load.Mode = "half" },
		"time 1 of the load":      func(c *service.Config) { c.Load.Times = []time.Duration{2, 1} },
		"-1 users":                func(c *service.Config) { c.Load.Users = -1 },
		"-1 instances":            func(c *service.Config) { c.Services[0].Instances = -1 },
		"-1 workers":              func(c *service.Config) { c.Services[0].Workers = -1 },
		"a queue of -2":           func(c *service.Config) { c.Services[0].Queue = -2 },
		"share 2 out":             func(c *service.Config) { c.Services[0].Calls[0].Share = 2 },
		"timeout -1ns":            func(c *service.Config) { c.Services[0].Calls[0].Timeout = -1 },
		"deadline -1ns":           func(c *service.Config) { c.Client.Deadline = -1 },
		"a bulkhead for -1":       func(c *service.Config) { c.Client.Bulkhead = -1 },
		"-1 attempts":             func(c *service.Config) { c.Client.Retry.Attempts = -1 },
		"interval -1ns":           func(c *service.Config) { c.Client.Breaker = &breaker.Config{Interval: -1} },
		"reserve of 0":            func(c *service.Config) { c.Client.Budget = &service.Budget{} },
		"0 tokens":                func(c *service.Config) { c.Client.Budget = &service.Budget{Throttle: true} },
		"window 0s":               func(c *service.Config) { c.Services[0].Limit = &limit.Config{Algorithm: limit.Fixed} },
		"rate -1 out":             func(c *service.Config) { c.Services[0].Limit = &limit.Config{Rate: -1} },
		"target 2ns":              func(c *service.Config) { c.Services[0].CoDel = &shed.CoDelConfig{Target: 2, Interval: 1} },
		"min -1":                  func(c *service.Config) { c.Services[0].Adaptive = &shed.AdaptiveConfig{Min: -1} },
		"have no bound": func(c *service.Config) {
			c.Services[0].Autoscale = &service.Autoscale{Scaler: autoscale.Config{Max: 1, Target: 1}}
		},
		"max 0 out of range": func(c *service.Config) { c.Services[0].Workers = 1; c.Services[0].Autoscale = &service.Autoscale{} },
		"the fault":          func(c *service.Config) { c.Services[0].Faults = []service.Fault{{From: 2, To: 1}} },
		"-1ns out of range":  func(c *service.Config) { c.Services[0].Work.Mean = -1 },
		"every -1ns":         func(c *service.Config) { c.Sample = -1 },
		"a budget of -1":     func(c *service.Config) { c.MaxSteps = -1 },
	} {
		c := good()
		change(&c)
		if _, err := service.New(c); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "service: ") {
			t.Errorf("want %q: %v", want, err)
		}
	}
	var zero service.Sim
	if _, err := zero.Step(); err == nil || zero.Check() == nil || zero.Run() == nil {
		t.Error("the zero Sim runs")
	}
	c := good()
	c.MaxSteps = 1
	if _, err := service.Simulate(c); !errors.Is(err, service.ErrSteps) {
		t.Errorf("one step is enough: %v", err)
	}
	c = good()
	c.Load = service.Load{Rate: 1e6, Duration: time.Hour}
	c.Services[0].Work.Mean = time.Hour
	if _, err := service.Simulate(c); !errors.Is(err, service.ErrOverload) {
		t.Errorf("no overload: %v", err)
	}
	var s *service.Sim
	c = good()
	c.Trace = func(service.Event) {
		if _, err := s.Step(); err == nil {
			t.Error("a step in a Trace")
		}
		s.Snapshot()
	}
	s, err := service.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
}

// TestSpanJSON: a span is one line of JSON, and can be read back.
func TestSpanJSON(t *testing.T) {
	c := service.Config{Services: []service.Service{{Name: "a", Calls: []service.Call{{To: "b"}}}, {Name: "b"}}, Load: service.Load{Rate: 1, Requests: 3}}
	var spans []service.Span
	c.Span = func(p service.Span) { spans = append(spans, p) }
	if _, err := service.Simulate(c); err != nil {
		t.Fatal(err)
	}
	if len(spans) != 6 || spans[0].ParentID != spans[1].SpanID || spans[0].TraceID != spans[1].TraceID || spans[1].ParentID != (service.SpanID{}) {
		t.Fatalf("%+v", spans)
	}
	for _, p := range spans {
		line := p.JSONLine()
		var back service.Span
		if err := json.Unmarshal(line, &back); err != nil || back != p || strings.Count(string(line), "\n") != 1 {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestTraceparent parses the examples of W3C Trace Context, and those that it forbids.
func TestTraceparent(t *testing.T) {
	const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	if id, p, sampled, err := service.ParseTraceparent(good); err != nil || id.String() != good[3:35] || p.String() != good[36:52] || !sampled {
		t.Error(id, p, sampled, err)
	}
	if _, _, sampled, err := service.ParseTraceparent(good[:53] + "00"); err != nil || sampled {
		t.Error(sampled, err)
	}
	if _, _, _, err := service.ParseTraceparent("cc" + good[2:] + "-what-the-future-brings"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{
		"", good[:54], good + "0", good + "-x", "ff" + good[2:], "cc" + good[2:] + "x", strings.ToUpper(good), strings.Replace(good, "-", "_", 1),
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "0g" + good[2:],
	} {
		if _, _, _, err := service.ParseTraceparent(bad); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}
