package chanq

import "fmt"

// Resume runs a goroutine that was woken: it performs the rest of the operation in which
// the goroutine parked, and returns its outcome. It returns [SendOnClosed] for a sender
// that was woken by a close. Up to Go 1.5 the goroutine may find that another was faster,
// and is [Parked] again. It returns another error if the goroutine is unknown or was not
// woken.
func (m *Chans) Resume(g G) (Outcome, error) {
	if uint(g) >= uint(len(m.gs)) || g == 0 || m.gs[g].status != runnable || m.calling {
		return m.refuse(m.notRunnable(g))
	}
	gp := m.gs[g]
	m.ready = m.ready[:0]
	gp.status = running
	if m.trace != nil {
		m.meets(Woken, gp, gp.on, 0)
	}
	s := gp.param
	switch gp.op {
	case SelectVerb:
		return m.selectWoken(gp, s)
	case SendVerb:
		switch {
		case s == nil:
			return m.chansend(g, gp.on.number, gp.own.elem, true)
		case s.success:
			return Outcome{What: through(s.c)}, nil
		}
		return Outcome{What: Panicked}, m.panics(SendOnClosed)
	}
	switch {
	case s == nil:
		return m.chanrecv(g, gp.on.number, true)
	case s.success:
		return Outcome{What: Handed, OK: true, Value: s.elem}, nil
	}
	return Outcome{What: Proceeded}, nil
}

// through reports how the value of a waiting sender is received: through the buffer or
// directly.
func through(c *hchan) What {
	if c.dataqsiz > 0 {
		return Proceeded
	}
	return Handed
}

func (m *Chans) notRunnable(g G) error {
	gp, err := m.goroutine(g)
	if err != nil {
		return err
	}
	if m.calling {
		return errBusy
	}
	if gp.status == waiting {
		return fmt.Errorf("chanq: goroutine %d still waits (%s): nothing has woken it", g, gp.reason())
	}
	return fmt.Errorf("chanq: goroutine %d does not wait: there is nothing to resume", g)
}
