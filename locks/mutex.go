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
	owner G // the goroutine that locked it last; a real mutex does not know it
}

// The bits of a mutex's state. The number of waiters is above them, from bit
// [Rules.WaiterShift] on: before Go 1.9 that is bit 2, as there is no starving bit.
const (
	MutexLocked   = 1
	MutexWoken    = 2
	MutexStarving = 4
)

// starvationThreshold is starvationThresholdNs of internal/sync/mutex.go.
const starvationThreshold = time.Millisecond

// Lock locks a mutex, or a reader/writer mutex for writing. If another goroutine
// holds it, goroutine g is [Parked]. It returns an error if id is of another kind.
func (m *Locks) Lock(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, Mutex)
	if gp == nil || o == nil {
		return m.lockOther(g, id)
	}
	m.begin(gp, LockVerb, o)
	return m.ends(m.lock(gp, &o.mu))
}

// Unlock unlocks a mutex, or a reader/writer mutex that is locked for writing. The
// goroutine that has waited longest becomes ready. It does not hold the mutex yet, but
// competes for it. Only in starvation mode it holds the mutex, and since Go 1.14 the
// unlocking goroutine is then [Yielded]. Unlock returns [UnlockOfUnlocked] if the mutex
// is not locked.
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

// TryLock locks the mutex if that is possible at once; otherwise the outcome is
// [NotReady]. It returns an error before Go 1.18, which has no TryLock.
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

// lock reports whether the goroutine has the mutex now. If not, it is parked.
func (m *Locks) lock(gp *goroutine, mu *mutex) bool {
	if mu.state == 0 {
		m.set(gp, mu, MutexLocked)
		mu.owner = gp.id
		return true
	}
	gp.mu, gp.waited, gp.starving = mu, false, false
	return m.lockSlow(gp, mu, false)
}

// lockSlow is the loop of internal/sync/mutex.go:lockSlow, without the spinning: on
// one P the holder cannot run meanwhile. One round is one compare-and-swap, which
// here cannot fail. awoke says that the goroutine was woken.
func (m *Locks) lockSlow(gp *goroutine, mu *mutex, awoke bool) bool {
	waiter := int32(1) << m.rules.waiterShift
	for {
		old := mu.state
		new := old
		starvingNow := old & m.rules.starvingBit
		if starvingNow == 0 {
			// A starving mutex belongs to the first waiter even while the locked
			// bit is clear, so a goroutine that arrives must not try to take it.
			new |= MutexLocked
		}
		if old&MutexLocked != 0 || starvingNow != 0 {
			// The goroutine will wait. A woken goroutine counts itself again,
			// since Unlock took it off the count when it woke it.
			new += waiter
		}
		if gp.starving && old&MutexLocked != 0 {
			// If the mutex is free, the goroutine takes it in this round and
			// starves no longer. The bit must not be set without a waiter,
			// which is the next to get a starving mutex.
			new |= m.rules.starvingBit
		}
		if awoke {
			// The bit keeps Unlock from waking a second waiter. Whether this one
			// now takes the mutex or waits again, it is no longer on its way.
			new &^= MutexWoken
		}
		m.set(gp, mu, new)
		if old&MutexLocked == 0 && starvingNow == 0 {
			mu.owner = gp.id
			return true
		}
		// A goroutine that has waited before goes to the front, or each lost race
		// would cost it its place.
		lifo := gp.waited && m.rules.lifo
		if !gp.waited {
			// The time of all its waits counts, so only the first one sets it.
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

// lockWoken goes on with lockSlow at the place where it was parked.
func (m *Locks) lockWoken(gp *goroutine) bool {
	if !m.semawake(gp) {
		return false
	}
	return m.handedOver(gp, gp.mu) || m.lockSlow(gp, gp.mu, true)
}

// handedOver is the part of lockSlow after it has got a unit of the semaphore. It
// reports whether the mutex came with the unit, as it does in starvation mode.
func (m *Locks) handedOver(gp *goroutine, mu *mutex) bool {
	if m.rules.starvingBit == 0 {
		return false
	}
	// Only the next round of lockSlow sets the bit: if the goroutine wins there, its
	// long wait needs no other mode.
	gp.starving = gp.starving || m.waitedLong(gp)
	if mu.state&MutexStarving == 0 {
		return false
	}
	// Unlock left the locked bit clear and this goroutine in the count of waiters,
	// as the starving bit alone kept all others out. Both are put right here.
	waiter := int32(1) << m.rules.waiterShift
	delta := MutexLocked - waiter
	if !gp.starving || mu.state>>m.rules.waiterShift == 1 {
		// Starvation mode is slow, a goroutine switch for each Unlock, and two
		// goroutines could keep each other in it forever. So it ends with the
		// first waiter that has not waited long; and with the last, since a
		// starving mutex must have a waiter.
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

// unlock returns false for ok if mu was not locked. If yield is set, the goroutine has
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
		// Hand the mutex over. The locked bit stays clear until the waiter sets it;
		// the starving bit keeps other goroutines out until then. The yield lets
		// the waiter run at once.
		if yield = m.semrelease(&mu.sema, true); yield {
			m.goyield(gp)
		}
		return yield, true
	}
	if new>>m.rules.waiterShift == 0 || new&(MutexLocked|MutexWoken) != 0 {
		// There is no waiter, or one is on its way already and will compete for the
		// mutex: waking a second one would only make it lose.
		return false, true
	}
	// The woken bit is the right to wake a waiter. It is set before the waiter runs,
	// so that no other Unlock wakes one meanwhile.
	m.set(gp, mu, (new-1<<m.rules.waiterShift)|MutexWoken)
	m.semrelease(&mu.sema, false)
	return false, true
}

// set changes the state word.
func (m *Locks) set(gp *goroutine, mu *mutex, state int32) {
	old := mu.state
	mu.state = state // before the event: a Trace may look at it
	if m.trace != nil {
		m.event(Event{Kind: State, G: gp.id, ID: gp.obj.id, From: old, To: state})
	}
}
