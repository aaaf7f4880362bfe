package cache

import (
	"errors"
	"fmt"
	"time"
)

// A Flight has one load of a key at a time, whose result all callers get that ask
// meanwhile, as in golang.org/x/sync/singleflight. The zero Flight has none. A method
// panics if its key is an interface that holds what cannot be compared.
type Flight[K comparable] struct {
	now   time.Duration
	loads map[K]time.Duration // until when
}

// A Ride is the result of Flight.Do.
type Ride struct {
	Leads bool          `json:"leads"` // the caller loads the key; otherwise it waits for the caller that does
	Until time.Duration `json:"until"` // the time at which the result is there
}

// Do asks for a key, whose load would take the time takes. A load that is over by now is
// not joined. It returns an error if the time goes back, or takes is negative or too
// long.
func (f *Flight[K]) Do(now time.Duration, key K, takes time.Duration) (Ride, error) {
	if now < f.now {
		return Ride{}, fmt.Errorf("cache: the time goes back from %v to %v", f.now, now)
	}
	if !same(key, key) {
		return Ride{}, errors.New("cache: a key that is not equal to itself cannot be waited for")
	}
	if takes < 0 || now+takes < now {
		return Ride{}, fmt.Errorf("cache: a load of %v at %v", takes, now)
	}
	f.now = now
	if until, ok := f.loads[key]; ok && until > now {
		return Ride{Until: until}, nil
	}
	if f.loads == nil {
		f.loads = map[K]time.Duration{}
	}
	if len(f.loads) >= MaxSize {
		for k, until := range f.loads {
			if until <= now {
				delete(f.loads, k)
			}
		}
	}
	f.loads[key] = now + takes
	return Ride{Leads: true, Until: now + takes}, nil
}

// Forget makes the next call for the key load it, even if a load is under way.
func (f *Flight[K]) Forget(key K) { delete(f.loads, key) }

// A LevelConfig describes a level of caches.
type LevelConfig struct {
	Size int           `json:"size"` // entries, in [1,MaxSize]
	TTL  time.Duration `json:"ttl"`  // 0: none is too old
	Cost time.Duration `json:"cost"` // the time of a lookup
}

// A Config says what to model: caches in front of an origin.
type Config struct {
	Nodes   int           `json:"nodes"`   // each has a cache of its own; in [1,1000], 0: 1
	Local   LevelConfig   `json:"local"`   // the first level, of each node
	Shared  LevelConfig   `json:"shared"`  // the second, of all; Size 0: there is none
	Origin  time.Duration `json:"origin"`  // the time of a load
	Single  bool          `json:"single"`  // a node loads a key once at a time
	Cluster bool          `json:"cluster"` // all nodes together do
}

// Levels are caches in front of an origin. Get them from [New].
type Levels struct {
	c       Config
	now     time.Duration
	locals  []*LRU[string, struct{}]
	shared  *LRU[string, struct{}]
	flights []Flight[string]
	loads   []load // that are under way, by when they end
	running int    // of the origin
	stats   Stats
}

type load struct {
	end   time.Duration
	node  int
	key   string
	leads bool // else it waits for one that does
}

// Stats count answers by their source, and loads.
type Stats struct {
	Local  int `json:"local"`  // answered by a node's own cache
	Shared int `json:"shared"` // by the shared one
	Joined int `json:"joined"` // answered by a load of another call
	Loads  int `json:"loads"`  // of the origin
	Most   int `json:"most"`   // largest number of loads under way at a time
}

// A Source is the place that a value comes from.
type Source string

// The sources.
const (
	Local  Source = "local"
	Shared Source = "shared"
	Joined Source = "joined"
	Origin Source = "origin"
)

// String returns the name.
func (s Source) String() string { return string(s) }

// An Outcome is the result of an operation.
type Outcome struct {
	From Source        `json:"from"`
	At   time.Duration `json:"at"` // the time at which the value is there
}

// String reads like "from origin at 3ms".
func (o Outcome) String() string { return fmt.Sprintf("from %s at %v", o.From, o.At) }

