package lb

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/internal/names"
)

// A State is the state of a backend: what it is given.
type State uint8

// The states.
const (
	Up      State = iota // requests
	Drain                // no new requests, but those of its sessions; those that it has go on
	Down                 // no requests; its open ones fail by themselves
	Removed              // no requests, forever
)

var stateNames = []string{Up: "up", Drain: "drain", Down: "down", Removed: "removed"}

// String returns the name: "up".
func (s State) String() string { return names.Of("State", stateNames, int(s)) }

// MarshalText returns the name, for JSON.
func (s State) MarshalText() ([]byte, error) { return names.Marshal("State", stateNames, int(s)) }

// UnmarshalText reads a name that MarshalText returned.
func (s *State) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("State", stateNames, text)
	*s = State(i)
	return err
}

// A Pool is a picker whose backends can change. The pickers of this package are
// pools.
type Pool interface {
	Picker

	// SetState sets the state of a backend. It returns an error if the backend is unknown
	// or removed, or if the state is unknown or [Removed], for which there is Remove.
	SetState(Backend, State) error

	// SetWeight changes a weight. It returns an error if the backend is unknown or
	// removed, or if the weight is out of range.
	SetWeight(Backend, int) error

	// Add adds a server. It returns an error if the name is taken, if there are too many
	// servers, or if a field of the server is out of range.
	Add(Server) (Backend, error)

	// Remove removes a backend. It returns an error if there is no such backend, or if it
	// is removed already. Its open requests may still be ended with Done.
	Remove(Backend) error

	// Snapshot returns the state.
	Snapshot() Snapshot

	// Check returns an error if an invariant is broken.
	Check() error
}

// peer is a server in a pool.
type peer struct {
	Server
	state  State
	active int // requests picked and not done

	// What nginx knows of failures, in whole seconds.
	fails             int
	accessed, checked int64
	timeout           int64

	weight int // the one in use: Server.Weight, less while a slow start lasts
	picks  uint64
}

// pool is what all pickers have in common. A picker embeds it and is its method.
type pool struct {
	limits
	how    Method
	rule   method
	peers  []peer
	byName map[string]Backend
	now    time.Duration
	up     int // peers that are Up
	active int // requests with all of them
	trace  func(Event)
	seq    uint64
	busy   bool // in Trace
}

// A method is what a picker does when its pool changes.
type method interface {
	// rebuild takes note that the peers have changed: their number, a state, a weight.
	// It returns an error if it cannot be, and the change is taken back.
	rebuild(b Backend, was peer) error
}

// init makes a pool of the servers.
func (p *pool) init(how Method, rule method, servers []Server, trace func(Event)) error {
	p.how, p.rule, p.trace, p.limits = how, rule, trace, methodLimits[how]
	if len(servers) == 0 {
		return fmt.Errorf("lb: no servers (want 1 to %d)", MaxServers)
	}
	if len(servers) > MaxServers {
		return fmt.Errorf("lb: %d servers (want 1 to %d)", len(servers), MaxServers)
	}
	p.peers = make([]peer, 0, len(servers))
	p.byName = make(map[string]Backend, len(servers))
	for _, s := range servers {
		if err := p.check(s); err != nil {
			return err
		}
		p.enlist(s)
	}
	return nil
}

func (p *pool) enlist(s Server) {
	p.byName[s.Name] = Backend(len(p.peers))
	p.peers = append(p.peers, peer{
		Server: s, weight: s.Weight, timeout: int64(s.FailTimeout / time.Second), checked: never + 1, accessed: never,
	})
	p.up++
}

// check says what is wrong with a server.
func (p *pool) check(s Server) error {
	const long = 1 << 10
	switch {
	case s.Name == "":
		return fmt.Errorf("lb: a server without a name")
	case len(s.Name) > long:
		return fmt.Errorf("lb: a name of %d bytes (want at most %d)", len(s.Name), long)
	case s.Weight < 1 || s.Weight > p.maxWeight:
		return fmt.Errorf("lb: weight %d out of range [1,%d]", s.Weight, p.maxWeight)
	case s.MaxFails < 0 || s.MaxFails > maxWeight:
		return fmt.Errorf("lb: max fails %d out of range [0,%d]", s.MaxFails, maxWeight)
	case s.FailTimeout < 0:
		return fmt.Errorf("lb: fail timeout %v is negative", s.FailTimeout)
	case s.MaxConns < 0:
		return fmt.Errorf("lb: max conns %d is negative", s.MaxConns)
	case !p.passive && (s.MaxFails != 0 || s.MaxConns != 0 || s.FailTimeout != 0):
		return fmt.Errorf("lb: %v has no max fails, fail timeout or max conns", p.how)
	}
	if _, twice := p.byName[s.Name]; twice {
		return fmt.Errorf("lb: two servers have the name %.60q", s.Name)
	}
	return nil
}

// known says why there is no such backend to change.
func (p *pool) known(b Backend) error {
	switch {
	case p.rule == nil:
		return errUseNew
	case p.busy:
		return errBusy
	case b < 0 || int(b) >= len(p.peers):
		return fmt.Errorf("lb: backend %d out of range [0,%d)", b, len(p.peers))
	case p.peers[b].state == Removed:
		return fmt.Errorf("lb: backend %d (%.60s) is removed", b, p.peers[b].Name)
	}
	return nil
}

