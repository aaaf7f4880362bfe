package escapelive

// leaveSource leaves loops over functions in all ways.
const leaveSource = `package rng

var G any

func seq(yield func(int) bool) {}

var it func(func(int, *int) bool)

func breaks() (r *int) {
outer:
	for i := 0; i < 3; i++ {
		for j, p := range it {
			if j == i {
				continue outer
			}
			switch j {
			case 1:
				G = p
				fallthrough
			case 2:
				break
			case 3:
				continue
			case 4:
				return p
			}
		}
	}
	return nil
}

func plain() {
	for j := range it {
		if j > 0 {
			break
		}
	}
}

func labelled() {
L:
	for j := range it {
		for k, p := range it {
			if k > j {
				break L
			}
			G = p
		}
	}
}

func only() (a, b *int) {
	for _, p := range it {
		return p, p
	}
	return
}

func deferred(n int) (r *int) {
	for j, p := range it {
		defer func() { r = p }()
		for range it {
			defer println(j)
		}
	}
	for range it {
		if n > 2 {
			return &n
		}
	}
	return nil
}

func deferredOnce(f func()) {
	for range it {
		defer f()
	}
	for j, p := range it {
		defer func() { G = p }()
		if j > 0 {
			return
		}
	}
}
`

// argsSource has addresses as numbers among arguments, sizes and constants of named types,
// and assertions in generic functions.
const argsSource = `package args

import "unsafe"

var G any

type N int
type U uint8

func plain(p *int, n int)
func ptr(p uintptr, q *int, s ...uintptr)

//go:uintptrescapes
func esc(p uintptr, q *int, s ...uintptr) {}

func bodyless(p, q, r *int, u uintptr) {
	plain(p, 3)
	plain((*int)(unsafe.Pointer(q)), int(uintptr(unsafe.Pointer(r))))
	ptr(u, nil)
	ptr(u+1, q)
	ptr(uintptr(u), q)
	x, y, z, a, b := 1, 2, 3, 4, 5
	ptr(uintptr(unsafe.Pointer(&x)), (*int)(unsafe.Pointer(&y)), uintptr(unsafe.Pointer(&z)), u, uintptr(unsafe.Pointer(&a))+1)
	esc(uintptr(unsafe.Pointer(&b)), (*int)(unsafe.Pointer(new(int))), u, uintptr(unsafe.Pointer(new(int))), 3)
	esc(u, new(int), uintptr(unsafe.Pointer(new(N)))+u)
	esc(u, (*int)(unsafe.Pointer(uintptr(unsafe.Pointer(new(N))))))
	l := []uintptr{uintptr(unsafe.Pointer(new(U)))}
	esc(u, nil, l...)
}

func named(list []N) {
	n := 5
	G = make([]int, N(n))
	G = make([]int, n, N(n))
	var m N = 6
	G = make([]int, m)
	G = make([]int, int(m))
	u := U(7)
	G = make([]int, u)
	G = make([]int, uint8(u))
	const k = 3
	G = make([]int, k)
	G = make([]int, N(k))
	w := k
	G = make([]int, w, N(k))
	l := []N{1, 2}
	G = make([]int, len(l))
	G = make([]int, N(len(l)))
	G = make([]int, (N)((int)(N(n))))
	f := 1.5
	G = f
	G = 1.5
	G = float32(1.5)
	G = 'a'
	G = 2i
	G = complex64(2i)
	G = true
	G = "s"
	G = N(3)
	c := 'x'
	G = c
	b := false
	G = b
	s := "t"
	G = s
	z := complex64(1)
	G = z
}

type F interface{ M() string }
type X string

func (x X) M() string { return string(x) }

func dynamic[T any](t T, f F) {
	type E interface{}
	type M interface{ M() string }
	type D interface{ M() string; m(T) }
	type K interface{ F }
	var e E = t
	G = []byte(e.(string))
	G = e.(int)
	var m M = f
	G = []byte(m.(X))
	G = m.(X)
	G = m.(F)
	G = []byte(m.(interface{ M() string }).M())
	var k K = f
	G = []byte(k.(X))
	switch x := k.(type) {
	case X:
		G = []byte(x)
	case F, nil:
		G = x
	default:
		G = x
	}
	G = []byte(any(t).(string))
	G = []byte(any(f).(X))
	G = []byte(f.(M).M())
}

func (d *R[T]) none() {}

type R[T any] struct{ t T }

func useDynamic() { dynamic(1, nil); dynamic("a", X("a")) }
`

