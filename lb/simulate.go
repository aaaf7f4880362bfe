package lb

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Traffic describes the requests of clients.
type Traffic struct {
	Requests int           `json:"requests"` // 1 to [MaxRequests], and times the stations at most 2^28
	Every    time.Duration `json:"every"`    // between two requests: the mean if Random
	Random   bool          `json:"random"`   // arrivals of a Poisson process; otherwise all are Every apart
	Keys     int           `json:"keys"`     // different keys, and addresses, at random; 0: every request has its own
	Skew     float64       `json:"skew"`     // of more than 1: keys by Zipf's law with this exponent; 0: all alike
	Tries    int           `json:"tries"`    // of a request that fails; 0 for 1
	Seed     uint64        `json:"seed,string"`

	Health *Health `json:"-"` // of the picker: its checks are performed as time passes
}

// MaxRequests is the largest number of requests of [Simulate].
const MaxRequests = 1_000_000

// A Station describes how a backend serves its requests: in the order of arrival, up to
// Workers at a time, while the others wait.
type Station struct {
	Service time.Duration `json:"service"` // of a request: the mean if Random
	Random  bool          `json:"random"`  // by an exponential distribution; else all alike
	Workers int           `json:"workers"` // requests at the same time; 0 for 1
	Queue   int           `json:"queue"`   // largest number of waiting requests, others fail at once; 0: no limit
	Outages []Outage      `json:"outages"`
}

// An Outage is a period in which all requests of a station fail, after Delay. A request
// that is already in service when it begins still succeeds.
type Outage struct {
	From  time.Duration `json:"from"`
	Until time.Duration `json:"until"`
	Delay time.Duration `json:"delay"`
}

// down reports whether there is an outage, and how long a request takes to fail.
func (s Station) down(at time.Duration) (bool, time.Duration) {
	for _, o := range s.Outages {
		if at >= o.From && at < o.Until {
			return true, o.Delay
		}
	}
	return false, 0
}

// A Result is the result of [Simulate].
type Result struct {
	Requests int           `json:"requests"`
	Failed   int           `json:"failed"`  // requests whose last try failed, or that had no backend
	Refused  int           `json:"refused"` // of them, requests without a backend
	Retried  int           `json:"retried"` // tries after the first
	Mean     time.Duration `json:"mean"`    // latency of the requests that did not fail, with all their tries
	P50      time.Duration `json:"p50"`
	P99      time.Duration `json:"p99"`
	Max      time.Duration `json:"max"`
	End      time.Duration `json:"end"` // when the last request was over
	Loads    []Load        `json:"loads"`

	// Imbalance is the largest number of picks of a backend divided by the mean: 1 is
	// even.
	Imbalance float64 `json:"imbalance"`
}

// A Load is the work of a backend.
type Load struct {
	Picks  int           `json:"picks"`
	Failed int           `json:"failed"`
	Busy   time.Duration `json:"busy"` // of all its workers
	Most   int           `json:"most"` // largest number of requests at a time, waiting ones included
}

// request is one on its way.
type request struct {
	key     string
	work    float64 // in units of a station's mean
	source  Addr
	came    time.Duration // first
	tries   int
	retry   Retry
	backend Backend
}

// happening is the end of a request at a station.
type happening struct {
	at     time.Duration
	seq    int
	who    int // request
	failed bool
	held   bool // it has a worker
}

// sim is a run of Simulate.
type sim struct {
	traffic  Traffic
	picker   Picker
	stations []Station
	arrivals *rand.Rand
	services *rand.Rand // so that arrivals are the same for every picker
	open     map[int]*request
	heap     []happening
	seq      int
	now      time.Duration
	busy     []int   // by backend: workers
	waiting  [][]int // by backend: requests
	active   []int
	latency  []time.Duration
	result   Result
}

