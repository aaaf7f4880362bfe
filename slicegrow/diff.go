package slicegrow

// A Difference is an append on which two releases give different answers.
type Difference struct {
	Append Append `json:"append"`
	A      Growth `json:"a"`
	B      Growth `json:"b"`
	ErrA   string `json:"errA,omitempty"` // the panic's text, if it is one
	ErrB   string `json:"errB,omitempty"`
}

// diffElements are the elements that [Diff] tries, in that order: those of
// common types, and of sizes that meet the malloc header and the page.
var diffElements = []diffElement{
	{words: 1},                 // int
	{bytes: 1},                 // byte
	{words: 1, pointers: true}, // *T
	{words: 2, pointers: true}, // string
	{bytes: 2},
	{bytes: 4},
	{bytes: 3},
	{bytes: 12},
	{words: 3, pointers: true}, // []T
	{words: 4},
	{words: 5},
	{words: 64},
	{words: 64, pointers: true},
	{words: 65, pointers: true},
	{bytes: 4096},
	{}, // struct{}
}

type diffElement struct {
	words, bytes int64 // both of them together are the size
	pointers     bool
}

// diffCap is the largest capacity that [Diff] tries of each element.
const diffCap = 2048

// Diff returns the first append on which two releases differ, and false if
// there is none. It compares the result's length, capacity and pointer and the text
// of a panic, but neither the rule nor the memory that the allocator takes.
//
// It searches some 170,000 appends, in this order:
//
//   - For each capacity from 0 to 2,048, for each of 16 elements (int, byte, *T, string,
//     2, 4, 3 and 12 bytes, []T, 4, 5 and 64 words, 64 and 65 words with pointers, 4,096
//     bytes, struct{}): to a full slice one element, then as many as it has; three where
//     one fits; by append(s, t...) to an empty slice one more than fits; then slices.Grow
//     by as many, where both releases have it.
//   - For each of the elements, 1 to 33 of them at once to an empty slice that
//     stays in its function, is returned, and is returned after a look at its
//     capacity.
//   - For each of the elements, append(s, t...) to an empty slice of as many as
//     take 2^k bytes, and one fewer and one more, for k from 12 up to the word.
//
// The rules must be for the same word size; those of different ones differ in the first
// append with a word in it, which says nothing about releases. Diff returns false if one
// of the rules is nil or not from [ForRelease].
func Diff(a, b *Rules) (d Difference, ok bool) {
	if a == nil || b == nil || a.alloc == nil || b.alloc == nil {
		return Difference{}, false
	}
	for capacity := int64(0); capacity <= diffCap; capacity++ {
		for _, e := range diffElements {
			q := e.of(a)
			q.Cap = capacity
			q.Len, q.Count = capacity, 1
			if d, ok = differ(a, b, q); ok {
				return d, true
			}
			if q.Count = capacity; capacity > 1 {
				if d, ok = differ(a, b, q); ok {
					return d, true
				}
			}
			if q.Len, q.Count = capacity-1, 3; capacity > 0 {
				if d, ok = differ(a, b, q); ok {
					return d, true
				}
			}
			q.Verb, q.Len, q.Count = Spread, 0, capacity+1
			if d, ok = differ(a, b, q); ok {
				return d, true
			}
			if q.Verb = Grow; a.grow && b.grow {
				if d, ok = differ(a, b, q); ok {
					return d, true
				}
			}
		}
	}
	for _, dest := range []Dest{Local, Returned, ReturnedCap} {
		for _, e := range diffElements {
			q := e.of(a)
			q.Dest = dest
			for q.Count = 1; q.Count <= stackBuffer+1; q.Count++ {
				if d, ok = differ(a, b, q); ok {
					return d, true
				}
			}
		}
	}
	for shift := 12; shift < int(8*a.word); shift++ {
		for _, e := range diffElements {
			q := e.of(a)
			q.Verb = Spread
			n := int64(1) << min(shift, 62) / max(q.Size, 1)
			for q.Count = max(n-1, 0); q.Count <= n+1; q.Count++ {
				if d, ok = differ(a, b, q); ok {
					return d, true
				}
			}
		}
	}
	return d, false
}

func (e diffElement) of(r *Rules) Append {
	return Append{Size: e.words*r.word + e.bytes, Pointers: e.pointers}
}

func differ(a, b *Rules, q Append) (d Difference, ok bool) {
	ga, errA := a.Grow(q)
	gb, errB := b.Grow(q)
	d = Difference{Append: q, A: ga, B: gb}
	if errA != nil {
		d.ErrA = errA.Error()
	}
	if errB != nil {
		d.ErrB = errB.Error()
	}
	return d, ga.Cap != gb.Cap || ga.Len != gb.Len || ga.Ptr != gb.Ptr || d.ErrA != d.ErrB
}
