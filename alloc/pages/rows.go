package pages

import (
	"fmt"
	"math/bits"
)

// rows holds the free pages up to Go 1.13, as maximal rows, each with a descriptor, as
// taken runs have (go1.13.15 runtime/mheap.go:mspan).
type rows struct {
	index index
	at    []*row   // by page: the row of which it is the first or the last
	spare []*row   // rows to use again
	used  []uint64 // a bit for each page that is taken
	owner []int32  // by the first page of a taken run: its descriptor plus 1, or 0
	free  int64
	scav  int64

	descriptors descriptors
	splitsOff   bool // the taken part gets a new descriptor, and the rest keeps that of the row
}

// A row is a maximal row of consecutive free pages.
type row struct {
	page, n    int64
	scav       int64 // number of pages given back: the first ones
	descriptor int64

	left, right *row // in a treap
	priority    uint64
	prev, next  *row // in a list
}

// An index finds rows by their length.
type index interface {
	insert(*row)
	remove(*row)
	find(n int64) *row // find returns a row of n pages or more, or nil
	each(f func(*row)) // in order of length
	longest(want func(*row) bool) *row
}

// Descriptors are numbered in the order in which they were made. A free descriptor is
// used again, the last freed first (runtime/mfixalloc.go:(*fixalloc).alloc).
type descriptors struct {
	made, inUse int64
	unused      []int64
}

func (d *descriptors) take() int64 {
	d.inUse++
	if n := len(d.unused); n > 0 {
		k := d.unused[n-1]
		d.unused = d.unused[:n-1]
		return k
	}
	d.made++
	return d.made - 1
}

func (d *descriptors) give(k int64) {
	d.inUse--
	d.unused = append(d.unused, k)
}

func newRows(k rules) *rows {
	r := &rows{splitsOff: k.splitsOff, index: new(treap)}
	if k.lists > 0 {
		r.index = &lists{short: make([]rowList, k.lists)}
	}
	return r
}

func (t *rows) counts() (free, scavenged int64) { return t.free, t.scav }

func (t *rows) insert(page, n, scav, descriptor int64) {
	var r *row
	if k := len(t.spare); k > 0 {
		r, t.spare = t.spare[k-1], t.spare[:k-1]
	} else {
		r = new(row)
	}
	*r = row{page: page, n: n, scav: scav, descriptor: descriptor}
	t.at[page], t.at[page+n-1] = r, r
	t.free += n
	t.scav += scav
	t.index.insert(r)
}

func (t *rows) remove(r *row) {
	t.at[r.page], t.at[r.page+r.n-1] = nil, nil
	t.free -= r.n
	t.scav -= r.scav
	t.index.remove(r)
	t.spare = append(t.spare, r)
}

// alloc takes the start of a row that is long enough (go1.13.15
// runtime/mheap.go:(*mheap).allocSpanLocked). Up to Go 1.12 that part keeps the row's
// descriptor, and the rest gets a new one.
func (t *rows) alloc(n int64) (page, scavenged, descriptor int64) {
	r := t.index.find(n)
	if r == nil {
		return -1, 0, -1
	}
	found := *r
	t.remove(r)
	scavenged = min(found.scav, n)
	t.each(found.page, n, func(w *uint64, mask uint64) { *w |= mask })
	descriptor = found.descriptor
	if found.n > n {
		rest := t.descriptors.take()
		if t.splitsOff {
			descriptor, rest = rest, descriptor
		}
		t.insert(found.page+n, found.n-n, found.scav-scavenged, rest)
	}
	t.owner[found.page] = int32(descriptor + 1)
	return found.page, scavenged, descriptor
}

// release makes pages free and joins them with the free rows beside them, which lose
// their descriptors (go1.13.15 runtime/mheap.go:(*mheap).coalesce).
func (t *rows) release(page, n int64) {
	t.each(page, n, func(w *uint64, mask uint64) { *w &^= mask })
	descriptor := int64(t.owner[page]) - 1
	if descriptor < 0 { // a caller gives back the middle of a run
		descriptor = t.descriptors.take()
	}
	t.owner[page] = 0
	for p := page + 1; p < page+n; p++ {
		if d := t.owner[p]; d > 0 { // or several runs at once
			t.owner[p] = 0
			t.descriptors.give(int64(d - 1))
		}
	}
	t.add(page, n, 0, descriptor)
}

