package escape

// analysed is the order of a function that is analysed already.
const analysed = ^uint32(0)

// visit visits functions so that each comes after what it refers to, those that refer
// to each other together: Tarjan's algorithm as in cmd/compile/internal/ir/scc.go, where a
// literal that captures variables is never the root, so that it comes with the function
// around it.
func (a *analysis) visit(f *function) uint32 {
	if f.order > 0 {
		return f.order
	}
	a.visitDepth++
	defer func() { a.visitDepth-- }()
	if a.visitDepth > maxFunctions {
		a.fail("calls nested more than %d deep", maxFunctions)
	}
	a.complete(f)
	a.counter++
	f.order = a.counter
	least := f.order
	a.stack = append(a.stack, f)
	visitAll(f.body, func(n *node) {
		switch n.op {
		case opFunc, opMethExpr, opMethValue, opClosure:
			if n.fn != nil {
				least = min(least, a.visit(n.fn))
			}
		}
	})
	if least == f.order && !f.isClosure() {
		i := len(a.stack) - 1
		for ; i >= 0; i-- {
			a.stack[i].order = analysed
			if a.stack[i] == f {
				break
			}
		}
		fns := append([]*function(nil), a.stack[i:]...)
		a.stack = a.stack[:i]
		a.batch(fns)
	}
	return least
}

// batch analyses functions that refer to each other.
func (a *analysis) batch(fns []*function) {
	b := &batch{a: a}
	for _, f := range fns {
		b.explain = b.explain || a.cfg.Explain && a.reported(f)
	}
	b.heap.attrs = attrEscapes | attrPersists | attrMutates | attrCalls
	b.mutator.attrs = attrMutates
	b.callee.attrs = attrCalls
	b.heap.id, b.mutator.id, b.callee.id, b.blank.id = heapLocation, mutatorLocation, calleeLocation, blankLocation
	a.event(Event{Kind: Batched, Rule: "order", Name: fns[0].name, Count: len(fns)})
	for _, f := range fns {
		w := &walker{batch: b, fn: f, depth: 1}
		for _, v := range f.locals {
			w.newLoc(nil, v, true)
		}
		for i, r := range f.results {
			r.loc.result = 1 + i
		}
	}
	for _, f := range fns {
		if !f.isClosure() {
			b.walkFunc(f)
		}
	}
	for _, c := range b.closures {
		b.flowClosure(c)
	}
	for _, l := range b.locs {
		if l.n != nil && a.rules.literals {
			a.literal(l.n)
		}
		if why := a.heapReason(l); why != "" {
			b.flow(b.addrOf(b.heapHole(), l.n, why), l)
		}
	}
	b.solve()
	for _, f := range fns {
		f.tags = make([]leaks, len(f.params))
		for i := range f.params {
			f.tags[i] = a.paramTag(f, i)
		}
		a.event(Event{Kind: Tagged, Rule: "tags", Name: f.name, Count: len(f.params)})
	}
	for _, f := range fns {
		f.tagged = true
	}
	keep := false
	for _, f := range fns {
		keep = keep || a.reported(f)
	}
	if keep {
		a.keep(b, fns)
	}
	for _, f := range fns {
		if !a.reported(f) {
			for _, v := range f.locals {
				v.loc = nil
			}
			if !f.literal {
				f.body = nil
			}
		}
	}
}

// reported reports whether messages can be about the function: it is the package's, or
// an instance, which the package may have asked for.
func (a *analysis) reported(f *function) bool { return f.pkg == a.root || f.generic }

// flowClosure lets what a literal captures flow into it: the variable's value, or its
// address.
func (b *batch) flowClosure(c closureUse) {
	f := c.n.fn
	if !f.isClosure() {
		return
	}
	for i, v := range f.captures {
		k := c.k
		n := &node{op: opLocal, pos: f.capturedAt[i], typ: v.typ, v: v}
		if !b.a.byValue(v) {
			k = b.addrOf(k, n, "reference")
		}
		b.flow(b.note(k, n, "captured by a closure"), v.loc)
	}
	if b.a.rules.literals {
		for _, v := range f.captures {
			if !b.a.byValue(v) {
				v.addrTaken = true
			}
		}
	}
}

// literal puts a constant where a variable is known to hold one: in the size of a
// make, and in what is converted to an interface. escape.go:rewriteWithLiterals.
func (a *analysis) literal(n *node) {
	switch n.op {
	case opMakeSlice:
		p := &n.x
		if n.y != nil {
			p = &n.y
		}
		if (*p).op == opLit {
			return
		}
		if s := a.literalSize(*p); s != nil {
			lit := *s
			if s.op == opBuiltin {
				lit = *intLit(n.pos, staticValue(s.list[0]).length)
			} else {
				lit.typ = (*p).typ
			}
			*p = &lit
		}
	case opConvIface:
		x := n.x
		if x.op == opLit || isInterface(x.typ) {
			return
		}
		if s := staticValue(x); s.op == opLit && validConst(x, s) {
			lit := *s
			lit.typ = x.typ
			n.x = &lit
		}
	}
}
