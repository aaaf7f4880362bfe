package lb

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// tryHashed is the number of times that nginx's hashing methods look for a backend that
// can be used; then round robin picks.
const tryHashed = 20

// counted is what nginx's ip_hash and hash have in common: a number modulo the sum of
// all weights says which backend, counted along the weights. Backends that are down
// count.
type counted struct {
	weighted
	until []int // by backend: the sum of the weights up to and with it
	total int
}

func (p *counted) rebuild(b Backend, was peer) error {
	p.grow(b, was)
	p.until, p.total = p.until[:0], 0
	for i := range p.peers {
		if p.peers[i].state != Removed {
			p.total += p.peers[i].weight
		}
		p.until = append(p.until, p.total)
	}
	return nil
}

// at returns the backend that number w of the weights belongs to.
func (p *counted) at(w int) Backend {
	return Backend(sort.Search(len(p.until), func(i int) bool { return p.until[i] > w }))
}

// try returns the backend of the hash, if it can be used and was not tried; else it counts
// the try.
func (p *counted) try(state, tried *Retry) (Backend, bool) {
	if p.trace != nil {
		p.event(Event{Kind: Hashed, Backend: None, Hash: state.hash})
	}
	b := p.at(int(state.hash % uint64(p.total)))
	if p.usable(&p.peers[b]) && !tried.has(b) {
		return b, true
	}
	state.tries++
	return None, false
}

// An IPHash is nginx's ip_hash: a hash of the first three bytes of the client's IPv4
// address, or of all 16 of IPv6. If the server cannot be used, it hashes on.
type IPHash struct{ counted }

// NewIPHash makes an IPHash, as [New] does.
func NewIPHash(c Config) (*IPHash, error) {
	p := new(IPHash)
	if err := p.init(IPHashMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

// Pick implements [Picker].
func (p *IPHash) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	if p.single() {
		return p.scan(r.Retry)
	}
	state := r.Retry
	if state == nil {
		state = new(Retry)
	}
	if !state.begun {
		state.begun, state.hash = true, 89
	}
	bytes := 3
	if r.Source.Is6() {
		bytes = 16
	}
	for state.tries <= tryHashed {
		for i := range bytes {
			state.hash = (state.hash*113 + uint64(r.Source.at(i))) % 6271
		}
		if b, ok := p.try(state, r.Retry); ok {
			return p.take(b, r.Retry)
		}
	}
	return p.scan(r.Retry)
}

// A Hash is nginx's hash: 15 bits of the CRC of the key. If the server cannot be used, it
// adds the hash of the key preceded by the number of the try. Requests with an empty key
// are picked for by round robin.
type Hash struct{ counted }

// NewHash makes a Hash, as [New] does.
func NewHash(c Config) (*Hash, error) {
	p := new(Hash)
	if err := p.init(HashMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

// Pick implements [Picker].
func (p *Hash) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	if p.single() || r.Key == "" {
		return p.scan(r.Retry)
	}
	state := r.Retry
	if state == nil {
		state = new(Retry)
	}
	for state.tries <= tryHashed {
		h := ^uint32(0)
		if state.rehash > 0 {
			var digits [20]byte
			for _, d := range strconv.AppendInt(digits[:0], int64(state.rehash), 10) {
				h = crcByte(h, d)
			}
		}
		h = ^crcMore(h, r.Key)
		state.hash = uint64(uint32(state.hash) + h>>16&0x7fff)
		state.rehash++
		if b, ok := p.try(state, r.Retry); ok {
			return p.take(b, r.Retry)
		}
	}
	return p.scan(r.Retry)
}

// A Ketama is nginx's consistent hash: 160 points on a ring for each unit of weight, and
// the first one from the key's hash on. It passes over points of servers that cannot be
// used.
type Ketama struct {
	weighted
	ring  []point
	stale bool // the ring is to be made before it is used
}

// A point of a ring of hashes.
type point struct {
	hash    uint32
	backend int32
}

// maxPoints keeps the memory of a ring, and the time to make it, in bounds.
const maxPoints = 1 << 21

// NewKetama makes a Ketama, as [New] does. It returns an error if the weights add up to
// more than 13,107, whose 160 points each are more than a ring may have.
func NewKetama(c Config) (*Ketama, error) {
	p := new(Ketama)
	if err := p.init(KetamaMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	if err := p.rebuild(None, peer{}); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Ketama) rebuild(b Backend, was peer) error {
	if b != None && was.state != Removed && p.peers[b].state != Removed && was.weight == p.peers[b].weight {
		return nil // the ring has points of all, up or down
	}
	total := 0
	for i := range p.peers {
		if p.peers[i].state != Removed {
			total += p.peers[i].weight
		}
	}
	if total > maxPoints/each {
		return fmt.Errorf("lb: weights of %d in all out of range [1,%d] for a ring", total, maxPoints/each)
	}
	p.grow(b, was)
	p.stale = true
	return nil
}

// each is the number of points of a unit of weight.
const each = 160

// build is ngx_http_upstream_init_chash.
func (p *Ketama) build() {
	p.stale = false
	// The number of a point is after its hash, so that points are sorted fast, and of
	// equal ones the first comes first, and stays.
	var sorted []uint64
	var owner []int32 // by number: one for 160 points
	for i := range p.peers {
		e := &p.peers[i]
		if e.state == Removed {
			continue
		}
		host, port := hostPort(e.Name)
		base := crcMore(crcMore(crcMore(^uint32(0), host), "\x00"), port)
		prev := uint32(0)
		for k := range e.weight * each {
			if k%each == 0 {
				owner = append(owner, int32(i))
			}
			h := base
			for shift := 0; shift < 32; shift += 8 {
				h = crcByte(h, byte(prev>>shift))
			}
			prev = ^h
			sorted = append(sorted, uint64(prev)<<32|uint64(len(sorted)))
		}
	}
	slices.Sort(sorted)
	p.ring = p.ring[:0]
	for _, s := range sorted {
		if pt := (point{uint32(s >> 32), owner[uint32(s)/each]}); len(p.ring) == 0 || pt.hash != p.ring[len(p.ring)-1].hash {
			p.ring = append(p.ring, pt)
		}
	}
}

// hostPort splits a name as nginx does for its ring.
func hostPort(name string) (host, port string) {
	if len(name) >= 5 && strings.EqualFold(name[:5], "unix:") {
		return name[5:], ""
	}
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == ':' {
			return name[:i], name[i+1:]
		}
		if name[i] < '0' || name[i] > '9' {
			break
		}
	}
	return name, ""
}

// Pick implements [Picker].
func (p *Ketama) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(r.Retry)
	}
	if p.single() || r.Key == "" {
		return p.scan(r.Retry)
	}
	state := r.Retry
	if state == nil {
		state = new(Retry)
	}
	if p.stale {
		p.build()
	}
	if !state.begun {
		h := crc(r.Key)
		state.begun, state.hash = true, uint64(search(p.ring, h))
		if p.trace != nil {
			p.event(Event{Kind: Hashed, Backend: None, Hash: uint64(h)})
		}
	}
	for state.tries <= tryHashed {
		b := Backend(p.ring[state.hash%uint64(len(p.ring))].backend)
		if p.usable(&p.peers[b]) && !r.Retry.has(b) {
			if p.eff[b] < p.peers[b].weight {
				p.eff[b]++
			}
			return p.take(b, r.Retry)
		}
		state.hash++
		state.tries++
	}
	return p.scan(r.Retry)
}

// search returns the index of the first point at h or after it, which may be the ring's
// length.
func search(ring []point, h uint32) int {
	lo, hi := 0, len(ring)
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); ring[mid].hash < h {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
