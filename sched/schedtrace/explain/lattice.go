package explain

import (
	"math"
	"slices"
)

// A node says how a state explains one start. The states that are possible have nodes, and
// nodes have those of the start before: what a start's explanations are follows from all
// that came later, too, since a state that turns out to be impossible takes its nodes with
// it.
type node struct {
	layer  uint64 // of the start, from 1
	label  label
	before []edge
	least  uint64  // bits that the likeliest history up to it needs
	rest   uint64  // and after it
	seen   uint64  // the last pass that led to it: the next is another
	self   [1]edge // for the list of it alone
}

// An edge leads to the node before, over what was assumed since, in bits.
type edge struct {
	*node
	bits uint64
}

// node makes the node of a start that a state explains, which is the last of its history
// then.
func (r *replay) node(l label, s *state) *node {
	n := &r.nodes.next(1, r.layer, r.settled)[0]
	n.layer, n.label, n.before, n.least = r.layer, l, s.edges(), s.cost()
	n.self[0] = edge{n, 0}
	return n
}

// newEdges gives edges to nodes of the layer that is the last now, or is before it.
func (r *replay) newEdges(n int) []edge {
	// They are in a state of this layer, and in nodes of the next.
	return r.edges.next(n, r.layer+1, r.settled)
}

// edges are the ways in which the state came to be.
func (s *state) edges() []edge {
	if s.bits == 0 || len(s.nodes) == 0 {
		return s.nodes
	}
	out := s.r.newEdges(len(s.nodes))
	for i, e := range s.nodes {
		out[i] = edge{e.node, e.bits + s.bits}
	}
	return out
}

// cost is how many bits the likeliest history of the state needs.
func (s *state) cost() uint64 {
	least := uint64(math.MaxUint64)
	for _, e := range s.nodes {
		least = min(least, e.least+e.bits)
	}
	if len(s.nodes) == 0 {
		least = 0
	}
	return least + s.bits
}

// window is the number of starts that wait for what comes later before they are explained.
const window = 1 << 12

// unite gives a state the history of another that is equal.
func (s *state) unite(o *state) {
	if len(s.nodes) == 0 {
		s.bits = min(s.bits, o.bits)
		return
	}
	a, b := s.edges(), o.edges()
	fresh := s.bits != 0 // a is no other's
	for k, e := range b {
		i := slices.IndexFunc(a, func(x edge) bool { return x.node == e.node })
		if i >= 0 && a[i].bits <= e.bits {
			continue
		}
		if !fresh || i < 0 && len(a) == cap(a) {
			a, fresh = append(s.r.newEdges(len(a) + len(b) - k)[:0], a...), true
		}
		if i < 0 {
			a = append(a, e)
		} else {
			a[i].bits = e.bits
		}
	}
	s.nodes, s.bits = a, 0
}

// labels are all explanations of the starts of the layers from r.settled on, by what is
// possible now, each with the bits that the likeliest history with it needs. The next call
// overwrites them.
func (r *replay) labels() [][]label {
	r.pass++
	for uint64(len(r.found)) < r.layer-r.settled {
		r.found = append(r.found, nil)
	}
	out := r.found[:r.layer-r.settled]
	for i := range out {
		out[i] = out[i][:0]
	}
	todo := r.todo[:0] // the later ones first, since all states have nodes of the same layer
	visit := func(n *node, rest uint64) {
		if n.layer <= r.settled {
			return
		}
		if n.seen != r.pass {
			n.seen, n.rest = r.pass, rest
			todo = append(todo, n)
		}
		n.rest = min(n.rest, rest)
	}
	for _, s := range r.states {
		for _, e := range s.nodes {
			visit(e.node, e.bits+s.bits)
		}
	}
	for i := 0; i < len(todo); i++ {
		n := todo[i]
		of := &out[n.layer-r.settled-1]
		k := 0
		for k < len(*of) && !(*of)[k].like(&n.label) {
			k++
		}
		if k == len(*of) {
			*of = append(*of, n.label)
			(*of)[k].bits = n.least + n.rest
		} else {
			(*of)[k].bits = min((*of)[k].bits, n.least+n.rest)
		}
		for _, e := range n.before {
			visit(e.node, e.bits+n.rest)
		}
	}
	r.todo = todo
	return out
}

// settle forgets the layers up to one. Nodes of the next still lead to them, but are not
// followed that far.
func (r *replay) settle(layer uint64) { r.settled = max(r.settled, layer) }
