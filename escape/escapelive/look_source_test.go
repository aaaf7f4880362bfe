package escapelive

// localSource declares types in functions, of the same name, and in generic ones.
const localSource = `package local

var G any

type P[A, B any] struct {
	a A
	b B
}

func g[T any](t T) {
	G = []P[T, int]{}
	G = []P[[]T, string]{}
	G = []P[P[T, int], map[string]T]{}
	type L struct {
		p *L
		t []T
	}
	type K map[string]L
	type I interface{ F(T) I }
	type E int
	G = []K{}
	G = []I{}
	G = []P[L, E]{}
	G = K{"a": L{}}
	G = P[E, T]{}
	f := func() {
		type R struct{ t T }
		G = R{t}
		G = make([]R, 3)
	}
	f()
}

func h[T any](t T) *T {
	type L struct {
		t T
		p *T
	}
	l := L{t, &t}
	m := map[string]*L{"a": &l}
	return m["a"].p
}

func calls() {
	type L struct{ p *int }
	g(1)
	g("a")
	g(L{})
	g([]L{})
	h(1)
	h("a")
	x := 3
	h(&x)
}

func id[T any](t []T) []T {
	r := make([]T, len(t))
	copy(r, t)
	return append(r, t...)
}

func int1() []any { type L struct{ v int }; return []any{id([]L{{}})[0]} }
func ptr1() []any { type L struct{ v *int }; x := 1; return []any{id([]L{{&x}})[0].v} }
func int2()       { type L int; x := 1; y := id([][]L{{L(x)}}); _ = y }
func ptr2()       { type _ int; type L *int; x := 1; y := id([][]L{{L(&x)}}); _ = y }
func box1()       { type L string; G = []P[L, []L]{}; func() { type L string; G = []P[L, L]{} }() }

var lit = func() any { type L int; return []P[[]L, int]{} }
`

// dictsSource calls instances in expressions that messages quote.
const dictsSource = `package dicts

var G any

type B[T any] struct{ x T }

func (b B[T]) Get() T      { return b.x }
func (b *B[T]) Put(x T) T  { b.x = x; return x }

type S struct{ a, b int }

type E struct{ *B[S] }

func v[T any](x T) T                { return x }
func w[T, U any](x T, y ...U) U     { return y[0] }
func constant[T any](x T) any       { return v(3) }

func f1(s string, b []byte) {
	G = v(1)
	G = v("a") + s + v(s)
	G = v(v(S{}))
	G = v[any](3)
	G = w(1, "a", "b")
	G = []byte(v(s))
	G = make([]int, v(3))
	G = string(v(b))
	G = append(v([]int{}), 1)
	G = -v(1)
	G = v(S{}).a
	G = *v(new(int))
	G = v([]int{1})[1:]
	G = constant("a")
}

func f2(b *B[string], e E) {
	G = B[int]{}.Get()
	G = b.Put("x") + "y"
	G = b.Get()
	G = e.Get()
	G = e.Put(S{})
	G = B[map[string]S]{}.Get()["a"]
	G = v(B[B[int]]{})
	G = B[*S]{}.Get().a
	G = (*B[int]).Put(&B[int]{}, 3)
	f := v[int]
	G = f(2)
	type L struct{ q int }
	G = v([]L{{}})
	G = v(struct{ a int }{1})
	G = v(map[string][]any{})["a"]
}
`

