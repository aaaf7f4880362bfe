package pages

// Lists are the index of free rows up to Go 1.11: a list for each short length, in which
// the row that became free last is the first, and a treap for all others. (Up to Go 1.8
// these were in a list too, which was searched for the best row.) A search finds the
// shortest row that is long enough (go1.8.7 runtime/mheap.go:(*mheap).allocSpanLocked).
type lists struct {
	short []rowList // by length
	long  treap
}

type rowList struct{ first *row }

func (l *lists) insert(r *row) {
	if r.n >= int64(len(l.short)) {
		l.long.insert(r)
		return
	}
	list := &l.short[r.n]
	r.prev, r.next = nil, list.first
	if r.next != nil {
		r.next.prev = r
	}
	list.first = r
}

func (l *lists) remove(r *row) {
	if r.n >= int64(len(l.short)) {
		l.long.remove(r)
		return
	}
	if r.prev != nil {
		r.prev.next = r.next
	} else {
		l.short[r.n].first = r.next
	}
	if r.next != nil {
		r.next.prev = r.prev
	}
}

func (l *lists) find(n int64) *row {
	for ; n < int64(len(l.short)); n++ {
		if r := l.short[n].first; r != nil {
			return r
		}
	}
	return l.long.find(n)
}

func (l *lists) each(f func(*row)) {
	for i := range l.short {
		for r := l.short[i].first; r != nil; r = r.next {
			f(r)
		}
	}
	l.long.each(f)
}

func (l *lists) longest(want func(*row) bool) *row {
	if r := l.long.longest(want); r != nil {
		return r
	}
	for i := len(l.short) - 1; i >= 0; i-- {
		for r := l.short[i].first; r != nil; r = r.next {
			if want(r) {
				return r
			}
		}
	}
	return nil
}
