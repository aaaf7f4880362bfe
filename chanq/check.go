package chanq

import "fmt"

// Check returns an error if an invariant of the runtime's channels is broken. As one
// goroutine acts at a time, the invariants hold between any two operations.
func (m *Chans) Check() error {
	if len(m.chans) == 0 {
		return errZero
	}
	queued := make([]int, len(m.gs))
	for _, c := range m.chans[1:] {
		if err := m.checkChan(c, queued); err != nil {
			return fmt.Errorf("chanq: channel %d: %w", c.number, err)
		}
	}
	for _, g := range m.gs[1:] {
		if n := queued[g.id]; g.status == running && n > 0 {
			return fmt.Errorf("chanq: goroutine %d runs, and is in %d queues", g.id, n)
		} else if want := g.queues(); g.status == waiting && n != want {
			return fmt.Errorf("chanq: goroutine %d waits in %d queues, not in %d", g.id, n, want)
		}
	}
	return nil
}

// queues counts the queues that a waiting goroutine is in.
func (g *goroutine) queues() int {
	switch {
	case g.op == SelectVerb:
		return len(g.sel.pollorder)
	case g.on == nil:
		return 0
	}
	return 1
}

func (m *Chans) checkChan(c *hchan, queued []int) error {
	live := map[bool]int{} // waiters that no other case has woken
	for _, send := range []bool{false, true} {
		var last *sudog
		for s := c.queue(send).first; s != nil; s = s.next {
			if s.prev != last || !s.queued || s.c != c {
				return fmt.Errorf("a queue is not linked both ways at goroutine %d", s.g.id)
			}
			last = s
			queued[s.g.id]++
			if !s.isSelect || !s.g.sel.done {
				live[send]++
			}
		}
		if c.queue(send).last != last {
			return fmt.Errorf("a queue's last is not its last")
		}
	}
	buffered := c.dataqsiz > 0
	switch recvs, sends := live[false], live[true]; {
	case c.lock:
		return fmt.Errorf("its lock is held")
	case c.qcount < 0 || c.qcount > c.dataqsiz:
		return fmt.Errorf("qcount %d out of range [0,%d]", c.qcount, c.dataqsiz)
	case buffered && (c.recvx+c.qcount)%c.dataqsiz != c.sendx:
		return fmt.Errorf("recvx %d and qcount %d do not give sendx %d", c.recvx, c.qcount, c.sendx)
	case c.closed && recvs+sends > 0:
		return fmt.Errorf("closed, and %d wait", recvs+sends)
	case m.rules.barging && buffered:
		return nil // until a woken goroutine runs, a value or a slot may be there while another waits for it
	case recvs > 0 && sends > 0 && !m.onlySelects(c):
		return fmt.Errorf("%d wait to receive, and %d to send", recvs, sends)
	case recvs > 0 && c.qcount > 0:
		return fmt.Errorf("%d wait to receive, and %d values are there", recvs, c.qcount)
	case sends > 0 && c.qcount < c.dataqsiz:
		return fmt.Errorf("%d wait to send, and %d slots are free", sends, c.dataqsiz-c.qcount)
	}
	return nil
}

// onlySelects reports whether all waiters, receivers and senders, are one goroutine
// in a select of both.
func (m *Chans) onlySelects(c *hchan) bool {
	var only *goroutine
	for _, send := range []bool{false, true} {
		for s := c.queue(send).first; s != nil; s = s.next {
			if s.isSelect && s.g.sel.done {
				continue
			}
			if only != nil && only != s.g {
				return false
			}
			only = s.g
		}
	}
	return true
}
