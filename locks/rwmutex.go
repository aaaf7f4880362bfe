package locks

import "github.com/orrery-go/orrery/crash"

// rwmutexMaxReaders is the number that a writer subtracts from readerCount, which is
// negative while it waits or writes.
const rwmutexMaxReaders = 1 << 30

// RLock locks a reader/writer mutex for reading. While a writer holds it, or
// waits for it, the goroutine is [Parked].
func (m *Locks) RLock(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, RWMutex)
	if gp == nil || o == nil {
		return m.refuse(g, id, RWMutex)
	}
	m.begin(gp, RLockVerb, o)
	return m.ends(m.rlock(gp, o))
}

func (m *Locks) rlock(gp *goroutine, rw *object) bool {
	rw.readerCount++
	return rw.readerCount >= 0 || m.semacquire(gp, &rw.readerSem, inReader, false)
}

// TryRLock locks the mutex for reading if no writer holds it or waits; otherwise the
// outcome is [NotReady]. It returns an error before Go 1.18, which has no TryRLock.
func (m *Locks) TryRLock(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, RWMutex)
	if gp == nil || o == nil {
		return m.refuse(g, id, RWMutex)
	}
	if !m.rules.tryLock {
		return m.noTryLock("RWMutex.TryRLock")
	}
	m.begin(gp, TryRLockVerb, o)
	if o.readerCount < 0 {
		return Outcome{What: NotReady}, nil
	}
	o.readerCount++
	return Outcome{OK: true}, nil
}

// RUnlock undoes one RLock. The last reader that a writer waits for makes the writer
// ready. RUnlock returns [RUnlockOfUnlocked] if no goroutine reads; up to Go 1.3
// that goes unnoticed.
func (m *Locks) RUnlock(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, RWMutex)
	if gp == nil || o == nil {
		return m.refuse(g, id, RWMutex)
	}
	m.begin(gp, RUnlockVerb, o)
	if !m.runlock(o) {
		return m.misuse(o, RUnlockOfUnlocked)
	}
	return Outcome{}, nil
}

func (m *Locks) runlock(rw *object) (ok bool) {
	rw.readerCount--
	r := rw.readerCount
	if r >= 0 {
		return true
	}
	if r+1 == 0 || r+1 == -rwmutexMaxReaders {
		rw.misused = true
		if m.rules.checksReaders {
			return false
		}
	}
	rw.readerWait--
	if rw.readerWait < 0 {
		rw.misused = true // by a goroutine that was not a reader, while readers wait
	}
	if rw.readerWait == 0 {
		m.semrelease(&rw.writerSem, false)
	}
	return true
}

func (m *Locks) lockOther(g G, id ID) (Outcome, error) {
	gp, rw := m.acting(g), m.is(id, RWMutex)
	if gp == nil || rw == nil {
		return m.refuse(g, id, Mutex, RWMutex)
	}
	m.begin(gp, LockVerb, rw)
	return m.ends(m.wlock(gp, rw))
}

// wlock first keeps other writers out, then announces itself to the readers,
// then waits for those that were there before.
func (m *Locks) wlock(gp *goroutine, rw *object) bool {
	return m.lock(gp, &rw.mu) && m.wlocked(gp, rw)
}

// wlocked is the rest of Lock, after it has locked the inner mutex.
func (m *Locks) wlocked(gp *goroutine, rw *object) bool {
	r := rw.readerCount
	rw.readerCount -= rwmutexMaxReaders
	if r == 0 {
		return true
	}
	rw.readerWait += r
	return rw.readerWait == 0 || m.semacquire(gp, &rw.writerSem, inWriter, false)
}

func (m *Locks) tryLockOther(g G, id ID) (Outcome, error) {
	gp, rw := m.acting(g), m.is(id, RWMutex)
	if gp == nil || rw == nil {
		return m.refuse(g, id, Mutex, RWMutex)
	}
	if !m.rules.tryLock {
		return m.noTryLock("RWMutex.TryLock")
	}
	m.begin(gp, TryLockVerb, rw)
	if !m.tryLock(gp, &rw.mu) {
		return Outcome{What: NotReady}, nil
	}
	if rw.readerCount != 0 {
		m.unlock(gp, rw, &rw.mu) // this may wake a waiter: the mutex was free, but others may want it
		return Outcome{What: NotReady}, nil
	}
	rw.readerCount = -rwmutexMaxReaders
	return Outcome{OK: true}, nil
}

func (m *Locks) unlockOther(g G, id ID) (Outcome, error) {
	gp, rw := m.acting(g), m.is(id, RWMutex)
	if gp == nil || rw == nil {
		return m.refuse(g, id, Mutex, RWMutex)
	}
	m.begin(gp, UnlockVerb, rw)
	yield, misused := m.wunlock(gp, rw)
	switch {
	case misused != nil:
		return m.misuse(rw, misused)
	case yield:
		return Outcome{What: Yielded}, nil
	}
	return Outcome{}, nil
}

// wunlock first lets in all waiting readers, and then other writers.
func (m *Locks) wunlock(gp *goroutine, rw *object) (yield bool, misused *crash.Error) {
	rw.readerCount += rwmutexMaxReaders
	r := rw.readerCount
	if r >= rwmutexMaxReaders {
		rw.misused = true
		if m.rules.checksReaders {
			return false, WUnlockOfUnlocked
		}
	}
	for range min(int(r), len(m.gs)) {
		m.semrelease(&rw.readerSem, false)
	}
	yield, ok := m.unlock(gp, rw, &rw.mu)
	if !ok {
		return false, UnlockOfUnlocked
	}
	return yield, nil
}
