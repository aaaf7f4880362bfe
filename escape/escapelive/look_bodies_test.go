package escapelive

// bodiesSource has cases with statements of all kinds, as steps tell them, and statements that
// alone need a type to be in the dictionary, whose words the calls of the function tell.
const bodiesSource = `package bodies

var G any
var C chan any
var S string

type I interface{ M() *int }
type T struct{ p *int }

func (t *T) M() *int          { return t.p }
func f(a ...any) *int         { return nil }
func two() (*int, *int)       { return nil, nil }
func mk[A any](a A) map[string]A    { return nil }
func sl[A any](a A) []A             { return nil }
func ch[A any](a A) chan A          { return nil }
func ar[A any](a A) *[3]A           { return nil }
func fn[A any](a A) func(A, ...A) A { return nil }
func pt[A any](a A) *A              { return nil }
func st[A any](a A) (r struct{ a A }) { return }
func in[A any](a A) interface{ M(A) A } { return nil }
func sq[A any](a A) func(func(A, *A) bool) { return nil }
func v[A any](a A) A                { return a }

// A case is told with all its statements.
func bodies(x any, i I, p, q *int, l []*int, m map[string]int, k int, c bool) (r *int, s any) {
	switch y := x.(type) {
	case *int:
		G = y
		if c {
			k++
		}
		if k := 1; k > 2 {
			k--
		} else if c {
			r = p
		} else {
			r, q = q, p
		}
		if k == 1 || c && k > 2 {
			return p, y
		}
		if !c {
		} else {
			return
		}
	case *T:
		G = y
		for k < 3 {
			k += 2
		}
		for range l {
		}
		for k, z := range l {
			l[k] = z
		}
		switch {
		}
		switch k {
		case 1:
		}
		switch x.(type) {
		}
		var d chan *int
		select {
		case C <- <-d:
		case C <- <-C:
		case G = <-d:
		case G = (<-d):
		case (G) = <-C:
		case z := <-d:
			r = z
		case z, ok := <-d:
			G, G = z, ok
		case G, c = <-d:
		case _, c = <-d:
		case d <- q:
		case d <- <-d:
		case <-d:
		}
		select {}
	case []int, *[]int:
		G = y
		go f(y)
		defer f(y)
		go func() {}()
		defer func() { G = 1 }()
		C <- y
		C <- k == 1 || c
		C <- &T{p}
		C <- make(chan int)
		C <- <-C
		{
			var z int
			var w *int = p
			z, G = 3, w
			_ = z
		}
		goto end
	case map[string]*int:
		G = y
		_, ok := m["a"]
		_, _ = m["a"], ok
		a, b := two()
		a, b = two()
		G, _ = <-C
		*a = *b
		*p, l[1] = 1, y["b"]
	again:
		for {
			break again
		}
		for {
			continue
		}
	case I:
		G = y
		S = S + "a" + S
		S += S + "b"
		k = -k
		k = - -k
		k = ^k
		k <<= 2
		k &^= k | 1
		k = (k + 1) * (k - 2) / k % 3
		k = k + (1 - k) - (2 - k)
		c = !c && (k == 1 || k != 2) || (c && !(c || c))
		G = &*y.M()
		G = *&k
		G = l[k : k+1][0]
		G = [3]int{1}[k]
		G = func() {}
		G = (*T)(nil)
		G = (func())(nil)
		G = []byte(S)
		G = string(rune(k))
		G = complex(1, 2) * complex(float64(k), 1)
		G = real(complex(float64(k), 1)) + imag(1i)
		G = map[string]int{}
		G = struct{ a int }{k}
		G = new(int)
		G = make([]int, k, k+1)
		G = append(l, l...)
		G = append(l, p, q)
		copy(l, l[1:])
		delete(m, S)
		clear(m)
		print(k, c)
		println()
		G = recover()
		G = len(l) + cap(l)
		G = min(k, 1) + max(k, 2)
		G = (<-C).(*T)
		G = (<-C).(*T).p
		G = i.M
		G = (*T).M
		G = y.M()
		panic(y)
	case nil:
		G = y
	default:
		G = y
		;
	}
end:
	return nil, nil
}


// What a statement needs to know of a type that it alone has.
func entries[A any](t A, k int) A {
	G = len(append(sl([1]A{}), sl([1]A{})...))
	k = copy(sl([2]A{}), sl([2]A{}))
	delete(mk([3]A{}), "a")
	for range mk([4]A{}) {
	}
	for range sl([5]A{}) {
	}
	for range ch([6]A{}) {
	}
	for range ar([7]A{}) {
	}
	for x := range mk([8]A{}) {
		G = x
	}
	for _, x := range mk([9]A{}) {
		G = x
	}
	for _, x := range sl([10]A{}) {
		G = x
	}
	for x := range ch([11]A{}) {
		G = x
	}
	for _, x := range ar([12]A{}) {
		G = x
	}
	var a any
	_ = a
	for _, a = range mk([13]A{}) {
	}
	for _, a = range sl([14]A{}) {
	}
	for a = range ch([15]A{}) {
	}
	for _, a = range ar([16]A{}) {
	}
	for x, y := range sq([17]A{}) {
		G, G = x, y
	}
	for a = range sq([18]A{}) {
	}
	for _, a = range sq([19]A{}) {
	}
	for range sq([20]A{}) {
	}
	_ = mk([21]A{})["a"]
	_, _ = mk([22]A{})["a"]
	mk([23]A{})["a"] = [23]A{}
	_ = sl([24]A{})[k]
	_ = ar([25]A{})[k]
	_ = ar([26]A{})[:]
	_ = <-ch([27]A{})
	ch([28]A{}) <- [28]A{}
	close(ch([29]A{}))
	_ = fn([30]A{})([30]A{}, [30]A{})
	_ = *pt([31]A{})
	_ = st([32]A{}).a
	_ = in([33]A{}).M
	_ = in([34]A{}).M([34]A{})
	_, _ = in([35]A{}).(interface{ N([35]A) })
	_, _ = in([36]A{}).(interface{ M([36]A) [36]A })
	_ = any(in([37]A{}))
	_ = interface{ M([38]A) [38]A }(in([38]A{}))
	clear(mk([39]A{}))
	clear(sl([40]A{}))
	_ = len(mk([41]A{})) + cap(sl([41]A{}))
	_ = make([]*[42]A, k)
	_ = make(map[string]*[43]A)
	_ = make(chan *[44]A)
	_ = new(*[45]A)
	_ = []*[46]A{}
	_ = map[string]*[47]A{}
	_ = map[int]any{1: pt([48]A{})}
	_ = []any{pt([49]A{})}
	_ = [2]any{1: pt([50]A{})}
	_ = struct{ x any }{pt([51]A{})}
	_ = struct{ x any }{x: pt([52]A{})}
	_ = func() any { return pt([53]A{}) }
	_ = func(x *[54]A) (y *[55]A) { var z *[56]A; _ = z; return nil }
	_ = any(pt([57]A{})) == any(pt([58]A{}))
	_ = pt([59]A{}) == G
	_ = G != pt([60]A{})
	switch G {
	case pt([61]A{}):
	}
	switch x := any(pt([62]A{})); x.(type) {
	case *[63]A:
	case interface{ M([64]A) }:
	}
	switch pt([65]A{}) {
	case G:
	}
	G, a = pt([66]A{}), pt([67]A{})
	(_) = pt([74]A{})
	(a), (_) = pt([75]A{}), pt([76]A{})
	((a)) = (pt([77]A{}))
	(mk([78]A{})["a"]), (*pt(a)) = [78]A{}, pt([79]A{})
	for (a) = range mk([80]A{}) {
	}
	for (_), (a) = range mk([81]A{}) {
	}
	for (a), (_) = range sq([82]A{}) {
	}
	G.(interface{ M(any) }).M(pt([68]A{}))
	f(pt([69]A{}), pt([70]A{}))
	go f(pt([71]A{}))
	defer f(pt([72]A{}))
	panic(pt([73]A{}))
}

func tell[A any](t A) { G = []byte(any(entries(t, 1)).(string)) }
func all()           { tell(1); tell("a") }
`
