package race

import "fmt"

// A Verb names an operation.
type Verb string

// The operations of [Detector.Do].
const (
	GoVerb         Verb = "go"
	ExitVerb       Verb = "exit"
	MakeVerb       Verb = "make"
	ReadVerb       Verb = "read"
	WriteVerb      Verb = "write"
	ReadRangeVerb  Verb = "read range"
	WriteRangeVerb Verb = "write range"
	NewVerb        Verb = "new"

	LoadVerb   Verb = "atomic load"
	StoreVerb  Verb = "atomic store"
	ModifyVerb Verb = "atomic add"
	FailVerb   Verb = "failed cas"

	LockVerb    Verb = "lock"
	UnlockVerb  Verb = "unlock"
	RLockVerb   Verb = "rlock"
	RUnlockVerb Verb = "runlock"

	SendVerb  Verb = "send"
	RecvVerb  Verb = "recv"
	CloseVerb Verb = "close"

	AddVerb        Verb = "add"
	WaitVerb       Verb = "wait"
	OnceDoVerb     Verb = "once"
	OnceReturnVerb Verb = "ran"
	WaitCondVerb   Verb = "cond wait"
	SignalVerb     Verb = "signal"
	BroadcastVerb  Verb = "broadcast"

	AcquireVerb        Verb = "acquire"
	ReleaseVerb        Verb = "release"
	ReleaseMergeVerb   Verb = "release merge"
	ReleaseAcquireVerb Verb = "release acquire"
)

// String returns the name.
func (v Verb) String() string { return string(v) }

// An Op is an operation as a value.
type Op struct {
	Verb  Verb   `json:"verb"`
	G     G      `json:"g"`
	On    Object `json:"on"`          // the object; of the make of a Cond its lock
	Addr  uint64 `json:"addr,string"` // of an access or an atomic
	Size  int    `json:"size"`        // in bytes, likewise; of the make of a channel that of an element
	N     int64  `json:"n,string"`    // of add; of the make of a channel its capacity
	Type  Type   `json:"type"`        // of make
	Place Place  `json:"place"`
}

// Do performs the operation, like the method of its name. It returns an error if the verb
// is unknown, and otherwise the errors of that method.
func (d *Detector) Do(op Op) (Outcome, error) {
	did := func(err error) (Outcome, error) {
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{What: DidOp}, nil
	}
	made := func(o Object, err error) (Outcome, error) {
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{What: DidMake, Object: o}, nil
	}
	switch op.Verb {
	case ReadVerb, ReadRangeVerb:
		return d.access(op, reads)
	case WriteVerb, WriteRangeVerb:
		return d.access(op, 0)
	case LoadVerb:
		return d.atomic(op, reads)
	case StoreVerb, ModifyVerb, FailVerb:
		return d.atomic(op, 0)
	case NewVerb:
		return did(d.New(op.G, op.Addr, op.Size, op.Place))
	case GoVerb:
		g, err := d.Go(op.G, op.Place)
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{What: DidStart, G: g}, nil
	case ExitVerb:
		return did(d.Exit(op.G, op.Place))
	case MakeVerb:
		switch op.Type {
		case Chan:
			if op.N != int64(int(op.N)) {
				return Outcome{}, fmt.Errorf("race: capacity %d out of range [0,%d]", op.N, MaxChan)
			}
			return made(d.MakeChan(op.G, int(op.N), op.Size, op.Place))
		case Cond:
			return made(d.MakeCond(op.G, op.On, op.Place))
		}
		return made(d.Make(op.G, op.Type, op.Place))
	case LockVerb:
		return d.Lock(op.G, op.On, op.Place)
	case UnlockVerb:
		return did(d.Unlock(op.G, op.On, op.Place))
	case RLockVerb:
		return d.RLock(op.G, op.On, op.Place)
	case RUnlockVerb:
		return did(d.RUnlock(op.G, op.On, op.Place))
	case SendVerb:
		return d.Send(op.G, op.On, op.Place)
	case RecvVerb:
		return d.Recv(op.G, op.On, op.Place)
	case CloseVerb:
		return d.Close(op.G, op.On, op.Place)
	case AddVerb:
		return d.Add(op.G, op.On, op.N, op.Place)
	case WaitVerb:
		return d.Wait(op.G, op.On, op.Place)
	case OnceDoVerb:
		return d.OnceDo(op.G, op.On, op.Place)
	case OnceReturnVerb:
		return d.OnceReturn(op.G, op.On, op.Place)
	case WaitCondVerb:
		return d.WaitCond(op.G, op.On, op.Place)
	case SignalVerb:
		return d.Signal(op.G, op.On, op.Place)
	case BroadcastVerb:
		return d.Broadcast(op.G, op.On, op.Place)
	case AcquireVerb, ReleaseVerb, ReleaseMergeVerb, ReleaseAcquireVerb:
		return did(d.raw(op.Verb, op.G, op.On, op.Place))
	}
	return Outcome{}, fmt.Errorf("race: no verb %.40q", op.Verb)
}

// String reads like "goroutine 2: write 8 bytes at 0x10".
func (op Op) String() string { return fmt.Sprintf("goroutine %d: %s", op.G, op.what()) }

// what is String without the goroutine.
func (op Op) what() string {
	switch op.Verb {
	case ReadVerb, WriteVerb, ReadRangeVerb, WriteRangeVerb, NewVerb, LoadVerb, StoreVerb, ModifyVerb, FailVerb:
		return fmt.Sprintf("%s %d bytes at %#x", op.Verb, op.Size, op.Addr)
	case GoVerb, ExitVerb:
		return string(op.Verb)
	case MakeVerb:
		switch op.Type {
		case Chan:
			return fmt.Sprintf("%s chan of %d elements of %d bytes", op.Verb, op.N, op.Size)
		case Cond:
			return fmt.Sprintf("%s cond of %v", op.Verb, op.On)
		}
		return fmt.Sprintf("%s %s", op.Verb, op.Type)
	case AddVerb:
		return fmt.Sprintf("%s %d to %v", op.Verb, op.N, op.On)
	}
	return fmt.Sprintf("%s %v", op.Verb, op.On)
}
