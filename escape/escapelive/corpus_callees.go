package escapelive

// calleesSource calls variables of function type that are assigned several functions.
const calleesSource = `package callees

import "unsafe"

var G *int
var H any

func stays(p *int)        {}
func keeps(p *int)        { G = p }
func gives(p *int) *int   { return p }
func reads(p **int) *int  { return *p }
func both(p, q *int) *int { return q }

type T struct{ p *int }

func (t *T) M(p *int) *int { return t.p }
func (t T) V(p *int) *int  { return p }

type Fn func(p *int) *int
type I interface{ M(p *int) *int }

// Two functions, both of which let the argument stay.
func two(b bool) {
	x := 1
	f := stays
	if b {
		f = func(p *int) { *p = 2 }
	}
	f(&x)
}

// One of two keeps it.
func one(b bool) {
	x := 1
	f := stays
	if b {
		f = keeps
	}
	f(&x)
}

// A variable without a first value; the literal calls itself.
func itself(n int) int {
	var f func(p *int, n int) *int
	f = func(p *int, n int) *int {
		if n == 0 {
			return p
		}
		return f(p, n-1)
	}
	x := n
	return *f(&x, n)
}

func each(n int) *int {
	var even, odd func(p *int, n int) *int
	even = func(p *int, n int) *int {
		if n == 0 {
			return p
		}
		return odd(p, n-1)
	}
	odd = func(p *int, n int) *int { return even(p, n-1) }
	x := 1
	return even(&x, n)
}

// nil is no function.
func nils(b bool, p *int) *int {
	var f func(*int) *int = nil
	x := 1
	if b {
		f = gives
	}
	f(&x)
	f = nil
	if f != nil {
		return f(p)
	}
	return nil
}

func never(p *int) {
	var f func(*int)
	f(p)
	f = nil
	f(p)
}

// Assigned together with others, by a loop, by a call, through a pointer.
func together(b bool) {
	x, y, z, w, v := 1, 2, 3, 4, 5
	f, g := stays, stays
	f(&x)
	if b {
		f = stays
	}
	f(&x)
	var h func(*int)
	h, g = stays, stays
	h(&y)
	g(&y)
	var i func(*int)
	for _, i = range []func(*int){stays} {
		i(&z)
	}
	j := some()
	j = stays
	j(&w)
	k := stays
	k = stays
	*(&k) = stays
	k(&v)
}
func some() func(*int) { return stays }

func more(b bool, m map[string]func(*int), c chan func(*int), e any) {
	x, y, z, w := 1, 2, 3, 4
	f := stays
	f = m["a"]
	f(&x)
	g := stays
	g, _ = m["a"]
	g(&y)
	h := stays
	h = <-c
	h(&z)
	i := stays
	i, _ = e.(func(*int))
	i(&w)
}

// Another variable's value, a named type, methods.
func others(b bool, q *int) *int {
	x, y, z, w, u, v := 1, 2, 3, 4, 5, 6
	f := stays
	g := f
	if b {
		g = f
	}
	g(&x)
	var h Fn = gives
	if b {
		h = func(p *int) *int { return nil }
	}
	h(&y)
	t := &T{&z}
	i := t.M
	if b {
		i = t.V
	}
	i(&w)
	j := (*T).M
	if b {
		j = (*T).M
	}
	j(t, &u)
	k := T.V
	k = T.V
	k(T{q}, &v)
	l := I.M
	l = I.M
	l(t, new(int))
	return i(q)
}

// Results, and levels.
func results(b bool, p *int, q **int) (r *int) {
	f := gives
	if b {
		f = func(p *int) *int { return nil }
	}
	r = f(p)
	g := func(p **int) *int { return *p }
	g = reads
	r = g(q)
	h := both
	h = func(p, q *int) *int { return p }
	x := 1
	h(&x, p)
	return h(p, nil)
}

// In literals and in go and defer statements.
func inside(b bool, p *int) {
	f := stays
	set := func() { f = func(p *int) { *p = 3 } }
	set()
	x, y, z := 1, 2, 3
	func() { f(&x) }()
	defer f(&y)
	go f(&z)
	func() {
		g := gives
		func() { g = func(p *int) *int { return p } }()
		H = g(p)
	}()
	for i := range 3 {
		w := i
		f(&w)
		defer f(&w)
	}
}

// A parameter, a result and a captured variable.
func params(f func(*int)) (g func(*int)) {
	x, y := 1, 2
	f = stays
	f(&x)
	g = stays
	g(&y)
	return
}

// Variadic, with interfaces and with slices.
func variadic(b bool, p *int) {
	f := func(xs ...any) {}
	if b {
		f = func(xs ...any) { _ = xs[0] }
	}
	x, y := 1, 2
	f(&x, y, p)
	f([]any{&x, "a"}...)
	g := func(xs ...any) {}
	g = func(xs ...any) { H = xs[0] }
	g(x, &y)
}

func each2[E any](x E, b bool) E {
	f := func(x E) E { return x }
	if b {
		f = func(y E) E { return x }
	}
	y := x
	H = f(y)
	var g func(*E)
	g = func(p *E) {
		if b {
			g(p)
		}
	}
	g(&y)
	h := same[E]
	h = same[E]
	return h(f(x))
}
func same[E any](x E) E { return x }
func uses() {
	x := 1
	each2(1, true)
	each2(&x, false)
	h := same[*int]
	h = same[*int]
	h(&x)
}

//go:uintptrescapes
func pins(p uintptr) {}
func pinned(b bool) {
	f := pins
	f = pins
	f(0)
	f = func(uintptr) {}
	f(1)
	x := 1
	g := pins
	if b {
		g = pins
	}
	g(uintptr(unsafe.Pointer(&x)))
}

// The first keeps it, and the last does not.
func first(b bool) {
	x := 1
	f := keeps
	if b {
		f = stays
	}
	f(&x)
}
`
