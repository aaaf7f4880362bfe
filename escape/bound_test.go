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
