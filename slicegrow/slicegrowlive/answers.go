package slicegrowlive

import "github.com/orrery-go/orrery/internal/golden"

// Answers has the answers of the probe on a release.
type Answers struct {
	Growths []Breakpoints // nil in Go 1.2, which does not round up, so that all capacities differ
	Values  golden.Steps  // by old capacity: three ints written out, to a slice with room for one
	Random  []uint32      // hashes of the capacities of random appends, 1,000 each
	Cases   []Case
	Headers []Header // of a nil slice, a literal, a made one
	Stacks  []Stack
}

// Breakpoints are the capacities that slices of one element grow to.
type Breakpoints struct {
	Size  int64
	Scan  bool
	Full  golden.Steps // by old capacity: one more to a full slice
	Empty golden.Steps // by old capacity: one more than fits to an empty slice
	Once  golden.Steps // by count, to a nil slice
}

// A Case is an append of N elements to a slice where one of the lengths is out of reach.
// It ends with the text of a panic, or with a capacity; or with neither, if the release
// tries to allocate that much.
type Case struct {
	Len    int64  `json:",omitempty"`
	Cap    int64  `json:",omitempty"`
	N      int64  `json:",omitempty"`
	Size   int64  `json:",omitempty"`
	Scan   bool   `json:",omitempty"`
	Panic  string `json:",omitempty"`
	NewCap int64  `json:",omitempty"`
}

// A Header holds the results of operations on a slice without elements.
type Header struct {
	Nil, ZeroNil                 bool // s == nil; and after an append of a struct{} to such a slice of those
	Len, Cap                     int64
	JSON, JSONBytes, V, GoSyntax string
	DeepEqual                    []bool // to the three slices
	One                          int64  // capacity after an append of one
}

// A Stack holds the capacities of a slice that stays in its function or leaves it by a
// return.
type Stack struct {
	Size        int64
	Scan        bool
	Local       golden.Steps // by number of appends of one
	Locals      golden.Steps // by number of appends of three
	Returned    golden.Steps // after the return, by number of appends of one
	ReturnedCap golden.Steps // the same where the function looks at the capacity
	Inner       golden.Steps // capacity that it sees there
}