// rareSource has what no other source of these tests has.
const rareSource = `package rare

import "unsafe"

var G any

func texts(a, b, c string, k int) {
	G = min(a, b) + c
	G = []byte(make(map[int]string)[k])
	G = string(<-make(chan []byte))
}

type T struct {
	a [4]*int
	s []int
}

func list() []int { return nil }

func again(p *T)             { p.a[len(p.s)] = p.a[len(p.s)] }
func asks(p *T)              { p.a[len(list())] = p.a[len(list())] }
func least(p *T, i, j int)   { p.a[min(i, j)] = p.a[min(i, j)] }

func returned(n int) func() int {
	for i := 0; i < n; i++ {
		return func() int { return i }
	}
	for i := range n {
		return func() int { i++; return i }
	}
	for i := 0; i < n; i++ {
		if p := func() *int { return &i }(); p != nil {
			return func() int { return *p }
		}
	}
	return nil
}

func generic[T any](t T, list []T) {
	var i interface {
		A()
		B(T)
	}
	G = &i
	G = []interface {
		A()
		B(T)
	}{i}
	{
		G = id(list)
		G = box[T]{t}.get()
	}
	switch any(t).(type) {
	case []T:
		G = id(&t)
	}
	switch y := any(t).(type) {
	case map[int]T:
		G = id(y)
	}
	var a, b any = two(t)
	G = a
	G = b
	a, b = two(&t)
	G, _ = both(t)
	go done(t)
	go list2[T]()
	defer done(box[T]{t})
}

type box[T any] struct{ x T }

func (b box[T]) get() T { return b.x }

func id[T any](t T) T              { return t }
func two[T any](t T) (T, []T)      { return t, nil }
func both[T any](t T) (any, any)   { return two(t) }
func done[T any](t T)              {}
func list2[T any]() []T            { return nil }
func none()                        {}

type inSlice[T any] struct{ p *T }
type inArray[T any] struct{ p *T }
type inChan[T any] struct{ p *T }
type inKey[T any] struct{ p *T }
type inValue[T any] struct{ p *T }
type inStruct[T any] struct{ p *T }
type inParam[T any] struct{ p *T }
type inResult[T any] struct{ p *T }
type inPointer[T any] struct{ p *T }

func (h *inSlice[T]) put(p T) *T    { return &p }
func (h *inArray[T]) put(p T) *T    { return &p }
func (h *inChan[T]) put(p T) *T     { return &p }
func (h *inKey[T]) put(p T) *T      { return &p }
func (h *inValue[T]) put(p T) *T    { return &p }
func (h *inStruct[T]) put(p T) *T   { return &p }
func (h *inParam[T]) put(p T) *T    { return &p }
func (h *inResult[T]) put(p T) *T   { return &p }
func (h *inPointer[T]) put(p T) *T  { return &p }

var (
	slices   []inSlice[int]
	arrays   [2]inArray[int]
	chans    chan inChan[int]
	maps     map[inKey[int]]inValue[int]
	structs  struct{ h inStruct[int] }
	funcs    func(inParam[int]) inResult[int]
	pointers *inPointer[int]
)

func keyed(p, q *int, k string) {
	G = []*int{3: p}
	G = [4]*int{2: q}
	x, y := 1, 2
	s, a := []*int{1: &x}, [2]*int{0: &y}
	_, _ = s, a
	_ = map[string]*int{k: p}
}

func sizes(list []int) {
	n, m, l := 0, 64<<10, -1
	_ = make([]int, n)
	_ = make([]int, m)
	if len(list) < 0 {
		_ = make([]int, l)
	}
	_ = make([]int, n, m)
	_ = make([]int, len([]int{1, 2}))
}

type R struct{ b [4]struct{ x, y *int } }

func fields4(p *R, u uint8, i int) {
	p.b[int(u)].x = p.b[u].y
	p.b[int(u)].x = p.b[int(u)].y
	p.b[int(u)].x = p.b[int(u+1)].y
	p.b[int(u)].x = p.b[uint(u)].y
	p.b[uint(i)].x = p.b[i].y
}

type fields struct{ Data uintptr }

func (f *fields) data() unsafe.Pointer { return unsafe.Pointer(f.Data) }

func converted(x int, u uint8, f float64, s []byte, p *T) {
	G = float64(x)
	G = int(u) << 3
	G = string(s) + string(rune(x))
	G = [1]byte(s)
	G = (*[1]byte)(s)
	const c = 1 << 3
	var v float32 = c
	G = v * float32(f)
	G = uintptr(unsafe.Pointer(p)) + 8
	p.a[u&3] = p.a[uint(u)&3]
	p.a[int(f)] = p.a[int(f)]
	p.a[c-6] = p.a[c-6]
}

func sends(c chan *int, d chan<- []*int) {
	x := 1
	c <- &x
	d <- []*int{&x}
}

func calls(p *T, f func()) {
	generic(1, nil)
	generic("a", nil)
	generic(p, nil)
	generic(struct{ a, b int }{}, nil)
	go none()
	go list()
	go f()
	defer none()
	defer list()
	defer f()
}
`

