//go:build !orrery_lean

package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/autoscale"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/service/retry"
	"github.com/orrery-go/orrery/service/shed"
)

// serviceScript is a system of services that is described first, and then runs. Besides
// there may be a limiter and a breaker alone, with a clock.
type serviceScript struct {
	config  service.Config
	sim     *service.Sim
	spans   []service.Span
	now     time.Duration
	limiter limit.Limiter
	breaker *breaker.Breaker
}

const callArgs = "[timeout=] [deadline=] [attempts=1] [backoff=] [cap=] [jitter=none] [budget=] [reserve=10] [throttle] [breaker=] [open=1m] [bulkhead=] [share=] [propagate] [optional]"

func init() { interpreters["service"] = newService }

func newService() *Interpreter {
	s := new(serviceScript)
	describe := func(f func(*Command) error) func(*Command) (string, error) {
		return func(c *Command) (string, error) {
			err := f(c)
			if c.Err() != nil {
				err = c.Err()
			}
			return "", err
		}
	}
	return &Interpreter{begun: func() bool { return s.sim != nil }, verbs: []Verb{
		{Name: "service", Args: `NAME [work=exponential:5ms] [workers=] [queue=] [instances=1] [balance=round-robin] [async] [parallel]`,
			Doc: "a service; work: constant, exponential, uniform (and the spread) or erlang (and the stages); queue: -1 for none", first: true, run: describe(s.service)},
		{Name: "call", Args: "FROM TO " + callArgs, Doc: "how a service calls another; breaker: failures in a row that open it", first: true, run: describe(s.call)},
		{Name: "client", Args: "[TO] " + callArgs, Doc: "how services are called from outside", first: true, run: describe(s.client)},
		{Name: "fault", Args: "NAME [from=0s] [to=] [fail=] [slow=] [down]", Doc: "what is wrong with a service for a time", first: true, run: describe(s.fault)},
		{Name: "limit", Args: "NAME token|leaky|fixed|sliding|log [rate=] [burst=] [delay=] [window=]", Doc: "what may come in", first: true, run: describe(s.limit)},
		{Name: "codel", Args: "NAME [target=5ms] [interval=100ms]", Doc: "drop what has waited too long", first: true, run: describe(s.codel)},
		{Name: "adaptive", Args: "NAME [max=] [slow=]", Doc: "find how many at once are good", first: true, run: describe(s.adaptive)},
		{Name: "autoscale", Args: "NAME max= target= [start=0s]", Doc: "change the number of instances", first: true, run: describe(s.autoscale)},
		{Name: "load", Args: "open|closed|paced [rate=] [users=1] [think=0s] [requests=] [for=]", Doc: `what comes from outside; "load at 0s 1ms 5ms": just then`, first: true, run: describe(s.load)},
		{Name: "new", Args: "[seed=1] [sample=] [budget=]", Doc: "begin with what was described; the next description is of another system", first: true, run: describe(s.begin)},
		{Name: "step", Args: "[n=1]", Doc: "the next n events", run: s.step},
		{Name: "until", Args: "KIND", Doc: "on to the first event of that kind", run: s.until},
		{Name: "run", Doc: "on to the end", run: func(*Command) (string, error) { return "", s.sim.Run() }},
		{Name: "show", Doc: "the services: workers, queues, breakers", run: func(*Command) (string, error) { return s.show(), nil }},
		{Name: "report", Doc: "what has come out", run: func(*Command) (string, error) { return s.report(), nil }},
		{Name: "samples", Args: "[NAME]", Doc: "the metrics over time, of a service or of the outside", run: s.samples},
		{Name: "spans", Doc: "the spans so far, as JSON lines", run: s.lines},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.sim.Check()) }},
		{Name: "limiter", Args: "token|leaky|fixed|sliding|log [rate=] [burst=] [delay=] [window=]", Doc: "a limiter alone", first: true, run: describe(s.alone)},
		{Name: "allow", Args: "[n=1] [times=1]", Doc: "ask the limiter", first: true, run: s.allow},
		{Name: "breaker", Args: "[failures=6] [open=1m] [interval=] [period=] [tries=1]", Doc: "a breaker alone", first: true, run: describe(s.breakerAlone)},
		{Name: "request", Args: "success|failure|excluded [times=1]", Doc: "ask the breaker, and end so", first: true, run: s.request},
		{Name: "advance", Args: "D", Doc: "let time pass for the limiter and the breaker", first: true, run: describe(s.advance)},
	}}
}

