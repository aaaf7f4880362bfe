package dest_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/slicegrow"
	"github.com/orrery-go/orrery/slicegrow/dest"
)

// load type-checks a file that imports at most what the standard importer has.
func load(src string) (*ast.File, *types.Info, error) { return loadWith(src, importer.Default()) }

func loadWith(src string, imports types.Importer) (*ast.File, *types.Info, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
	if err != nil {
		return nil, nil, err
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
	conf := types.Config{Importer: imports}
	_, err = conf.Check("p", fset, []*ast.File{file}, info)
	return file, info, err
}

// The same function in two patches of Go 1.26, and the capacities.
func Example() {
	const src = `package p

func squares(n int) []int {
	var s []int
	for i := range n {
		s = append(s, i*i)
	}
	for _, v := range s {
		println(v)
	}
	return s
}
`
	file, info, err := load(src)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, release := range []string{"go1.25", "go1.26.8", "go1.26.9"} {
		appends, err := dest.Read(file.Decls[0].(*ast.FuncDecl), info, dest.Config{Release: release})
		if err != nil {
			fmt.Println(err)
			return
		}
		rules, err := slicegrow.ForRelease(release)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, a := range appends {
			fmt.Printf("%s: %s, as %s\n   ", release, a.Question.Dest, a.Reason)
			for step, err := range rules.Sequence(a.Question, 5) {
				fmt.Print(" ", step.Cap, " on the ", step.Ptr)
				if err != nil {
					fmt.Println(err)
				}
			}
			fmt.Println()
		}
	}
	// Output:
	// go1.25: escapes, as its array may outlive the function
	//     1 on the heap 2 on the heap 4 on the heap 8 on the heap
	// go1.26.8: returned, as it stays until the return moves it
	//     4 on the stack 8 on the heap
	// go1.26.9: escapes, as its array may outlive the function, and it is shared more than once: by the range over it, which keeps a copy and by the return
	//     1 on the heap 2 on the heap 4 on the heap 8 on the heap
}
