package escapelive

// cornersSource has labels in cases, indexes that are compared, comparisons of values with
// interfaces, loops over functions with blanks, and calls of copy.
const cornersSource = `package corners

var G any

// label in a case
func label(x any) {
	switch v := x.(type) {
	case *int:
	L:
		for {
			G = v
			break L
		}
	case []int:
		G = v
		goto M
	M:
	}
}

type S struct{ x, y *int }

func self(m map[bool]*S, a, b int) { m[a < b].x = m[a < b].y }
func self2(m map[bool]*S, a, b bool) { m[a && b].x = m[a && b].y }
func self3(m map[int]*S, a, b int) { m[a-b].x = m[a-b].y }
func self4(m []*S, t map[bool]int, a, b int) { m[t[a == b]].x = m[t[a == b]].y }
func self5(m []*S, t map[bool]int, a, b int) { m[0].x = m[0].y; m[0].x, m[1].x = m[1].x, m[0].x }
func self6(s *struct{ b []*int }, t map[bool]int, a, b int) { s.b[t[a == b]] = s.b[t[a != b]] }
func self7(s *struct{ b []*int }, a, b int) { s.b[a^b] = s.b[a<<b] }
func self8(s *struct{ b []*int }, t map[bool]int, a, b bool) { s.b[t[a && b]] = s.b[t[a || b]] }
func self9(s *struct{ b []*int }, a, b func() int) { s.b[a()] = s.b[b()] }
func self10(s *struct{ b []*int }, a, b int, m []int) { s.b[m[a]] = s.b[len(m)-b] }
func self11(s *struct{ b []*int }, a, b int, m []int) { s.b[min(a, b)] = s.b[cap(m)] }

func self12(m map[int]*S, a, b int) { m[-a].x = m[^a].y; m[-a].x = m[-b].y; m[-a].x = m[-a].y }

func eq(n int, x any) bool { return n == x }
func eq2(n [3]int, x any) bool { return n == x }
func eq3(x any, n [3]int) bool { return x == n || n != x }

type I interface{ M() }
type P *int
type T struct{ a, b int }

func (T) M() {}
func eq4(t T, i I) bool { return t == i }
func eq5(p P, q *int, c chan int, d <-chan int) bool { return p == q || q == p || c == d || d == c }
func eq6(t T, i interface{ M() }, j I) bool { return i == j || j == i || t != i }
func sw(t T, i I, x any) int {
	switch t {
	case i:
		return 1
	case x:
		return 2
	}
	switch x {
	case t:
	case i, 5, "a":
	case nil:
	}
	return 0
}

func seq2(yield func(*int, *int) bool)  {}
func seq1(yield func(*int) bool)        {}
func rf() (r *int) {
	for _, v := range seq2 {
		r = v
	}
	for k, _ := range seq2 {
		G = k
	}
	for _ = range seq1 {
	}
	for range seq2 {
	}
	for _, _ = range seq2 {
	}
	return
}

func gd(n int) {
	for i := range n {
		x, y := i, i
		go func(p, q *int) {}(&x, &y)
		defer func(p, q *int) {}(&x, &y)
		var big [40]*int
		big[0] = &x
		go func(b [40]*int) {}(big)
		f := func(p *int) {}
		go f(&y)
		go G.(I).M()
		defer G.(I).M()
		defer print(&x == &y, n, i)
	}
	x := 1
	defer func(p *int, q ...*int) {}(&x, &x)
	go func(p *int, q ...*int) {}(&x, &x)
}
func selfp(p *int) *int { p = p; q := p; q = q; p, q = q, p; p, p = p, p; return q }

func copies(b []byte, s, t string) {
	G = copy(b, s+t)
	G = copy(b, s)
	G = copy(b, b[1:])
}
`

