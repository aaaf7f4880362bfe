package pages

// A treap holds the free rows ordered by length, then by address: the best fit is the
// first that is long enough. It is a search tree by that order and a heap by priorities
// (go1.13.15 runtime/mgclarge.go:treapNode). The real priorities are random; here they
// are a hash of the address, so that a run can be repeated.
type treap struct{ root *row }

func (r *row) before(o *row) bool { return r.n < o.n || r.n == o.n && r.page < o.page }

func (t *treap) insert(r *row) {
	r.left, r.right, r.priority = nil, nil, uint64(r.page+1)*0x9e3779b97f4a7c15
	t.root = insert(t.root, r)
}

func insert(at, r *row) *row {
	switch {
	case at == nil:
		return r
	case r.before(at):
		if at.left = insert(at.left, r); at.left.priority > at.priority {
			up := at.left
			at.left, up.right = up.right, at
			return up
		}
	default:
		if at.right = insert(at.right, r); at.right.priority > at.priority {
			up := at.right
			at.right, up.left = up.left, at
			return up
		}
	}
	return at
}

func (t *treap) remove(r *row) {
	at := &t.root
	for *at != r {
		if r.before(*at) {
			at = &(*at).left
		} else {
			at = &(*at).right
		}
	}
	*at = join(r.left, r.right)
}

// join joins two trees, of which every row of the left one comes first.
func join(l, r *row) *row {
	switch {
	case l == nil:
		return r
	case r == nil:
		return l
	case l.priority > r.priority:
		l.right = join(l.right, r)
		return l
	}
	r.left = join(l, r.left)
	return r
}

// find finds the shortest row that is long enough, and of those the lowest
// (go1.13.15 runtime/mgclarge.go:(*mTreap).find).
func (t *treap) find(n int64) *row {
	var best *row
	for at := t.root; at != nil; {
		if at.n >= n {
			best, at = at, at.left
		} else {
			at = at.right
		}
	}
	return best
}

// longest finds the longest row that the predicate accepts.
func (t *treap) longest(want func(*row) bool) (found *row) {
	var look func(*row)
	look = func(r *row) {
		if r == nil || found != nil {
			return
		}
		look(r.right)
		if found == nil && want(r) {
			found = r
		}
		look(r.left)
	}
	look(t.root)
	return found
}

func (t *treap) each(f func(*row)) { walk(t.root, f) }

func walk(r *row, f func(*row)) {
	if r != nil {
		walk(r.left, f)
		f(r)
		walk(r.right, f)
	}
}
