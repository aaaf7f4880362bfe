package lockslive

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
)

// A Live performs operations that do not wait on one object of each kind: 1 is a mutex, 2
// a reader/writer mutex, 3 a wait group and 4 a Once. It has the methods of [locks.Locks]
// for them, for one goroutine: the caller's.
type Live struct {
	mutex sync.Mutex
	rw    sync.RWMutex
	wg    sync.WaitGroup
	once  sync.Once
}

// Do performs the operation, which must not wait. It returns a panic as a [*crash.Error].
func (l *Live) Do(op locks.Op) (o locks.Outcome, err error) {
	defer func() {
		if e := recover(); e != nil {
			text, ok := e.(string)
			if !ok {
				panic(e)
			}
			o, err = locks.Outcome{What: locks.Panicked}, crash.Panic(text)
		}
	}()
	try := func(ok bool) (locks.Outcome, error) {
		if !ok {
			return locks.Outcome{What: locks.NotReady}, nil
		}
		return locks.Outcome{OK: true}, nil
	}
	type lock interface {
		sync.Locker
		TryLock() bool
	}
	switch op.ID {
	case 1, 2:
		var m lock = &l.mutex
		if op.ID == 2 {
			m = &l.rw
		}
		switch op.Verb {
		case locks.LockVerb:
			m.Lock()
			return o, nil
		case locks.UnlockVerb:
			m.Unlock()
			return o, nil
		case locks.TryLockVerb:
			return try(m.TryLock())
		case locks.RLockVerb:
			l.rw.RLock()
			return o, nil
		case locks.TryRLockVerb:
			return try(l.rw.TryRLock())
		case locks.RUnlockVerb:
			l.rw.RUnlock()
			return o, nil
		}
	case 3:
		if op.Verb == locks.AddVerb {
			l.wg.Add(int(op.Delta))
			return o, nil
		}
		l.wg.Wait()
		return o, nil
	case 4:
		l.once.Do(func() { o.OK = true })
		return o, nil
	}
	return o, fmt.Errorf("lockslive: %v is not for here", op)
}

// Look returns the words in memory, at their places in Go 1.26 and 1.27.
func (l *Live) Look(id locks.ID) locks.ObjectState {
	s := locks.ObjectState{ID: id, Type: locks.Type(id), Waiting: []locks.G{}}
	switch id {
	case 1:
		w := (*[2]uint32)(unsafe.Pointer(&l.mutex))
		s.State, s.Value = int32(w[0]), w[1]
	case 2:
		w := (*[6]uint32)(unsafe.Pointer(&l.rw))
		s.State, s.Value, s.WriterSem, s.ReaderSem = int32(w[0]), w[1], w[2], w[3]
		s.ReaderCount, s.ReaderWait = int32(w[4]), int32(w[5])
	case 3:
		w := (*struct {
			state uint64
			sema  uint32
		})(unsafe.Pointer(&l.wg))
		s.Counter, s.Waiters, s.Value = int32(w.state>>32), uint32(w.state), w.sema
	case 4:
		w := (*struct {
			done  uint32
			state int32
			sema  uint32
		})(unsafe.Pointer(&l.once))
		s.Done, s.State, s.Value = w.done != 0, w.state, w.sema
	}
	return s
}
