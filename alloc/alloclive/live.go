package alloclive

import (
	"context"
	"fmt"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
)

// Experiment is the import path of the program that allocates with nothing else running.
const Experiment = "github.com/orrery-go/orrery/alloc/alloclive/child"

// A Verb is the verb of an [Op].
type Verb byte

// The verbs.
const (
	Noscan  Verb = iota // allocate Arg bytes without pointers
	Scan                // allocate Arg bytes, a multiple of the word size, with pointers
	Drop                // drop the object number Arg
	Collect             // runtime.GC
	Read                // runtime.ReadMemStats

	// Of programs for [StartFree].
	Free // give back the object number Arg, of 17 bytes to the small limit, without pointers

	// Of lazy programs.
	Mark      // a collection without its sweep
	Sweep     // what the background sweeper does after it
	SweepSome // the same, until Arg spans in the hole are swept
	Return    // what debug.FreeOSMemory does after a collection
)

// An Op is one step of a program.
type Op struct {
	Verb Verb
	Arg  int64
}

// A Program is a sequence of operations on a heap.
type Program []Op

// Count returns the number of objects that a program allocates, of at least a byte each,
// and the number of times that it reads the statistics.
func (p Program) Count() (mallocs, reads int) {
	for _, op := range p {
		switch op.Verb {
		case Noscan, Scan:
			mallocs++
		case Read:
			reads++
		}
	}
	return mallocs, reads
}

// Sizes returns the bytes that each object asks for.
func (p Program) Sizes() (sizes []int64) {
	for _, op := range p {
		if op.Verb == Noscan || op.Verb == Scan {
			sizes = append(sizes, op.Arg)
		}
	}
	return sizes
}

// A Question is a question to the child: a program to run, or one of the others.
type Question struct {
	Program  Program
	Place    *Request
	Metadata bool
	Make     bool
	Structs  bool
	Levels   bool
	Scavenge bool
	Hole     []PageOp
	Lazy     bool       // the program is for [Real.Lazy]
	Steps    []PageStep // for [Real.Pages]
	Paces    []Pace     // for [Real.Goals]
}

// A Request holds the arguments of [Place].
type Request struct {
	Size   int64
	Noscan bool
}

// An Answer is the child's answer.
type Answer struct {
	Addrs    []uint64         // of each object
	Stats    []alloc.MemStats // only the fields that the runtime has
	Others   int64            // objects that were allocated but do not belong to the program
	Place    alloc.Placement
	Metadata Metadata
	Made     []Made
	Structs  map[string]string
	Levels   Levels
	Retained Retained
	Hole     Hole
	Spans    []Earlier        // of small objects, of others
	Notes    []overlay.Thread // of the allocator
	Results  []uint64         // of [Real.Pages]: two for each step
	Goals    []Goals
}

// Retained holds the bytes of free pages that have not been returned to the system: with
// 64 MiB in use, when they have been freed, and after debug.FreeOSMemory.
type Retained struct{ InUse, Freed, Scavenged int64 }

// Made is the result of one new or make.
type Made struct {
	Verb     string // new, slice, chan, map
	Type     alloc.Type
	N        int64 // elements of the slice, or of the channel's buffer
	Mallocs  uint64
	Bytes    uint64
	NonEmpty []alloc.SizeStats // classes in which something was allocated
}

// Levels holds the growth of the heap when 8 KiB are allocated in a span with a free
// slot, in a full span, and when no pages are left.
type Levels struct {
	Slot, Span, Full Growth
	Reserved         int64 // growth of the memory reserved from the system around the first objects
}

// Growth is the growth of two statistics, in bytes.
type Growth struct{ Inuse, Sys int64 }

// Metadata holds the bytes of mcaches.
type Metadata struct {
	Before      uint64
	WithThreads uint64 // with fifty threads that wait in the kernel
	Threads     int    // number of threads then
	WithProcs   uint64 // with eight Ps instead of one
}

// A Real allocates in a process of its own.
type Real struct{ child *child.Child }

// Start starts the process. It ends with Close or with the context.
func Start(ctx context.Context) (*Real, error) {
	c, err := child.Start(ctx, Experiment, child.Options{})
	if err != nil {
		return nil, err
	}
	return &Real{c}, nil
}

// StartFree starts a process whose runtime was built with the experiment in which the
// compiler may give objects back.
func StartFree(ctx context.Context) (*Real, error) {
	c, err := child.Start(ctx, Experiment, child.Options{
		Flags:    []string{"-tags=freegc", "-ldflags=-checklinkname=0 -w"},
		BuildEnv: []string{"GOEXPERIMENT=runtimefreegc"},
	})
	if err != nil {
		return nil, err
	}
	return &Real{c}, nil
}

// Close ends the process.
func (r *Real) Close() error { return r.child.Close() }

// Run runs a program and returns the addresses of its objects and the statistics that it
// read.
func (r *Real) Run(p Program) (Answer, error) {
	a, err := r.ask(Question{Program: p})
	mallocs, reads := p.Count()
	if err == nil && (len(a.Addrs) != mallocs || len(a.Stats) != reads) {
		err = fmt.Errorf("alloclive: %d objects and %d readings of %d and %d", len(a.Addrs), len(a.Stats), mallocs, reads)
	}
	return a, err
}

// Place performs [Place] in that process, which has no race detector.
func (r *Real) Place(size int64, noscan bool) (alloc.Placement, error) {
	a, err := r.ask(Question{Place: &Request{size, noscan}})
	return a.Place, err
}

// Metadata measures the bytes of mcaches.
func (r *Real) Metadata() (Metadata, error) {
	a, err := r.ask(Question{Metadata: true})
	return a.Metadata, err
}

func (r *Real) ask(q Question) (Answer, error) { return child.Call[Answer](r.child, q) }

// Make measures what new and make allocate for some types.
func (r *Real) Make() ([]Made, error) {
	a, err := r.ask(Question{Make: true})
	return a.Made, err
}

// Structs returns the fields of some of the runtime's types with their types, and the
// type of the heap's variable.
func (r *Real) Structs() (map[string]string, error) {
	a, err := r.ask(Question{Structs: true})
	return a.Structs, err
}

// Levels makes the heap grow, so a process can be asked only once.
func (r *Real) Levels() (Levels, error) {
	a, err := r.ask(Question{Levels: true})
	return a.Levels, err
}

// Retained measures how many bytes the heap retains.
func (r *Real) Retained() (Retained, error) {
	a, err := r.ask(Question{Scavenge: true})
	return a.Retained, err
}
