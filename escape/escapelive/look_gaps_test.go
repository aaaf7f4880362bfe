package escapelive

// gapsSource has what no other source asks about: each part fails if the model forgets one
// of its rules.
const gapsSource = `package gaps

import "unsafe"

var G any
var n, d int

var _ = len([]int{n, d})
var _ = cap([]int{n})
var _ = real(complex(float64(len([]int{n, d})), 1))

func v[T any](x T) T             { return x }
func pair[A, B any](a A, b B) A  { G = b; return a }

type K[T any] struct{ x T }

func (k K[T]) M(y T) *T { return &y }

// An instance in what is sliced, asserted and looked into.
func parts[T any](x T, xs []T) {
	G = v(xs)[1:]
	G = pair(x, xs)
	G = v(map[string]T{})["a"]
	G = pair(xs, xs)
	G = *v(&x)
	G = pair(x, x)
	G = []any{K[[]T]{}}
}
func parts2[T any](x T) { parts(x, []T{x}) }
func useParts() {
	parts(1, nil)
	parts2("a")
}

// A method expression through an embedded interface.
type I[T any] interface{ F(T) *T }
type E[T any] struct{ I[T] }
type EE[T any] struct{ E[T] }

func exprs[T any](p E[T], q EE[T], x T) {
	G = *E[T].F(p, x)
	G = *EE[T].F(q, x)
	G = *(*E[T]).F(&p, x)
	G = v(p.I).(interface{ N(T) })
	G = pair(p, x)
}
func useExprs() { exprs(E[int]{}, EE[int]{}, 1) }

// A variable that gets a value of any type by an assertion has none that is known.
type M interface{ M(p *int) }
type A struct{ p *int }

func (a *A) M(p *int) {}

type B struct{ p *int }

func (a *B) M(p *int) { G = p }

func asserted(x any, b bool) {
	var i M = &A{}
	p := new(int)
	if b {
		i, b = x.(*B)
	}
	i.M(p)
}
func asserted2(x any, b bool) {
	var i M = &A{}
	p := new(int)
	if b {
		i, b = x.(*A)
	}
	i.M(p)
}
func asserted3(x any, b bool) {
	var i M = &A{}
	p := new(int)
	if b {
		i, b = x.(M)
	}
	i.M(p)
}

// No header of reflect's.
type SliceHeader struct {
	Data     uintptr
	Len, Cap int
}
type StringHeader struct {
	Data uintptr
	Len  int
}

func header(p *int, s *[]byte, t *string) {
	h := (*SliceHeader)(unsafe.Pointer(s))
	h.Data = uintptr(unsafe.Pointer(p))
	x := 1
	g := (*StringHeader)(unsafe.Pointer(t))
	g.Data = uintptr(unsafe.Pointer(&x))
	G = unsafe.Pointer(g.Data)
}
func header2(h *SliceHeader) unsafe.Pointer { return unsafe.Pointer(h.Data) }

// min has a row in the table of precedences.
func cut(x []int, a, b int) {
	x = make([]int, 5)
	G = x[:min(a, b)]
	G = x[a:max(a, b):min(a, b)]
	G = x[:len(x)]
	G = "a"[:int(real(complex(1, float64(a))))]
	G = x[:n-1]
	G = string([]byte{1, 2}[:*v(&a)])
}

// Breaks in the body of a loop over a function, for the loop and for what is in it.
func seq(f func(*int) bool) {}
func breaks(c chan *int, x any) {
	for p := range seq {
		switch {
		case *p == 1:
			break
		case *p == 2:
			continue
		}
		switch x.(type) {
		case int:
			break
		case string:
			continue
		}
		select {
		case c <- p:
			break
		default:
			continue
		}
		for {
			break
		}
	}
}

// A dynamic type as a bound.
func bounds[T ~int](s []int, x any, y T) {
	G = s[:x.(T)]
	G = s[x.(T):x.(T):x.(T)]
	G = s[x.(T)]
	G = -v(y)
	G = pair(y, s)
}
func useBounds() { bounds(nil, nil, 1) }

// What is in a case is told with it.
func cases(x any, c chan int) *int {
again:
	for {
		switch y := x.(type) {
		case *int:
			G = y
			select {
			case <-c:
			}
			break
		case *[]int:
			G = y
			continue
		case **int:
			G = y
			break again
		case *string:
			G = y
			goto end
		}
	}
end:
	return nil
}
func inBodies(x any) {
	for range seq {
		switch y := x.(type) {
		case *int:
			G = y
			break
		case []int:
			G = y
			continue
		}
	}
}

// The dictionaries are those of types, not of shapes.
func types[T any]() {
	_ = K[[1]T]{}
	var _ K[[2]T]
	G = K[[3]T]{}
	type L struct{ K[[4]T] }
	var _ *L
	var x []K[[5]T]
	x = append(x, K[[5]T]{})
	_ = func(K[[7]T]) {}
	G = G.(K[[8]T])
}
func types2[T any]() { types[T](); types[[]T](); G = v[K[[9]T]] }
func useTypes()      { types2[int]() }
`
