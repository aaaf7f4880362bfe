package layout

import (
	"cmp"
	"fmt"
	"slices"
)

// An Order is an order of a struct's fields that makes it smallest.
type Order struct {
	Index  []int  `json:"index"` // Index[i] is the field's place in the given struct that comes i-th
	Before Layout `json:"before"`
	After  Layout `json:"after"`
	// Proven says that no order of After's size has fewer pointer bytes. The size
	// is always the least.
	Proven bool `json:"proven"`
}

// maxStates bounds the search for the fewest pointer bytes: the number of sets
// of fields it looks at, where fields of the same extent are not told apart.
// Fourteen fields that all differ are within it.
const maxStates = 1 << 14

// Optimal finds the order of a struct's fields with the least size and, of those, the
// fewest pointer bytes. An order that is optimal already stays as it is, and fields that
// make no difference keep theirs. It returns an error if the type is not a struct, and
// if [Rules.Of] does.
//
// Sorting is enough for the size: fields of size 0 first, then the largest alignment
// first. As sizes are multiples of alignments, the only pad is at the end, where every
// order has it. It is enough for the pointer bytes too where no alignment exceeds that of
// a pointer: fields with pointers come before others, and the one with most bytes after
// its last pointer is the last of them. With 4-byte words a field without pointers may be
// aligned to 8, and then all sets of fields are searched. Structs too large for that are
// sorted; Proven is false then, unless the result reaches a lower bound.
func (r *Rules) Optimal(t Type) (Order, error) {
	before, err := r.Of(t)
	if err != nil {
		return Order{}, err
	}
	st, ok := under(t).(*Struct)
	if !ok {
		return Order{}, fmt.Errorf("layout: %s is no struct", short(t))
	}
	o := Order{Index: make([]int, len(st.Fields)), Before: before}
	for i := range o.Index {
		o.Index[i] = i
	}
	slices.SortStableFunc(o.Index, func(i, j int) int { return compareFields(before.Fields[i].Extent, before.Fields[j].Extent) })
	if o.After, err = r.reordered(st, o.Index); err != nil {
		return Order{}, err
	}
	o.Proven = o.After.PtrBytes == fewestPtrBytes(before.Fields)
	if !o.Proven {
		if index, ok := search(before.Fields, o.Index, o.After.Align); ok {
			o.Index, o.Proven = index, true
			if o.After, err = r.reordered(st, o.Index); err != nil {
				return Order{}, err
			}
		}
	}
	if before.Size == o.After.Size && before.PtrBytes <= o.After.PtrBytes {
		for i := range o.Index {
			o.Index[i] = i
		}
		o.After = before
	}
	return o, nil
}

func (r *Rules) reordered(t *Struct, index []int) (Layout, error) {
	fields := make([]Field, len(index))
	for i, j := range index {
		fields[i] = t.Fields[j]
	}
	return r.Of(&Struct{fields})
}

// compareFields orders fields by the rule that suffices where no alignment
// exceeds a pointer's.
func compareFields(a, b Extent) int {
	zero := func(e Extent) int { return min(int(min(e.Size, 1)), 1) }
	scalar := func(e Extent) int { return 1 - int(min(e.PtrBytes, 1)) }
	return cmp.Or(
		cmp.Compare(zero(a), zero(b)),
		cmp.Compare(b.Align, a.Align),
		cmp.Compare(scalar(a), scalar(b)),
		cmp.Compare(trailing(a), trailing(b)),
	)
}

func trailing(e Extent) int64 {
	if e.PtrBytes == 0 {
		return 0
	}
	return e.Size - e.PtrBytes
}

// fewestPtrBytes returns a lower bound for all orders: all fields with pointers come
// first, and the one that has most bytes after its last pointer comes last.
func fewestPtrBytes(fields []FieldLayout) int64 {
	sum, most := int64(0), int64(0)
	for _, f := range fields {
		if f.PtrBytes > 0 {
			sum += f.Size
			most = max(most, trailing(f.Extent))
		}
	}
	return sum - most
}
