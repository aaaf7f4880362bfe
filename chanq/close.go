package chanq

// Close is close(c) by goroutine g. It readies all waiting goroutines: receivers get
// the zero value, senders panic. It returns [CloseOfNil] for Nil and
// [CloseOfClosed] for a closed channel. It returns another error if the channel or
// the goroutine is unknown, the goroutine waits or has yet to resume, or the
// channel belongs to a timer.
func (m *Chans) Close(g G, c Chan) (Outcome, error) {
	gp := m.acting(g)
	if gp == nil {
		return m.refuse(m.notActing(g))
	}
	h, err := m.channel(c)
	if err != nil {
		return m.refuse(err)
	}
	m.ready = m.ready[:0]
	switch {
	case h == nil:
		return Outcome{What: Panicked}, m.panics(CloseOfNil)
	case h.timer != nil:
		return m.refuse(receiveOnly(c))
	}
	m.acquire(h)
	if h.closed {
		m.releaseLock(h)
		return Outcome{What: Panicked}, m.panics(CloseOfClosed)
	}
	h.closed = true
	if m.trace != nil {
		m.event(Event{Kind: Closed, G: gp.id, Chan: c})
	}
	m.waiters = m.waiters[:0]
	for _, q := range []*waitq{&h.recvq, &h.sendq} {
		for s := q.dequeue(); s != nil; s = q.dequeue() {
			m.waiters = append(m.waiters, s)
		}
	}
	m.releaseLock(h)
	for i := range m.waiters {
		if !m.rules.closeInOrder {
			i = len(m.waiters) - 1 - i
		}
		s := m.waiters[i]
		peer := s
		if m.rules.barging || s.isSelect && m.rules.closeRepolls {
			peer = nil
		}
		m.goready(s, peer)
	}
	m.readied()
	return Outcome{What: Proceeded}, nil
}
