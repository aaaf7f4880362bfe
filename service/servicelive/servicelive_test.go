package servicelive

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/underrace"
	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/service/retry"
	"github.com/orrery-go/orrery/service/shed"
)

// odd returns a random time from lo to hi, to the nanosecond, so that independent events
// do not coincide.
func odd(r *rand.Rand, lo, hi time.Duration) time.Duration {
	return lo + time.Duration(r.Int64N(int64(hi-lo)))
}

const ms = time.Millisecond

func someDist(r *rand.Rand) dist.Dist {
	mean := odd(r, ms, 20*ms)
	switch r.IntN(5) {
	case 0:
		return dist.Dist{Shape: dist.Uniform, Mean: mean, Spread: mean / 2}
	case 1:
		return dist.Dist{Shape: dist.Erlang, Mean: mean, Stages: 3}
	case 2:
		return dist.Dist{Shape: dist.Hyper, Mean: mean, Other: 10 * mean, Share: 0.9}
	case 3:
		return dist.Dist{Shape: dist.Points, Points: []dist.Point{{Q: 0, At: ms}, {Q: 0.9, At: 3 * mean}, {Q: 1, At: 20 * mean}}}
	}
	return dist.Dist{Shape: dist.Exponential, Mean: mean}
}

func someCall(r *rand.Rand, to string) service.Call {
	c := service.Call{To: to, Propagate: r.IntN(2) == 0, Optional: r.IntN(4) == 0}
	if r.IntN(2) == 0 {
		c.Timeout = odd(r, 5*ms, 200*ms)
	}
	if r.IntN(3) == 0 {
		c.Deadline = odd(r, 10*ms, 400*ms)
	}
	if r.IntN(4) == 0 {
		c.Share = float64(1+r.IntN(9)) / 10
	}
	if r.IntN(2) == 0 {
		jitters := []retry.Jitter{"", retry.None, retry.Full, retry.Equal, retry.Decorrelated, retry.Proportional}
		c.Retry = retry.Policy{Attempts: 1 + r.IntN(5), Base: odd(r, ms, 30*ms), Cap: 100 * ms, Jitter: jitters[r.IntN(len(jitters))]}
	}
	if r.IntN(3) == 0 {
		c.Budget = &service.Budget{Ratio: float64(r.IntN(20)) / 10, Reserve: 1 + r.IntN(10)}
		if r.IntN(2) == 0 {
			c.Budget = &service.Budget{Ratio: 0.1 + float64(r.IntN(20))/10, Reserve: 1 + r.IntN(20), Throttle: true}
		}
	}
	if r.IntN(3) == 0 {
		c.Breaker = &breaker.Config{MaxRequests: uint32(r.IntN(3)), Interval: time.Duration(r.IntN(2)) * 300 * ms, Timeout: odd(r, 10*ms, 300*ms), Failures: uint32(1 + r.IntN(5))}
		if r.IntN(2) == 0 {
			c.Breaker.BucketPeriod = 60 * ms
			c.Breaker.Failures, c.Breaker.Ratio, c.Breaker.Requests = 0, 0.5, 4
		}
	}
	if r.IntN(4) == 0 {
		c.Bulkhead = 1 + r.IntN(5)
	}
	return c
}

