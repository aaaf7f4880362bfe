package explain

import "iter"

// A slab gives values one by one from arrays, since that takes less time than allocating
// each by itself. What is given back, it gives again: what garbage costs, mostly in marking
// what is alive, would be more than all else.
//
// Such a value is set field by field, here and in [layers]: a composite literal is made
// elsewhere first, and the processor waits for it when that is copied.
type slab[T any] struct {
	left  []T
	free  []*T
	keep  bool  // all arrays, for those that look for what can be given back
	all   [][]T // they
	taken int   // since they looked
}

const slabSize = 64

// next gives a value, which may be one that was used.
func (s *slab[T]) next() *T {
	s.taken++
	if n := len(s.free); n > 0 {
		x := s.free[n-1]
		s.free = s.free[:n-1]
		return x
	}
	if len(s.left) == 0 {
		s.left = make([]T, slabSize)
		if s.keep {
			s.all = append(s.all, s.left)
		}
	}
	x := &s.left[0]
	s.left = s.left[1:]
	return x
}

func (s *slab[T]) give(x *T) { s.free = append(s.free, x) }

// each gives all that have been made, and are kept, those that are free among them.
func (s *slab[T]) each() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i, a := range s.all {
			if i == len(s.all)-1 {
				a = a[:len(a)-len(s.left)]
			}
			for k := range a {
				if !yield(&a[k]) {
					return
				}
			}
		}
	}
}

// size is how many have been made.
func (s *slab[T]) size() int { return len(s.all)*slabSize - len(s.left) }

// sweep gives all back that are not used. Those that are free already must not be.
func (s *slab[T]) sweep(used func(*T) bool) {
	s.free = s.free[:0]
	for x := range s.each() {
		if !used(x) {
			s.free = append(s.free, x)
		}
	}
}