// reflectSource has the types whose field Data is a pointer in disguise.
const reflectSource = `package reflect

import "unsafe"

type SliceHeader struct {
	Data     uintptr
	Len, Cap int
}

type StringHeader struct {
	Data uintptr
	Len  int
}

type Header struct {
	Data, More uintptr
}

func slice(p *SliceHeader) unsafe.Pointer   { return unsafe.Pointer(p.Data) }
func put(p *SliceHeader, q *StringHeader, x, y, z *int) {
	p.Data = uintptr(unsafe.Pointer(x))
	q.Data = uintptr(unsafe.Pointer(y)) + 1
	var h SliceHeader
	h.Data = uintptr(unsafe.Pointer(z))
	var s []byte
	g := (*SliceHeader)(unsafe.Pointer(&s))
	g.Data = h.Data
}
func put2(p *Header, x *int) { p.Data, p.More = uintptr(unsafe.Pointer(x)), uintptr(unsafe.Pointer(new(int))) }
func length(p *SliceHeader) unsafe.Pointer  { return unsafe.Pointer(uintptr(p.Len)) }
func text(p *StringHeader) unsafe.Pointer   { return unsafe.Pointer(p.Data) }
func other(p *Header) unsafe.Pointer        { return unsafe.Pointer(p.Data) }
func more(p *Header) unsafe.Pointer         { return unsafe.Pointer(p.More) }
func sum(p, q *SliceHeader) unsafe.Pointer  { return unsafe.Pointer(p.Data + q.Data) }
func both(p *StringHeader, q *Header) unsafe.Pointer { return unsafe.Pointer(q.Data + p.Data) }
func shift(p, q *SliceHeader) unsafe.Pointer { return unsafe.Pointer(p.Data << q.Data) }
`

// notesSource has flows whose steps are different kinds of expressions and statements.
const notesSource = `package notes

type I interface{ M() *int }

type S struct{ p *int }

func (s *S) M() *int { return s.p }

var G *int

func sends(c chan *int, d chan<- []*int) {
	x := 1
	c <- &x
	d <- []*int{&x}
}

func calls() {
	var i I = &S{}
	G = i.M()
	G = I(
		&S{new(int)},
	).M()
}

func goes(f func(*int)) {
	x, y := 1, 2
	go f(&x)
	defer f(
		&y,
	)
}

func captures() func() *int {
	x := 1
	x = 2

	return func() *int {
		x++
		return func() *int {
			return &x
		}()
	}
}
`

const otherSource = `package a

var sink any

type S[T any] struct{ list []T }

func New[T any](x T) *S[T] { return &S[T]{[]T{x}} }

func (s *S[T]) at(i int) T { return s.list[i] }

func size[T any]() int { return 3 }

func (s *S[T]) Text() any {
	sink = s.at(0)
	sink = make([]int, size[T]())
	f := func() any { return s.at(1) }
	return f()
}

func ID[T any](x T) T { return x }

var Count int

func Plain(n int) int { return n + Count }

func Sink(x ...any) { sink = x }

func (s *S[T]) Cut() { s.list = s.list[1:] }

func (s *S[T]) Get() *T { return &s.list[0] }

func (s S[T]) Len() int {
	type local struct{ list []T }
	sink = &local{s.list}
	return len(s.list)
}
`
