package chanq

import "fmt"

// Send is c <- v by goroutine g. On a closed channel it is [SendOnClosed]; on
// Nil it parks for ever. An unknown channel or goroutine, a goroutine that waits
// or has yet to resume, and the channel of a timer is an error.
func (m *Chans) Send(g G, c Chan, v int64) (Outcome, error) { return m.trySend(g, c, v, true) }

// TrySend is select { case c <- v: default: }: a [Send] that does not wait.
func (m *Chans) TrySend(g G, c Chan, v int64) (Outcome, error) { return m.trySend(g, c, v, false) }

func (m *Chans) trySend(g G, c Chan, v int64, block bool) (Outcome, error) {
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
		m.park(gp, SendVerb, nil)
		return Outcome{What: Parked}, nil
	}
	if h == nil {
		return Outcome{What: NotReady}, nil
	}
	if h.timer != nil {
		return Outcome{}, receiveOnly(c)
	}
	what := m.chansend(gp, h, v, block)
	if what == Panicked {
		return Outcome{What: Panicked}, m.panics(SendOnClosed)
	}
	return Outcome{What: what}, nil
}

func receiveOnly(c Chan) error {
	return fmt.Errorf("chanq: channel %d is a timer's: it can only be received from", c)
}

// chansend is runtime/chan.go:chansend, and what it does again when a goroutine
// wakes up to find that someone was faster.
func (m *Chans) chansend(gp *goroutine, c *hchan, v int64, block bool) What {
	if !block && !c.closed && c.full() {
		return NotReady
	}
	m.acquire(c)
	if c.closed {
		m.releaseLock(c)
		return Panicked
	}
	if what := m.sendNow(c, v); what != NotReady {
		m.releaseLock(c)
		m.readied()
		return what
	}
	if !block {
		m.releaseLock(c)
		return NotReady
	}
	m.enqueue(&c.sendq, &gp.own, c, v)
	m.releaseLock(c)
	m.park(gp, SendVerb, c)
	return Parked
}

// sendNow sends if that is possible without waiting. The channel is open.
func (m *Chans) sendNow(c *hchan, v int64) What {
	if c.dataqsiz == 0 || !m.rules.barging {
		if s := c.recvq.dequeue(); s != nil {
			m.hand(s, v)
			return Handed
		}
	}
	if c.qcount == c.dataqsiz {
		return NotReady
	}
	m.put(c, v)
	if m.rules.barging {
		m.ping(&c.recvq)
	}
	return Proceeded
}

// hand gives the value to a goroutine that waits to receive it.
func (m *Chans) hand(s *sudog, v int64) {
	s.elem, s.success = v, true
	if m.trace != nil {
		m.meets(Hand, s.g, s.c, v)
	}
	m.goready(s, s)
}

// ping wakes the first who waits, to let it look again.
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
