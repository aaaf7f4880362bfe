package chanq

// Recv is v, ok := <-c by goroutine g. On Nil it parks for ever. An unknown
// channel or goroutine, and a goroutine that waits or has yet to resume, is an
// error.
func (m *Chans) Recv(g G, c Chan) (Outcome, error) { return m.tryRecv(g, c, true) }

// TryRecv is select { case v, ok = <-c: default: }: a [Recv] that does not wait.
func (m *Chans) TryRecv(g G, c Chan) (Outcome, error) { return m.tryRecv(g, c, false) }

func (m *Chans) tryRecv(g G, c Chan, block bool) (Outcome, error) {
	gp := m.acting(g)
	if gp == nil {
		return Outcome{}, m.notActing(g)
	}
	if !m.has(c) {
		return Outcome{}, m.noChannel(c)
	}
	m.ready = m.ready[:0]
	h := m.chans[c]
	if h == nil && block {
		m.park(gp, RecvVerb, nil)
		return Outcome{What: Parked}, nil
	}
	if h == nil {
		return Outcome{What: NotReady}, nil
	}
	v, ok, what := m.chanrecv(gp, h, block)
	return Outcome{What: what, OK: ok, Value: v}, nil
}

// chanrecv is runtime/chan.go:chanrecv.
func (m *Chans) chanrecv(gp *goroutine, c *hchan, block bool) (v int64, ok bool, what What) {
	if !block && !c.closed && c.empty() {
		return 0, false, NotReady
	}
	m.acquire(c)
	if v, ok, what = m.recvNow(c); what != NotReady {
		m.releaseLock(c)
		m.readied()
		return v, ok, what
	}
	if !block {
		m.releaseLock(c)
		return 0, false, NotReady
	}
	m.enqueue(&c.recvq, &gp.own, c, 0)
	m.releaseLock(c)
	m.park(gp, RecvVerb, c)
	return 0, false, Parked
}

// recvNow receives if that is possible without waiting. Who waits to send is
// gone from a closed channel, so its sendq need not be asked about.
func (m *Chans) recvNow(c *hchan) (v int64, ok bool, what What) {
	if c.dataqsiz == 0 || !m.rules.barging {
		if s := c.sendq.dequeue(); s != nil {
			v, what = m.recvFrom(c, s)
			return v, true, what
		}
	}
	if c.qcount > 0 {
		v = m.take(c)
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
// buffer. Else the buffer is full, its head is received, and the sender's value
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
	v = m.take(c)
	m.put(c, s.elem)
	m.goready(s, s)
	return v, Proceeded
}
