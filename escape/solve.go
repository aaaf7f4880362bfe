package escape

// solve walks from every location to all that it can reach, until nothing changes:
// cmd/compile/internal/escape/solve.go:walkAll.
func (b *batch) solve() {
	todo := newQueue(len(b.locs) + 3)
	enqueue := func(l *location) {
		if l.queued {
			return
		}
		l.queued = true
		if l.has(attrEscapes) {
			todo.pushFront(l)
		} else {
			todo.pushBack(l)
		}
	}
	for _, l := range b.locs {
		todo.pushFront(l)
		l.queued = true
	}
	for _, l := range []*location{&b.mutator, &b.callee, &b.heap} {
		todo.pushFront(l)
		l.queued = true
	}
	work := newQueue(16)
	for todo.n > 0 {
		root := todo.popFront()
		root.queued = false
		b.gen++
		b.walk(root, enqueue, work)
	}
}

// walk finds the smallest number of dereferences from root to all other locations,
// and what follows from it.
func (b *batch) walk(root *location, enqueue func(*location), todo *queue) {
	b.a.event(Event{Kind: Walked, Rule: "walk", Location: root.id})
	root.gen, root.derefs, root.dst = b.gen, 0, nil
	if root.has(attrCalls) && root.n != nil && root.n.op == opClosure {
		if f := root.n.fn; !f.tagged && !f.lost {
			// The results of a call that nobody sees may go anywhere.
			f.lost = true
			for _, r := range f.results {
				if r.loc != nil {
					enqueue(r.loc)
				}
			}
		}
	}
	todo.pushBack(root)
	for todo.n > 0 {
		l := todo.popFront()
		l.queuedIn = 0
		derefs := l.derefs
		var attrs attr
		if derefs < 0 {
			// The address of l reaches root. What l holds does not: root has, at most,
			// its value.
			derefs = 0
			if b.outlives(root, l) {
				attrs |= attrEscapes | attrPersists | attrMutates | attrCalls
				if !l.has(attrEscapes) {
					if b.explain {
						l.why = b.path(root, l)
					}
					b.a.event(Event{Kind: Escaped, Rule: "outlives", Location: l.id, To: root.id, Derefs: -1})
				}
			} else if root.has(attrPersists) {
				attrs |= attrPersists
			}
		}
		if derefs == 0 {
			attrs |= root.attrs & (attrMutates | attrCalls)
		}
		if l.param {
			b.paramFlow(root, l, derefs)
		}
		if attrs&^l.attrs != 0 {
			l.attrs |= attrs
			enqueue(l)
			if l.has(attrEscapes) {
				continue
			}
		}
		for i := range l.edges {
			e := &l.edges[i]
			if e.src.has(attrEscapes) {
				continue
			}
			d := derefs + e.derefs
			if e.src.gen != b.gen || e.src.derefs > d {
				e.src.gen, e.src.derefs, e.src.dst, e.src.via = b.gen, d, l, i
				if e.src.queuedIn != b.gen {
					e.src.queuedIn = b.gen
					todo.pushBack(e.src)
				}
			}
		}
	}
}

// paramFlow notes that a parameter's value reaches root.
func (b *batch) paramFlow(root, l *location, derefs int) {
	if b.outlives(root, l) {
		to := leakHeap
		if (!root.has(attrEscapes) || !b.a.rules.heapResults) && root.result > 0 && root.fn == l.fn && root.result <= b.a.rules.tagResults {
			to = leakResult + root.result - 1
		}
		if b.explain && (l.leak.get(to) < 0 || derefs < l.leak.get(to)) && !l.has(attrEscapes) {
			l.why = b.path(root, l)
		}
		l.leak.add(to, derefs)
		b.a.event(Event{Kind: Leaked, Rule: "tags", Location: l.id, To: root.id, Derefs: derefs})
	}
	if root.has(attrMutates) {
		l.leak.add(leakMutator, derefs)
	}
	if root.has(attrCalls) {
		l.leak.add(leakCallee, derefs)
	}
}

// outlives reports whether what l holds may be needed when other is gone, if other
// is on the stack.
func (b *batch) outlives(l, other *location) bool {
	switch {
	case l.has(attrEscapes):
		return true
	case l == &b.mutator || l == &b.callee:
		return false
	case l.result > 0:
		// Nobody knows what the caller does with a result, unless all callers are
		// known: a closure may return what is of the function around it.
		return b.a.off("closure-results") || !(other.fn.contains(l.fn) && !l.fn.lost && (b.a.rules.closureResults || l.fn.called))
	case l.fn == other.fn && l.depth < other.depth:
		return !b.a.off("loop-depth")
	}
	return l.fn.contains(other.fn)
}

// path returns the way by which l reaches root.
func (b *batch) path(root, l *location) []Flow {
	var out []Flow
	seen := map[*location]bool{}
	for src := l; !seen[src] && src.dst != nil && len(out) < maxPath; src = src.dst {
		seen[src] = true
		e := src.dst.edges[src.via]
		out = append(out, b.step(src.dst, src, e.derefs, e.note))
		if src.dst == root {
			break
		}
	}
	return out
}

const maxPath = 1000

// A queue is a queue of locations that grows at both ends.
type queue struct {
	ring []*location
	head int
	n    int
}

func newQueue(n int) *queue {
	size := 2
	for size < n {
		size *= 2
	}
	return &queue{ring: make([]*location, size)}
}

func (q *queue) grow() {
	if q.n < len(q.ring) {
		return
	}
	ring := make([]*location, 2*len(q.ring))
	for i := range q.n {
		ring[i] = q.ring[(q.head+i)&(len(q.ring)-1)]
	}
	q.ring, q.head = ring, 0
}

func (q *queue) pushFront(l *location) {
	q.grow()
	q.head = (q.head - 1) & (len(q.ring) - 1)
	q.ring[q.head] = l
	q.n++
}

func (q *queue) pushBack(l *location) {
	q.grow()
	q.ring[(q.head+q.n)&(len(q.ring)-1)] = l
	q.n++
}

func (q *queue) popFront() *location {
	l := q.ring[q.head]
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.n--
	return l
}
