package lb

import "math/rand/v2"

// A TwoChoices draws two backends at random, by weight, and picks the one with fewer
// requests for its weight; of equals the second. It is nginx's random two least_conn
// with random numbers of its own.
type TwoChoices struct {
	pool
	draw  *rand.Rand
	until []int // by backend: the sum of the weights up to and with it
}

// NewTwoChoices makes a TwoChoices, as [New] does.
func NewTwoChoices(c Config) (*TwoChoices, error) {
	p := &TwoChoices{draw: rand.New(rand.NewPCG(c.Seed, 0))}
	if err := p.init(TwoChoicesMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

func (p *TwoChoices) rebuild(Backend, peer) error {
	p.until = sums(p.until, p.peers)
	return nil
}

// Pick implements [Picker]. If 20 draws have not yielded two, it takes the one that they
// have yielded, or the next that can be used.
func (p *TwoChoices) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	one, b := None, Backend(0)
	for range 20 {
		b = drawn(p.draw, p.until)
		e := &p.peers[b]
		if b == one || !p.usable(e) || r.Retry.has(b) {
			continue
		}
		if one == None {
			one = b
			continue
		}
		if first := &p.peers[one]; e.active*first.weight > first.active*e.weight {
			b = one
		}
		return p.take(b, r.Retry)
	}
	if one != None {
		return p.take(one, r.Retry)
	}
	return p.after(b, r.Retry)
}

// after picks the next backend after b that can be used.
func (p *pool) after(b Backend, r *Retry) (Backend, error) {
	for range p.peers {
		if b++; int(b) == len(p.peers) {
			b = 0
		}
		if p.usable(&p.peers[b]) && !r.has(b) {
			return p.take(b, r)
		}
	}
	return p.refuse()
}

// Done implements [Picker].
func (p *TwoChoices) Done(b Backend, o Response) error {
	_, err := p.free(b, o)
	return err
}
