package escape

// A Graph is the data flow of functions that refer to each other.
type Graph struct {
	Functions []string `json:"functions"`
	Nodes     []Node   `json:"nodes"`
	Edges     []Edge   `json:"edges"`
}

// A Node is a location.
type Node struct {
	ID        int    `json:"id"`
	Name      string `json:"name"` // "x", "{storage for new(T)}", "{heap}", "{temp}"
	Function  string `json:"function"`
	Line      int    `json:"line"`
	LoopDepth int    `json:"loopDepth"`
	Param     bool   `json:"param"`
	Result    int    `json:"result"` // 1, 2, ... of a result, 0 of anything else
	Escapes   bool   `json:"escapes"`
}

// An Edge is an assignment: the value of From, dereferenced Derefs times, flows to To; -1
// stands for the address of From.
type Edge struct {
	From   int `json:"from"`
	To     int `json:"to"`
	Derefs int `json:"derefs"`
}

// graph keeps a batch's graph.
func (a *analysis) graph(b *batch, fns []*function) {
	g := Graph{Nodes: []Node{}, Edges: []Edge{}, Functions: []string{}}
	for _, f := range fns {
		g.Functions = append(g.Functions, f.name)
	}
	all := append([]*location{&b.heap, &b.mutator, &b.callee}, b.locs...)
	for _, l := range all {
		n := Node{ID: l.id, Name: a.describe(l), LoopDepth: l.depth, Param: l.param, Result: l.result, Escapes: l.has(attrEscapes)}
		if l.fn != nil {
			n.Function = l.fn.name
			switch {
			case l.v != nil:
				_, n.Line, _ = a.where(l.fn.pkg, l.v.pos)
			case l.n != nil:
				_, n.Line, _ = a.where(l.fn.pkg, l.n.pos)
			}
		}
		g.Nodes = append(g.Nodes, n)
		for _, e := range l.edges {
			g.Edges = append(g.Edges, Edge{From: e.src.id, To: l.id, Derefs: e.derefs})
		}
	}
	a.graphs = append(a.graphs, g)
}
