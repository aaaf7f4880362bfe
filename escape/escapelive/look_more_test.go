package escapelive

import (
	"fmt"
	"strings"
)

// deepSource has constraints that embed constraints: of any depth, unions of unions, and
// with a core type that takes several of them.
var deepSource = func() string {
	var b strings.Builder
	b.WriteString("package deep\n\nvar G any\n\ntype C0 interface{ ~[]int }\n")
	for i := range 30 {
		fmt.Fprintf(&b, "type C%d interface{ C%d }\n", i+1, i)
	}
	for _, i := range []int{5, 20, 21, 22, 30} {
		fmt.Fprintf(&b, "func f%d[T C%d](t T) { G = t[0]; G = append(t, 1); G = t[1:]; for i, x := range t { G = x; G = i }; G = make(T, 3); G = T{1, 2} }\n", i, i)
		fmt.Fprintf(&b, "func g%d() { f%d([]int{1}) }\n", i, i)
	}
	return b.String() + constraintsSource
}()

const constraintsSource = `
type S1 interface{ ~[]int }
type S2 interface{ []int }
type S interface{ S1 | S2 }
type Both interface {
	~[]int | ~map[int]int
	~[]int
	~[]int | ~string
}
type Ch interface{ ~chan *int | ~chan<- *int }
type Ch2 interface{ ~<-chan *int | ~chan *int }
type Fn interface {
	~func(*int) *int
	any
	comparable2
}
type comparable2 interface{ any }

func s[T S](t T)       { G = t[0]; G = append(t, 1); G = t[1:]; for i, x := range t { G = x; G = i }; G = make(T, 3); G = T{1, 2} }
func both[T Both](t T) { G = t[0]; G = append(t, 1); G = t[1:]; for i, x := range t { G = x; G = i }; G = make(T, 3); G = T{1, 2} }
func ch[T Ch](t T)     { x := 1; t <- &x; G = make(T, 3) }
func ch2[T Ch2](t T)   { for x := range t { G = x }; G = <-t; var any1 any; any1 = <-t; G = any1 }
func fn[T Fn](t T, p *int) *int { x := 1; G = t(p); return t(&x) }
func calls() {
	s([]int{1})
	both([]int{1})
	ch(make(chan *int))
	ch2(make(chan *int))
	fn(func(p *int) *int { return p }, nil)
}
`

// oddSource assigns calls' results and blanks, and has conditions of which a part is
// constant.
const oddSource = `package odd

var G any

func two(f func() *int, x any) (*int, any) { return f(), x }

func tuple(p *int) {
	f := func() *int { return p }
	y := 1
	g := func() int { return y }
	a, b := two(f, g)
	G, _ = b, a
}

func tuple2(p *int) {
	f := func() *int { return p }
	a, b := two(f, 1)
	_, _ = a, b
}


func leak(p *int) bool { return p == nil }
func lose(p *int) bool { G = p; return p == nil }

func conditions(c bool) {
	if leak(new(int)) && false {
		G = 1
	}
	if lose(new(int)) && false {
		G = 2
	}
	if lose(new(int)) || true {
		G = 3
	} else {
		G = 4
	}
	if true && lose(new(int)) {
		G = 5
	}
	if false || lose(new(int)) {
		G = 6
	}
	if (c && false) && lose(new(int)) {
		G = 7
	}
	for lose(new(int)) && false {
		G = 8
	}
	if true && (lose(new(int)) || true) {
		G = 9
	}
	if false || (lose(new(int)) && false) {
		G = 10
	}
	if true && (c && false) {
		G = 11
	}
}

func blanks(p, q *int) {
	f := func() *int { return p }
	g := func() *int { return q }
	h := func() *int { return q }
	i := func() *int { return q }
	G, _ = 1, f
	_, _ = g, 1
	var x any
	x, _ = 1, h
	_ = x
	y, _ := 1, i
	_ = y
	j := func() *int { return q }
	_, G = j, 2
	k, l := func() *int { return q }, func() *int { return p }
	_, _, m := k, l, 5
	_ = m
}

func pair() (string, []byte)   { return "a", nil }
func take(s string, b []byte) string { return s }
func one3() (a, b, c *int) { return }
func take3(a, b, c *int) *int { return a }
func takeAny(a any, b any) string { return "" }
func takeMore(a ...string) string { return "" }
func pairs2() (a, b string) { return "a", "b" }

func nested() {
	G = []byte(take(pair()))
	G = take3(one3())
	G = []byte(takeAny(pair()))
	G = []byte(takeMore(pairs2()))
	G = [](*int){take3(one3())}
	s, b := pair()
	G = []byte(s)
	_ = b
}

func recv(c chan *int, d chan any, i *int, j any) (x *int, ok bool) {
	select {
	case x, ok = <-c:
		return x, ok
	case y, ok2 := <-c:
		G = y
		return y, ok2
	case G, ok = <-c:
	case j, ok = <-d:
		G = j
	}
	x, ok = <-c
	G, ok = <-c
	m := map[int]*int{}
	x, ok = m[3]
	G, ok = m[4]
	z, _ := j.(*int)
	G, _ = j.(*int)
	return z, true
}
func three() (*int, *int, *int) {
	return one3()
}
`

