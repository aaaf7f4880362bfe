package lb

import (
	"fmt"
	"time"
)

// An EWMA picks the backend with the lowest cost: its mean latency times the requests
// that it would have, this one included. In the mean, older latencies count less: after
// Config.Decay, 1/e as much. A backend without a known latency is picked first, but only
// once until its latency is known.
//
// With [PeakEWMAMethod] a latency above the mean becomes the mean at once, as in Finagle.
type EWMA struct {
	pool
	peak  bool
	decay float64 // nanoseconds
	mean  []float64
	at    []time.Duration // when mean was
	known []bool
}

// NewEWMA makes an EWMA of [EWMAMethod] or, if the configuration says so,
// [PeakEWMAMethod], as [New] does.
func NewEWMA(c Config) (*EWMA, error) {
	p := &EWMA{decay: float64(10 * time.Second)}
	how := EWMAMethod
	if c.Method == PeakEWMAMethod {
		how, p.peak = PeakEWMAMethod, true
	}
	if c.Decay < 0 {
		return nil, fmt.Errorf("lb: decay %v is negative", c.Decay)
	}
	if c.Decay > 0 {
		p.decay = float64(c.Decay)
	}
	if err := p.init(how, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

func (p *EWMA) rebuild(b Backend, was peer) error {
	for len(p.mean) < len(p.peers) {
		p.mean, p.at, p.known = append(p.mean, 0), append(p.at, 0), append(p.known, false)
	}
	n := len(p.peers)
	p.mean, p.at, p.known = p.mean[:n], p.at[:n], p.known[:n]
	if b != None && was.state != Up {
		p.known[b], p.mean[b] = false, 0 // it may be another one by now
	}
	return nil
}

// unknown is more than any cost that is known.
const unknown = 1e300

// cost returns what picking the backend would cost.
func (p *EWMA) cost(i int) float64 {
	active := float64(p.peers[i].active)
	if !p.known[i] {
		if active == 0 {
			return -1
		}
		return unknown + float64(active*1e290)
	}
	return float64(p.mean[i] * (active + 1))
}

// Pick implements [Picker].
func (p *EWMA) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	best, least := None, 0.0
	for i := range p.peers {
		if !p.usable(&p.peers[i]) || r.Retry.has(Backend(i)) {
			continue
		}
		if c := p.cost(i); best == None || c < least {
			best, least = Backend(i), c
		}
	}
	if best == None {
		return p.refuse()
	}
	return p.take(best, r.Retry)
}

// Done implements [Picker]. The latency counts even if the request has failed.
func (p *EWMA) Done(b Backend, o Response) error {
	if _, err := p.free(b, o); err != nil {
		return err
	}
	x := float64(o.Latency)
	switch {
	case !p.known[b], p.peak && x > p.mean[b]:
		p.mean[b] = x
	default:
		old := exp(-float64(p.now-p.at[b]) / p.decay)
		p.mean[b] = float64(p.mean[b]*old) + float64(x*(1-old))
	}
	p.known[b], p.at[b] = true, p.now
	return nil
}

// Snapshot implements [Pool].
func (p *EWMA) Snapshot() Snapshot {
	s := p.pool.Snapshot()
	for i := range s.Backends {
		s.Backends[i].Latency = time.Duration(p.mean[i])
	}
	return s
}

// exp returns the exponential function of x <= 0, to some 1e-15, by operations that are
// the same on every machine.
func exp(x float64) float64 {
	if x < -700 {
		return 0
	}
	halves := 0
	for x < -0.5 {
		x /= 2
		halves++
	}
	sum := 1.0
	for k := 18; k >= 1; k-- {
		sum = 1 + float64(float64(x*sum)/float64(k))
	}
	for range halves {
		sum = float64(sum * sum)
	}
	return sum
}
