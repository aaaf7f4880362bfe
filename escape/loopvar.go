package escape

import (
	"go/token"
	"go/types"
)

// loopVariables gives each iteration its own variables, where a closure captures one
// or its address is taken: only then would a program see a difference.
// cmd/compile/internal/loopvar, since Go 1.22.
func (a *analysis) loopVariables(f *function) {
	w := &loopWalker{f: f, leaks: map[*variable]bool{}, moved: map[*variable]*node{}}
	for _, n := range f.body {
		w.scan(n)
	}
	visitAll(f.body, func(n *node) { n.init = w.redeclare(n.init) })
}

type loopWalker struct {
	f           *function
	depth       int
	returnDepth int // of loops around the return that is looked at
	leaks       map[*variable]bool
	moved       map[*variable]*node // to the assignment that declares them now
}

func (w *loopWalker) leak(v *variable) {
	if _, ok := w.leaks[v]; ok {
		w.leaks[v] = true
	}
}

func (w *loopWalker) candidate(n *node) {
	if n != nil && n.op == opLocal {
		w.leaks[n.v] = false
	}
}

func (w *loopWalker) scan(n *node) {
	switch n.op {
	case opClosure:
		if w.returnDepth < w.depth {
			for _, v := range n.fn.captures {
				w.leak(v)
			}
		}
	case opAddr:
		if w.returnDepth < w.depth {
			if o := outerValue(n.x); o.op == opLocal {
				w.leak(o.v)
			}
		}
	case opReturn:
		saved := w.returnDepth
		w.returnDepth = w.depth
		defer func() { w.returnDepth = saved }()
	case opRange:
		if n.def && n.distinct {
			w.rangeLoop(n)
			return
		}
	case opFor:
		if n.distinct {
			w.forLoop(n)
			return
		}
	}
	n.children(w.scan)
}

func (w *loopWalker) rangeLoop(n *node) {
	for _, x := range n.list2 {
		w.candidate(x)
	}
	w.depth++
	n.children(w.scan)
	w.depth--
	var first []*node
	for i, x := range n.list2 {
		if x == nil || x.op != opLocal || !w.leaks[x.v] {
			continue
		}
		tmp := newTemp(w.f, x.pos, x.v.typ)
		set := &node{op: opAssign, pos: n.pos, def: true, x: &node{op: opLocal, pos: x.pos, typ: x.typ, v: x.v}, y: &node{op: opLocal, pos: x.pos, typ: x.typ, v: tmp}}
		first = append([]*node{set}, first...)
		w.moved[x.v] = set
		n.list2[i] = &node{op: opLocal, pos: x.pos, typ: x.typ, v: tmp}
	}
	n.list = append(first, n.list...)
}

// inits calls f for what the first part of a for statement declares.
func inits(n *node, f func(**node)) {
	for _, s := range n.init {
		if !s.def {
			continue
		}
		switch s.op {
		case opAssign:
			f(&s.x)
		case opAssign2:
			for i := range s.list {
				f(&s.list[i])
			}
		}
	}
}

func (w *loopWalker) forLoop(n *node) {
	inits(n, func(p **node) { w.candidate(*p) })
	w.depth++
	n.children(w.scan)
	w.depth--
	var before, after []*node
	inits(n, func(p **node) {
		x := *p
		if x == nil || x.op != opLocal || !w.leaks[x.v] {
			return
		}
		ref := func(v *variable) *node { return &node{op: opLocal, pos: x.pos, typ: x.typ, v: v} }
		tmp := newTemp(w.f, x.pos, x.v.typ)
		set := &node{op: opAssign, pos: n.pos, def: true, x: ref(x.v), y: ref(tmp)}
		x.v.defn = set
		w.moved[x.v] = set
		before = append(before, set)
		after = append(after, &node{op: opAssign, pos: n.pos, x: ref(tmp), y: ref(x.v)})
		*p = ref(tmp)
	})
	if len(before) == 0 {
		return
	}
	if n.y != nil {
		first := newTemp(w.f, n.pos, types.Typ[types.Bool])
		ref := &node{op: opLocal, pos: n.pos, typ: first.typ, v: first}
		before = append(before, &node{op: opIf, pos: n.pos, x: ref, list2: []*node{n.y}})
	}
	if n.x != nil {
		not := &node{op: opUnary, tok: token.NOT, pos: n.x.pos, typ: n.x.typ, x: n.x}
		before = append(before, &node{op: opIf, pos: n.pos, x: not, list: []*node{{op: opBranch, tok: token.BREAK, pos: n.pos}}})
	}
	n.list = append(append(before, n.list...), after...)
	n.x, n.y = nil, nil
}

// redeclare moves declarations to where the variables are declared now.
func (w *loopWalker) redeclare(list []*node) []*node {
	for i := 0; i < len(list); i++ {
		n := list[i]
		if n.op != opDcl {
			continue
		}
		if set := w.moved[n.v]; set != nil && (len(set.init) == 0 || set.init[0] != n) {
			set.init = append([]*node{n}, set.init...)
			delete(w.moved, n.v)
			list = append(list[:i:i], list[i+1:]...)
			i--
		}
	}
	return list
}
