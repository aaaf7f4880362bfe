package coretype_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/orrery-go/orrery/internal/coretype"
)

// TestOf: the core types of type parameters. A set of a channel and another type has none,
// whichever comes first.
func TestOf(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", `package p

type N []int
type E interface{ ~[]int | ~string }
type I interface{ m() }

func f[
	A chan int | []int, B []int | chan int, C chan int | chan string, D chan int | chan<- int, D2 <-chan int | chan int,
	F []int | N, G interface{ E; ~[]int }, H any, J I, K interface{ E; I }, L ~string, M interface{ ~[]int; *int },
]() {}
`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"D": "chan<- int", "D2": "<-chan int", "F": "[]int", "G": "[]int", "L": "string"}
	for p := range pkg.Scope().Lookup("f").Type().(*types.Signature).TypeParams().TypeParams() {
		got := ""
		if core := coretype.Of(p); core != nil {
			got = fmt.Sprint(core)
		}
		if name := p.Obj().Name(); got != want[name] {
			t.Errorf("%s: %q, want %q", name, got, want[name])
		}
	}
	for typ, want := range map[types.Type]types.Type{types.Typ[types.Int]: types.Typ[types.Int], pkg.Scope().Lookup("N").Type(): types.NewSlice(types.Typ[types.Int]), nil: types.Typ[types.Invalid]} {
		if got := coretype.Of(typ); !types.Identical(got, want) {
			t.Errorf("%v: %v, want %v", typ, got, want)
		}
	}
}
