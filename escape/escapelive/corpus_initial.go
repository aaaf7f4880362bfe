package escapelive

// sizesSource makes slices of sizes that are constants in other ways.
const sizesSource = `package sizes

func big(n int) {
	_ = make([]byte, 1<<31)
	_ = make([]byte, 1<<31-1)
	_ = make([]byte, 1<<40)
	_ = make([]struct{}, 1<<62)
	_ = make([]byte, 0, 1<<31)
	_ = make([]byte, n, 1<<33)
	var x uint64 = 1<<64 - 1
	_ = make([]byte, x)
	_ = make([]int, 0, x)
	var y uint8 = 255
	_ = make([]int, y)
	var z int64 = 1 << 31
	_ = make([]byte, z)
	_ = make([]byte, z*2)
	const k = 1 << 32
	w := k
	_ = make([]byte, w)
	e := make([]struct{}, w)
	_ = e
	f := 1e3
	_ = make([]int, 1e3)
	_ = f
	neg := -1
	_ = make([]int, neg)
	ptr := uintptr(1 << 40)
	_ = make([]int, ptr)
	i8 := int8(5)
	_ = make([]int, i8, 10)
	r := 'a'
	_ = make([]int, r)
	sl := []int{1, 2, 3}
	_ = make([]int, len(sl))
	st := "hello"
	_ = make([]int, len(st))
	ar := [5]int{}
	_ = make([]int, len(ar))
	_ = make([]byte, 64<<10)
	_ = make([]byte, 64<<10+1)
	_ = make([]int, 8<<10)
	_ = make([][3]byte, 21845)
	_ = make([][3]byte, 21846)
	_ = make([][0]int, 4)
	_ = make([]byte, len(sl)*2)
	_ = append([]byte(nil), make([]byte, 1<<33)...)
	_ = append([]byte(nil), make([]byte, n)...)
}
`

