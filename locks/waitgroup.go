package locks

// Add adds delta to the counter of a wait group. At 0 all waiting goroutines become
// ready, in the order of their arrival. Add returns [NegativeCounter] if the counter
// falls below 0.
func (m *Locks) Add(g G, id ID, delta int64) (Outcome, error) {
	gp, wg := m.acting(g), m.is(id, WaitGroup)
	if gp == nil || wg == nil {
		return m.refuse(g, id, WaitGroup)
	}
	m.begin(gp, AddVerb, wg)
	wg.counter += int32(delta) // wraps around, as the runtime's does
	v, w := wg.counter, wg.waiters
	switch {
	case v < 0:
		wg.misused = true
		return Outcome{What: Panicked}, NegativeCounter
	case m.rules.stateWord && w != 0 && delta > 0 && v == int32(delta):
		wg.misused = true
		return Outcome{What: Panicked}, AddDuringWait
	case v > 0 || w == 0:
		return Outcome{}, nil
	}
	wg.waiters = 0
	for ; w != 0; w-- {
		// Up to Go 1.4 each generation of waiters has a semaphore of its own, so
		// that no later generation can take its units.
		m.semrelease(&wg.sema, !m.rules.stateWord)
	}
	return Outcome{}, nil
}

// Done is Add with -1.
func (m *Locks) Done(g G, id ID) (Outcome, error) { return m.Add(g, id, -1) }

// Wait waits until the counter of a wait group is 0, or for a signal of a
// condition variable. The latter unlocks L first; [Locks.Signal] has the rest.
func (m *Locks) Wait(g G, id ID) (Outcome, error) {
	gp, wg := m.acting(g), m.is(id, WaitGroup)
	if gp == nil || wg == nil {
		return m.condWait(g, id)
	}
	m.begin(gp, WaitVerb, wg)
	if wg.counter == 0 {
		return Outcome{}, nil
	}
	wg.waiters++
	if !m.semacquire(gp, &wg.sema, inGroup, false) {
		return Outcome{What: Parked}, nil
	}
	return m.waited(wg)
}

// waited ends a Wait that has got a unit of the semaphore.
func (m *Locks) waited(wg *object) (Outcome, error) {
	if m.rules.stateWord && (wg.counter != 0 || wg.waiters != 0) {
		wg.misused = true
		return Outcome{What: Panicked}, Reused
	}
	return Outcome{}, nil
}