// Span takes a named duration, or returns the default.
func (c *Command) span(name string, def time.Duration) time.Duration {
	text := c.String(name, "")
	if text == "" {
		return def
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		c.fail(c.named[name].column, "%s=%.40s is no duration (want like 2ms)", name, text)
	}
	return d
}

// Float takes a named number, or returns the default.
func (c *Command) float(name string, def float64) float64 {
	text := c.String(name, "")
	if text == "" {
		return def
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		c.fail(c.named[name].column, "%s=%.40s is no number", name, text)
	}
	return x
}

// small takes a named whole number that an int holds.
func (c *Command) small(name string, def int64) int {
	return int(int32(max(-1<<31, min(c.Int(name, def), 1<<31-1))))
}

// find returns a service that was described.
func (s *serviceScript) find(name string) (*service.Service, error) {
	i := slices.IndexFunc(s.config.Services, func(v service.Service) bool { return v.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("script: no service %.40q", name)
	}
	return &s.config.Services[i], nil
}

func (s *serviceScript) service(c *Command) (err error) {
	v := service.Service{
		Name: c.Word(), Workers: c.small("workers", 0), Queue: c.small("queue", 0), Instances: c.small("instances", 0),
		Async: c.Flag("async"), Parallel: c.Flag("parallel"),
	}
	if v.Work, err = serviceDist(c.String("work", "constant:0s")); err != nil {
		return err
	}
	if name := c.String("balance", ""); name != "" {
		if err := v.Balance.UnmarshalText([]byte(strings.ReplaceAll(name, "-", " "))); err != nil {
			return err
		}
	}
	s.config.Services = append(s.config.Services, v)
	return nil
}

// serviceDist reads "uniform:5ms:2ms".
func serviceDist(text string) (d dist.Dist, err error) {
	words := strings.Split(text, ":")
	bad := fmt.Errorf("script: work %.40q (want like %q, %q, %q)", text, "exponential:5ms", "uniform:5ms:2ms", "erlang:5ms:3")
	if len(words) < 2 || len(words) > 3 {
		return d, bad
	}
	d.Shape = dist.Shape(words[0])
	if d.Mean, err = time.ParseDuration(words[1]); err != nil {
		return d, bad
	}
	switch {
	case d.Shape == dist.Uniform && len(words) == 3:
		d.Spread, err = time.ParseDuration(words[2])
	case d.Shape == dist.Erlang && len(words) == 3:
		d.Stages, err = strconv.Atoi(words[2])
	case len(words) == 3 || d.Shape == dist.Uniform || d.Shape == dist.Erlang:
		err = bad
	}
	if err != nil {
		return d, bad
	}
	return d, d.Check()
}

// called reads how something is called.
func called(c *Command) service.Call {
	k := service.Call{
		Timeout: c.span("timeout", 0), Deadline: c.span("deadline", 0), Share: c.float("share", 0), Bulkhead: c.small("bulkhead", 0),
		Propagate: c.Flag("propagate"), Optional: c.Flag("optional"),
		Retry: retry.Policy{Attempts: c.small("attempts", 0), Base: c.span("backoff", 0), Cap: c.span("cap", 0), Jitter: retry.Jitter(c.String("jitter", ""))},
	}
	throttle, reserve := c.Flag("throttle"), c.small("reserve", 10)
	if ratio := c.float("budget", -1); ratio >= 0 {
		k.Budget = &service.Budget{Ratio: ratio, Reserve: reserve, Throttle: throttle}
	}
	open := c.span("open", 0)
	if n := c.small("breaker", 0); n > 0 {
		k.Breaker = &breaker.Config{Failures: uint32(n), Timeout: open}
	}
	return k
}

func (s *serviceScript) call(c *Command) error {
	k := called(c)
	v, err := s.find(c.Word())
	if err != nil {
		return err
	}
	k.To = c.Word()
	v.Calls = append(v.Calls, k)
	return nil
}

func (s *serviceScript) client(c *Command) error {
	s.config.Client = called(c)
	s.config.Client.To = c.Word()
	return nil
}

func (s *serviceScript) fault(c *Command) error {
	f := service.Fault{From: c.span("from", 0), To: c.span("to", 0), Fail: c.float("fail", 0), Slow: c.float("slow", 0), Down: c.Flag("down")}
	v, err := s.find(c.Word())
	if err == nil {
		v.Faults = append(v.Faults, f)
	}
	return err
}

func limited(c *Command) limit.Config {
	return limit.Config{Algorithm: limit.Algorithm(c.Word()), Rate: c.float("rate", 0), Burst: c.small("burst", 0), Delay: c.small("delay", 0), Window: c.span("window", 0)}
}

func (s *serviceScript) limit(c *Command) error {
	v, err := s.find(c.Word())
	if err == nil {
		l := limited(c)
		v.Limit = &l
	}
	return err
}

func (s *serviceScript) codel(c *Command) error {
	v, err := s.find(c.Word())
	if err == nil {
		v.CoDel = &shed.CoDelConfig{Target: c.span("target", 0), Interval: c.span("interval", 0)}
	}
	return err
}

func (s *serviceScript) adaptive(c *Command) error {
	v, err := s.find(c.Word())
	if err == nil {
		v.Adaptive = &shed.AdaptiveConfig{Max: c.small("max", 0), Slow: c.span("slow", 0)}
	}
	return err
}

func (s *serviceScript) autoscale(c *Command) error {
	v, err := s.find(c.Word())
	if err == nil {
		v.Autoscale = &service.Autoscale{Scaler: autoscale.Config{Max: c.small("max", 0), Target: c.float("target", 0)}, Start: c.span("start", 0)}
	}
	return err
}

func (s *serviceScript) load(c *Command) error {
	mode := c.Word()
	l := service.Load{Mode: service.Mode(mode), Rate: c.float("rate", 0), Users: c.small("users", 0), Requests: c.small("requests", 0), Duration: c.span("for", 0)}
	l.Think.Mean = c.span("think", 0)
	if mode == "at" {
		l.Mode, l.Times = service.OpenLoop, []time.Duration{}
		for len(c.words) > 0 && c.Err() == nil {
			l.Times = append(l.Times, c.Duration())
		}
	}
	s.config.Load = l
	return nil
}

func (s *serviceScript) begin(c *Command) error {
	config := s.config
	config.Seed, config.Sample, config.MaxSteps = uint64(c.Int("seed", 1)), c.span("sample", 0), c.small("budget", 0)
	if c.Err() != nil {
		return c.Err()
	}
	var spans []service.Span
	config.Span = func(p service.Span) {
		if len(spans) < 1000 { // a lesson shows a few
			spans = append(spans, p)
			s.spans = spans
		}
	}
	sim, err := service.New(config)
	if err != nil {
		return err
	}
	s.sim, s.spans, s.config = sim, nil, service.Config{}
	return nil
}

func (s *serviceScript) step(c *Command) (string, error) {
	n := c.Int("n", 1)
	if c.Err() != nil || n < 1 || n > 1000 {
		return "", fmt.Errorf("script: %d steps out of range [1,1000]", n)
	}
	return s.tell(func(service.Event) bool { n--; return n == 0 })
}

func (s *serviceScript) until(c *Command) (string, error) {
	kind := service.Kind(c.Word())
	last := ""
	_, err := s.tell(func(e service.Event) bool { last = e.String(); return e.Kind == kind })
	return last, err
}

// tell tells events until one that is the last, or a thousand; those of its step that
// follow are not told.
func (s *serviceScript) tell(last func(service.Event) bool) (string, error) {
	var b strings.Builder
	told := 0
	for e := range s.sim.Events() {
		if told++; told <= 1000 {
			fmt.Fprintln(&b, e)
		}
		if last(e) {
			break
		}
	}
	return b.String(), s.sim.Err()
}

func (s *serviceScript) show() string {
	var b strings.Builder
	snapshot := s.sim.Snapshot()
	fmt.Fprintf(&b, "at %v\n", snapshot.Now)
	for _, v := range snapshot.Services {
		fmt.Fprintf(&b, "%s:", v.Stats.Service)
		for i, n := range v.Instances {
			if n.Ready || n.In > 0 {
				fmt.Fprintf(&b, " #%d %d busy, %d wait;", i, n.Busy, n.Waiting)
			}
		}
		for _, k := range v.Calls {
			fmt.Fprintf(&b, " %d to %s%s;", k.UnderWay, k.To, breakerText(k.Breaker))
		}
		b.WriteString("\n")
	}
	if k := snapshot.Client; k.Breaker != "" {
		fmt.Fprintf(&b, "client: %d to %s%s\n", k.UnderWay, k.To, breakerText(k.Breaker))
	}
	return strings.ReplaceAll(b.String(), ";\n", "\n")
}

func breakerText(st breaker.State) string {
	if st == "" {
		return ""
	}
	return ", breaker " + string(st)
}

func (s *serviceScript) report() string {
	var b strings.Builder
	r := s.sim.Report()
	fmt.Fprintf(&b, "%v: %s\n", r.Took, endings(r.Result.Ended))
	fmt.Fprintf(&b, "latency of %v\n", r.Result.Latency)
	if r.Result.Intended != r.Result.Latency {
		fmt.Fprintf(&b, "as intended, %v\n", r.Result.Intended)
	}
	for _, v := range r.Services {
		fmt.Fprintf(&b, "%s: %d came, %s; %d retries, %d kept away, %d in vain; waits %.1fms, stays %.1fms, utilization %.2f\n",
			v.Service, v.Came, endings(v.Ended), v.Retries, v.Open+v.Crowded, v.Wasted, 1000*v.Wait, 1000*v.Stay, v.Utilization)
	}
	return b.String()
}

// endings lists how many ended how.
func endings(m map[service.Status]int) string {
	var out []string
	for st := service.OK; st <= service.Crowded; st++ {
		if m[st] > 0 {
			out = append(out, fmt.Sprintf("%d %v", m[st], st))
		}
	}
	return strings.Join(out, ", ")
}

func (s *serviceScript) samples(c *Command) (string, error) {
	name := c.Word()
	var b strings.Builder
	lines := 0
	for _, m := range s.sim.Report().Samples {
		if m.Service != name {
			continue
		}
		if lines++; lines > 200 {
			break
		}
		fmt.Fprintf(&b, "%v: %d came, %d ok, %d failed, %d here, p99 %v", m.At, m.Came, m.OK, m.Failed, m.In, m.P99.Round(time.Millisecond))
		if m.Instances > 0 {
			fmt.Fprintf(&b, ", %d wait, %d instances", m.Waiting, m.Instances)
		}
		b.WriteString(breakerText(m.Breaker) + "\n")
	}
	if lines == 0 {
		return "", fmt.Errorf("script: no samples of %.40q (new sample=1s takes some, of every service and of the outside)", name)
	}
	return b.String(), nil
}

func (s *serviceScript) lines(*Command) (string, error) {
	var b strings.Builder
	for _, p := range s.spans {
		b.Write(p.JSONLine())
	}
	return b.String(), nil
}

func (s *serviceScript) alone(c *Command) (err error) {
	s.limiter, err = limit.New(limited(c))
	s.now = 0
	return err
}

// times takes how often to ask.
func times(c *Command) (int64, error) {
	n := c.Int("times", 1)
	if c.Err() == nil && (n < 1 || n > 100) {
		return 0, fmt.Errorf("script: %d times out of range [1,100]", n)
	}
	return n, c.Err()
}

func (s *serviceScript) allow(c *Command) (string, error) {
	n, each := c.small("n", 1), strings.Builder{}
	count, err := times(c)
	if err != nil {
		return "", err
	}
	if s.limiter == nil {
		return "", fmt.Errorf("script: begin with limiter")
	}
	for range count {
		o, err := s.limiter.Allow(s.now, n)
		if err != nil {
			return each.String(), err
		}
		fmt.Fprintln(&each, o)
	}
	return each.String(), nil
}

func (s *serviceScript) breakerAlone(c *Command) (err error) {
	s.breaker, err = breaker.New(breaker.Config{
		Failures: uint32(max(c.small("failures", 0), 0)), Timeout: c.span("open", 0), Interval: c.span("interval", 0), BucketPeriod: c.span("period", 0), MaxRequests: uint32(max(c.small("tries", 0), 0)),
	})
	s.now = 0
	return err
}

func (s *serviceScript) request(c *Command) (string, error) {
	result := breaker.Result(c.Word())
	count, err := times(c)
	if err != nil {
		return "", err
	}
	if s.breaker == nil {
		return "", fmt.Errorf("script: begin with breaker")
	}
	var b strings.Builder
	for range count {
		p, err := s.breaker.Allow(s.now)
		if err != nil {
			return b.String(), err
		}
		if p.OK {
			if err := s.breaker.Done(s.now, p, result); err != nil {
				return b.String(), err
			}
		}
		fmt.Fprintf(&b, "%v; then %v\n", p, s.breaker.Current())
	}
	return b.String(), nil
}

func (s *serviceScript) advance(c *Command) error {
	d := c.Duration()
	if c.Err() == nil && (d < 0 || s.now+d < s.now) {
		return fmt.Errorf("script: advance by %v", d)
	}
	s.now += d
	return nil
}
