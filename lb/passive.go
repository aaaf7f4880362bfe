package lb

import "time"

// never is a time, in seconds, before all others.
const never = -1 << 60

// seconds returns what nginx takes for the time: whole seconds (ngx_time). The start is
// the beginning of one.
func seconds(at time.Duration) int64 { return int64(at / time.Second) }

// single reports whether there is one server only: nginx then neither counts
// failures nor ejects it.
func (p *pool) single() bool { return len(p.byName) == 1 }

// ejected reports whether failures keep the peer from being picked
// (ngx_http_upstream_get_peer).
func (p *pool) ejected(e *peer) bool {
	return e.MaxFails > 0 && e.fails >= e.MaxFails && seconds(p.now)-e.checked <= e.timeout && !p.single()
}

// usable reports whether the peer can be picked.
func (p *pool) usable(e *peer) bool {
	return e.state == Up && (e.MaxFails == 0 || !p.ejected(e)) && (e.MaxConns == 0 || e.active < e.MaxConns)
}

// unusable returns the rule that keeps a peer from being picked.
func (p *pool) unusable(e *peer) string {
	switch {
	case e.state != Up:
		return "state"
	case p.ejected(e):
		return "max-fails"
	case e.MaxConns > 0 && e.active >= e.MaxConns:
		return "max-conns"
	}
	return "tried"
}

// skips reports the peers that a pick leaves out, and the reasons.
func (p *pool) skips(r *Retry) {
	for i := range p.peers {
		e := &p.peers[i]
		if e.state != Removed && (!p.usable(e) || r.has(Backend(i))) {
			p.event(Event{Kind: Skipped, Rule: p.unusable(e), Backend: Backend(i)})
		}
	}
}

// refuse is the end of a pick that finds nothing.
func (p *pool) refuse() (Backend, error) {
	if p.trace != nil {
		p.event(Event{Kind: Refused, Backend: None})
	}
	return None, ErrNoBackend
}

// has reports whether b was tried.
func (r *Retry) has(b Backend) bool {
	if r == nil {
		return false
	}
	for _, t := range r.tried {
		if t == b {
			return true
		}
	}
	return false
}

// take is the end of a pick as nginx does it: a peer that is tried again after its
// time-out is checked by this request.
func (p *pool) take(b Backend, r *Retry) (Backend, error) {
	e := &p.peers[b]
	if e.MaxFails > 0 {
		if now := seconds(p.now); now-e.checked > e.timeout {
			e.checked = now
		}
	}
	if r != nil {
		r.tried = append(r.tried, b)
	}
	p.picked(b)
	return b, nil
}

// free is Done as nginx does it (ngx_http_upstream_free_round_robin_peer). It
// reports whether the peer has failed, and counts for it.
func (p *pool) free(b Backend, o Response) (failed bool, err error) {
	if err := p.done(b, o); err != nil {
		return false, err
	}
	e := &p.peers[b]
	switch {
	case p.single():
	case o.Failed:
		e.fails++
		e.accessed = seconds(p.now)
		e.checked = e.accessed
		if p.trace != nil && e.fails == e.MaxFails {
			p.event(Event{Kind: Ejected, Backend: b})
		}
		return true, nil
	case e.accessed < e.checked && e.fails > 0:
		if p.trace != nil && e.MaxFails > 0 && e.fails >= e.MaxFails {
			p.event(Event{Kind: Returned, Backend: b})
		}
		e.fails = 0
	}
	return false, nil
}
