package escapelive

// nestedSource has instances in instances, whose dictionaries are words in those of
// their callers.
const nestedSource = `package nested

var G any

type S struct{ a int }

func v[T any](x T) T { return x }

func pair[A, B any](a A, b B) A { G = b; return a }

type box[T any] struct{ x T }

func (b box[T]) get() T   { return b.x }
func (b *box[T]) put(x T) { b.x = x; G = v(x) }
func (b *box[T]) both(x T) T {
	G = b.get()
	G = pair(x, []T{x})
	return v(x)
}

type num interface{ M() int }

func (s S) M() int { return s.a }

func deep[T num](x T, xs []T) {
	G = v(x)
	G = v(xs)
	G = pair(x, xs)
	G = x.M()
	G = box[T]{x}.get()
	G = func() any { return v(&x) }()
	var m map[string]T
	G = v(m)["a"]
	b := &box[[]T]{}
	b.put(xs)
	G = b.get()
	for i, y := range xs {
		G = v(y)
		G = i
	}
	G = v[any](x)
	switch y := any(x).(type) {
	case interface{ M() T }:
		G = v(y.M())
	case []T:
		G = v(y)[0]
	}
}

type list[K comparable, E any] struct {
	m    map[K]E
	head *link[K, E]
	box[E]
}
type link[K comparable, E any] struct {
	next *link[K, E]
	e    []E
	k    K
}

func (l *list[K, E]) add(k K, es ...E) {
	if l.m == nil {
		l.m = make(map[K]E)
	}
	for _, e := range es {
		l.m[k] = e
		l.head = &link[K, E]{next: l.head, e: append([]E(nil), e), k: k}
	}
	delete(l.m, k)
	G = v(l.head).next
	G = l.get()
	l.put(v(es)[0])
}

func (l *list[K, E]) copies(from []E) (out []E, err error) {
	out = make([]E, len(from), 3)
	copy(out, from)
	c := make(chan E, 1)
	c <- from[0]
	x, ok := <-c
	y, has := l.m[v(*new(K))]
	G = pair(x, y)
	G = ok && has
	select {
	case z := <-c:
		G = v(z)
	case c <- x:
	}
	defer func() { G = v(recover()) }()
	go pair(c, l.m)
	return append(out, v(x)), nil
}

func dead[T any](x T) any {
	if false {
		G = pair(x, &x)
	}
	const big = 3 > 2
	switch {
	case !big:
		G = v([2]T{})
	default:
		G = v([3]T{})
	}
	for false {
		G = v([4]T{})
	}
	goto end
	G = v([5]T{})
end:
	return v(func() T { return v(x) })()
	G = v([6]T{})
	return nil
}

func values[T num, E any](x T, e E) any {
	f := v[E]
	g := x.M
	h := T.M
	i := box[E]{e}.get
	j := (*box[E]).put
	j(&box[E]{}, e)
	G = pair(g(), h(x))
	var n num = x
	G = v(n).M()
	t, ok := any(e).(T)
	G = v(t).M()
	if u, ok := n.(interface{ N() E }); ok {
		G = v(u.N())
	}
	if any(e) == any(x) || ok {
		G = v(struct {
			a T
			b E
		}{x, e}).b
	}
	G = [...]any{v(e), x, f(e), i()}
	s := [][]E{{e}, {v(e)}}
	s[0], s[1] = v(s)[1], s[0]
	var (
		a, b E = e, v(e)
		z      = map[string]any{"a": a, "b": v(b)}
	)
	G = v(z)["a"]
	p, q := twice[T, E](x, e)
	return []any{p, q}
}

func twice[T num, E any](x T, e E) (a, b any) { return v(x), v(e) }

func sums[T ~int | ~float64](xs ...T) (t T) {
	for _, x := range xs {
		t += v(x) + T(1)
		t = v(t) * x
	}
	for i := 0; i < len(xs); i++ {
		G = v(xs[i]) - 1
	}
	G = v(t)
	return
}

func inner[T comparable](x T) any {
	type pairs struct{ a, b T }
	p := pairs{x, x}
	G = v(p).a
	G = box[pairs]{p}.get().b
	eq := func(y T) bool { return v(y) == x }
	return eq(x)
}

func use() {
	deep(S{}, nil)
	b := box[string]{}
	b.put("a")
	b.both("x")
	var l list[string, S]
	l.add("a")
	l.copies(nil)
	dead(1)
	dead("a")
	values(S{}, "a")
	values(S{}, &S{})
	sums(1, 2)
	inner(1)
	inner("a")
	f := inner[S]
	f(S{})
}
`

// tempsSource calls a method through a variable made by the compiler. The number in its
// name counts the variables before it.
const tempsSource = `package temps

var G any

type num interface{ M() int }
type box[T any] struct{ x T }

func (b box[T]) get() T  { return b.x }
func (b *box[T]) put(x T) {}
func v[T any](x T) T     { return x }

func a[T num](x T, n num) { g := x.M; g(); G = v(n).M() }
func b[T num](x T, n num) { h := T.M; h(x); G = v(n).M() }
func c[T num](x T, n num) { h := box[T]{x}.get; h(); G = v(n).M() }
func d[T num](x T, n num) { h := (*box[T]).put; h(nil, x); G = v(n).M() }
func e[T num](x T, n num) { h := v[T]; h(x); G = v(n).M() }
func f[T num](x T, n num) { h := (box[T]).get; h(box[T]{}); G = v(n).M() }
func g[T num](x T, n num) { i, ok := any(x).(T); G = ok; G = i; G = v(n).M() }
func h[T num](x T, n num) {
	var m map[string]T
	i, ok := m["a"]
	G = ok
	G = i
	G = v(n).M()
}
func i[T num](x T, n num) { go v(x); defer v(x); G = v(n).M() }
func j[T num](x T, n num) { for i := range []T{x} { G = i }; G = v(n).M() }
func k[T num](x T, n num) { G = &box[T]{}; G = v(n).M() }
func l[T num](x T, n num) { g := v(x).M; g(); G = v(n).M() }

type S struct{}

func (S) M() int { return 1 }
func use() {
	s := S{}
	a(s, s); b(s, s); c(s, s); d(s, s); e(s, s); f(s, s); g(s, s); h(s, s); i(s, s); j(s, s); k(s, s); l(s, s)
}

func m[T num](x T, n num) { G = v[T]; G = v(n).M() }
func o(x int, n num) { go v(x); defer v(x); G = v(n).M() }
func p[T num](x T, n num) { G = x.M; G = v(n).M() }
func q[T num](x *T, n num) func(*T) *T { f := v[*T]; y := f(x); G = y; g := v[*T]; return g }
func r[T num](x T, n num) { w(v[T]); G = v(n).M() }
func w[T any](f func(T) T) {}
func use2() { s := S{}; m(s, s); o(1, s); p(s, s); q(&s, s); r(s, s) }
`
