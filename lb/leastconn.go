package lb

// A LeastConn is nginx's least_conn: the backend with the fewest requests for its weight;
// among several, smooth round robin decides.
type LeastConn struct {
	weighted
	tied []Backend
}

// NewLeastConn makes a LeastConn, as [New] does.
func NewLeastConn(c Config) (*LeastConn, error) {
	p := new(LeastConn)
	if err := p.init(LeastConnMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

func (p *LeastConn) rebuild(b Backend, was peer) error {
	p.grow(b, was)
	return nil
}

// Pick implements [Picker].
func (p *LeastConn) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	best := None
	p.tied = p.tied[:0]
	for i := range p.peers {
		e := &p.peers[i]
		if !p.usable(e) || r.Retry.has(Backend(i)) {
			continue
		}
		if best == None {
			best, p.tied = Backend(i), append(p.tied, Backend(i))
			continue
		}
		switch a, b := e.active*p.peers[best].weight, p.peers[best].active*e.weight; {
		case a < b:
			best, p.tied = Backend(i), append(p.tied[:0], Backend(i))
		case a == b:
			p.tied = append(p.tied, Backend(i))
		}
	}
	if best == None {
		return p.refuse()
	}
	if len(p.tied) > 1 {
		total := 0
		for _, b := range p.tied {
			p.cur[b] += p.eff[b]
			total += p.eff[b]
			if p.eff[b] < p.peers[b].weight {
				p.eff[b]++
			}
			if p.cur[b] > p.cur[best] {
				best = b
			}
		}
		p.cur[best] -= total
	}
	return p.take(best, r.Retry)
}
