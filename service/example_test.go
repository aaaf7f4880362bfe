package service_test

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/autoscale"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/retry"
)

// storm returns a database that can serve 1,000 requests a second, gets 800, and stands
// still for two seconds.
func storm(client service.Call) service.Config {
	client.Timeout = 100 * time.Millisecond
	return service.Config{
		Seed: 1, MaxSteps: 1 << 22, Client: client, Sample: time.Second,
		Services: []service.Service{{
			Name: "db", Workers: 10, Work: dist.Dist{Shape: dist.Exponential, Mean: 10 * time.Millisecond},
			Faults: []service.Fault{{From: 5 * time.Second, To: 7 * time.Second, Slow: 20}},
		}},
		Load: service.Load{Rate: 800, Duration: 30 * time.Second},
	}
}

// The fault lasts two seconds; with plain retries, three attempts in all, the outage
// never ends, since each timeout causes two more requests and the database works on
// requests whose clients have given up. A budget for retries, or a breaker, ends it.
func Example() {
	three := retry.Policy{Attempts: 3, Base: 50 * time.Millisecond, Jitter: retry.Full}
	for _, tt := range []struct {
		name   string
		client service.Call
	}{
		{"retries", service.Call{Retry: three}},
		{"with a budget", service.Call{Retry: three, Budget: &service.Budget{Ratio: 0.1, Reserve: 10}}},
		{"with a breaker", service.Call{Retry: three, Breaker: &breaker.Config{Failures: 20, Timeout: time.Second}}},
		{"deadlines propagated", service.Call{Retry: three, Propagate: true}},
	} {
		r, err := service.Simulate(storm(tt.client))
		if err != nil {
			fmt.Println(err)
		}
		fmt.Printf("%-21s", tt.name)
		for _, m := range r.Samples {
			if second := m.At / time.Second; m.Service == "" && (second == 4 || second%10 == 6) && second < 30 {
				fmt.Printf("  %2ds: %3d of %d", second, m.OK, m.Came)
			}
		}
		fmt.Println()
	}
	// Output:
	// retries                 4s: 818 of 824   6s:  13 of 784  16s:   0 of 835  26s:   0 of 837
	// with a budget           4s: 818 of 824   6s:  13 of 784  16s:   0 of 835  26s: 886 of 837
	// with a breaker          4s: 818 of 824   6s:  13 of 784  16s: 824 of 835  26s: 818 of 837
	// deadlines propagated    4s: 818 of 824   6s:  55 of 784  16s: 824 of 835  26s: 818 of 837
}

// A paced loop with one user sends 100 requests a second. The service stands still for a
// second: measured from the time at which requests were sent, one in two thousand was
// slow; measured from the intended time, one in ten.
func ExampleMode() {
	r, err := service.Simulate(service.Config{
		Services: []service.Service{{Name: "s", Workers: 1, Work: dist.Dist{Mean: time.Millisecond}, Faults: []service.Fault{{From: 10 * time.Second, To: 10*time.Second + time.Millisecond, Slow: 1000}}}},
		Load:     service.Load{Mode: service.PacedLoop, Rate: 100, Duration: 20 * time.Second},
	})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println("as sent:    ", r.Result.Latency)
	fmt.Println("as intended:", r.Result.Intended)
	// Output:
	// as sent:     2000 requests: mean 1.5ms, p50 1.01ms, p99 1.01ms, max 1s
	// as intended: 2000 requests: mean 29ms, p50 1.01ms, p99 822ms, max 1s
}

// The spans of one request: to a page, to a part that fails and is left out, and to
// another part that succeeds at the second attempt.
func ExampleSpan() {
	r, err := service.New(service.Config{
		Seed: 5,
		Services: []service.Service{
			{Name: "web", Work: dist.Dist{Mean: time.Millisecond}, Parallel: true, Calls: []service.Call{
				{To: "ads", Optional: true, Timeout: 5 * time.Millisecond},
				{To: "items", Retry: retry.Policy{Attempts: 2, Base: 10 * time.Millisecond}},
			}},
			{Name: "ads", Work: dist.Dist{Mean: 20 * time.Millisecond}},
			{Name: "items", Work: dist.Dist{Mean: 3 * time.Millisecond}, Faults: []service.Fault{{To: 10 * time.Millisecond, Fail: 1}}},
		},
		Load: service.Load{Times: []time.Duration{0}},
		Span: func(p service.Span) { fmt.Print(string(p.JSONLine())) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := r.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"traceId":"a583c92ea8663f3638e2a194bdf7c6a1","spanId":"4e638dd2bb9fb301","parentSpanId":"607e2cd34be813fa","service":"items","instance":0,"try":1,"start":1000000,"wait":0,"end":4000000,"status":"failed"}
	// {"traceId":"a583c92ea8663f3638e2a194bdf7c6a1","spanId":"eac66d20fd44eace","parentSpanId":"607e2cd34be813fa","service":"items","instance":0,"try":2,"start":14000000,"wait":0,"end":17000000,"status":"ok"}
	// {"traceId":"a583c92ea8663f3638e2a194bdf7c6a1","spanId":"607e2cd34be813fa","service":"web","instance":0,"try":1,"start":0,"wait":0,"end":17000000,"status":"ok","degraded":true}
	// {"traceId":"a583c92ea8663f3638e2a194bdf7c6a1","spanId":"5cf8363f94310f14","parentSpanId":"607e2cd34be813fa","service":"ads","instance":0,"try":1,"start":1000000,"wait":0,"end":21000000,"status":"ok","wasted":true}
}

func ExampleSim_Events() {
	s, err := service.New(service.Config{
		Services: []service.Service{{Name: "db", Workers: 1, Queue: 1, Work: dist.Dist{Mean: 10 * time.Millisecond}}},
		Load:     service.Load{Times: []time.Duration{0, time.Millisecond, 2 * time.Millisecond}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range s.Events() {
		fmt.Println(e)
	}
	fmt.Println(s.Check())
	// Output:
	// 0s request 1: sent from client to db
	// 0s request 1: began at db
	// 1ms request 2: sent from client to db
	// 1ms request 2: queued at db
	// 2ms request 3: sent from client to db
	// 2ms request 3: ended at db: full
	// 2ms request 3: answered: full
	// 10ms request 1: ended at db: ok
	// 10ms request 2: began at db
	// 10ms request 1: answered: ok
	// 20ms request 2: ended at db: ok
	// 20ms request 2: answered: ok
	// <nil>
}

// Work takes three times as long, and Kubernetes' formula scales up at once, and down
// after five minutes.
func ExampleAutoscale() {
	s, err := service.New(service.Config{
		Seed: 1, MaxSteps: 1 << 22,
		Services: []service.Service{{
			Name: "api", Instances: 2, Workers: 10, Work: dist.Dist{Shape: dist.Exponential, Mean: 50 * time.Millisecond},
			Autoscale: &service.Autoscale{Scaler: autoscale.Config{Max: 20, Target: 0.5}, Start: 10 * time.Second},
			Faults:    []service.Fault{{From: time.Minute, To: 3 * time.Minute, Slow: 3}},
		}},
		Load: service.Load{Rate: 200, Duration: 10 * time.Minute},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range s.Events() {
		if e.Kind == service.Scaled {
			fmt.Println(e)
		}
	}
	fmt.Println(s.Err(), s.Check())
	// Output:
	// 1m15s scaled api to 4
	// 1m30s scaled api to 5
	// 1m45s scaled api to 8
	// 7m0s scaled api to 7
	// 7m30s scaled api to 6
	// 8m0s scaled api to 3
	// <nil> <nil>
}
