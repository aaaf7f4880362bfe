package slicegrow

import (
	"fmt"
	"iter"
	"math"
)

// A Step is one growth of a [Rules.Sequence], with the cost of all growths so far in
// bytes.
type Step struct {
	Growth
	Appends        int64 `json:"appends,string"`        // how many appends were made, this one included
	TotalCopied    int64 `json:"totalCopied,string"`    // by all growths
	TotalAllocated int64 `json:"totalAllocated,string"` // of the heap by all growths, headers and waste included
}

// maxGrowths bounds a sequence.
const maxGrowths = 1 << 16

// Sequence returns the capacities of a slice during n appends of a.Count elements each (0
// is taken as 1): a step for each append that grows it, and for a slice that is returned
// from the stack, one for the move. Appends that fit are left out, so that with 8-byte
// words even the largest n takes fewer than 200 steps.
//
// It ends with the first error, which it returns alone: for an append that is not
// possible, the panic of an append that the runtime refuses, or the 65,537th growth.
// Only two kinds of slices grow so often: elements of size 0, for which every append
// changes the capacity, and 4-byte words, where from 2^30 elements on twice the
// capacity overflows an int and the slice grows by a page at a time. n is 0 to the
// largest int64.
func (r *Rules) Sequence(a Append, n int64) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		a := a
		if a.Count == 0 {
			a.Count = 1
		}
		if n < 0 {
			yield(Step{}, outOfRange("number of appends", n, math.MaxInt64))
			return
		}
		if a.Verb == Grow {
			yield(Step{}, fmt.Errorf("slicegrow: slices.Grow adds no elements, so it makes no sequence"))
			return
		}
		if err := r.check(&a); err != nil {
			yield(Step{}, err)
			return
		}
		var s Step
		onStack := false
		for growths := 0; ; growths++ {
			fit := min((a.Cap-a.Len)/a.Count, n-s.Appends)
			s.Appends += fit
			a.Len += fit * a.Count
			if s.Appends == n {
				break
			}
			g, err := r.Grow(a)
			if err == nil && growths == maxGrowths {
				err = fmt.Errorf("slicegrow: a sequence of more than %d growths", maxGrowths)
			}
			if err != nil {
				yield(Step{}, err)
				return
			}
			s.add(g)
			s.Appends++
			if !yield(s, nil) {
				return
			}
			a.Len, a.Cap = g.Len, g.Cap
			onStack = g.Ptr == Stack
			a.Buffered = a.Buffered || onStack
		}
		if onStack && a.Dest != Local {
			a.Count = 0
			g, err := r.Move(a)
			if err == nil {
				s.add(g)
			}
			yield(s, err)
		}
	}
}

func (s *Step) add(g Growth) {
	s.Growth = g
	s.TotalCopied += g.Copied
	s.TotalAllocated += g.Bytes
}
