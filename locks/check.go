package locks

import "fmt"

// Check returns an error if an invariant is broken. Few invariants hold for a lock
// that was misused or is a copy, and little of it is checked.
func (m *Locks) Check() error {
	if len(m.gs) == 0 {
		return errZero
	}
	queued := make([]int, len(m.gs))
	for _, o := range m.objects[1:] {
		if err := m.checkObject(o, queued); err != nil {
			return fmt.Errorf("locks: %v %d: %w", o.kind, o.id, err)
		}
	}
	for _, gp := range m.gs[1:] {
		want := 0
		if gp.status == waiting {
			want = 1
		}
		if queued[gp.id] != want && m.crashed == nil {
			return fmt.Errorf("locks: goroutine %d is %s and in %d queues", gp.id, statuses[gp.status], queued[gp.id])
		}
	}
	return nil
}

func (m *Locks) checkObject(o *object, queued []int) error {
	for _, s := range o.semas() {
		var last *goroutine
		for gp := s.head; gp != nil; gp = gp.next {
			queued[gp.id]++
			if last = gp; queued[gp.id] > len(m.gs) || gp.sema != s {
				return fmt.Errorf("goroutine %d is not where its queue says", gp.id)
			}
		}
		if s.tail != last {
			return fmt.Errorf("a queue's tail is not its last")
		}
	}
	for gp := o.notify.head; gp != nil; gp = gp.next {
		if queued[gp.id]++; queued[gp.id] > len(m.gs) {
			return fmt.Errorf("goroutine %d is not where its queue says", gp.id)
		}
		if less(gp.ticket, o.notify.notify) {
			return fmt.Errorf("goroutine %d waits with ticket %d, and %d is next", gp.id, gp.ticket, o.notify.notify)
		}
	}
	if o.misused || m.crashed != nil {
		return nil
	}
	if err := m.checkMutex(&o.mu); err != nil {
		return err
	}
	switch o.kind {
	case RWMutex:
		writing := o.readerCount < 0
		if o.readerCount < -rwmutexMaxReaders || o.readerWait < 0 || o.readerWait > 0 && !writing {
			return fmt.Errorf("readerCount %d, readerWait %d", o.readerCount, o.readerWait)
		}
		if writing && !m.held(&o.mu) {
			return fmt.Errorf("readerCount %d without the writers' mutex", o.readerCount)
		}
	case WaitGroup:
		if o.counter < 0 {
			return fmt.Errorf("counter %d", o.counter)
		}
	case Sema:
		if o.sema.value > 0 && o.sema.head != nil && m.onTheWay(&o.sema) == 0 {
			return fmt.Errorf("%d units are free, and goroutine %d waits", o.sema.value, o.sema.head.id)
		}
	}
	return nil
}

// checkMutex checks that no wake-up is lost: the number of waiters in the word is
// that of the goroutines that wait or were woken, less one that was woken in normal
// mode; the semaphore has a unit exactly if a goroutine may take the mutex with it,
// and then a woken goroutine is on its way to take it.
//
// The semaphore can have a unit in starvation mode, too: the mutex was handed over
// while the queue was empty, since the waiter that should have it had been woken
// before, and another goroutine was faster.
func (m *Locks) checkMutex(mu *mutex) error {
	waiters := mu.state >> m.rules.waiterShift
	locked := mu.state&MutexLocked != 0
	starving := mu.state&m.rules.starvingBit != 0
	woken := mu.state&MutexWoken != 0
	onTheWay := m.onTheWay(&mu.sema)
	wait := int32(onTheWay)
	for gp := mu.sema.head; gp != nil; gp = gp.next {
		wait++
	}
	if woken {
		wait--
	}
	units := woken || starving && !locked && !m.granted(mu)
	text := describe(mu.state, m.rules.waiterShift)
	switch {
	case waiters != wait:
		return fmt.Errorf("%s, and %d goroutines wait", text, wait)
	case mu.sema.value > 1 || units != (mu.sema.value == 1):
		return fmt.Errorf("%s, with %d units of its semaphore", text, mu.sema.value)
	case starving && (waiters == 0 || woken):
		return fmt.Errorf("%s", text)
	case !locked && waiters > 0 && onTheWay == 0:
		return fmt.Errorf("%s, and nobody was woken", text)
	}
	return nil
}

// held reports whether some goroutine has the mutex, or is about to get it.
func (m *Locks) held(mu *mutex) bool { return mu.state&(MutexLocked|m.rules.starvingBit) != 0 }

func (m *Locks) granted(mu *mutex) bool {
	for _, gp := range m.gs[1:] {
		if gp.sema == &mu.sema && gp.granted {
			return true
		}
	}
	return false
}

// onTheWay counts the goroutines that were woken for the semaphore and have not
// yet run.
func (m *Locks) onTheWay(s *sema) (n int) {
	for _, gp := range m.gs[1:] {
		if gp.sema == s && gp.status == runnable && gp.at != yielded {
			n++
		}
	}
	return n
}
