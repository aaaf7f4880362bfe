package gomap

import "fmt"

// A What is the kind of an outcome: how an operation ended.
type What string

// The kinds of outcomes.
const (
	Inserted What = "inserted"
	Updated  What = "updated" // the key was there
	Deleted  What = "deleted"
	Found    What = "found"
	Absent   What = "absent" // the key is not there
	Cleared  What = "cleared"
)

// String returns the name.
func (w What) String() string { return string(w) }

// A Place is the place of an entry.
type Place struct {
	Table int `json:"table"` // the number of the table, as it was made, from 1; 0 in a small map. In buckets: how many buckets precede in the chain
	Unit  int `json:"unit"`  // the group in the table; the bucket in the array
	Slot  int `json:"slot"`  // 0 to 7
}

// An Outcome is the result of an operation.
type Outcome struct {
	What      What  `json:"what"`
	Place     Place `json:"place"`     // of the entry, or the one that it had
	Probes    int   `json:"probes"`    // groups or buckets that the search looked at
	Tombstone bool  `json:"tombstone"` // the slot was not made empty
	Mallocs   int   `json:"mallocs"`   // blocks that were allocated
	Bytes     int64 `json:"bytes"`     // in them
}

// String reads like "inserted at 1.0.3".
func (o Outcome) String() string {
	switch o.What {
	case Inserted, Updated, Deleted, Found:
		return fmt.Sprintf("%s at %v", o.What, o.Place)
	}
	return string(o.What)
}

// String reads like "1.0.3": table, group and slot.
func (p Place) String() string { return fmt.Sprintf("%d.%d.%d", p.Table, p.Unit, p.Slot) }
