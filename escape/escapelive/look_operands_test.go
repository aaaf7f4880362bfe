package escapelive

// moreSource has calls among the operands of all expressions and statements, copies, constants in
// variables, the types of cases, and values in interfaces that are known or not.
const moreSource = `package more

import "unsafe"

var G any

type N int
type I interface{ M() *int }
type T struct{ p *int }

func (t T) M() *int  { return t.p }
func (t *T) P() *int { return t.p }

// A select whose receives have operands, and switches whose cases do.
func leak(p *int) int  { G = p; return 0 }
func keep(p **int) *int { return *p }

func operands(c []chan *int, m map[*int]int, a []int, s string, x any) {
	switch leak(new(int)) {
	case leak(new(int)), leak(new(int)):
	}
	switch {
	case leak(new(int)) > 0:
	}
	for range a[leak(new(int)):] {
	}
	for a[leak(new(int))] = range a {
	}
	G = a[leak(new(int)):leak(new(int)):leak(new(int))]
	G = s[leak(new(int)):leak(new(int))]
	G = a[leak(new(int))]
	G = m[new(int)]
	G = -leak(new(int)) + leak(new(int))<<leak(new(int))
	G = leak(new(int)) > 0 && leak(new(int)) > 1 || leak(new(int)) > 2
	G = make([]int, leak(new(int)), leak(new(int)))
	G = make(map[int]int, leak(new(int)))
	G = make(chan int, leak(new(int)))
	G = <-c[leak(new(int))]
	c[leak(new(int))] <- nil
	G = s + string(rune(leak(new(int))))
	G = []byte(s + string(rune(leak(new(int)))))
	G = string([]byte{byte(leak(new(int)))})
	G = []rune(s[leak(new(int)):])
	G = string([]rune{rune(leak(new(int)))})
	G = [4]int(a[leak(new(int)):])
	G = (*[4]int)(a[leak(new(int)):])
	G = float64(leak(new(int)))
	G = N(leak(new(int)))
	G = unsafe.Slice(&a[leak(new(int))], leak(new(int)))
	G = unsafe.Add(unsafe.Pointer(&a[0]), leak(new(int)))
	G = unsafe.String(&[]byte(s)[0], leak(new(int)))
	G = unsafe.Pointer(uintptr(unsafe.Pointer(&a[0])) + uintptr(leak(new(int))))
	G = unsafe.Pointer(uintptr(unsafe.Pointer(&a[0])) << leak(new(int)))
	G = unsafe.Pointer(^uintptr(unsafe.Pointer(&a[0])))
	G = unsafe.Pointer(uintptr(leak(new(int))))
	G = min(leak(new(int)), leak(new(int)))
	G = len(a[leak(new(int)):]) + cap(a[leak(new(int)):])
	G = append(a[leak(new(int)):], leak(new(int)), leak(new(int)))
	G = append(a, a[leak(new(int)):]...)
	G = copy(a[leak(new(int)):], a[leak(new(int)):])
	G = complex(float64(leak(new(int))), real(complex(1, float64(leak(new(int))))))
	print(leak(new(int)), leak(new(int)))
	delete(m, new(int))
	clear(a[leak(new(int)):])
	a[leak(new(int))] += leak(new(int))
	a[leak(new(int))]++
	a[leak(new(int))], a[0] = leak(new(int)), leak(new(int))
	if leak(new(int)) > 0 {
	}
	for leak(new(int)) > 0 {
		if leak(new(int)) > 1 {
			break
		}
	}
	for i := leak(new(int)); i < leak(new(int)); i += leak(new(int)) {
	}
	_ = leak(new(int)) > 0 && false
	_ = x.(interface{ M() int }).M() + leak(new(int))
	go leak(new(int))
	defer leak(new(int))
	defer print(leak(new(int)))
	defer copy(a[leak(new(int)):], a[leak(new(int)):])
	defer clear(a[leak(new(int)):])
	defer delete(m, new(int))
	defer panic(leak(new(int)))
	go func(a [3]int, b []int, c struct{ n *int }) {}([3]int{leak(new(int))}, []int{leak(new(int))}, struct{ n *int }{new(int)})
	goto end
end:
	{
	}
}

func int8ptr() (r struct{ p int8 }) { return }

// Copies of what holds pointers, and of what does not.
func copies(p, q []*int, a, b []int, s string) {
	copy(p, q)
	copy(a, b)
	copy([]byte{}, s)
	x := []*int{new(int)}
	copy(p, x)
	y := []int{1}
	copy(a, y)
	z := append(p, x...)
	w := append(a, y...)
	v := append([]byte(nil), s...)
	_, _, _ = z, w, v
	u := append(q[:0:0], new(int))
	_ = u
}

// Arrays of slices: only what the slice points to is copied.
func arrays(s []*int, t []int) {
	G = [2]*int(s)
	a := [2]*int(s)
	b := (*[2]*int)(s)
	c := *(*[2]*int)(s)
	G = b[0]
	G = a[1]
	_ = c
	d := (*[2]int)(t)
	G = d[0]
	e := [1]int(t)
	_ = e
}
func arrays2(s []*int) [2]*int  { return [2]*int(s) }
func arrays3(s []*int) *[2]*int { return (*[2]*int)(s) }
func arrays4(s []*int) *int     { return [2]*int(s)[0] }
func arrays5(s []*int) any      { return [2]*int(s) }
func arrays6(s []*int) []*int   { return (*[2]*int)(s)[:] }

// Which constant stands where a variable has one.
func constants() {
	a, b, c, d := 1, 2.5, "s", true
	G = a
	G = b
	G = c
	G = d
	var e N = 3
	G = e
	var f any = a
	G = f
	g, h := 'x', 2i
	G = g
	G = h
	var i, j float32 = 1, 2
	G = i
	G = float64(j)
	G = N(a)
	G = int8(a)
	var k uint8 = 'k'
	G = k
	G = string(rune(k))
	l := []int{1, 2, 3}
	G = make([]int, len(l))
	G = make([]int, 1, len(l))
	G = make([]int, cap(l))
	m := [3]int{}
	G = make([]int, len(m))
	n := len(l)
	G = make([]int, n)
	o := -1 + a
	G = make([]int, o)
	p := a
	G = make([]int, p)
	p = 2
	q := &a
	G = make([]int, *q)
	var r int
	G = make([]int, r)
	s, t := 3, 4
	G = make([]int, s, t)
	const u = 1 << 20
	G = make([]byte, u)
	w := u
	x := make([]byte, w)
	_ = x
	y := make([]byte, 1<<16)
	z := make([]byte, 1<<16+1)
	_, _ = y, z
	aa := [1 << 16]byte{}
	ab := &aa
	_ = ab
	ac := new([1 << 16]byte)
	ad := new([1<<16 + 1]byte)
	_, _ = ac, ad
	ae := &[1 << 16]byte{}
	af := &[1<<16 + 1]byte{}
	_, _ = ae, af
	ag := make([]struct{}, 1<<30)
	_ = ag
	ah := make([][0]*int, 3)
	_ = ah
	ai := make([]uint16, 1<<15)
	aj := make([]uint16, 1<<15+1)
	_, _ = ai, aj
	ak := make([]byte, 10, 1<<16+1)
	_ = ak
	al := []byte{1<<16 - 1: 1}
	am := []byte{1 << 16: 1}
	_, _ = al, am
	an := len(al)
	ao := make([]byte, an)
	_ = ao
	ap := len(am)
	aq := make([]byte, ap)
	_ = aq
	var ar [128<<10 + 1]byte
	as := &ar
	_ = as
	var at [128 << 10]byte
	au := &at
	_ = au
	av := (&[1<<16 + 1]byte{})[:]
	_ = av
}

// Where the variable of a type switch is declared.
type G1[A any] struct{ a *A }
type G2[A, B any] struct{ a *A; b B }

func ends(x any) {
	switch y := x.(type) {
	case *[]map[string]*int:
		G = &y
	case map[N][3]N:
		G = &y
	case chan<- N:
		G = &y
	case func(N):
		G = &y
	case func():
		G = &y
	case func(N, int) (N, *N):
		G = &y
	case func(a ...N):
		G = &y
	case interface{}:
		G = &y
	case interface{ M() N }:
		G = &y
	case interface{ N(); I }:
		G = &y
	case struct{ n N }:
		G = &y
	case struct{}:
		G = &y
	case (N):
		G = &y
	case unsafe.Pointer:
		G = &y
	case *unsafe.Pointer, []N:
		G = &y
	case G1[N]:
		G = &y
	case *G2[N, int]:
		G = &y
	case nil:
		G = &y
	default:
		G = &y
	}
	switch y := x.(type) {
	case nil, *int:
		G = &y
	}
}

// Devirtualized, or not.
func values(c bool, m map[string]I, l []I, p *[2]I, ch chan I, x any) {
	var a I = T{}
	G = a.M()
	var b I = T{}
	if c {
		b = &T{}
	}
	b.M()
	d, ok := x.(I)
	d.M()
	e, ok := x.(T)
	var f I = e
	f.M()
	g := x.(T)
	var h I = g
	h.M()
	i, ok := m["a"]
	i.M()
	for _, j := range l {
		j.M()
	}
	for _, k := range p {
		k.M()
	}
	for n := range ch {
		n.M()
	}
	o := <-ch
	o.M()
	q, ok := <-ch
	q.M()
	var r I
	if c {
		r = T{}
	}
	r.M()
	var s, t I = T{}, &T{}
	s.M()
	t.M()
	s, t = t, s
	u := I(T{})
	w := u
	w.M()
	y := u.(T)
	y.M()
	u.(I).M()
	_ = ok
	z := made()
	z.M()
	aa, ab := made2()
	aa.M()
	ab.M()
	ac := made3()
	var ad I = ac
	ad.M()
	switch ae := u.(type) {
	case I:
		ae.M()
	}
	af := &a
	(*af).M()
	var ag I = T{new(int)}
	ah := func() { ag.M() }
	ah()
	var ai I = T{new(int)}
	go ai.M()
	defer ai.M()
	var aj I
	aj = aj
	aj = T{}
	aj.M()
	var ak I
	ak, _ = made4()
	ak.M()
	var al I
	_, al = made4()
	al.M()
	for _, am := range []T{{}} {
		var an I = am
		an.M()
	}
	for ao := range map[I]T{} {
		ao.M()
	}
	for _, al = range map[int]I{} {
	}
}
func made() I            { return T{} }
func made2() (I, I)      { return nil, nil }
func made3() T           { return T{} }
func made4() (T, *T)     { return T{}, nil }
`
