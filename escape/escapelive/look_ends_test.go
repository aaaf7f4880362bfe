package escapelive

import (
	"fmt"
	"strings"
)

// endsSource has what ends a block and what does not, what closures capture that is assigned,
// statements in steps, assignments of a part to a part, and what writes to a string's bytes.
const endsSource = `package ends

import "unsafe"

var G any
var S string
var P *R

type R struct {
	a   [4]*int
	buf []byte
	s   string
	p   *int
	r   *R
	E
}

type E struct{ q *int }

func (e *E) M() *int { return e.q }

type I interface{ M() *int }

// Of what ends a block, and what does not.
func ifElse(c, d bool) {
	if c {
		G = 1
	} else {
		return
	}
	G = new(int)
	if c {
		return
	} else {
		G = 2
	}
	G = new(int8)
	if c {
		return
	}
	G = new(int16)
	if c {
		return
	} else if d {
		panic(1)
	} else {
		{
			return
		}
	}
	G = new(int32)
}

func blocks(c bool) {
	{
		G = 1
		;
	}
	G = new(int)
	for c {
		if true {
			continue
		} else {
			G = 1
		}
		G = new(int8)
	}
	if false {
		return
	}
	G = new(int16)
	if false {
		G = 2
	} else {
		panic(G)
	}
	G = new(int32)
}

// Results that closures capture.
func result(p *int) (r *int) {
	f := func() *int { return r }
	G = f
	return p
}

func result2(p *int) (r *int) {
	f := func() *int { return r }
	G = f
	r = p
	return
}

func result3(p *int) (r *int) {
	f := func() *int { return r }
	G = f
	return
}

func result4(p *int) (r, q *int) {
	defer func() { G = r }()
	return p, p
}

func pair() (*int, *int) { return nil, nil }

func result5() (r, q *int) {
	G = func() *int { return q }
	return pair()
}

func param(p, q *int) {
	G = func() *int { return p }
	G = func() *int { return q }
	q = nil
}

func both(c bool) {
	x, y := pair()
	G = func() *int { return x }
	G = func() *int { return y }
	x, y = pair()
	z, w := 1, 2
	G = func() int { return z + w }
	z, v := 3, 4
	G = func() int { return v }
	var a, b int
	G = func() int { return a }
	G = func() int { return b }
	_, b = pair2()
	var k any
	G = func() any { return k }
	k, _ = G.(I)
	for a, b := range []int{1} {
		G = func() int { return a + b }
	}
	var e, h int
	G = func() int { return e + h }
	for e, h = range []int{1} {
	}
	var ch chan *int
	var t *int
	G = func() *int { return t }
	select {
	case t = <-ch:
	}
	var u int
	G = func() int { return u }
	u++
	var o []int
	G = func() []int { return o }
	o[0] = 1
	var m [2]int
	G = func() [2]int { return m }
	m[0] = 1
	var n struct{ a int }
	G = func() struct{ a int } { return n }
	n.a += 1
	var i *struct{ a int }
	G = func() *struct{ a int } { return i }
	i.a = 1
}

func pair2() (int, int) { return 1, 2 }

// Statements in steps, with operands that have no row in the table of precedences.
func texts(a, b, c string, p *R, k int) string {
	S += a + b
	s := a + b
	s += b + c
	p.s = a + (b + c)
	p.s += a + b + c
	t, u := a+b, b+c
	G = t
	G = u
	G = s
	c, a = b+c, a+b
	G = c
	return a + b
}

func texts2(p *R, q *int, c chan *int, d chan any, e chan string, k int, f func(any) *int) (x, y *int) {
	c <- &k
	d <- &R{}
	d <- func() {}
	d <- make(map[int]int)
	d <- k == 1 || k == 2
	d <- 1 + k
	e <- S + S
	p.r = &R{}
	p.p, p.q = q, q
	x, y = pair()
	x, y = q, q
	p.a[k] = q
	p.a[k+1*2], p.p = q, f(func() {})
	*p = R{}
	go f(&k)
	defer f(p)
	defer func() { G = p }()
	go func(z *int) { G = z }(q)
	for _, z := range p.a {
		G = z
	}
	for i, z := range []*R{p} {
		p.a[i] = z.p
		G = &i
	}
	switch z := G.(type) {
	case *int, *R:
		G = z
	case I:
		x = z.M()
	}
	var ok bool
	x, ok = G.(*int)
	y, ok = <-c
	m := map[string]*int{S + S: q}
	x, ok = m[S+S]
	m[S+S] = q
	m[S] = x
	_ = ok
	return p.p, p.a[0]
}

// An assignment of a part of something to another part.
func selves(p, q *R, i int) {
	p.buf = p.buf[1:]
	p.buf = q.buf[1:]
	p.buf = p.buf[:i]
	p.buf = p.r.buf[1:]
	p.r.buf = p.r.buf[1:]
	p.a[i] = p.a[i+1]
	p.p = p.q
	p.p = p.a[1]
	p.a[i] = p.p
	p.r.p = p.r.q
	p.r.p = p.q
	P.buf = P.buf[1:]
	P.buf = p.buf[1:]
	p.buf = P.buf[1:]
	P.buf = P.r.buf[1:]
	P.r.buf = P.buf[1:]
	*B = (*B)[1:]
	*B = (*B2)[1:]
	*B = P.buf[1:]
	P.buf = (*B)[1:]
	*B = L[1:]
	L = L[1:]
	b := &p.buf
	*b = (*b)[1:]
	*b = p.buf[1:]
	p.buf = (*b)[1:]
	*b = L[1:]
	var r R
	r.buf = r.buf[1:]
	r.p = r.q
	r.a[0] = r.a[1]
	P.p = P.q
	P.a[1] = P.a[2]
	p.s = p.s[1:]
	var arr [4]byte
	p.buf = arr[1:]
}

var B, B2 *[]byte
var L []byte

// Whether what a string becomes is written to.
func written(s string, k int) {
	a := []byte(s)
	clear(a)
	b := []byte(s)
	copy(b, "x")
	c := []byte(s)
	copy(c[1:], a)
	d := []byte(s)
	d[0] = 1
	e := []byte(s)
	e = append(e, 1)
	f := []byte(s)
	copy(a, f)
	g := []byte(s)
	h := g[1:]
	h[0]++
	i := []byte(s)
	p := &i[1]
	*p = 2
	j := []byte(s)
	for l := range j {
		k = l
	}
	for _, j[0] = range a {
	}
	m := []byte(s)
	n := min(string(m), s)
	_ = n
	o := []byte(s)
	q := unsafe.String(&o[0], 1)
	_ = q
	r := []byte(s)
	t := unsafe.Slice(&r[0], 1)
	t[0] = 1
	u := []byte(s)
	v := unsafe.SliceData(u)
	*v = 1
	w := []byte(s)
	x := (*byte)(unsafe.Add(unsafe.Pointer(&w[0]), 1))
	*x = 1
	y := []byte(s)
	change(y)
	z := []byte(s)
	look(z)
}

func change(b []byte) { b[0] = 1 }
func look(b []byte) byte { return b[0] }

// What is embedded has its address taken for a method that is known.
func known(q *int) *int {
	var i I = &R{E: E{q}}
	return i.M()
}
func known2(q *int) *int {
	var i I = struct{ *E }{&E{q}}
	G = i.M()
	return i.M()
}
func known3(q *int) {
	var i I = &struct{ p *R }{}.p.E
	G = i.M()
	var j I = struct{ I }{i}
	G = j.M()
}

// Blank variables whose values are not computed, since nothing can go wrong, or are.
var text, two = "a", 2
var _ = len([]byte(text)) / 2
var _ = len([]byte(text)) % 3
var _ = len([]byte(text)) / two
`

