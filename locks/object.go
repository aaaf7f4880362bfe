package locks

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/names"
)

// A Primitive says what an [ID] is the number of.
type Primitive uint8

// The primitives.
const (
	Mutex Primitive = 1 + iota
	RWMutex
	WaitGroup
	Once
	Cond
	Sema // the runtime's semaphore, which all others are made of
)

var primitives = []string{"", "Mutex", "RWMutex", "WaitGroup", "Once", "Cond", "semaphore"}

// String returns the name: "RWMutex".
func (p Primitive) String() string { return names.Of("Primitive", primitives, int(p)) }

// MarshalText returns the name, for JSON.
func (p Primitive) MarshalText() ([]byte, error) {
	return names.Marshal("Primitive", primitives, int(p))
}

// UnmarshalText reads a name that MarshalText gave.
func (p *Primitive) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Primitive", primitives, text)
	*p = Primitive(i)
	return err
}

// An object is one of any kind; each uses the fields that it has.
type object struct {
	id      ID
	kind    Primitive
	misused bool // it panicked, and its numbers no longer add up

	mu mutex // of a Mutex, and what an RWMutex and a Once have inside

	// An RWMutex's.
	readerCount, readerWait int32
	readerSem, writerSem    sema

	// A WaitGroup's. A semaphore has only the sema.
	counter int32
	waiters uint32
	sema    sema

	done bool // a Once's

	// A Cond's.
	l       *object
	rlocker bool // L is RLocker() of l
	notify  notifyList
	checker *object // where it was first used
}

// NewMutex makes an unlocked mutex. More than [MaxObjects] of all kinds are an
// error, here and below.
func (m *Locks) NewMutex() (ID, error) { return m.add(&object{kind: Mutex}) }

// NewRWMutex makes an unlocked reader/writer mutex.
func (m *Locks) NewRWMutex() (ID, error) { return m.add(&object{kind: RWMutex}) }

// NewWaitGroup makes a wait group with counter 0.
func (m *Locks) NewWaitGroup() (ID, error) { return m.add(&object{kind: WaitGroup}) }

// NewOnce makes a Once that was not done.
func (m *Locks) NewOnce() (ID, error) { return m.add(&object{kind: Once}) }

// NewSema makes a semaphore with n free units.
func (m *Locks) NewSema(n uint32) (ID, error) {
	return m.add(&object{kind: Sema, sema: sema{value: n}})
}

// NewCond makes a condition variable with the mutex or reader/writer mutex l for
// its L. Another kind of l is an error.
func (m *Locks) NewCond(l ID) (ID, error) {
	o, err := m.object(l, Mutex, RWMutex)
	if err != nil {
		return 0, err
	}
	return m.add(&object{kind: Cond, l: o})
}

// NewRCond is [Locks.NewCond] with the RLocker of the reader/writer mutex l.
func (m *Locks) NewRCond(l ID) (ID, error) {
	o, err := m.object(l, RWMutex)
	if err != nil {
		return 0, err
	}
	return m.add(&object{kind: Cond, l: o, rlocker: true})
}

// Copy copies one, as an assignment would and go vet would warn of. The copy has
// the words of the original and nobody in its queues: who waits does so at the
// original's address. A copy of a locked mutex is therefore locked for ever, and
// that of a Cond that was used panics.
func (m *Locks) Copy(id ID) (ID, error) {
	o, err := m.object(id)
	if err != nil {
		return 0, err
	}
	c := *o
	c.misused = true
	for _, s := range c.semas() {
		s.head, s.tail = nil, nil
	}
	c.notify.head, c.notify.tail = nil, nil
	return m.add(&c)
}

// semas are all semaphores inside.
func (o *object) semas() []*sema { return []*sema{&o.mu.sema, &o.readerSem, &o.writerSem, &o.sema} }

func (m *Locks) add(o *object) (ID, error) {
	if err := m.busy(); err != nil {
		return 0, err
	}
	if len(m.objects) > MaxObjects {
		return 0, fmt.Errorf("locks: %d locks and the like are the most there can be", MaxObjects)
	}
	o.id = ID(len(m.objects))
	m.objects = append(m.objects, o)
	return o.id, nil
}

// is finds one of the kind; nil if it is none.
func (m *Locks) is(id ID, k Primitive) *object {
	if uint(id) >= uint(len(m.objects)) || id == 0 || m.objects[id].kind != k {
		return nil
	}
	return m.objects[id]
}

// object finds one of the kinds, or of any if none is given.
func (m *Locks) object(id ID, of ...Primitive) (*object, error) {
	if id < 1 || int(id) >= len(m.objects) {
		return nil, fmt.Errorf("locks: number %d out of range [1,%d]", id, len(m.objects)-1)
	}
	o := m.objects[id]
	want := ""
	for _, k := range of {
		if o.kind == k {
			return o, nil
		}
		if want != "" {
			want += " or "
		}
		want += k.String()
	}
	if want == "" {
		return o, nil
	}
	return nil, fmt.Errorf("locks: number %d is a %v: want a %s", id, o.kind, want)
}

// refuse says why the goroutine cannot do the operation on a thing of that
// number, for which acting or is gave nil.
func (m *Locks) refuse(g G, id ID, of ...Primitive) (Outcome, error) {
	m.ready = m.ready[:0]
	if m.acting(g) == nil {
		return Outcome{}, m.notActing(g)
	}
	_, err := m.object(id, of...)
	return Outcome{}, err
}
