package chanq

import "fmt"

// Send is c <- v by goroutine g. On Nil it parks forever. It returns [SendOnClosed]
// if the channel is closed. It returns another error if the channel or the goroutine
// is unknown, the goroutine waits or has yet to resume, or the channel belongs to a
// timer.
func (m *Chans) Send(g G, c Chan, v int64) (Outcome, error) { return m.chansend(g, c, v, true) }

// TrySend is select { case c <- v: default: }: a [Send] that does not wait.
func (m *Chans) TrySend(g G, c Chan, v int64) (Outcome, error) { return m.chansend(g, c, v, false) }

// chansend is runtime/chan.go:chansend.
func (m *Chans) chansend(g G, c Chan, v int64, block bool) (Outcome, error) {
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
		m.park(gp, SendVerb, nil)
		return Outcome{What: Parked}, nil
	case h == nil:
		return Outcome{What: NotReady}, nil
	case h.timer != nil:
		return m.refuse(receiveOnly(c))
	case !block && m.rules.fastPath && !h.closed && h.full():
		return Outcome{What: NotReady}, nil
	}
	m.acquire(h)
	if h.closed {
		m.releaseLock(h)
		return Outcome{What: Panicked}, m.panics(SendOnClosed)
	}
	what := m.sendNow(h, v)
	if what == NotReady && block {
		m.enqueue(&h.sendq, &gp.own, h, v)
		m.releaseLock(h)
		m.park(gp, SendVerb, h)
		return Outcome{What: Parked}, nil
	}
	m.releaseLock(h)
	m.readied()
	return Outcome{What: what}, nil
}

func receiveOnly(c Chan) error {
	return fmt.Errorf("chanq: channel %d is a timer's: it can only be received from", c)
}

// sendNow sends if that is possible without waiting. The channel is open.
func (m *Chans) sendNow(c *hchan, v int64) What {
	if c.dataqsiz == 0 || !m.rules.barging {
		if s := c.recvq.dequeue(); s != nil {
			s.elem, s.success = v, true
			if m.trace != nil {
				m.meets(Hand, s.g, c, v)
			}
			m.goready(s, s)
			return Handed
		}
	}
	if c.qcount == c.dataqsiz {
		return NotReady
	}
	if m.trace != nil {
		m.slot(Put, c, c.sendx, v)
	}
	c.put(v)
	if m.rules.barging {
		m.ping(&c.recvq)
	}
	return Proceeded
}

// ping wakes the first waiter, to let it look again.
func (m *Chans) ping(q *waitq) {
	if s := q.dequeue(); s != nil {
		m.goready(s, nil)
	}
}

func (m *Chans) enqueue(q *waitq, s *sudog, c *hchan, v int64) {
	s.c, s.elem = c, v
	q.enqueue(s)
	if m.trace != nil {
		m.meets(Enqueue, s.g, c, v)
	}
}
