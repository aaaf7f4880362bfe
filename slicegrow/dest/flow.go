package dest

import "go/types"

// This file is the graph of escape analysis: cmd/compile/internal/escape, graph.go and
// solve.go. A place is a variable or a piece of memory that an expression makes. An edge
// says that the value of one place, its address, or a value that it points to flows to
// another.

// A place is cmd/compile's location.
type place struct {
	v     *types.Var // nil for memory without a name
	owner *function  // whose frame it would be in
	depth int        // of loops, where it was declared

	in []edge // what flows here

	param, result bool
	index         int // of the result

	heap    bool      // it must be on the heap: attrEscapes
	mutates bool      // what it points to is written to
	calls   bool      // the function in it is called
	lit     *function // the literal of which it is the closure

	captured, reassigned, addrTaken bool

	leaks leaks // of a parameter

	// Of the walk that is under way.
	gen    int
	derefs int
	queued bool
}

type edge struct {
	from   *place
	derefs int // -1: its address; 0: its value; n: what it points to, n times
}

// A hole is the place to which the value of an expression flows, after derefs
// dereferences.
type hole struct {
	to     *place
	derefs int
}

func (h hole) shift(n int) hole { return hole{h.to, h.derefs + n} }

// leaks holds the fewest dereferences with which a parameter flows to the heap and to
// results; -1 for never.
type leaks struct {
	heap, mutator, callee int
	results               [5]int
}

func noLeaks() leaks { return leaks{-1, -1, -1, [5]int{-1, -1, -1, -1, -1}} }

// any is leaks.Any of cmd/compile/internal/escape/leaks.go.
func (l leaks) any() bool {
	for _, d := range l.results {
		if d >= 0 {
			return true
		}
	}
	return l.heap >= 0 || l.mutator >= 0 || l.callee >= 0
}

func least(d *int, n int) {
	if *d < 0 || n < *d {
		*d = n
	}
}

// A graph is the places of a function, its closures, and the functions that call
// each other with it.
type graph struct {
	places []*place

	heapPlace, mutator, callee, blank place
	gen                               int
}

func newGraph() *graph {
	g := new(graph)
	g.heapPlace.heap = true
	g.mutator.mutates, g.callee.calls = true, true
	return g
}

// flow adds the edge from a place into a hole.
func (g *graph) flow(h hole, from *place) {
	switch {
	case h.to == nil || h.to == &g.blank, h.to == from && h.derefs >= 0:
		return
	case h.to.heap && h.derefs < 0:
		from.heap, from.mutates, from.calls = true, true, true
		return
	}
	h.to.in = append(h.to.in, edge{from, h.derefs})
}

// solve finds the places that must be on the heap, and the leaks of parameters.
func (g *graph) solve() {
	todo := []*place{&g.heapPlace, &g.mutator, &g.callee}
	todo = append(todo, g.places...)
	waiting := make(map[*place]bool)
	for _, p := range todo {
		waiting[p] = true
	}
	for len(todo) > 0 {
		root := todo[0]
		todo = todo[1:]
		waiting[root] = false
		g.walk(root, func(p *place) {
			if !waiting[p] {
				waiting[p] = true
				todo = append(todo, p)
			}
		})
	}
}

// walk is walkOne: the shortest ways from everything to the root. Dereferences
// do not go below 0 in between, so cycles of addresses come to an end.
func (g *graph) walk(root *place, again func(*place)) {
	g.gen++
	root.gen, root.derefs = g.gen, 0
	if l := root.lit; l != nil && root.calls && !l.lost {
		l.lost = true
		for _, p := range l.results {
			again(p)
		}
	}
	todo := []*place{root}
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		p.queued = false

		derefs := p.derefs
		before := [3]bool{p.heap, p.mutates, p.calls}
		if derefs < 0 { // its address flows to the root
			derefs = 0
			if outlives(root, p) {
				p.heap, p.mutates, p.calls = true, true, true
			}
		}
		if derefs == 0 {
			p.mutates = p.mutates || root.mutates
			p.calls = p.calls || root.calls
		}
		if p.param {
			if outlives(root, p) {
				if !root.heap && root.result && root.owner == p.owner && root.index < len(p.leaks.results) {
					least(&p.leaks.results[root.index], derefs)
				} else {
					least(&p.leaks.heap, derefs)
				}
			}
			if root.mutates {
				least(&p.leaks.mutator, derefs)
			}
			if root.calls {
				least(&p.leaks.callee, derefs)
			}
		}
		if before != [3]bool{p.heap, p.mutates, p.calls} {
			again(p)
			if p.heap {
				continue
			}
		}
		for _, e := range p.in {
			if e.from.heap {
				continue
			}
			if d := derefs + e.derefs; e.from.gen != g.gen || d < e.from.derefs {
				e.from.gen, e.from.derefs = g.gen, d
				if !e.from.queued {
					e.from.queued = true
					todo = append(todo, e.from)
				}
			}
		}
	}
}

// outlives reports whether a value stored in p may live longer than other on the stack.
func outlives(p, other *place) bool {
	switch {
	case p.heap:
		return true
	case p.owner == nil: // the mutator, the callee
		return false
	case p.result:
		// A literal all of whose calls are known may return what is outside of it.
		return p.owner.lost || !inside(p.owner, other.owner)
	case p.owner == other.owner && p.depth < other.depth:
		return true
	}
	return inside(other.owner, p.owner)
}

// inside reports whether a function is a literal somewhere in another.
func inside(f, outer *function) bool {
	if f == nil {
		return false
	}
	for f = f.outer; f != nil; f = f.outer {
		if f == outer {
			return true
		}
	}
	return false
}
