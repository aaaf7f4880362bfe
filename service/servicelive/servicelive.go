// Package servicelive runs a system of services with real goroutines, channels, timers
// and contexts: each attempt is a goroutine, workers are a semaphore channel, and a
// timeout is a context with a deadline. In a bubble of testing/synctest, where time is
// virtual, its spans are those of package service to the nanosecond.
//
// It draws the same random numbers, and asks the same breakers, limiters and budgets,
// which package internal/peers holds against others; all that is between them is
// Go's.
package servicelive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/service/retry"
	"github.com/orrery-go/orrery/service/shed"
)

// An Answer is the end of a request from outside.
type Answer struct {
	Request int
	At      time.Duration
	Status  service.Status
}

// A Run is the result of a run.
type Run struct {
	Spans    []service.Span
	Answers  []Answer
	Breakers map[string]breaker.State // by "caller>callee", at their last use
}

// A system is a running set of services.
type system struct {
	config service.Config
	start  time.Time
	key    dist.Key
	all    sync.WaitGroup
	byName map[string]*server

	mu  sync.Mutex // guards the fields below, and the state that servers and clients share
	out Run
}

type server struct {
	*service.Service
	limiter   limit.Limiter
	turn      int
	instances []*instance
	clients   []*client
}

type instance struct {
	workers  chan struct{} // nil: any number
	in       int           // number of attempts that have a worker or wait for one
	codel    *shed.CoDel
	adaptive *shed.Adaptive
}

type client struct {
	service.Call
	name     string
	to       *server
	breaker  *breaker.Breaker
	throttle *retry.Throttle
	budget   *retry.Budget
	underWay int
}

// Do runs an open load on services whose instances take turns. It returns an error if
// the configuration is invalid or of another kind.
func Do(c service.Config) (Run, error) {
	if _, err := service.New(c); err != nil {
		return Run{}, err
	}
	if c.Load.Mode != service.OpenLoop && c.Load.Mode != "" || c.Load.Times == nil {
		return Run{}, errors.New("servicelive: want a load of Times")
	}
	s := &system{config: c, start: time.Now(), key: dist.Key(c.Seed), byName: map[string]*server{}, out: Run{Breakers: map[string]breaker.State{}}}
	for i := range c.Services {
		v, err := newServer(&c.Services[i])
		if err != nil {
			return Run{}, err
		}
		s.byName[v.Name] = v
	}
	var clients []*client
	for i := range c.Services {
		v := s.byName[c.Services[i].Name]
		for _, k := range v.Calls {
			n, err := s.connect(v.Name, k)
			if err != nil {
				return Run{}, err
			}
			v.clients = append(v.clients, n)
		}
		clients = append(clients, v.clients...)
	}
	if c.Client.To == "" {
		c.Client.To = c.Services[0].Name
	}
	outside, err := s.connect("", c.Client)
	if err != nil {
		return Run{}, err
	}
	for i, at := range c.Load.Times {
		time.Sleep(at - s.now())
		s.all.Go(func() {
			key := s.key.Child(uint64(i + 1))
			st, _ := s.call(context.Background(), outside, i+1, key, 0)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.out.Answers = append(s.out.Answers, Answer{i + 1, s.now(), st})
		})
	}
	s.all.Wait()
	for _, n := range append(clients, outside) {
		if n.breaker != nil {
			s.out.Breakers[n.name] = n.breaker.Current()
		}
	}
	return s.out, nil
}

func newServer(c *service.Service) (v *server, err error) {
	v = &server{Service: c}
	if c.Limit != nil {
		if v.limiter, err = limit.New(*c.Limit); err != nil {
			return nil, err
		}
	}
	for range max(c.Instances, 1) {
		n := &instance{}
		if c.Workers > 0 {
			n.workers = make(chan struct{}, c.Workers)
		}
		if c.CoDel != nil {
			if n.codel, err = shed.NewCoDel(*c.CoDel); err != nil {
				return nil, err
			}
		}
		if c.Adaptive != nil {
			if n.adaptive, err = shed.NewAdaptive(*c.Adaptive); err != nil {
				return nil, err
			}
		}
		v.instances = append(v.instances, n)
	}
	return v, nil
}

func (s *system) connect(from string, k service.Call) (n *client, err error) {
	n = &client{Call: k, name: from + ">" + k.To, to: s.byName[k.To]}
	if k.Breaker != nil {
		if n.breaker, err = breaker.New(*k.Breaker); err != nil {
			return nil, err
		}
	}
	switch {
	case k.Budget == nil:
	case k.Budget.Throttle:
		n.throttle, err = retry.NewThrottle(k.Budget.Reserve, k.Budget.Ratio)
	default:
		n.budget, err = retry.NewBudget(k.Budget.Ratio, k.Budget.Reserve)
	}
	return n, err
}

func (s *system) now() time.Duration { return time.Since(s.start) }

// A gaveUp is the cause of a context that has ended: the key that gave up, and the
// reason.
type gaveUp struct {
	key dist.Key
	st  service.Status
}

func (g gaveUp) Error() string { return fmt.Sprint(g.st) }

// sleep sleeps, and returns false if the context ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
