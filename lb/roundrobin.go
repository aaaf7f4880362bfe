package lb

// A RoundRobin picks one backend after the other, in the order of the list, and
// begins again at its end. It ignores weights.
type RoundRobin struct {
	pool
	last Backend // [None] at the start
}

// NewRoundRobin makes a RoundRobin, as [New] does.
func NewRoundRobin(c Config) (*RoundRobin, error) {
	p := &RoundRobin{last: None}
	if err := p.init(RoundRobinMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, nil
}

// Pick implements [Picker].
func (p *RoundRobin) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	b, err := p.after(p.last, r.Retry)
	if err == nil {
		p.last = b
	}
	return b, err
}

// Done implements [Picker].
func (p *RoundRobin) Done(b Backend, o Response) error {
	_, err := p.free(b, o)
	return err
}

func (p *RoundRobin) rebuild(Backend, peer) error { return nil }
