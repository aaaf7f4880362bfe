package gc

import "github.com/orrery-go/orrery/internal/names"

// A Colour is the collector's state of an object, a stack or the globals.
type Colour uint8

// The colours. The runtime has no such field: an object is white if its mark bit is 0,
// grey if its mark bit is 1 and it is still to be scanned, and black once it was scanned.
const (
	None  Colour = iota // of nil, and of an object that is not allocated
	White               // not found: garbage if it is still white at the end
	Grey                // found, not scanned
	Black               // found and scanned
)

var colours = [...]string{"none", "white", "grey", "black"}

func (c Colour) String() string { return names.Of("Colour", colours[:], int(c)) }

// A Write describes a store to the write barrier before it: a pointer is stored into a
// slot of an object or into a global.
type Write struct {
	Holder Colour // colour of the object that is written to, or of the globals
	Old    Colour // colour of the object that the slot points to before
	New    Colour // colour of the object that the slot points to after
	Stack  Colour // colour of the writing goroutine's stack: Grey until it is scanned
}

// A Shade is a set of objects that a barrier makes grey if they are white.
type Shade uint8

// The objects that can be shaded.
const (
	ShadeOld    Shade = 1 << iota // the object that the slot pointed to
	ShadeNew                      // the object that it will point to
	ShadeHolder                   // the object that is written to; if it is black it is scanned again
)

// A Barrier is the code that the compiler puts before each store of a pointer into the
// heap or a global, and that runs while the collector marks. Stores to the stack have
// none. Shade depends on the store alone.
//
// A barrier of your own can be put into an [Algorithm], run in a [Heap], and explored in
// a machine of package gc/marking.
type Barrier interface {
	Shade(w Write) Shade
}

// A BarrierFunc is a [Barrier].
type BarrierFunc func(w Write) Shade

// Shade calls f. A nil f shades nothing.
func (f BarrierFunc) Shade(w Write) Shade {
	if f == nil {
		return 0
	}
	return f(w)
}

// The barriers of the textbooks and of Go.

// Insertion is Dijkstra's: it shades the new object, whatever the colour of the holder.
// (`runtime/mbarrier.go` of 1.5 to 1.7)
func Insertion(Write) Shade { return ShadeNew }

// Deletion is Yuasa's: it shades the old object.
func Deletion(Write) Shade { return ShadeOld }

// HybridDesign is Go's barrier as proposed: it shades the old object, and also the new
// one until the writer's stack has been scanned.
func HybridDesign(w Write) Shade {
	if w.Stack == Grey {
		return ShadeOld | ShadeNew
	}
	return ShadeOld
}

// Hybrid is Go's barrier as implemented since 1.8: it always shades both.
func Hybrid(Write) Shade { return ShadeOld | ShadeNew }

// Steele makes a black holder grey again, so that it is scanned once more. Here, before
// the store, it comes too early: the holder can be scanned again before the store
// happens. Steele's own barrier comes after the store.
func Steele(w Write) Shade {
	if w.New == White {
		return ShadeHolder
	}
	return 0
}

// InsertionIfBlack shades the new object only if the holder is black. It looks like
// Dijkstra's barrier with less work, and loses objects: an object that is being scanned
// is still grey, and part of it is black.
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
