package escapelive

// deadSource has generic functions in which each statement and expression asks for an entry of
// the dictionary, in an order that the words of those after it tell.
const deadSource = `package dead

var G any

func v[T any](x T) T            { return x }
func n[T any](x T) int          { return 1 }
func pair[A, B any](a A, b B) A { G = b; return a }

type K[T any] struct{ x T }

func (k K[T]) get() T   { return k.x }
func (k *K[T]) put(x T) { k.x = x }

// Each function has in its dictionary what its statements ask for, but for those that are
// never reached: told by the words of the instances that come after.
func afterReturn[T any](t T, c bool) T {
	if c {
		G = v([1]T{})
		return t
		G = v([2]T{})
	}
	G = v([3]T{})
	panic(v([4]T{}))
	G = v([5]T{})
	return t
}
func afterLabel[T any](t T, c bool) T {
	if c {
		goto end
		G = v([1]T{})
	end:
		G = v([2]T{})
	} else {
		return t
	}
	G = v([3]T{})
	return v(t)
}
func loops[T any](t T, c int) T {
	for i := n([1]T{}); i < n([2]T{}); i += n([3]T{}) {
		G = v([4]T{})
	}
	for c < 3 {
		c += n([5]T{})
		c <<= n([6]T{})
	}
	for false {
		G = v([7]T{})
	}
	for range n([8]T{}) {
		G = v([9]T{})
	}
	for i, x := range [][10]T{} {
		G = v(x)
		c = i
	}
	var x [11]T
	for c, x = range [][11]T{} {
		G = v([12]T{})
	}
	_ = x
	for range v(map[string][13]T{}) {
	}
	for range "abc" {
		c -= n([14]T{})
	}
	G = v([15]T{})
	return t
}
func operations[T any](t T, c []int, m map[any]int) T {
	c[n([1]T{})] += n([2]T{})
	c[n([3]T{})]++
	c[n([4]T{})] = n([5]T{})
	c[n([6]T{})], c[n([7]T{})] = n([8]T{}), 1
	m[[9]T{}] = n([10]T{})
	m[v([11]T{})]++
	*v(&c[0]) = n([12]T{})
	c = append(c, n([13]T{}))
	copy(c[n([14]T{}):], c)
	delete(m, v([15]T{}))
	G = min(n([16]T{}), n([17]T{}))
	G = new(v([18]T{}))
	G = make([][19]T, n([20]T{}))
	G = make(map[string][21]T, n([22]T{}))
	G = make(chan [23]T, n([24]T{}))
	G = new([25]T)
	G = cap(v([][26]T{}))
	var a [27]T
	var b, d = v([28]T{}), n([29]T{})
	var e any = v(a)
	var f, g any = b, d
	G = []any{e, f, g}
	G = -n([30]T{}) + +n([31]T{})
	G = (n([32]T{}))
	return t
}
func operations2[T comparable](t T) T {
	G = v([33]T{}) == v([33]T{1: t})
	G = any(t) == any(v([34]T{}))
	G = t == v(t)
	G = any(t) == G
	var c chan [35]T
	c <- v([35]T{})
	var d chan any
	d <- [36]T{}
	d <- v([37]T{})
	G = <-v(c)
	x, ok := <-v(c)
	G = v(x)
	y, ok := G.([38]T)
	G = v(y)
	z, ok := map[T][39]T{}[t]
	G = v(z)
	_ = ok
	go v([40]T{})
	defer v([41]T{})
	go func(x any) {}([42]T{})
	defer func(x any) { G = v([43]T{}) }(v([44]T{}))
	select {
	case c <- v([35]T{}):
		G = v([45]T{})
	case x := <-c:
		G = v(&x)
	case x, ok = <-c:
		G = v([46]T{})
	case d <- [47]T{}:
	case G = <-c:
	default:
		G = v([48]T{})
	}
	G = v([49]T{})
	return t
}
func switches[T comparable](t T, c int, e any) T {
	switch c := n([1]T{}); c {
	case n([2]T{}), n([3]T{}):
		G = v([4]T{})
		fallthrough
	case 3:
		G = v([5]T{})
	default:
		G = v([6]T{})
	}
	switch e {
	case t:
		G = v([7]T{})
	case [8]T{}, v([9]T{}):
	}
	switch v(t) {
	case t, v(t):
		G = v([10]T{})
	}
	switch 1 {
	case 1:
		G = v([11]T{})
	case 2:
		G = v([12]T{})
	}
	switch {
	case c == n([13]T{}):
	case n([14]T{}) > 1:
	}
	switch x := v(e).(type) {
	case [15]T:
		G = v(x)
	case [][16]T, *T:
		G = v(x)
	case nil:
		G = v([17]T{})
	case interface{ M([18]T) }:
		G = v(x)
	}
	switch any(v([19]T{})).(type) {
	case K[[20]T]:
	case *K[[21]T]:
	}
	if x := v([22]T{}); c > n([23]T{}) {
		G = v(x)
	} else if c < n([24]T{}) {
		G = v([25]T{})
	} else {
		G = v([26]T{})
	}
	if false {
		G = v([27]T{})
	} else {
		G = v([28]T{})
	}
	if true || n([29]T{}) > 1 {
		G = v([30]T{})
	} else {
		G = v([31]T{})
	}
	if n([32]T{}) > 1 && false {
		G = v([33]T{})
	}
	{
		G = v([34]T{})
	}
	G = v([35]T{})
	return t
}
func literals[T comparable](t T, p *K[[1]T]) (r any, s [2]T) {
	G = [][3]T{{}, v([3]T{})}
	G = map[[4]T]any{v([4]T{}): [5]T{}, {}: v([6]T{})}
	G = struct {
		a any
		b [7]T
	}{[8]T{}, v([7]T{})}
	G = struct {
		a any
		b [9]T
	}{b: v([9]T{}), a: [10]T{}}
	G = [...]any{2: [11]T{}, v([12]T{})}
	G = &K[[13]T]{v([13]T{})}
	G = []*K[[14]T]{{}, {x: v([14]T{})}}
	G = func(x [15]T, y ...[16]T) (z [17]T) { G = v([18]T{}); return v([17]T{}) }
	G = func() any { return [19]T{} }
	G = func() (any, [20]T) { return [20]T{}, v([20]T{}) }
	G = p.get()
	p.put(v([1]T{}))
	G = p.get
	G = K[[21]T].get
	G = (*K[[22]T]).put
	G = v[[23]T]
	G = pair[[24]T, any]
	G = pair(v([25]T{}), [26]T{})
	G = K[[27]T]{}.x
	G = (&K[[28]T]{}).x
	G = [][29]T(nil)
	G = any([30]T{})
	G = interface{ M() }(nil)
	G = v([][31]T{})[0]
	G = v(map[string][32]T{})["a"]
	G = v(map[any][33]T{})[[34]T{}]
	G = v([][35]T{})[n([36]T{}):n([37]T{}):n([38]T{})]
	G = G.(K[[39]T])
	G = G.(interface{ M() [40]T })
	return [41]T{}, v([2]T{})
}
func twoResults[T any](t T) (any, T) { return pair2(t) }
func pair2[T any](t T) (T, T)        { return t, t }
func more[T any](t T) T {
	var a, b any
	a, b = pair2([1]T{})
	G = []any{a, b}
	c, d := pair2([2]T{})
	G = []any{c, d}
	var e, f any = pair2([3]T{})
	G = []any{e, f}
	_, G = pair2([4]T{})
	take(pair2([5]T{}))
	take2(pair2([6]T{}))
	take2([7]T{}, v([8]T{}))
	take2([]any{[9]T{}}...)
	G, _ = twoResults([10]T{})
	G = v([11]T{})
	return t
}
func take(a, b any)   {}
func take2(a ...any)  {}

func use[T comparable](t T) {
	G = []byte(any(afterReturn(t, true)).(string))
	G = []byte(any(afterLabel(t, true)).(string))
	G = []byte(any(loops(t, 1)).(string))
	G = []byte(any(operations(t, nil, nil)).(string))
	G = []byte(any(operations2(t)).(string))
	G = []byte(any(switches(t, 1, nil)).(string))
	literals(t, nil)
	G = []byte(any(more(t)).(string))
}
func all() { use(1); use("a") }
`
