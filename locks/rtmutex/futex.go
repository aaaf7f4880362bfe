package rtmutex

// stepFutex takes a step of lock2 and unlock2 of runtime/lock_futex.go up to Go 1.23.
func (l *Mutex) stepFutex(m M, t *thread) Outcome {
	switch t.pc {
	case lockXchg:
		// The swap may turn a 2 into a 1. A thread that did so must put the 2 back.
		v := l.key
		l.key = MutexHeld
		if v == MutexUnlocked {
			return t.acquired()
		}
		t.wait = v
		t.spinAgain(l)
	case lockRead:
		if l.key == MutexUnlocked {
			t.pc = lockCas
			break
		}
		t.i++ // after a pause, or in the last round a sched_yield
		if t.i == l.spin+passiveSpin {
			t.pc = lockSleep
		}
	case lockCas:
		if l.key == MutexUnlocked {
			l.key = t.wait
			return t.acquired()
		}
		t.pc = lockRead
	case lockSleep:
		v := l.key
		l.key = MutexHeldSleeping
		if v == MutexUnlocked {
			return t.acquired()
		}
		t.wait = MutexHeldSleeping
		t.pc = futexSleep
	case futexSleep:
		if l.key != MutexHeldSleeping {
			t.spinAgain(l)
			break
		}
		t.pc = asleep
		l.futex = append(l.futex, m)
		return Outcome{What: Asleep}
	case unlockXchg:
		v := l.key
		l.key = MutexUnlocked
		t.holds = false
		if v != MutexHeldSleeping {
			return t.released()
		}
		t.pc = futexWake
	case futexWake:
		o := t.released()
		if len(l.futex) > 0 {
			o.Woken = l.futex[0]
			l.futex = append(l.futex[:0], l.futex[1:]...)
			l.threads[o.Woken].spinAgain(l)
		}
		return o
	}
	return Outcome{}
}

// spinAgain begins the loop of lock2 again.
func (t *thread) spinAgain(l *Mutex) { t.pc, t.i = lockRead, 0 }
