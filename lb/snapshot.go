package lb

import (
	"fmt"
	"strings"
	"time"
)

// A Snapshot is the state of a picker. It shares no memory with the model.
type Snapshot struct {
	Method   Method         `json:"method"`
	Now      time.Duration  `json:"now"`
	Active   int            `json:"active"` // requests picked and not done
	Backends []BackendState `json:"backends"`
}

// A BackendState is one backend of a [Snapshot].
type BackendState struct {
	Server
	Backend Backend `json:"backend"`
	State   State   `json:"state"`
	Picks   uint64  `json:"picks,string"`
	Active  int     `json:"active"`  // requests picked and not done
	Fails   int     `json:"fails"`   // failures, as nginx counts them
	Ejected bool    `json:"ejected"` // because of failures

	// Current and Effective are the weights of nginx's smooth round robin, and of the
	// methods that use it among equals. Of other methods Current is 0 and Effective the
	// weight.
	Current   int `json:"current"`
	Effective int `json:"effective"`

	// Latency is the mean of the methods that keep one.
	Latency time.Duration `json:"latency,omitempty"`
}

// Snapshot implements [Pool].
func (p *pool) Snapshot() Snapshot {
	s := Snapshot{Method: p.how, Now: p.now, Active: p.active, Backends: []BackendState{}}
	for i := range p.peers {
		e := &p.peers[i]
		b := BackendState{
			Server: e.Server, Backend: Backend(i), State: e.state, Picks: e.picks, Active: e.active,
			Fails: e.fails, Ejected: p.ejected(e), Effective: e.weight,
		}
		b.Weight = e.weight
		s.Backends = append(s.Backends, b)
	}
	return s
}

// Snapshot implements [Pool].
func (p *Smooth) Snapshot() Snapshot {
	p.flatten()
	return p.weighted.Snapshot()
}

// String returns a line for each backend.
func (s Snapshot) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v at %v, %d active\n", s.Method, s.Now, s.Active)
	for _, e := range s.Backends {
		fmt.Fprintf(&b, "  %-3s weight %d/%d current %d, %d picks, %d active", e.Name, e.Effective, e.Weight, e.Current, e.Picks, e.Active)
		if e.State != Up {
			fmt.Fprintf(&b, ", %v", e.State)
		}
		if e.Fails > 0 {
			fmt.Fprintf(&b, ", %d fails", e.Fails)
		}
		if e.Ejected {
			b.WriteString(", ejected")
		}
		if e.Latency > 0 {
			fmt.Fprintf(&b, ", %v", e.Latency)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Check implements [Pool].
func (p *pool) Check() error {
	active, up := 0, 0
	for i := range p.peers {
		e := &p.peers[i]
		if e.active < 0 {
			return fmt.Errorf("lb: backend %d has %d requests", i, e.active)
		}
		if e.MaxConns > 0 && e.active > e.MaxConns {
			return fmt.Errorf("lb: backend %d has %d requests, at most %d are allowed", i, e.active, e.MaxConns)
		}
		active += e.active
		if e.state == Up {
			up++
		}
	}
	if active != p.active || up != p.up {
		return fmt.Errorf("lb: %d requests and %d backends up, counted %d and %d", active, up, p.active, p.up)
	}
	return nil
}

// Check implements [Pool]. While no server is out and none has failed, the current
// weights add up to 0.
func (p *Smooth) Check() error {
	p.flatten()
	if p.turns != nil {
		sum := 0
		for _, c := range p.cur {
			sum += c
		}
		if sum != 0 {
			return fmt.Errorf("lb: current weights add up to %d, want 0", sum)
		}
	}
	return p.weighted.Check()
}

func badEffective(i, got, most int) error {
	return fmt.Errorf("lb: effective weight %d of backend %d out of range [0,%d]", got, i, most)
}
