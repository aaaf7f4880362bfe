package leak

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/names"
)

// A Type is the type of an object.
type Type uint8

// The types. An object other than a channel is a struct with a pointer in it.
const (
	Struct    Type = 1 + iota // without a lock
	Chan                      // what it refers to is in its buffer, which is full
	Mutex                     // locked
	RWMutex                   // locked for writing
	WaitGroup                 // with a counter above 0
	Cond                      // with its L
)

var types = []string{"", "struct", "chan", "mutex", "rwmutex", "waitgroup", "cond"}

// String returns the name: "rwmutex".
func (t Type) String() string { return names.Of("Type", types, int(t)) }

// MarshalText returns the name, for JSON.
func (t Type) MarshalText() ([]byte, error) { return names.Marshal("Type", types, int(t)) }

// UnmarshalText reads a name that MarshalText returned.
func (t *Type) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Type", types, text)
	*t = Type(i)
	return err
}

// A Reason is the operation that a goroutine is in, as the runtime names it: its wait
// reason.
type Reason uint8

// The reasons.
const (
	Runnable Reason = 1 + iota // it can go on, or does
	Sleep
	IOWait
	Syscall
	Coroutine  // of iter.Pull, which waits for a call of next
	NilChan    // a send to, or receive from, a nil channel
	SelectNone // a select without cases
	Send
	Recv
	Select
	Lock // of a Mutex or RWMutex
	RLock
	Wait // for a WaitGroup or Cond
)

var reasons = []string{"", "runnable", "sleep", "IO wait", "syscall", "coroutine", "nil chan", "select (no cases)", "chan send", "chan receive", "select", "lock", "rlock", "wait"}

// String returns the name: "chan send".
func (r Reason) String() string { return names.Of("Reason", reasons, int(r)) }

// MarshalText returns the name, for JSON.
func (r Reason) MarshalText() ([]byte, error) { return names.Marshal("Reason", reasons, int(r)) }

// UnmarshalText reads a name that MarshalText returned.
func (r *Reason) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Reason", reasons, text)
	*r = Reason(i)
	return err
}

// candidate reports whether a goroutine in the operation may be leaked
// (runtime/mgcmark.go:internalBlocked).
func (r Reason) candidate() bool { return r >= NilChan }

// A State holds the objects and goroutines when the search begins. Both are numbered from
// 1, by their places in the lists.
type State struct {
	Objects    []Object    `json:"objects"`
	Goroutines []Goroutine `json:"goroutines"`
	Globals    []int       `json:"globals"` // objects that global variables refer to
	Timers     []int       `json:"timers"`  // objects that the functions of timers that have not fired refer to

	// Finalizers are finalizers and cleanups: functions that run when an object is
	// unreachable, and refer to others.
	Finalizers []Finalizer `json:"finalizers"`
}

// An Object is on the heap.
type Object struct {
	Type   Type   `json:"type"`
	Refs   []int  `json:"refs"`           // objects that it refers to
	Name   string `json:"name,omitempty"` // its name in reports; "" for its number
	Holder int    `json:"holder"`         // of a Mutex or RWMutex: the goroutine that has locked it, or 0; used only in the report
}

// A Goroutine is a goroutine that has not ended.
type Goroutine struct {
	Reason Reason `json:"reason"`
	On     []Case `json:"on"`             // what it waits for; several of a Select
	Name   string `json:"name,omitempty"` // its name in reports; "" for its number
	Refs   []int  `json:"refs"`           // other objects that its stack refers to, which it uses when it goes on
	Where  string `json:"where,omitempty"`
}

// A Case is an object that a goroutine waits for.
type Case struct {
	Object int  `json:"object"`
	Send   bool `json:"send,omitempty"` // of a Select: the case is a send
}

// A Finalizer is a finalizer, or a cleanup, of an object.
type Finalizer struct {
	Of      int   `json:"of"`
	Refs    []int `json:"refs"`    // objects that its function refers to
	Cleanup bool  `json:"cleanup"` // it is one of runtime.AddCleanup, which does not keep what the object refers to
}