// headsSource has generic functions whose statements begin with another, and addresses of
// parts of variables of the package.
const headsSource = `package dfor

var G any

func v[T any](x T) T { return x }

func forInit[T any](t T, n int) T {
	for x := any([]T{t}); n > 0; n-- {
		G = x
	}
	return t
}

func forInit2[T any](t T, n int) T {
	for x, y := v(t), any(t); n > 0; n-- {
		G, G = x, y
	}
	return t
}

func ifInit[T any](t T, n int) T {
	if x := any([]T{t}); n > 0 {
		G = x
	}
	return t
}

func switchInit[T any](t T, n int) T {
	switch x := any([]T{t}); n {
	case 1:
		G = x
	}
	return t
}

func typeSwitchInit[T any](t T, n int) T {
	switch x := any([]T{t}); y := x.(type) {
	case int:
		G = y
	}
	return t
}

func all[T any](t T) {
	G = []T{forInit(t, 1)}
	G = forInit(t, 1)
	G = make([]int, len([]T{forInit(t, 1)}))
	G = []byte(any(forInit(t, 1)).(string))
	G = []byte(any(forInit2(t, 1)).(string))
	G = []byte(any(ifInit(t, 1)).(string))
	G = []byte(any(switchInit(t, 1)).(string))
	G = []byte(any(typeSwitchInit(t, 1)).(string))
}

func use() { all(1); all("a") }

var arr [4]int
var arrs [4][3]struct{ a, b [2]int }
var (
	p1 = &arr[1]
	p2 = &arrs[1][2].a
	p3 = &arrs[1][2].b[1]
	p4 any = &arr[2]
	p5 = []*int{&arr[0], &arrs[0][1].a[1]}
	n  = 2
	p6 = &arr[n]
	p7 any = []any{&arr[n], &arr[1]}
	f  = 2.5
	_  = []int{1 / n}
	_  = []int{1 % n, 2}
	_  = []int{n / 2, n % 3}
	_  = []float64{f / 2}
	_  = []float64{2 / f}
	_  = []int{n + 2*n}
)
`

// wordsSource has indices with signs, addresses that are kept as numbers, and lengths.
const wordsSource = `package uns

import "unsafe"

var G any

type R struct {
	a [16]*int
	b [16]bool
	c [2]*int
}

func unary(p *R, i int, j uint8, b bool) {
	p.a[-i] = p.a[-i]
	p.a[-i] = p.a[^i]
	p.a[+i] = p.a[+i]
	p.a[^i] = p.a[^i]
	p.a[^j&1] = p.a[^j&1]
}

func sys(p uintptr)
func body(p uintptr) {}

func alive(s string) {
	b := []byte(s)
	sys(uintptr(unsafe.Pointer(&b[0])))
	c := []byte(s)
	body(uintptr(unsafe.Pointer(&c[0])))
}
func capture(p *int) {
	sys(uintptr(unsafe.Pointer(p)))
	body(uintptr(unsafe.Pointer(p)))
}

func caps() {
	_ = make([]int, cap([]int{1, 2}))
	_ = make([]int, len([]int{1, 2}))
	n := []int{1, 2, 3}
	_ = make([]int, cap(n))
	_ = make([]*int, 1, cap(n[:]))
}
`

// pathSource is compiled as a package with a path that names must not have as it is.
const pathSource = `package path

var G any

type T struct{ a [4]int }
type B[X any] struct{ x X }
func (b B[X]) Get() X { return b.x }
func v[X any](x X) X { return x }
func f() {
	G = []byte(v("a"))
	G = B[T]{}
	G = v([]T{})
	G = B[B[T]]{}.Get()
	G = v(T{}).a
}
`