// aliasesSource has aliases that functions declare, and constraints of channels and other
// types.
const aliasesSource = `package aliases

var G any

type Any = any
type L[T any] = []T
type M[T any] = map[string]T
type St = interface{ String() string }

func sub[T any](x T) T { return x }
func sub2[T any](x L[T]) T { G = x; return x[0] }

func f[T any](x T, s L[T], m M[T]) {
	type B = L[T]
	G = Any(x)
	G = any(x)
	var b B = s
	var c L[T] = s
	var d []T = s
	G = b
	G = c
	G = d
	G = sub(b)
	G = sub(c)
	G = sub(d)
	G = sub2(b)
	G = sub(m)
	G = sub[map[string]T](m)
	var a Any = x
	_, ok := a.(T)
	_, ok = G.(L[T])
	_, ok = a.(B)
	_ = ok
	G = sub(x)
	G = sub[B](b)
	G = sub[L[T]](b)
	G = sub([]B{b})
	G = sub([]L[T]{b})
}
func use() { f(1, nil, nil); f("a", nil, nil); f(new(int), nil, nil) }

type CS interface{ chan int | []int }

func lens[T CS](x T) int { y := x; G = y; return len(x) + cap(y) }
func lens2[T chan int | []int | map[int]int](x T) int { return len(x) }
func lens3[T chan int | string](x T, p *T) any { *p = x; var z T; G = &z; return any(x) }
func lens4[T chan int | func()](x T) bool { return x == nil }
func lens5[T interface{ chan int | *int }](x, y T) (bool, T) { c := make(chan T, 1); c <- x; go func() { c <- y }(); return x == y, <-c }
func lens6[T chan int | *int](xs ...T) (r T) { for _, x := range xs { r = x }; switch any(r).(type) { case chan int: G = r }; return sub(r) }
func useLens() {
	lens(make(chan int))
	lens([]int{1})
	lens2(map[int]int{})
	lens2([]int{})
	lens3("a", nil)
	lens4(func() {})
	lens5(new(int), nil)
	lens6(make(chan int), nil)
	lens6(new(int))
}

// Conversions to an alias and to what it stands for are two words of a dictionary.
func conv2[T any](x T) T { G = Any(x); G = any(x); return x }
func conv3[T any](x T) T {
	type B = any
	G = B(x)
	G = any(x)
	return x
}
func callConv[T any](x T) { G = conv2(x); G = conv3(x) }
func useConv()            { callConv(1) }
`

// unreachedSource has loops over functions in code that is never reached.
const unreachedSource = `package unreached

type Seq func(yield func(*int) bool)

func all(yield func(*int) bool) {}
func f(p *int) (*int, bool) {
	if false {
		for q := range all {
			return q, true
		}
	}
	return p, false
}
func g(p *int) *int {
	for range all {
		if false {
			return nil
		}
		_ = func() *int { return p }
	}
	return p
}
func h(p *int) *int {
	return p
	for q := range all {
		return q
	}
	return nil
}
func i(p *int) func() *int {
	return func() *int {
		if false {
			for q := range all {
				return q
			}
		}
		return p
	}
}
func j(p *int) func() *int {
	for range all {
		func() int {
			return 1
		}()
	}
	return func() *int { return p }
}
func k[T any](p *T, s func(func(*T) bool)) *T {
	if false {
		for q := range s {
			for range all {
				return q
			}
		}
	}
	return p
}
func l(p *int) *int {
	x := 1
	for range all {
		if false {
			for range all {
				return nil
			}
			defer func() {}()
		}
		p = &x
	}
	return p
}
func use() { k(new(int), nil); k(new(string), nil) }
func m(p *int) (_ *int, r bool) {
	for q := range all {
		return q, true
	}
	return p, false
}

func n() func() *int {
	return func() *int {
		for x := range all {
			y := x
			return *&y
		}
		return nil
	}
}
func o() func() *int {
	return func() *int {
		x := 1
		if false {
			for q := range all {
				return q
			}
		}
		return &x
	}
}
func p2() (r func() (a, b *int)) {
	for range all {
		r = func() (*int, *int) { x := 1; return &x, nil }
		return r
	}
	return
}
`

// throughSource calls methods of generic types through pointers and embedded fields.
const throughSource = `package through

var G any

type S[T any] struct{ list []T }

func (s S[T]) Len() T   { return s.list[0] }
func (s *S[T]) Add(x T) *T { s.list = append(s.list, x); return &s.list[0] }

type E[T any] struct{ S[T] }
type P[T any] struct{ *S[T] }

func f[T any](p *S[T], v S[T], e E[T], pe *E[T], q P[T], x T) {
	G = p.Len()
	G = v.Len()
	G = *p.Add(x)
	G = *v.Add(x)
	G = e.Len()
	G = *e.Add(x)
	G = pe.Len()
	G = *pe.Add(x)
	G = q.Len()
	G = *q.Add(x)
	g, h := p.Len, v.Add
	G = g()
	G = *h(x)
	pp := &p
	G = (*pp).Len()
	G = (**pp).Len()
	G = S[T].Len(*p)
	G = (*S[T]).Len(p)
	G = *(*S[T]).Add(p, x)
}
func use() { f(&S[int]{}, S[int]{}, E[int]{}, &E[int]{}, P[int]{}, 1); f(&S[*int]{}, S[*int]{}, E[*int]{}, &E[*int]{}, P[*int]{}, nil) }
func use2(p *S[int], v S[int], q P[string]) { G = p.Len(); G = *v.Add(1); G = q.Len(); f := p.Len; G = f() }
`
