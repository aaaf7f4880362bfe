package draw_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/escape"
)

// escapePicture returns the graph of a function, and the reason why a list's elements
// are on the heap.
func escapePicture(t *testing.T) (escape.Graph, escape.Diagnostic) {
	const src = `package list

type node struct {
	next *node
	n    int
}

func build(values []int) *node {
	var head *node
	for _, v := range values {
		e := node{n: v}
		p := &e
		p.next = head
		head = p
	}
	return head
}
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "list.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := escape.NewInfo()
	pkg, err := new(types.Config).Check("list", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	r, err := escape.Analyze(escape.Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info}, escape.Config{Release: "go1.26", Explain: true, Graph: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Diagnostics {
		if d.Verdict == escape.MovedToHeap {
			return r.Graphs[0], d
		}
	}
	t.Fatal("nothing is moved to the heap")
	return escape.Graph{}, escape.Diagnostic{}
}

func TestEscape(t *testing.T) {
	picture := draw.EscapeGraph(escapePicture(t))
	wellFormed(t, picture)
	if again := draw.EscapeGraph(escapePicture(t)); again != picture {
		t.Error("a second picture differs")
	}
	if !strings.Contains(picture, "e escapes: its address flows to p") || strings.Count(picture, "strong\"") < 4 {
		t.Error("the picture does not tell the way")
	}
}

// TestEscapeAny: any graph and any path is drawn, whether they belong together or not.
func TestEscapeAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.IntRange(-1, 12)
		var g escape.Graph
		for range rapid.IntRange(0, 60).Draw(t, "nodes") {
			g.Nodes = append(g.Nodes, escape.Node{ID: id.Draw(t, "id"), Name: rapid.String().Draw(t, "name"), Function: rapid.SampledFrom([]string{"", "f"}).Draw(t, "fn"), LoopDepth: id.Draw(t, "depth"), Escapes: rapid.Bool().Draw(t, "escapes")})
		}
		for range rapid.IntRange(0, 60).Draw(t, "edges") {
			g.Edges = append(g.Edges, escape.Edge{From: id.Draw(t, "from"), To: id.Draw(t, "to"), Derefs: id.Draw(t, "derefs")})
		}
		var d escape.Diagnostic
		d.Verdict = rapid.SampledFrom([]escape.Verdict{escape.MovedToHeap, escape.LeakingParam, escape.DoesNotEscape, "x"}).Draw(t, "verdict")
		for range rapid.IntRange(0, 12).Draw(t, "why") {
			d.Why = append(d.Why, escape.Flow{From: rapid.String().Draw(t, "name"), FromID: id.Draw(t, "from"), ToID: id.Draw(t, "to"), Derefs: id.Draw(t, "derefs")})
		}
		picture := draw.EscapeGraph(g, d)
		wellFormed(t, picture)
	})
}