// change changes a peer, and tells the method; if that refuses, all is as before.
func (p *pool) change(b Backend, to peer) error {
	was := p.peers[b]
	p.set(b, to)
	err := p.rule.rebuild(b, was)
	if err != nil {
		p.set(b, was)
		if again := p.rule.rebuild(None, peer{}); again != nil {
			return fmt.Errorf("%w; and back: %w", err, again)
		}
	}
	return err
}

func (p *pool) set(b Backend, to peer) {
	if p.peers[b].state == Up {
		p.up--
	}
	if to.state == Up {
		p.up++
	}
	p.peers[b] = to
}

// pass lets time pass, as a pick does.
func (p *pool) pass(at time.Duration) { p.now = max(p.now, at) }

// SetState implements [Pool].
func (p *pool) SetState(b Backend, s State) error {
	if err := p.known(b); err != nil {
		return err
	}
	if s > Down {
		return fmt.Errorf("lb: state %v (want up, drain or down)", s)
	}
	to := p.peers[b]
	if to.state == s {
		return nil
	}
	to.state = s
	if err := p.change(b, to); err != nil {
		return err
	}
	if p.trace != nil {
		p.event(Event{Kind: StateSet, Backend: b, State: s})
	}
	return nil
}

// SetWeight implements [Pool].
func (p *pool) SetWeight(b Backend, w int) error {
	if err := p.known(b); err != nil {
		return err
	}
	if w < 1 || w > p.maxWeight {
		return fmt.Errorf("lb: weight %d out of range [1,%d]", w, p.maxWeight)
	}
	to := p.peers[b]
	if to.weight == w {
		return nil
	}
	to.weight = w
	if err := p.change(b, to); err != nil {
		return err
	}
	if p.trace != nil {
		p.event(Event{Kind: WeightSet, Backend: b, Weight: w})
	}
	return nil
}

// Add implements [Pool].
func (p *pool) Add(s Server) (Backend, error) {
	switch {
	case p.rule == nil:
		return None, errUseNew
	case p.busy:
		return None, errBusy
	case len(p.peers) >= MaxServers:
		return None, fmt.Errorf("lb: there are %d servers already", len(p.peers))
	}
	if err := p.check(s); err != nil {
		return None, err
	}
	b := Backend(len(p.peers))
	p.enlist(s)
	if err := p.rule.rebuild(b, peer{state: Removed}); err != nil {
		p.peers = p.peers[:b]
		p.up--
		delete(p.byName, s.Name)
		if again := p.rule.rebuild(None, peer{}); again != nil {
			return None, fmt.Errorf("%w; and back: %w", err, again)
		}
		return None, err
	}
	if p.trace != nil {
		p.event(Event{Kind: Added, Backend: b, Weight: s.Weight})
	}
	return b, nil
}

// Remove implements [Pool].
func (p *pool) Remove(b Backend) error {
	if err := p.known(b); err != nil {
		return err
	}
	to := p.peers[b]
	to.state = Removed
	if err := p.change(b, to); err != nil {
		return err
	}
	delete(p.byName, to.Name)
	if p.trace != nil {
		p.event(Event{Kind: Taken, Backend: b})
	}
	return nil
}

// begin is the beginning of a pick: it says why there can be none.
func (p *pool) begin(at time.Duration) error {
	if at < p.now || p.up == 0 || p.busy {
		return p.cannot(at)
	}
	p.now = at
	return nil
}

//go:noinline
func (p *pool) cannot(at time.Duration) error {
	switch {
	case p.rule == nil:
		return errUseNew
	case p.busy:
		return errBusy
	case at < p.now:
		return fmt.Errorf("%w: %v after %v", ErrTime, at, p.now)
	}
	p.now = at
	return ErrNoBackend
}

// picked is the end of a pick.
func (p *pool) picked(b Backend) {
	e := &p.peers[b]
	e.active++
	e.picks++
	p.active++
	if p.trace != nil {
		p.event(Event{Kind: Picked, Backend: b, Active: e.active})
	}
}

// done is the beginning of Done.
func (p *pool) done(b Backend, o Response) error {
	if uint(b) >= uint(len(p.peers)) || p.peers[b].active == 0 || o.At < p.now || o.Latency < 0 || p.busy {
		return p.notDone(b, o)
	}
	p.now = o.At
	p.peers[b].active--
	p.active--
	if p.trace != nil {
		p.event(Event{Kind: Finished, Backend: b, Active: p.peers[b].active, Failed: o.Failed})
	}
	return nil
}

//go:noinline
func (p *pool) notDone(b Backend, o Response) error {
	switch {
	case p.rule == nil:
		return errUseNew
	case p.busy:
		return errBusy
	case uint(b) >= uint(len(p.peers)):
		return fmt.Errorf("lb: backend %d out of range [0,%d)", b, len(p.peers))
	case p.peers[b].active == 0:
		return fmt.Errorf("%w: backend %d (%.60s) has no request", ErrNoPick, b, p.peers[b].Name)
	case o.At < p.now:
		return fmt.Errorf("%w: %v after %v", ErrTime, o.At, p.now)
	}
	return fmt.Errorf("lb: latency %v is negative", o.Latency)
}

// Done implements [Picker], for the methods that learn nothing from the result of a
// request.
func (p *pool) Done(b Backend, o Response) error { return p.done(b, o) }
