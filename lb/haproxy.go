package lb

// haScale is what HAProxy multiplies weights by, so that they can be changed in small
// steps (BE_WEIGHT_SCALE); haMost is the highest of the products (SRV_EWGHT_MAX).
const (
	haScale = 16
	haMost  = haWeight * haScale
)

// An HARoundRobin is HAProxy's roundrobin, its default: each server has a position in
// a window as long as the sum of the weights, and moves on by the sum over its weight
// when it is picked; the server at the lowest position is next (src/lb_fwrr.c).
//
// Servers that are new in the window, or have moved out of it, wait in two queues by
// weight: init fills the holes of this window, next is for the one after it.
type HARoundRobin struct {
	pool
	curr       queue
	init, next *queue
	waits      [2]queue // what init and next are
	pos        []position
	at         int // curr_pos
	window     int // curr_weight
	total      int // next_weight
}

// position is the place of a server.
type position struct {
	weight     int // times haScale
	last, next int // lpos, npos
	rest       int // rweight: of the division, so far
	in         *queue
}

// NewHARoundRobin makes an HARoundRobin, as [New] does.
func NewHARoundRobin(c Config) (*HARoundRobin, error) {
	p := new(HARoundRobin)
	if err := p.pool.init(HARoundRobinMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	p.init, p.next = &p.waits[0], &p.waits[1]
	p.growTo(len(p.peers))
	for i := range p.peers {
		p.pos[i].weight = p.peers[i].weight * haScale
		p.total += p.pos[i].weight
		p.wait(p.init, Backend(i))
	}
	p.at, p.window = p.total, p.total
	return p, nil
}

func (p *HARoundRobin) growTo(n int) {
	for len(p.pos) < n {
		p.pos = append(p.pos, position{})
	}
	p.curr.grow(n)
	p.waits[0].grow(n)
	p.waits[1].grow(n)
}

// wait is fwrr_queue_by_weight: the heaviest first.
func (p *HARoundRobin) wait(q *queue, b Backend) {
	q.insert(b, uint32(haMost-p.pos[b].weight))
	p.pos[b].in = q
}

// fetch is fwrr_get_srv and fwrr_dequeue_srv: it takes a server from its queue, and
// its position is one in this window.
func (p *HARoundRobin) fetch(b Backend) {
	s := &p.pos[b]
	switch s.in {
	case p.init:
		s.next, s.rest = 0, 0
	case p.next:
		s.next += p.window
	case nil:
		s.next = p.at
		return
	}
	s.in.remove(b)
}

// put is fwrr_queue_srv: the server goes into this window or waits for the next.
func (p *HARoundRobin) put(b Backend) {
	s := &p.pos[b]
	if s.next >= 2*p.window || s.next >= p.window+p.total {
		s.next -= p.window
		p.wait(p.next, b)
		return
	}
	p.curr.insert(b, uint32(haWeight*s.next)+uint32(haMost+s.rest-s.weight)/haScale)
	s.in = &p.curr
}

// rebuild is fwrr_set_server_status_up, its opposite, and fwrr_update_server_weight.
func (p *HARoundRobin) rebuild(b Backend, was peer) error {
	p.growTo(len(p.peers))
	if b == None {
		return nil
	}
	s, e := &p.pos[b], &p.peers[b]
	weight := e.weight * haScale
	switch {
	case was.state == Up && e.state != Up:
		s.in.remove(b)
		s.in = nil
		p.total -= s.weight
	case was.state != Up && e.state == Up:
		s.weight = weight
		p.total += weight
		p.fetch(b)
		s.next = p.at + (p.total+p.window-p.at)/weight
		p.put(b)
	case e.state == Up && weight != s.weight:
		p.total += weight - s.weight
		if s.in == p.init {
			p.init.remove(b)
			s.weight = weight
			p.wait(p.init, b)
			break
		}
		p.fetch(b)
		s.weight = weight
		step := p.total / weight
		s.next = min(s.last+step, s.next)
		s.rest = 0
		if s.next < p.at+2 {
			s.next = p.at + step
		}
		p.put(b)
	}
	s.weight = weight
	return nil
}

// Pick implements [Picker].
func (p *HARoundRobin) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(nil)
	}
	if p.window == 0 {
		p.at, p.window = p.total, p.total
	}
	b := p.nearest()
	if b == None { // the window is over
		p.init, p.next = p.next, p.init
		p.window = p.total
		p.at = p.window
		b = p.nearest()
	}
	s := &p.pos[b]
	if s.next == 0 { // fwrr_update_position
		s.next = p.at
	}
	s.last = s.next
	s.next += p.total / s.weight
	if s.rest += p.total % s.weight; s.rest >= s.weight {
		s.rest -= s.weight
		s.next++
	}
	s.in.remove(b)
	p.at++
	p.put(b)
	p.picked(b)
	return b, nil
}

// nearest is fwrr_get_server_from_group: what has come to its position, else what
// waits, else what comes first.
func (p *HARoundRobin) nearest() Backend {
	b := p.curr.first()
	if b != None && p.pos[b].next <= p.at {
		return b
	}
	if w := p.init.first(); w != None {
		p.pos[w].next, p.pos[w].rest = 0, 0
		return w
	}
	return b
}

// An HALeastConn is HAProxy's leastconn: the server with the lowest key, which is
// (requests+1)*4096/(16*weight), or 0 without requests, rounded down; of several, the one
// that has had its key longest (src/lb_fwlc.c).
type HALeastConn struct {
	pool
	queue queue
}

// NewHALeastConn makes an HALeastConn, as [New] does.
func NewHALeastConn(c Config) (*HALeastConn, error) {
	p := new(HALeastConn)
	if err := p.init(HALeastConnMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	p.queue.grow(len(p.peers))
	for i := range p.peers {
		p.queue.insert(Backend(i), p.key(Backend(i)))
	}
	return p, nil
}

func (p *HALeastConn) key(b Backend) uint32 {
	e := &p.peers[b]
	if e.active == 0 {
		return 0
	}
	return uint32(e.active+1) * haMost / uint32(e.weight*haScale)
}

func (p *HALeastConn) rebuild(b Backend, was peer) error {
	p.queue.grow(len(p.peers))
	if b == None {
		return nil
	}
	switch up := p.peers[b].state == Up; {
	case !up:
		p.queue.remove(b)
	case !p.queue.has(b):
		p.queue.insert(b, p.key(b))
	default:
		p.queue.requeue(b, p.key(b))
	}
	return nil
}

// move is fwlc_srv_reposition.
func (p *HALeastConn) move(b Backend) {
	if p.queue.has(b) {
		p.queue.requeue(b, p.key(b))
	}
}

// Pick implements [Picker].
func (p *HALeastConn) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(nil)
	}
	b := p.queue.first()
	p.picked(b)
	p.move(b)
	return b, nil
}

// Done implements [Picker].
func (p *HALeastConn) Done(b Backend, o Response) error {
	err := p.done(b, o)
	if err == nil {
		p.move(b)
	}
	return err
}
