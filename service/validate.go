package service

import (
	"fmt"
	"strings"
	"time"
)

// check returns an error if a field of the Config is out of range.
func (c *Config) check() error {
	if n := len(c.Services); n < 1 || n > MaxServices {
		return fmt.Errorf("service: %d services out of range [1,%d]", n, MaxServices)
	}
	if c.Sample < 0 || c.Sample > MaxTime {
		return fmt.Errorf("service: a sample every %v out of range [0,%v]", c.Sample, MaxTime)
	}
	if c.MaxSteps < 0 {
		return fmt.Errorf("service: a budget of %d steps", c.MaxSteps)
	}
	index := map[string]int{}
	for i := range c.Services {
		s := &c.Services[i]
		if s.Name == "" || len(s.Name) > 100 {
			return fmt.Errorf("service: service %d has a name of %d bytes, want 1 to 100", i, len(s.Name))
		}
		if _, twice := index[s.Name]; twice {
			return fmt.Errorf("service: two services are called %q", s.Name)
		}
		index[s.Name] = i
		if err := s.check(); err != nil {
			return fmt.Errorf("service: %q: %w", s.Name, err)
		}
	}
	for i := range c.Services {
		for _, call := range c.Services[i].Calls {
			if _, ok := index[call.To]; !ok {
				return fmt.Errorf("service: %q calls %.40q, which is not one of the services", c.Services[i].Name, call.To)
			}
		}
	}
	if _, ok := index[c.Client.To]; !ok && c.Client.To != "" {
		return fmt.Errorf("service: the client calls %.40q, which is not one of the services", c.Client.To)
	}
	if err := c.Client.check(); err != nil {
		return fmt.Errorf("service: the client: %w", err)
	}
	if err := c.cycle(index); err != nil {
		return err
	}
	return c.Load.check()
}

// cycle returns an error that tells a cycle of calls.
func (c *Config) cycle(index map[string]int) error {
	const unseen, open, done = 0, 1, 2
	state := make([]int8, len(c.Services))
	type frame struct{ service, call int }
	for root := range c.Services {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		for stack := []frame{{root, 0}}; len(stack) > 0; {
			f := &stack[len(stack)-1]
			calls := c.Services[f.service].Calls
			if f.call == len(calls) {
				state[f.service] = done
				stack = stack[:len(stack)-1]
				continue
			}
			to := index[calls[f.call].To]
			f.call++
			switch state[to] {
			case unseen:
				state[to] = open
				stack = append(stack, frame{to, 0})
			case open:
				var names []string
				for _, f := range stack {
					if f.service == to || len(names) > 0 {
						names = append(names, c.Services[f.service].Name)
					}
				}
				if len(names) > 10 {
					names = append(names[:10], "...")
				}
				return fmt.Errorf("service: the calls go in a circle: %s, %s", strings.Join(names, ", "), c.Services[to].Name)
			}
		}
	}
	return nil
}

func (s *Service) check() error {
	switch {
	case s.Instances < 0 || s.Instances > MaxInstances:
		return fmt.Errorf("%d instances out of range [1,%d]", s.Instances, MaxInstances)
	case s.Workers < 0 || s.Workers > MaxWorkers:
		return fmt.Errorf("%d workers out of range [0,%d]", s.Workers, MaxWorkers)
	case s.Queue < -1:
		return fmt.Errorf("a queue of %d, want -1 or more", s.Queue)
	case len(s.Calls) > MaxCalls:
		return fmt.Errorf("%d calls out of range [0,%d]", len(s.Calls), MaxCalls)
	case len(s.Faults) > MaxCalls:
		return fmt.Errorf("%d faults out of range [0,%d]", len(s.Faults), MaxCalls)
	}
	if a := s.Autoscale; a != nil {
		switch {
		case s.Workers == 0:
			return fmt.Errorf("it scales by its workers, and they have no bound")
		case a.Every < 0 || a.Every > MaxTime || a.Start < 0 || a.Start > MaxTime:
			return fmt.Errorf("it scales every %v, in %v, out of range [0,%v]", a.Every, a.Start, MaxTime)
		case !(a.Scaler.Target <= 1):
			return fmt.Errorf("target %v of the workers out of range (0,1]", a.Scaler.Target)
		case a.Scaler.Max > MaxInstances || a.Scaler.Max < s.Instances:
			return fmt.Errorf("at most %d instances out of range [%d,%d]", a.Scaler.Max, max(s.Instances, 1), MaxInstances)
		}
	}
	if err := s.Work.Check(); err != nil {
		return err
	}
	for _, f := range s.Faults {
		if f.From < 0 || f.To < 0 || f.To > 0 && f.To <= f.From || !(f.Fail >= 0 && f.Fail <= 1) || !(f.Slow >= 0 && f.Slow <= 1e6) {
			return fmt.Errorf("the fault %+v has a time, share or factor out of range", f)
		}
	}
	for i := range s.Calls {
		if err := s.Calls[i].check(); err != nil {
			return fmt.Errorf("the call of %.40q: %w", s.Calls[i].To, err)
		}
	}
	return nil
}

func (c *Call) check() error {
	switch {
	case !(c.Share >= 0 && c.Share <= 1):
		return fmt.Errorf("share %v out of range [0,1]", c.Share)
	case c.Timeout < 0 || c.Timeout > MaxTime:
		return fmt.Errorf("timeout %v out of range [0,%v]", c.Timeout, MaxTime)
	case c.Deadline < 0 || c.Deadline > MaxTime:
		return fmt.Errorf("deadline %v out of range [0,%v]", c.Deadline, MaxTime)
	case c.Bulkhead < 0:
		return fmt.Errorf("a bulkhead for %d", c.Bulkhead)
	}
	return c.Retry.Check()
}

func (l *Load) check() error {
	switch {
	case l.Requests < 0 || l.Duration < 0 || l.Duration > MaxTime:
		return fmt.Errorf("service: a load of %d requests, for %v out of range [0,%v]", l.Requests, l.Duration, MaxTime)
	case l.Requests == 0 && l.Duration == 0 && l.Times == nil:
		return fmt.Errorf("service: the load has no end: give it Requests or a Duration")
	case l.Users < 0 || l.Users > MaxUsers:
		return fmt.Errorf("service: %d users out of range [1,%d]", l.Users, MaxUsers)
	case len(l.Times) > MaxTimes:
		return fmt.Errorf("service: %d times out of range [0,%d]", len(l.Times), MaxTimes)
	}
	before := time.Duration(0)
	for i, t := range l.Times {
		if t < before || t > MaxTime {
			return fmt.Errorf("service: time %d of the load, %v, out of range [%v,%v]", i, t, before, MaxTime)
		}
		before = t
	}
	if err := l.Every.Check(); err != nil {
		return fmt.Errorf("service: the load: %w", err)
	}
	if err := l.Think.Check(); err != nil {
		return fmt.Errorf("service: the load: %w", err)
	}
	rated := l.Rate > 0 && l.Rate <= 1e9
	switch l.Mode {
	case OpenLoop, "":
		if !rated && (l.Rate != 0 || l.Every.Mean == 0 && l.Every.Points == nil && l.Times == nil) {
			return fmt.Errorf("service: a load of %v requests a second out of range (0,1e9]", l.Rate)
		}
	case PacedLoop:
		if !rated {
			return fmt.Errorf("service: a load of %v requests a second out of range (0,1e9]", l.Rate)
		}
	case ClosedLoop:
	default:
		return fmt.Errorf("service: load mode %.40q (want open, closed or paced)", l.Mode)
	}
	return nil
}
