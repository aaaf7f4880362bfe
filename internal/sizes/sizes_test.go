package sizes_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/internal/sizes"
)

func checked(t *testing.T, src string) *types.Scope {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	p, err := conf.Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p.Scope()
}

const sizedTypes = `package p
import "sync/atomic"
type (
	a struct{}
	b struct{ x bool; y int64; z bool }
	c struct{ x int64; y struct{} }
	d struct{ x, y struct{} }
	e struct{ x [0]int64; y bool }
	f struct{ x bool; y [0]int64 }
	g struct{ x complex128; y complex64; z bool }
	h struct{ s string; l []int; i any; m map[int]int; c chan int; f func(); p *h }
	i [3]b
	j [0]b
	k [4]c
	l struct{ x int8; y [3]int16; z struct{ a int8; b [2]g } }
	m struct{ x bool; y atomic.Int64 }
	n struct{ x bool; y atomic.Uint64; z [2]atomic.Int32 }
	o [1 << 40]int64
	p struct{ x [1 << 40]byte; y bool }
	q uint16
	r struct{ q; b; x float32 }
)
`

// TestSizes: sizes, alignments and offsets are those of go/types.
func TestSizes(t *testing.T) {
	scope := checked(t, sizedTypes)
	for _, name := range []string{"amd64", "386", "arm", "arm64", "mips", "wasm"} {
		got, want := sizes.For(name), types.SizesFor("gc", name)
		if word := want.Sizeof(types.Typ[types.Uintptr]); got.Word != word {
			t.Errorf("%s: a word has %d bytes, want %d", name, got.Word, word)
		}
		for _, n := range scope.Names() {
			typ := scope.Lookup(n).Type()
			for range 2 { // the second answer is one that is remembered
				if got, want := got.Sizeof(typ), want.Sizeof(typ); got != want {
					t.Errorf("%s: %s has %d bytes, want %d", name, n, got, want)
				}
				if got, want := got.Alignof(typ), want.Alignof(typ); got != want {
					t.Errorf("%s: %s is aligned to %d, want %d", name, n, got, want)
				}
			}
			if s, ok := typ.Underlying().(*types.Struct); ok {
				fields := slices.Collect(s.Fields())
				if got, want := got.Offsetsof(fields), want.Offsetsof(fields); !slices.Equal(got, want) {
					t.Errorf("%s: the fields of %s begin at %d, want %d", name, n, got, want)
				}
			}
		}
	}
	if s := sizes.For("z80"); s != nil {
		t.Errorf("an unknown architecture has %v", s)
	}
}

// TestNoVariable: what is no variable's type has a size, too.
func TestNoVariable(t *testing.T) {
	s := sizes.For("386")
	for typ, want := range map[types.Type]int64{
		nil: 0, types.NewTuple(): 0, types.Typ[types.UntypedNil]: 4, types.Typ[types.UntypedBool]: 1, types.Typ[types.UntypedInt]: 4,
		types.Typ[types.UntypedRune]: 4, types.Typ[types.UntypedFloat]: 8, types.Typ[types.UntypedComplex]: 16, types.Typ[types.UntypedString]: 8,
	} {
		if got := s.Sizeof(typ); got != want {
			t.Errorf("%v has %d bytes, want %d", typ, got, want)
		}
	}
}

func structOf(all ...types.Type) types.Type {
	var fields []*types.Var
	for i, f := range all {
		fields = append(fields, types.NewField(token.NoPos, nil, fmt.Sprint("f", i), f, false))
	}
	return types.NewStruct(fields, nil)
}

