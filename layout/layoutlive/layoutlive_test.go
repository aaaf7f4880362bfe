package layoutlive

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// sameText compares types by their text, since two conversions of a type are two values.
var sameText = cmp.Comparer(func(x, y layout.Type) bool { return x.String() == y.String() })

// TestOf compares layouts, including padding and pointer bytes, with reflect and the
// runtime's descriptions of types.
func TestOf(t *testing.T) {
	g := newGenerator(3)
	g.blank = true
	r := rules(t, runtime.GOARCH, release.Running)
	pointers := 0
	for i := range numTypes {
		typ := g.reflectType(3)
		if i < len(declared) {
			typ = declared[i]
		}
		live, err := Of(typ)
		if err != nil {
			t.Fatal(err)
		}
		model, err := r.Of(live.Type)
		if err != nil {
			t.Fatalf("%v: %v", typ, err)
		}
		if !cmp.Equal(model, live, sameText) {
			t.Fatalf("%v (-model +live):\n%s", typ, cmp.Diff(model, live, sameText))
		}
		if live.PtrBytes > 0 {
			pointers++
		}
	}
	t.Logf("%d types, %d with pointers, 0 mismatches", numTypes, pointers)
}

// TestUnsafe compares layouts from source with the compiler's, for the same source in
// this file.
func TestUnsafe(t *testing.T) {
	type inner struct {
		A byte
		C complex64
		Z [0]int64
	}
	var (
		s struct {
			a bool
			b inner
			n atomic.Int64
			e error
			m [3]map[string]int
			f func(...int) (x, y int)
			p atomic.Pointer[inner]
			_ [2]byte
			u unsafe.Pointer
			v atomic.Bool
			z struct{}
		}
		text = `type S struct {
			a bool
			b inner
			n atomic.Int64
			e error
			m [2 + 1]map[string]int
			f func(...int) (x, y int)
			p atomic.Pointer[inner]
			_ [1 << 1]byte
			u unsafe.Pointer
			v atomic.Bool
			z struct{}
		}
		type inner struct {
			A byte
			C complex64
			Z [0]int64
		}`
	)
	typ, err := layout.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	l, err := rules(t, runtime.GOARCH, release.Running).Of(typ)
	if err != nil {
		t.Fatal(err)
	}
	if l.Size != int64(unsafe.Sizeof(s)) || l.Align != int64(unsafe.Alignof(s)) {
		t.Errorf("model size %d, align %d; unsafe %d, %d", l.Size, l.Align, unsafe.Sizeof(s), unsafe.Alignof(s))
	}
	for name, want := range map[string]uintptr{
		"a": unsafe.Offsetof(s.a), "b": unsafe.Offsetof(s.b), "n": unsafe.Offsetof(s.n), "e": unsafe.Offsetof(s.e),
		"m": unsafe.Offsetof(s.m), "f": unsafe.Offsetof(s.f), "p": unsafe.Offsetof(s.p), "u": unsafe.Offsetof(s.u),
		"v": unsafe.Offsetof(s.v), "z": unsafe.Offsetof(s.z),
	} {
		found := false
		for _, f := range l.Fields {
			if f.Name == name {
				found = true
				if f.Offset != int64(want) {
					t.Errorf("%s: model offset %d; unsafe %d", name, f.Offset, want)
				}
			}
		}
		if !found {
			t.Errorf("no field %s", name)
		}
	}
	if l.TailByte != 1 {
		t.Errorf("tail byte %d", l.TailByte)
	}
}

// TestAtomics compares the fields that Parse gives the types of sync/atomic with the
// real ones.
func TestAtomics(t *testing.T) {
	for text, typ := range map[string]reflect.Type{
		"atomic.Bool": reflect.TypeFor[atomic.Bool](), "atomic.Int32": reflect.TypeFor[atomic.Int32](),
		"atomic.Int64": reflect.TypeFor[atomic.Int64](), "atomic.Uint32": reflect.TypeFor[atomic.Uint32](),
		"atomic.Uint64": reflect.TypeFor[atomic.Uint64](), "atomic.Uintptr": reflect.TypeFor[atomic.Uintptr](),
		"atomic.Value": reflect.TypeFor[atomic.Value](), "atomic.Pointer[int]": reflect.TypeFor[atomic.Pointer[int]](),
	} {
		parsed, err := layout.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		live, err := layout.FromReflect(typ)
		if err != nil {
			t.Fatal(err)
		}
		got, want := parsed.(*layout.Named).Underlying.String(), live.(*layout.Named).Underlying.String()
		if got != want {
			t.Errorf("%s: model %s; real %s", text, got, want)
		}
	}
}

// TestComparable compares comparability with reflect, and predicted panics with real
// comparisons: every interface inside a value gets a slice, and the value is compared
// with itself. Only declared types have blank fields here: the compiler leaves them out
// of a comparison, but reflect.StructOf does not.
func TestComparable(t *testing.T) {
	g := newGenerator(4)
	var yes, panicking int
	for range numTypes {
		typ := g.reflectType(3)
		model, err := layout.FromReflect(typ)
		if err != nil {
			t.Fatal(err)
		}
		c, err := layout.Comparable(model)
		if err != nil {
			t.Fatal(err)
		}
		if c.Comparable != typ.Comparable() {
			t.Fatalf("%v: model %+v, reflect %v", typ, c, typ.Comparable())
		}
		if !c.Comparable {
			continue
		}
		yes++
		if typ.Kind() == reflect.Interface {
			if !c.MayPanic() {
				t.Fatalf("%v: comparing cannot panic: %+v", typ, c)
			}
			continue
		}
		v := reflect.New(typ)
		fill(typ, v.UnsafePointer())
		if got := panics(v.Elem().Interface()); got != c.MayPanic() {
			t.Fatalf("%v: model %+v; comparing panics: %v", typ, c, got)
		}
		if c.MayPanic() {
			panicking++
		}
	}
	t.Logf("%d types, %d of them comparable, %d of these may panic; 0 mismatches", numTypes, yes, panicking)
	if min(numTypes-yes, yes-panicking, panicking) < numTypes/100 {
		t.Error("hardly any types of some kind")
	}
}

