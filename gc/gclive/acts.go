package gclive

import (
	"context"
	"time"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
)

// Marker is the import path of the program whose collector is run step by step, between
// the operations of its goroutines.
const Marker = "github.com/orrery-go/orrery/gc/gclive/marker"

// The sizes of a program of acts.
const (
	Actors  = 3 // goroutines from the beginning on, from 1
	Started = 8 // that it may start
	Slots   = 4 // of the stack of each
	Globals = 4
)

// ActKinds are the kinds of objects that acts allocate: two are scanned by themselves, and
// one has no pointers.
var ActKinds = []gc.Layout{
	{Bytes: 32, Slots: 2}, {Bytes: 208, Slots: 3}, {Bytes: 384}, {Bytes: 1024, Slots: 4}, {Bytes: 8, Slots: 1}, {Bytes: 512, Slots: 2},
}

// A Do is the verb of an act.
type Do int

// The verbs. A slot below 0 stands for nil.
const (
	DoAlloc  Do = iota // an object of kind B in slot A
	DoFill             // C objects of kind B that nothing points to
	DoLoad             // slot A = field C of the object in slot B
	DoStore            // field B of the object in slot A = slot C
	DoMove             // slot A = slot B
	DoGet              // slot A = global B
	DoPut              // global A = slot B
	DoWeak             // a weak pointer to the object in slot A
	DoStrong           // slot A = the value of weak pointer B
	DoGo               // a goroutine starts, with slot A in its slot 0
	DoExit             // the goroutine ends

	// The collector's.
	DoStart   // a cycle begins
	DoGlobals // globals are scanned
	DoKept    // and what finalizers and the like keep
	DoStack   // and the stack of goroutine G
	DoDrain   // all is scanned that is grey
	DoFlush   // the buffer of the write barrier is flushed
	DoFinish  // the marking ends
	DoEnd     // of the program
)

// An Act is a step of a program: of goroutine G, or of the collector.
type Act struct{ Verb, G, A, B, C int }

// A Seen is the result of an act. Objects are numbered from 1 as they are allocated; 0 is
// nil, and -1 something else.
type Seen struct {
	Object  int    // the result of an act that gives one, or of a stop: 1 if marking has ended
	Entries []int  // what the write barrier put into its buffer for it
	Colours string // of all objects during marking, in their order: w, g, b; m for one that is marked but may be grey or black
	Swept   bool   // of an act that makes a weak pointer a strong one: its span was swept for that
	Was     bool   // and had been swept before
}

// A Store is a store to a global during marking: of nil, which the compiler sees, of a
// variable that is nil, or of one that points to an object.
type Store int

// The stores.
const (
	StoreNil Store = iota
	StoreNilVariable
	StorePointer
)

// An Assisting is allocation during marking, with assists: a list of Objects objects of
// Words words, all of which are pointers, is there to be scanned.
type Assisting struct {
	Words, Objects int
	Roots          int     // bytes of roots, for which a worker gives credit
	Ratio          float64 // bytes to scan for each byte that is allocated
	Steps          []int   // bytes without pointers to allocate; negative: bytes that a worker scans
}

// An Ask is a question for the [Marker]: one of the fields.
type Ask struct {
	Acts   []Act
	Stores []Store  // a goroutine's, to a global, during marking
	Sizes  []int    // in words: an object of each size, all pointers, is scanned, and one without pointers
	Calls  []string // of runtime.GC, by the state of the collector before
	Assist *Assisting
}

// A Marked is the answer of the [Marker].
type Marked struct {
	Seen    []Seen
	Goids   []uint64      // numbers that the runtime gives to the actors, and then to the goroutines that start
	Addrs   []uint64      // of the objects
	Steps   []int64       // Stores: the number of pointers in the buffer after each. Assist: the bytes that assists have scanned after each
	Longest time.Duration // Stores: the time that they took
	Calls   []Called
	Notes   []overlay.Thread
}

// The states in which runtime.GC is called.
const (
	CallSwept   = "swept"   // nothing is left of the last cycle
	CallUnswept = "unswept" // no span is swept since the last cycle, except for those of Ps
	CallBegun   = "begun"   // a cycle has begun
	CallRoots   = "roots"   // all its roots are scanned
	CallGrey    = "grey"    // and some of what is grey
	CallTwo     = "two"     // as CallRoots; another goroutine has called it, too
)

// Called is what the runtime notes from the cycle before a call of runtime.GC on.
type Called struct {
	Unswept int // spans that are not swept when it has returned
	Notes   []overlay.Thread
}

// A Stepper runs programs step by step, in a process of their own.
type Stepper struct{ child *child.Child }

// StartMarker starts a process for [Stepper.Ask], whose runtime takes notes.
func StartMarker(ctx context.Context) (*Stepper, error) {
	c, err := overlay.Start(ctx, Marker, child.Options{Env: []string{"GODEBUG=asyncpreemptoff=1,gcshrinkstackoff=1", "GOGC=off"}})
	if err != nil {
		return nil, err
	}
	return &Stepper{c}, nil
}

// Close ends the process.
func (s *Stepper) Close() error { return s.child.Close() }

// Ask asks it a question.
func (s *Stepper) Ask(a Ask) (Marked, error) { return child.Call[Marked](s.child, a) }