// localsSource has types of which types that a generic function declares are a part.
const localsSource = `package locals

var G any

type S[T any] struct{ list []T }

func (s *S[T]) at(i int) T { return s.list[i] }

type Pair[A, B any] struct { a A; b B }

func (s *S[T]) Len() int {
	type local struct{ list []T }
	type plain struct{ n int }
	type rec struct { next *rec; m map[string]*local }
	G = &local{s.list}
	G = []local{}
	G = []*plain{}
	G = map[string]plain{}
	G = [2]plain{}
	G = func(plain) local { return local{} }
	G = struct{ p *plain }{}
	G = Pair[plain, *local]{}
	G = make(chan plain, 1)
	G = new(plain)
	G = new([]local)
	G = new(rec)
	G = (*rec)(nil)
	type iface interface{ M(plain) *rec }
	var i iface
	G = i
	G = &i
	G = any(i).(interface{ M(*plain) })
	for _, x := range []plain{{1}, {2}} {
		G = x
		G = &x
	}
	var q any = plain{}
	switch x := q.(type) {
	case *plain:
		G = x
	case []local:
		G = x
	case map[plain]int, func(*rec):
		G = x
	}
	w, ok := q.(*local)
	G, G = w, ok
	return len(s.list)
}

func use[T any](s *S[T]) {
	G = s.Len()
	G = s.at(0)
	G = []byte(any(s.at(0)).(string))
	type own struct{ s S[T] }
	G = twice(own{})
	G = twice([]own{})
	G = []byte(any(twice(&own{}).s.at(0)).(string))
	f := twice[*own]
	G = f(nil)
}

func twice[T any](t T) T { return t }

func calls(s *S[int], t *S[string], u *S[*int]) { use(s); use(t); use(u); s.Len(); t.Len() }
`

