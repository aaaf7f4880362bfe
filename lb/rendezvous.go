package lb

// A Rendezvous picks the backend with the highest random weight: a hash of the key and
// the backend's name, scaled by its weight (Thaler and Ravishankar, 1998; weights by
// Schindelhauer and Schomaker, 2005). If a backend goes, only its own keys move.
type Rendezvous struct {
	pool
	up    []Backend
	seeds []uint64  // of those that are up
	share []float64 // their weights; nil if all are equal
}

// NewRendezvous makes a Rendezvous, as [New] does.
func NewRendezvous(c Config) (*Rendezvous, error) {
	p := new(Rendezvous)
	if err := p.init(RendezvousMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

func (p *Rendezvous) rebuild(Backend, peer) error {
	p.up, p.seeds, p.share = p.up[:0], p.seeds[:0], p.share[:0]
	equal := true
	for i := range p.peers {
		if e := &p.peers[i]; e.state == Up {
			p.up = append(p.up, Backend(i))
			p.seeds = append(p.seeds, HashKey(e.Name))
			p.share = append(p.share, float64(e.weight))
			equal = equal && p.share[0] == float64(e.weight)
		}
	}
	if equal {
		p.share = nil
	}
	return nil
}

// together hashes a key's hash with a backend's.
func together(key, seed uint64) uint64 {
	return halves(key^seed, 0x9e3779b97f4a7c15)
}

// Pick implements [Picker].
func (p *Rendezvous) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	h := HashKey(r.Key)
	if p.trace != nil {
		p.skips(r.Retry)
		p.event(Event{Kind: Hashed, Backend: None, Hash: h})
	}
	if b := p.Lookup(h); b != None && p.usable(&p.peers[b]) && !r.Retry.has(b) {
		return p.take(b, r.Retry)
	}
	best, most := None, 0.0
	for i, b := range p.up {
		if p.usable(&p.peers[b]) && !r.Retry.has(b) {
			if s := p.score(h, i); best == None || s > most {
				best, most = b, s
			}
		}
	}
	if best == None {
		return p.refuse()
	}
	return p.take(best, r.Retry)
}

// Lookup returns the backend of a key with the hash, among those that are up, or [None]
// if there is none. It counts no request.
func (p *Rendezvous) Lookup(hash uint64) Backend {
	if len(p.up) == 0 {
		return None
	}
	best := 0
	if len(p.share) == 0 {
		most := together(hash, p.seeds[0])
		for i := 1; i < len(p.seeds); i++ {
			if s := together(hash, p.seeds[i]); s > most {
				best, most = i, s
			}
		}
		return p.up[best]
	}
	most := p.score(hash, 0)
	for i := 1; i < len(p.up); i++ {
		if s := p.score(hash, i); s > most {
			best, most = i, s
		}
	}
	return p.up[best]
}

// score is weight / -ln(x) for the hash as a number x between 0 and 1.
func (p *Rendezvous) score(hash uint64, i int) float64 {
	share := 1.0
	if len(p.share) > 0 {
		share = p.share[i]
	}
	x := (float64(together(hash, p.seeds[i])>>11) + 0.5) / (1 << 53)
	return share / -ln(x)
}

// ln returns the natural logarithm of x in (0,1), to some 1e-15, by operations that are
// the same on every machine: math.Log and fused multiplications are not.
func ln(x float64) float64 {
	n := 0.0
	for x < 0.5 {
		x *= 2
		n++
	}
	s := (x - 1) / (x + 1)
	s2 := float64(s * s)
	sum := 0.0
	for k := 41; k >= 1; k -= 2 { // atanh, Horner's way
		sum = float64(sum*s2) + 1/float64(k)
	}
	return float64(2*float64(s*sum)) - float64(n*0.6931471805599453)
}
