package explain

import "slices"

// A node says how a state explains one start. The states that are possible have nodes, and
// nodes have those of the start before: what a start's explanations are follows from all
// that came later, too, since a state that turns out to be impossible takes its nodes with
// it.
type node struct {
	layer  uint64 // of the start, from 1
	label  label
	before []*node
	seen   uint64
	self   [1]*node // for the list of it alone
}

func (r *replay) node(l label, before []*node) *node {
	n := r.nodes.next()
	*n = node{layer: r.layer, label: l, before: before}
	n.self[0] = n
	return n
}

// window is the number of starts that wait for what comes later before they are explained.
const window = 1 << 12

// unite is a list of the nodes of both.
func unite(a, b []*node) []*node {
	var out []*node
	for _, n := range b {
		if !slices.Contains(a, n) {
			if out == nil {
				out = slices.Clone(a)
			}
			out = append(out, n)
		}
	}
	if out == nil {
		return a
	}
	return out
}

// labels are all explanations of the starts of the layers from r.settled on, by what is
// possible now.
func (r *replay) labels() [][]label {
	r.pass++
	out := make([][]label, r.layer-r.settled)
	var todo []*node
	visit := func(n *node) {
		if n.seen != r.pass && n.layer > r.settled {
			n.seen = r.pass
			todo = append(todo, n)
		}
	}
	for _, s := range r.states {
		for _, n := range s.nodes {
			visit(n)
		}
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		i := n.layer - r.settled - 1
		if !slices.Contains(out[i], n.label) {
			out[i] = append(out[i], n.label)
		}
		for _, b := range n.before {
			visit(b)
		}
	}
	return out
}

// settle forgets the layers up to one.
func (r *replay) settle(layer uint64) {
	if layer <= r.settled {
		return
	}
	r.pass++
	var todo []*node
	for _, s := range r.states {
		todo = append(todo, s.nodes...)
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n.seen == r.pass {
			continue
		}
		n.seen = r.pass
		if n.layer <= layer+1 {
			n.before = nil
			continue
		}
		todo = append(todo, n.before...)
	}
	r.settled = layer
}
