package lb

import (
	"fmt"
	"slices"
)

// An HAConsistent is HAProxy's uri with hash-type consistent: 16 points on a ring for
// each unit of weight, by the number of the server, not its name, and the point nearest
// to the key's hash, before or after it (src/lb_chash.c). [HABoundedMethod] passes over a
// server that has more than its share of the requests: consistent hashing with bounded
// loads.
type HAConsistent struct {
	pool
	ring   []point
	stale  bool  // the ring is to be made before it is used
	factor int   // hash-balance-factor, or 0
	before []int // by backend: the weights of those before it, at the start
	total  int
}

// NewHAConsistent makes an HAConsistent of [HAConsistentMethod] or, if the
// configuration says so, [HABoundedMethod], as [New] does.
func NewHAConsistent(c Config) (*HAConsistent, error) {
	p := new(HAConsistent)
	how := HAConsistentMethod
	if c.Method == HABoundedMethod {
		how, p.factor = HABoundedMethod, 150
		if c.Balance != 0 {
			p.factor = c.Balance
		}
		if p.factor < 101 || p.factor > 65535 {
			return nil, fmt.Errorf("lb: balance %d out of range [101,65535]", c.Balance)
		}
	}
	if err := p.init(how, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	for i := range p.peers {
		p.before = append(p.before, p.total)
		p.total += p.peers[i].weight * haScale
	}
	if err := p.rebuild(None, peer{}); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *HAConsistent) rebuild(b Backend, was peer) error {
	for len(p.before) < len(p.peers) {
		p.before = append(p.before, p.total)
	}
	p.total = 0
	for i := range p.peers {
		if p.peers[i].state == Up {
			p.total += p.peers[i].weight * haScale
		}
	}
	if p.total > maxPoints {
		return fmt.Errorf("lb: weights of %d in all out of range [1,%d] for a ring", p.total/haScale, maxPoints/haScale)
	}
	p.stale = true
	return nil
}

// build makes the ring.
func (p *HAConsistent) build() {
	p.stale = false
	sorted := make([]uint64, 0, p.total)
	for i := range p.peers {
		if p.peers[i].state == Up {
			for j := range uint32(p.peers[i].weight * haScale) {
				sorted = append(sorted, uint64(avalanche(uint32(i+1)*haMost+j))<<32|uint64(i))
			}
		}
	}
	slices.Sort(sorted) // no two hashes are equal: avalanche can be undone
	p.ring = p.ring[:0]
	for _, s := range sorted {
		p.ring = append(p.ring, point{uint32(s >> 32), int32(uint32(s))})
	}
}

// Pick implements [Picker].
func (p *HAConsistent) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(nil)
	}
	if p.stale {
		p.build()
	}
	h := avalanche(sdbm(path(r.Key)))
	if p.trace != nil {
		p.event(Event{Kind: Hashed, Backend: None, Hash: uint64(h)})
	}
	next := search(p.ring, h)
	if next == len(p.ring) {
		next = 0
	}
	prev := next - 1
	if prev < 0 {
		prev = len(p.ring) - 1
	}
	at := next
	if h-p.ring[prev].hash <= p.ring[next].hash-h {
		at = prev
	}
	if p.factor > 0 {
		at = p.withRoom(at)
	}
	b := Backend(p.ring[at].backend)
	p.picked(b)
	return b, nil
}

// withRoom returns the first point from i on whose server has room.
func (p *HAConsistent) withRoom(i int) int {
	for loops := 0; !p.hasRoom(Backend(p.ring[i].backend)); {
		if i++; i == len(p.ring) {
			i = 0
			if loops++; loops > 1 {
				break
			}
		}
	}
	return i
}

// hasRoom is chash_server_is_eligible: all slots, factor percent of the requests with
// this one, are spread over the weights, and the rest of the division over their
// order at the start.
func (p *HAConsistent) hasRoom(b Backend) bool {
	weight := uint32(p.peers[b].weight * haScale)
	total, before := uint32(p.total), uint32(p.before[b])
	slots := (uint32(p.active+1)*uint32(p.factor) + 99) / 100
	rest := slots % total
	own := weight*(slots/total) + (before+weight)*rest/total - before*rest/total
	room := p.peers[b].active < max(1, int(own))
	if !room && p.trace != nil {
		p.event(Event{Kind: Skipped, Rule: "bounded", Backend: b})
	}
	return room
}
