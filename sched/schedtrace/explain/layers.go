package explain

// layers gives values that belong to a layer, from arrays. They are used again when what is
// explained has gone past that: nothing leads to them then.
type layers[T any] struct {
	arrays []layered[T] // those from which values are given, the last first made
	free   [][]T
	used   int // of the last array
}

// A layered array has values of the layers up to last.
type layered[T any] struct {
	all  []T
	last uint64
}

const layerArray = 1 << 8

// next gives n values of a layer, which are to be overwritten. Those of layers before
// settled are no longer used.
func (s *layers[T]) next(n int, layer, settled uint64) []T {
	if k := len(s.arrays); k == 0 || s.used+n > len(s.arrays[k-1].all) {
		gone := 0
		for gone < k && s.arrays[gone].last < settled {
			if a := s.arrays[gone].all; len(a) == layerArray {
				s.free = append(s.free, a)
			}
			gone++
		}
		s.arrays = append(s.arrays[:0], s.arrays[gone:]...)
		s.add(n)
	}
	a := &s.arrays[len(s.arrays)-1]
	a.last = layer
	s.used += n
	return a.all[s.used-n : s.used : s.used]
}

// add adds an array of n values at least.
func (s *layers[T]) add(n int) {
	var a []T
	if k := len(s.free); k > 0 && n <= layerArray {
		a, s.free = s.free[k-1], s.free[:k-1]
	} else {
		a = make([]T, max(n, layerArray))
	}
	s.arrays, s.used = append(s.arrays, layered[T]{all: a}), 0
}

// reset: none is used.
func (s *layers[T]) reset() {
	for len(s.arrays) > 1 {
		k := len(s.arrays) - 1
		if a := s.arrays[k].all; len(a) == layerArray {
			s.free = append(s.free, a)
		}
		s.arrays[k] = layered[T]{}
		s.arrays = s.arrays[:k]
	}
	s.used = 0
}
