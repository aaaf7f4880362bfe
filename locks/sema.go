package locks

// A sema is the runtime's semaphore (runtime/sema.go): a number, and a queue at its
// address of the goroutines that wait for it to be above 0.
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
// have taken the unit since, and then it waits again, at the same end of the queue
// as before.
func (m *Locks) semawake(gp *goroutine) bool {
	s := gp.sema
	if gp.granted || s.cansemacquire() {
		gp.granted, gp.sema = false, nil
		return true
	}
	m.queue(gp, s)
	return false
}

// semrelease gives a unit back and wakes the first waiter. With handoff the waiter
// gets the unit, and semrelease reports whether the caller has to yield to it.
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

// Release returns a unit back: runtime_Semrelease. The number wraps around after
// 2^32-1.
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

// goready makes the goroutine runnable. On a real P it becomes runnext.
func (m *Locks) goready(gp *goroutine) {
	gp.status = runnable
	m.ready = append(m.ready, gp.id)
	if m.trace != nil {
		m.event(Event{Kind: Ready, G: gp.id, ID: gp.obj.id})
	}
}

// goyield makes the goroutine runnable, to run after all others that are.
func (m *Locks) goyield(gp *goroutine) {
	gp.status, gp.at = runnable, yielded
	if m.trace != nil {
		m.event(Event{Kind: Yield, G: gp.id, ID: gp.obj.id})
	}
}
