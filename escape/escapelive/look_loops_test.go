package escapelive

// resultLoopsSource has the results of literals and functions in which loops over functions return
// some, or only seem to.
const resultLoopsSource = `package loops

var G any

func all(yield func(*int) bool) {}

func literal() {
	f := func(p *int) *int {
		for q := range all {
			return q
		}
		return p
	}
	g := func(p *int) *int { return p }
	G = f
	G = g
}

func inside(p *int) *int {
	for range all {
		func() int { return 1 }()
	}
	return p
}

func bare(p *int) (_ *int) {
	for range all {
		return
	}
	return p
}

func core[S ~func(func(*int) bool)](s S, p *int) *int {
	for q := range s {
		return q
	}
	return p
}

func named(p *int) (_ bool, r *int) {
	for q := range all {
		return true, q
	}
	return false, p
}

func nested(p *int) *int {
	for range all {
		for range 3 {
			if p == nil {
				return nil
			}
		}
	}
	return p
}

func labels(n int) {
	for range all {
	L:
		for {
			if n > 0 {
				break L
			}
			n++
		}
		x := 1
		G = &x
	M:
		for n < 9 {
			for {
				continue M
			}
		}
		y := 2
		G = &y
	}
}

func use() { core(all, new(int)) }
`

// passedShapesSource has what generic functions pass on after loops over texts and expressions of
// types, and statements that the text of a case has.
const passedShapesSource = `package shapes

import "unsafe"

var G any

type S[T any] struct{ t T }

func (s S[T]) Get() T { return s.t }

func sub[T any](x T) T { G = x; return x }

type M[T any] map[string]T

func text[T ~string](s T) T {
	var x any
	for x = range s {
		G = x
	}
	G = sub(s)
	G = sub([]T{s})
	return s
}

func number[T ~int](n T) T {
	var x any
	for x = range n {
		G = x
	}
	G = sub(n)
	G = sub([]T{n})
	return n
}

func method[T any](x T) T {
	f := S[T].Get
	G = f(S[T]{x})
	G = sub(x)
	G = S[T](S[T]{x})
	G = new(S[[]T])
	G = []any{nil, x}
	G = sub(S[T]{x})
	_ = new(M[T])
	_ = (*M[[]T])(nil)
	return x
}

func ranged[T ~string](s T) T {
	var x any
	for x = range s {
		_ = x
	}
	return s
}

func counted[T ~int](n T) T {
	var x any
	for x = range n {
		_ = x
	}
	return n
}

func outer[T ~string, N ~int](s T, n N) {
	G = text(s)
	G = number(n)
	G = ranged(s)
	G = counted(n)
	G = method(s)
	G = method([]T{s})
}

func slice[T int | uint](p *int, x any) {
	G = unsafe.Slice(p, x.(T))
	G = sub(unsafe.Slice(p, x.(T)))
	G = unsafe.Pointer(unsafe.Add(unsafe.Pointer(p), x.(T)))
}

func none(p *int) {}

func cases(x any, c chan *int) {
	switch v := x.(type) {
	case *int:
		go none(v)
		G = v
	case **int:
		defer none(*v)
		G = v
	}
	select {
	case v := <-c:
		go none(v)
		G = v
	}
	var p *int
	select {
	case p = <-c:
		defer none(p)
	}
	G = p
}

func use() {
	text("a")
	number(1)
	outer("a", 1)
	method(1)
	method("a")
	slice[int](nil, nil)
	slice[uint](nil, nil)
}
`

// pragmasSource has functions without bodies, some with a directive of their own.
const pragmasSource = `package pragmas

import "unsafe"

//go:noescape
func first(p *int) *int

func plain(p *int)

//go:uintptrescapes
func second(p uintptr, q *int)

func other(p uintptr, q *int)

//go:noescape
func third(p, q *int)

func use(x, y *int) {
	first(x)
	plain(y)
	a, b, c := 1, 2, 3
	second(uintptr(unsafe.Pointer(&a)), x)
	other(uintptr(unsafe.Pointer(&b)), y)
	third(&c, &c)
}
`