// Simulate sends traffic through a picker to stations, where station i is backend i, on
// virtual time from 0. The picker must be new. It returns an error if a number is out of
// range, or if the picker picks a backend without a station or returns an error other
// than [ErrNoBackend].
func Simulate(t Traffic, picker Picker, stations []Station) (Result, error) {
	if err := checkSimulation(t, picker, stations); err != nil {
		return Result{}, err
	}
	n := len(stations)
	s := &sim{
		traffic: t, picker: picker, stations: stations, arrivals: rand.New(rand.NewPCG(t.Seed, 1)), services: rand.New(rand.NewPCG(t.Seed, 2)),
		open: map[int]*request{}, busy: make([]int, n), waiting: make([][]int, n), active: make([]int, n),
		result: Result{Requests: t.Requests, Loads: make([]Load, n)},
	}
	var zipf *rand.Zipf
	if t.Skew > 1 && t.Keys > 1 {
		zipf = rand.NewZipf(s.arrivals, t.Skew, 1, uint64(t.Keys-1))
	}
	var at time.Duration
	for i := range t.Requests {
		gap := t.Every
		if t.Random {
			gap = times(t.Every, exponential(s.arrivals))
		}
		if at += gap; at < 0 {
			return s.result, fmt.Errorf("lb: request %d comes after more than 290 years", i)
		}
		if err := s.until(at); err != nil {
			return s.result, err
		}
		key := i
		switch {
		case zipf != nil:
			key = int(zipf.Uint64())
		case t.Keys > 0:
			key = s.arrivals.IntN(t.Keys)
		}
		r := &request{work: exponential(s.services), key: fmt.Sprintf("/k%d", key), source: IPv4(10, byte(key>>16), byte(key>>8), byte(key)), came: at}
		s.open[i] = r
		if err := s.send(i, r); err != nil {
			return s.result, err
		}
	}
	for len(s.heap) > 0 {
		if err := s.until(s.heap[0].at); err != nil {
			return s.result, err
		}
	}
	s.finish()
	return s.result, nil
}

func checkSimulation(t Traffic, picker Picker, stations []Station) error {
	const long = 24 * 365 * time.Hour
	switch {
	case picker == nil:
		return errors.New("lb: a simulation without a picker")
	case t.Requests < 1 || t.Requests > MaxRequests:
		return fmt.Errorf("lb: %d requests out of range [1,%d]", t.Requests, MaxRequests)
	case t.Every < 0 || t.Every > long:
		return fmt.Errorf("lb: a request every %v out of range [0,%v]", t.Every, long)
	case t.Keys < 0 || t.Keys > MaxRequests:
		return fmt.Errorf("lb: %d keys out of range [0,%d]", t.Keys, MaxRequests)
	case t.Skew != 0 && !(t.Skew > 1 && t.Skew < 100):
		return fmt.Errorf("lb: skew %v out of range (1,100)", t.Skew)
	case t.Tries < 0 || t.Tries > maxTries:
		return fmt.Errorf("lb: %d tries out of range [0,%d]", t.Tries, maxTries)
	case len(stations) == 0 || len(stations) > MaxServers:
		return fmt.Errorf("lb: %d stations out of range [1,%d]", len(stations), MaxServers)
	case t.Requests*max(1, t.Tries) > 2*MaxRequests:
		return fmt.Errorf("lb: %d tries of %d requests (want at most %d in product)", t.Tries, t.Requests, 2*MaxRequests)
	case int64(t.Requests)*int64(len(stations)) > 4*work:
		return fmt.Errorf("lb: %d requests to %d stations (want at most %d in product)", t.Requests, len(stations), 4*work)
	}
	for i, s := range stations {
		if s.Service < 0 || s.Service > long || s.Workers < 0 || s.Queue < 0 {
			return fmt.Errorf("lb: station %d: service %v out of range [0,%v], or workers %d or queue %d negative", i, s.Service, long, s.Workers, s.Queue)
		}
		if len(s.Outages) > 100 {
			return fmt.Errorf("lb: station %d has %d outages, want at most 100", i, len(s.Outages))
		}
		for _, o := range s.Outages {
			if o.Delay < 0 || o.Delay > long {
				return fmt.Errorf("lb: station %d: a failure takes %v, out of range [0,%v]", i, o.Delay, long)
			}
		}
	}
	return nil
}

