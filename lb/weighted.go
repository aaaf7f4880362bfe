package lb

// weighted is what nginx keeps of each server for its round robin, which all its
// methods fall back to.
type weighted struct {
	pool
	cur, eff []int // current and effective weights
}

// grow brings the weights in step with the peers.
func (p *weighted) grow(b Backend, was peer) {
	n := len(p.peers)
	for i := len(p.cur); i < n; i++ {
		p.cur, p.eff = append(p.cur, 0), append(p.eff, p.peers[i].weight)
	}
	p.cur, p.eff = p.cur[:n], p.eff[:n]
	if b != None && was.weight != p.peers[b].weight {
		p.eff[b] = p.peers[b].weight
	}
}

// scan is ngx_http_upstream_get_peer.
func (p *weighted) scan(r *Retry) (Backend, error) {
	best, total := None, 0
	for i := range p.peers {
		e := &p.peers[i]
		if !p.usable(e) || r.has(Backend(i)) {
			continue
		}
		p.cur[i] += p.eff[i]
		total += p.eff[i]
		if p.eff[i] < e.weight {
			p.eff[i]++
		}
		if best == None || p.cur[i] > p.cur[best] {
			best = Backend(i)
		}
	}
	if best == None {
		return p.refuse()
	}
	p.cur[best] -= total
	return p.take(best, r)
}

// lighten takes from the effective weight of a backend at which a request has failed.
func (p *weighted) lighten(b Backend) {
	if e := &p.peers[b]; e.MaxFails > 0 {
		p.eff[b] = max(0, p.eff[b]-e.weight/e.MaxFails)
	}
}

// Done implements [Picker].
func (p *weighted) Done(b Backend, o Response) error {
	failed, err := p.free(b, o)
	if failed {
		p.lighten(b)
	}
	return err
}

// Snapshot implements [Pool].
func (p *weighted) Snapshot() Snapshot {
	s := p.pool.Snapshot()
	for i := range s.Backends {
		s.Backends[i].Current, s.Backends[i].Effective = p.cur[i], p.eff[i]
	}
	return s
}

// Check implements [Pool].
func (p *weighted) Check() error {
	for i := range p.peers {
		if p.eff[i] < 0 || p.eff[i] > p.peers[i].weight {
			return badEffective(i, p.eff[i], p.peers[i].weight)
		}
	}
	return p.pool.Check()
}
