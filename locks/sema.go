package locks

// A sema is the runtime's semaphore (runtime/sema.go): a number, and at its
// address those who wait for it to be above 0.
type sema struct {
	value      uint32
	head, tail *goroutine
}

// semacquire takes a unit and reports true, or parks the goroutine. A lifo
// waiter goes to the front of the queue.
func (m *Locks) semacquire(gp *goroutine, s *sema, at step, lifo bool) bool {
	gp.at, gp.sema, gp.lifo = at, s, lifo
	if s.cansemacquire() {
		gp.sema = nil
		return true
	}
	m.queue(gp, s)
	return false
}

func (s *sema) cansemacquire() bool {
	if s.value == 0 {
		return false
	}
	s.value--
	return true
}

func (m *Locks) queue(gp *goroutine, s *sema) {
	switch {
	case s.head == nil:
		s.head, s.tail = gp, gp
	case gp.lifo:
		gp.next = s.head
		s.head = gp
	default:
		s.tail.next = gp
		s.tail = gp
	}
	if m.trace != nil {
		m.event(Event{Kind: Enqueue, G: gp.id, ID: gp.obj.id, Front: gp.lifo})
	}
	m.park(gp)
}

// semawake is the loop of semacquire1 after the goroutine was woken: another may
// have taken the unit since, and then it waits again, at the end where it was
// put before.
func (m *Locks) semawake(gp *goroutine) bool {
	s := gp.sema
	if gp.granted || s.cansemacquire() {
		gp.granted, gp.sema = false, nil
		return true
	}
	m.queue(gp, s)
	return false
}

// semrelease gives a unit back and wakes the first who waits. With handoff the
// unit is that one's, and the caller may have to yield to it, which is the
// result.
func (m *Locks) semrelease(s *sema, handoff bool) (yield bool) {
	s.value++
	gp := s.head
	if gp == nil {
		return false
	}
	s.head = gp.next
	if s.head == nil {
		s.tail = nil
	}
	gp.next = nil
	if handoff && s.cansemacquire() {
		gp.granted = true
	}
	m.goready(gp)
	return gp.granted && m.rules.directHandoff
}

// Acquire takes a unit of a semaphore: runtime_Semacquire.
func (m *Locks) Acquire(g G, s ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(s, Sema)
	if gp == nil || o == nil {
		return m.refuse(g, s, Sema)
	}
	m.begin(gp, AcquireVerb, o)
	return m.ends(m.semacquire(gp, &o.sema, inSema, false))
}

// Release gives one back: runtime_Semrelease. More than 2^32-1 wrap around.
func (m *Locks) Release(g G, s ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(s, Sema)
	if gp == nil || o == nil {
		return m.refuse(g, s, Sema)
	}
	m.begin(gp, ReleaseVerb, o)
	m.semrelease(&o.sema, false)
	return Outcome{}, nil
}

func (m *Locks) park(gp *goroutine) {
	gp.status = waiting
	if m.trace != nil {
		m.event(Event{Kind: Park, G: gp.id, ID: gp.obj.id})
	}
}

// goready makes it runnable. On the real P it takes the place of runnext.
func (m *Locks) goready(gp *goroutine) {
	gp.status = runnable
	m.ready = append(m.ready, gp.id)
	if m.trace != nil {
		m.event(Event{Kind: Ready, G: gp.id, ID: gp.obj.id})
	}
}

// goyield puts the goroutine behind all others that are runnable.
func (m *Locks) goyield(gp *goroutine) {
	gp.status, gp.at = runnable, yielded
	if m.trace != nil {
		m.event(Event{Kind: Yield, G: gp.id, ID: gp.obj.id})
	}
}
