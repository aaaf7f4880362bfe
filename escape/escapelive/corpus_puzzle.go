package escapelive

// puzzleSource has cases that people reported or asked about, each in a function that is
// named for the report in Go's issue tracker, or for the place where it was asked. The
// compiler's answer today may differ from the answer that the report asked for.
const puzzleSource = `package puzzle

import "unsafe"

var (
	sink    interface{}
	deep    *int
	address uintptr
	total   int
)

type reader interface{ Read([]byte) int }
type writer interface{ Write([]byte) }

func is72036(w writer, x byte) {
	b := make([]byte, 0, 64)
	b = append(b, x)
	w.Write(b)
}

func is16300(r reader, buf []byte) []byte {
	var scratch [4]byte
	if r.Read(scratch[:]) != 4 {
		return nil
	}
	n := int(scratch[0])
	if n <= cap(buf) {
		buf = buf[:n]
	} else {
		buf = make([]byte, n)
	}
	r.Read(buf)
	return buf
}

type block interface{ Mask(dst, src []byte) }

func is36504(c block, seal bool) byte {
	var key [32]byte
	c.Mask(key[:], key[:])
	if seal {
		var tag [16]byte
		fill(&tag)
		return tag[0]
	}
	return key[0]
}

func fill(p *[16]byte) { p[0] = 1 }

type two struct {
	kept *int
	left *int
}

func is80806() two {
	all := two{kept: new(int)}
	return two{left: all.left}
}

func is63343() int {
	i := 5
	m := map[string]*int{"i": &i}
	j := 6
	m["j"] = &j
	return *m["i"]
}

func is39793() int {
	n := 10
	s := make([]int, n)
	t := make([]int, 10)
	s[0], t[0] = 1, 2
	return s[0] + t[0]
}

func is37975(i int) int {
	s := make([]int, 2, 3)
	s = make([]int, i, 3)
	s = make([]int, i, 1)
	return len(s)
}

func is41635() int {
	a, b, c := make([]byte, 65535), make([]byte, 65536), make([]byte, 65537)
	return len(a) + len(b) + len(c)
}

func is33981Callee(p ***int) { deep = **p }
func is33981() {
	i := 1
	j := &i
	k := &j
	is33981Callee(&k)
}

func is17388(op func(i, j int) int, j int) (out *int) {
	queue := func(i int) *int {
		total = op(i, j)
		return &total
	}
	out = queue(4)
	return
}

func is17388Call() *int {
	return is17388(func(i, j int) int { return i + j }, 3)
}

func is14699(n int) (sum int) {
	inc := func(k *int) { *k++ }
	for j := 0; j < n; j++ {
		var i int
		inc(&i)
		sum += i
	}
	return
}

func is17457() {
	b := []byte("test")
	f := func(b []byte) {}
	f(b)
}

func is7714() int {
	y := 0
	func(p *int, x int) { *p = x }(&y, 42)
	return y
}

func is8615() {
	x := 0
	defer func(p *int) { *p = 1 }(&x)
	y := 0
	defer func() { y++ }()
	z := 0
	defer is8615Set(&z)
}
func is8615Set(p *int) { *p = 1 }

func is8972(ps ...*int) int { return *ps[0] }
func is8972Call() int {
	a, b, c := 1, 2, 3
	array := [1]*int{&c}
	list := make([]*int, 1)
	list[0] = &b
	return is8972(&a) + is8972(list...) + *array[0]
}

type words struct{ b [3]uint64 }

func is12588(a words) int {
	for i, x := range &a.b {
		if x != 0 {
			return 64*i + int(x)
		}
	}
	return 0
}

type buffer struct {
	buf [100]byte
	off int
}

func (b *buffer) insert(i int, c byte) {
	b.off++
	copy(b.buf[i+1:b.off], b.buf[i:b.off-1])
	b.buf[i] = c
}

func is19723() byte {
	var b buffer
	b.insert(0, 1)
	return b.buf[0]
}

func is28369(n int) int {
	if n == 0 {
		address = uintptr(unsafe.Pointer(&n))
		return n
	}
	return 1 + is28369(n-1)
}

func is33662(code uintptr, into *func()) {
	*(*uintptr)(unsafe.Pointer(into)) = uintptr(unsafe.Pointer(&code))
}

type quad [4]int

func is29353(x []*quad) interface{} { return x }
func is29353Call() interface{} {
	var s [10]*quad
	s[0] = new(quad)
	return is29353(s[:])
}

type hook struct{ f func() }

func is11387Copy(x []hook) *[]hook {
	y := make([]hook, len(x))
	copy(y, x)
	return &y
}
func is11387(x int) *[]hook {
	return is11387Copy([]hook{{f: func() { total = x }}})
}

func is31573Variadic(xs ...int) {}
func is31573() {
	go is31573Variadic()
	defer is31573Variadic()
	go is31573Variadic(1, 2)
	is31573Variadic()
	for i := 0; i < 2; i++ {
		defer is31573Variadic(i)
	}
	go is31573Others(new(int), []int{1}, [1]*int{new(int)}, &inner{})
	defer is31573Others(new(int), []int{1}, [1]*int{new(int)}, &inner{})
}
func is31573Others(p *int, s []int, a [1]*int, i *inner) {}

type cell struct{ next, self *cell }

func is13799(m map[int][]int) int {
	for i := range m {
		var visit func(n int) int
		for j := 0; j < 2; j++ {
			var head cell
			head.next = &cell{self: &head}
			visit = func(n int) int {
				if n == 0 || head.next == nil {
					return i + j
				}
				return visit(n - 1)
			}
			total += visit(2)
		}
	}
	return total
}

type text struct{ s string }
type holder struct{ t *text }

func is44614(t *text) (h holder) {
	h = holder{t: t}
	is44614Keep(&h)
	return
}
func is44614Keep(h *holder) { sink = h }
func is44614Call(s string) byte {
	t := &text{s}
	h := is44614(t)
	return h.t.s[0]
}

func is54247(limit chan struct{}) (err error) {
	var a [1]int
	is54247Later([]func(){
		func() { <-limit },
		func() { a[0] = 1; err = nil },
	})
	return
}
func is54247Later(all []func()) {
	for _, f := range all {
		defer f()
	}
}

func is13587() (n int, err error) {
	defer is13587Done(&n, &err)
	n = 3
	return n, nil
}
func is13587Done(n *int, err *error) { *n++ }

func is45148() (out []*int) {
	for i := 0; i < 3; i++ {
		x := i
		out = append(out, &x)
	}
	return
}

type age struct{ n int }

func (a *age) print()            { variadic("age", a.n) }
func variadic(xs ...interface{}) {}
func forum41300() {
	a := age{99}
	a.print()
}

type fooer interface{ foo(*words) }
type fooFunc func(*words) *words

func (f fooFunc) foo(w *words) { f(w) }
func is71628(f func(*words) *words) {
	var i fooer = fooFunc(f)
	i.foo(&words{})
}

type inner struct{ p *int }
type outer struct{ in *inner }

func flawsStarDot() {
	i1, i2 := 1, 2
	x := &inner{}
	x.p = &i1
	y := &inner{p: &i2}
	o := outer{}
	o.in = x
	o.in.p = &i2
	_ = y
}

func flawsMethodValue(s *inner) int {
	f := s.get
	g := (*inner).get
	defer (*inner).get(&inner{})
	return f() + g(&inner{p: new(int)})
}
func (s *inner) get() int { return *s.p }

func flawsSlices() int {
	var x [3]int
	s := x[:]
	var backing [2][]int
	backing[0] = s
	t := append(backing[:1], s[1:])
	return len(t)
}
`
