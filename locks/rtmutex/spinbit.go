package rtmutex

import "fmt"

func headOf(v uint64) M { return M(v >> mutexMShift) }

func withHead(m M, flags uint64) uint64 { return uint64(m)<<mutexMShift | flags }

// stepSpinbit takes a step of lock2, unlock2 and unlock2Wake of runtime/lock_spinbit.go.
func (l *Mutex) stepSpinbit(m M, t *thread) (Outcome, error) {
	switch t.pc {
	case lockXchg8:
		v := l.swapByte(MutexLocked)
		switch {
		case v&MutexLocked != 0:
			t.pc = lockLoad
		case v&MutexSleeping != 0:
			t.pc = lockOr8
		default:
			return t.acquired(), nil
		}
	case lockOr8:
		// No interleaving leads here: the hint is set only together with the lock,
		// and an unlock clears both. The runtime handles it all the same.
		l.key |= MutexSleeping
		return t.acquired(), nil
	case lockLoad:
		t.v = l.key
		l.tryAcquire(t)
	case acquireCas:
		next := t.v&^MutexSpinning | MutexSleeping | MutexLocked
		if headOf(next) == 0 {
			next &^= MutexSleeping // no thread sleeps: the hint was left by a swap
		}
		if l.cas(t.v, next) {
			return t.acquired(), nil
		}
		t.again()
	case acquireXchg:
		if l.swapByte(MutexLocked|MutexSleeping)&MutexLocked == 0 {
			return t.acquired(), nil
		}
		t.again()
	case spinCas:
		if l.cas(t.v, t.v|MutexSpinning) {
			t.v |= MutexSpinning
			t.weSpin = true
		}
		l.spinOrSleep(t)
	case spinYield:
		// The pause, or in the last round the sched_yield, and the next read.
		t.i++
		t.v = l.key
		l.tryAcquire(t)
	case pushCas:
		t.next = headOf(t.v)
		next := withHead(m, t.v&mutexMMask|MutexSleeping)
		if t.weSpin {
			next &^= MutexSpinning
		}
		if l.cas(t.v, next) {
			*t = thread{pc: semaSleep, holds: t.holds, next: t.next, sema: t.sema}
			break
		}
		t.next = 0
		t.again()
	case semaSleep:
		if t.sema == 0 {
			t.pc = semaAsleep
			return Outcome{What: Asleep}, nil
		}
		t.slept()
	case unlockXchg8:
		v := l.swapByte(0)
		t.holds = false
		if v&MutexSleeping == 0 {
			return t.released(), nil
		}
		t.pc = wakeLoad
	case wakeLoad:
		t.v = l.key
		n := l.choose(tailWakePeriod)
		if n < 0 || n >= tailWakePeriod {
			return Outcome{}, fmt.Errorf("rtmutex: Choose(%d) chose %d out of range [0,%d)", tailWakePeriod, n, tailWakePeriod)
		}
		t.antiStarve = n == 0
		if !t.antiStarve && t.v&MutexSpinning != 0 && !l.lowLatency {
			return t.released(), nil // the spinner will take the lock
		}
		return t.stackNext(), nil
	case stackLoad:
		t.v = l.key
		return t.stackNext(), nil
	case stackCas:
		t.pc = stackLoad
		if l.cas(t.v, t.v|MutexStackLocked) {
			t.pc = popCas
		}
	case popLoad:
		t.v = l.key
		t.pc = popCas
	case popCas:
		l.pop(t)
		switch {
		case t.pc == popLoad: // the swap failed
		case t.wake == 0:
			return t.released(), nil
		default:
			t.pc = semaWake
		}
	case semaWake:
		woken := t.wake
		w := &l.threads[woken]
		o := t.released()
		if w.pc == semaAsleep {
			w.slept()
			o.Woken = woken
		} else {
			w.sema++ // it was about to sleep, and will not
		}
		return o, nil
	}
	return Outcome{}, nil
}

// swapByte swaps the low byte of the word.
func (l *Mutex) swapByte(b uint64) (old uint64) {
	old = l.key & 0xff
	l.key = l.key&^0xff | b
	return old
}

func (l *Mutex) cas(old, new uint64) bool {
	if l.key != old {
		return false
	}
	l.key = new
	return true
}

// tryAcquire is the body of the loop of lock2 up to the next access to the word.
func (l *Mutex) tryAcquire(t *thread) {
	switch {
	case t.v&MutexLocked == 0 && t.weSpin:
		t.pc = acquireCas
	case t.v&MutexLocked == 0:
		t.pc = acquireXchg
	case !t.weSpin && t.v&MutexSpinning == 0:
		t.pc = spinCas
	default:
		l.spinOrSleep(t)
	}
}

func (l *Mutex) spinOrSleep(t *thread) {
	if (t.weSpin || t.atTail || l.lowLatency) && t.i < l.spin+passiveSpin {
		t.pc = spinYield
		return
	}
	t.pc = pushCas
}

// again begins the next round of the loop of lock2 with a read.
func (t *thread) again() {
	t.i++
	t.pc = lockLoad
}

// slept is the part of lock2 after the sleep.
func (t *thread) slept() {
	if t.pc == semaSleep {
		t.sema--
	}
	t.atTail = t.next == 0 // the threads below it in the stack have been woken: it was the bottom
	t.i = 0
	t.next = 0
	t.again()
}

// stackNext is the part of unlock2Wake after it has read the word.
func (t *thread) stackNext() Outcome {
	if headOf(t.v) == 0 || t.v&MutexStackLocked != 0 {
		return t.released() // no thread sleeps, or another thread does the wake-up
	}
	t.pc = stackCas
	return Outcome{}
}

// pop takes a thread off the stack. The runtime first tries with the word as it was
// before the stack was locked, which always fails; then it reads the word again. Its
// first decision stands: a committed thread is out of the stack already.
func (l *Mutex) pop(t *thread) {
	head := headOf(t.v)
	top := head
	wake := t.committed
	if t.committed == 0 {
		if t.v&MutexSpinning == 0 || l.lowLatency {
			wake = top
		}
		if t.antiStarve {
			prev := top
			wake = top
			for l.threads[wake].next != 0 {
				prev, wake = wake, l.threads[wake].next
			}
			if wake != top {
				t.committed = wake
				l.threads[prev].next = l.threads[wake].next
			}
		}
	}
	if wake == top {
		head = l.threads[top].next
	}
	if !l.cas(t.v, withHead(head, t.v&mutexMMask&^MutexStackLocked)) {
		t.pc = popLoad
		return
	}
	t.wake = wake
}
