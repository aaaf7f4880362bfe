package service

import (
	"time"

	"github.com/orrery-go/orrery/lb"
	"github.com/orrery-go/orrery/service/autoscale"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/service/retry"
	"github.com/orrery-go/orrery/service/shed"
)

// A Config says what to model: a system of services and the load on it.
type Config struct {
	Seed     uint64        `json:"seed,string"`
	Services []Service     `json:"services"` // at least one
	Load     Load          `json:"load"`
	Client   Call          `json:"client"`   // how services are called from outside; To "" is the first service
	Sample   time.Duration `json:"sample"`   // period of the metrics; 0: none
	MaxSteps int           `json:"maxSteps"` // largest number of steps; 0: [DefaultSteps]

	Trace func(Event) `json:"-"` // receives every step; nil costs nothing
	Span  func(Span)  `json:"-"` // receives every span when it ends; nil costs nothing
}

// A Load describes the requests from outside. It ends after Requests or at Duration,
// whichever is first; at least one of them must be set. Requests that have been sent by
// then are finished.
type Load struct {
	Mode     Mode            `json:"mode"`            // "" for OpenLoop
	Rate     float64         `json:"rate,omitempty"`  // a second, in (0,1e9], of OpenLoop and PacedLoop
	Every    dist.Dist       `json:"every"`           // of OpenLoop: the time from one to the next, instead of a Rate
	Times    []time.Duration `json:"times,omitempty"` // of OpenLoop: when to send, in order, instead of a Rate; at most a million
	Users    int             `json:"users,omitempty"` // of ClosedLoop and PacedLoop: in [1,MaxUsers]; 0: 1
	Think    dist.Dist       `json:"think"`           // of ClosedLoop: from an answer to the next request
	Requests int             `json:"requests"`        // 0: as many as there is time for
	Duration time.Duration   `json:"duration"`        // 0: as long as it takes
}

// A Mode is a kind of load.
type Mode string

// The modes.
const (
	OpenLoop   Mode = "open"   // sends when it is time, at random (Poisson) at a Rate
	ClosedLoop Mode = "closed" // Users, each of which waits for its answer and thinks
	PacedLoop  Mode = "paced"  // Users that together are to send at a Rate, evenly, and each waits for its answer first
)

// String returns the name.
func (m Mode) String() string { return string(m) }

// A Service is a number of equal instances, each with workers and a queue.
type Service struct {
	Name      string    `json:"name"`
	Instances int       `json:"instances"` // in [1,MaxInstances]; 0: 1
	Workers   int       `json:"workers"`   // of an instance: requests that it works on at once; 0: any number
	Queue     int       `json:"queue"`     // of an instance: requests that may wait for a worker; 0: any number, -1: none
	Work      dist.Dist `json:"work"`      // the time for which a worker is busy with a request, before its calls
	Async     bool      `json:"async"`     // a worker is free while a request waits for its calls
	Calls     []Call    `json:"calls"`     // one after another, until one fails
	Parallel  bool      `json:"parallel"`  // the calls are made at once, and all are waited for
	Faults    []Fault   `json:"faults"`

	Balance     lb.Method     `json:"balance"`               // how an instance is picked; the zero Method is round robin
	MaxFails    int           `json:"maxFails,omitempty"`    // failures within FailTimeout that eject an instance for that long; 0: none are ejected
	FailTimeout time.Duration `json:"failTimeout,omitempty"` // in whole seconds

	Limit     *limit.Config        `json:"limit,omitempty"`     // of the requests that may come in, for all instances together
	CoDel     *shed.CoDelConfig    `json:"codel,omitempty"`     // drops requests that have waited too long, in each instance
	Autoscale *Autoscale           `json:"autoscale,omitempty"` // changes the number of instances; wants a bound of Workers
	Adaptive  *shed.AdaptiveConfig `json:"adaptive,omitempty"`  // bounds the requests in each instance
}

// A Call describes how one service calls another. The zero values of its parts mean no
// timeout, one attempt and no breaker.
type Call struct {
	To        string        `json:"to"`
	Share     float64       `json:"share,omitempty"`     // the probability that it is made, in [0,1], as that of a cache to miss; 0: 1
	Timeout   time.Duration `json:"timeout,omitempty"`   // of an attempt
	Deadline  time.Duration `json:"deadline,omitempty"`  // of all attempts together
	Propagate bool          `json:"propagate,omitempty"` // the service knows the deadline, and stops working then
	Optional  bool          `json:"optional,omitempty"`  // if it fails, the caller goes on without it: it degrades

	Retry    retry.Policy    `json:"retry"`
	Budget   *Budget         `json:"budget,omitempty"`
	Breaker  *breaker.Config `json:"breaker,omitempty"`
	Bulkhead int             `json:"bulkhead,omitempty"` // largest number of calls under way, of all instances of the caller; 0: any number
}

// An Autoscale says how the number of instances changes, by the share of their workers
// that were busy since the last decision.
type Autoscale struct {
	Scaler autoscale.Config `json:"scaler"` // Target in (0,1]; Max at most MaxInstances
	Every  time.Duration    `json:"every"`  // 0: 15 seconds, as Kubernetes
	Start  time.Duration    `json:"start"`  // time until a new instance is ready
}

// A Budget bounds the retries of a call, of all instances of the caller.
type Budget struct {
	Ratio    float64 `json:"ratio"`    // retries for each first attempt; of a Throttle, tokens for each success
	Reserve  int     `json:"reserve"`  // retries that are always allowed; of a Throttle, the tokens
	Throttle bool    `json:"throttle"` // retry.Throttle, gRPC's, instead of a retry.Budget
}

// A Fault is a fault of a service for a period.
type Fault struct {
	From time.Duration `json:"from"`
	To   time.Duration `json:"to"`   // 0: to the end
	Fail float64       `json:"fail"` // the share of requests that fail, after their work: in [0,1]
	Slow float64       `json:"slow"` // factor of the time of work: in [0,1e6]; 0: 1
	Down bool          `json:"down"` // no connection: requests fail at once
}

// The limits of a model.
const (
	DefaultSteps = 1 << 20      // steps
	MaxTime      = 4 * dist.Max // about 52 days
	MaxInFlight  = 1 << 17      // requests and calls at one time
	MaxServices  = 1000
	MaxCalls     = 64 // of a service
	MaxInstances = 1000
	MaxWorkers   = 1 << 20
	MaxUsers     = 1 << 16
	MaxTimes     = 1_000_000
	MaxSamples   = 1 << 20 // of all services together
)
