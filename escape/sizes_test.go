package escape

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

func archOf(name string) *arch {
	s := types.SizesFor("gc", name)
	return &arch{sizes: s, ptr: s.Sizeof(types.Typ[types.Uintptr]), size: map[types.Type]int64{}, align: map[types.Type]int64{}}
}

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
		a, want := archOf(name), types.SizesFor("gc", name)
		for _, n := range scope.Names() {
			typ := scope.Lookup(n).Type()
			if got, want := a.sizeof(typ), want.Sizeof(typ); got != want {
				t.Errorf("%s: %s has %d bytes, want %d", name, n, got, want)
			}
			if got, want := a.alignof(typ), want.Alignof(typ); got != want {
				t.Errorf("%s: %s is aligned to %d, want %d", name, n, got, want)
			}
			s, ok := typ.Underlying().(*types.Struct)
			if !ok {
				continue
			}
			var fields []*types.Var
			for f := range s.Fields() {
				fields = append(fields, f)
			}
			for i, o := range want.Offsetsof(fields) {
				if got := a.offset(s, i); got != o {
					t.Errorf("%s: field %d of %s begins at %d, want %d", name, i, n, got, o)
				}
			}
		}
	}
}

// TestHugeSizes: what has more bytes than there can be has 2^62, and a type in which each
// struct has another one twice takes no longer than others.
func TestHugeSizes(t *testing.T) {
	of := func(all ...types.Type) types.Type {
		var fields []*types.Var
		for i, f := range all {
			fields = append(fields, types.NewField(token.NoPos, nil, fmt.Sprint("f", i), f, false))
		}
		return types.NewStruct(fields, nil)
	}
	boolean := types.Typ[types.Bool]
	twice := []types.Type{of(types.Typ[types.Int64], boolean)}
	for i := range 90 {
		twice = append(twice, of(twice[i], twice[i]))
	}
	a := archOf("amd64")
	for n, want := range map[int]int64{0: 16, 1: 32, 40: 16 << 40, 57: 16 << 57, 58: most, 59: most, 90: most} {
		if got := a.sizeof(twice[n]); got != want {
			t.Errorf("16 bytes 2^%d times are %d, want %d", n, got, want)
		}
	}
	if got := a.alignof(twice[90]); got != 8 {
		t.Errorf("they are aligned to %d", got)
	}
	huge := types.NewArray(twice[30], 1<<45)
	for _, typ := range []types.Type{
		of(boolean, huge, huge, boolean), types.NewArray(types.NewArray(boolean, 1<<40), 1<<40),
		of(types.NewArray(boolean, 1<<61), types.NewArray(boolean, 1<<62), boolean), of(huge, huge, huge, huge, boolean),
	} {
		if got := a.sizeof(typ); got != most {
			t.Errorf("%d, want %d", got, int64(most))
		}
	}
}
