package chanq

// Recv is v, ok := <-c by goroutine g. On Nil it parks forever. It returns an error
// if the channel or the goroutine is unknown, or if the goroutine waits or has yet
// to resume.
func (m *Chans) Recv(g G, c Chan) (Outcome, error) { return m.chanrecv(g, c, true) }

// TryRecv is select { case v, ok = <-c: default: }: a [Recv] that does not wait.
func (m *Chans) TryRecv(g G, c Chan) (Outcome, error) { return m.chanrecv(g, c, false) }

// chanrecv is runtime/chan.go:chanrecv.
func (m *Chans) chanrecv(g G, c Chan, block bool) (Outcome, error) {
	gp := m.acting(g)
	if gp == nil {
		return m.refuse(m.notActing(g))
	}
	if !m.has(c) {
		return m.refuse(m.noChannel(c))
	}
	m.ready = m.ready[:0]
	h := m.chans[c]
	switch {
	case h == nil && block:
		m.park(gp, RecvVerb, nil)
		return Outcome{What: Parked}, nil
	case h == nil:
		return Outcome{What: NotReady}, nil
	case block || !m.rules.fastPath || !h.empty():
	case !h.closed:
		return Outcome{What: NotReady}, nil
	case m.rules.fastClosed:
		return Outcome{What: Proceeded}, nil
	}
	m.acquire(h)
	v, ok, what := m.recvNow(h)
	if what == NotReady && block {
		m.enqueue(&h.recvq, &gp.own, h, 0)
		m.releaseLock(h)
		m.park(gp, RecvVerb, h)
		return Outcome{What: Parked}, nil
	}
	m.releaseLock(h)
	m.readied()
	return Outcome{What: what, OK: ok, Value: v}, nil
}

// recvNow receives if that is possible without waiting. Closing a channel empties its
// sendq, which need not be examined then.
func (m *Chans) recvNow(c *hchan) (v int64, ok bool, what What) {
	if c.dataqsiz == 0 || !m.rules.barging {
		if s := c.sendq.dequeue(); s != nil {
			v, what = m.recvFrom(c, s)
			return v, true, what
		}
	}
	if c.qcount > 0 {
		if m.trace != nil {
			m.slot(Take, c, c.recvx, c.buf[c.recvx])
		}
		v = c.take()
		if m.rules.barging {
			m.ping(&c.sendq)
		}
		return v, true, Proceeded
	}
	if c.closed {
		return 0, false, Proceeded
	}
	return 0, false, NotReady
}

// recvFrom receives while a sender waits: from the sender itself if there is no
// buffer. Otherwise the buffer is full; its head is received, and the sender's value
// goes to the tail, which is the same slot.
func (m *Chans) recvFrom(c *hchan, s *sudog) (v int64, what What) {
	s.success = true
	if c.dataqsiz == 0 {
		if m.trace != nil {
			m.meets(Hand, s.g, c, s.elem)
		}
		m.goready(s, s)
		return s.elem, Handed
	}
	if m.trace != nil {
		m.slot(Take, c, c.recvx, c.buf[c.recvx])
		m.slot(Put, c, c.recvx, s.elem)
	}
	v = c.take()
	c.put(s.elem)
	m.goready(s, s)
	return v, Proceeded
}
