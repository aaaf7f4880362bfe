package escape

// walkFunc follows what a function's body assigns.
func (b *batch) walkFunc(f *function) {
	w := &walker{batch: b, fn: f, depth: 1}
	// A label that a later goto jumps back to is the head of a loop.
	visitAll(f.body, func(n *node) {
		switch n.op {
		case opLabel:
			if w.labels == nil {
				w.labels = map[string]bool{}
			}
			w.labels[n.sel] = false
		case opGoto:
			if _, ok := w.labels[n.sel]; ok {
				w.labels[n.sel] = true
			}
		}
	})
	w.block(f.body)
}

func (w *walker) stmts(list []*node) {
	for _, n := range list {
		w.stmt(n)
	}
}

// block is stmts, after which the depth of loops is what it was.
func (w *walker) block(list []*node) {
	depth := w.depth
	w.stmts(list)
	w.depth = depth
}

func (w *walker) stmt(n *node) {
	if n == nil {
		return
	}
	w.stmts(n.init)
	switch n.op {
	case opBranch, opGoto, opNone:
	case opBlock:
		w.stmts(n.list)
	case opDcl:
		w.declare(n.v)
	case opLabel:
		if w.labels[n.sel] && !w.a.off("goto-loop") {
			w.depth++
		}
	case opIf:
		w.discard(n.x)
		w.block(n.list)
		w.block(n.list2)
	case opFor:
		w.depth++
		w.discard(n.x)
		w.stmt(n.y)
		w.block(n.list)
		w.depth--
	case opRange:
		w.rangeStmt(n)
	case opSwitch:
		w.discard(n.x)
		for _, c := range n.list {
			w.discards(c.list2)
			w.block(c.list)
		}
	case opTypeSwitch:
		w.typeSwitch(n)
	case opSelect:
		for _, c := range n.list {
			w.stmt(c.x)
			w.block(c.list)
		}
	case opSend:
		w.discard(n.x)
		if w.a.off("send") {
			w.discard(n.y)
		} else {
			w.toHeap(n.y, "send", n)
		}
	case opAssign:
		w.assign([]*node{n.x}, []*node{n.y}, "assign", n)
	case opAssignOp:
		w.assign([]*node{n.x}, []*node{n.y}, "assign", n)
	case opAssign2:
		w.assign(n.list, n.list2, "assign-pair", n)
	case opAssignOf:
		if n.x.op == opCall || n.x.op == opCallInter {
			w.stmts(n.x.init)
			ks := w.addrs(n.list)
			w.call(ks, n.x)
			w.reassign(ks, n)
			break
		}
		why := map[op]string{opDotType: "assign-pair-dot-type", opIndexMap: "assign-pair-mapr", opRecv: "assign-pair-receive"}[n.x.op]
		w.assign(n.list, []*node{n.x}, why, n)
	case opReturn:
		w.returns(n)
	case opGo, opDefer:
		w.goDefer(n)
	case opCall, opCallInter, opCopy, opBuiltin, opPanic, opClear:
		w.call(nil, n)
	default:
		// An expression whose value is not used: <-c, or what a corrected program
		// would not have.
		w.value(w.discardHole(), n)
	}
}

func (w *walker) declare(v *variable) hole {
	l := w.locOf(v)
	l.depth = w.depth
	return hole{dst: l}
}

// rangeStmt: x is computed before the loop and kept until its end.
func (w *walker) rangeStmt(n *node) {
	tmp := w.newLoc(nil, nil, true)
	w.expr(hole{dst: tmp}, n.x)
	w.depth++
	var key, value *node
	if len(n.list2) > 0 {
		key = n.list2[0]
	}
	if len(n.list2) > 1 {
		value = n.list2[1]
	}
	ks := w.addrs([]*node{key, value})
	switch {
	case w.a.off("range"):
	case value == nil || !w.a.rules.rangePlain && !w.a.arch.HasPointers(value.typ):
	case isArray(n.x.typ):
		w.flow(w.note(ks[1], n, "range"), tmp)
	default:
		w.flow(w.derefOf(ks[1], n, "range-deref"), tmp)
	}
	w.reassign(ks, n)
	w.block(n.list)
	w.depth--
}

func (w *walker) typeSwitch(n *node) {
	var ks []hole
	if n.def {
		for _, c := range n.list {
			if c.v == nil {
				continue
			}
			k := w.declare(c.v)
			if w.a.arch.HasPointers(c.v.typ) {
				ks = append(ks, w.dotType(k, c.v.typ, c, "switch case"))
			}
		}
	}
	w.expr(w.tee(ks...), n.x)
	for _, c := range n.list {
		w.block(c.list)
	}
}

// assign follows dsts = srcs, of which there may be fewer.
func (w *walker) assign(dsts, srcs []*node, why string, where *node) {
	ks := w.addrs(dsts)
	for i, k := range ks {
		var src *node
		if i < len(srcs) {
			src = srcs[i]
		}
		if dst := dsts[i]; dst != nil {
			if dst.op == opDotPtr && isHeaderData(dst) && src != nil {
				w.unsafeValue(w.note(w.heapHole(), where, why), src)
				continue
			}
			if src != nil && !w.a.off("self-assignment") && isSelfAssign(dst, src) {
				w.a.selfAssigned(w.fn, where)
				k = w.discardHole()
			}
		}
		w.expr(w.note(k, where, why), src)
	}
	w.reassign(ks, where)
}

// reassign notes that variables are assigned elsewhere than where they are declared.
func (w *walker) reassign(ks []hole, where *node) {
	if where.op == opAssign && where.y == nil && where.x != nil && where.x.op == opLocal && where.x.v.defn == nil {
		return // var x T
	}
	for _, k := range ks {
		l := k.dst
		if l.v != nil && l.v.defn == where && where.op != opRange {
			continue
		}
		l.reassigned = true
	}
}

func (w *walker) returns(n *node) {
	ks := make([]hole, len(w.fn.results))
	for i, r := range w.fn.results {
		ks[i] = hole{dst: w.locOf(r)}
	}
	for i, k := range ks {
		if i < len(n.list) {
			w.expr(w.note(k, n, "return"), n.list[i])
		}
	}
	w.reassign(ks, n)
}

// goDefer: what a deferred call needs is kept until the function returns; what a
// goroutine needs, or a call that is deferred in a loop, is on the heap.
func (w *walker) goDefer(n *node) {
	k := w.heapHole()
	if n.op == opDefer && w.depth == 1 && !n.deferAt && !w.a.off("defer-loop") {
		k = w.later(w.discardHole())
	}
	w.expr(k, n.x.x)
}
