package locks

// OnceDo begins a Once's Do. If the outcome is OK, the goroutine is the one that
// runs f, and it must call [Locks.OnceReturn] when f returns or panics. Others
// are [Parked] until then.
func (m *Locks) OnceDo(g G, id ID) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, Once)
	if gp == nil || o == nil {
		return m.refuse(g, id, Once)
	}
	m.begin(gp, OnceDoVerb, o)
	if o.done {
		return Outcome{}, nil
	}
	if !m.lock(gp, &o.mu) {
		return Outcome{What: Parked}, nil
	}
	return m.onceLocked(gp, o)
}

// onceLocked looks again, now that it has the mutex.
func (m *Locks) onceLocked(gp *goroutine, o *object) (Outcome, error) {
	if !o.done {
		return Outcome{OK: true}, nil
	}
	return m.onceUnlock(gp, o)
}

func (m *Locks) onceUnlock(gp *goroutine, o *object) (Outcome, error) {
	yield, ok := m.unlock(gp, o, &o.mu)
	switch {
	case !ok:
		return m.misuse(o, UnlockOfUnlocked)
	case yield:
		return Outcome{What: Yielded}, nil
	}
	return Outcome{}, nil
}

// OnceReturn ends the Do of the goroutine for which f was run: the Once is done
// before its mutex is unlocked. panicked says that f panicked or called
// runtime.Goexit: up to Go 1.3 the Once is not done then.
//
// It returns [UnlockOfUnlocked] if f is not running, which cannot happen in a Go
// program.
func (m *Locks) OnceReturn(g G, id ID, panicked bool) (Outcome, error) {
	gp, o := m.acting(g), m.is(id, Once)
	if gp == nil || o == nil {
		return m.refuse(g, id, Once)
	}
	m.begin(gp, OnceReturnVerb, o)
	if !panicked || m.rules.onceDefers {
		o.done = true
	}
	return m.onceUnlock(gp, o)
}