// bad is a slice with the method Error, for interfaces that require one.
type bad []int

func (bad) Error() string { return "" }

// fill puts an incomparable value into every interface of a type's value. It
// writes through pointers, as reflect does not write to unexported fields.
func fill(t reflect.Type, p unsafe.Pointer) {
	switch t.Kind() {
	case reflect.Interface:
		v := reflect.NewAt(t, p).Elem()
		if reflect.TypeFor[bad]().AssignableTo(t) {
			v.Set(reflect.ValueOf(bad{}))
		}
	case reflect.Array:
		for i := range t.Len() {
			fill(t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size()))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			fill(t.Field(i).Type, unsafe.Add(p, t.Field(i).Offset))
		}
	}
}

func panics(x any) (yes bool) {
	defer func() {
		if r := recover(); r != nil {
			err, ok := r.(runtime.Error)
			yes = ok && strings.HasPrefix(err.Error(), "runtime error: comparing uncomparable type")
			if !yes {
				panic(r)
			}
		}
	}()
	if x != x {
		panic("a zero value is not itself")
	}
	return false
}

// TestMaps compares groups with the types that the compiler and reflect make for maps.
func TestMaps(t *testing.T) {
	maps := []reflect.Type{
		reflect.TypeFor[map[int64]struct{}](), reflect.TypeFor[map[int64]bool](), reflect.TypeFor[map[string]struct{}](),
		reflect.TypeFor[map[celsius][200]byte](), reflect.TypeFor[map[[129]byte]pair](), reflect.TypeFor[map[any]error](),
	}
	g := newGenerator(5)
	for range numTypes / 4 {
		key, elem := g.reflectType(2), g.reflectType(2)
		if key.Comparable() {
			maps = append(maps, reflect.MapOf(key, elem))
		}
	}
	r := rules(t, runtime.GOARCH, release.Running)
	indirect := 0
	for _, typ := range maps {
		size, ptrBytes, err := Group(typ)
		if err != nil {
			t.Fatal(err)
		}
		model, err := layout.FromReflect(typ)
		if err != nil {
			t.Fatal(err)
		}
		u := model.(*layout.Map)
		m, err := r.Map(u.Key, u.Elem)
		if err != nil {
			t.Fatal(err)
		}
		if m.Unit.Size != size || m.Unit.PtrBytes != ptrBytes {
			t.Fatalf("%v: model %d bytes, %d to the last pointer; live %d, %d", typ, m.Unit.Size, m.Unit.PtrBytes, size, ptrBytes)
		}
		if m.IndirectKey != (typ.Key().Size() > 128) || m.IndirectElem != (typ.Elem().Size() > 128) {
			t.Fatalf("%v: %+v", typ, m)
		}
		if m.IndirectKey || m.IndirectElem {
			indirect++
		}
	}
	t.Logf("%d maps, %d with indirect parts, 0 mismatches", len(maps), indirect)
}

// TestZero checks the properties of values of size 0.
func TestZero(t *testing.T) {
	a, b := new(struct{}), new([0]int64)
	sink = []any{a, b}
	if pa, pb := uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(b)); pa != pb {
		t.Errorf("two objects of size 0 lie at %#x and %#x", pa, pb)
	}
	// The buffer of a channel is allocated with its header, whose size cancels out.
	r := rules(t, runtime.GOARCH, release.Running)
	for _, n := range []int64{0, 1, 1000} {
		signal, err := r.ChanBuffer(&layout.Struct{}, n)
		if err != nil {
			t.Fatal(err)
		}
		flags, err := r.ChanBuffer(layout.Bool, n<<20)
		if err != nil {
			t.Fatal(err)
		}
		if got := allocated(func() { sink = append(sink[:0], make(chan struct{}, n)) }); got > 1<<10 || signal != 0 {
			t.Errorf("a channel of %d struct{} takes %d bytes, its buffer by the model %d", n, got, signal)
		}
		if n == 1 {
			got := allocated(func() { sink = append(sink[:0], make(chan bool, n<<20)) })
			if got < flags || got > flags+16<<10 {
				t.Errorf("a channel of %d bools takes %d bytes, its buffer by the model %d", n<<20, got, flags)
			}
		}
	}
}

var sink []any

// allocated returns the least number of bytes that f allocates in several runs: other
// goroutines can only add to it.
func allocated(f func()) int64 {
	least := int64(1 << 62)
	var before, after runtime.MemStats
	for range 10 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, int64(after.TotalAlloc-before.TotalAlloc))
	}
	return least
}

func TestErrors(t *testing.T) {
	if _, err := Of(nil); err == nil {
		t.Error("Of(nil) succeeds")
	}
	for _, typ := range []reflect.Type{nil, reflect.TypeFor[int]()} {
		if _, _, err := Group(typ); err == nil {
			t.Error(fmt.Sprint("Group(", typ, ") succeeds"))
		}
	}
}
