package pages

import (
	"fmt"
	"math/bits"
)

// A treap has the free rows in order of length, then of place: best fit is the
// first that is long enough. It is a search tree by that order and a heap by
// priorities (go1.13.15 runtime/mgclarge.go:treapNode). The real priorities are
// random; here they are a hash of the place, so that a run repeats.
type treap struct {
	root   *row
	starts map[int64]*row // by first page
	ends   map[int64]*row // by the page behind the last
	spare  []*row         // to be used again
	used   []uint64       // a bit for each page that is taken
	free   int64
	scav   int64
}

// A row is some free pages that no free page touches.
type row struct {
	page, n     int64
	scav        int64 // how many are given back; the first ones
	left, right *row
	priority    uint64
}

func newTreap() *treap {
	return &treap{starts: map[int64]*row{}, ends: map[int64]*row{}}
}

func (t *treap) counts() (free, scavenged int64) { return t.free, t.scav }

func (r *row) before(o *row) bool { return r.n < o.n || r.n == o.n && r.page < o.page }

func (t *treap) insert(page, n, scav int64) {
	r := new(row)
	if k := len(t.spare); k > 0 {
		r, t.spare = t.spare[k-1], t.spare[:k-1]
	}
	*r = row{page: page, n: n, scav: scav, priority: uint64(page+1) * 0x9e3779b97f4a7c15}
	t.starts[page], t.ends[page+n] = r, r
	t.free += n
	t.scav += scav
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
	delete(t.starts, r.page)
	delete(t.ends, r.page+r.n)
	t.free -= r.n
	t.scav -= r.scav
	at := &t.root
	for *at != r {
		if r.before(*at) {
			at = &(*at).left
		} else {
			at = &(*at).right
		}
	}
	*at = join(r.left, r.right)
	t.spare = append(t.spare, r)
}

// join makes one tree of two, all of the left one before the right one.
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

// alloc takes the start of the shortest row that is long enough
// (go1.13.15 runtime/mheap.go:(*mheap).allocSpanLocked).
func (t *treap) alloc(n int64) (page, scavenged int64) {
	var best *row
	for at := t.root; at != nil; {
		if at.n >= n {
			best, at = at, at.left
		} else {
			at = at.right
		}
	}
	if best == nil {
		return -1, 0
	}
	found := *best
	t.remove(best)
	scavenged = min(found.scav, n)
	t.each(found.page, n, func(w *uint64, mask uint64) { *w |= mask })
	if found.n > n {
		t.insert(found.page+n, found.n-n, found.scav-scavenged)
	}
	return found.page, scavenged
}

// release makes pages free and joins them with the free rows beside them
// (go1.13.15 runtime/mheap.go:(*mheap).coalesce).
func (t *treap) release(page, n int64) {
	t.each(page, n, func(w *uint64, mask uint64) { *w &^= mask })
	t.add(page, n, 0)
}

func (t *treap) grow(page, n int64) {
	for int64(len(t.used))*64 < page+n {
		t.used = append(t.used, ^uint64(0)) // what is not there is taken
	}
	t.each(page, n, func(w *uint64, mask uint64) { *w &^= mask })
	t.add(page, n, n)
}

func (t *treap) add(page, n, scav int64) {
	if l := t.ends[page]; l != nil {
		t.remove(l)
		page, n, scav = l.page, n+l.n, scav+l.scav
	}
	if r := t.starts[page+n]; r != nil {
		t.remove(r)
		n, scav = n+r.n, scav+r.scav
	}
	t.insert(page, n, scav)
}

func (t *treap) taken(page, n int64) bool {
	all := true
	t.each(page, n, func(w *uint64, mask uint64) { all = all && *w&mask == mask })
	return all
}

// each calls f with every word of bits that the pages touch, and those that are
// theirs.
func (t *treap) each(page, n int64, f func(word *uint64, mask uint64)) {
	for n > 0 {
		bit := page % 64
		k := min(n, 64-bit)
		f(&t.used[page/64], ^uint64(0)>>(64-k)<<bit)
		page, n = page+k, n-k
	}
}

// scavenge gives back the longest row first (go1.12.17
// runtime/mheap.go:(*mheap).scavengeLargest).
func (t *treap) scavenge(n int64) (page, pages int64) {
	var longest *row
	var look func(*row)
	look = func(r *row) {
		if r == nil || longest != nil {
			return
		}
		look(r.right)
		if longest == nil && r.scav < r.n {
			longest = r
		}
		look(r.left)
	}
	look(t.root)
	if longest == nil {
		return 0, 0
	}
	k := min(n, longest.n-longest.scav)
	page = longest.page + longest.scav
	longest.scav += k
	t.scav += k
	return page, k
}

// rows visits the free rows in order of length, then of place.
func (t *treap) rows(yield func(page, n int64)) { walk(t.root, func(r *row) { yield(r.page, r.n) }) }

func walk(r *row, f func(*row)) {
	if r != nil {
		walk(r.left, f)
		f(r)
		walk(r.right, f)
	}
}

func (t *treap) check() error {
	var prev *row
	var err error
	var free, scav, rows int64
	for _, w := range t.used {
		free += int64(bits.OnesCount64(^w))
	}
	if free != t.free {
		return fmt.Errorf("pages: %d free pages are counted as %d", free, t.free)
	}
	free = 0
	walk(t.root, func(r *row) {
		if prev != nil && !prev.before(r) || r.scav < 0 || r.scav > r.n || t.starts[r.page] != r || t.ends[r.page+r.n] != r {
			err = fmt.Errorf("pages: the free row of %d pages from %d on is misplaced", r.n, r.page)
		}
		if t.ends[r.page] != nil {
			err = fmt.Errorf("pages: the free rows around page %d are not joined", r.page)
		}
		prev = r
		free, scav, rows = free+r.n, scav+r.scav, rows+1
	})
	if err == nil && (free != t.free || scav != t.scav || int(rows) != len(t.starts) || int(rows) != len(t.ends)) {
		err = fmt.Errorf("pages: %d free and %d given back are counted as %d and %d", free, scav, t.free, t.scav)
	}
	return err
}
