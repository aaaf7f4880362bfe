package locks

import (
	"fmt"

	"github.com/orrery-go/orrery/release"
)

// rules are the differences between releases.
type rules struct {
	starvingBit   int32 // 4, or 0 where there is no starvation mode
	waiterShift   int
	lifo          bool // a woken loser goes to the front of the queue
	directHandoff bool // a goroutine that hands a mutex over yields
	fatal         bool // unlocking an RWMutex that is not locked ends the program
	fatalMutex    bool // the same of a mutex
	checksReaders bool // RUnlock and Unlock of an RWMutex look for misuse
	stateWord     bool // a wait group has one word of state and one semaphore
	onceDefers    bool // a Once whose f panics is done
	tryLock       bool
}

func rulesOf(r release.Release) rules {
	k := rules{
		waiterShift:   2,
		directHandoff: r.AtLeast("go1.14"),
		fatal:         r.AtLeast("go1.8"),
		checksReaders: r.AtLeast("go1.4"),
		stateWord:     r.AtLeast("go1.5"),
		onceDefers:    r.AtLeast("go1.4"),
		tryLock:       r.AtLeast("go1.18"),
	}
	// In Go 1.9 only, a mutex panics again.
	k.fatalMutex = k.fatal && (!r.AtLeast("go1.9") || r.AtLeast("go1.10"))
	if r.AtLeast("go1.9") {
		k.starvingBit, k.waiterShift, k.lifo = MutexStarving, 3, true
	}
	return k
}

// Rules are the differences between releases.
type Rules struct {
	Starvation    bool `json:"starvation"`    // since Go 1.9 a mutex is handed to a waiter that has waited for 1 ms, and a woken loser goes to the front
	WaiterShift   int  `json:"waiterShift"`   // of the number of waiters in a mutex's state
	DirectHandoff bool `json:"directHandoff"` // since Go 1.14 a goroutine that hands a mutex over yields
	Fatal         bool `json:"fatal"`         // since Go 1.8 unlocking a lock that is not locked cannot be recovered from, except for a Mutex in Go 1.9
	ChecksReaders bool `json:"checksReaders"` // since Go 1.4 unlocking an RWMutex that is not locked is noticed
	StateWord     bool `json:"stateWord"`     // since Go 1.5 a wait group notices that it is reused too early
	OnceDefers    bool `json:"onceDefers"`    // since Go 1.4 a Once whose f panics is done
	TryLock       bool `json:"tryLock"`       // since Go 1.18
}

// ForRelease returns the rules of a release: "go1.17", "" for the newest known,
// "running". It returns an error if the release is unknown.
func ForRelease(name string) (Rules, error) {
	r, err := release.Parse(name)
	if err != nil {
		return Rules{}, fmt.Errorf("locks: %w", err)
	}
	k := rulesOf(r)
	return Rules{
		Starvation:    k.starvingBit != 0,
		WaiterShift:   k.waiterShift,
		DirectHandoff: k.directHandoff,
		Fatal:         k.fatal,
		ChecksReaders: k.checksReaders,
		StateWord:     k.stateWord,
		OnceDefers:    k.onceDefers,
		TryLock:       k.tryLock,
	}, nil
}
