package rtmutex

import (
	"fmt"
	"slices"
)

// Check returns an error if an invariant is broken: at most one thread has the lock;
// the word says that it is locked exactly if one has it; each thread that sleeps is
// in the queue or stack, or is about to be woken; and while a thread sleeps, another
// has the lock or is on the way to it or to a wake-up.
func (l *Mutex) Check() error {
	if len(l.threads) == 0 {
		return errZero
	}
	holder, active := M(0), false
	for i := range l.threads[1:] {
		m, t := M(i+1), &l.threads[i+1]
		if t.holds {
			if holder != 0 {
				return fmt.Errorf("threads %d and %d have the lock", holder, m)
			}
			holder = m
		}
		if t.pc != idle && t.pc != asleep && t.pc != semaAsleep {
			active = true
		}
		if t.pc == lockOr8 && holder == 0 {
			holder = m
		}
	}
	if l.held() != (holder != 0) {
		return fmt.Errorf("the word is %#x, and the lock's holder is thread %d", l.key, holder)
	}
	sleepers, err := l.sleepers()
	switch {
	case err != nil:
		return err
	case len(sleepers) > 0 && holder == 0 && !active:
		return fmt.Errorf("threads %v sleep, and nobody will wake them", sleepers)
	}
	return nil
}

// sleepers lists the threads that sleep, or are about to, in the order of the queue
// or stack, and after them the threads that were taken out to be woken.
func (l *Mutex) sleepers() ([]M, error) {
	if !l.spinbit {
		return l.futex, nil
	}
	var list []M
	for m := headOf(l.key); m != 0; m = l.threads[m].next {
		if slices.Contains(list, m) {
			return nil, fmt.Errorf("the stack of sleepers %v leads back to thread %d", list, m)
		}
		if p := l.threads[m].pc; p != semaSleep && p != semaAsleep {
			return nil, fmt.Errorf("thread %d is on the stack of sleepers and does not sleep: %v", m, p)
		}
		list = append(list, m)
	}
	for i := range l.threads[1:] {
		for _, out := range []M{l.threads[i+1].committed, l.threads[i+1].wake} {
			if out != 0 && !slices.Contains(list, out) {
				list = append(list, out)
			}
		}
	}
	for i := range l.threads[1:] {
		m, t := M(i+1), &l.threads[i+1]
		if (t.pc == semaSleep || t.pc == semaAsleep) && t.sema == 0 && !slices.Contains(list, m) {
			return nil, fmt.Errorf("thread %d sleeps, and nobody knows of it", m)
		}
	}
	return list, nil
}

// A Snapshot is the state of the mutex and its threads.
type Snapshot struct {
	Release string   `json:"release"`
	Spinbit bool     `json:"spinbit"` // the word of Go 1.24 and later
	Key     uint64   `json:"key,string"`
	Threads []Thread `json:"threads"`
	Asleep  []M      `json:"asleep"` // the next to be woken first, except for the 1 in 16
}

// A Thread is the state of one thread.
type Thread struct {
	M        M      `json:"m"`
	Does     string `json:"does"` // its next step: "idle", "spin: read", "asleep"
	Holds    bool   `json:"holds,omitempty"`
	Spinning bool   `json:"spinning,omitempty"` // with the permit
}

// Snapshot returns the state.
func (l *Mutex) Snapshot() Snapshot {
	s := Snapshot{Release: l.release.String(), Spinbit: l.spinbit, Key: l.key}
	if len(l.threads) == 0 {
		return s // not from New
	}
	for i := range l.threads[1:] {
		t := &l.threads[i+1]
		s.Threads = append(s.Threads, Thread{M: M(i + 1), Does: t.pc.String(), Holds: t.holds, Spinning: t.weSpin})
	}
	if sleepers, err := l.sleepers(); err == nil {
		s.Asleep = slices.DeleteFunc(slices.Clone(sleepers), func(m M) bool {
			p := l.threads[m].pc
			return p != asleep && p != semaAsleep
		})
	}
	return s
}
