package layoutlive

//lint:file-ignore U1000 the fields of these types are there to be laid out

import (
	"fmt"
	"go/token"
	"go/types"
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// A generator makes random types of go/types. Named types are in two packages, and some
// are those of sync/atomic that the compiler treats specially.
type generator struct {
	*rand.Rand
	pkgs  [2]*types.Package
	named []*types.Named
	huge  bool // arrays may exceed the address space
	tags  bool // structs may have tags and embedded fields
	blank bool // reflect's structs may have blank fields
}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	g.pkgs = [2]*types.Package{types.NewPackage("example.com/p", "p"), types.NewPackage("example.com/q", "q")}
	atomics := types.NewPackage("sync/atomic", "atomic")
	declare := func(pkg *types.Package, name string, u types.Type) *types.Named {
		return types.NewNamed(types.NewTypeName(token.NoPos, pkg, name, nil), u, nil)
	}
	align64 := declare(atomics, "align64", types.NewStruct(nil, nil))
	for name, u := range map[string]types.Type{"Int64": types.Typ[types.Int64], "Uint64": types.Typ[types.Uint64]} {
		g.named = append(g.named, declare(atomics, name, types.NewStruct([]*types.Var{
			types.NewField(token.NoPos, atomics, "_", align64, false),
			types.NewField(token.NoPos, atomics, "v", u, false),
		}, nil)))
	}
	g.named = append(g.named, declare(g.pkgs[0], "align64", types.NewStruct(nil, nil))) // the compiler knows it by its name
	for _, pkg := range g.pkgs {
		for i := range 12 {
			g.named = append(g.named, declare(pkg, fmt.Sprintf("N%d", i), g.typ(2).Underlying()))
		}
		list := declare(pkg, "List", nil)
		list.SetUnderlying(types.NewStruct([]*types.Var{
			types.NewField(token.NoPos, pkg, "next", types.NewPointer(list), false),
			types.NewField(token.NoPos, pkg, "v", g.typ(1), false),
		}, nil))
		g.named = append(g.named, list)
	}
	return g
}

var basics = []types.BasicKind{
	types.Bool, types.Int, types.Int8, types.Int16, types.Int32, types.Int64, types.Uint, types.Uint8, types.Uint16,
	types.Uint32, types.Uint64, types.Uintptr, types.Float32, types.Float64, types.Complex64, types.Complex128,
	types.String, types.UnsafePointer,
}

func (g *generator) typ(depth int) types.Type {
	n := g.IntN(20)
	switch {
	case depth == 0 && len(g.named) > 0 && n < 5, n == 0 && len(g.named) > 0:
		return g.named[g.IntN(len(g.named))]
	case depth == 0 || n < 7:
		return types.Typ[basics[g.IntN(len(basics))]]
	case n < 13:
		return g.structure(depth - 1)
	case n < 15:
		length := int64(g.IntN(5))
		if g.huge && g.IntN(8) == 0 {
			length = g.Int64N(1 << (10 + g.IntN(53)))
		}
		return types.NewArray(g.typ(depth-1), length)
	}
	elem := g.typ(depth - 1)
	switch n {
	case 15:
		return types.NewPointer(elem)
	case 16:
		return types.NewSlice(elem)
	case 17:
		return types.NewMap(types.Typ[basics[g.IntN(len(basics))]], elem)
	case 18:
		return types.NewChan(types.ChanDir(g.IntN(3)), elem)
	}
	if g.IntN(2) == 0 {
		return g.iface(elem)
	}
	return g.signature(elem)
}

func (g *generator) signature(t types.Type) *types.Signature {
	params := types.NewTuple(types.NewParam(token.NoPos, nil, "", types.NewSlice(t)))
	return types.NewSignatureType(nil, nil, nil, params, nil, g.IntN(2) == 0)
}

// iface makes interfaces without methods, and with methods that not all types have.
func (g *generator) iface(t types.Type) types.Type {
	var methods []*types.Func
	for _, name := range []string{"M", "n"} {
		if g.IntN(3) == 0 {
			methods = append(methods, types.NewFunc(token.NoPos, g.pkgs[g.IntN(2)], name, g.signature(t)))
		}
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

func (g *generator) structure(depth int) *types.Struct {
	pkg := g.pkgs[g.IntN(2)]
	var fields []*types.Var
	var tags []string
	for i := range g.IntN(7) {
		name := fmt.Sprintf("F%d", i)
		switch g.IntN(12) {
		case 0:
			name = fmt.Sprintf("f%d", i)
		case 1:
			name = "_"
		}
		tag := ""
		if g.tags && g.IntN(12) == 0 {
			tag = "t"
		}
		fields = append(fields, types.NewField(token.NoPos, pkg, name, g.typ(depth), g.tags && g.IntN(12) == 0))
		tags = append(tags, tag)
	}
	return types.NewStruct(fields, tags)
}

// The types that random types of the running program consist of. reflect cannot declare
// types, so these are declared here.
type (
	celsius float64
	empty   struct{}
	pair    struct {
		a any
		b [0]func()
	}
	node struct {
		next *node
		key  string
		n    atomic.Int32
	}
	tail struct {
		n int16
		z struct{ y [0]int64 }
	}
	incomparable struct {
		n int
		f []func()
	}
	blank struct {
		n int
		_ any
		a [0]any
	}
)

var declared = []reflect.Type{
	reflect.TypeFor[celsius](), reflect.TypeFor[empty](), reflect.TypeFor[pair](), reflect.TypeFor[node](), reflect.TypeFor[tail](),
	reflect.TypeFor[incomparable](), reflect.TypeFor[blank](), reflect.TypeFor[atomic.Int64](), reflect.TypeFor[atomic.Uint64](), reflect.TypeFor[atomic.Bool](),
	reflect.TypeFor[atomic.Pointer[node]](), reflect.TypeFor[atomic.Value](), reflect.TypeFor[error](), reflect.TypeFor[any](),
	reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](),
	reflect.TypeFor[int64](), reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](),
	reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](), reflect.TypeFor[float32](), reflect.TypeFor[float64](),
	reflect.TypeFor[complex64](), reflect.TypeFor[complex128](), reflect.TypeFor[string](), reflect.TypeFor[unsafe.Pointer](),
	reflect.TypeFor[func(int) error](), reflect.TypeFor[map[string]int](), reflect.TypeFor[<-chan bool](), reflect.TypeFor[[]byte](),
}

// reflectType makes a random type with reflect.
func (g *generator) reflectType(depth int) reflect.Type {
	if depth == 0 || g.IntN(3) == 0 {
		return declared[g.IntN(len(declared))]
	}
	switch g.IntN(8) {
	case 0:
		return reflect.PointerTo(g.reflectType(depth - 1))
	case 1:
		return reflect.SliceOf(g.reflectType(depth - 1))
	case 2, 3:
		return reflect.ArrayOf(g.IntN(5), g.reflectType(depth-1))
	}
	var fields []reflect.StructField
	for i := range g.IntN(7) {
		f := reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: g.reflectType(depth - 1)}
		if g.blank && g.IntN(8) == 0 {
			f.Name, f.PkgPath = "_", "example.com/p"
		}
		fields = append(fields, f)
	}
	return reflect.StructOf(fields)
}
