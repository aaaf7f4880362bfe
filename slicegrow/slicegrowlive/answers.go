package slicegrowlive

import "github.com/orrery-go/orrery/internal/golden"

// Answers has the answers of the probe on a release.
type Answers struct {
	Growths []Breakpoints // nil in Go 1.2, which does not round up, so that all capacities differ
	Values  golden.Steps  // by old capacity: three ints appended as separate arguments, to a slice with room for one
	Random  []uint32      // hashes of the capacities of random appends, one for each 1,000
	Cases   []Case
	Headers []Header // of a nil slice, a literal, and a slice from make
	Stacks  []Stack
}

// Breakpoints are the capacities that slices of one element grow to.
type Breakpoints struct {
	Size  int64
	Scan  bool
	Full  golden.Steps // by old capacity: one element appended to a full slice
	Empty golden.Steps // by old capacity: one element more than fits, appended to an empty slice
	Once  golden.Steps // by count: appended to a nil slice
}

// A Case is an append of N elements to a slice where one of the lengths is out of reach.
// It ends with the text of a panic, or with a capacity, or with neither if the release
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
	Nil, ZeroNil                 bool // s == nil; and the same after an append of a struct{} to such a slice of struct{}
	Len, Cap                     int64
	JSON, JSONBytes, V, GoSyntax string
	DeepEqual                    []bool // to the three slices
	One                          int64  // capacity after an append of one element
}

// A Stack holds the capacities of a slice that stays in its function or is returned from
// it.
type Stack struct {
	Size        int64
	Scan        bool
	Local       golden.Steps // by number of appends of one element
	Locals      golden.Steps // by number of appends of three elements
	Returned    golden.Steps // after the return, by number of appends of one element
	ReturnedCap golden.Steps // the same if the function reads the capacity
	Inner       golden.Steps // capacity that the function reads
}
