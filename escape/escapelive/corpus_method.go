package escapelive

// methodSource has functions for method values and method expressions, of generic and
// other types, and for the names of types in the messages about instances.
const methodSource = `package method

import "unsafe"

var g *int

type S[T any] struct{ t T }

func (s S[T]) keep(p *int) *int           { return p }
func (s *S[T]) leak(p *int)               { g = p }
func (s S[T]) none(p *int)                {}
func (s S[T]) anon(*int) T                { return s.t }
func (s S[T]) two(p, q *int) (*int, *int) { return q, p }
func (s *S[T]) self() *S[T]               { return s }
func (s *S[T]) vari(p ...*int)            { g = p[0] }

type M interface{ M(*int) *int }
type MN interface {
	M(p *int) *int
	N(_ *int)
}
type E[T any] struct {
	*S[T]
	n int
}
type EM[T M] struct{ M T }

func vals[T any](t T) {
	s := S[T]{t}
	x1, x2, x3, x4, x5, x6 := 1, 2, 3, 4, 5, 6
	f1 := s.keep
	f1(&x1)
	f2 := s.leak
	f2(&x2)
	f3 := s.none
	f3(&x3)
	f4 := s.anon
	f4(&x4)
	f5 := s.two
	_, _ = f5(&x5, &x6)
}

func exprs[T any](t T) {
	s := S[T]{t}
	x1, x2, x3, x4, x5, x6, x7, x8 := 1, 2, 3, 4, 5, 6, 7, 8
	f1 := S[T].keep
	f1(s, &x1)
	f1p := (*S[T]).keep
	f1p(&s, &x7)
	f2 := (*S[T]).leak
	f2(&s, &x2)
	f3 := S[T].none
	f3(s, &x3)
	f4 := (*S[T]).anon
	f4(&s, &x4)
	f5 := S[T].two
	_, _ = f5(s, &x5, &x6)
	f6 := (*S[T]).vari
	f6(&s, &x8)
	(*S[T]).leak(&s, new(int))
	S[T].keep(s, new(int))
	(*S[T]).keep(&s, new(int))
}

func embedded[T any](t T) {
	s := E[T]{&S[T]{t}, 1}
	x1, x2, x3, x4, x5, x6, x7 := 1, 2, 3, 4, 5, 6, 7
	f1 := s.keep
	f1(&x1)
	f2 := s.leak
	f2(&x2)
	f3 := E[T].keep
	f3(s, &x3)
	f4 := E[T].leak
	f4(s, &x4)
	f5 := (*E[T]).none
	f5(&s, &x5)
	f6 := E[T].self
	g6 := f6(s)
	_ = g6
	f7 := (*E[T]).keep
	f7(&s, &x6)
	(*E[T]).keep(&s, &x7)
}

func params[T M, U MN](t T, u U) {
	x1, x2, x3, x4, x5, x6 := 1, 2, 3, 4, 5, 6
	f1 := t.M
	f1(&x1)
	f2 := T.M
	f2(t, &x2)
	f3 := u.M
	f3(&x3)
	f4 := u.N
	f4(&x4)
	T.M(t, &x5)
	t.M(&x6)
}

func ifaces[T any](a interface{ Put(T, *int) }, b interface{ Get() T }) {
	x1, x2 := 1, 2
	f := a.Put
	var t T
	f(t, &x1)
	h := b.Get
	_ = h()
	k := interface{ Put(T, *int) }.Put
	k(a, t, &x2)
}

func static() {
	s := S[int]{1}
	x1, x2, x3, x4 := 1, 2, 3, 4
	f1 := s.keep
	f1(&x1)
	f2 := S[int].keep
	f2(s, &x2)
	f3 := (*S[int]).keep
	f3(&s, &x3)
	f4 := vals[int]
	f4(3)
	E[int].leak(E[int]{}, &x4)
}

type V struct{}

func (V) M(p *int) *int { return p }
func (V) N(p *int)      { g = p }
func use() {
	vals(1)
	exprs(1)
	embedded("a")
	params(V{}, V{})
	ifaces[int](nil, nil)
	f := params[V, V]
	f(V{}, V{})
}
func fi[T any](t T) func(T, *int) T {
	f := id[T]
	x := 1
	_ = f(t)
	h := id2[T, *int]
	h(t, &x)
	y := 2
	id2(t, &y)
	return id2[T, *int]
}
func id[T any](t T) T          { return t }
func id2[T, U any](t T, u U) T { return t }
func use3()                    { fi(1)(2, new(int)) }

var gt *PS

type PS struct{ t *int }

func (s PS) keep(p *int) *int { return p }
func (s *PS) leak(p *int)     { g = p }
func (s PS) none(p *int)      {}
func (s PS) own() *int        { return s.t }
func (s *PS) pown() *int      { return s.t }
func (s *PS) self() *PS       { return s }
func (s *PS) store()          { gt = s }
func (s PS) vstore()          { g = s.t }

type PE struct {
	*PS
	n int
}
type PF struct {
	PS
	n int
}
type PI interface{ keep(p *int) *int }
type PH struct{ PI }

func plain() {
	s := PS{}
	x1, x2, x3, x4, x5, x6, x7, x8 := 1, 2, 3, 4, 5, 6, 7, 8
	f1 := PS.keep
	f1(s, &x1)
	f1p := (*PS).keep
	f1p(&s, &x7)
	f2 := (*PS).leak
	f2(&s, &x2)
	f3 := PS.none
	f3(s, &x3)
	f4 := (*PS).none
	f4(&s, &x4)
	(*PS).none(&s, &x5)
	(*PS).leak(&s, &x6)
	(*PS).keep(&s, &x8)
}
func promoted() {
	y := 3
	e := PE{&PS{&y}, 1}
	x1, x2, x3, x4, x5, x6, x7, x8 := 1, 2, 3, 4, 5, 6, 7, 8
	PE.keep(e, &x1)
	PE.leak(e, &x2)
	f := PE.none
	f(e, &x3)
	(*PE).keep(&e, &x4)
	(*PE).none(&e, &x5)
	(*PE).leak(&e, &x6)
	var f0 PF
	PF.keep(f0, &x7)
	(*PF).leak(&f0, &x8)
}
func recvs() (*int, *int, *int, *PS, *int) {
	y1, y2, y3, y4, y5, y6, y7, y8, y9 := 3, 3, 3, 3, 3, 3, 3, 3, 3
	e := PE{&PS{&y1}, 1}
	PE.store(e)
	f := PF{PS{&y2}, 1}
	PF.vstore(f)
	f3 := PF{PS{&y3}, 1}
	(*PF).store(&f3)
	e4 := PE{&PS{&y4}, 1}
	f5 := PF{PS{&y5}, 1}
	f6 := PF{PS{&y6}, 1}
	f7 := PF{PS{&y7}, 1}
	f8 := &PS{&y8}
	(*PS).vstore(f8)
	f9 := PS{&y9}
	return PE.own(e4), PF.own(f5), (*PF).pown(&f6), (*PF).self(&f7), (*PS).own(&f9)
}
func ifc() {
	x, x2 := 1, 2
	h := PH{PS{}}
	PH.keep(h, &x)
	PI.keep(PS{}, &x2)
	f := PH.keep
	y := 3
	f(h, &y)
}

type B byte
type R rune

func bytes(b []B, r []R) (string, string) { return string(b), string(r) }
func bytesOf[T []B](x T) string           { return string(x) }

func local[A any](a A) []any {
	type L struct{ a A }
	type T[U any] struct {
		u U
		l L
	}
	type U[_ any] int
	return []any{T[int]{}, T[A]{}, T[U[string]]{}, U[A](0), L{a}}
}

func reshape[T any]() any {
	type both[T, U any] struct {
		t T
		u U
	}
	var x both[*struct{ b T }, *struct{ d int }]
	return []any{x.t.b, x.u.d}
}

func assert[T any](x any, y interface{ M() T }) []any {
	v, ok := x.(chan T)
	_, _ = v, ok
	return []any{<-x.(chan T), -x.(int), y.(interface{ M() T }).M(), x.([]T)[0]}
}

type embeds[T any] struct {
	int
	x T
}
type T struct{}

func names() []any {
	return []any{pairOf[struct{ int }]{}, pairOf[struct {
		T
		*B
	}]{}, pairOf[struct{ embeds[int] }]{}, pairOf[struct {
		x int
		Y string "a:b"
	}]{}}
}

type pairOf[T any] struct{ a, b T }

type long[T any] struct{ a T }

func (l *long[T]) self(x []T) { x[0], x[1] = x[1], x[0] }
func useLong() {
	type s struct{ abcdefghijklmnopqrstuvwxyz0, abcdefghijklmnopqrstuvwxyz1, abcdefghijklmnopqrstuvwxyz2, abcdefghijklmnopqrstuvwxyz3, abcdefghijklmnopqrstuvwxyz4, abcdefghijklmnopqrstuvwxyz5, abcdefghijklmnopqrstuvwxyz6, abcdefghijklmnopqrstuvwxyz7, abcdefghijklmnopqrstuvwxyz8, abcdefghijklmnopqrstuvwxyz9, abcdefghijklmnopqrstuvwxyz10, abcdefghijklmnopqrstuvwxyz11, abcdefghijklmnopqrstuvwxyz12 string }
	var l long[s]
	l.self(nil)
}

func sizes[T any](v T) []any {
	var s struct {
		a byte
		b T
		c []T
	}
	x := make([]byte, unsafe.Sizeof(v)*5)
	func() { _ = unsafe.Sizeof(func() *T { return new(T) }()) }()
	return []any{unsafe.Sizeof(v), unsafe.Alignof(s), unsafe.Offsetof(s.c), len(x), make([]int, unsafe.Offsetof(s.c))}
}

func useOthers() {
	bytesOf([]B{})
	local(1)
	local("a")
	reshape[int]()
	assert[int](nil, nil)
	sizes(0)
	sizes("a")
	sizes(&g)
}
`
