package lb

// A Smooth is nginx's smooth weighted round robin, its default: at each pick every
// backend's current weight rises by its effective weight, the highest one is picked,
// the first of several, and falls by the sum of all effective weights. So weights 5,
// 1, 1 give a a b a c a a. A failure takes weight/max_fails from the effective
// weight, which then rises by 1 a pick.
//
// nginx looks at every server to do so. Here servers of equal weight take turns until the
// first failure, so only the next one of each weight is looked at (classes), and with
// many weights a tournament finds the highest. After a failure the tournament is among
// the servers. All forms make the same picks.
type Smooth struct {
	weighted // cur is not up to date while there are turns or a tree
	in       []bool
	turns    *classes
	tree     *tournament
	total    int       // of the effective weights of those that are in, if there is a tree
	watch    []Backend // those that may come in, or whose effective weight rises, by themselves
	watched  []bool
}

// What makes an engine worth it: see BenchmarkSmooth.
const (
	scanTo  = 16 // servers
	turnsTo = 32 // different weights
)

// NewSmooth makes a Smooth, as [New] does.
func NewSmooth(c Config) (*Smooth, error) {
	p := new(Smooth)
	if err := p.init(SmoothMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

// rebuild makes the engine anew. Current weights stay.
func (p *Smooth) rebuild(b Backend, was peer) error {
	p.flatten()
	p.grow(b, was)
	n := len(p.peers)
	for len(p.in) < n {
		p.in, p.watched = append(p.in, false), append(p.watched, false)
	}
	p.in, p.watched = p.in[:n], p.watched[:n]
	p.turns, p.tree, p.watch = nil, nil, p.watch[:0]
	for i := range p.watched {
		p.watched[i] = false
	}
	if p.turns = newClasses(p); p.turns == nil && n > scanTo {
		p.plant()
	}
	return nil
}

// plant makes the tournament of the weights as they are, or none if it is not worth
// it.
func (p *Smooth) plant() {
	p.flatten()
	p.turns, p.tree = nil, nil
	if len(p.peers) <= scanTo {
		return
	}
	p.tree = newTournament(len(p.peers))
	p.total = 0
	for i := range p.peers {
		e := &p.peers[i]
		p.in[i] = p.usable(e)
		if p.in[i] {
			p.total += p.eff[i]
			p.tree.put(i, p.cur[i], p.eff[i], i)
		}
		if p.eff[i] < e.weight || e.MaxFails > 0 && e.fails >= e.MaxFails {
			p.observe(Backend(i))
		}
	}
	p.tree.build()
}

func (p *Smooth) observe(b Backend) {
	if !p.watched[b] {
		p.watched[b] = true
		p.watch = append(p.watch, b)
	}
}

// flatten brings cur up to date.
func (p *Smooth) flatten() {
	switch {
	case p.turns != nil:
		p.turns.flatten(p.cur)
	case p.tree != nil:
		for i, in := range p.in {
			if in {
				p.cur[i] = p.tree.value(i)
			}
		}
	}
}

// Pick implements [Picker].
func (p *Smooth) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	if p.turns != nil {
		if r.Retry == nil || len(r.Retry.tried) == 0 {
			return p.take(p.turns.next(), r.Retry)
		}
		p.plant()
	}
	if p.tree != nil {
		return p.compete(r.Retry)
	}
	return p.scan(r.Retry)
}

// compete is the same by a tournament.
func (p *Smooth) compete(r *Retry) (Backend, error) {
	for _, b := range p.watch {
		p.refresh(b)
	}
	if r != nil {
		for _, b := range r.tried {
			p.leave(b)
		}
	}
	p.tree.advance()
	best := Backend(p.tree.first())
	if best != None {
		p.tree.put(int(best), p.tree.value(int(best))-p.total, p.eff[best], int(best))
		p.tree.mend(int(best))
		p.recover()
	}
	if r != nil {
		for _, b := range r.tried {
			p.refresh(b)
		}
	}
	if best == None {
		return p.refuse()
	}
	if p.peers[best].MaxConns > 0 && p.peers[best].active+1 >= p.peers[best].MaxConns {
		p.leave(best)
	}
	return p.take(best, r)
}

// recover lets effective weights rise after a pick, and forgets those that have
// nothing more to wait for.
func (p *Smooth) recover() {
	kept := p.watch[:0]
	for _, b := range p.watch {
		e := &p.peers[b]
		if p.in[b] && p.eff[b] < e.weight {
			p.eff[b]++
			p.total++
			p.tree.put(int(b), p.tree.value(int(b)), p.eff[b], int(b))
			p.tree.mend(int(b))
		}
		if p.eff[b] < e.weight || e.MaxFails > 0 && e.fails >= e.MaxFails {
			kept = append(kept, b)
		} else {
			p.watched[b] = false
		}
	}
	p.watch = kept
}

// refresh puts a backend in or takes it out, as it can be picked or not.
func (p *Smooth) refresh(b Backend) {
	switch usable := p.usable(&p.peers[b]); {
	case usable && !p.in[b]:
		p.in[b] = true
		p.total += p.eff[b]
		p.tree.put(int(b), p.cur[b], p.eff[b], int(b))
		p.tree.mend(int(b))
	case !usable:
		p.leave(b)
	}
}

// leave takes a backend out: its current weight stays as it is.
func (p *Smooth) leave(b Backend) {
	if uint(b) >= uint(len(p.in)) || !p.in[b] {
		return
	}
	p.in[b] = false
	p.total -= p.eff[b]
	p.cur[b] = p.tree.value(int(b))
	p.tree.drop(int(b))
	p.tree.mend(int(b))
}

// Done implements [Picker].
func (p *Smooth) Done(b Backend, o Response) error {
	failed, err := p.free(b, o)
	if err != nil {
		return err
	}
	e := &p.peers[b]
	if failed && e.MaxFails > 0 {
		if p.turns != nil {
			p.plant()
		}
		was := p.eff[b]
		p.lighten(b)
		if p.tree != nil {
			p.observe(b)
			if p.in[b] {
				p.total += p.eff[b] - was
				p.tree.put(int(b), p.tree.value(int(b)), p.eff[b], int(b))
				p.tree.mend(int(b))
			}
		}
	}
	if p.tree != nil && (e.MaxConns > 0 || failed) {
		p.refresh(b)
	}
	return nil
}
