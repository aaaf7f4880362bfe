package escapelive

// baseSource has functions for every rule of escape analysis that Go 1.14 has.
const baseSource = `package base

import "unsafe"

type T struct {
	p *int
	q *int
	s []*int
	b []byte
	n int
}

type I interface{ M(p *int) *int }

type impl struct{ p *int }

func (i *impl) M(p *int) *int { i.p = p; return nil }

type pure struct{ n int }

func (v pure) M(p *int) *int { return nil }

var (
	sink      *int
	sinkAny   interface{}
	sinkFunc  func() *int
	sinkSlice []*int
)

// edges: addresses, values and dereferences.
func edgeReturn() *int              { x := 1; return &x }
func edgeLocal() int                { x := 1; p := &x; return *p }
func edgeParam(p *int) *int         { return p }
func edgeDeref(p **int) *int        { return *p }
func edgeTwo(p ***int) *int         { return **p }
func edgeField(t *T) *int           { return t.p }
func edgeStruct(t T) *int           { return t.q }
func edgeIndex(s []*int) *int       { return s[0] }
func edgeArray(a [2]*int) *int      { return a[1] }
func edgeSlice(s []*int) []*int     { return s[1:] }
func edgeSliceOf(a *[4]*int) []*int { return a[:2] }
func edgeArraySlice() []int         { var a [4]int; return a[:] }
func edgeGlobal(p *int)             { sink = p }
func edgeGlobalDeref(p **int)       { sink = *p }
func edgeStore(t *T, p *int)        { t.p = p }
func edgeStoreLocal(p *int) *int    { var t T; t.p = p; return t.p }
func edgeAddrOfDeref(p *T) **int    { return &p.p }
func edgeSwap(p, q **int)           { *p, *q = *q, *p }
func edgeNamed(p *int) (r *int)     { r = p; return }

// resultTag: what a result holds, level by level, and no more than five results.
func resultFive(p *int) (a, b, c, d, e *int)   { return nil, nil, nil, nil, p }
func resultSix(p *int) (a, b, c, d, e, f *int) { return nil, nil, nil, nil, nil, p }
func resultShorter(p **int) *int               { sink = *p; return *p }
func resultLonger(p **int) **int               { sink = *p; return p }

// loopDepth: what outlives an iteration.
func loopOutside() {
	var p *int
	for i := 0; i < 3; i++ {
		p = new(int)
	}
	_ = *p
}

func loopInside() {
	for i := 0; i < 3; i++ {
		p := new(int)
		*p = i
	}
}

func loopGoto() {
	var p *int
again:
	x := 1
	p = &x
	if *p > 0 {
		goto again
	}
}

func loopGotoForward(c bool) {
	var p *int
	if c {
		goto end
	}
	{
		x := 1
		p = &x
		_ = p
	}
end:
	return
}

func loopRange(s []*int) *int {
	for _, p := range s {
		return p
	}
	return nil
}

func loopRangeArray(a [2]*int) *int {
	for _, p := range a {
		return p
	}
	return nil
}

func loopRangeKey(m map[*int]*int) *int {
	for k := range m {
		return k
	}
	return nil
}

func loopRangeAddr(s []int) {
	for i, v := range s {
		sink = &v
		_ = i
	}
}

func loopVarAddr() {
	for i := 0; i < 3; i++ {
		sink = &i
	}
}

func loopVarClosure(n int) (fs []func() int) {
	for i := 0; i < n; i++ {
		fs = append(fs, func() int { return i })
	}
	return
}

func loopVarReturn(n int) *int {
	for i := 0; i < n; i++ {
		return &i
	}
	return nil
}

// closures: by value or by reference, and what they return.
func closureByValue(p *int) func() *int { return func() *int { return p } }
func closureByRef() func() int {
	x := 0
	return func() int { x++; return x }
}

func closureLarge() {
	var a [200]byte
	sinkFunc = func() *int { _ = a[1]; return nil }
}

func closureReassigned() {
	x := 1
	x = 2
	sinkFunc = func() *int { _ = x; return nil }
}

func closureReassignedInside() {
	x := 1
	for i := 0; i < 2; i++ {
		x = 2
		sinkFunc = func() *int { _ = x; return nil }
	}
}

func closureCalled() int {
	x := 1
	return func() int { return x }()
}

func closureResult() {
	var u int
	fn := func() *int { return &u }()
	*fn = 42
}

func closureResultLost() {
	var u int
	f := func() *int { return &u }
	g := func(h func() *int) { sink = h() }
	g(f)
}

func closureStatic(p *int) *int {
	f := func(q *int) *int { return q }
	return f(p)
}

func closureDynamic(f func(*int) *int, p *int) *int { return f(p) }

func closureParams() func(*int, *int) *int { return func(a, b *int) *int { return b } }

func closureNested(p *int) func() func() *int {
	return func() func() *int { return func() *int { return p } }
}

// calls.
func callee(p, q *int) *int { sink = q; return p }
func callStatic() *int {
	x, y, z := 1, 2, 3
	_ = callee(&x, &y)
	return callee(&z, nil)
}

func callChain(p *int) *int { return edgeParam(edgeParam(p)) }

func callMutualA(p *int, n int) *int {
	if n == 0 {
		return p
	}
	return callMutualB(p, n-1)
}
func callMutualB(p *int, n int) *int { return callMutualA(p, n) }

func callRecursive(p, q *int, n int) *int {
	if n > 0 {
		return callRecursive(q, p, n-1)
	}
	return p
}

func callTwo(p *int) (*int, *int) { return p, nil }
func callPair(p *int) *int        { a, _ := callTwo(p); return a }
func callMulti() *int             { x := 1; return edgeFirst(callTwo(&x)) }
func edgeFirst(p, q *int) *int    { return p }

func callVariadic(ps ...*int) *int { return ps[0] }
func callVariadicStay() {
	x := 1
	_ = callVariadic(&x)
}
func callVariadicLeak(ps ...interface{}) { sinkAny = ps[0] }
func callVariadicUse(n int)              { callVariadicLeak(n, "a") }
func callFunctionResult() *int {
	x := 1
	return pick()(&x)
}
func pick() func(*int) *int { return edgeParam }

// interfaces.
func ifaceCall(i I, p *int) *int { return i.M(p) }
func ifaceConvert(n int)         { sinkAny = n }
func ifaceConvertLocal(n int) bool {
	var a interface{} = n
	return a == nil
}
func ifacePointer(p *int)          { sinkAny = p }
func ifaceWord(t struct{ p *int }) { sinkAny = t }
func ifaceWordZero(t struct {
	z struct{}
	p *int
}) {
	sinkAny = t
}
func ifaceConst()                    { sinkAny = 7 }
func ifaceString(s string)           { sinkAny = s }
func ifaceAssert(a interface{}) *int { return a.(*int) }
func ifaceAssertStruct(a interface{}) *int {
	t, ok := a.(T)
	_ = ok
	return t.p
}
func ifaceSwitch(a interface{}) *int {
	switch v := a.(type) {
	case *int:
		return v
	case T:
		return v.p
	case nil:
		return nil
	default:
		sinkAny = v
	}
	return nil
}
func ifaceSwitchAddr(a interface{}) {
	switch v := a.(type) {
	case int, string:
		sinkAny = &v
	case []T:
		sinkAny = &v
	case map[string]T:
		sinkAny = &v
	}
}
func ifaceDevirtual() {
	x := 1
	var i I = &impl{}
	i.M(&x)
}
func ifaceDevirtualValue() {
	x := 1
	var i I = pure{1}
	i.M(&x)
}
func ifaceDevirtualLater(c bool) {
	x := 1
	var i I
	if c {
		i = pure{2}
	}
	i.M(&x)
}
func ifaceNotDevirtual(c bool) {
	x := 1
	var i I = pure{3}
	if c {
		i = &impl{}
	}
	i.M(&x)
}

// methods.
func methodValue(t *T) func() *int         { return t.get }
func methodValueLocal(t *T) *int           { f := t.get; return f() }
func methodValueIface(i I) func(*int) *int { return i.M }
func methodExpr(t *T) *int                 { return (*T).get(t) }
func methodExprValue() func(*T) *int       { return (*T).get }
func methodAddr() *int                     { var t T; return t.get() }
func (t *T) get() *int                     { return t.p }
func (t T) copy() *int                     { return t.q }
func methodDeref(t *T) *int                { return t.copy() }

type embed struct {
	n int
	*T
}

func methodEmbedded(e *embed) *int { return e.get() }
func fieldEmbedded(e embed) *int   { return e.p }

// heap: channels, maps, append, panic, go and defer.
func heapSend(c chan *int, p *int) { c <- p }
func heapSendLocal() {
	c := make(chan *int, 1)
	x := 1
	c <- &x
}
func heapSendInt(c chan int, p *int) { c <- *p }
func heapReceive(c chan *int) *int   { return <-c }
func heapSelect(c chan *int, d chan interface{}) (r interface{}) {
	select {
	case p := <-c:
		return p
	case r = <-c:
	case v, ok := <-d:
		_ = ok
		return v
	case d <- r:
	default:
	}
	return
}
func heapMapPut(m map[string]*int, p *int)     { m["a"] = p }
func heapMapKey(m map[*int]int, p *int)        { m[p]++ }
func heapMapGet(m map[string]*int) *int        { return m["a"] }
func heapMapOK(m map[string]*int) (*int, bool) { p, ok := m["a"]; return p, ok }
func heapMapLocal() {
	m := make(map[int]*int)
	x := 1
	m[1] = &x
	n := make(map[int]int, 4)
	n[1] = 2
}
func heapMapLiteral() map[string]*int {
	x, y := 1, 2
	_ = map[string]*int{"x": &x}
	return map[string]*int{"y": &y}
}
func heapAppend(s []*int, p *int) []*int { return append(s, p) }
func heapAppendLocal() {
	x := 1
	var s []*int
	s = append(s, &x)
	_ = s
}
func heapAppendSpread(s, t []*int) []*int       { return append(s, t...) }
func heapAppendBytes(s []byte, t string) []byte { return append(s, t...) }
func heapAppendReturn() []int                   { return append([]int(nil), 1, 2, 3) }
func heapAppendGlobal(p *int)                   { sinkSlice = append(sinkSlice, p) }
func heapCopy(s, t []*int)                      { copy(s, t) }
func heapCopyString(b []byte, s string)         { copy(b, s) }
func heapPanic(t *T)                            { panic(t) }
func heapPanicText()                            { panic("text") }
func heapGo(p *int)                             { go edgeGlobal(p) }
func heapGoClosure() {
	x := 1
	go func() { _ = x; x++ }()
}
func heapGoMethod(t *T) { go t.get() }
func heapDefer(p *int)  { defer edgeParam(p) }
func heapDeferClosure() int {
	x := 1
	defer func() { x++ }()
	return x
}
func heapDeferArgs() {
	x := 1
	defer func(p *int) { _ = p }(&x)
}
func heapDeferLoop() {
	for i := 0; i < 2; i++ {
		x := 1
		defer func(p *int) { _ = p }(&x)
	}
}
func heapDeferIface(i I) { x := 1; defer i.M(&x) }
func heapDeferDevirtual()  { defer I(pure{1}).M(new(int)) }
func heapDeferDevirtual2() { var i I = pure{2}; defer i.M(new(int)) }
func heapDeferBuiltin(c chan int, m map[int]int) {
	defer close(c)
	defer delete(m, 1)
	defer print(1)
	defer recover()
	defer panic(1)
}

// literals and allocations.
func litPointer() *T       { return &T{n: 1} }
func litPointerLocal() int { t := &T{n: 1}; return t.n }
func litSlice() []*int     { x := 1; return []*int{&x} }
func litSliceLocal() {
	x, y := 1, 2
	s := []*int{&x, 3: &y}
	_ = s[0]
}
func litArray(p *int) [2]*int { return [2]*int{p, nil} }
func litStruct(p *int) T      { return T{p: p} }
func litNested(p *int) []*T   { return []*T{{p: p}, {q: p}} }
func litNew() (*int, int)     { p, q := new(int), new(int); return p, *q }
func litMake(n int) {
	_ = make([]int, 8)
	_ = make([]int, n)
	_ = make([]int, 4, n)
	_ = make([]struct{}, 3)
	_ = make([]int, 1<<13)
	_ = make([]int, 1<<13+1)
	m := 10
	_ = make([]int, m)
	k := []int{1, 2}
	_ = make([]int, len(k))
	_ = make(chan int, n)
	_ = make([]interface{}, 2)
}
func litMakeReturn(n int) []int { return make([]int, n) }
func litVarLarge() {
	var a [1 << 20]byte
	var b [16 << 20]byte
	var c [128 << 10]byte
	var d [128<<10 + 1]byte
	a[1], b[1], c[1], d[1] = 1, 1, 1, 1
}
func litNewLarge() {
	_ = new([64 << 10]byte)
	_ = new([64<<10 + 1]byte)
	_ = &[64<<10 + 1]byte{}
}
func litStrings(a, b string, bs []byte, rs []rune, n rune) (string, string) {
	_ = a + b
	_ = string(bs) == a
	_ = []byte(a)
	_ = []rune(b)
	_ = string(rs)
	_ = string(n)
	_ = []rune("ab")
	_ = []byte("ab")
	return a + b + "c", string(bs)
}
func litConcatAssign(s string) string { s += "x"; return s }
func litConst() {
	n := 5
	var a interface{} = n
	_ = a
	sinkAny = n
	t := "t"
	sinkAny = t
}

// selfAssign: an assignment that stores nothing new.
func (t *T) selfSlice(n int)       { t.b = t.b[n:] }
func (t *T) selfField()            { t.p = t.q }
func (t *T) selfIndex(i int)       { t.s[i] = t.s[i+1] }
func (t *T) selfCall(f func() int) { t.s[f()] = t.s[1] }
func selfSwap(s []*int)            { s[0], s[1] = s[1], s[0] }

// dead code and dead variables.
func deadBranch(p *int) {
	const no = false
	if no {
		sink = p
	}
	if !no || p == nil {
		return
	}
	sink = p
}
func deadAfterReturn(p *int) int {
	return 1
	sink = p
	return 2
}
func deadAfterPanic(p *int) {
	panic(1)
	sink = p
}
func deadLocal() {
	x := 1
	f := func() int { return x }
	_ = f
	g := func() int { return 1 }
	if false {
		g()
	}
}
func deadSwitch(p *int) {
	switch 2 {
	case 1:
		sink = p
	case 2:
	}
	for false {
		sink = p
	}
}

// unsafe.
func unsafePointer(p *int) unsafe.Pointer { return unsafe.Pointer(p) }
func unsafeUintptr(p *int) uintptr        { return uintptr(unsafe.Pointer(p)) }
func unsafeBack(p *int) unsafe.Pointer    { return unsafe.Pointer(uintptr(unsafe.Pointer(p)) + 8) }

//go:uintptrescapes
func uintptrEscape(a uintptr, b ...uintptr) { _ = a }
func uintptrCall() {
	x, y := 1, 2
	uintptrEscape(uintptr(unsafe.Pointer(&x)), uintptr(unsafe.Pointer(&y)))
}

// package variables.
var static = &T{n: 1}
var staticSlice = []*T{{n: 1}, {p: new(int)}}
var staticMap = map[string]*T{"a": {n: 1}}
var staticFunc = func(p *int) *int { return p }
var staticIface I = &impl{}
var staticIfaceValue interface{} = T{n: 2}
var dynamic = edgeReturn()
var dynamicPart = []interface{}{1, edgeReturn(), 2.5}
var _ I = (*impl)(nil)
var _, dynamicTwo = callTwo(nil)

// text.
type tagged = struct {
	A int "x:\"y\""
	*T
}

func textNames(t *T, m map[string][]interface{}, f func(int) (string, error)) {
	sinkAny = t.n
	sinkAny = (*t).n + 1
	sinkAny = -t.n
	sinkAny = m["a"][1:2:3]
	sinkAny = len(m) * (t.n + 2) << 3
	s, _ := f(1)
	sinkAny = s
	sinkAny = [2]struct{ a, b int }{}
	sinkAny = tagged{}
	sinkAny = 'x'
	sinkAny = 1.5
	sinkAny = "a\n"
	sinkAny = uint8(3)
	sinkAny = t.n == 1 || !(t.n < 2)
	sinkAny = func() {}
	sinkAny = []func(a int, b ...string) (x, y error){}
	sinkAny = make([]chan<- <-chan int, t.n)
	sinkAny = []byte(s)[1]
	sinkAny = string(t.b) + "b"
	sinkAny = (<-chan int)(nil)
	sinkAny = interface{ M(p *int) *int }(nil)
}

// published cases: Go issues 10466, 17458, 45269, 27188; TestFixedBugs has more.
func caseSliceOfArray() *int {
	var x [4]int
	return caseLeak(&caseSame(x[:])[0])
}
func caseSame(s []int) []int { return s }
func caseLeak(p *int) *int   { sink = p; return p }

type A struct{ b []byte }

func caseNewA(b []byte) *A { return &A{b} }
func caseNewADropped()     { caseNewA([]byte("test")) }
func caseLargeValue() {
	var i interface{}
	a := [1 << 20]byte{}
	i = a
	c := make(chan int)
	_, _ = i, c
}
func caseBoth() *int {
	var x, y int
	k := &x
	k = &y
	return k
}
func caseIndirect(x **int)   { y := new(int); *x = y }
func caseInterior(t *T) *int { return &t.n }
func caseBuffer() []byte {
	var b struct{ boot [64]byte }
	return b.boot[:0]
}
func caseFuncField(h struct{ f func(*int) }) { x := 1; h.f(&x) }
func caseMethodOnLocal() int {
	w := pure{1}
	f := w.M
	x := 2
	f(&x)
	return x
}
func caseSliceAssign() {
	x := 1
	s := make([]*int, 1)
	s[0] = &x
	var a [1]*int
	y := 2
	a[0] = &y
}
func caseSelfPointer() {
	type node struct{ next *node }
	n := &node{}
	n.next = n
}
func caseFormat(args ...interface{}) int { return len(args) }
func caseFormatCall(n int) int           { return caseFormat(n, "x", &n) }
`
