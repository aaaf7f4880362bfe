package escape_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/escape"
)

// read parses and type-checks one file that imports nothing.
func read(src string) escape.Package {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", src, parser.ParseComments)
	if err != nil {
		panic(err)
	}
	info := escape.NewInfo()
	pkg, err := new(types.Config).Check("x", fset, []*ast.File{f}, info)
	if err != nil {
		panic(err)
	}
	return escape.Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info}
}

func Example() {
	p := read(`package x

var last *int

func counter() *int { n := 0; return &n }
func keep(p *int)   { last = p }
func same(p *int) *int { return p }
func local() int { n := 0; return *same(&n) }
`)
	r, err := escape.Analyze(p, escape.Config{Release: "go1.26"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range r.Diagnostics {
		fmt.Println(d)
	}
	// Output:
	// x.go:5:23: moved to heap: n
	// x.go:6:11: leaking param: p
	// x.go:7:11: leaking param: p to result ~r0 level=0
}

// Since Go 1.25 a slice whose size is known only at run time can be on the stack.
func Example_releases() {
	p := read(`package x

func sum(n int) (t int) {
	s := make([]int, n)
	for i := range s {
		t += s[i]
	}
	return t
}
`)
	for _, rel := range []string{"go1.24", "go1.25"} {
		r, err := escape.Analyze(p, escape.Config{Release: rel})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, d := range r.Diagnostics {
			fmt.Println(rel, d.Text)
		}
	}
	// Output:
	// go1.24 make([]int, n) escapes to heap
	// go1.25 make([]int, n) does not escape
}

func ExampleDiagnostic_Words() {
	p := read(`package x

type node struct{ next *node }

func list(n int) *node {
	var head *node
	for i := 0; i < n; i++ {
		var e node
		e.next = head
		head = &e
	}
	return head
}
`)
	r, err := escape.Analyze(p, escape.Config{Explain: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range r.Diagnostics {
		fmt.Println(d.Words())
	}
	// Output:
	// e escapes: its address flows to head (assign), which outlives it
}

// Trace receives each step.
func ExampleConfig_trace() {
	p := read(`package x

func f() *int { x := 1; return &x }
`)
	c := escape.Config{Trace: func(e escape.Event) {
		if e.Kind == escape.Flowed || e.Kind == escape.Escaped {
			fmt.Println(e)
		}
	}}
	if _, err := escape.Analyze(p, c); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 4 flowed 6 to 5 derefs=-1
	// 10 escaped 6 to 5 derefs=-1
}

func ExampleConfig_graph() {
	p := read(`package x

func f(p **int) *int { q := *p; return q }
`)
	r, err := escape.Analyze(p, escape.Config{Graph: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	g := r.Graphs[0]
	names := map[int]string{}
	for _, n := range g.Nodes {
		names[n.ID] = n.Name
	}
	for _, e := range g.Edges {
		fmt.Println(names[e.From], "to", names[e.To], e.Derefs)
	}
	// Output:
	// q to ~r0 0
	// p to q 1
}