// TestMost: what has more bytes than there can be has 2^62, and a type in which each
// struct has another one twice takes no longer than others.
func TestMost(t *testing.T) {
	boolean := types.Typ[types.Bool]
	twice := []types.Type{structOf(types.Typ[types.Int64], boolean)}
	for i := range 90 {
		twice = append(twice, structOf(twice[i], twice[i]))
	}
	s := sizes.For("amd64")
	for n, want := range map[int]int64{0: 16, 1: 32, 40: 16 << 40, 57: 16 << 57, 58: sizes.Most, 59: sizes.Most, 90: sizes.Most} {
		if got := s.Sizeof(twice[n]); got != want {
			t.Errorf("16 bytes 2^%d times are %d, want %d", n, got, want)
		}
	}
	if got := s.Alignof(twice[90]); got != 8 {
		t.Errorf("they are aligned to %d", got)
	}
	huge := types.NewArray(twice[30], 1<<45)
	for _, typ := range []types.Type{
		structOf(boolean, huge, huge, boolean), types.NewArray(types.NewArray(boolean, 1<<40), 1<<40),
		structOf(types.NewArray(boolean, 1<<61), types.NewArray(boolean, 1<<62), boolean), structOf(huge, huge, huge, huge, boolean),
		structOf(types.NewArray(boolean, sizes.Most-1), types.Typ[types.Int64]), structOf(types.NewArray(types.Typ[types.Int64], sizes.Most/8), structOf()),
	} {
		if got := s.Sizeof(typ); got != sizes.Most {
			t.Errorf("%d, want %d", got, int64(sizes.Most))
		}
	}
	last := structOf(types.NewArray(boolean, sizes.Most-1), types.Typ[types.Int64], boolean).(*types.Struct)
	if got := s.Offsetsof(slices.Collect(last.Fields())); !slices.Equal(got, []int64{0, sizes.Most, sizes.Most}) {
		t.Errorf("fields begin at %d", got)
	}
}

// TestDeep: of structs in one another each is looked at once, the last field of a struct, too.
func TestDeep(t *testing.T) {
	typ := types.Type(types.Typ[types.Int])
	for i := range 5000 {
		typ = structOf(typ)
		if i%2 == 0 {
			typ = types.NewArray(typ, 1)
		}
	}
	s := sizes.For("amd64")
	if size, align := s.Sizeof(typ), s.Alignof(typ); size != 8 || align != 8 {
		t.Errorf("%d bytes, aligned to %d", size, align)
	}
	if s.HasPointers(typ) || s.NotInHeap(typ) || s.Varies(typ) || s.Direct(typ, true) || s.Direct(typ, false) {
		t.Errorf("pointers %t, not in the heap %t, varies %t, direct %t or %t", s.HasPointers(typ), s.NotInHeap(typ), s.Varies(typ), s.Direct(typ, true), s.Direct(typ, false))
	}
}

// TestItself: a struct that has itself in it, of which go/types reports that it is invalid,
// has some size.
func TestItself(t *testing.T) {
	n := types.NewNamed(types.NewTypeName(0, nil, "T", nil), nil, nil)
	n.SetUnderlying(structOf(types.NewArray(n, 2), types.NewPointer(n), n))
	s := sizes.For("amd64")
	if size := s.Sizeof(n); size < 0 || size > sizes.Most {
		t.Errorf("%d bytes", size)
	}
	if s.Alignof(n) != 8 || !s.HasPointers(n) || s.NotInHeap(n) || s.Varies(n) {
		t.Errorf("aligned to %d, pointers %t, not in the heap %t, varies %t", s.Alignof(n), s.HasPointers(n), s.NotInHeap(n), s.Varies(n))
	}
}

// TestOnce: of a type that has each of 60 types twice, each is looked at once.
func TestOnce(t *testing.T) {
	pkg := types.NewPackage("internal/runtime/sys", "sys")
	parameter := types.NewTypeParam(types.NewTypeName(0, pkg, "P", nil), types.NewInterfaceType(nil, nil))
	for _, of := range []struct {
		what                       string
		core                       types.Type
		pointers, heapless, varies bool
	}{
		{"nothing", types.NewNamed(types.NewTypeName(0, pkg, "other", nil), types.NewStruct(nil, nil), nil), false, false, false},
		{"numbers", types.Typ[types.Int], false, false, false},
		{"strings", types.Typ[types.String], true, false, false},
		{"a type parameter", parameter, true, false, true},
		{"a type parameter of slices", limited(types.NewSlice(parameter)), true, false, false},
		{"a type parameter of numbers", limited(types.Typ[types.Int], types.Typ[types.Int8]), true, false, true},
		{"a type parameter of what varies", limited(structOf(parameter, parameter)), true, false, true},
		{"what is on no heap", types.NewNamed(types.NewTypeName(0, pkg, "nih", nil), types.NewStruct(nil, nil), nil), false, true, false},
		{"what was on no heap", types.NewNamed(types.NewTypeName(0, types.NewPackage("runtime/internal/sys", "sys"), "nih", nil), types.NewStruct(nil, nil), nil), false, true, false},
		{"a type of another package", types.NewNamed(types.NewTypeName(0, types.NewPackage("p", "p"), "nih", nil), types.NewStruct(nil, nil), nil), false, false, false},
		{"a type of no package", types.NewNamed(types.NewTypeName(0, nil, "nih", nil), types.NewStruct(nil, nil), nil), false, false, false},
	} {
		s := sizes.For("amd64")
		typ := of.core
		for i := range 60 {
			typ = structOf(typ, typ)
			if i%3 == 0 {
				typ = types.NewArray(typ, 2)
			}
		}
		if got := s.HasPointers(typ); got != of.pointers {
			t.Errorf("%s: pointers: %t", of.what, got)
		}
		if got := s.HasPointers(types.NewPointer(typ)); got == of.heapless {
			t.Errorf("%s: a pointer to it is one: %t", of.what, got)
		}
		if got := s.Varies(typ); got != of.varies {
			t.Errorf("%s: varies: %t", of.what, got)
		}
		if s.Varies(types.NewPointer(typ)) || s.Varies(types.NewSlice(typ)) {
			t.Errorf("%s: a pointer or a slice varies", of.what)
		}
	}
}

