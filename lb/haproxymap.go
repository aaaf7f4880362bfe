package lb

import (
	"errors"
	"fmt"
	"strings"
)

// serverMap is HAProxy's map: a list of servers in which each stands as often as its
// weight says, the weights without their common divisor. Its order is that of a
// weighted round robin (src/lb_map.c). It is made anew when a server comes or goes.
type serverMap struct {
	pool
	servers []int32
	score   []int
	stale   bool // the map is to be made before it is used
}

// errFixed is what HAProxy says of a weight that is to change: only 0 and all of it
// are allowed, which are states here.
var errFixed = errors.New("lb: HAProxy's map has fixed weights")

// mapWork bounds the time to make a map: the number of servers times their weights.
const mapWork = 1 << 26

func (p *serverMap) rebuild(b Backend, was peer) error {
	if b != None && was.state != Removed && was.weight != p.peers[b].weight {
		return errFixed
	}
	if _, total := p.size(); int64(total)*int64(p.up) > mapWork {
		return fmt.Errorf("lb: a map of %d servers and %d places (want at most %d in product)", p.up, total, mapWork)
	}
	p.stale = true
	return nil
}

// build is recalc_server_map.
func (p *serverMap) build() {
	p.stale = false
	divisor, total := p.size()
	p.score = append(p.score[:0], make([]int, len(p.peers))...)
	p.servers = p.servers[:0]
	for range total {
		best, most := None, 0
		for i := range p.peers {
			if p.peers[i].state != Up {
				continue
			}
			if total == 1 {
				best = Backend(i)
				break
			}
			p.score[i] += p.peers[i].weight / divisor
			if v := (p.score[i] + total) / total; best == None || v > most {
				best, most = Backend(i), v
			}
		}
		p.score[best] -= total
		p.servers = append(p.servers, int32(best))
	}
}

// size returns the common divisor of the weights, and the number of places.
func (p *serverMap) size() (divisor, total int) {
	for i := range p.peers { // of all at the start, HAProxy says
		if p.peers[i].state != Removed {
			divisor = gcd(p.peers[i].weight, divisor)
		}
	}
	for i := range p.peers {
		if p.peers[i].state == Up {
			total += p.peers[i].weight / divisor
		}
	}
	return divisor, total
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// hashedTo is map_get_server_hash.
func (p *serverMap) hashedTo(h uint32) (Backend, error) {
	if p.stale {
		p.build()
	}
	if p.trace != nil {
		p.event(Event{Kind: Hashed, Backend: None, Hash: uint64(h)})
	}
	b := Backend(p.servers[h%uint32(len(p.servers))])
	p.picked(b)
	return b, nil
}

// An HAStatic is HAProxy's static-rr: one place of the map after the other.
type HAStatic struct {
	serverMap
	next int
}

// NewHAStatic makes an HAStatic, as [New] does.
func NewHAStatic(c Config) (*HAStatic, error) {
	p := new(HAStatic)
	if err := p.init(HAStaticMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	if err := p.rebuild(None, peer{}); err != nil {
		return nil, err
	}
	return p, nil
}

// Pick implements [Picker].
func (p *HAStatic) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(nil)
	}
	if p.stale {
		p.build()
	}
	if p.next >= len(p.servers) {
		p.next = 0
	}
	b := Backend(p.servers[p.next])
	p.next++
	p.picked(b)
	return b, nil
}

// An HASource is HAProxy's source: the client's address, modulo the length of the map.
// The four words of an IPv6 address are combined by exclusive or.
type HASource struct{ serverMap }

// NewHASource makes an HASource, as [New] does.
func NewHASource(c Config) (*HASource, error) {
	p := new(HASource)
	if err := p.init(HASourceMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	if err := p.rebuild(None, peer{}); err != nil {
		return nil, err
	}
	return p, nil
}

// Pick implements [Picker].
func (p *HASource) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(nil)
	}
	return p.hashedTo(r.Source.words())
}

// words returns the four bytes of IPv4, or the words of IPv6 by exclusive or.
func (a Addr) words() uint32 {
	if !a.Is6() {
		return uint32(a.lo)
	}
	lo := a.lo ^ mapped
	return uint32(a.hi>>32) ^ uint32(a.hi) ^ uint32(lo>>32) ^ uint32(lo)
}

// An HAURI is HAProxy's uri, by a map: a hash of the key up to a question mark, modulo
// the length of the map.
type HAURI struct{ serverMap }

// NewHAURI makes an HAURI, as [New] does.
func NewHAURI(c Config) (*HAURI, error) {
	p := new(HAURI)
	if err := p.init(HAURIMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	if err := p.rebuild(None, peer{}); err != nil {
		return nil, err
	}
	return p, nil
}

// Pick implements [Picker].
func (p *HAURI) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	if p.trace != nil {
		p.skips(nil)
	}
	return p.hashedTo(sdbm(path(r.Key)))
}

// path returns a key up to its question mark.
func path(key string) string {
	if i := strings.IndexByte(key, '?'); i >= 0 {
		return key[:i]
	}
	return key
}