// wideSource captures variables of 128 bytes by value until a closure has more than 64 KiB,
// and as many by reference; and follows many pointers.
var wideSource = func() string {
	var b strings.Builder
	b.WriteString("package wide\n\nvar G any\n\ntype V [16]int\n\nfunc n(a ...any) {}\n")
	for _, n := range []int{511, 512} {
		var vars, list strings.Builder
		for i := range n {
			fmt.Fprintf(&vars, "\tvar v%d V\n", i)
			fmt.Fprintf(&list, "+v%d[0]", i)
		}
		fmt.Fprintf(&b, "func values%d() { %s f := func() int { return %s }; f(); G = func() int { return %s } }\n", n, vars.String(), list.String()[1:], list.String()[1:])
		fmt.Fprintf(&b, "func refs%d() { %s f := func() int { return %s }; v0[1], v1[1] = 1, 2; f(); v0 = V{} }\n", n, vars.String(), list.String()[1:])
	}
	for _, n := range []int{253, 254, 255, 300} {
		fmt.Fprintf(&b, "func deep%d(p %sint) int { return %sp }\nfunc deeper%d(p %sint) *int { return %sp }\n", n, strings.Repeat("*", n), strings.Repeat("*", n), n, strings.Repeat("*", n+1), strings.Repeat("*", n))
	}
	return b.String() + "func (v V) M() int { return v[0] }\ntype W [8192]int\nfunc (w W) M() int { return w[0] }\ntype U [8191]int\nfunc (u U) M() int { return u[0] }\nfunc methods(v V, w W, u U) { f, g, h := v.M, w.M, u.M; f(); g(); h() }\n"
}()
