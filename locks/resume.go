package locks

import "fmt"

// Resume lets a goroutine that was woken, or that has yielded, go on with its
// operation, and returns its outcome. A goroutine that was woken for a mutex may
// find that another was faster, and is [Parked] again; [Handed] says that it was
// given the mutex in starvation mode. Resume returns an error if the goroutine is
// unknown or not runnable.
func (m *Locks) Resume(g G) (Outcome, error) {
	m.ready = m.ready[:0]
	if uint(g) >= uint(len(m.gs)) || g == 0 || m.gs[g].status != runnable || m.calling {
		return Outcome{}, m.notRunnable(g)
	}
	gp := m.gs[g]
	gp.status = running
	if m.trace != nil {
		m.event(Event{Kind: Woken, G: gp.id, ID: gp.obj.id})
	}
	switch gp.at {
	case inMutex:
		handed := gp.granted
		if !m.lockWoken(gp) {
			return Outcome{What: Parked}, nil
		}
		o, err := m.mutexLocked(gp)
		if handed && o.What == Proceeded {
			o.What = Handed
		}
		return o, err
	case inGroup:
		if !m.semawake(gp) {
			return Outcome{What: Parked}, nil
		}
		return m.waited(gp.obj)
	case inNotify:
		return m.lockL(gp, gp.obj)
	case yielded:
		if gp.op == WaitVerb {
			return m.notifyWait(gp, gp.obj)
		}
		return Outcome{}, nil
	}
	return m.ends(m.semawake(gp))
}

// mutexLocked goes on with the operation for which the goroutine needed the mutex.
func (m *Locks) mutexLocked(gp *goroutine) (Outcome, error) {
	o := gp.obj
	switch {
	case o.kind == Once:
		return m.onceLocked(gp, o)
	case o.kind == Cond:
		o = o.l
	}
	if o.kind == RWMutex {
		return m.ends(m.wlocked(gp, o))
	}
	return Outcome{}, nil
}

// begin records the operation that the goroutine begins.
func (m *Locks) begin(gp *goroutine, v Verb, o *object) {
	m.ready = m.ready[:0]
	gp.op, gp.obj = v, o
}

// ends returns the outcome of an operation that is done, or else has parked.
func (m *Locks) ends(done bool) (Outcome, error) {
	if !done {
		return Outcome{What: Parked}, nil
	}
	return Outcome{}, nil
}

func (m *Locks) notRunnable(g G) error {
	gp, err := m.goroutine(g)
	switch {
	case err != nil:
		return err
	case m.calling:
		return errBusy
	case gp.status == dead:
		return m.notActing(g)
	case gp.status == waiting:
		return fmt.Errorf("locks: goroutine %d still waits (%s): nothing has woken it", g, gp.reason())
	}
	return fmt.Errorf("locks: goroutine %d does not wait: there is nothing to resume", g)
}