// some returns a random system.
func some(seed uint64) service.Config {
	r := rand.New(rand.NewPCG(seed, 17))
	c := service.Config{Seed: seed}
	n := 1 + r.IntN(6)
	for i := range n {
		v := service.Service{Name: string(rune('a' + i)), Instances: r.IntN(4), Workers: r.IntN(4), Queue: r.IntN(8) - 1, Work: someDist(r), Async: r.IntN(3) == 0, Parallel: r.IntN(2) == 0}
		for j := i + 1; j < n; j++ {
			if r.IntN(2) == 0 || j == i+1 {
				v.Calls = append(v.Calls, someCall(r, string(rune('a'+j))))
			}
		}
		for range r.IntN(3) {
			f := service.Fault{From: odd(r, 0, time.Second), Down: r.IntN(3) == 0}
			f.To = f.From + odd(r, 10*ms, 500*ms)
			if r.IntN(2) == 0 {
				f.Fail = r.Float64()
			}
			if r.IntN(2) == 0 {
				f.Slow = 4 * r.Float64()
			}
			v.Faults = append(v.Faults, f)
		}
		switch r.IntN(5) {
		case 0:
			v.Limit = &limit.Config{Rate: 20 + 100*r.Float64(), Burst: 1 + r.IntN(10)}
		case 1:
			burst := r.IntN(10)
			v.Limit = &limit.Config{Algorithm: limit.Leaky, Rate: float64(20 + r.IntN(100)), Burst: burst, Delay: r.IntN(burst + 1)}
		case 2:
			v.Limit = &limit.Config{Algorithm: []limit.Algorithm{limit.Fixed, limit.Sliding, limit.Log}[r.IntN(3)], Burst: 1 + r.IntN(20), Window: odd(r, 50*ms, 500*ms)}
		}
		if r.IntN(3) == 0 {
			v.CoDel = &shed.CoDelConfig{Target: 2 * ms, Interval: 20 * ms}
			v.Queue = 0
		}
		if r.IntN(4) == 0 {
			v.Adaptive = &shed.AdaptiveConfig{Initial: 3, Max: 20, Slow: 50 * ms}
		}
		c.Services = append(c.Services, v)
	}
	c.Client = someCall(r, "a")
	if seed%6 == 0 {
		plain(r, &c)
	}
	at, mean := time.Duration(0), odd(r, 2*ms, 40*ms)
	for range 20 + r.IntN(100) {
		at += odd(r, 1, 2*mean)
		c.Load.Times = append(c.Load.Times, at)
	}
	return c
}

// plain leaves workers and queues as the only parts of a system that requests share, so
// that the requests that CoDel drops in one instant do not affect each other.
func plain(r *rand.Rand, c *service.Config) {
	own := func(k *service.Call) { k.Budget, k.Breaker, k.Bulkhead = nil, nil, 0 }
	own(&c.Client)
	for i := range c.Services {
		v := &c.Services[i]
		v.Instances, v.Workers, v.Queue, v.Limit, v.Adaptive = 1, 1+r.IntN(2), 0, nil, nil
		v.CoDel = &shed.CoDelConfig{Target: 2 * ms, Interval: odd(r, 5*ms, 20*ms)}
		for j := range v.Calls {
			own(&v.Calls[j])
		}
	}
}

// spansOf runs a model. crowd reports whether attempts of two requests ended in one
// instant, as when CoDel drops several, or two at one service, as when a request with
// two attempts there is canceled: then they ask for what they share, a budget or a
// worker, in an order that goroutines do not guarantee. The same holds if a request
// reaches a service in the instant in which another is canceled there. Such a run is not
// compared.
func spansOf(t *testing.T, c service.Config) (run Run, crowd bool) {
	t.Helper()
	run.Breakers = map[string]breaker.State{}
	var (
		at       time.Duration = -1
		request  int
		ended    map[string]bool // by service, at the current time
		canceled map[string]bool
		sent     map[string]bool
	)
	c.Span = func(p service.Span) { run.Spans = append(run.Spans, p) }
	c.Trace = func(e service.Event) {
		if e.Kind == service.Answered {
			run.Answers = append(run.Answers, Answer{e.Request, e.At, e.Why})
		}
		if e.At != at {
			at, ended, canceled, sent = e.At, map[string]bool{}, map[string]bool{}, map[string]bool{}
		}
		crowd = crowd || e.Kind == service.Sent && (canceled[e.Service] || c.Seed%6 == 0 && sent[e.Service])
		sent[e.Service] = sent[e.Service] || e.Kind == service.Sent
		crowd = crowd || e.Kind == service.Queued && ended[e.Service] && c.Services[e.Service[0]-'a'].CoDel != nil // it may be counted as one that is left, or not yet
		if e.Kind == service.Ended {
			crowd = crowd || c.Seed%6 != 0 && (len(ended) > 0 && e.Request != request) || ended[e.Service]
			request, ended[e.Service] = e.Request, ended[e.Service] || c.Seed%6 != 0 || e.Why != service.Dropped
			canceled[e.Service] = e.Why == service.TimedOut || e.Why == service.Late || e.Why == service.Canceled
		}
	}
	s, err := service.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if k := s.Snapshot().Client; k.Breaker != "" {
		run.Breakers[">"+k.To] = k.Breaker
	}
	for _, v := range s.Snapshot().Services {
		for _, k := range v.Calls {
			if k.Breaker != "" {
				run.Breakers[v.Stats.Service+">"+k.To] = k.Breaker
			}
		}
	}
	return run, crowd
}

