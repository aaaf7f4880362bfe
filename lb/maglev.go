package lb

import (
	"math/bits"
	"slices"
)

// A Maglev is the table of Google's Maglev (Eisenbud and others, 2016, section 3.4): each
// backend has its own order of preference for the places of a table, and they take turns,
// so that each gets nearly the same number. If a backend goes, its places are filled, and
// few others change. With weights, heavy backends take a turn more often, as in Envoy.
//
// The table has 65,537 places; 655,373 for more than 655 backends.
type Maglev struct {
	pool
	table []int32
	stale bool // the table is to be made before it is used
}

// The sizes of tables, both prime.
const (
	smallTable = 65537
	largeTable = 655373
)

// NewMaglev makes a Maglev, as [New] does.
func NewMaglev(c Config) (*Maglev, error) {
	p := new(Maglev)
	if err := p.init(MaglevMethod, p, c.Servers, c.Trace); err != nil {
		return nil, err
	}
	return p, p.rebuild(None, peer{})
}

func (p *Maglev) rebuild(Backend, peer) error {
	p.stale = true
	return nil
}

// build makes the table.
func (p *Maglev) build() {
	p.stale = false
	type turn struct {
		offset, skip, at int
		target           int
		backend          int32
		weight           int
	}
	var turns []turn
	heaviest := 0
	for i := range p.peers {
		if p.peers[i].state == Up {
			turns = append(turns, turn{backend: int32(i), weight: p.peers[i].weight})
			heaviest = max(heaviest, p.peers[i].weight)
		}
	}
	size := smallTable
	if len(turns) > smallTable/100 {
		size = largeTable
	}
	p.table = slices.Grow(p.table[:0], size)[:size]
	for i := range p.table {
		p.table[i] = int32(None)
	}
	if len(turns) == 0 {
		return
	}
	for i := range turns {
		h := HashKey(p.peers[turns[i].backend].Name)
		turns[i].offset = int(h % uint64(size))
		turns[i].skip = int(mix(h)%uint64(size-1)) + 1
		turns[i].at = turns[i].offset
		turns[i].target = heaviest
	}
	for filled, round := 0, 1; ; round++ {
		for i := range turns {
			t := &turns[i]
			if round*t.weight < t.target {
				continue
			}
			t.target += heaviest
			for p.table[t.at] >= 0 {
				if t.at += t.skip; t.at >= size {
					t.at -= size
				}
			}
			p.table[t.at] = t.backend
			if filled++; filled == size {
				return
			}
		}
	}
}

// Lookup returns the backend of a key with the hash, among those that are up, or [None]
// if there is none. It counts no request.
func (p *Maglev) Lookup(hash uint64) Backend {
	if p.stale {
		p.build()
	}
	i, _ := bits.Mul64(hash, uint64(len(p.table)))
	if i >= uint64(len(p.table)) { // of the zero Maglev
		return None
	}
	return Backend(p.table[i])
}

// Pick implements [Picker]. If the backend of the key cannot be used, it takes the next
// place whose backend can.
func (p *Maglev) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	h := HashKey(r.Key)
	if p.trace != nil {
		p.skips(r.Retry)
		p.event(Event{Kind: Hashed, Backend: None, Hash: h})
	}
	b := p.Lookup(h)
	if p.usable(&p.peers[b]) && !r.Retry.has(b) {
		return p.take(b, r.Retry)
	}
	i, _ := bits.Mul64(h, uint64(len(p.table)))
	for range 100 {
		if i++; int(i) == len(p.table) {
			i = 0
		}
		if b = Backend(p.table[i]); p.usable(&p.peers[b]) && !r.Retry.has(b) {
			return p.take(b, r.Retry)
		}
	}
	return p.after(b, r.Retry)
}

// Done implements [Picker].
func (p *Maglev) Done(b Backend, o Response) error {
	_, err := p.free(b, o)
	return err
}

// Done implements [Picker].
func (p *Rendezvous) Done(b Backend, o Response) error {
	_, err := p.free(b, o)
	return err
}
