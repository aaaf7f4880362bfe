package interleave

import (
	"errors"
	"slices"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// acquire lets a goroutine lock a free mutex, or become the writer of an RWMutex whose
// inner mutex is free; then it may still have to wait for readers.
// (`sync/rwmutex.go:Lock`)
func (m *Machine) acquire(s *state, slot int, at int32) {
	l, g := &s.locks[at], &s.gs[slot]
	if l.held = true; m.kinds[at] == program.RWMutex {
		if l.writer = true; l.readers > 0 {
			l.left, l.by = l.readers, int32(slot)
			g.status = inLock
			return
		}
		l.writing = true
	}
	g.status = ready
	g.pc++
}

// release unlocks a mutex, or an RWMutex that is locked for writing.
func (m *Machine) release(s *state, at int32) error {
	l := &s.locks[at]
	if m.kinds[at] != program.RWMutex {
		if !l.held {
			return locks.UnlockOfUnlocked
		}
		l.held = false
		return nil
	}
	switch {
	case !l.writer:
		return locks.WUnlockOfUnlocked
	case !l.writing:
		return errors.New("interleave: Unlock of an RWMutex for which a writer still waits is not explored")
	}
	l.writer, l.writing, l.held = false, false, false
	for _, slot := range l.waiters { // the readers that have come meanwhile
		l.readers++
		s.goesOn(int(slot))
	}
	l.waiters = nil
	return nil
}

// rlock lets a goroutine read, or wait for the writer. (`sync/rwmutex.go:RLock`)
func (s *state) rlock(slot int, at int32) {
	l := &s.locks[at]
	if l.writer {
		l.waiters = append(l.waiters, int32(slot))
		slices.Sort(l.waiters) // all are let in at once
		s.gs[slot].status = inLock
		return
	}
	l.readers++
	s.goesOn(slot)
}

// runlock ends a read. The last reader that a writer waits for lets it in.
func (s *state) runlock(at int32) error {
	l := &s.locks[at]
	if l.readers == 0 {
		return locks.RUnlockOfUnlocked
	}
	l.readers--
	if l.writer && !l.writing {
		if l.left--; l.left == 0 {
			l.writing = true
			by := int(l.by)
			l.by = 0
			s.goesOn(by)
		}
	}
	return nil
}

// goesOn ends the operation of a goroutine.
func (s *state) goesOn(slot int) {
	s.gs[slot].status = ready
	s.gs[slot].pc++
}

// add changes the counter of a WaitGroup. (`sync/waitgroup.go:Add`)
func (s *state) add(at int32, delta int64) *crash.Error {
	l := &s.locks[at]
	l.counter += delta
	switch {
	case l.counter < 0:
		return locks.NegativeCounter
	case l.counter == 0:
		for _, slot := range l.waiters {
			s.gs[slot].status = woken
		}
		l.waiters = nil
	}
	return nil
}

// lockOp performs an operation on a lock.
func (m *Machine) lockOp(s *state, slot int, k *op, at int32) {
	l, g := &s.locks[at], &s.gs[slot]
	var err error
	switch k.Verb {
	case program.Acquire:
		m.acquire(s, slot, at)
		return
	case program.RLock:
		s.rlock(slot, at)
		return
	case program.Unlock:
		err = m.release(s, at)
	case program.RUnlock:
		err = s.runlock(at)
	case program.Wait:
		m.wait(s, slot, at)
		return
	case program.Add, program.Done:
		delta := int64(-1)
		var bad *crash.Error
		if k.Verb == program.Add {
			delta, bad = s.value(g, k.n)
		}
		if bad == nil {
			bad = s.add(at, delta)
		}
		if bad != nil {
			err = bad
		}
	case program.Signal, program.Broadcast:
		n := len(l.waiters)
		if k.Verb == program.Signal {
			n = min(n, 1)
		}
		for _, w := range l.waiters[:n] {
			s.gs[w].status = relocks
		}
		l.waiters = slices.Clone(l.waiters[n:])
	case program.TryLock:
		ok := !l.held && l.readers == 0
		if ok {
			l.held, l.writer, l.writing = true, m.kinds[at] == program.RWMutex, m.kinds[at] == program.RWMutex
		}
		m.tried(s, slot, k, ok)
		return
	case program.TryRLock:
		ok := !l.writer
		if ok {
			l.readers++
		}
		m.tried(s, slot, k, ok)
		return
	case program.Do:
		if l.done {
			g.pc = k.end + 1
			return
		}
		l.held = true
		g.frames = append(g.frames, frame{kind: inDo, once: at, ret: k.end + 1})
	}
	m.after(s, slot, err)
}

// after goes on, or ends the program or the goroutine's functions by an error.
func (m *Machine) after(s *state, slot int, err error) {
	s.gs[slot].pc++
	var bad *crash.Error
	switch {
	case err == nil:
	case errors.As(err, &bad):
		m.raise(s, slot, bad)
	default:
		s.crash = m.badly(err)
	}
}

func (m *Machine) tried(s *state, slot int, k *op, ok bool) {
	if err := s.gives(&s.gs[slot], k, truth(ok)); err != nil {
		m.raise(s, slot, err)
	}
}

// wait is Wait of a WaitGroup, or of a Cond, which unlocks its L in the same step: the
// goroutine is in the list of waiters before it unlocks. (`sync/cond.go:Wait`)
func (m *Machine) wait(s *state, slot int, at int32) {
	l := &s.locks[at]
	if m.kinds[at] == program.WaitGroup {
		if l.counter == 0 {
			s.goesOn(slot)
			return
		}
		l.waiters = append(l.waiters, int32(slot))
		slices.Sort(l.waiters) // all are woken at once
		s.gs[slot].status = inLock
		return
	}
	l.waiters = append(l.waiters, int32(slot))
	s.gs[slot].status = inLock
	of := m.ls[at] - 1
	var err error
	if m.rlocker[at] {
		err = s.runlock(of)
	} else {
		err = m.release(s, of)
	}
	if err != nil { // fatal
		s.crash = m.badly(err)
	}
}
