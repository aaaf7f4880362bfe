package explain

// A slab gives values one by one from arrays, since that takes less time than allocating
// each by itself.
type slab[T any] struct{ left []T }

func (s *slab[T]) next() *T {
	if len(s.left) == 0 {
		s.left = make([]T, 32)
	}
	x := &s.left[0]
	s.left = s.left[1:]
	return x
}
