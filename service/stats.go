package service

import (
	"math/bits"
	"time"

	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/load"
)

// A wide is a sum of times, exact and without an upper bound.
type wide struct{ hi, lo uint64 }

func (w *wide) add(d time.Duration) {
	lo, carry := bits.Add64(w.lo, uint64(d), 0)
	w.hi, w.lo = w.hi+carry, lo
}

func (w *wide) addTimes(n int, d time.Duration) {
	hi, lo := bits.Mul64(uint64(n), uint64(d))
	lo, carry := bits.Add64(w.lo, lo, 0)
	w.hi, w.lo = w.hi+hi+carry, lo
}

// seconds returns the sum, rounded.
func (w wide) seconds() float64 { return (float64(w.hi)*(1<<64) + float64(w.lo)) / 1e9 }

// counts are what has been counted of a service.
type counts struct {
	came, began, retries, open, crowded, wasted, degraded int
	ended                                                 [nStatus]int

	now     time.Duration // of the areas
	in      int           // attempts
	workers int           // that are busy
	area    wide          // of in, over time
	busy    wide          // of workers, over time
	stayed  wide          // the times of those that have left
	waited  wide          // until a worker began
}

// spend has the time pass for the areas.
func (v *server) spend(now time.Duration) {
	c := &v.counts
	if d := now - c.now; d > 0 {
		c.area.addTimes(c.in, d)
		c.busy.addTimes(c.workers, d)
		c.now = now
	}
}

func (v *server) enter(now time.Duration) {
	v.spend(now)
	v.counts.in++
}

func (v *server) leave(now, stayed time.Duration) {
	v.spend(now)
	v.counts.in--
	v.counts.stayed.add(stayed)
}

// ServiceStats are the statistics of a service.
type ServiceStats struct {
	Service  string         `json:"service"`
	Came     int            `json:"came"`     // attempts
	Began    int            `json:"began"`    // of them a worker began
	Ended    map[Status]int `json:"ended"`    // of them, by how
	In       int            `json:"in"`       // that are there
	Retries  int            `json:"retries"`  // second and further attempts that were planned
	Open     int            `json:"open"`     // calls that a breaker stopped
	Crowded  int            `json:"crowded"`  // calls that a bulkhead stopped
	Wasted   int            `json:"wasted"`   // attempts that ended when nobody waited for them any more
	Degraded int            `json:"degraded"` // answers without an optional part

	Wait        float64 `json:"wait"`        // mean time to a worker, of those that got one, in seconds
	Stay        float64 `json:"stay"`        // mean time from coming to leaving, in seconds
	InSystem    float64 `json:"inSystem"`    // mean number that were there
	Utilization float64 `json:"utilization"` // the share of the workers that were busy, of the instances that there are now; 0 if there is no bound
}

// A Result sums up the requests from outside.
type Result struct {
	Requests int            `json:"requests"` // that were sent
	Ended    map[Status]int `json:"ended"`    // by how
	Degraded int            `json:"degraded"` // of those that are OK
	Latency  load.Summary   `json:"latency"`  // from when they were sent
	Intended load.Summary   `json:"intended"` // from when they were to be sent: of a paced loop, without coordinated omission
}

// A Report is the result of a simulation.
type Report struct {
	Took     time.Duration  `json:"took"`
	Steps    int            `json:"steps"`
	Result   Result         `json:"result"`
	Services []ServiceStats `json:"services"`
	Samples  []Sample       `json:"samples"`
}

// A Sample has the metrics of a service at a time: counts since the sample before, and
// the state.
type Sample struct {
	At          time.Duration `json:"at"`
	Service     string        `json:"service"` // "": the outside, whose requests come, and are answered
	Came        int           `json:"came"`
	OK          int           `json:"ok"`
	Failed      int           `json:"failed"` // all that ended otherwise
	Retries     int           `json:"retries"`
	Kept        int           `json:"kept"` // calls that a breaker or a bulkhead stopped
	In          int           `json:"in"`
	Waiting     int           `json:"waiting"`
	Utilization float64       `json:"utilization"`
	P50         time.Duration `json:"p50"` // of the stay of those that left
	P99         time.Duration `json:"p99"`
	Breaker     breaker.State `json:"breaker,omitempty"` // of the first call that has one
	Instances   int           `json:"instances"`
}

