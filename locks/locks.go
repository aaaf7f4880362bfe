package locks

import (
	"errors"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/release"
)

// An ID is the number of a mutex, wait group or other primitive. They are numbered
// 1, 2, 3, and so on, in one sequence for all primitives.
type ID int32

// A G is the number of a goroutine. Go gives 1, 2, 3, and so on.
type G int32

// The limits of a model.
const (
	MaxObjects    = 1 << 20
	MaxGoroutines = 1 << 20
)

// A Config says what to model. It has no seed: on one P, which the model assumes, neither
// a lock nor its queue makes a random choice.
type Config struct {
	Release string      `json:"release"` // "" for the newest known, "go1.9", "running"
	Trace   func(Event) `json:"-"`       // receives every step; nil costs nothing
}

// Locks holds mutexes and other objects of package sync, and the goroutines that use
// them. It is not safe for concurrent use: its goroutines are numbers, and the caller
// says which one acts. A method that would change it returns an error if its own Trace
// calls it. The zero value is not ready for use: use [New].
type Locks struct {
	release release.Release
	rules   rules
	trace   func(Event)
	late    func(*goroutine) bool // in place of the clock, for a Machine

	objects []*object    // by number; the first is nil
	gs      []*goroutine // by number; the first is nil
	ready   []G          // by the last operation
	now     time.Duration
	crashed *crash.Error // the error that ended the program; nil while it runs
	calling bool         // Trace, in the middle of an operation
	seq     uint64       // of events
}

var (
	errZero = errors.New("locks: a Locks that is not from New: use New")
	errBusy = errors.New("locks: called from its own Trace, in the middle of an operation")
)

// busy returns an error if the model must not be changed now.
func (m *Locks) busy() error {
	switch {
	case len(m.gs) == 0:
		return errZero
	case m.calling:
		return errBusy
	}
	return nil
}

// New returns a model without locks and goroutines. It returns an error if the release is
// unknown.
func New(c Config) (*Locks, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("locks: %w", err)
	}
	return &Locks{
		release: r,
		rules:   rulesOf(r),
		trace:   c.Trace,
		objects: []*object{nil},
		gs:      []*goroutine{nil},
	}, nil
}

// Go adds a goroutine. It returns an error if there are [MaxGoroutines] already.
func (m *Locks) Go() (G, error) {
	if err := m.busy(); err != nil {
		return 0, err
	}
	n := len(m.gs)
	if n > MaxGoroutines {
		return 0, fmt.Errorf("locks: %d goroutines are the most there can be", MaxGoroutines)
	}
	m.gs = append(m.gs, &goroutine{id: G(n)})
	return G(n), nil
}

// Exit ends a goroutine. Locks that it holds stay locked, as in Go. It returns an
// error if the goroutine cannot act.
func (m *Locks) Exit(g G) error {
	gp := m.acting(g)
	if gp == nil {
		return m.notActing(g)
	}
	gp.status = dead
	return nil
}

// Now returns the virtual time, which starts at 0.
func (m *Locks) Now() time.Duration { return m.now }

// Advance lets time pass. A waiter that has waited for more than a millisecond and
// loses again switches its mutex to starvation mode. It returns an error if the
// duration is negative or the time overflows.
func (m *Locks) Advance(d time.Duration) error {
	if err := m.busy(); err != nil {
		return err
	}
	if d < 0 || m.now+d < m.now {
		return fmt.Errorf("locks: advance by %v out of range [0,%v]", d, maxTime-m.now)
	}
	m.now += d
	return nil
}

const maxTime = time.Duration(1<<63 - 1)

// Asleep returns the runtime's fatal error if no goroutine can ever go on, because
// all that are left wait; otherwise it returns nil. The runtime checks nothing more
// (runtime/proc.go:checkdead): two goroutines that wait for each other go unnoticed
// while a third one runs.
func (m *Locks) Asleep() error {
	if len(m.gs) == 0 {
		return errZero
	}
	waits := false
	for _, gp := range m.gs[1:] {
		switch gp.status {
		case running, runnable:
			return nil
		case waiting:
			waits = true
		}
	}
	if !waits {
		return nil
	}
	return AllAsleep
}

// A status is the state of a goroutine, in the runtime's words.
type status uint8

const (
	running  status = iota // it can act
	waiting                // it is parked
	runnable               // it was woken or has yielded, and has yet to go on
	dead                   // it has ended, or the program has
)

var statuses = [...]string{"running", "waiting", "runnable", "dead"}

// A goroutine has the fields of the runtime's g and sudog that locks use, and the
// local variables of the function that it is parked in.
type goroutine struct {
	id     G
	status status
	op     Verb
	at     step
	obj    *object

	// The local variables of lockSlow.
	mu            *mutex
	waitStartTime time.Duration
	waited        bool // waitStartTime is set
	starving      bool

	// The sudog.
	sema    *sema
	next    *goroutine
	ticket  uint32 // of a notifyList
	lifo    bool
	granted bool // a unit of the semaphore was handed to it
}

// A step is the place in its operation at which a goroutine has stopped.
type step uint8

const (
	start    step = iota
	inMutex       // in semacquire for a mutex
	inReader      // for readerSem
	inWriter      // for writerSem
	inGroup       // for a wait group
	inSema        // for a plain semaphore
	inNotify      // in a condition variable's list
	yielded       // in goyield, after it handed a mutex over
)

// acting returns the goroutine if it may act, and otherwise nil; notActing then
// returns the reason.
func (m *Locks) acting(g G) *goroutine {
	if uint(g) >= uint(len(m.gs)) || g == 0 || m.gs[g].status != running || m.calling {
		return nil
	}
	return m.gs[g]
}

func (m *Locks) notActing(g G) error {
	gp, err := m.goroutine(g)
	switch {
	case err != nil:
		return err
	case m.calling:
		return errBusy
	case m.crashed != nil:
		return fmt.Errorf("locks: the program has ended: fatal error: %w", m.crashed)
	case gp.status == dead:
		return fmt.Errorf("locks: goroutine %d has ended", g)
	case gp.status == waiting:
		return fmt.Errorf("locks: goroutine %d waits (%s): it cannot act before it is ready", g, gp.reason())
	}
	return fmt.Errorf("locks: goroutine %d is runnable: it must Resume before it acts", g)
}

func (m *Locks) goroutine(g G) (*goroutine, error) {
	if len(m.gs) == 0 {
		return nil, errZero
	}
	if g < 1 || int(g) >= len(m.gs) {
		return nil, fmt.Errorf("locks: goroutine %d out of range [1,%d]", g, len(m.gs)-1)
	}
	return m.gs[g], nil
}

// reason returns the reason for the wait, in the words of a traceback of today's Go.
func (gp *goroutine) reason() string {
	switch gp.at {
	case inMutex:
		return "sync.Mutex.Lock"
	case inReader:
		return "sync.RWMutex.RLock"
	case inWriter:
		return "sync.RWMutex.Lock"
	case inGroup:
		return "sync.WaitGroup.Wait"
	case inNotify:
		return "sync.Cond.Wait"
	case inSema:
		return "semacquire"
	}
	return ""
}
