package locks

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/names"
)

// A Verb names an operation.
type Verb uint8

// The operations of [Locks.Do].
const (
	LockVerb Verb = iota
	TryLockVerb
	UnlockVerb
	RLockVerb
	TryRLockVerb
	RUnlockVerb
	AddVerb
	WaitVerb
	SignalVerb
	BroadcastVerb
	OnceDoVerb
	OnceReturnVerb
	AcquireVerb
	ReleaseVerb
)

var verbs = []string{"Lock", "TryLock", "Unlock", "RLock", "TryRLock", "RUnlock", "Add", "Wait",
	"Signal", "Broadcast", "Do", "return from Do", "Acquire", "Release"}

// String returns the name: "TryLock".
func (v Verb) String() string { return names.Of("Verb", verbs, int(v)) }

// MarshalText returns the name, for JSON.
func (v Verb) MarshalText() ([]byte, error) { return names.Marshal("Verb", verbs, int(v)) }

// UnmarshalText reads a name that MarshalText returned.
func (v *Verb) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Verb", verbs, text)
	*v = Verb(i)
	return err
}

// An Op is an operation as a value, for programs that are generated or parsed.
type Op struct {
	Verb  Verb  `json:"verb"`
	ID    ID    `json:"id"`
	Delta int64 `json:"delta,omitempty"` // of Add
}

// Do performs the operation as goroutine g, like the method of its name. It returns an
// error if the verb is unknown, and otherwise the errors of that method.
func (m *Locks) Do(g G, op Op) (Outcome, error) {
	switch op.Verb {
	case LockVerb:
		return m.Lock(g, op.ID)
	case TryLockVerb:
		return m.TryLock(g, op.ID)
	case UnlockVerb:
		return m.Unlock(g, op.ID)
	case RLockVerb:
		return m.RLock(g, op.ID)
	case TryRLockVerb:
		return m.TryRLock(g, op.ID)
	case RUnlockVerb:
		return m.RUnlock(g, op.ID)
	case AddVerb:
		return m.Add(g, op.ID, op.Delta)
	case WaitVerb:
		return m.Wait(g, op.ID)
	case SignalVerb:
		return m.Signal(g, op.ID)
	case BroadcastVerb:
		return m.Broadcast(g, op.ID)
	case OnceDoVerb:
		return m.OnceDo(g, op.ID)
	case OnceReturnVerb:
		return m.OnceReturn(g, op.ID, false)
	case AcquireVerb:
		return m.Acquire(g, op.ID)
	case ReleaseVerb:
		return m.Release(g, op.ID)
	}
	m.ready = m.ready[:0]
	return Outcome{}, fmt.Errorf("locks: verb %d out of range [0,%d]", op.Verb, ReleaseVerb)
}

// String reads like "Lock 1" and "Add 2, -1".
func (op Op) String() string {
	if op.Verb == AddVerb {
		return fmt.Sprintf("%v %d, %d", op.Verb, op.ID, op.Delta)
	}
	return fmt.Sprintf("%v %d", op.Verb, op.ID)
}