// The limits of a State.
const (
	MaxObjects    = 1 << 20
	MaxGoroutines = 1 << 20
)

// check returns an error if a state cannot be.
func (s *State) check() error {
	if len(s.Objects) > MaxObjects || len(s.Goroutines) > MaxGoroutines {
		return fmt.Errorf("leak: %d objects and %d goroutines: want at most %d and %d", len(s.Objects), len(s.Goroutines), MaxObjects, MaxGoroutines)
	}
	refer := func(refs []int, who string, args ...any) error {
		for _, o := range refs {
			if o < 1 || o > len(s.Objects) {
				return fmt.Errorf("leak: %s refers to object %d out of range [1,%d]", fmt.Sprintf(who, args...), o, len(s.Objects))
			}
		}
		return nil
	}
	for i, o := range s.Objects {
		if o.Type < Struct || o.Type > Cond {
			return fmt.Errorf("leak: object %d has type %d out of range [%d,%d]", i+1, o.Type, Struct, Cond)
		}
		if o.Holder < 0 {
			return fmt.Errorf("leak: object %d is held by goroutine %d: want 0 or more", i+1, o.Holder)
		}
		if err := refer(o.Refs, "object %d", i+1); err != nil {
			return err
		}
	}
	for _, list := range [][]int{s.Globals, s.Timers} {
		if err := refer(list, "a root"); err != nil {
			return err
		}
	}
	for _, f := range s.Finalizers {
		if err := refer(append([]int{f.Of}, f.Refs...), "a finalizer"); err != nil {
			return err
		}
	}
	waits := make([]uint8, len(s.Objects)) // 1 for a sender, 2 for a receiver
	for i := range s.Goroutines {
		g := &s.Goroutines[i]
		if err := refer(g.Refs, "goroutine %d", i+1); err != nil {
			return err
		}
		if err := s.checkOp(i+1, g, waits); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) checkOp(n int, g *Goroutine, waits []uint8) error {
	want, most := []Type(nil), 1
	switch g.Reason {
	case Runnable, Sleep, IOWait, Syscall, Coroutine, NilChan, SelectNone:
		most = 0
	case Send, Recv:
		want = []Type{Chan}
	case Select:
		want, most = []Type{Chan}, 1<<16
	case Lock:
		want = []Type{Mutex, RWMutex}
	case RLock:
		want = []Type{RWMutex}
	case Wait:
		want = []Type{WaitGroup, Cond}
	default:
		return fmt.Errorf("leak: goroutine %d is in operation %d out of range [%d,%d]", n, g.Reason, Runnable, Wait)
	}
	if len(g.On) > most || most > 0 && len(g.On) == 0 {
		return fmt.Errorf("leak: goroutine %d waits (%v) for %d objects: want %d", n, g.Reason, len(g.On), min(most, 1))
	}
	both := map[int]uint8{}
	for _, k := range g.On {
		if k.Object < 1 || k.Object > len(s.Objects) {
			return fmt.Errorf("leak: goroutine %d waits for object %d out of range [1,%d]", n, k.Object, len(s.Objects))
		}
		o := &s.Objects[k.Object-1]
		if o.Type != want[0] && o.Type != want[len(want)-1] {
			return fmt.Errorf("leak: goroutine %d waits (%v) for object %d, which is a %v", n, g.Reason, k.Object, o.Type)
		}
		if o.Type != Chan {
			continue
		}
		send := g.Reason == Send || g.Reason == Select && k.Send
		if !send && len(o.Refs) > 0 {
			return fmt.Errorf("leak: goroutine %d waits to receive from channel %d, which has a value", n, k.Object)
		}
		side := uint8(2)
		if send {
			side = 1
		}
		both[k.Object] |= side
	}
	for o, side := range both { // the cases of one select do not meet
		if waits[o-1]&^side != 0 || side == 3 && waits[o-1] != 0 {
			return fmt.Errorf("leak: goroutines wait to send to channel %d, and to receive from it", o)
		}
		waits[o-1] |= side
	}
	return nil
}
