package locks

import (
	"fmt"
	"time"
)

// A Snapshot is the state of a [Locks]. It shares no memory with the model.
type Snapshot struct {
	Release    string           `json:"release"`
	Now        time.Duration    `json:"now"`
	Objects    []ObjectState    `json:"objects"`    // in the order of their numbers
	Goroutines []GoroutineState `json:"goroutines"` // in the order of their numbers
}

// An ObjectState is the state of one object. The words are those in memory; a word
// that a primitive does not have is 0.
type ObjectState struct {
	ID          ID     `json:"id"`
	Type        Type   `json:"type"`
	State       int32  `json:"state"`       // of the mutex, and of the one inside an RWMutex and a Once
	ReaderCount int32  `json:"readerCount"` // of an RWMutex: negative while a writer holds or wants it
	ReaderWait  int32  `json:"readerWait"`  // readers that the writer waits for
	Counter     int32  `json:"counter"`     // of a WaitGroup
	Waiters     uint32 `json:"waiters"`     // of a WaitGroup
	Value       uint32 `json:"value"`       // of a semaphore, a WaitGroup's, or the mutex's
	WriterSem   uint32 `json:"writerSem"`   // of an RWMutex
	ReaderSem   uint32 `json:"readerSem"`   // of an RWMutex
	Done        bool   `json:"done"`        // of a Once
	L           ID     `json:"l"`           // of a Cond
	Holder      G      `json:"holder"`      // the goroutine that locked the mutex last and has not unlocked it; a real mutex does not know it
	Waiting     []G    `json:"waiting"`     // in its queues, the first to be woken first
	Text        string `json:"text"`        // the state word in English: "locked, 1 waiter"
}

// A GoroutineState is the state of one goroutine.
type GoroutineState struct {
	G      G      `json:"g"`
	Status string `json:"status"` // running, waiting, runnable, dead
	On     ID     `json:"on"`     // the object it waits for; the Cond if it waits for the L of one
	Reason string `json:"reason"` // the reason for the wait, in the words of a traceback
}

// Snapshot returns the state of the model.
func (m *Locks) Snapshot() Snapshot {
	s := Snapshot{Release: m.release.String(), Now: m.now, Objects: []ObjectState{}, Goroutines: []GoroutineState{}}
	if len(m.objects) == 0 {
		return s // not from New
	}
	for _, o := range m.objects[1:] {
		s.Objects = append(s.Objects, m.look(o))
	}
	for _, gp := range m.gs[1:] {
		g := GoroutineState{G: gp.id, Status: statuses[gp.status]}
		if gp.status == waiting {
			g.On, g.Reason = gp.obj.id, gp.reason()
		}
		s.Goroutines = append(s.Goroutines, g)
	}
	return s
}

// Reason reports why a goroutine waits, in the words of a traceback; "" if it does not.
func (m *Locks) Reason(g G) string {
	if g < 1 || int(g) >= len(m.gs) || m.gs[g].status != waiting {
		return ""
	}
	return m.gs[g].reason()
}

// Look returns the state of one object. It returns an error if the number is unknown.
func (m *Locks) Look(id ID) (ObjectState, error) {
	o, err := m.object(id)
	if err != nil {
		return ObjectState{}, err
	}
	return m.look(o), nil
}

func (m *Locks) look(o *object) ObjectState {
	s := ObjectState{
		ID: o.id, Type: o.kind, State: o.mu.state, ReaderCount: o.readerCount, ReaderWait: o.readerWait,
		Counter: o.counter, Waiters: o.waiters, Value: o.sema.value + o.mu.sema.value,
		WriterSem: o.writerSem.value, ReaderSem: o.readerSem.value, Done: o.done, Holder: o.mu.owner, Waiting: []G{},
	}
	switch o.kind {
	case Mutex, RWMutex, Once:
		s.Text = describe(o.mu.state, m.rules.waiterShift)
	case WaitGroup:
		s.Text = fmt.Sprintf("counter %d", o.counter)
	}
	if o.l != nil {
		s.L = o.l.id
	}
	for _, q := range o.semas() {
		for gp := q.head; gp != nil; gp = gp.next {
			s.Waiting = append(s.Waiting, gp.id)
		}
	}
	for gp := o.notify.head; gp != nil; gp = gp.next {
		s.Waiting = append(s.Waiting, gp.id)
	}
	return s
}
