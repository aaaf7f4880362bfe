package locks

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/names"
)

// A Type is a kind of object: a mutex, a wait group and so on.
type Type uint8

// The types.
const (
	Mutex Type = 1 + iota
	RWMutex
	WaitGroup
	Once
	Cond
	Sema // the runtime's semaphore, on which most of the others wait
)

var typeNames = []string{"", "Mutex", "RWMutex", "WaitGroup", "Once", "Cond", "semaphore"}

// String returns the name: "RWMutex".
func (t Type) String() string { return names.Of("Type", typeNames, int(t)) }

// MarshalText returns the name, for JSON.
func (t Type) MarshalText() ([]byte, error) {
	return names.Marshal("Type", typeNames, int(t))
}

// UnmarshalText reads a name that MarshalText returned.
func (t *Type) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Type", typeNames, text)
	*t = Type(i)
	return err
}

// An object is a primitive of any kind. Each kind uses only its own fields.
type object struct {
	id      ID
	kind    Type
	misused bool // it panicked, and its numbers are no longer consistent

	mu mutex // of a Mutex, and the one inside an RWMutex and a Once

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

// NewMutex makes an unlocked mutex. Like the other functions that make an object, it
// returns an error if there are [MaxObjects] already, of all kinds together.
func (m *Locks) NewMutex() (ID, error) { return m.add(&object{kind: Mutex}) }

// NewRWMutex makes an unlocked reader/writer mutex.
func (m *Locks) NewRWMutex() (ID, error) { return m.add(&object{kind: RWMutex}) }

// NewWaitGroup makes a wait group with counter 0.
func (m *Locks) NewWaitGroup() (ID, error) { return m.add(&object{kind: WaitGroup}) }

// NewOnce makes a Once whose function has not run.
func (m *Locks) NewOnce() (ID, error) { return m.add(&object{kind: Once}) }

// NewSema makes a semaphore with n free units.
func (m *Locks) NewSema(n uint32) (ID, error) {
	return m.add(&object{kind: Sema, sema: sema{value: n}})
}

// NewCond makes a condition variable with the mutex or reader/writer mutex l as
// its L. It returns an error if l is of another kind.
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

// Copy copies an object, as an assignment would (go vet warns of it). The copy has
// the words of the original and empty queues, since goroutines wait at the address
// of the original. A copy of a locked mutex therefore stays locked until a goroutine
// unlocks the copy, and a copy of a Cond that was used panics when it is used.
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

// semas returns all semaphores inside the object.
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

// is returns the object if it is of the kind, and otherwise nil.
func (m *Locks) is(id ID, k Type) *object {
	if uint(id) >= uint(len(m.objects)) || id == 0 || m.objects[id].kind != k {
		return nil
	}
	return m.objects[id]
}

// object finds an object of one of the kinds, or of any kind if none is given.
func (m *Locks) object(id ID, of ...Type) (*object, error) {
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

// refuse returns the reason why the goroutine cannot do the operation on the object,
// after acting or is has returned nil.
func (m *Locks) refuse(g G, id ID, of ...Type) (Outcome, error) {
	m.ready = m.ready[:0]
	if m.acting(g) == nil {
		return Outcome{}, m.notActing(g)
	}
	_, err := m.object(id, of...)
	return Outcome{}, err
}