// initialSource has expressions that messages quote, and initialisers of blank variables.
const initialSource = `package initial

import "unsafe"

var G any
var s1, s2 []int
var m map[string]int
var iface interface{ M() int }
var fn func() int
var pt *struct{ a int }
var ch chan int
var n, d int
var str string
var arr [4]int
var b []byte

// package initialisers that nothing keeps
var _ = iface.M
var _ = n / d
var _ = n / 3
var _ = n << d
var _ = n << 3
var _ = str + "x"
var _ = str + str
var _ = string(b)
var _ = []byte(str)
var _ = []rune(str)
var _ = any(n)
var _ = any(arr)
var _ = &arr
var _ = &n
var _ = [3]int{n, d}
var _ = []int{n, d}
var _ = map[string]int{"a": n}
var _ = struct{ a *int }{&n}
var _ = &struct{ a *int }{&n}
var _ = new(int)
var _ = min(n, d)
var _ = min(str, "a")
var _ = len(m)
var _ = len(ch)
var _ = complex(float64(n), 1)
var _ = s1 == nil
var _ = iface == nil
var _ = str == "a"
var _ = arr == [4]int{}
var _ = G == G
var _ = func() int { return n }
var _ = func() *int { x := 1; return &x }()
var _ = unsafe.Slice(&n, d)
var _ = unsafe.String(&b[0], d)
var _ = unsafe.SliceData(s1)
var _ = unsafe.StringData(str)
var _ = arr[2]
var _ = arr[n]
var _ = [4]int(s1)
var _ = !(n > d) && (n != d)
var _ = -n
var _ = &[]int{n}
var _ = [...]func(){func() { G = 1 }}
var _ = T{}.M
var _ = (*T).P
var _ = tv.M
var _ = ptv.P
var _ any = T{}
var _ I = T{n}
var _ I = &tv
var _ = G.(I)
var _, _ = G.(I)
var _ = real(complex(1.5, float64(n)))
var _ = imag(cc)
var _ = cc * complex(real(cc)*2, -imag(cc))
var G2 any = cc * complex(real(cc)*2, -imag(cc))
var G3 any = unsafe.Sizeof(n) + uintptr(n)
var G4 any = string(unsafe.Slice(unsafe.StringData(str), len(str)))
var G5 any = unsafe.String(unsafe.SliceData(b), len(b)) + "x"
var G6 any = *unsafe.StringData(str)
var G7 any = uintptr(unsafe.Pointer(unsafe.StringData(str)))
var G8 any = len(str)*cap(s1) + copy(s1, s2)*3
var G9 any = []int{len(str) * 2, min(n, d) * 2}
var cc complex128
var tv T
var ptv = &tv

type T struct{ x int }
type I interface{ M() int }

func (t T) M() int  { return t.x }
func (t *T) P() int { return t.x }

func cx(a any, f float32, c complex64, dd complex128) {
	G = a.(complex64) * complex(real(a.(complex64))*f, imag(c))
	G = complex(real(c), -imag(c))
	G = -real(c)
	G = real(c) + imag(c)
	G = real(dd) * 2
	G = (real(dd) + 1) * 2
	G = []float64{real(dd) * imag(dd)}
	G = string(unsafe.Slice(unsafe.StringData("a"+str), len(str)*cap(b)))
	G = *unsafe.SliceData(b) + 1
	G = len(b) * 2
	G = copy(b, str) * 2
	G = recover() == nil
	G = min(n, d) * 2
	G = -min(n, d)
	G = unsafe.Add(unsafe.Pointer(&n), len(b)*2)
	G = (<-ch) * 2
	G = make([]int, 'a')
	const rr = 'b'
	G = make([]int, rr)
	G = make([]int, rr+n)
	G = make([]int, 3, 'c')
	G = -(<-ch)
	G = len(make(chan int, n*2)) * 2
	G = cap(make([]int, n)) + 1
	G = len(map[int]int{}) * 2
	G = len(append(b, 1)) * 2
	G = (*pt).a * 2
	G = G.(int) * 2
	G = fn() * 2
	G = (n + d) * 2
	G = n - (d - 3)
	G = n &^ (d | 3)
	G = !(n == 3)
	G = (n == 3) == (d == 2)
	G = n<<1 + d
	G = (n << 1) + d>>2
	G = ^n & 3
	G = +n * 2
	G = - -n
	G = ^(^n)
	G = &*pt
	G = (&(*pt).a)
	G = iface.M() * 2
	G = [3]int{1, 2, 3}[n] * 2
	G = []int{1, 2}[n] * 2
	G = map[string]int{"a": 1}[str] * 2
	G = struct{ a int }{3}.a * 2
	G = (&struct{ a int }{n}).a * 2
	G = func() int { return 1 }() * 2
	G = int(f) * 2
	G = string(b) + "a" + string(b[1:])
	G = ("a" + str)[n:]
	G = ("a" + str)[n]
	G = s1[1:2:3][0] * 2
	G = (*[2]int)(s1)[n] * 2
	G = [2]int(s1)[n] * 2
	G = (func() int)(nil) == nil
	G = interface{ M() int }(nil) == iface
	G = T.M(tv) * 2
	G = (*T).P(&tv) * 2
	G = tv.M
	G = new(int) == nil
	G = *new(int) * 2
	G = n > 3 && d < 2 || !(n == d)
	G = (n > 3 || d < 2) && n == d
	G = 'a' + rune(n)
	G = 1.5 * float64(n)
	G = 1e100 * float64(n)
	G = 2i * d2
	G = uint8(200) + uint8(n)
	G = int64(1)<<40 + int64(n)
	G = "quote\"\n\x00é" + str
}

var d2 complex128
var _ = make(map[string]*int)
var _ = make(map[string]*int, 0)
var _ = make(map[string]*int, 3)
var _ = make(chan *int)
var _ = make(chan *int, n)
var _ = n % 3
var _ = n % d
var _ = min(str, "a"+str)
var _ = unsafe.StringData(str+"x")
var _ = []any{min(n, d)}
var _ = []any{func() int { return n }}
var _ = []any{(*T).P}
var _ = []any{tv.M}
var _ = []any{n, str}
var _ = map[string]any{"a": n}
var _ = map[any]any{"a": min(n, 2)}
var _ = struct{ f func() any }{func() any { return n }}
var _ = [...]any{new(int), &T{}, T{}}
var _ = string(rune(n))
var _ = []any{-n, !(n == 3)}
var _ = T{}
var _ = T.M
var _ = I.M
`

// blankSource puts method values into what initialisers make.
const blankSource = `package blank

var n int
var tv T
type T struct{ x int }
func (t T) M() int  { return t.x }
var _ = [1]any{tv.M}
var _ = struct{ a any }{tv.M}
var _ = &struct{ a any }{tv.M}
var _ = &[]any{tv.M}
var _ = []any{tv.M}
var _ = [][]any{{tv.M}}
var _ = [1][]any{{tv.M}}
var _ any = []any{tv.M}
var _ any = [1]any{tv.M}
var _ any = struct{ a any }{tv.M}
var _ any = tv.M
var _ any = min(n, 2)
var _ any = [2]int{min(n, 2)}
var _ any = &[2]any{min(n, 2)}
var _ any = []*[2]any{{min(n, 2)}}
var _ = []func() int{tv.M}
var _ = [1]func() int{tv.M}
var _ = map[string]func() int{"a": tv.M}
var _ = struct{ a func() int }{tv.M}
var _ = &struct{ a func() int }{tv.M}
var a1 = [1]any{tv.M}
var a2 = struct{ a any }{tv.M}
var a3 = &struct{ a any }{tv.M}
var a4 = &[]any{tv.M}
var a5 any = [1]any{tv.M}
var a6, a7 any = tv.M, []any{tv.M}
var _, a8 any = tv.M, []any{tv.M}
var _, _ = tv.M, []any{tv.M}
var _, _ = f2()
var a9, _ = f2()
func f2() (any, func() any) { x := 1; return &x, func() any { return &x } }
var _ = func() int { return tv.M() }
var _ = func() func() int { return tv.M }()
var _ = append([]any{n}, tv.M)
var _ = (*T).M
var pt *T
var _ = pt.M
var _ = *pt
var _ = pt.x
var _ = []any{pt.x, *pt}
var arr [4]any
var _ = arr[n]
var _ = arr[1]
var _ = []any{arr[1]}
var _ = []any{[]any{n}}
var _ = [...]any{[]any{n}, &n, &T{n}, new(T)}
var _ = struct{ a, b any }{[]any{tv.M}, &n}
`

