package gc

import "github.com/orrery-go/orrery/internal/names"

// A Colour is what the collector knows of an object, a stack or the globals.
type Colour uint8

// The colours. The runtime has no such field: white is an object whose mark bit
// is 0, grey one whose mark bit is 1 and that is still to be scanned, black one
// that was.
const (
	None  Colour = iota // of nil, and of what is not allocated
	White               // not found: garbage, if it stays so
	Grey                // found, not scanned
	Black               // found and scanned
)

var colours = [...]string{"none", "white", "grey", "black"}

func (c Colour) String() string { return names.Of("Colour", colours[:], int(c)) }

// A Write is what a write barrier can know of the store that it precedes, a
// pointer into a slot of an object or into a global.
type Write struct {
	Holder Colour // of the object that is written to, or of the globals
	Old    Colour // of the object that the slot pointed to
	New    Colour // of the object that it will point to
	Stack  Colour // of the stack of the goroutine that writes: Grey until it is scanned
}

// A Shade says which objects a barrier makes grey if they are white.
type Shade uint8

// What can be shaded.
const (
	ShadeOld    Shade = 1 << iota // what the slot pointed to
	ShadeNew                      // what it will point to
	ShadeHolder                   // the object that is written to: if it is black it is scanned again
)

// A Barrier is the code that the compiler puts before each store of a pointer
// into the heap or a global, to run while the collector marks. Stores to the
// stack have none. Shade is pure: it knows nothing but the store.
//
// Anyone's barrier can be put into an [Algorithm], run in a [Heap], and explored
// in a machine of package gc/marking.
type Barrier interface {
	Shade(w Write) Shade
}

// A BarrierFunc is a [Barrier].
type BarrierFunc func(w Write) Shade

// Shade calls f. A nil one shades nothing.
func (f BarrierFunc) Shade(w Write) Shade {
	if f == nil {
		return 0
	}
	return f(w)
}

// The barriers of the textbooks and of Go.

// Insertion is Dijkstra's: it shades what is pointed to from now on, whatever
// the colour of the holder. (`runtime/mbarrier.go` of 1.5 to 1.7)
func Insertion(Write) Shade { return ShadeNew }

// Deletion is Yuasa's: it shades what is no longer pointed to.
func Deletion(Write) Shade { return ShadeOld }

// HybridDesign is Go's as its proposal has it: what is no longer pointed to, and
// what is from now on as long as the writer's stack has not been scanned.
func HybridDesign(w Write) Shade {
	if w.Stack == Grey {
		return ShadeOld | ShadeNew
	}
	return ShadeOld
}

// Hybrid is Go's as it is implemented since 1.8: both, always.
func Hybrid(Write) Shade { return ShadeOld | ShadeNew }

// Steele makes a black holder grey again, so that it is scanned once more. Where it
// stands here, before the store, that is too early: by the time of the store the
// holder can have been scanned again. Steele's own comes after the store.
func Steele(w Write) Shade {
	if w.New == White {
		return ShadeHolder
	}
	return 0
}

// InsertionIfBlack shades what is pointed to only from a black holder. It looks
// like Dijkstra's with less work, and loses objects: the colour of an object that
// is being scanned says nothing.
func InsertionIfBlack(w Write) Shade {
	if w.Holder == Black {
		return ShadeNew
	}
	return 0
}

// HybridNoDeletion is HybridDesign without its deletion half.
func HybridNoDeletion(w Write) Shade { return HybridDesign(w) &^ ShadeOld }

// HybridNoInsertion is Hybrid without its insertion half.
func HybridNoInsertion(w Write) Shade { return Hybrid(w) &^ ShadeNew }
