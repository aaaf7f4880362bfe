package lb

import (
	"errors"
	"fmt"
	"time"
)

// A HealthConfig says how backends are checked. Its zero value has HAProxy's defaults:
// every 2 s, down after 3 failures, up after 2 successes.
type HealthConfig struct {
	Interval  time.Duration `json:"interval"`  // between two checks of a backend; 0 for 2 s
	Rise      int           `json:"rise"`      // successes in a row that bring a backend up; 0 for 2
	Fall      int           `json:"fall"`      // failures in a row that bring it down; 0 for 3
	SlowStart time.Duration `json:"slowStart"` // time in which a backend that comes up gradually gets its weight

	// Panic is Envoy's panic threshold: if fewer than this percentage of the backends are
	// healthy, all get requests. 0: when all are down, none gets requests. 100: one
	// unhealthy backend is enough.
	Panic int `json:"panic"`

	Trace func(Event) `json:"-"` // gets every check; nil costs nothing
}

// A Health checks the backends of a pool, and takes out those that fail until they pass
// again. It leaves drained and removed backends alone.
//
// As in HAProxy a backend has a health from 0 to rise+fall-1, and is up from rise on: a
// success raises it by 1, and to the top if it is up or comes up; a failure lowers it by
// 1, and to 0 if it is down or goes down. So rise and fall count consecutive results. The
// health begins at rise: up, and down at the first failure
// (src/check.c:set_server_check_status).
type Health struct {
	config HealthConfig
	pool   Pool
	now    time.Duration
	checks []check
	next   time.Duration // of all checks
	seq    uint64
	busy   bool // in Trace or a probe
}

// check is the state of the checks of a backend.
type check struct {
	health int
	next   time.Duration
	full   int           // the weight that slow start leads to
	since  time.Duration // when a slow start began
	slow   bool
}

// NewHealth makes a Health. The backends count as healthy until their first check, and
// one failure then brings them down. It returns an error if the pool is nil, or if a
// field of the configuration is out of range.
func NewHealth(pool Pool, c HealthConfig) (*Health, error) {
	switch {
	case pool == nil:
		return nil, errors.New("lb: health without a pool")
	case c.Interval < 0 || c.SlowStart < 0:
		return nil, fmt.Errorf("lb: interval %v or slow start %v is negative", c.Interval, c.SlowStart)
	case c.Rise < 0 || c.Fall < 0 || c.Rise > maxWeight || c.Fall > maxWeight:
		return nil, fmt.Errorf("lb: rise %d or fall %d out of range [0,%d]", c.Rise, c.Fall, maxWeight)
	case c.Panic < 0 || c.Panic > 100:
		return nil, fmt.Errorf("lb: panic threshold %d out of range [0,100]", c.Panic)
	}
	if c.Interval == 0 {
		c.Interval = 2 * time.Second
	}
	if c.Rise == 0 {
		c.Rise = 2
	}
	if c.Fall == 0 {
		c.Fall = 3
	}
	h := &Health{config: c, pool: pool}
	backends := pool.Snapshot().Backends
	for i, b := range backends {
		h.checks = append(h.checks, check{
			health: c.Rise,
			next:   c.Interval * time.Duration(i) / time.Duration(len(backends)), // spread
			full:   b.Weight,
		})
	}
	return h, nil
}

// Healthy reports whether the backend is up according to its checks.
func (h *Health) Healthy(b Backend) bool {
	return b >= 0 && int(b) < len(h.checks) && h.checks[b].health >= h.config.Rise
}

// maxChecks is the largest number of checks that one call of AdvanceTo performs.
const maxChecks = 1 << 12