// tailSource has cases of many kinds, aliases, loops over functions and returns in loops.
const tailSource = `package tail

var G any

type W[A, B any] struct{ a *A; b B }

func (w *W[A, B]) put(a A, b B) *A { w.b = b; return &a }

type I interface{ M() *int }

type S struct{ p *int }

func (s *S) M() *int { return s.p }

func cases(v any, i I, p *int) {
	switch x := v.(type) {
	case W[int, *int]:
		G = x
	case *W[string, []int], []W[int8, int]:
		G = x
	case map[string]*int, func(int) *int, chan<- *int, [3]*int, interface{ N() }:
		G = x
	case nil:
		G = x
	default:
		if y, ok := x.(*int); ok {
			G = y
			break
		}
		G = x
	}
	switch x := i.(type) {
	case *S:
		G = x
	default:
		if x == nil {
			G = 1
		} else {
			G = x
		}
		for k := range 3 {
			G = k
		}
		switch p {
		case nil:
		}
		var q *int
		q, r := p, 2
		q = &r
		goto end
	end:
		{
			G = q
			r++
			r += 2
		}
		defer print(r)
		go func() { G = q }()
	case interface{ N() *int }:
		select {}
	}
	switch 1 {
	case 1:
		fallthrough
	case 2:
		G = new(int)
	case 3:
		G = new(int8)
	}
	switch 4 {
	case 1:
		G = new(int16)
	default:
		G = new(int32)
		fallthrough
	case 2:
		G = new(int64)
	}
	switch "a" {
	case "b", "a":
		G = new(string)
	}
	switch {
	case false:
		G = new(uint)
	case p == nil:
		G = new(uint8)
	}
}

func seq[T any](t T) func(func(T, *T) bool) { return nil }

func aliases[T any](t T) T {
	type A = []T
	type B = A
	type C = B
	var a A
	var b B
	var c C
	G = a
	G = b
	G = C(c)
	G = []T(nil)
	G = []C{a, b}
	G = A{}
	G = map[int]B{}
	return t
}

func ranges[T any](t T) T {
	var x, y any
	for x, y = range seq(t) {
		G, G = x, y
	}
	for x = range seq([]T{}) {
		G = x
	}
	var z T
	for z, y = range seq(t) {
		G = z
	}
	for _, y = range seq(t) {
	}
	return blanks(t, x)
}

func blanks[T any](t T, x any) T {
	for _, q := range seq(t) {
		G = q
	}
	for q, _ := range seq([]T{}) {
		G = q
	}
	for _, _ = range seq(map[int]T{}) {
	}
	for range seq(struct{ t T }{}) {
	}
	return t
}

func length[T any](t T) int { return 1 }

func sliced[T any](t T, s []int) T {
	G = s[length(t):]
	G = s[:length([]T{}):length(map[int]T{})]
	return t
}

func devirtualized(s *S, c chan I, m map[string]I, l []I) (p *int) {
	var i I = &S{}
	_ = s
	s.p = i.M()
	G, _ = i, s
	for _, G = range l {
	}
	var n int
	n = 3
	n++
	m["a"] = i
	p = i.M()
	_, _ = p, n
	var ok bool
	m["b"], ok = <-c
	G = ok
	return
}

func use[T any](t T) {
	type A = T
	G = []byte(any(sliced(t, nil)).(string))
	G = []byte(any(aliases(t)).(string))
	G = []byte(any(aliases([]A{})[0]).(string))
	G = []byte(any(ranges(t)).(string))
	G = []byte(any(blanks(t, nil)).(string))
}

func returns(f func(func() int), list []int) func() int {
	for i := range list {
		if i > 3 {
			return nil
		}
		f(func() int { return i })
	}
	for i := 0; i < 3; i++ {
		if i > 2 {
			return func() int { return i }
		}
		f(func() int { return i })
	}
	for i := 0; ; i++ {
		for j := range list {
			if j > 2 {
				return func() int { return i }
			}
			f(func() int { return j })
		}
		f(func() int { i++; return i })
	}
}

func _(p *int) { G = &p }

func calls() { use(1); use("a") }

type X1[A any] struct{ a *A }
type X2[A any] struct{ a *A }
type X3[A any] struct{ a *A }
type X4[A any] struct{ a *A }

func (w *X1[A]) put(a A) *A { return &a }
func (w *X2[A]) put(a A) *A { return &a }
func (w *X3[A]) put(a A) *A { return &a }
func (w *X4[A]) put(a A) *A { return &a }

func inCases[T any](t T, v any) {
	switch x := v.(type) {
	case X1[int], X2[T]:
		G = x
	}
	switch v.(type) {
	case X3[int]:
	case []X4[T]:
	}
}

func callInCases() { inCases(true, nil); inCases("a", nil) }
`

// coreSource has constraints without a core type.
const coreSource = `package core

var G any

type Idx interface{ []*int | [4]*int | *[4]*int }
type Maps interface{ map[string]*int | map[string]int8 }
type Str interface{ ~string | ~[]byte }
type Num interface{ ~int | ~int8 | ~float64 }

func idx[T Idx](t T, i int) T { G = t[i]; G = len(t); G = cap(t); return t }
func maps[T Maps](t T, k string) T { G = len(t); clear(t); return t }
func str[T Str](t T, i int) T { G = t[i]; G = t[1:]; G = string(t); G = []byte(t); G = append([]byte{}, t...); G = copy([]byte{1}, t); G = len(t); return t }
func conv[T Num](t T, u T) T { var x T = 3; G = T(1.0); G = x + t; G = float64(t); G = T(len([]T{t, u})); t += u; t++; return -t }

func ptr[T any, P interface{ *T; M() }](p P, t T) P { G = *p; *p = t; p.M(); G = P(&t); return &t }
func fns[T func() | func(int)](t T) { G = t }
func chs[T chan int | chan string](t T) T { G = len(t); close(t); return t }

type Q struct{}

func (*Q) M() {}

func calls[A any](a A, p *Q) {
	G = []byte(any(idx([]*int{}, 1)).(string))
	G = idx([4]*int{}, 1)[0]
	G = maps(map[string]*int{}, "a")["b"]
	G = str("a", 1) + "b"
	G = []byte(str("a", 1))
	G = conv(1, 2)
	G = *ptr(p, *p)
	fns(func() {})
	G = chs(make(chan int))
	type own []byte
	G = []byte(any(str(own{}, 1)).(string))
}

func all() { calls(1, nil); calls("a", nil) }
`
