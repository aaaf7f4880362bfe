package service_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/autoscale"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/retry"
)

func simulate(t *testing.T, c service.Config) service.Report {
	t.Helper()
	r, err := service.Simulate(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSamples: each sample is about the time since the one before, and together they are
// about the whole run. For its first second the service takes 50 ms, and then 5.
func TestSamples(t *testing.T) {
	c := small()
	c.Services = []service.Service{{Name: "a", Work: dist.Dist{Mean: 5 * ms}, Faults: []service.Fault{{To: time.Second, Slow: 10}}}}
	c.Load.Times, c.Load.Rate, c.Load.Requests, c.Sample = nil, 0, 0, time.Second
	for i := range 30 {
		c.Load.Times = append(c.Load.Times, time.Duration(100*i+1)*ms)
	}
	for _, m := range simulate(t, c).Samples {
		want := service.Sample{At: m.At, Service: m.Service, Came: 10, OK: 10, P50: 5 * ms, P99: 5 * ms}
		if m.At == time.Second {
			want.P50, want.P99 = 50*ms, 50*ms
		}
		if m.Service != "" {
			want.Instances = 1
		}
		near := func(d, as time.Duration) bool { return max(d-as, as-d) <= as/20 } // within the resolution of a histogram
		if near(m.P50, want.P50) && near(m.P99, want.P99) {
			m.P50, m.P99 = want.P50, want.P99
		}
		if m != want {
			t.Errorf("%+v, want %+v", m, want)
		}
	}
}

// TestScaledBySinceThen: the busy time of workers counts for one decision. In the first
// five nanoseconds one worker is busy, and then none is.
func TestScaledBySinceThen(t *testing.T) {
	c := service.Config{
		Services: []service.Service{{Name: "a", Workers: 1, Work: dist.Dist{Mean: 5}, Autoscale: &service.Autoscale{
			Every: 5, Scaler: autoscale.Config{Max: 2, Target: 0.1, Down: autoscale.Direction{Window: -1}},
		}}},
		Load: service.Load{Times: []time.Duration{0, 100}},
	}
	var got []time.Duration
	c.Trace = func(e service.Event) {
		if e.Kind == service.Scaled {
			got = append(got, e.At, time.Duration(e.Replicas))
		}
	}
	simulate(t, c)
	if want := []time.Duration{5, 2, 10, 1}; !slices.Equal(got, want) {
		t.Errorf("%d, want %d", got, want)
	}
}

// TestDeadlineOfRetry: a deadline applies to all attempts together, also to the second
// one, and also if it is a nanosecond.
func TestDeadlineOfRetry(t *testing.T) {
	late := 0
	for seed := range uint64(20) {
		c := small()
		c.Seed = seed
		c.Services[0].Faults = []service.Fault{{Fail: 0.5}}
		c.Services[1].Work.Mean = time.Second
		c.Client.Deadline, c.Client.Retry = 1, retry.Policy{Attempts: 5}
		r := simulate(t, c)
		if r.Result.Ended[service.OK] > 0 {
			t.Errorf("seed %d: %v", seed, r.Result.Ended)
		}
		if r.Result.Ended[service.Late] > 0 && r.Services[0].Came > 1 {
			late++
		}
	}
	if late == 0 {
		t.Error("no second attempt is late")
	}
}

// TestLongSums: the times of many requests may exceed 2^64 ns together.
func TestLongSums(t *testing.T) {
	c := service.Config{Services: []service.Service{{Name: "a", Work: dist.Dist{Mean: dist.Max}}}, Load: service.Load{Times: make([]time.Duration, 50_000)}}
	r := simulate(t, c)
	if got, want := r.Services[0].Stay, dist.Max.Seconds(); got != want {
		t.Errorf("they stay %v s, want %v", got, want)
	}
	if got := r.Services[0].InSystem; got != 50_000 {
		t.Errorf("%v are there, want 50000", got)
	}
}

// TestIDs: the zero SpanID has no text, and no other text is short.
func TestIDs(t *testing.T) {
	id := service.SpanID{1}
	if text, err := (service.SpanID{}).MarshalText(); err != nil || len(text) != 0 || id.UnmarshalText(text) != nil || id != (service.SpanID{}) {
		t.Errorf("%q, %v, %v", text, err, id)
	}
	if err := id.UnmarshalText([]byte("1")); err == nil {
		t.Error("a digit is an id")
	}
	var line struct{ Error string }
	if err := json.Unmarshal(service.Span{Status: 99}.JSONLine(), &line); err != nil || line.Error == "" {
		t.Errorf("a status without a name: %+v, %v", line, err)
	}
}

// TestNothing: a run without requests ends at once.
func TestNothing(t *testing.T) {
	c := small()
	c.Load = service.Load{Times: []time.Duration{}}
	s, err := service.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if more, err := s.Step(); more || err != nil || !s.Snapshot().Over {
		t.Errorf("more %v, %v, over %v", more, err, s.Snapshot().Over)
	}
}

// TestEvery: an open loop without a rate has the time between requests. The statistics
// list only endings that have occurred.
func TestEvery(t *testing.T) {
	c := service.Config{Services: []service.Service{{Name: "a"}}, Load: service.Load{Every: dist.Dist{Mean: 10 * ms}, Requests: 3}}
	r := simulate(t, c)
	if r.Took != 30*ms || len(r.Result.Ended) != 1 || len(r.Services[0].Ended) != 1 {
		t.Errorf("%+v", r)
	}
}

// TestEjected: the balancer learns of failures. The first request fails, and its
// instance gets no other for 10 s.
func TestEjected(t *testing.T) {
	c := service.Config{
		Services: []service.Service{{Name: "a", Instances: 2, MaxFails: 1, FailTimeout: 10 * time.Second, Faults: []service.Fault{{To: 50 * ms, Fail: 1}}}},
		Load:     service.Load{Times: []time.Duration{0, 100 * ms, 200 * ms, 300 * ms}},
	}
	var got []int
	c.Span = func(p service.Span) { got = append(got, p.Instance) }
	simulate(t, c)
	if want := []int{0, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("instances %v, want %v", got, want)
	}
}
