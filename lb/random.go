package lb

import "math/rand/v2"

// A Random picks at random, with probabilities by weight.
type Random struct {
	pool
	draw  *rand.Rand
	until []int // by backend: the sum of the weights up to and with it
}

// NewRandom makes a Random, as [New] does.
func NewRandom(c Config) (*Random, error) {
	p := &Random{draw: rand.New(rand.NewPCG(c.Seed, 0))}
	if err := p.init(RandomMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

func (p *Random) rebuild(Backend, peer) error {
	p.until = sums(p.until, p.peers)
	return nil
}

// sums are, by backend, the sums of the weights of those that are Up.
func sums(out []int, peers []peer) []int {
	out = out[:0]
	total := 0
	for i := range peers {
		if peers[i].state == Up {
			total += peers[i].weight
		}
		out = append(out, total)
	}
	return out
}

// drawn returns a backend at random, by weight. There is one that is Up.
func drawn(r *rand.Rand, until []int) Backend {
	x := r.IntN(until[len(until)-1])
	lo, hi := 0, len(until)-1
	for lo < hi {
		if mid := (lo + hi) / 2; until[mid] > x {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return Backend(lo)
}

// Pick implements [Picker]. After 20 draws of servers that cannot be used it takes the
// next that can, as nginx does.
func (p *Random) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	b := Backend(0)
	for range 20 {
		if b = drawn(p.draw, p.until); p.usable(&p.peers[b]) && !r.Retry.has(b) {
			return p.take(b, r.Retry)
		}
	}
	return p.after(b, r.Retry)
}

// Done implements [Picker].
func (p *Random) Done(b Backend, o Response) error {
	_, err := p.free(b, o)
	return err
}