// limited returns a type parameter that stands for one of the types.
func limited(all ...types.Type) types.Type {
	var terms []*types.Term
	for _, t := range all {
		terms = append(terms, types.NewTerm(true, t))
	}
	constraint := types.NewInterfaceType(nil, []types.Type{types.NewUnion(terms)})
	return types.NewTypeParam(types.NewTypeName(0, nil, "L", nil), constraint)
}

// TestCore: a type parameter whose types are all alike as memory has their size.
func TestCore(t *testing.T) {
	s := sizes.For("386")
	for _, core := range []types.Type{
		types.NewSlice(types.Typ[types.Int]), types.Typ[types.String], types.Typ[types.Int16], types.NewPointer(types.Typ[types.Int]),
		structOf(types.Typ[types.Int], types.Typ[types.Int8]), types.NewArray(types.Typ[types.Int16], 3),
	} {
		p := limited(core)
		if size, align := s.Sizeof(p), s.Alignof(p); size != s.Sizeof(core) || align != s.Alignof(core) {
			t.Errorf("of %v: %d bytes, aligned to %d; want %d, %d", core, size, align, s.Sizeof(core), s.Alignof(core))
		}
		for _, bySize := range []bool{false, true} {
			if direct := s.Direct(p, bySize); direct != s.Direct(core, bySize) {
				t.Errorf("of %v, by size %t: direct %t", core, bySize, direct)
			}
		}
		if s.HasPointers(p) != s.HasPointers(core) || s.Varies(p) {
			t.Errorf("of %v: pointers %t, varies %t", core, s.HasPointers(p), s.Varies(p))
		}
	}
}

// TestDirect: which values an interface holds itself, to Go 1.25 and since.
func TestDirect(t *testing.T) {
	integer, pointer, empty := types.Type(types.Typ[types.Int]), types.Type(types.NewPointer(types.Typ[types.Int])), structOf()
	nih := types.NewNamed(types.NewTypeName(0, types.NewPackage("internal/runtime/sys", "sys"), "nih", nil), types.NewStruct(nil, nil), nil)
	for _, tt := range []struct {
		typ             types.Type
		byShape, bySize bool
	}{
		{pointer, true, true}, {integer, false, false}, {types.NewMap(integer, integer), true, true}, {types.NewChan(types.SendRecv, integer), true, true},
		{types.NewSignatureType(nil, nil, nil, nil, nil, false), true, true}, {types.Typ[types.UnsafePointer], true, true}, {types.Typ[types.Uintptr], false, false},
		{types.Typ[types.String], false, false}, {types.NewSlice(integer), false, false}, {types.NewPointer(nih), false, false},
		{types.NewArray(pointer, 1), true, true}, {types.NewArray(pointer, 0), false, false}, {types.NewArray(pointer, 2), false, false},
		{structOf(pointer), true, true}, {structOf(integer), false, false}, {structOf(pointer, pointer), false, false},
		{structOf(empty, pointer), false, true}, {structOf(pointer, empty), false, false}, // of two words, since nothing may begin where a struct ends
		{empty, false, false}, {nil, false, false},
	} {
		s := sizes.For("amd64")
		if shape, size := s.Direct(tt.typ, false), s.Direct(tt.typ, true); shape != tt.byShape || size != tt.bySize {
			t.Errorf("%v: %t by shape, %t by size; want %t, %t", tt.typ, shape, size, tt.byShape, tt.bySize)
		}
	}
}
