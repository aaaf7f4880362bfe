// Package rtmutex models runtime.mutex, the lock below the locks: it guards a
// channel, a run queue, a span list. Threads wait for it, not goroutines, and a
// waiting thread keeps its P.
//
// Up to Go 1.23 the word is one of three numbers, unlocked, locked and sleeping,
// and the kernel keeps the queue (futex, first come first served). A thread that
// goes to sleep leaves a 2 in the word, so that an unlock knows that it has to wake
// one; a thread that was asleep takes the lock with a 2, because others may still be
// asleep (runtime/lock_futex.go, and lock_futex_tristate.go in 1.24).
//
// Since Go 1.24 the word holds flags and, above them, the thread that went to
// sleep last; each sleeping thread refers to the one before it, so the sleepers are
// a stack. Only one thread spins at a time: bit 8 is its permit. An unlock that sees
// a spinner wakes no thread; otherwise it wakes the top of the stack, and one time
// in 16 the bottom, so that no thread starves there (runtime/lock_spinbit.go). Linux
// on 386, amd64, arm64 and others had it in 1.24, everything but wasm has it since
// 1.25.
//
// A step of a thread is an action that others can see: one read or change of the
// word, one sleep, one wake-up. The caller says which thread takes the next step.
//
// # Concurrent use
//
// A [Mutex] is for one goroutine at a time. A [Machine] does not change, and several
// goroutines may use it at once.
package rtmutex

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/release"
)

// An M is a thread: 1, 2, 3, and so on, as many as [Config.Threads].
type M int32

// MaxThreads is the largest number of threads of a mutex.
const MaxThreads = 1 << 16

// A Config says what to model.
type Config struct {
	Release    string          `json:"release"`     // "" for the newest known, "go1.23", "running"
	Threads    int             `json:"threads"`     // 1 to MaxThreads
	OneCPU     bool            `json:"oneCPU"`      // no thread spins actively: on one processor the holder cannot be running
	LowLatency bool            `json:"lowLatency"`  // all waiting threads spin, and every unlock wakes one: sched.lock since 1.24
	Seed       uint64          `json:"seed,string"` // of the random choices, if Choose is nil
	Choose     func(n int) int `json:"-"`           // a number in [0,n); of 16, 0 wakes the bottom of the stack
	Trace      func(Event)     `json:"-"`           // receives every step; nil costs nothing
}

// A Mutex is one lock and the threads that use it. It is not safe for concurrent
// use. A method that would change it returns an error if its own Trace or Choose
// calls it; Snapshot and Check may be called there.
type Mutex struct {
	release    release.Release
	spinbit    bool
	spin       int // rounds of active spinning
	lowLatency bool
	choose     func(n int) int
	trace      func(Event)

	key     uint64 // the word
	threads []thread
	futex   []M // asleep on the word, the first come first
	seq     uint64
	busy    bool // a step is being taken
}

// The word up to Go 1.23.
const (
	MutexUnlocked     = 0
	MutexHeld         = 1 // mutex_locked
	MutexHeldSleeping = 2 // mutex_sleeping: a thread may be asleep
)

// The word since Go 1.24. The thread on top of the stack stands above the flags;
// here it is its number, in the runtime the upper bits of its address.
const (
	MutexLocked      = 0x001
	MutexSleeping    = 0x002 // a hint that the stack is not empty
	MutexSpinning    = 0x100 // a thread has the permit to spin
	MutexStackLocked = 0x200 // a thread is taking another off the stack
	mutexMMask       = 0x3ff
	mutexMShift      = 10
)

const (
	activeSpin     = 4  // rounds; mutexActiveSpinCount
	passiveSpin    = 1  // rounds; mutexPassiveSpinCount
	tailWakePeriod = 16 // mutexTailWakePeriod
)

// New makes an unlocked mutex and its threads. It returns an error if the release is
// unknown or the number of threads is out of range.
func New(c Config) (*Mutex, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("rtmutex: %w", err)
	}
	if c.Threads < 1 || c.Threads > MaxThreads {
		return nil, fmt.Errorf("rtmutex: %d threads out of range [1,%d]", c.Threads, MaxThreads)
	}
	l := &Mutex{
		release:    r,
		spinbit:    r.AtLeast("go1.24"),
		lowLatency: c.LowLatency,
		choose:     c.Choose,
		trace:      c.Trace,
		threads:    make([]thread, c.Threads+1),
	}
	if !c.OneCPU {
		l.spin = activeSpin
	}
	if l.choose == nil {
		l.choose = rand.New(rand.NewPCG(c.Seed, 0)).IntN
	}
	return l, nil
}

// Key returns the word.
func (l *Mutex) Key() uint64 { return l.key }

// The fatal errors of the runtime's lock.
var (
	UnlockOfUnlocked = crash.Fatal("unlock of unlocked lock")
	LockCount        = crash.Fatal("runtime·unlock: lock count") // by a thread that holds none
)

// Lock begins lock2 on a thread, without taking a step. A thread that holds the lock
// already will wait for itself. Lock returns an error if the thread is unknown or is
// in lock2 or unlock2.
func (l *Mutex) Lock(m M) error { return l.begin(m, l.lockStart()) }

func (l *Mutex) lockStart() pc {
	if l.spinbit {
		return lockXchg8
	}
	return lockXchg
}

// Unlock begins unlock2. It returns [UnlockOfUnlocked] if no thread has the lock, and
// [LockCount] if another has it: the word does not name its holder, but each thread
// counts the locks that it holds. Both end the program in the runtime, and leave the
// model as it was. Other errors are those of [Mutex.Lock].
func (l *Mutex) Unlock(m M) error {
	t, err := l.idle(m)
	if err != nil {
		return err
	}
	if !t.holds {
		if l.held() {
			return LockCount
		}
		return UnlockOfUnlocked
	}
	if l.spinbit {
		return l.begin(m, unlockXchg8)
	}
	return l.begin(m, unlockXchg)
}

func (l *Mutex) begin(m M, at pc) error {
	t, err := l.idle(m)
	if err != nil {
		return err
	}
	*t = thread{pc: at, holds: t.holds}
	return nil
}

// held reports whether the word says that the lock is held.
func (l *Mutex) held() bool {
	if l.spinbit {
		return l.key&MutexLocked != 0
	}
	return l.key != MutexUnlocked
}

var (
	errZero = errors.New("rtmutex: a Mutex that is not from New: use New")
	errBusy = errors.New("rtmutex: called from its own Trace or Choose, in the middle of a step")
)

func (l *Mutex) thread(m M) (*thread, error) {
	if len(l.threads) == 0 {
		return nil, errZero
	}
	if l.busy {
		return nil, errBusy
	}
	if m < 1 || int(m) >= len(l.threads) {
		return nil, fmt.Errorf("rtmutex: thread %d out of range [1,%d]", m, len(l.threads)-1)
	}
	return &l.threads[m], nil
}

func (l *Mutex) idle(m M) (*thread, error) {
	t, err := l.thread(m)
	if err == nil && t.pc != idle {
		err = fmt.Errorf("rtmutex: thread %d is busy (%v): it can only Step", m, t.pc)
	}
	return t, err
}
