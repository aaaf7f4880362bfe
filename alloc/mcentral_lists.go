package alloc

// A listCentral is an mcentral up to Go 1.14: two lists under a lock, swept and unswept
// spans mixed. A span that an mcache holds is in the empty list, among the spans without
// free slots (go1.14.15 runtime/mcentral.go:mcentral).
type listCentral struct {
	nonempty spanList
	empty    spanList // spans that were swept in this cycle are at the end
}

// A spanList is a list of spans. Each is in one list at most
// (go1.14.15 runtime/mheap.go:mSpanList).
type spanList struct{ first, last *mspan }

func (l *spanList) pushFront(s *mspan) {
	s.prev, s.next = nil, l.first
	if l.first != nil {
		l.first.prev = s
	} else {
		l.last = s
	}
	l.first = s
}

func (l *spanList) pushBack(s *mspan) {
	s.prev, s.next = l.last, nil
	if l.last != nil {
		l.last.next = s
	} else {
		l.first = s
	}
	l.last = s
}

func (l *spanList) remove(s *mspan) {
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		l.first = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	} else {
		l.last = s.prev
	}
	s.prev, s.next = nil, nil
}

// findInLists takes the first span with free slots, which it sweeps if that is due;
// else the first of the others that is unswept, if it has room when it is swept; and
// so on until there is no unswept one
// (go1.14.15 runtime/mcentral.go:(*mcentral).cacheSpan).
//
// In Go 1.3 a span was swept where it was, and might be gone then or in another list
// (go1.3.3 pkg/runtime/mcentral.c:runtime·MCentral_CacheSpan).
func (h *Heap) findInLists(p, spc int) *mspan {
	c := &h.lists[spc]
	for {
		if s := c.nonempty.first; s != nil {
			if s.sweepgen != h.sweepgen && h.rules.sweepInPlace {
				h.sweep(s, false)
				continue
			}
			c.nonempty.remove(s)
			c.empty.pushBack(s)
			kind := PartialSwept
			if s.sweepgen != h.sweepgen {
				h.sweep(s, true)
				kind = PartialUnswept
			}
			h.found(p, kind, s)
			return s
		}
		s := c.empty.first
		if s == nil || s.sweepgen == h.sweepgen {
			return nil
		}
		c.empty.remove(s)
		c.empty.pushBack(s)
		h.sweep(s, !h.rules.sweepInPlace)
		if !h.rules.sweepInPlace && !s.full() {
			h.found(p, FullUnswept, s)
			return s
		}
	}
}

// returnToList takes a span back from an mcache: to the front of those with free
// slots if it has some (go1.14.15 runtime/mcentral.go:(*mcentral).uncacheSpan).
func (h *Heap) returnToList(s *mspan) {
	if c := &h.lists[s.spanclass]; !s.full() {
		c.empty.remove(s)
		c.nonempty.pushFront(s)
	}
}

// sweptInList puts a swept span in which slots became free into its list, and reports
// whether the span was freed (go1.14.15 runtime/mcentral.go:(*mcentral).freeSpan).
func (h *Heap) sweptInList(s *mspan, wasFull bool) (gone bool) {
	c := &h.lists[s.spanclass]
	if wasFull {
		c.empty.remove(s)
		c.nonempty.pushFront(s)
	}
	if s.allocCount+s.held > 0 {
		return false
	}
	c.nonempty.remove(s)
	h.freeSpan(s)
	return true
}
