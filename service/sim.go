package service

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/orrery-go/orrery/lb"
	"github.com/orrery-go/orrery/service/autoscale"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/service/load"
	"github.com/orrery-go/orrery/service/retry"
	"github.com/orrery-go/orrery/service/shed"
)

// A Sim is a system of services under load. Get one from [New]. It must not be used from
// its own Trace or Span, except for [Sim.Snapshot] and [Sim.Now].
type Sim struct {
	config  Config
	key     dist.Key
	busy    bool
	now     time.Duration
	seq     uint64 // of events
	steps   int
	agenda  agenda
	err     error
	over    bool
	caught  func(Event) // of Events
	untold  []Event     // that Events has not yielded yet
	servers []*server
	outside client

	callers  []caller
	attempts []attempt
	// The first of those that are free, chained by next.
	freeCaller, freeAttempt int32
	inFlight                int // callers and attempts

	sent     int
	planned  int // requests that are going to be sent
	users    []user
	results  [nStatus]int
	fellBack int            // of those that are OK
	latency  load.Histogram // from when they were sent
	intended load.Histogram // from when they were to be sent
	samples  []Sample
	before   outsideCounts  // at the last sample
	recent   load.Histogram // since then
}

// outsideCounts are what has become of the requests from outside.
type outsideCounts struct{ sent, ended, ok int }

const nStatus = int(Crowded) + 1

// none is no caller, and no attempt.
const none int32 = -1

// A user is one of a closed or a paced loop.
type user struct {
	due  time.Duration // of its next request
	sent int
}

// A server is a service that runs.
type server struct {
	service   *Service
	number    int
	workers   int
	queue     int
	instances []instance
	pool      lb.Pool // if there are several
	scaler    *autoscale.Scaler
	replicas  int // that there are to be: instances below that number are
	limiter   limit.Limiter
	clients   []client // by call
	counts    counts
	before    counts         // at the last sample
	recent    load.Histogram // since then
}

// A client is what all instances of a service share to make a call.
type client struct {
	from     int // the caller's number, -1 for the outside
	call     *Call
	to       *server
	breaker  *breaker.Breaker
	budget   budget
	underWay int
}

// budget is a retry.Throttle or a retry.Budget, if there is one.
type budget struct {
	throttle *retry.Throttle
	budget   *retry.Budget
}

// An instance has workers and a queue.
type instance struct {
	busy        int // workers
	in          int // attempts: those that wait, too
	waiting     int
	first, last int32         // of those that wait
	ready       bool          // it gets requests
	changed     time.Duration // when busy changed, if the service scales
	spent       time.Duration // by its workers since the service last decided, except for what the change has not counted
	codel       *shed.CoDel
	adaptive    *shed.Adaptive
}

var (
	errUseNew = errors.New("service: the zero Sim has no services: use New")
	errBusy   = errors.New("service: a Sim cannot be used from its own Trace or Span")
	// ErrSteps says that the simulation took more than Config.MaxSteps steps.
	ErrSteps = errors.New("service: the budget of steps is used up")
	// ErrOverload says that there are more than MaxInFlight requests and calls at once:
	// more arrive than leave.
	ErrOverload = errors.New("service: too many requests at once")
	// ErrTime says that the simulation takes longer than MaxTime.
	ErrTime = errors.New("service: it takes too long")
)

// New makes a system at time 0. It returns an error if the calls form a cycle, or a field
// is out of range.
func New(c Config) (*Sim, error) {
	c.Services = append([]Service(nil), c.Services...)
	if err := c.check(); err != nil {
		return nil, err
	}
	s := &Sim{config: c, key: dist.Key(c.Seed), freeCaller: none, freeAttempt: none}
	byName := map[string]*server{}
	for i := range c.Services {
		v, err := newServer(&c.Services[i], i)
		if err != nil {
			return nil, err
		}
		s.servers = append(s.servers, v)
		byName[v.service.Name] = v
	}
	for i, v := range s.servers {
		v.clients = make([]client, len(v.service.Calls))
		for j := range v.clients {
			if err := s.connect(&v.clients[j], &v.service.Calls[j], i, byName); err != nil {
				return nil, err
			}
		}
	}
	if s.config.Client.To == "" {
		s.config.Client.To = c.Services[0].Name
	}
	if err := s.connect(&s.outside, &s.config.Client, -1, byName); err != nil {
		return nil, err
	}
	s.begin()
	return s, nil
}