func (t *rows) grow(page, n int64) {
	for int64(len(t.used))*64 < page+n {
		t.used = append(t.used, ^uint64(0)) // bits beyond the end count as taken
	}
	t.owner = append(t.owner, make([]int32, page+n-int64(len(t.owner)))...)
	t.at = append(t.at, make([]*row, page+n-int64(len(t.at)))...)
	t.each(page, n, func(w *uint64, mask uint64) { *w &^= mask })
	t.add(page, n, n, t.descriptors.take())
}

func (t *rows) add(page, n, scav, descriptor int64) {
	if l := t.before(page); l != nil {
		t.remove(l)
		t.descriptors.give(l.descriptor)
		page, n, scav = l.page, n+l.n, scav+l.scav
	}
	if r := t.after(page + n); r != nil {
		t.remove(r)
		t.descriptors.give(r.descriptor)
		n, scav = n+r.n, scav+r.scav
	}
	t.insert(page, n, scav, descriptor)
}

// before returns the row that ends before a page, and after the row that begins with it.
func (t *rows) before(page int64) *row {
	if page == 0 {
		return nil
	}
	return t.at[page-1]
}

func (t *rows) after(page int64) *row {
	if page == int64(len(t.at)) {
		return nil
	}
	return t.at[page]
}

func (t *rows) taken(page, n int64) bool {
	all := true
	t.each(page, n, func(w *uint64, mask uint64) { all = all && *w&mask == mask })
	return all
}

// each calls f with every word of bits that the pages touch, and a mask of their bits.
func (t *rows) each(page, n int64, f func(word *uint64, mask uint64)) {
	for n > 0 {
		bit := page % 64
		k := min(n, 64-bit)
		f(&t.used[page/64], ^uint64(0)>>(64-k)<<bit)
		page, n = page+k, n-k
	}
}

// scavenge gives back the longest row first (go1.12.17
// runtime/mheap.go:(*mheap).scavengeLargest).
func (t *rows) scavenge(n int64, _ bool) (page, pages int64) {
	r := t.index.longest(func(r *row) bool { return r.scav < r.n })
	if r == nil {
		return 0, 0
	}
	k := min(n, r.n-r.scav)
	page = r.page + r.scav
	r.scav += k
	t.scav += k
	return page, k
}

// rows visits the free rows.
func (t *rows) rows(yield func(page, n int64)) { t.index.each(func(r *row) { yield(r.page, r.n) }) }

func (t *rows) check() error {
	var prev *row
	var err error
	var free, scav int64
	for _, w := range t.used {
		free += int64(bits.OnesCount64(^w))
	}
	if free != t.free {
		return fmt.Errorf("pages: %d free pages are counted as %d", free, t.free)
	}
	free = 0
	seen := map[int64]bool{}
	use := func(k int64) {
		if seen[k] || k < 0 || k >= t.descriptors.made {
			err = fmt.Errorf("pages: the descriptor %d is used twice", k)
		}
		seen[k] = true
	}
	t.index.each(func(r *row) {
		if prev != nil && prev.n > r.n || r.scav < 0 || r.scav > r.n || t.at[r.page] != r || t.at[r.page+r.n-1] != r {
			err = fmt.Errorf("pages: the free row of %d pages from %d on is misplaced", r.n, r.page)
		}
		if t.before(r.page) != nil {
			err = fmt.Errorf("pages: the free rows around page %d are not joined", r.page)
		}
		prev = r
		free, scav = free+r.n, scav+r.scav
		use(r.descriptor)
	})
	for _, k := range t.owner {
		if k > 0 {
			use(int64(k - 1))
		}
	}
	if err == nil && int64(len(seen)) != t.descriptors.inUse {
		err = fmt.Errorf("pages: %d descriptors are counted as %d", len(seen), t.descriptors.inUse)
	}
	if err == nil && (free != t.free || scav != t.scav) {
		err = fmt.Errorf("pages: %d free and %d given back are counted as %d and %d", free, scav, t.free, t.scav)
	}
	return err
}
