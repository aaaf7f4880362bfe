package gomap

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The kinds. The last event of an operation has the name of its [What].
const (
	Allocated Kind = "allocated" // What, a block of N bytes
	Grew      Kind = "grew"      // Table takes the place of Of and has N slots; or a growth to N buckets begins
	Split     Kind = "split"     // Of, into Table, with N entries, and And
	Doubled   Kind = "doubled"   // the directory, which has N places
	Pruned    Kind = "pruned"    // N tombstones of Table
	Reseeded  Kind = "reseeded"  // the map: another hash for every key
	SameSize  Kind = "same size" // a growth to N buckets, as many as before, begins
	Evacuated Kind = "evacuated" // N entries of the old bucket Unit
	Finished  Kind = "finished"  // the growth: no old bucket is left
	Overflow  Kind = "overflow"  // bucket Unit gets one more; N is what the header counts
	Began     Kind = "began"     // a range, at Unit and Slot
	Yielded   Kind = "yielded"   // an entry of a range, from Unit and Slot
	Skipped   Kind = "skipped"   // an entry of a range, which is gone
)

// kindRules are the rows of fidelity.md.
var kindRules = map[Kind]string{
	Allocated: "memory", Grew: "grow", Split: "split", Doubled: "directory", Pruned: "prune", Reseeded: "reseed",
	SameSize: "same-size", Evacuated: "evacuate", Finished: "evacuate", Overflow: "overflow",
	Began: "range-start", Yielded: "range", Skipped: "range-mutation",
	Kind(Inserted): "place", Kind(Updated): "place", Kind(Deleted): "delete", Kind(Found): "place", Kind(Absent): "place", Kind(Cleared): "clear",
}

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq   uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind  Kind   `json:"kind"`
	Rule  string `json:"rule"`  // the row of fidelity.md that the step follows
	Table int    `json:"table"` // the number of a table, or of buckets before one in its chain
	And   int    `json:"and"`   // the other half of a split
	Of    int    `json:"of"`    // the table that was replaced
	Unit  int    `json:"unit"`  // a group or bucket
	Slot  int    `json:"slot"`
	N     int    `json:"n"`
	What  string `json:"what"` // what was allocated
}

// event gives a step to Config.Trace.
func (m *Map[K, V]) event(e Event) {
	if !m.tells {
		return
	}
	m.tell(e)
}

//go:noinline
func (m *Map[K, V]) tell(e Event) {
	m.seq++
	e.Seq, e.Rule = m.seq, kindRules[e.Kind]
	was := m.ready
	m.ready = false
	m.trace(e)
	m.ready = was
}

// String reads like "split table 1 into 2 and 3".
func (e Event) String() string {
	switch e.Kind {
	case Allocated:
		return fmt.Sprintf("allocated %s, %d bytes", e.What, e.N)
	case Grew:
		if e.Table == 0 {
			return fmt.Sprintf("began to grow to %d buckets", e.N)
		}
		return fmt.Sprintf("grew: table %d of %d slots", e.Table, e.N)
	case Split:
		return fmt.Sprintf("split table %d into %d and %d", e.Of, e.Table, e.And)
	case Doubled:
		return fmt.Sprintf("doubled the directory to %d", e.N)
	case Pruned:
		return fmt.Sprintf("pruned %d tombstones of table %d", e.N, e.Table)
	case Evacuated:
		return fmt.Sprintf("evacuated %d entries of bucket %d", e.N, e.Unit)
	case Overflow:
		return fmt.Sprintf("overflow bucket for bucket %d", e.Unit)
	case SameSize:
		return fmt.Sprintf("began to grow to the same size, %d buckets", e.N)
	case Reseeded, Finished, Kind(Absent), Kind(Cleared):
		return string(e.Kind)
	}
	return fmt.Sprintf("%s at %v", e.Kind, Place{e.Table, e.Unit, e.Slot})
}