func newServer(c *Service, number int) (*server, error) {
	v := &server{service: c, number: number, workers: c.Workers, queue: c.Queue}
	if c.Workers == 0 {
		v.workers = math.MaxInt
	}
	if c.Queue == 0 {
		v.queue = math.MaxInt
	}
	wrap := func(err error) error { return fmt.Errorf("service: %q: %w", c.Name, err) }
	if c.Limit != nil {
		l, err := limit.New(*c.Limit)
		if err != nil {
			return nil, wrap(err)
		}
		v.limiter = l
	}
	v.replicas = max(c.Instances, 1)
	most := v.replicas
	if c.Autoscale != nil {
		var err error
		if v.scaler, err = autoscale.New(c.Autoscale.Scaler); err != nil {
			return nil, wrap(err)
		}
		most = c.Autoscale.Scaler.Max
	}
	if most > 1 {
		p := lb.Config{Method: c.Balance}
		for i := range most {
			p.Servers = append(p.Servers, lb.Server{Name: fmt.Sprintf("%s-%d", c.Name, i), Weight: 1, MaxFails: c.MaxFails, FailTimeout: c.FailTimeout})
		}
		var err error
		if v.pool, err = lb.New(p); err != nil {
			return nil, wrap(err)
		}
		for i := v.replicas; i < most; i++ {
			if err := v.pool.SetState(lb.Backend(i), lb.Down); err != nil {
				return nil, wrap(err)
			}
		}
	}
	for i := range most {
		n := instance{first: none, last: none, ready: i < v.replicas}
		var err error
		if c.CoDel != nil {
			if n.codel, err = shed.NewCoDel(*c.CoDel); err != nil {
				return nil, wrap(err)
			}
		}
		if c.Adaptive != nil {
			if n.adaptive, err = shed.NewAdaptive(*c.Adaptive); err != nil {
				return nil, wrap(err)
			}
		}
		v.instances = append(v.instances, n)
	}
	return v, nil
}

// connect makes what the calls of one kind share.
func (s *Sim) connect(c *client, call *Call, from int, byName map[string]*server) error {
	*c = client{from: from, call: call, to: byName[call.To]}
	var err error
	if call.Breaker != nil {
		b := *call.Breaker
		b.Trace = nil
		if c.breaker, err = breaker.New(b); err != nil {
			return fmt.Errorf("service: the call of %q: %w", call.To, err)
		}
	}
	switch b := call.Budget; {
	case b == nil:
		return nil
	case b.Throttle:
		c.budget.throttle, err = retry.NewThrottle(b.Reserve, b.Ratio)
	default:
		c.budget.budget, err = retry.NewBudget(b.Ratio, b.Reserve)
	}
	if err != nil {
		return fmt.Errorf("service: the call of %q: %w", call.To, err)
	}
	return nil
}

// Now returns the time since the start.
func (s *Sim) Now() time.Duration { return s.now }

// Step performs the next step, and reports whether there is more. It returns [ErrSteps],
// [ErrOverload] or [ErrTime], also in later calls.
func (s *Sim) Step() (more bool, err error) {
	switch {
	case s.servers == nil:
		return false, errUseNew
	case s.busy:
		return false, errBusy
	case s.err != nil:
		return false, s.err
	case s.over || len(s.agenda.heap) == 0:
		s.over = true
		return false, nil
	}
	budget := s.config.MaxSteps
	if budget == 0 {
		budget = DefaultSteps
	}
	if s.steps >= budget {
		s.err = ErrSteps
		return false, s.err
	}
	s.steps++
	s.do(s.agenda.next())
	if s.inFlight == 0 && s.planned == 0 {
		s.over = true
	}
	return !s.over && s.err == nil, s.err
}

// Run steps to the end. Errors are those of [Sim.Step].
func (s *Sim) Run() error {
	for {
		if more, err := s.Step(); !more {
			return err
		}
	}
}

// Events steps to the end, and yields every event as it happens. If the loop is left
// early, another call goes on from there. Then [Sim.Err] reports how it has ended.
func (s *Sim) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		if s.busy {
			return
		}
		s.caught = func(e Event) { s.untold = append(s.untold, e) }
		defer func() { s.caught = nil }()
		for {
			for len(s.untold) > 0 {
				e := s.untold[0]
				s.untold = s.untold[1:]
				if !yield(e) {
					return
				}
			}
			s.untold = nil
			if more, err := s.Step(); len(s.untold) == 0 && (!more || err != nil) {
				return
			}
		}
	}
}

// Err reports how the simulation has ended: nil if no error has occurred.
func (s *Sim) Err() error { return s.err }

// plan puts a task on the agenda.
func (s *Sim) plan(after time.Duration, w what, id int32, gen uint32) {
	if after < 0 || after > MaxTime-s.now {
		if s.err == nil {
			s.err = ErrTime
		}
		return
	}
	s.agenda.add(task{at: s.now + after, what: w, id: id, gen: gen})
}

// do does a task, unless what it is for is over.
func (s *Sim) do(t task) {
	switch t.what {
	case try, timeout, deadline:
		if s.callers[t.id].gen != t.gen {
			return
		}
	case admit, worked:
		if s.attempts[t.id].gen != t.gen {
			return
		}
	}
	s.now = t.at
	switch t.what {
	case arrive:
		s.planned--
		s.send(none, t.at)
		s.nextArrival()
	case think:
		s.planned--
		s.sendOf(t.id)
	case try:
		s.try(t.id)
	case admit:
		s.admit(t.id)
	case worked:
		s.worked(t.id)
	case timeout:
		s.giveUp(t.id, TimedOut)
	case deadline:
		s.giveUp(t.id, Late)
	case sample:
		s.sample()
	case scale:
		s.scale(s.servers[t.id])
	case start:
		s.start(s.servers[t.id], int(t.gen))
	}
}