const maxTries = 100

// exponential draws a number with the mean 1.
func exponential(r *rand.Rand) float64 {
	return -ln((float64(r.Uint64()>>11) + 0.5) / (1 << 53))
}

func times(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }

// until lets all happen that happens until then.
func (s *sim) until(at time.Duration) error {
	for len(s.heap) > 0 && s.heap[0].at <= at {
		h := s.pop()
		if err := s.check(h.at); err != nil {
			return err
		}
		if err := s.over(h); err != nil {
			return err
		}
	}
	return s.check(at)
}

// check lets time pass for the health checks.
func (s *sim) check(at time.Duration) error {
	s.now = at
	if s.traffic.Health == nil {
		return nil
	}
	return s.traffic.Health.AdvanceTo(at, func(b Backend, at time.Duration) bool {
		if int(b) >= len(s.stations) {
			return false
		}
		down, _ := s.stations[b].down(at)
		return !down
	})
}

// send is a try of a request.
func (s *sim) send(i int, r *request) error {
	if r.tries++; r.tries > 1 {
		s.result.Retried++
	}
	b, err := s.picker.Pick(Request{At: s.now, Source: r.source, Port: uint16(i), Key: r.key, Retry: &r.retry})
	if errors.Is(err, ErrNoBackend) {
		s.result.Refused++
		s.result.Failed++
		delete(s.open, i)
		return nil
	}
	if err != nil {
		return err
	}
	if b < 0 || int(b) >= len(s.stations) {
		return fmt.Errorf("lb: backend %d has no station", b)
	}
	r.backend = b
	load, st := &s.result.Loads[b], &s.stations[b]
	load.Picks++
	s.active[b]++
	load.Most = max(load.Most, s.active[b])
	if down, delay := st.down(s.now); down {
		s.push(happening{at: s.now + delay, who: i, failed: true})
		return nil
	}
	switch {
	case s.busy[b] < max(1, st.Workers):
		s.work(b, i)
	case st.Queue > 0 && len(s.waiting[b]) >= st.Queue:
		s.push(happening{at: s.now, who: i, failed: true})
	default:
		s.waiting[b] = append(s.waiting[b], i)
	}
	return nil
}

// work begins a request at a worker.
func (s *sim) work(b Backend, i int) {
	st := &s.stations[b]
	d := st.Service
	if st.Random {
		d = times(d, s.open[i].work)
	}
	s.busy[b]++
	s.result.Loads[b].Busy += d
	s.push(happening{at: s.now + d, who: i, held: true})
}

// over is the end of a try.
func (s *sim) over(h happening) error {
	r := s.open[h.who]
	b := r.backend
	s.active[b]--
	if h.held {
		if s.busy[b]--; len(s.waiting[b]) > 0 {
			next := s.waiting[b][0]
			s.waiting[b] = s.waiting[b][1:]
			s.work(b, next)
		}
	}
	if err := s.picker.Done(b, Response{At: s.now, Latency: s.now - r.came, Failed: h.failed}); err != nil {
		return err
	}
	if h.failed {
		s.result.Loads[b].Failed++
		if r.tries < max(1, s.traffic.Tries) {
			return s.send(h.who, r)
		}
		s.result.Failed++
	} else {
		s.latency = append(s.latency, s.now-r.came)
	}
	delete(s.open, h.who)
	return nil
}

// finish counts.
func (s *sim) finish() {
	r := &s.result
	r.End = s.now
	slices.Sort(s.latency)
	if n := len(s.latency); n > 0 {
		sum := 0.0
		for _, d := range s.latency {
			sum += float64(d)
		}
		r.Mean = time.Duration(sum / float64(n))
		r.P50, r.P99, r.Max = s.latency[(n-1)/2], s.latency[(n-1)*99/100], s.latency[n-1]
	}
	most, all := 0, 0
	for _, l := range r.Loads {
		most = max(most, l.Picks)
		all += l.Picks
	}
	if all > 0 {
		r.Imbalance = float64(most) * float64(len(r.Loads)) / float64(all)
	}
}
