package iface_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/layout"
)

// all returns a value of each kind.
func all(t *testing.T, m *iface.Runtime) map[reflect.Kind]iface.Value {
	t.Helper()
	n := 7
	out := map[reflect.Kind]iface.Value{}
	for _, x := range []any{true, int(1), int8(-2), int16(3), int32(-4), int64(5), uint(6), uint8(200), uint16(8), uint32(9), uint64(math.MaxUint64), uintptr(10),
		float32(1.5), 2.5, complex64(1 + 2i), 3 + 4i, "text", [2]int{1, 2}, []int{1, 2, 3}, map[string]int{"a": 1}, make(chan int), func() {}, &n, struct {
			A int
			B string
		}{1, "b"}} {
		held, err := m.ValueOf(x)
		if err != nil {
			t.Fatal(err)
		}
		v := mustElem(t, held)
		out[v.Type().Kind()] = v
	}
	held, err := m.ValueOf(&[]any{1})
	if err != nil {
		t.Fatal(err)
	}
	list := mustElem(t, mustElem(t, held))
	if out[reflect.Interface], err = list.Index(0); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKinds calls all methods on each kind of value, including those that it does not
// have.
func TestKinds(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	values := all(t, m)
	if len(values) != 25 {
		t.Fatalf("%d kinds", len(values))
	}
	ask := map[string]func(v iface.Value) (any, error){
		"Int":     func(v iface.Value) (any, error) { return v.Int() },
		"Bool":    func(v iface.Value) (any, error) { return v.Bool() },
		"Float":   func(v iface.Value) (any, error) { return v.Float() },
		"Complex": func(v iface.Value) (any, error) { return v.Complex() },
		"Text":    func(v iface.Value) (any, error) { return v.Text() },
		"IsNil":   func(v iface.Value) (any, error) { return v.IsNil() },
		"Len":     func(v iface.Value) (any, error) { return v.Len() },
		"Index":   func(v iface.Value) (any, error) { e, err := v.Index(1); return e.String(), err },
		"Field":   func(v iface.Value) (any, error) { e, err := v.Field("B"); return e.String(), err },
		"Elem":    func(v iface.Value) (any, error) { e, err := v.Elem(); return e.String(), err },
		"Words":   func(v iface.Value) (any, error) { w, err := v.Words(); return w.Tab != 0 && w.Data != 0, err },
	}
	answers := map[string]map[reflect.Kind]any{
		"Int": {reflect.Int: int64(1), reflect.Int8: int64(-2), reflect.Int16: int64(3), reflect.Int32: int64(-4), reflect.Int64: int64(5), reflect.Uint: int64(6),
			reflect.Uint8: int64(200), reflect.Uint16: int64(8), reflect.Uint32: int64(9), reflect.Uint64: int64(-1), reflect.Uintptr: int64(10)},
		"Bool":    {reflect.Bool: true},
		"Float":   {reflect.Float32: 1.5, reflect.Float64: 2.5},
		"Complex": {reflect.Complex64: 1 + 2i, reflect.Complex128: 3 + 4i},
		"Text":    {reflect.String: "text"},
		"IsNil":   {reflect.Slice: false, reflect.Map: false, reflect.Chan: false, reflect.Func: false, reflect.Pointer: false, reflect.Interface: false},
		"Len":     {reflect.Array: 2, reflect.Slice: 3, reflect.Map: 1, reflect.String: 4},
		"Index":   {reflect.Array: "2", reflect.Slice: "2"},
		"Field":   {reflect.Struct: `"b"`},
		"Elem":    {reflect.Pointer: "7", reflect.Interface: "1"},
		"Words":   {reflect.Interface: true},
	}
	for name, f := range ask {
		for k, v := range values {
			got, err := f(v)
			want, has := answers[name][k]
			if has != (err == nil) || has && got != want {
				t.Errorf("%s of a %v: %v, %v; want %v", name, k, got, err, want)
			}
		}
		if _, err := f(iface.Value{}); err == nil {
			t.Errorf("%s of no value", name)
		}
	}
	set := map[string]func(v iface.Value) error{
		"Int":     func(v iface.Value) error { return v.SetInt(-1) },
		"Bool":    func(v iface.Value) error { return v.SetBool(true) },
		"Float":   func(v iface.Value) error { return v.SetFloat(-0.5) },
		"Complex": func(v iface.Value) error { return v.SetComplex(-1i) },
		"Text":    func(v iface.Value) error { return v.SetText("other") },
	}
	for name, f := range set {
		for k, v := range values {
			_, has := answers[name][k]
			if err := f(v); has != (err == nil) {
				t.Errorf("Set%s of a %v: %v", name, k, err)
			}
		}
		if f(iface.Value{}) == nil {
			t.Errorf("Set%s of no value", name)
		}
	}
	for k, want := range map[reflect.Kind]string{
		reflect.Int8: "int8(-1)", reflect.Uintptr: "uintptr(18446744073709551615)", reflect.Uint16: "uint16(65535)", reflect.Uint64: "uint64(18446744073709551615)", reflect.Float32: "float32(-0.5)",
		reflect.Complex64: "complex64((0-1i))", reflect.String: `"other"`, reflect.Bool: "true", reflect.Array: "[2]int{1, 2}", reflect.Map: `map[string]int{"a": 1}`,
		reflect.Struct: `struct { A int; B string }{1, "b"}`,
	} {
		if got := values[k].String(); got != want {
			t.Errorf("a %v is %s, want %s", k, got, want)
		}
	}
	for k, v := range values {
		if err := v.SetZero(); err != nil {
			t.Errorf("SetZero of a %v: %v", k, err)
		}
		if w := v.Where(); w != iface.Nowhere || len(v.Methods()) != 0 {
			t.Errorf("a zero %v holds something at %s", k, w)
		}
	}
	if got := values[reflect.Float64].String() + values[reflect.Int].String() + values[reflect.Chan].String() + values[reflect.Slice].String(); got != "0.00(chan int)(nil)[]int(nil)" {
		t.Errorf("zero values: %s", got)
	}
}

// TestPlaces checks where variables and boxes are.
func TestPlaces(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	inter, err := m.TypeOf(&layout.Interface{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := m.TypeOf(layout.Int)
	if err != nil {
		t.Fatal(err)
	}
	v, err := m.New(n)
	if err != nil || v.Place() != iface.Heap || v.Addr() < 0xc000000000 {
		t.Errorf("a variable is at %#x, %s, %v", v.Addr(), v.Place(), err)
	}
	if err := v.SetInt(1000); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		use   iface.Use
		place iface.Place
		heap  int64
		low   bool
	}{
		{iface.Use{Escapes: true}, iface.Heap, 8, false},
		{iface.Use{}, iface.Stack, 0, false},
		{iface.Use{Escapes: true, Constant: true}, iface.Static, 0, true},
		{iface.Use{Literal: true}, iface.Static, 0, true},
		{iface.Use{Escapes: true, Converted: true}, iface.Heap, 8, false}, // not after a conversion, of a word
	} {
		i, box, err := m.Convert(v, inter, c.use)
		w, _ := i.Words()
		if err != nil || box.Place != c.place || box.Heap != c.heap || box.Why == "" || i.Where() != c.place || (w.Data < 0xc000000000) != c.low {
			t.Errorf("%+v: %+v at %#x, where %s, %v", c.use, box, w.Data, i.Where(), err)
		}
		if err := mustElem(t, i).SetInt(5); err != nil {
			t.Errorf("a copy of the held value cannot be set: %v", err)
		}
	}
	size, err := m.TypeOf(&layout.Array{Len: 1025, Elem: layout.Uint8})
	if err != nil {
		t.Fatal(err)
	}
	large, err := m.Zero(size)
	if err != nil || large.Addr() != 0 || large.Place() != iface.Nowhere {
		t.Errorf("a copy is at %#x, %v", large.Addr(), err)
	}
	if _, box, err := m.Convert(large, inter, iface.Use{}); err != nil || box.Heap != 1025 || !strings.Contains(box.Why, "1024") {
		t.Errorf("a large box: %+v, %v", box, err)
	}
	if _, _, err := m.Convert(v, n, iface.Use{}); err == nil {
		t.Error("a conversion to int makes an interface")
	}
	empty, err := m.TypeOf(&layout.Struct{})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := m.New(empty); err != nil || e.Place() != iface.ZeroBase {
		t.Errorf("a variable of size 0 is at %s, %v", e.Place(), err)
	}
}

// TestRoom checks that a Runtime's memory is bounded.
func TestRoom(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	typ, err := m.TypeOf(&layout.Array{Len: 1 << 20, Elem: layout.Uint8})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; n < 100; n++ {
		if _, err := m.New(typ); err != nil {
			break
		}
	}
	if n != 63 {
		t.Errorf("%d objects of a megabyte", n)
	}
}

// TestNoRoom checks that a slice for whose array there is no room stays as it was, as in a
// program, in which make panics before anything is assigned.
func TestNoRoom(t *testing.T) {
	want := []int{1, 2}
	func() {
		defer func() { _ = recover() }()
		n := math.MaxInt
		want = make([]int, n)
	}()
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var list []iface.Value
	for range 3 {
		typ, err := m.TypeOf(&layout.Slice{Elem: layout.Int})
		if err != nil {
			t.Fatal(err)
		}
		v, err := m.New(typ)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	made, null, filler := list[0], list[1], list[2]
	if err := made.Make(len(want)); err != nil {
		t.Fatal(err)
	}
	for i, x := range want {
		e, err := made.Index(i)
		if err == nil {
			err = e.SetInt(int64(x))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for size := 1 << 17; size > 0; size /= 2 {
		for filler.Make(size) == nil {
		}
	}
	for v, text := range map[iface.Value]string{made: fmt.Sprintf("%#v", want), null: "[]int(nil)"} {
		if err := v.Make(1000); err == nil || v.String() != text {
			t.Errorf("%v after a Make that returns %v, want %s", v, err, text)
		}
		if _, err := v.Index(999); err == nil {
			t.Errorf("%v has an element 999", v)
		}
	}
}

// TestSharing checks that one variable of the program is one variable of the Runtime, in
// whatever way it is reached first.
func TestSharing(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	array := make([]any, 4)
	s := struct{ A, B int }{1, 2}
	array[0], array[3] = &s, &s.B
	v, err := m.ValuesOf(array[:0], array[1:], array, &s.B, &array[3])
	if err != nil {
		t.Fatal(err)
	}
	var held []iface.Value
	for _, x := range v {
		held = append(held, mustElem(t, x))
	}
	last, err := held[2].Index(3)
	if err != nil {
		t.Fatal(err)
	}
	also, err := held[1].Index(2)
	if err != nil || last.Addr() != also.Addr() {
		t.Errorf("array[3] is at %#x and %#x, %v", last.Addr(), also.Addr(), err)
	}
	if p := mustElem(t, held[4]); p.Addr() != last.Addr() {
		t.Errorf("&array[3] points to %#x, not %#x", p.Addr(), last.Addr())
	}
	first, err := held[2].Index(0)
	if err != nil {
		t.Fatal(err)
	}
	whole := mustElem(t, mustElem(t, first))
	b, err := whole.Field("B")
	if err != nil || b.Addr() != mustElem(t, held[3]).Addr() || b.Addr() != whole.Addr()+8 || b.String() != "2" {
		t.Errorf("&s.B is %#x, %s in s at %#x, %v", b.Addr(), b, whole.Addr(), err)
	}
	// Pointers to parts of a variable, in any order, and to all of it.
	rows := new([8]struct{ A, B, C int })
	var list []any
	for i := range rows {
		rows[i].B = 10 * i
		list = append(list, &rows[i].C, &rows[i], &rows[7-i].B, rows[i:])
	}
	list = append(list, rows)
	if v, err = m.ValuesOf(list...); err != nil {
		t.Fatal(err)
	}
	all := mustElem(t, mustElem(t, v[len(v)-1]))
	for i := range rows {
		row, err := all.Index(i)
		if err != nil {
			t.Fatal(err)
		}
		tail, err := mustElem(t, v[4*i+3]).Index(0)
		if err != nil {
			t.Fatal(err)
		}
		at := []uint64{mustElem(t, mustElem(t, v[4*i])).Addr() - 16, mustElem(t, mustElem(t, v[4*i+1])).Addr(), tail.Addr()}
		if b := mustElem(t, mustElem(t, v[4*(7-i)+2])); at[0] != row.Addr() || at[1] != row.Addr() || at[2] != row.Addr() || b.Addr() != row.Addr()+8 || b.String() != fmt.Sprint(10*i) {
			t.Errorf("row %d is at %#x, its parts at %#x, B %s", i, row.Addr(), at, b)
		}
	}
	if n, err := held[0].Len(); n != 0 || err != nil {
		t.Errorf("array[:0] has %d elements, %v", n, err)
	}
}

// TestBuild makes a slice, a map, a pointer and slices of them by hand.
func TestBuild(t *testing.T) {
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	variable := func(l layout.Type) iface.Value {
		typ, err := m.TypeOf(l)
		if err != nil {
			t.Fatal(err)
		}
		v, err := m.New(typ)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	s, again := variable(&layout.Slice{Elem: layout.Int}), variable(&layout.Slice{Elem: layout.Int})
	for what, err := range map[string]error{
		"Make":                s.Make(4),
		"Slice":               again.Slice(s, 1, 3),
		"a nil slice of none": variable(&layout.Slice{Elem: layout.Int}).Slice(variable(&layout.Slice{Elem: layout.Int}), 0, 0),
		"to the capacity":     variable(&layout.Slice{Elem: layout.Int}).Slice(again, 0, 3),
		"SetZero":             variable(layout.Int).SetZero(),
		"a map":               variable(&layout.Map{Key: layout.Int, Elem: layout.Int}).Make(0),
		"a pointer":           variable(&layout.Pointer{Elem: layout.Int}).Point(variable(layout.Int)),
		"a slice of an array": variable(&layout.Slice{Elem: layout.Int}).Slice(variable(&layout.Array{Len: 3, Elem: layout.Int}), 1, 3),
		"no elements":         variable(&layout.Slice{Elem: layout.Int}).Make(0),
		"elements of size 0":  variable(&layout.Slice{Elem: &layout.Struct{}}).Make(1 << 20),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	zero, err := m.Zero(s.Type())
	if err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"too long":             again.Slice(s, 1, 5),
		"backwards":            again.Slice(s, 3, 1),
		"before the beginning": again.Slice(s, -1, 1),
		"another element":      again.Slice(variable(&layout.Slice{Elem: layout.Bool}), 0, 0),
		"no slice":             variable(layout.Int).Slice(s, 0, 1),
		"negative":             s.Make(-1),
		"many":                 s.Make(1 << 21),
		"too many":             s.Make(1 << 18),
		"an int":               variable(layout.Int).Make(1),
		"to another type":      variable(&layout.Pointer{Elem: layout.Int}).Point(variable(layout.Bool)),
		"to a copy":            variable(&layout.Pointer{Elem: s.Type().Layout()}).Point(zero),
		"to nothing":           variable(&layout.Pointer{Elem: layout.Int}).Point(iface.Value{}),
		"Set of another type":  s.Set(variable(layout.Int)),
		"Set of no value":      s.Set(iface.Value{}),
		"a nil map":            variable(&layout.Map{Key: layout.Int, Elem: layout.Int}).SetIndex(variable(layout.Int), variable(layout.Int)),
		"of no map":            s.SetIndex(s, s),
		"of no key":            variable(&layout.Map{Key: layout.Int, Elem: layout.Int}).SetIndex(iface.Value{}, s),
		"of no element":        variable(&layout.Map{Key: layout.Int, Elem: layout.Int}).SetIndex(variable(layout.Int), iface.Value{}),
		"of no value":          iface.Value{}.SetIndex(s, s),
	} {
		if err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	if n, _ := again.Len(); n != 2 {
		t.Errorf("s[1:3] has %d elements", n)
	}
	dict := variable(&layout.Map{Key: layout.Int, Elem: layout.Int})
	if err := dict.Make(0); err != nil {
		t.Fatal(err)
	}
	for i := range 4200 { // the keys after 4099 repeat
		k := variable(layout.Int)
		if err := k.SetInt(int64(i % 4100)); err != nil {
			t.Fatal(err)
		}
		if err := dict.SetIndex(k, k); (err != nil) != (i >= 4096 && i < 4100) {
			t.Fatalf("entry %d: %v", i, err)
		}
	}
}

// TestTrace checks the events of some operations one by one.
func TestTrace(t *testing.T) {
	var got []string
	rules := map[string]bool{}
	p := aProgram(t, iface.Config{Trace: func(e iface.Event) {
		got = append(got, e.String())
		rules[e.Rule] = true
	}}, "type T struct{ n int }", "func (T) M() {}", "type M interface { M() }", "type N interface { N() }", "type P struct{ a, b any }")
	for _, s := range []string{"x := any(T{1})", "var i M = T{2}", "var p *T", "l := []any{1}", "l[0] = l", "f := func() {}", "nan := map[float64]int{math.NaN(): 1}", "other := map[float64]int{math.NaN(): 1}"} {
		if _, err := p.Do(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		do   string
		want []string
	}{
		{"i.M()", []string{"called: main.(*T).M"}},
		{"any(p) == any(p)", []string{"boxed: *main.T: data word, 8 bytes", "boxed: *main.T: data word, 8 bytes", "type words: *main.T and *main.T: the same", "data words: 8 bytes of *main.T: equal"}},
		{"x.(N)", []string{"cache miss: main.T", "missing: N of main.T", "itab made: main.T for main.N: a method is missing", "panicked: interface conversion: main.T is not main.N: missing method N"}},
		{"x.(M)", []string{"cache miss: main.T", "itab found: main.T for main.M, after 1 probes: good"}},
		{"any(l) == any(l)", []string{"boxed: []interface {}: heap, 24 bytes", "boxed: []interface {}: heap, 24 bytes", "type words: []interface {} and []interface {}: the same",
			"panicked: runtime error: comparing uncomparable type []interface {}"}},
		{"x.(T)", []string{"case tried: main.T against main.T: yes"}},
		{"x.(int)", []string{"case tried: main.T against int: no", "panicked: interface conversion: interface {} is main.T, not int"}},
		{"reflect.DeepEqual(f, f)", []string{"boxed: func(): data word, 8 bytes", "boxed: func(): data word, 8 bytes", "deep func: func(): unequal"}},
		{"reflect.DeepEqual(nil, x)", []string{"deep nil: interface {}: unequal"}},
		{"reflect.DeepEqual(1, `a`)", []string{"boxed: int: static, 8 bytes", "boxed: string: static, 16 bytes", "deep types: int and string: differ"}},
		{"reflect.DeepEqual(p, p)", []string{"boxed: *main.T: data word, 8 bytes", "boxed: *main.T: data word, 8 bytes", "deep same: *main.T: equal"}},
		{"reflect.DeepEqual([]int{}, []int{1})", []string{"boxed: []int: heap, 24 bytes", "boxed: []int: heap, 24 bytes", "deep length: []int: unequal"}},
		{"reflect.DeepEqual(nan, other)", []string{"boxed: map[float64]int: data word, 8 bytes", "boxed: map[float64]int: data word, 8 bytes",
			"memory: 8 bytes of float64: unequal", "memory: 8 bytes of float64: unequal", "deep key: float64: unequal"}},
		{"switch x.(type) { case N: ; case nil: ; case T: ; }", []string{"hash tried: main.T against main.T: yes", "case tried: main.T against main.T: yes"}},
		{"P{1, `a`} == P{1, `b`}", []string{"boxed: int: static, 8 bytes", "boxed: string: static, 16 bytes", "boxed: int: static, 8 bytes", "boxed: string: static, 16 bytes",
			"type words: int and int: the same", "memory: 8 bytes of int: equal", "type words: string and string: the same", "memory: 16 bytes of string: unequal"}},
	} {
		got = nil
		_, _ = p.Do(c.do)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.do, diff)
		}
	}
	for _, rule := range []string{"boxed", "type-words", "direct", "memory", "itab-table", "itab-made", "itab-static", "site-cache", "assert", "assert-text", "uncomparable", "type-switch", "deep", "deep-same", "deep-func", "deep-nan-keys", "call"} {
		if !rules[rule] {
			t.Errorf("no event names %s", rule)
		}
	}
}

// TestCaches checks the growth of a cache, with given random numbers.
func TestCaches(t *testing.T) {
	var asked []int
	next := 0
	p := aProgram(t, iface.Config{Choose: func(n int) int { asked = append(asked, n); return next }}, append(manyTypes(6), "type Any interface { M0() }")...)
	to, err := p.Type("Any")
	if err != nil {
		t.Fatal(err)
	}
	var a *iface.Assertion
	try := func(i int) {
		t.Helper()
		if _, err := p.Do(fmt.Sprintf("v%d := any(T%d{})", i, i)); err != nil {
			t.Fatal(err)
		}
		v, err := p.Var(fmt.Sprintf("v%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if a == nil {
			if a, err = p.Runtime().Assertion(v.Type(), to); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := a.Do(v); err != nil {
			t.Fatal(err)
		}
	}
	next = 1
	try(0)
	if len(a.Cache()) != 0 || !slices.Equal(asked, []int{1024}) {
		t.Errorf("without luck a cache of %q, asked %v", a.Cache(), asked)
	}
	next, asked = 0, nil
	sizes := []int{2, 4, 8, 8, 16}
	for i, size := range sizes {
		try(i + 1)
		if n := len(a.Cache()); n != size {
			t.Errorf("after %d types a cache of %d, want %d", i+1, n, size)
		}
	}
	if want := []int{1024, 1024, 2, 1024, 4, 1024, 8, 1024, 8}; !slices.Equal(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
	next = 5000
	v, err := p.Var("v0")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Do(v); err == nil {
		t.Error("a choice out of range is taken")
	}
}

// TestSwitch finds each of many types among few and many cases, by halves and by a
// table; a case after an interface that matches everything is never found.
func TestSwitch(t *testing.T) {
	for _, rel := range []string{"go1.18", "go1.21", "go1.27"} {
		var events []iface.Event
		p := aProgram(t, iface.Config{Release: rel, Trace: func(e iface.Event) { events = append(events, e) }}, manyTypes(14)...)
		inter, err := p.Type("any")
		if err != nil {
			t.Fatal(err)
		}
		var types []*iface.Type
		var values []iface.Value
		for i := range 14 {
			typ, err := p.Type(fmt.Sprintf("T%d", i))
			if err != nil {
				t.Fatal(err)
			}
			v, err := p.Runtime().Zero(typ)
			if err != nil {
				t.Fatal(err)
			}
			v, _, err = p.Runtime().Convert(v, inter, iface.Use{})
			if err != nil {
				t.Fatal(err)
			}
			types, values = append(types, typ), append(values, v)
		}
		for n := range 14 {
			for from := range 14 - n {
				s, err := p.Runtime().Switch(inter, types[from:from+n]...)
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range values {
					events = nil
					want := i - from
					if want < 0 || want >= n {
						want = -1
					}
					if got, err := s.Do(v); got != want || err != nil {
						t.Fatalf("%s: T%d among T%d to T%d: case %d, %v", rel, i, from, from+n-1, got, err)
					}
					hashes, jumps := 0, 0
					for _, e := range events {
						switch e.Kind {
						case iface.HashTried, iface.Halved:
							hashes++
						case iface.Jumped:
							jumps++
							if int(e.Bytes) < n || int(e.Bytes) > 8*n {
								t.Errorf("%d cases by a table of %d", n, e.Bytes)
							}
						}
					}
					if table := rel != "go1.18" && n >= 5; table != (jumps == 1) || table && hashes > 0 || hashes > 6 {
						t.Errorf("%s: %d cases: %d hashes are tried, %d jumps", rel, n, hashes, jumps)
					}
				}
			}
		}
		all, err := p.Runtime().Switch(inter, inter, types[0])
		if err != nil {
			t.Fatal(err)
		}
		if i, err := all.Do(values[0]); i != 0 || err != nil {
			t.Errorf("%s: case %d of any and T0, %v", rel, i, err)
		}
		for what, err := range map[string]error{
			"a case twice":     func() error { _, err := p.Runtime().Switch(inter, types[0], types[0]); return err }(),
			"of an int":        func() error { _, err := p.Runtime().Switch(types[0], types[0]); return err }(),
			"too many":         func() error { _, err := p.Runtime().Switch(inter, make([]*iface.Type, 2000)...); return err }(),
			"another's values": func() error { _, err := all.Do(iface.Value{}); return err }(),
		} {
			if err == nil {
				t.Errorf("%s is taken", what)
			}
		}
	}
}

// TestComparable checks which comparisons compile, with methods.
func TestComparable(t *testing.T) {
	p := aProgram(t, iface.Config{}, "type T struct { n int; a any }", "func (T) M() {}", "type U struct { f func() }", "func (U) M() {}", "type M interface { M() }")
	for _, c := range []struct {
		x, y  string
		ok    bool
		panic string
	}{
		{"T", "T", true, "x.a"}, {"T", "M", true, "x.a"}, {"M", "T", true, "x"}, {"M", "any", true, "x"}, {"U", "M", false, ""}, {"int", "M", false, ""}, {"int", "any", true, "x"},
		{"[]int", "[]int", false, ""}, {"*T", "M", true, "x"}, {"int", "string", false, ""}, {"int", "int", true, ""},
	} {
		x, err := p.Type(c.x)
		if err != nil {
			t.Fatal(err)
		}
		y, err := p.Type(c.y)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Runtime().Comparable(x, y)
		if err != nil || v.OK != c.ok || v.PanicPath != c.panic || v.Reason == "" {
			t.Errorf("%s == %s: %+v, %v", c.x, c.y, v, err)
		}
	}
}

// TestImplements checks the reasons that are returned, and types that are not
// interfaces.
func TestImplements(t *testing.T) {
	p := aProgram(t, iface.Config{}, "type T struct{}", "func (*T) M() {}", "func (T) N(int) {}", "type M interface { M() }", "type N interface { N() }", "type Both interface { M(); N() }", "type X interface { N(int) }", "type Y interface { M(int) }")
	for _, c := range [][3]string{
		{"T", "M", "main.T does not implement main.M: method M: it has a pointer receiver"},
		{"*T", "M", ""}, {"Both", "M", ""}, {"T", "X", ""},
		{"T", "N", "main.T does not implement main.N: method N: it has another type"},
		{"T", "Y", "main.T does not implement main.Y: method M: it has a pointer receiver"},
		{"X", "N", "main.X does not implement main.N: method N: it has another type"},
		{"*T", "N", "*main.T does not implement main.N: method N: it has another type"},
		{"int", "M", "int does not implement main.M: method M: it is missing"},
		{"N", "Both", "main.N does not implement main.Both: method M: it is missing"},
		{"**T", "M", "**main.T does not implement main.M: method M: it is missing"},
	} {
		x, err := p.Type(c[0])
		if err != nil {
			t.Fatal(err)
		}
		y, err := p.Type(c[1])
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Runtime().Implements(x, y)
		if err != nil || v.OK != (c[2] == "") || !v.OK && v.Reason != c[2] {
			t.Errorf("%s for %s: %+v, %v", c[0], c[1], v, err)
		}
	}
	m, err := iface.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	f := &layout.Func{}
	for what, list := range map[string][]layout.Method{
		"no type": {{Name: "A"}}, "no name": {{Type: f}}, "a blank name": {{Name: "_", Type: f}}, "a name twice": {{Name: "A", Type: f}, {Name: "A", Type: f}},
		"a name twice in a package": {{Name: "a", Pkg: "p", Type: f}, {Name: "a", Pkg: "p", Type: f}},
	} {
		if _, err := m.TypeOf(&layout.Interface{Methods: list}); err == nil {
			t.Errorf("a method of %s is taken", what)
		}
		var methods []iface.Method
		for _, x := range list {
			methods = append(methods, iface.Method{Name: x.Name, Type: x.Type})
		}
		named := &layout.Named{Name: "T", Underlying: layout.Int}
		if err := m.Declare(named, methods...); err == nil {
			t.Errorf("a declared method of %s is taken", what)
		}
	}
	two := []layout.Method{{Name: "a", Pkg: "p", Type: f}, {Name: "a", Pkg: "q", Type: f}}
	if typ, err := m.TypeOf(&layout.Interface{Methods: two}); err != nil || typ.String() != "interface { p.a(); q.a() }" {
		t.Errorf("unexported methods of two packages: %v, %v", typ, err)
	}
	far := []layout.Method{{Name: "a", Pkg: "x/p", Type: f}, {Name: "a", Pkg: "y/p", Type: f}}
	if typ, err := m.TypeOf(&layout.Interface{Methods: far}); err != nil || typ.String() != "interface { p.a(); p.a() }" {
		t.Errorf("unexported methods of two packages of one name: %v, %v", typ, err)
	}
	if err := m.Declare(&layout.Named{Pkg: "main", Name: "U", Underlying: layout.Int}, iface.Method{Name: "a", Pkg: "p", Type: f}, iface.Method{Name: "a", Pkg: "q", Type: f}); err != nil {
		t.Errorf("unexported methods of two packages are declared: %v", err)
	}
	named := &layout.Named{Pkg: "main", Name: "T", Underlying: layout.Int}
	if err := m.Declare(named, iface.Method{Name: "A", Type: f}); err != nil {
		t.Fatal(err)
	}
	if err := m.Declare(named, iface.Method{Name: "B", Type: f}); err == nil {
		t.Error("methods are declared twice")
	}
}

// TestDeepTwice leads DeepEqual into a cycle twice, deep down: it ends, since its record
// of visited pairs has grown in the meantime.
func TestDeepTwice(t *testing.T) {
	type node struct{ a, b any }
	build := func() any {
		list := []any{nil}
		list[0] = &node{list, list}
		var out any = list
		for range 150 {
			out = []any{out}
		}
		return out
	}
	x, y := build(), build()
	if !reflect.DeepEqual(x, y) {
		t.Fatal("they differ for real")
	}
	for _, rel := range []string{"go1.5", "go1.13", "go1.27"} {
		m, err := iface.New(iface.Config{Release: rel})
		if err != nil {
			t.Fatal(err)
		}
		v, err := m.ValuesOf(x, y)
		if err != nil {
			t.Fatal(err)
		}
		if eq, err := m.DeepEqual(v[0], v[1]); !eq || err != nil {
			t.Errorf("%s: %v, %v", rel, eq, err)
		}
	}
}

// TestDeepPointers: DeepEqual remembers a pair of pointers by what they point to, though they
// lie in no memory: a cycle of one is gone round once.
func TestDeepPointers(t *testing.T) {
	type node struct {
		list []int
		next *node
	}
	x, y := &node{list: []int{1}}, &node{list: []int{1}}
	x.next, y.next = x, y
	var kinds []iface.Kind
	m, err := iface.New(iface.Config{Trace: func(e iface.Event) { kinds = append(kinds, e.Kind) }})
	if err != nil {
		t.Fatal(err)
	}
	var v []iface.Value
	for _, p := range []*node{x, y} {
		value, err := m.ValueOf(p)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, value)
	}
	kinds = nil
	if eq, err := m.DeepEqual(v[0], v[1]); !eq || err != nil {
		t.Errorf("%v, %v", eq, err)
	}
	if want := []iface.Kind{iface.Memory, iface.DeepSeen}; !slices.Equal(kinds, want) {
		t.Errorf("%q, want %q", kinds, want)
	}
}

// TestJumpTableBits: a table takes the lowest bits of the hashes that tell the cases apart,
// and as few as do so; here those are the three highest.
func TestJumpTableBits(t *testing.T) {
	var sizes []int64
	m, err := iface.New(iface.Config{Trace: func(e iface.Event) {
		if e.Kind == iface.Jumped {
			sizes = append(sizes, e.Bytes)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	anyType, err := m.TypeOf(&layout.Interface{})
	if err != nil {
		t.Fatal(err)
	}
	var types []*iface.Type
	for i := range 300 {
		typ, err := m.TypeOf(&layout.Named{Pkg: "main", Name: fmt.Sprintf("T%d", i), Underlying: layout.Int})
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, typ)
	}
	apart := func(cases []*iface.Type, bits, shift int) bool {
		seen := map[uint32]bool{}
		for _, typ := range cases {
			seen[typ.Hash()>>shift&(1<<bits-1)] = true
		}
		return len(seen) == len(cases)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for tries := 0; ; tries++ {
		var cases []*iface.Type
		for _, i := range rng.Perm(len(types))[:5] {
			cases = append(cases, types[i])
		}
		only := apart(cases, 3, 29)
		for shift := range 29 {
			only = only && !apart(cases, 3, shift)
		}
		if !only {
			continue
		}
		s, err := m.Switch(anyType, cases...)
		if err != nil {
			t.Fatal(err)
		}
		zero, err := m.Zero(cases[0])
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := m.Convert(zero, anyType, iface.Use{})
		if err != nil {
			t.Fatal(err)
		}
		if i, err := s.Do(v); i != 0 || err != nil || !slices.Equal(sizes, []int64{8}) {
			t.Errorf("case %d, %v, by tables of %d, want 8", i, err, sizes)
		}
		t.Logf("after %d others", tries)
		return
	}
}
