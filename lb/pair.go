package lb

import (
	"errors"
	"fmt"
	"time"
)

// A PairConfig says how a pair of balancers watches itself. Its zero value has VRRP's
// defaults (RFC 5798).
type PairConfig struct {
	Heartbeat time.Duration `json:"heartbeat"` // between two heartbeats of the active balancer; 0 for 1 s
	Misses    int           `json:"misses"`    // missed heartbeats after which the passive one takes over; 0 for 3
	NoPreempt bool          `json:"noPreempt"` // the first balancer stays passive when it comes back

	Trace func(Event) `json:"-"` // gets an event for each time that one becomes active
}

// A Part is a part of a Pair that can fail.
type Part int

// The parts.
const (
	First  Part = iota // the balancer that is active at the start
	Second             // the passive one
	Link               // between the two, for heartbeats; clients use another link
)

// A Pair is two balancers with one address. The active one holds it and sends heartbeats;
// when these stop, the passive one takes the address. So either may fail, and only the
// requests between a failure and the takeover are lost.
//
// Requests go to the one that took the address last. If the link between the two fails,
// both are active, and it is still so.
type Pair struct {
	config PairConfig
	now    time.Duration
	broken [3]bool
	active [2]bool
	heard  [2]time.Duration // when each last heard of the other, or came up
	owner  int              // which one took the address last
	beat   time.Duration    // the next heartbeat
	seq    uint64
	busy   bool
}

// NewPair makes a Pair whose first balancer is active. It returns an error if a field of
// the configuration is out of range.
func NewPair(c PairConfig) (*Pair, error) {
	if c.Heartbeat < 0 || c.Misses < 0 || c.Misses > maxWeight {
		return nil, fmt.Errorf("lb: heartbeat %v is negative, or misses %d out of range [0,%d]", c.Heartbeat, c.Misses, maxWeight)
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = time.Second
	}
	if c.Misses == 0 {
		c.Misses = 3
	}
	return &Pair{config: c, active: [2]bool{true, false}, beat: c.Heartbeat}, nil
}

var errNoPair = errors.New("lb: the zero Pair has no balancers: use NewPair")

// ErrNobody is returned if the balancer that holds the address is down.
var ErrNobody = errors.New("lb: no balancer answers")

// maxBeats is the largest number of heartbeats that one call of AdvanceTo sends.
const maxBeats = 1 << 20

// AdvanceTo lets time pass until to. It returns an error if time goes backwards, or after
// a million heartbeats; the next call goes on from there.
func (p *Pair) AdvanceTo(to time.Duration) error {
	if p.config.Heartbeat == 0 {
		return errNoPair
	}
	if p.busy {
		return errBusy
	}
	if to < p.now {
		return fmt.Errorf("%w: %v after %v", ErrTime, to, p.now)
	}
	for range maxBeats {
		if p.beat > to {
			p.now = to
			return nil
		}
		p.now = p.beat
		if p.beat += p.config.Heartbeat; p.beat < 0 {
			p.beat = 1<<63 - 1
		}
		p.tick()
	}
	return fmt.Errorf("lb: more than %d heartbeats until %v", maxBeats, to)
}

// tick is the time of a heartbeat: those that are active send, the other hears, and
// one that has not heard for long takes over.
func (p *Pair) tick() {
	for i := range 2 {
		other := 1 - i
		if !p.broken[i] && p.active[i] && !p.broken[other] && !p.broken[Link] {
			p.heard[other] = p.now
			if p.active[other] && (i == int(First) || p.config.NoPreempt && p.owner == i) {
				p.active[other] = false // a better one is active
				if p.owner == other {
					p.elect(i)
				}
			}
		}
	}
	for i := range 2 {
		if p.broken[i] || p.active[i] {
			continue
		}
		late := int((p.now-p.heard[i])/p.config.Heartbeat) >= p.config.Misses
		if late || i == int(First) && !p.config.NoPreempt && !p.broken[Link] {
			p.active[i] = true
			p.elect(i)
			if other := 1 - i; !p.broken[Link] {
				p.active[other] = false
				p.heard[other] = p.now
			}
		}
	}
}

func (p *Pair) elect(i int) {
	p.owner = i
	if p.config.Trace != nil {
		p.seq++
		p.busy = true
		p.config.Trace(Event{Seq: p.seq, At: p.now, Kind: Elected, Rule: kindRules[Elected], Backend: None, Active: i})
		p.busy = false
	}
}

// Set breaks a part at the time at, or mends it. A balancer that was down comes up
// passive. It returns an error if there is no such part. Other errors are those of
// AdvanceTo.
func (p *Pair) Set(part Part, broken bool, at time.Duration) error {
	if part < First || part > Link {
		return fmt.Errorf("lb: part %d out of range [0,2]", part)
	}
	if err := p.AdvanceTo(at); err != nil {
		return err
	}
	if p.broken[part] && !broken && part != Link {
		p.active[part] = false
		p.heard[part] = at
	}
	p.broken[part] = broken
	return nil
}

// Request sends a request at the time at, and reports which balancer, 0 or 1, gets it. It
// returns [ErrNobody] if the balancer that holds the address is down. Other errors are
// those of AdvanceTo.
func (p *Pair) Request(at time.Duration) (int, error) {
	if err := p.AdvanceTo(at); err != nil {
		return -1, err
	}
	if p.broken[p.owner] {
		return -1, ErrNobody
	}
	return p.owner, nil
}

// Active reports which balancers are active: both, if they do not hear each other.
func (p *Pair) Active() (first, second bool) {
	return p.active[0] && !p.broken[0], p.active[1] && !p.broken[1]
}