// order sorts spans and answers in a canonical order.
func (r *Run) order() {
	slices.SortFunc(r.Spans, func(a, b service.Span) int {
		return cmp.Or(bytes.Compare(a.TraceID[:], b.TraceID[:]), bytes.Compare(a.SpanID[:], b.SpanID[:]))
	})
	slices.SortFunc(r.Answers, func(a, b Answer) int { return a.Request - b.Request })
}

// TestSystems compares random systems with goroutines in bubbles of testing/synctest:
// every span, to the nanosecond.
func TestSystems(t *testing.T) {
	trials := 300
	switch {
	case underrace.On:
		trials = 60
	case os.Getenv("ORRERY_FULL") != "":
		trials = 5000
	}
	spans, answers, crowds, how := 0, 0, 0, map[service.Status]int{}
	for seed := range uint64(trials) {
		c := some(seed)
		model, crowd := spansOf(t, c)
		if crowd {
			crowds++
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			live, err := Do(c)
			if err != nil {
				t.Fatal(err)
			}
			model.order()
			live.order()
			if diff := gocmp.Diff(live, model); diff != "" {
				t.Errorf("seed %d (-live +model):\n%s", seed, first(live, model))
			}
		})
		if t.Failed() {
			t.FailNow()
		}
		spans += len(model.Spans)
		answers += len(model.Answers)
		for _, p := range model.Spans {
			how[p.Status]++
		}
	}
	t.Logf("%d systems, and %d not compared, %d requests, %d spans, 0 mismatches; %v", trials-crowds, crowds, answers, spans, how)
	if crowds > trials/2 {
		t.Error("too few are compared")
	}
	for st := service.OK; st <= service.Down; st++ {
		if how[st] == 0 && !underrace.On {
			t.Errorf("no span is %v: the systems are too tame", st)
		}
	}
}

// first returns the earliest difference.
func first(live, model Run) string {
	type pair struct{ live, model service.Span }
	pairs := map[service.SpanID]pair{}
	for _, p := range live.Spans {
		pairs[p.SpanID] = pair{live: p}
	}
	for _, p := range model.Spans {
		pairs[p.SpanID] = pair{pairs[p.SpanID].live, p}
	}
	var wrong []pair
	for _, p := range pairs {
		if p.live != p.model {
			wrong = append(wrong, p)
		}
	}
	at := func(p pair) time.Duration {
		if p.live.Service == "" || p.model.Service == "" { // only one side has it
			return max(p.live.End, p.model.End)
		}
		return min(p.live.End, p.model.End)
	}
	slices.SortFunc(wrong, func(a, b pair) int { return cmp.Compare(at(a), at(b)) })
	text := fmt.Sprintf("%d of %d spans differ\n", len(wrong), len(pairs))
	for _, p := range wrong[:min(len(wrong), 3)] {
		text += fmt.Sprintf("live  %+v\nmodel %+v\n", p.live, p.model)
	}
	return text + gocmp.Diff(live.Answers, model.Answers) + gocmp.Diff(live.Breakers, model.Breakers)
}
