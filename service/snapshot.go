package service

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/service/breaker"
)

// A Snapshot is the state of a system. It shares no memory with the model.
type Snapshot struct {
	Now      time.Duration  `json:"now"`
	Seq      uint64         `json:"seq"` // of the last event
	Steps    int            `json:"steps"`
	Over     bool           `json:"over"`
	Result   Result         `json:"result"`
	Client   CallState      `json:"client"` // the calls from outside
	Services []ServiceState `json:"services"`
}

// A ServiceState is the state of a service.
type ServiceState struct {
	Stats     ServiceStats    `json:"stats"`
	Instances []InstanceState `json:"instances"`
	Calls     []CallState     `json:"calls"` // that it makes
}

// An InstanceState is the state of an instance.
type InstanceState struct {
	Ready   bool `json:"ready"`   // it gets requests
	Busy    int  `json:"busy"`    // workers
	Waiting int  `json:"waiting"` // for one
	In      int  `json:"in"`      // all that are there
	Limit   int  `json:"limit"`   // of adaptive concurrency, 0 if there is none
}

// A CallState is the state of a call that the instances of the caller share.
type CallState struct {
	To       string        `json:"to"`
	UnderWay int           `json:"underWay"`
	Breaker  breaker.State `json:"breaker,omitempty"` // as it was at its last use
	Retries  int           `json:"retries"`           // that the budget allows, in thousandths; 0 if there is none
}

// Snapshot returns the state. It may be called from Trace.
func (s *Sim) Snapshot() Snapshot {
	out := Snapshot{Now: s.now, Seq: s.seq, Steps: s.steps, Over: s.over, Result: s.result(), Client: s.outside.state(), Services: make([]ServiceState, 0, len(s.servers))}
	for _, v := range s.servers {
		st := ServiceState{Stats: v.report(s.now), Instances: []InstanceState{}, Calls: []CallState{}}
		for _, n := range v.instances {
			i := InstanceState{Ready: n.ready, Busy: n.busy, Waiting: n.waiting, In: n.in}
			if n.adaptive != nil {
				i.Limit = n.adaptive.Limit()
			}
			st.Instances = append(st.Instances, i)
		}
		for i := range v.clients {
			st.Calls = append(st.Calls, v.clients[i].state())
		}
		out.Services = append(out.Services, st)
	}
	return out
}

func (c *client) state() CallState {
	if c.to == nil { // of the zero Sim
		return CallState{}
	}
	out := CallState{To: c.to.service.Name, UnderWay: c.underWay}
	if c.breaker != nil {
		out.Breaker = c.breaker.Current()
	}
	switch b := c.budget; {
	case b.budget != nil:
		out.Retries = b.budget.Tokens()
	case b.throttle != nil:
		out.Retries = b.throttle.Tokens()
	}
	return out
}

// At returns the state after event n, by running again from the seed. It returns an error
// if there are fewer events.
func (s *Sim) At(n uint64) (Snapshot, error) {
	if s.servers == nil {
		return Snapshot{}, errUseNew
	}
	if n > s.seq {
		return Snapshot{}, fmt.Errorf("service: event %d out of range [0,%d]", n, s.seq)
	}
	var at Snapshot
	found := n == 0
	c := s.config
	c.Span = nil
	var again *Sim
	c.Trace = func(e Event) {
		if e.Seq == n {
			at, found = again.Snapshot(), true
		}
	}
	again, err := New(c)
	if err != nil {
		return Snapshot{}, err
	}
	if found {
		return again.Snapshot(), nil
	}
	for !found {
		if more, err := again.Step(); !more && !found {
			return Snapshot{}, fmt.Errorf("service: event %d does not come again: %v", n, err)
		}
	}
	return at, nil
}

// Check returns an error if an invariant is broken. The invariants: every request that
// arrived has ended or is there, Little's law holds to the nanosecond, no more workers
// are busy than there are, and no request waits while a worker is free.
func (s *Sim) Check() error {
	if s.servers == nil {
		return errUseNew
	}
	in := map[*server]int{}
	stay := map[*server]wide{}
	live := make([]bool, len(s.attempts))
	for i := range live {
		live[i] = true
	}
	for i := s.freeAttempt; i != none; i = s.attempts[i].next {
		live[i] = false
	}
	for i, ok := range live {
		if a := &s.attempts[i]; ok {
			in[a.server]++
			w := stay[a.server]
			w.add(s.now - a.came)
			stay[a.server] = w
		}
	}
	for _, v := range s.servers {
		v.spend(s.now)
		c := &v.counts
		left, busy := 0, 0
		for _, n := range c.ended {
			left += n
		}
		// The area under the number that are there is the sum of the times of those
		// that were: L = lambda * W.
		w := stay[v]
		w.hi, w.lo = sum(w, c.stayed)
		for i := range v.instances {
			n := &v.instances[i]
			busy += n.busy
			if n.busy > v.workers || n.waiting > 0 && n.busy < v.workers {
				return fmt.Errorf("service: %q #%d has %d of %d workers busy, and %d wait", v.service.Name, i, n.busy, v.workers, n.waiting)
			}
		}
		switch {
		case c.came != left+in[v] || c.in != in[v]:
			return fmt.Errorf("service: to %q came %d, %d have left and %d are there", v.service.Name, c.came, left, in[v])
		case w != c.area:
			return fmt.Errorf("service: Little's law does not hold at %q", v.service.Name)
		case busy != c.workers:
			return fmt.Errorf("service: %d workers of %q are busy, and %d are counted", busy, v.service.Name, c.workers)
		}
	}
	return nil
}

func sum(a, b wide) (hi, lo uint64) {
	a.hi += b.hi
	if a.lo += b.lo; a.lo < b.lo {
		a.hi++
	}
	return a.hi, a.lo
}
