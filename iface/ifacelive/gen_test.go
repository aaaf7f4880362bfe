//lint:file-ignore U1000 fields are there to be compared, or to be where the runtime has them

package ifacelive_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"unsafe"
)

// Declared types, with methods and without.
type (
	Int   int
	Str   string
	Ints  []int
	Any   any
	Dict  map[any]any
	Fn    func()
	Float float64
	Pair  struct{ A, B any }
	Node  struct {
		Next *Node
		Val  any
	}
	Loop    []Loop
	LoopAny []any
	LoopMap map[int]any
	LoopPtr *LoopPtr
	Blank   struct {
		A int8
		_ int32
		B int64
	}
	Padded struct {
		A int8
		B int32
		C string
	}
	Arr    [2]any
	ArrF   [2]float64
	Hidden struct {
		f func()
		n int
	}
	Empty  struct{}
	EmptyS struct {
		A int
		E Empty
	}
	Outer struct {
		Int
		*Node
		S Str
	}
	OuterP struct{ *Recv }
	Recv   struct{ n int }
	Both   struct {
		Recv
		Int
	}
)

func (Int) String() string   { return "Int" }
func (Str) String() string   { return "Str" }
func (*Recv) String() string { return "Recv" }
func (Recv) Len() int        { return 0 }
func (*Recv) Put(int)        {}
func (Ints) Len() int        { return 0 }
func (Ints) Less(i int) bool { return false }
func (Pair) Error() string   { return "" }
func (*Node) Len() int       { return 0 }
func (Fn) Call()             {}
func (Float) String() int    { return 1 } // another type
func (e Empty) Len() int     { return 0 }

// Interfaces.
type (
	Stringer interface{ String() string }
	Lener    interface{ Len() int }
	LenPut   interface {
		Put(int)
		Len() int
	}
	Caller interface{ Call() }
	Never  interface{ Never(chan<- func()) }
)

var declared = []reflect.Type{
	reflect.TypeFor[Int](), reflect.TypeFor[Str](), reflect.TypeFor[Ints](), reflect.TypeFor[Any](), reflect.TypeFor[Dict](), reflect.TypeFor[Fn](),
	reflect.TypeFor[Float](), reflect.TypeFor[Pair](), reflect.TypeFor[Node](), reflect.TypeFor[Loop](), reflect.TypeFor[LoopAny](), reflect.TypeFor[LoopMap](),
	reflect.TypeFor[LoopPtr](), reflect.TypeFor[Blank](), reflect.TypeFor[Padded](), reflect.TypeFor[Arr](), reflect.TypeFor[ArrF](), reflect.TypeFor[Hidden](),
	reflect.TypeFor[Empty](), reflect.TypeFor[EmptyS](), reflect.TypeFor[Outer](), reflect.TypeFor[OuterP](), reflect.TypeFor[Recv](), reflect.TypeFor[Both](),
	reflect.TypeFor[Stringer](), reflect.TypeFor[Lener](), reflect.TypeFor[LenPut](), reflect.TypeFor[error](), reflect.TypeFor[any](),
}

var basics = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](), reflect.TypeFor[int64](),
	reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](),
	reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[complex128](), reflect.TypeFor[string](),
	reflect.TypeFor[unsafe.Pointer](),
}

// A generator makes random types and values.
type generator struct {
	*rand.Rand
	pool map[reflect.Type][]reflect.Value // variables and arrays that several values share
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 7)), pool: map[reflect.Type][]reflect.Value{}}
}

// typ makes a type.
func (g *generator) typ(depth int) reflect.Type {
	if depth <= 0 || g.IntN(3) == 0 {
		if g.IntN(2) == 0 {
			return basics[g.IntN(len(basics))]
		}
		return declared[g.IntN(len(declared))]
	}
	elem := func() reflect.Type { return g.typ(depth - 1) }
	switch g.IntN(9) {
	case 0, 1:
		return reflect.PointerTo(elem())
	case 2:
		return reflect.SliceOf(elem())
	case 3:
		if e := elem(); e.Size() < 1<<12 {
			return reflect.ArrayOf(g.IntN(4), e)
		}
	case 4:
		if k := elem(); k.Comparable() && k.Size() < 1<<10 {
			return reflect.MapOf(k, elem())
		}
	case 5:
		return reflect.ChanOf(reflect.ChanDir(1+g.IntN(3)), elem())
	case 6:
		return reflect.FuncOf([]reflect.Type{elem()}, nil, false)
	default:
		var fields []reflect.StructField
		for i := range g.IntN(5) {
			fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: elem()})
		}
		return reflect.StructOf(fields)
	}
	return elem()
}

// value makes a value of a type.
func (g *generator) value(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	g.fill(v, depth)
	return v
}

var floats = []float64{0, math.Copysign(0, -1), 1, math.NaN(), math.Inf(1), 0.5}

