package lb

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/internal/names"
)

// A Method is a method of load balancing.
type Method uint8

// The methods. Those of nginx and HAProxy are held against them, pick by pick.
const (
	RoundRobinMethod   Method = iota // one after the other, whatever the weights
	SmoothMethod                     // nginx: smooth weighted round robin, its default
	LeastConnMethod                  // nginx: least_conn
	IPHashMethod                     // nginx: ip_hash
	HashMethod                       // nginx: hash
	KetamaMethod                     // nginx: hash, consistent
	HARoundRobinMethod               // HAProxy: roundrobin, its default
	HAStaticMethod                   // HAProxy: static-rr
	HALeastConnMethod                // HAProxy: leastconn
	HASourceMethod                   // HAProxy: source
	HAURIMethod                      // HAProxy: uri
	HAConsistentMethod               // HAProxy: uri, hash-type consistent
	HABoundedMethod                  // HAProxy: uri, hash-type consistent, hash-balance-factor
	RandomMethod                     // at random, by weight
	TwoChoicesMethod                 // the less busy one of two at random
	RendezvousMethod                 // highest random weight
	MaglevMethod                     // a table, as in Google's Maglev
	EWMAMethod                       // the least recent latency, times requests
	PeakEWMAMethod                   // the same, but a slow answer counts in full at once
)

// maxWeight is the highest weight of a method that has no lower one.
const maxWeight = 65535

// haWeight is HAProxy's highest weight (SRV_UWGHT_MAX).
const haWeight = 256

// limits says what holds for the servers of a method.
type limits struct {
	maxWeight int
	passive   bool // MaxFails and MaxConns
}

var methodLimits = [...]limits{
	RoundRobinMethod:   {maxWeight, true},
	SmoothMethod:       {maxWeight, true},
	LeastConnMethod:    {maxWeight, true},
	IPHashMethod:       {maxWeight, true},
	HashMethod:         {maxWeight, true},
	KetamaMethod:       {maxWeight, true},
	HARoundRobinMethod: {haWeight, false},
	HAStaticMethod:     {haWeight, false},
	HALeastConnMethod:  {haWeight, false},
	HASourceMethod:     {haWeight, false},
	HAURIMethod:        {haWeight, false},
	HAConsistentMethod: {haWeight, false},
	HABoundedMethod:    {haWeight, false},
	RandomMethod:       {maxWeight, true},
	TwoChoicesMethod:   {maxWeight, true},
	RendezvousMethod:   {maxWeight, true},
	MaglevMethod:       {maxWeight, true},
	EWMAMethod:         {1, true},
	PeakEWMAMethod:     {1, true},
}

var methodNames = []string{
	RoundRobinMethod:   "round robin",
	SmoothMethod:       "smooth",
	LeastConnMethod:    "least conn",
	IPHashMethod:       "ip hash",
	HashMethod:         "hash",
	KetamaMethod:       "ketama",
	HARoundRobinMethod: "haproxy roundrobin",
	HAStaticMethod:     "haproxy static-rr",
	HALeastConnMethod:  "haproxy leastconn",
	HASourceMethod:     "haproxy source",
	HAURIMethod:        "haproxy uri",
	HAConsistentMethod: "haproxy consistent",
	HABoundedMethod:    "haproxy bounded",
	RandomMethod:       "random",
	TwoChoicesMethod:   "two choices",
	RendezvousMethod:   "rendezvous",
	MaglevMethod:       "maglev",
	EWMAMethod:         "ewma",
	PeakEWMAMethod:     "peak ewma",
}

// Methods lists the methods.
func Methods() []Method {
	out := make([]Method, len(methodLimits))
	for i := range out {
		out[i] = Method(i)
	}
	return out
}

// String returns the name: "smooth".
func (m Method) String() string { return names.Of("Method", methodNames, int(m)) }

// MarshalText returns the name, for JSON.
func (m Method) MarshalText() ([]byte, error) { return names.Marshal("Method", methodNames, int(m)) }

// UnmarshalText reads a name that MarshalText returned.
func (m *Method) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Method", methodNames, text)
	*m = Method(i)
	return err
}

// A Config says what to model.
type Config struct {
	Method  Method        `json:"method"`
	Servers []Server      `json:"servers"`     // 1 to [MaxServers]
	Balance int           `json:"balance"`     // of [HABoundedMethod], HAProxy's hash-balance-factor: 101 to 65535 percent of the mean; 0 for 150
	Decay   time.Duration `json:"decay"`       // of [EWMAMethod] and [PeakEWMAMethod]: after it a latency counts for 1/e; 0 for 10 s
	Seed    uint64        `json:"seed,string"` // of the methods that draw lots

	Trace func(Event) `json:"-"` // receives every step; nil costs nothing
}

// New makes the picker of a method. It returns an error if there are no servers or too
// many, if two have the same name, or if a field is out of range.
func New(c Config) (Pool, error) {
	switch c.Method {
	case RoundRobinMethod:
		return made(NewRoundRobin(c))
	case SmoothMethod:
		return made(NewSmooth(c))
	case LeastConnMethod:
		return made(NewLeastConn(c))
	case IPHashMethod:
		return made(NewIPHash(c))
	case HashMethod:
		return made(NewHash(c))
	case KetamaMethod:
		return made(NewKetama(c))
	case HARoundRobinMethod:
		return made(NewHARoundRobin(c))
	case HAStaticMethod:
		return made(NewHAStatic(c))
	case HALeastConnMethod:
		return made(NewHALeastConn(c))
	case HASourceMethod:
		return made(NewHASource(c))
	case HAURIMethod:
		return made(NewHAURI(c))
	case HAConsistentMethod, HABoundedMethod:
		return made(NewHAConsistent(c))
	case RandomMethod:
		return made(NewRandom(c))
	case TwoChoicesMethod:
		return made(NewTwoChoices(c))
	case RendezvousMethod:
		return made(NewRendezvous(c))
	case MaglevMethod:
		return made(NewMaglev(c))
	case EWMAMethod, PeakEWMAMethod:
		return made(NewEWMA(c))
	}
	return nil, fmt.Errorf("lb: no method %d (want 0 to %d)", c.Method, len(methodNames)-1)
}

// made keeps a nil pointer from becoming a Pool that is not nil.
func made[P Pool](p P, err error) (Pool, error) {
	if err != nil {
		return nil, err
	}
	return p, nil
}
