package locks

import "github.com/orrery-go/orrery/crash"

// A notifyList is runtime/sema.go's: waiters take tickets in order, and are
// notified in the order of their tickets. Up to Go 1.6 it was a queue without
// tickets (syncSema), which is the same as long as no goroutine yields in between.
type notifyList struct {
	wait   uint32 // the next ticket
	notify uint32 // the next to be notified
	head   *goroutine
	tail   *goroutine
}

// less compares tickets that may have wrapped around.
func less(a, b uint32) bool { return int32(a-b) < 0 }

func (m *Locks) condWait(g G, id ID) (Outcome, error) {
	gp, c := m.acting(g), m.is(id, Cond)
	if gp == nil || c == nil {
		return m.refuse(g, id, WaitGroup, Cond)
	}
	m.begin(gp, WaitVerb, c)
	if !c.check() {
		return Outcome{What: Panicked}, Copied
	}
	gp.ticket = c.notify.wait
	c.notify.wait++
	yield, misused := m.unlockL(gp, c)
	switch {
	case misused != nil:
		c.misused = true
		return m.misuse(c.l, misused)
	case yield:
		return Outcome{What: Yielded}, nil
	}
	return m.notifyWait(gp, c)
}

func (m *Locks) unlockL(gp *goroutine, c *object) (yield bool, misused *crash.Error) {
	switch {
	case c.rlocker:
		if !m.runlock(c.l) {
			return false, RUnlockOfUnlocked
		}
		return false, nil
	case c.l.kind == RWMutex:
		return m.wunlock(gp, c.l)
	}
	yield, ok := m.unlock(gp, c.l, &c.l.mu)
	if !ok {
		return false, UnlockOfUnlocked
	}
	return yield, nil
}

// lockL locks L again, as any other goroutine would.
func (m *Locks) lockL(gp *goroutine, c *object) (Outcome, error) {
	switch {
	case c.rlocker:
		return m.ends(m.rlock(gp, c.l))
	case c.l.kind == RWMutex:
		return m.ends(m.wlock(gp, c.l))
	}
	return m.ends(m.lock(gp, &c.l.mu))
}

// notifyWait parks the goroutine unless its ticket was notified already.
func (m *Locks) notifyWait(gp *goroutine, c *object) (Outcome, error) {
	l := &c.notify
	if less(gp.ticket, l.notify) {
		return m.lockL(gp, c)
	}
	if l.tail == nil {
		l.head = gp
	} else {
		l.tail.next = gp
	}
	l.tail = gp
	gp.at = inNotify
	m.park(gp)
	return Outcome{What: Parked}, nil
}

// Signal readies the goroutine that has waited longest for the condition variable. That
// goroutine then locks L like any other.
func (m *Locks) Signal(g G, id ID) (Outcome, error) {
	return m.notify(g, id, SignalVerb)
}

// Broadcast readies all waiting goroutines, in the order in which they came.
func (m *Locks) Broadcast(g G, id ID) (Outcome, error) {
	return m.notify(g, id, BroadcastVerb)
}

func (m *Locks) notify(g G, id ID, verb Verb) (Outcome, error) {
	gp, c := m.acting(g), m.is(id, Cond)
	if gp == nil || c == nil {
		return m.refuse(g, id, Cond)
	}
	m.begin(gp, verb, c)
	if !c.check() {
		return Outcome{What: Panicked}, Copied
	}
	l := &c.notify
	if verb == BroadcastVerb {
		l.notify = l.wait
		s := l.head
		l.head, l.tail = nil, nil
		for s != nil {
			next := s.next
			s.next = nil
			m.goready(s)
			s = next
		}
		return Outcome{}, nil
	}
	if l.notify == l.wait {
		return Outcome{}, nil
	}
	t := l.notify
	l.notify++
	var prev *goroutine
	for s := l.head; s != nil; prev, s = s, s.next {
		if s.ticket != t {
			continue
		}
		if prev == nil {
			l.head = s.next
		} else {
			prev.next = s.next
		}
		if s.next == nil {
			l.tail = prev
		}
		s.next = nil
		m.goready(s)
		break
	}
	return Outcome{}, nil
}

// check is the copyChecker: a Cond remembers where it was first used.
func (c *object) check() bool {
	if c.checker == nil {
		c.checker = c
	}
	return c.checker == c
}