// Simulate runs a system to the end. Errors are those of New and Sim.Step; the report
// then has the results so far.
func Simulate(c Config) (Report, error) {
	s, err := New(c)
	if err != nil {
		return Report{Services: []ServiceStats{}, Samples: []Sample{}}, err
	}
	err = s.Run()
	return s.Report(), err
}

// Report returns the results so far.
func (s *Sim) Report() Report {
	r := Report{Took: s.now, Steps: s.steps, Result: s.result(), Services: make([]ServiceStats, 0, len(s.servers)), Samples: append([]Sample{}, s.samples...)}
	for _, v := range s.servers {
		r.Services = append(r.Services, v.report(s.now))
	}
	return r
}

func (s *Sim) result() Result {
	r := Result{Requests: s.sent, Ended: map[Status]int{}, Degraded: s.fellBack, Latency: s.latency.Summary(), Intended: s.intended.Summary()}
	for st, n := range s.results {
		if n > 0 {
			r.Ended[Status(st)] = n
		}
	}
	return r
}

func (v *server) report(now time.Duration) ServiceStats {
	v.spend(now)
	c := &v.counts
	st := ServiceStats{Service: v.service.Name, Came: c.came, Began: c.began, Ended: map[Status]int{}, In: c.in, Retries: c.retries,
		Open: c.open, Crowded: c.crowded, Wasted: c.wasted, Degraded: c.degraded}
	left := 0
	for i, n := range c.ended {
		if left += n; n > 0 {
			st.Ended[Status(i)] = n
		}
	}
	if c.began > 0 {
		st.Wait = c.waited.seconds() / float64(c.began)
	}
	if left > 0 {
		st.Stay = c.stayed.seconds() / float64(left)
	}
	if now > 0 {
		st.InSystem = c.area.seconds() / now.Seconds()
		st.Utilization = v.utilization(c.busy.seconds(), now)
	}
	return st
}

// utilization returns the share of a time for which the workers were busy.
func (v *server) utilization(busy float64, in time.Duration) float64 {
	if v.service.Workers == 0 {
		return 0
	}
	return busy / (in.Seconds() * float64(v.service.Workers) * float64(v.replicas))
}

// sample takes metrics.
func (s *Sim) sample() {
	if len(s.samples)+len(s.servers) >= MaxSamples {
		return
	}
	s.samples = append(s.samples, s.sampleOutside())
	for _, v := range s.servers {
		v.spend(s.now)
		c, b := &v.counts, &v.before
		m := Sample{
			At: s.now, Service: v.service.Name, Came: c.came - b.came, OK: c.ended[OK] - b.ended[OK], Retries: c.retries - b.retries,
			Kept: c.open + c.crowded - b.open - b.crowded, In: c.in, P50: v.recent.Quantile(0.5), P99: v.recent.Quantile(0.99), Instances: v.replicas,
			Utilization: v.utilization(c.busy.seconds()-b.busy.seconds(), s.config.Sample),
		}
		for i := range c.ended {
			m.Failed += c.ended[i] - b.ended[i]
		}
		m.Failed -= m.OK
		for i := range v.instances {
			m.Waiting += v.instances[i].waiting
		}
		for i := range v.clients {
			if k := v.clients[i].breaker; k != nil && m.Breaker == "" {
				m.Breaker = k.Current()
			}
		}
		s.samples = append(s.samples, m)
		v.before = v.counts
		v.recent.Reset()
	}
	s.plan(s.config.Sample, sample, 0, 0)
}

// sampleOutside takes the metrics of the requests from outside.
func (s *Sim) sampleOutside() Sample {
	now := outsideCounts{sent: s.sent, ok: s.results[OK]}
	for _, n := range s.results {
		now.ended += n
	}
	m := Sample{
		At: s.now, Came: now.sent - s.before.sent, OK: now.ok - s.before.ok, Failed: now.ended - now.ok - s.before.ended + s.before.ok,
		In: now.sent - now.ended, P50: s.recent.Quantile(0.5), P99: s.recent.Quantile(0.99),
	}
	if b := s.outside.breaker; b != nil {
		m.Breaker = b.Current()
	}
	s.before = now
	s.recent.Reset()
	return m
}
