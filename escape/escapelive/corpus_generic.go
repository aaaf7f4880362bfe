package escapelive

// genericSource has functions for generic functions and types.
const genericSource = `package generic

type pair[K comparable, V any] struct {
	k K
	v V
}

func (p *pair[K, V]) value() *V { return &p.v }
func (p pair[K, V]) key() K     { return p.k }

type stack[T any] struct{ items []T }

func (s *stack[T]) push(t T) { s.items = append(s.items, t) }
func (s *stack[T]) pop() (t T) {
	if n := len(s.items); n > 0 {
		t, s.items = s.items[n-1], s.items[:n-1]
	}
	return
}

func id[T any](t T) T    { return t }
func ptr[T any](t T) *T  { return &t }
func box[T any](t T) any { return t }
func zero[T any]() *T    { return new(T) }
func apply[S ~[]E, E any](s S, f func(E) E) S {
	out := make(S, 0, len(s))
	for _, e := range s {
		out = append(out, f(e))
	}
	return out
}

type number interface{ ~int | ~float64 }

func sum[N number](ns ...N) (t N) {
	for _, n := range ns {
		t += n
	}
	return
}

type stringer interface{ String() string }
type name string

func (n name) String() string { return string(n) }

func text[S stringer](s S) string { return s.String() + "!" }

func use() (*int, any, *string) {
	x, s := 1, "s"
	p := pair[string, *int]{"a", &x}
	_ = p.value()
	_ = p.key()
	var st stack[*string]
	st.push(&s)
	_ = id(&x)
	_ = apply([]int{1, 2}, func(n int) int { return n + 1 })
	_ = sum(1, 2, 3)
	_ = text(name("n"))
	_ = zero[struct{ a, b int }]()
	f := id[float64]
	_ = f(1)
	return ptr(x), box(s), st.pop()
}
`
