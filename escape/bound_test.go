package escape

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// TestBound: an analysis ends with an error at the first function too many.
func TestBound(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package p\n\nfunc f() {}\nfunc g() {}\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	info := NewInfo()
	pkg, err := new(types.Config).Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, maxFunctions - 2, maxFunctions - 1} {
		a := &analysis{sources: map[*types.Package]*source{}, funcs: map[funcKey]*function{}, bodies: map[*function]*body{}, said: map[*function][]Diagnostic{}, functions: n}
		_, err := a.run(Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info})
		if (err == nil) != (n < maxFunctions-1) || err != nil && !strings.Contains(err.Error(), "more than 200000 functions") {
			t.Errorf("with %d functions before: %v", n, err)
		}
	}
}

// TestTypesOnce: of a type that has each of 60 types twice, each is looked at once.
func TestTypesOnce(t *testing.T) {
	pkg := types.NewPackage("internal/runtime/sys", "sys")
	for _, of := range []struct {
		what               string
		core               types.Type
		pointers, heapless bool
	}{
		{"nothing", types.NewNamed(types.NewTypeName(0, pkg, "other", nil), types.NewStruct(nil, nil), nil), false, false},
		{"numbers", types.Typ[types.Int], false, false},
		{"strings", types.Typ[types.String], true, false},
		{"what is on no heap", types.NewNamed(types.NewTypeName(0, pkg, "nih", nil), types.NewStruct(nil, nil), nil), false, true},
	} {
		a := &arch{pointers: map[types.Type]bool{}, heapless: map[types.Type]bool{}}
		typ := of.core
		for i := range 60 {
			field := func(name string) *types.Var { return types.NewField(0, pkg, name, typ, false) }
			typ = types.NewStruct([]*types.Var{field("a"), field("b")}, nil)
			if i%3 == 0 {
				typ = types.NewArray(typ, 2)
			}
		}
		if got := a.hasPointers(typ); got != of.pointers {
			t.Errorf("%s: pointers: %t", of.what, got)
		}
		if got := a.hasPointers(types.NewPointer(typ)); got == of.heapless {
			t.Errorf("%s: a pointer to it is one: %t", of.what, got)
		}
	}
}
