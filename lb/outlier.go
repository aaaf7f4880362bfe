package lb

import (
	"errors"
	"fmt"
	"time"
)

// An OutlierConfig says when failures eject a backend. Its zero value has Envoy's
// defaults.
type OutlierConfig struct {
	Consecutive int           `json:"consecutive"` // failures in a row; 0 for 5
	Base        time.Duration `json:"base"`        // the time of an ejection, times the number of ejections so far; 0 for 30 s
	Most        int           `json:"most"`        // percent of the backends that may be ejected at the same time, and one in any case; 0 for 10
	Interval    time.Duration `json:"interval"`    // how often the end of ejections is checked; 0 for 10 s
}

// An Outlier is a picker that ejects backends whose requests fail, like Envoy's outlier
// detection by consecutive failures: for a time that grows with each ejection, and
// shrinks again while there is none.
type Outlier struct {
	config OutlierConfig
	pool   Pool
	next   time.Duration // when ejections are looked at
	hosts  []outlier
	out    int
}

type outlier struct {
	failures int
	times    int // ejections, less one for each interval without
	ejected  bool
	since    time.Duration
}

// NewOutlier makes an Outlier on a pool. It returns an error if the pool is nil, or if a
// field of the configuration is out of range.
func NewOutlier(pool Pool, c OutlierConfig) (*Outlier, error) {
	switch {
	case pool == nil:
		return nil, errors.New("lb: outlier detection without a pool")
	case c.Consecutive < 0 || c.Base < 0 || c.Interval < 0:
		return nil, fmt.Errorf("lb: consecutive %d, base %v or interval %v is negative", c.Consecutive, c.Base, c.Interval)
	case c.Most < 0 || c.Most > 100:
		return nil, fmt.Errorf("lb: most %d out of range [0,100] percent", c.Most)
	}
	if c.Consecutive == 0 {
		c.Consecutive = 5
	}
	if c.Base == 0 {
		c.Base = 30 * time.Second
	}
	if c.Most == 0 {
		c.Most = 10
	}
	if c.Interval == 0 {
		c.Interval = 10 * time.Second
	}
	return &Outlier{config: c, pool: pool, next: c.Interval}, nil
}

var errNoOutlier = errors.New("lb: the zero Outlier has no pool: use NewOutlier")

// Pick implements [Picker].
func (o *Outlier) Pick(r Request) (Backend, error) {
	if o.pool == nil {
		return None, errNoOutlier
	}
	if err := o.sweep(r.At); err != nil {
		return None, err
	}
	return o.pool.Pick(r)
}

// sweep ends ejections whose time is over, at the end of an interval.
func (o *Outlier) sweep(at time.Duration) error {
	if at < o.next {
		return nil
	}
	passed := int((at-o.next)/o.config.Interval) + 1
	o.next += time.Duration(passed) * o.config.Interval
	for i := range o.hosts {
		h := &o.hosts[i]
		switch {
		case h.ejected && at-h.since >= o.term(h.times):
			h.ejected = false
			o.out--
			if o.pool.Snapshot().Backends[i].State == Down {
				if err := o.pool.SetState(Backend(i), Up); err != nil {
					return err
				}
			}
		case !h.ejected:
			h.times = max(0, h.times-passed)
		}
	}
	return nil
}

// term reports how long the n-th ejection lasts, at most 300 s, Envoy's default.
func (o *Outlier) term(n int) time.Duration {
	most := max(300*time.Second, o.config.Base)
	if n > int(most/o.config.Base) {
		return most
	}
	return o.config.Base * time.Duration(n)
}

// Done implements [Picker].
func (o *Outlier) Done(b Backend, out Response) error {
	if o.pool == nil {
		return errNoOutlier
	}
	if err := o.pool.Done(b, out); err != nil {
		return err
	}
	for len(o.hosts) <= int(b) {
		o.hosts = append(o.hosts, outlier{})
	}
	h := &o.hosts[b]
	if !out.Failed {
		h.failures = 0
		return nil
	}
	if h.failures++; h.failures < o.config.Consecutive || h.ejected {
		return nil
	}
	h.failures = 0
	backends := o.pool.Snapshot().Backends
	if backends[b].State != Up || o.out > 0 && (o.out+1)*100 > o.config.Most*len(backends) {
		return nil
	}
	h.ejected, h.since = true, out.At
	h.times++
	o.out++
	return o.pool.SetState(b, Down)
}

// Ejected reports whether the backend is ejected.
func (o *Outlier) Ejected(b Backend) bool {
	return b >= 0 && int(b) < len(o.hosts) && o.hosts[b].ejected
}
