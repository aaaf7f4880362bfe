package lb

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A StickyConfig says by what a client is recognized.
type StickyConfig struct {
	Cookie string        `json:"cookie"` // the name of a cookie that holds the server's name; "" for the client's address
	Expire time.Duration `json:"expire"` // silence after which an address is forgotten; 0: never
	Size   int           `json:"size"`   // largest number of known addresses, the most recent ones; 0 for 65,536

	Trace func(Event) `json:"-"` // gets an event for each request that sticks; nil costs nothing
}

// A Sticky is a picker that sends a client to the same server as before, as long as that
// can be used: by a cookie that the answer sets (HAProxy's cookie insert), or by a table
// of addresses (HAProxy's stick on src). For other clients the pool picks, and also for
// those whose server cannot be used, which then stay with the new one. A server that is
// drained keeps its clients.
type Sticky struct {
	config StickyConfig
	pool   Pool
	table  map[Addr]*stuck
	oldest *stuck // a ring, in the order in which they last came
	seq    uint64
	busy   bool // in Trace
}

// stuck is an address and its server.
type stuck struct {
	addr       Addr
	backend    Backend
	at         time.Duration
	prev, next *stuck
}

// forcer is a pool that can be told what to pick.
type forcer interface {
	force(b Backend, r Request) (Backend, error)
}

// NewSticky makes a Sticky on a pool of this package. It returns an error if the pool is
// not of this package, or if a field of the configuration is out of range.
func NewSticky(pool Pool, c StickyConfig) (*Sticky, error) {
	if _, ok := pool.(forcer); !ok {
		return nil, errors.New("lb: sticky sessions are for a pool of package lb")
	}
	if c.Expire < 0 {
		return nil, fmt.Errorf("lb: expire %v is negative", c.Expire)
	}
	if c.Size < 0 || c.Size > maxFlows {
		return nil, fmt.Errorf("lb: a table of %d out of range [0,%d]", c.Size, maxFlows)
	}
	if c.Size == 0 {
		c.Size = 1 << 16
	}
	return &Sticky{config: c, pool: pool, table: map[Addr]*stuck{}}, nil
}

func (s *Sticky) usable() error {
	switch {
	case s.pool == nil:
		return errors.New("lb: the zero Sticky has no pool: use NewSticky")
	case s.busy:
		return errBusy
	}
	return nil
}

// Pick implements [Picker].
func (s *Sticky) Pick(r Request) (Backend, error) {
	if err := s.usable(); err != nil {
		return None, err
	}
	if b := s.known(r); b != None {
		b, err := s.pool.(forcer).force(b, r)
		if err == nil {
			if s.config.Trace != nil {
				s.seq++
				s.busy = true
				s.config.Trace(Event{Seq: s.seq, At: r.At, Kind: Stuck, Rule: kindRules[Stuck], Backend: b})
				s.busy = false
			}
			s.remember(r, b)
			return b, nil
		}
		if errors.Is(err, ErrTime) {
			return None, err
		}
	}
	b, err := s.pool.Pick(r)
	if err == nil {
		s.remember(r, b)
	}
	return b, err
}

// Done implements [Picker].
func (s *Sticky) Done(b Backend, o Response) error {
	if err := s.usable(); err != nil {
		return err
	}
	return s.pool.Done(b, o)
}

// Cookie returns the value of the cookie that an answer of the backend sets: its name. It
// is "" if there is no such backend.
func (s *Sticky) Cookie(b Backend) string {
	if s.pool == nil {
		return ""
	}
	if list := s.pool.Snapshot().Backends; b >= 0 && int(b) < len(list) {
		return list[b].Name
	}
	return ""
}

// Len reports how many addresses are known.
func (s *Sticky) Len() int { return len(s.table) }

// known returns the backend that the client was sent to, or [None].
func (s *Sticky) known(r Request) Backend {
	if s.config.Cookie != "" {
		name, ok := cookie(r.HTTP, s.config.Cookie)
		if !ok {
			return None
		}
		for _, b := range s.pool.Snapshot().Backends {
			if b.Name == name && b.State != Removed {
				return b.Backend
			}
		}
		return None
	}
	e := s.table[r.Source]
	if e == nil {
		return None
	}
	if s.config.Expire > 0 && r.At-e.at >= s.config.Expire {
		s.forget(e)
		return None
	}
	return e.backend
}

// remember notes that the client was sent to b.
func (s *Sticky) remember(r Request, b Backend) {
	if s.config.Cookie != "" {
		return
	}
	if e := s.table[r.Source]; e != nil {
		s.forget(e)
	} else if len(s.table) >= s.config.Size {
		s.forget(s.oldest)
	}
	e := &stuck{addr: r.Source, backend: b, at: r.At}
	s.table[r.Source] = e
	if s.oldest == nil {
		e.prev, e.next = e, e
		s.oldest = e
		return
	}
	e.prev, e.next = s.oldest.prev, s.oldest
	e.prev.next, e.next.prev = e, e
}

func (s *Sticky) forget(e *stuck) {
	delete(s.table, e.addr)
	e.prev.next, e.next.prev = e.next, e.prev
	if s.oldest == e {
		s.oldest = e.next
	}
	if len(s.table) == 0 {
		s.oldest = nil
	}
}

// cookie finds a cookie of a request.
func cookie(h *HTTP, name string) (string, bool) {
	if h == nil {
		return "", false
	}
	for _, f := range h.Header {
		if !strings.EqualFold(f.Name, "Cookie") {
			continue
		}
		for pair := range strings.SplitSeq(f.Value, ";") {
			if k, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && k == name {
				return v, true
			}
		}
	}
	return "", false
}

// mover is a method that wants to know of a pick that it has not made.
type mover interface{ move(Backend) }

// force picks b if it can be used. One that is drained can: its sessions go on.
func (p *pool) force(b Backend, r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil && err != ErrNoBackend {
		return None, err
	}
	if b < 0 || int(b) >= len(p.peers) || r.Retry.has(b) {
		return None, ErrNoBackend
	}
	e := p.peers[b]
	if e.state == Drain {
		e.state = Up
	}
	if !p.usable(&e) {
		return None, ErrNoBackend
	}
	if _, err := p.take(b, r.Retry); err != nil {
		return None, err
	}
	if m, ok := p.rule.(mover); ok {
		m.move(b)
	}
	return b, nil
}

// move is of mover.
func (p *Smooth) move(b Backend) {
	if p.tree != nil {
		p.refresh(b)
	}
}