// AdvanceTo lets time pass until to: it performs the checks of all backends that are due
// by then, in the order of time, each by calling probe. A backend that was added
// meanwhile is checked from the next check on. It returns an error if time goes
// backwards, if probe is nil, or after 4,096 checks; the next call goes on from there.
func (h *Health) AdvanceTo(to time.Duration, probe func(b Backend, at time.Duration) bool) error {
	if h.pool == nil {
		return errors.New("lb: the zero Health checks nothing: use NewHealth")
	}
	if h.busy {
		return errBusy
	}
	if to < h.now {
		return fmt.Errorf("%w: %v after %v", ErrTime, to, h.now)
	}
	if probe == nil {
		return errors.New("lb: health without a probe")
	}
	if to < h.next {
		h.now = to
		return nil
	}
	backends := h.pool.Snapshot().Backends
	for i := len(h.checks); i < len(backends); i++ {
		h.checks = append(h.checks, check{health: h.config.Rise, next: h.now, full: backends[i].Weight})
	}
	for range maxChecks {
		due := None
		for i := range h.checks {
			if backends[i].State != Removed && h.checks[i].next <= to && (due == None || h.checks[i].next < h.checks[due].next) {
				due = Backend(i)
			}
		}
		if due == None {
			h.now, h.next = to, h.first(backends)
			return h.apply()
		}
		c := &h.checks[due]
		h.now = max(h.now, c.next)
		if c.next += h.config.Interval; c.next < 0 {
			c.next = 1<<63 - 1
		}
		h.busy = true
		passed := probe(due, h.now)
		h.busy = false
		if err := h.report(due, passed); err != nil {
			return err
		}
	}
	return fmt.Errorf("lb: more than %d checks until %v", maxChecks, to)
}

// first reports when the next check is.
func (h *Health) first(backends []BackendState) time.Duration {
	next := time.Duration(1<<63 - 1)
	for i, c := range h.checks {
		if backends[i].State != Removed {
			next = min(next, c.next)
		}
		if c.slow {
			return h.now
		}
	}
	return next
}

// report is what a check of a backend has said.
func (h *Health) report(b Backend, passed bool) error {
	if h.config.Trace != nil {
		h.seq++
		h.busy = true
		h.config.Trace(Event{Seq: h.seq, At: h.now, Kind: Probed, Rule: kindRules[Probed], Backend: b, Failed: !passed})
		h.busy = false
	}
	c := &h.checks[b]
	rise, top := h.config.Rise, h.config.Rise+h.config.Fall-1
	was := c.health >= rise
	switch {
	case passed && c.health < rise:
		if c.health++; c.health == rise {
			c.health = top
			if h.config.SlowStart > 0 {
				c.slow, c.since = true, h.now
			}
		}
	case passed:
		c.health = top
	case c.health > rise:
		c.health--
	default:
		c.health = 0
	}
	if was == (c.health >= rise) && !c.slow {
		return nil
	}
	return h.apply()
}

// slowSteps is in how many steps a slow start raises the weight, as in HAProxy.
const slowSteps = 20

// apply gives the pool the states and weights that follow.
func (h *Health) apply() error {
	if p, ok := h.pool.(interface{ pass(time.Duration) }); ok {
		p.pass(h.now)
	}
	backends := h.pool.Snapshot().Backends
	healthy, all := 0, 0
	for i := range h.checks {
		if s := backends[i].State; s == Up || s == Down {
			all++
			if h.Healthy(Backend(i)) {
				healthy++
			}
		}
	}
	panics := healthy*100 < all*h.config.Panic
	for i := range h.checks {
		b := Backend(i)
		state := Down
		if h.Healthy(b) || panics {
			state = Up
		}
		if s := backends[i].State; (s == Up || s == Down) && s != state {
			if err := h.pool.SetState(b, state); err != nil {
				return err
			}
		}
		if c := &h.checks[i]; c.slow && backends[i].State != Removed {
			w := c.full
			if gone := h.now - c.since; gone < h.config.SlowStart {
				steps := gone / max(1, h.config.SlowStart/slowSteps)
				w = max(1, int(steps)*c.full/slowSteps)
			} else {
				c.slow = false
			}
			if err := h.pool.SetWeight(b, w); err != nil {
				return err
			}
		}
	}
	return nil
}