// fill sets a variable to a random value; unexported fields stay zero.
func (g *generator) fill(v reflect.Value, depth int) {
	if !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(g.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(g.IntN(4)) - 1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(uint64(g.IntN(3)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(floats[g.IntN(len(floats))])
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(floats[g.IntN(len(floats))], floats[g.IntN(len(floats))]))
	case reflect.String:
		v.SetString(strings.Repeat("ab", g.IntN(3)) + []string{"", "x", "y"}[g.IntN(3)])
	case reflect.Array:
		for i := range v.Len() {
			g.fill(v.Index(i), depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			g.fill(v.Field(i), depth-1)
		}
	case reflect.Pointer:
		if g.IntN(4) > 0 && depth > 0 {
			v.Set(g.shared(v.Type(), func() reflect.Value { return reflect.New(v.Type().Elem()) }, depth))
		}
	case reflect.Slice:
		if g.IntN(4) > 0 && depth > 0 {
			s := g.shared(v.Type(), func() reflect.Value { return reflect.MakeSlice(v.Type(), g.IntN(4), 4) }, depth)
			i := g.IntN(s.Len() + 1)
			v.Set(s.Slice(i, i+g.IntN(s.Len()-i+1)))
			if g.IntN(2) == 0 {
				v.Set(s)
			}
		}
	case reflect.Map:
		if g.IntN(4) > 0 && depth > 0 {
			v.Set(g.shared(v.Type(), func() reflect.Value { return reflect.MakeMap(v.Type()) }, depth))
		}
	case reflect.Chan:
		if g.IntN(3) > 0 {
			v.Set(g.shared(v.Type(), func() reflect.Value {
				return reflect.MakeChan(reflect.ChanOf(reflect.BothDir, v.Type().Elem()), 0).Convert(v.Type())
			}, 0))
		}
	case reflect.Func:
		if g.IntN(3) > 0 {
			v.Set(reflect.MakeFunc(v.Type(), func([]reflect.Value) []reflect.Value { return nil }))
		}
	case reflect.UnsafePointer:
		if g.IntN(2) == 0 {
			v.SetPointer(unsafe.Pointer(&marks[g.IntN(2)]))
		}
	case reflect.Interface:
		g.fillInterface(v, depth)
	}
}

var marks [2]int

// shared returns an earlier pointer, slice, map or channel of the type, or a new one.
func (g *generator) shared(t reflect.Type, make func() reflect.Value, depth int) reflect.Value {
	if old := g.pool[t]; len(old) > 0 && g.IntN(3) == 0 {
		return old[g.IntN(len(old))]
	}
	v := make()
	if v.Type() != t {
		v = v.Convert(t)
	}
	g.pool[t] = append(g.pool[t], v)
	switch t.Kind() {
	case reflect.Pointer:
		g.fill(v.Elem(), depth-1)
	case reflect.Slice:
		for i := range v.Len() {
			g.fill(v.Index(i), depth-1)
		}
	case reflect.Map:
		for range g.IntN(3) {
			k := g.value(t.Key(), depth-1)
			func() {
				defer func() { _ = recover() }() // the key may be unhashable
				v.SetMapIndex(k, g.value(t.Elem(), depth-1))
			}()
		}
	}
	return v
}

func (g *generator) fillInterface(v reflect.Value, depth int) {
	if g.IntN(5) == 0 || depth < -1 {
		return
	}
	for range 5 {
		t := g.typ(min(depth-1, 2))
		if t.Kind() != reflect.Interface && t.Implements(v.Type()) {
			v.Set(g.value(t, depth-1))
			return
		}
	}
}

// copyOf copies a value, deeply or not, and often changes something in it.
func (g *generator) copyOf(v reflect.Value, depth int) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	g.alter(out, depth)
	return out
}

// alter replaces parts by copies, and one in eight by other values.
func (g *generator) alter(v reflect.Value, depth int) {
	if depth < 0 || !v.CanSet() {
		return
	}
	if g.IntN(8) == 0 {
		v.SetZero()
		g.fill(v, 2)
		return
	}
	switch v.Kind() {
	case reflect.Array:
		for i := range v.Len() {
			g.alter(v.Index(i), depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			g.alter(v.Field(i), depth-1)
		}
	case reflect.Pointer:
		if !v.IsNil() && g.IntN(2) == 0 {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(v.Elem())
			v.Set(p.Convert(v.Type()))
			g.alter(v.Elem(), depth-1)
		}
	case reflect.Slice:
		if !v.IsNil() && g.IntN(2) == 0 {
			s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(s, v)
			v.Set(s)
			for i := range v.Len() {
				g.alter(v.Index(i), depth-1)
			}
		}
	case reflect.Map:
		if !v.IsNil() && g.IntN(2) == 0 {
			m := reflect.MakeMap(v.Type())
			for it := v.MapRange(); it.Next(); {
				m.SetMapIndex(it.Key(), g.copyOf(it.Value(), depth-1))
			}
			v.Set(m)
		}
	case reflect.Interface:
		if !v.IsNil() {
			v.Set(g.copyOf(v.Elem(), depth-1))
		}
	}
}