// New makes empty caches. It returns an error if a field is out of range.
func New(c Config) (*Levels, error) {
	if c.Nodes == 0 {
		c.Nodes = 1
	}
	if c.Nodes < 1 || c.Nodes > 1000 {
		return nil, fmt.Errorf("cache: %d nodes out of range [1,1000]", c.Nodes)
	}
	const most = 1 << 50
	for _, d := range []time.Duration{c.Origin, c.Local.Cost, c.Shared.Cost} {
		if d < 0 || d > most {
			return nil, fmt.Errorf("cache: %v out of range [0,%v]", d, time.Duration(most))
		}
	}
	l := &Levels{c: c, flights: make([]Flight[string], c.Nodes)}
	for range c.Nodes {
		n, err := NewLRU[string, struct{}](c.Local.Size, c.Local.TTL)
		if err != nil {
			return nil, err
		}
		l.locals = append(l.locals, n)
	}
	if c.Shared.Size != 0 {
		var err error
		if l.shared, err = NewLRU[string, struct{}](c.Shared.Size, c.Shared.TTL); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Get asks a node for a key. The node asks its own cache, then the shared one, then the
// origin, and keeps what it finds. It returns an error if there is no such node, or the
// time goes back.
func (l *Levels) Get(now time.Duration, node int, key string) (Outcome, error) {
	if l.locals == nil {
		return Outcome{}, errUseNew
	}
	if node < 0 || node >= len(l.locals) {
		return Outcome{}, fmt.Errorf("cache: node %d out of range [0,%d)", node, len(l.locals))
	}
	const most = 1 << 60
	if now < l.now || now > most {
		return Outcome{}, fmt.Errorf("cache: time %v out of range [%v,%v]", now, l.now, time.Duration(most))
	}
	l.now = now
	if err := l.arrive(); err != nil {
		return Outcome{}, err
	}
	at := now + l.c.Local.Cost
	if _, ok, err := l.locals[node].Get(now, key); ok || err != nil {
		l.stats.Local++
		return Outcome{Local, at}, err
	}
	at += l.c.Shared.Cost
	if l.shared != nil {
		if _, ok, err := l.shared.Get(now, key); ok || err != nil {
			l.stats.Shared++
			if err == nil {
				_, _, err = l.locals[node].Add(now, key, struct{}{})
			}
			return Outcome{Shared, at}, err
		}
	}
	flight := &l.flights[node]
	if l.c.Cluster {
		flight = &l.flights[0]
	}
	if l.c.Single || l.c.Cluster {
		ride, err := flight.Do(now, key, at-now+l.c.Origin)
		if err != nil {
			return Outcome{}, err
		}
		if !ride.Leads {
			l.stats.Joined++
			l.under(load{ride.Until, node, key, false}) // it keeps what it gets, too
			return Outcome{Joined, max(ride.Until, at)}, nil
		}
	}
	at += l.c.Origin
	l.stats.Loads++
	l.running++
	l.stats.Most = max(l.stats.Most, l.running)
	l.under(load{at, node, key, true})
	return Outcome{Origin, at}, nil
}

// under notes what will be there later, in order of time.
func (l *Levels) under(n load) {
	i := len(l.loads)
	l.loads = append(l.loads, n)
	for ; i > 0 && l.loads[i-1].end > n.end; i-- {
		l.loads[i] = l.loads[i-1]
	}
	l.loads[i] = n
}

// arrive keeps what has been loaded by now.
func (l *Levels) arrive() error {
	i := 0
	for ; i < len(l.loads) && l.loads[i].end <= l.now; i++ {
		n := l.loads[i]
		if n.leads {
			l.running--
		}
		if _, _, err := l.locals[n.node].Add(n.end, n.key, struct{}{}); err != nil {
			return err
		}
		if l.shared != nil {
			if _, _, err := l.shared.Add(n.end, n.key, struct{}{}); err != nil {
				return err
			}
		}
	}
	l.loads = append(l.loads[:0], l.loads[i:]...)
	return nil
}

// Stats returns the counts so far.
func (l *Levels) Stats() Stats { return l.stats }
