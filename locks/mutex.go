package locks

import (
	"fmt"
	"time"
)

// A mutex is internal/sync's: a word of flags with the number of waiters above
// them, and a semaphore.
type mutex struct {
	state int32
	sema  sema
	owner G // who locked it last: the real one does not know
}

// The bits of a mutex's state. Before Go 1.9 there is no starving bit, and the
// number of waiters begins at bit 2; [Rules.WaiterShift] says where.
const (
	MutexLocked   = 1
	MutexWoken    = 2
	MutexStarving = 4
)

// starvationThreshold is starvationThresholdNs of internal/sync/mutex.go.
const starvationThreshold = time.Millisecond

// Lock locks a mutex, or a reader/writer mutex for writing. If another holds it
// the goroutine is [Parked]. Another kind is an error.
func (m *Locks) Lock(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, Mutex)
	if gp == nil || o == nil {
		return m.lockOther(g, id)
	}
	m.begin(gp, LockVerb, o)
	return m.ends(m.lock(gp, &o.mu))
}

// Unlock unlocks a mutex, or a reader/writer mutex that is locked for writing.
// Whoever waited longest is ready then, and does not hold it: it competes. Only
// in starvation mode it does, and since Go 1.14 the unlocking goroutine is
// [Yielded] besides. To unlock what is not locked is [UnlockOfUnlocked].
func (m *Locks) Unlock(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, Mutex)
	if gp == nil || o == nil {
		return m.unlockOther(g, id)
	}
	m.begin(gp, UnlockVerb, o)
	yield, ok := m.unlock(gp, o, &o.mu)
	if !ok {
		return m.misuse(o, UnlockOfUnlocked)
	}
	if yield {
		return Outcome{What: Yielded}, nil
	}
	return Outcome{}, nil
}

// TryLock locks it if that can be done at once, or is [NotReady]. There is none
// before Go 1.18.
func (m *Locks) TryLock(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, Mutex)
	if gp == nil || o == nil {
		return m.tryLockOther(g, id)
	}
	if !m.rules.tryLock {
		return m.noTryLock("Mutex.TryLock")
	}
	m.begin(gp, TryLockVerb, o)
	if !m.tryLock(gp, &o.mu) {
		return Outcome{What: NotReady}, nil
	}
	return Outcome{OK: true}, nil
}

func (m *Locks) noTryLock(name string) (Outcome, error) {
	m.ready = m.ready[:0]
	return Outcome{}, fmt.Errorf("locks: %s has no %s: it came with go1.18", m.release, name)
}

// lock reports whether it is locked now. If not, the goroutine is parked.
func (m *Locks) lock(gp *goroutine, mu *mutex) bool {
	if mu.state == 0 {
		m.set(gp, mu, MutexLocked)
		mu.owner = gp.id
		return true
	}
	gp.mu, gp.waited, gp.starving = mu, false, false
	return m.lockSlow(gp, mu, false)
}

// lockSlow is the loop of that name; awoke says that the goroutine was woken.
func (m *Locks) lockSlow(gp *goroutine, mu *mutex, awoke bool) bool {
	waiter := int32(1) << m.rules.waiterShift
	for {
		old := mu.state
		new := old
		starvingNow := old & m.rules.starvingBit
		if starvingNow == 0 {
			new |= MutexLocked // a starving mutex is not for who just came
		}
		if old&MutexLocked != 0 || starvingNow != 0 {
			new += waiter
		}
		if gp.starving && old&MutexLocked != 0 {
			new |= m.rules.starvingBit
		}
		if awoke {
			new &^= MutexWoken
		}
		m.set(gp, mu, new)
		if old&MutexLocked == 0 && starvingNow == 0 {
			mu.owner = gp.id
			return true
		}
		lifo := gp.waited && m.rules.lifo // who waited before goes to the front
		if !gp.waited {
			gp.waited, gp.waitStartTime = true, m.now
		}
		if !m.semacquire(gp, &mu.sema, inMutex, lifo) {
			return false
		}
		if m.handedOver(gp, mu) {
			return true
		}
		awoke = true
	}
}

// lockWoken is lockSlow from where it was parked.
func (m *Locks) lockWoken(gp *goroutine) bool {
	if !m.semawake(gp) {
		return false
	}
	return m.handedOver(gp, gp.mu) || m.lockSlow(gp, gp.mu, true)
}

// handedOver is what lockSlow does with a unit of the semaphore: in starvation
// mode it comes with the mutex.
func (m *Locks) handedOver(gp *goroutine, mu *mutex) bool {
	if m.rules.starvingBit == 0 {
		return false
	}
	gp.starving = gp.starving || m.waitedLong(gp)
	if mu.state&MutexStarving == 0 {
		return false
	}
	waiter := int32(1) << m.rules.waiterShift
	delta := MutexLocked - waiter
	if !gp.starving || mu.state>>m.rules.waiterShift == 1 {
		delta -= MutexStarving
	}
	m.set(gp, mu, mu.state+delta)
	mu.owner = gp.id
	return true
}

func (m *Locks) waitedLong(gp *goroutine) bool {
	if m.late != nil {
		return m.late(gp)
	}
	return m.now-gp.waitStartTime > starvationThreshold
}

func (m *Locks) tryLock(gp *goroutine, mu *mutex) bool {
	if mu.state&(MutexLocked|MutexStarving) != 0 {
		return false
	}
	m.set(gp, mu, mu.state|MutexLocked)
	mu.owner = gp.id
	return true
}

// unlock is not ok if mu was not locked. If yield is set, the goroutine has
// yielded to the one that has the mutex now.
func (m *Locks) unlock(gp *goroutine, o *object, mu *mutex) (yield, ok bool) {
	new := mu.state - MutexLocked
	m.set(gp, mu, new)
	if new == 0 {
		mu.owner = 0
		return false, true
	}
	if (new+MutexLocked)&MutexLocked == 0 {
		return false, false
	}
	mu.owner = 0
	if new&m.rules.starvingBit != 0 {
		if yield = m.semrelease(&mu.sema, true); yield {
			m.goyield(gp)
		}
		return yield, true
	}
	if new>>m.rules.waiterShift == 0 || new&(MutexLocked|MutexWoken) != 0 {
		return false, true
	}
	m.set(gp, mu, (new-1<<m.rules.waiterShift)|MutexWoken)
	m.semrelease(&mu.sema, false)
	return false, true
}

// set changes the state word.
func (m *Locks) set(gp *goroutine, mu *mutex, state int32) {
	if m.trace != nil {
		m.event(Event{Kind: State, G: gp.id, ID: gp.obj.id, From: mu.state, To: state})
	}
	mu.state = state
}