// mentionSource mentions instances in initialisers that need not run.
const mentionSource = `package mention

type S[T comparable] struct{ m map[T]T }

func (s S[T]) M1(node T)  { defer delete(s.m, node); x := node; G = &x }
func (s *S[T]) M2(node T) { defer func() { delete(s.m, node) }() }

type W[T any] struct{ p *T }

func (w *W[T]) Set(p *T) { w.p = p }
func (w W[T]) Get() *T   { return w.p }

type V[T any] []T

func (v V[T]) All(f func(T) bool) {
	for _, x := range v {
		if !f(x) {
			return
		}
	}
}
func Map[T, U any](v V[T], f func(T) U) []U {
	var out []U
	v.All(func(x T) bool { out = append(out, f(x)); return true })
	return out
}

var G any
var _ = S[int]{}
var _ any = []S[string]{}
var x1 any = []S[int8]{}
var x2 any = &S[int16]{}
var x3 any = (*S[int32])(nil)
var x4 any = map[string]W[int]{}
var x5 any = W[string].Get
var x6 any = (*W[int8]).Set
var x7 = [2]any{0: V[int]{1, 2}}
var x8 any = func() any { return V[uint]{} }
var x9 any = V[uint8](nil)
var x10 any = func(V[uint16]) {}
var x11 = struct{ f any }{V[uint64].All}
var x12 any = Map[int, string]
var _ = Map[string, int]
var x13 any = chan V[float32](nil)
var x14 any = interface{ M(V[float64]) }(nil)
var _ = func() any { return V[complex64]{} }
var x15 = [len([3]V[complex128]{})]int{}
var x16 any = struct{ V[bool] }{}
var _ [0]V[rune]


type E struct{ W[byte] }

func f(W[[1]int]) {}
func g() { var _ W[[2]int]; _ = W[[3]int]{}; const n = len([3]W[[4]int]{}); type L = W[[5]int]; type M W[[6]int] }
func h[T any]() { _ = W[[7]T]{}; var _ W[[8]T]; G = W[[9]T]{} }
func i() { h[int]() }
`

// loopsSource has loops over functions in generic code: the sizes of dictionaries.
const loopsSource = `package loops

type slot[K, V any] struct { key K; v V }
type tab[K, V any] struct { s []slot[K, V]; n int }

func (t *tab[K, V]) full() func(yield func(*slot[K, V]) bool) {
	return func(yield func(*slot[K, V]) bool) {
		for i := range t.s {
			if !yield(&t.s[i]) {
				return
			}
		}
	}
}
func (t *tab[K, V]) put(h int, s slot[K, V]) { t.s = append(t.s, s) }

type M[K, V any] struct {
	hash func(K, int) int
	d    *tab[K, V]
}

func (m *M[K, V]) grow(t *tab[K, V]) {
	b := &tab[K, V]{}
	for e := range t.full() {
		b.put(m.hash(e.key, 1), *e)
	}
}
func (m *M[K, V]) Len() int { return 1 }
func two[K, V any](yield func(k K, v []V) bool) {}
func (m *M[K, V]) nested(t *tab[K, V]) (r any, x V) {
	for e := range t.full() {
		for k, v := range two[K, V] {
			for range two[V, []K] {
				r = []any{k, v, e}
			}
			if v != nil {
				return slot[K, V]{}, v[0]
			}
		}
	}
	for range func(func() bool) {} {
		r = map[int]K{}
	}
	var p *slot[K, V]
	var q any
	for p = range t.full() {
		r = p
	}
	for q = range t.full() {
		r = q
	}
	for r, x = range func(y func(K, V) bool) {} {
		_ = x
	}
	return
}
func once[K, V any](t *tab[K, V]) (n int) {
	for e := range t.full() {
		n += any(e.key).(interface{ N() int }).N()
		n += any([]K{}).(interface{ N() int }).N()
	}
	return lens(t) * n
}
func lens[K, V any](t *tab[K, V]) int { return 1 }

type U[K, V any] struct {
	d *M[K, V]
	g any
}

func (u *U[K, V]) f() {
	u.g = u.d.Len()
	u.g = once(u.d.d)
	u.g = lens(u.d.d)
}

var X U[string, string]
`
