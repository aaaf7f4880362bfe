package gc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/internal/names"
	"github.com/orrery-go/orrery/release"
)

// An Invariant is a promise that a tri-colour algorithm keeps while it marks.
type Invariant uint8

// The invariants.
const (
	NoInvariant     Invariant = iota // the program does not run during marking, or nothing is promised
	WeakInvariant                    // a white object that a black one points to is also reached from a grey one through white ones
	StrongInvariant                  // no black object points to a white one
)

var invariants = [...]string{"none", "weak", "strong"}

func (i Invariant) String() string { return names.Of("Invariant", invariants[:], int(i)) }

// An Algorithm describes a garbage collector as data. The zero Algorithm marks and sweeps
// while the world is stopped.
type Algorithm struct {
	Name string

	// Concurrent lets the program run while objects are marked. If it is false, marking
	// is one pause, and the fields from Barrier on have no effect.
	Concurrent bool

	// SweepInPause keeps the world stopped until every span is swept.
	SweepInPause bool

	Barrier       Barrier   // nil: none
	Buffered      bool      // the barrier puts pointers into a buffer, whose flush shades them
	StackSnapshot bool      // all stacks are scanned in the first pause
	StackRescan   bool      // all stacks are scanned again in the last pause
	AllocateBlack bool      // an object allocated during marking is black; else white
	SpanBatches   bool      // Green Tea: small objects are scanned span by span
	Promises      Invariant // the invariant that [Heap.Check] checks

	// Loses says why the algorithm loses objects, "" if it does not. It is for the reader
	// and changes nothing.
	Loses string
}

// Algorithms lists the algorithms that Go has had or could have had, then those that lose
// objects.
func Algorithms() []Algorithm {
	return []Algorithm{
		{Name: "mark-sweep", SweepInPause: true},
		{Name: "mark-lazysweep"},
		{Name: "insertion-white", Concurrent: true, Barrier: BarrierFunc(Insertion), StackRescan: true, Promises: StrongInvariant},
		{Name: "insertion", Concurrent: true, Barrier: BarrierFunc(Insertion), StackRescan: true, AllocateBlack: true, Promises: StrongInvariant},
		{Name: "deletion", Concurrent: true, Barrier: BarrierFunc(Deletion), StackSnapshot: true, AllocateBlack: true, Promises: WeakInvariant},
		{Name: "hybrid-design", Concurrent: true, Barrier: BarrierFunc(HybridDesign), AllocateBlack: true, Promises: WeakInvariant},
		{Name: "hybrid-unbuffered", Concurrent: true, Barrier: BarrierFunc(Hybrid), AllocateBlack: true, Promises: WeakInvariant},
		{Name: "hybrid", Concurrent: true, Barrier: BarrierFunc(Hybrid), Buffered: true, AllocateBlack: true, Promises: WeakInvariant},
		{Name: "greentea", Concurrent: true, Barrier: BarrierFunc(Hybrid), Buffered: true, AllocateBlack: true, SpanBatches: true, Promises: WeakInvariant},

		{Name: "no-barrier", Concurrent: true, AllocateBlack: true,
			Loses: "nothing tells the collector of a pointer that moves from where it will look to where it has looked"},
		{Name: "insertion-no-rescan", Concurrent: true, Barrier: BarrierFunc(Insertion), AllocateBlack: true,
			Loses: "stores to a stack have no barrier, and the stack is not looked at again"},
		{Name: "insertion-if-black", Concurrent: true, Barrier: BarrierFunc(InsertionIfBlack), StackRescan: true, AllocateBlack: true,
			Loses: "an object that is being scanned is still grey when a slot of it that was looked at is written"},
		{Name: "steele-early", Concurrent: true, Barrier: BarrierFunc(Steele), StackRescan: true, AllocateBlack: true,
			Loses: "the holder is grey again before the store, and can have been scanned again when it happens"},
		{Name: "deletion-no-snapshot", Concurrent: true, Barrier: BarrierFunc(Deletion), AllocateBlack: true,
			Loses: "a pointer can leave a stack that is not scanned yet, without a barrier, for an object that is black"},
		{Name: "hybrid-no-deletion", Concurrent: true, Barrier: BarrierFunc(HybridNoDeletion), AllocateBlack: true,
			Loses: "a pointer can be loaded to a stack that was scanned, and then be deleted from the heap"},
		{Name: "hybrid-no-insertion", Concurrent: true, Barrier: BarrierFunc(HybridNoInsertion), AllocateBlack: true,
			Loses: "a pointer can leave a stack that is not scanned yet, without a barrier, for an object that is black"},
		{Name: "hybrid-white", Concurrent: true, Barrier: BarrierFunc(Hybrid),
			Loses: "only a stack that was scanned points to an object that is new and white"},
	}
}

// AlgorithmNamed returns the one of [Algorithms] with the name.
func AlgorithmNamed(name string) (Algorithm, error) {
	all := Algorithms()
	i := slices.IndexFunc(all, func(a Algorithm) bool { return a.Name == name })
	if i < 0 {
		var names []string
		for _, a := range all {
			names = append(names, a.Name)
		}
		return Algorithm{}, fmt.Errorf("gc: no algorithm %.40q (want one of %s)", name, strings.Join(names, ", "))
	}
	return all[i], nil
}

// byRelease has the algorithms of Go, each with its first release.
var byRelease = []struct{ since, name string }{
	{"go1.26", "greentea"},
	{"go1.10", "hybrid"},
	{"go1.8", "hybrid-unbuffered"},
	{"go1.7", "insertion"},
	{"go1.5", "insertion-white"},
	{"go1.3", "mark-lazysweep"},
	{"go1", "mark-sweep"},
}

// ForRelease returns the algorithm of a release. It returns an error if the release is
// unknown.
func ForRelease(name string) (Algorithm, error) {
	r, err := release.Parse(name)
	if err != nil {
		return Algorithm{}, fmt.Errorf("gc: %w", err)
	}
	return algorithmOf(r)
}

func algorithmOf(r release.Release) (Algorithm, error) {
	for _, b := range byRelease {
		if r.AtLeast(b.since) {
			return AlgorithmNamed(b.name)
		}
	}
	return Algorithm{}, fmt.Errorf("gc: %v has no rules", r)
}
